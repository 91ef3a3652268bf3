//! Bombs: a few bytes that unpack to gigabytes.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};

use super::frames::{CAUSE, DATA, Frames, SERVER, attacker, pcap};
use super::out::Out;
use super::{Hostile, Input, Kind, text};

pub(super) const SET: &[Hostile] = &[
    bomb("zstd-zeros", "zstd in zstd: 10 GB of zeros", Kind::Zstd, 2, &[], zstd_zeros),
    bomb(
        "zstd-headers",
        "zstd in zstd: a pcap's header, 10 GB of zeros",
        Kind::Zstd,
        0,
        &[],
        zstd_headers,
    ),
    bomb("zstd-packet", "zstd in zstd: 10 GB of one packet", Kind::Zstd, 1, &[CAUSE], zstd_packet),
    bomb(
        "zstd-line",
        "zstd in zstd: 10 GB of one line of a log",
        Kind::Zstd,
        1,
        &["expired-leaf"],
        zstd_line,
    ),
    bomb("zstd-once", "zstd: 2 GB of one packet", Kind::Zstd, 1, &[CAUSE], zstd_once),
    bomb(
        "zstd-window",
        "a zstd frame that wants a window of 2 GB",
        Kind::Zstd,
        2,
        &["memory"],
        zstd_window,
    ),
    bomb("zstd-empty", "3 million empty zstd frames", Kind::Zstd, 2, &[], zstd_empty),
    bomb(
        "zstd-skip",
        "3 million zstd frames to skip, and one of 4 GB",
        Kind::Zstd,
        2,
        &[],
        zstd_skip,
    ),
    bomb("gzip-zeros", "gzip in gzip: zeros", Kind::Gzip, 2, &[], gzip_zeros),
    bomb("gzip-headers", "gzip in gzip: a pcap's header, zeros", Kind::Gzip, 0, &[], gzip_headers),
    bomb("gzip-packet", "gzip in gzip: one packet", Kind::Gzip, 1, &[CAUSE], gzip_packet),
    bomb(
        "gzip-line",
        "gzip in gzip: one line of a log",
        Kind::Gzip,
        1,
        &["expired-leaf"],
        gzip_line,
    ),
    bomb("gzip-empty", "a million empty gzip members", Kind::Gzip, 2, &[], gzip_empty),
    bomb("xz-zeros", "xz in xz: zeros", Kind::Xz, 2, &[], xz_zeros),
    bomb("xz-headers", "xz in xz: a pcap's header, zeros", Kind::Xz, 0, &[], xz_headers),
    bomb("xz-packet", "xz in xz: one packet", Kind::Xz, 1, &[CAUSE], xz_packet),
    bomb("xz-line", "xz in xz: one line of a log", Kind::Xz, 1, &["expired-leaf"], xz_line),
    bomb("xz-empty", "2 million empty xz streams", Kind::Xz, 2, &[], xz_empty),
    bomb("xz-blocks", "4 million empty blocks in one xz stream", Kind::Xz, 2, &[], xz_blocks),
    bomb("gzip-name", "a gzip whose name is 300 MB", Kind::Gzip, 2, &["too long"], gzip_name),
    bomb("mixed", "gzip in xz in zstd in gzip", Kind::Gzip, 2, &["packed more than twice"], mixed),
];

const fn bomb(
    name: &'static str,
    what: &'static str,
    kind: Kind,
    code: i32,
    says: &'static [&'static str],
    make: super::Make,
) -> Hostile {
    Hostile { name, what, kind, input: Input::Pipe(make), memory: 160, times: 4.0, code, says }
}

/// What is inside: something, then one thing over and over, then something.
struct Inside {
    front: Vec<u8>,
    unit: Vec<u8>,
    behind: Vec<u8>,
}

impl Inside {
    fn zeros() -> Self {
        Self { front: Vec::new(), unit: vec![0; 1 << 16], behind: Vec::new() }
    }

    fn headers() -> Self {
        Self { front: pcap(1), ..Self::zeros() }
    }

    /// A full segment of a connection that nobody opened, behind and in front of a real failure.
    fn packet() -> io::Result<Self> {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for (number, part) in parts.iter_mut().enumerate() {
            let mut out = Out::new(part, false);
            let mut frames = Frames::new(&mut out)?;
            frames.at = number as u64 * 2_000_000;
            match number {
                1 => frames.tcp((attacker(1), SERVER), (DATA, 1, 1), &[23; 1400])?,
                number => frames.witness(1 + number as u32)?,
            }
            out.push()?;
        }
        let [front, unit, behind] = parts;
        let header = pcap(1).len();
        Ok(Self { front, unit: unit[header..].to_vec(), behind: behind[header..].to_vec() })
    }

    fn line() -> Self {
        let line = text::ORDINARY.repeat(40).into_bytes();
        let failure = text::FAILURE.as_bytes().to_vec();
        Self { front: failure.clone(), unit: line, behind: failure }
    }

    /// How often the unit is there if it is to be so many bytes.
    fn times(&self, bytes: u64) -> u64 {
        bytes / self.unit.len() as u64
    }

    fn size(&self, bytes: u64) -> u64 {
        (self.front.len() + self.behind.len()) as u64 + self.times(bytes) * self.unit.len() as u64
    }
}

/// Bytes inside those that are always of their full size.
const FULL: u64 = 10_000_000_000;

/// Bytes inside the others.
fn bytes(out: &Out<'_>) -> u64 {
    if out.all { FULL } else { 1_500_000_000 }
}

/// Gzip of some bytes.
pub(super) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

/// Xz of some bytes.
pub(super) fn xz(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = XzWriter::new(Vec::new(), XzOptions::with_preset(0))?;
    packer.write_all(bytes)?;
    packer.finish()
}

/// A frame of zstd whose blocks are as they are, but for what repeats itself from 64 bytes on.
pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Members or streams one after the other: as many units in each as fit into a few megabytes.
fn packed(
    inside: &Inside,
    bytes: u64,
    pack: fn(&[u8]) -> io::Result<Vec<u8>>,
) -> io::Result<Vec<u8>> {
    let each = ((4 << 20) / inside.unit.len()).max(1);
    let many = pack(&inside.unit.repeat(each))?;
    let parts = (inside.times(bytes) / each as u64) as usize;
    Ok([pack(&inside.front)?, many.repeat(parts), pack(&inside.behind)?].concat())
}

fn twice(
    out: &mut Out<'_>,
    inside: &Inside,
    pack: fn(&[u8]) -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    let bytes = bytes(out);
    out.units = inside.size(bytes);
    let once = packed(inside, bytes, pack)?;
    out.write_all(&pack(&once)?)
}

fn gzip_zeros(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::zeros(), gzip)
}

fn gzip_headers(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::headers(), gzip)
}

fn gzip_packet(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::packet()?, gzip)
}

fn gzip_line(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::line(), gzip)
}

fn gzip_empty(out: &mut Out<'_>) -> io::Result<()> {
    out.repeat(&gzip(&[])?, 1_000_000)
}

fn xz_zeros(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::zeros(), xz)
}

fn xz_headers(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::headers(), xz)
}

fn xz_packet(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::packet()?, xz)
}

fn xz_line(out: &mut Out<'_>) -> io::Result<()> {
    twice(out, &Inside::line(), xz)
}

fn xz_empty(out: &mut Out<'_>) -> io::Result<()> {
    out.repeat(&xz(&[])?, 2_000_000)
}

/// Of each block 16 bytes are kept until the index at the stream's end, which `lzma-rust2` compares
/// them with: as much memory as the packed file has bytes, at most.
fn xz_blocks(out: &mut Out<'_>) -> io::Result<()> {
    let sum = |bytes: &[u8]| crc32fast::hash(bytes).to_le_bytes();
    out.write_all(&[&b"\xfd7zXZ\0\0\0"[..], &sum(&[0, 0])].concat())?;
    let header = [2, 0, 0x21, 1, 0, 0, 0, 0];
    out.repeat(&[&header[..], &sum(&header), &[0; 4]].concat(), 4_000_000)
}

fn gzip_name(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3])?;
    out.repeat(&[b'a'; 1 << 16], 5_000)
}

fn mixed(out: &mut Out<'_>) -> io::Result<()> {
    let inside = gzip(&[7; 1 << 20])?;
    out.write_all(&gzip(&zstd(&xz(&inside)?))?)
}

fn zstd_zeros(out: &mut Out<'_>) -> io::Result<()> {
    zstd_twice(out, &Inside::zeros())
}

fn zstd_headers(out: &mut Out<'_>) -> io::Result<()> {
    zstd_twice(out, &Inside::headers())
}

fn zstd_packet(out: &mut Out<'_>) -> io::Result<()> {
    zstd_twice(out, &Inside::packet()?)
}

fn zstd_line(out: &mut Out<'_>) -> io::Result<()> {
    zstd_twice(out, &Inside::line())
}

fn zstd_once(out: &mut Out<'_>) -> io::Result<()> {
    let inside = Inside::packet()?;
    out.units = inside.size(2_000_000_000);
    out.write_all(&Frame::of(&inside, 2_000_000_000).bytes)
}

fn zstd_twice(out: &mut Out<'_>, inside: &Inside) -> io::Result<()> {
    out.units = inside.size(FULL);
    let once = Frame::of(inside, FULL);
    let (front, rest) = once.bytes.split_at(once.period.0);
    let (unit, _) = rest.split_at(once.period.1);
    let all = rest.len() - once.behind;
    let twice = Inside { front: front.to_vec(), unit: unit.to_vec(), behind: rest[all..].to_vec() };
    out.write_all(&Frame::of(&twice, all as u64).bytes)
}

/// A frame of zstd (RFC 8878, 3.1.1) made by hand: blocks as they are, and blocks that say "what was
/// there so many bytes ago, 128 KiB of it" in some ten bytes.
struct Frame {
    bytes: Vec<u8>,
    /// Where the blocks begin that are all the same, and how long each is.
    period: (usize, usize),
    /// Bytes behind the last of them.
    behind: usize,
}

/// The most that a block may hold.
const BLOCK: usize = 128 << 10;

impl Frame {
    fn of(inside: &Inside, bytes: u64) -> Self {
        // Magic number; no content size, no checksum; a window of 8 MiB.
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3];
        plain(&mut frame, &inside.front);
        plain(&mut frame, &inside.unit);
        let left = (inside.times(bytes).max(1) - 1) * inside.unit.len() as u64;
        let same = repeating(inside.unit.len());
        let period = (frame.len(), same.len());
        let times = left / BLOCK as u64;
        frame.extend(same.repeat(times as usize));
        let produced = times * BLOCK as u64;
        let at = (produced % inside.unit.len() as u64) as usize;
        let rest = inside.unit.iter().cycle().skip(at).take((left - produced) as usize);
        let end = frame.len();
        plain(&mut frame, &rest.copied().collect::<Vec<_>>());
        plain(&mut frame, &inside.behind);
        // The last block, empty.
        frame.extend([1, 0, 0]);
        let behind = frame.len() - end;
        Self { bytes: frame, period, behind }
    }
}

/// Blocks that hold bytes as they are.
fn plain(frame: &mut Vec<u8>, bytes: &[u8]) {
    for part in bytes.chunks(BLOCK) {
        frame.extend(&((part.len() as u32) << 3).to_le_bytes()[..3]);
        frame.extend_from_slice(part);
    }
}

/// A block of one sequence: no literals, and a match of 128 KiB as far back as told.
fn repeating(back: usize) -> Vec<u8> {
    let offset = back as u64 + 3;
    let code = offset.ilog2();
    let match_length = BLOCK as u64 - 65_539;
    // Read from the end: a one that ends the padding, the offset's bits, those of the length.
    let bits = (((1 << code) | (offset - (1 << code))) << 16) | match_length;
    let stream = &bits.to_le_bytes()[..(code as usize + 16) / 8 + 1];
    // No literals; one sequence; each of its three codes is the same for all.
    let body = [&[0, 1, 0b0101_0100, 0, code as u8, 52][..], stream].concat();
    [&((body.len() as u32) << 3 | 2 << 1).to_le_bytes()[..3], &body].concat()
}

fn zstd_window(out: &mut Out<'_>) -> io::Result<()> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3];
    plain(&mut frame, &pcap(1));
    frame.extend(repeating(8).repeat(100_000));
    frame.extend([1, 0, 0]);
    out.write_all(&frame)
}

fn zstd_empty(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(&Frame::of(&Inside { unit: pcap(1), ..Inside::zeros() }, 24).bytes)?;
    out.repeat(&[0x28, 0xb5, 0x2f, 0xfd, 0, 0, 1, 0, 0], 3_000_000)
}

fn zstd_skip(out: &mut Out<'_>) -> io::Result<()> {
    out.repeat(&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4], 3_000_000)?;
    out.write_all(&[0x5f, 0x2a, 0x4d, 0x18, 255, 255, 255, 255])
}

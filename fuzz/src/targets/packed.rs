//! Packed inputs: what is packed here comes out as it was, in reads of any size, and a packed input
//! that was damaged, or that is none, is told without more memory than a window.

use std::io::{Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use report::{Kind, Unpack};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::Corpus;

/// What is packed here is no longer.
const MOST_CONTENT: usize = 16 << 10;
/// What is unpacked of a bomb.
const MOST_OUT: u64 = 4 << 20;

/// Runs the target: how to pack, where to damage, and what is packed.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&[how, at, value, step], content)) = bytes.split_first_chunk::<4>() else { return };
    let step = usize::from(step) + 1;
    // As it is.
    same(content, step);

    let content = &content[..content.len().min(MOST_CONTENT)];
    let mut packed = pack(how, content);
    if how & 0x80 != 0 {
        packed = pack(how >> 3, &packed);
    }
    if how & 0x40 != 0 {
        let halves = content.split_at(content.len() / 2);
        packed = [pack(how, halves.0), pack(how, halves.1)].concat();
    }
    let (kind, out, failed) = same(&packed, step);
    // What has no packing inside comes out byte for byte.
    let plain = !matches!(Kind::of(content), Kind::Gzip | Kind::Zstd | Kind::Xz | Kind::Utf16(_));
    // Nor has it UTF-16 around, which has other bytes.
    let is_in_text = how & 0xc0 == 0x80 && matches!(how >> 3 & 7, 3 | 4);
    if plain && how & 7 < 3 && !is_in_text {
        assert!(!failed && out == content, "{kind:?}: {} of {}", out.len(), content.len());
    }
    let place = usize::from(u16::from_be_bytes([at, value])) % packed.len().max(1);
    if let Some(byte) = packed.get_mut(place) {
        *byte ^= value | 1;
    }
    same(&packed, step);
}

/// What comes out, which is the same in reads of any size. In front of damage it may end a little
/// earlier, and is the same until there.
fn same(bytes: &[u8], step: usize) -> Told {
    let whole = unpacked(bytes, usize::MAX);
    let slowly = unpacked(bytes, step);
    let (failed, also) = (whole.2, slowly.2);
    assert_eq!(failed, also, "in reads of {step} bytes");
    let (one, other) = (&whole.1, &slowly.1);
    if failed {
        let is_front = one.starts_with(other) || other.starts_with(one);
        assert!(is_front, "{} and {} bytes that differ", one.len(), other.len());
    } else {
        assert!(whole == slowly, "{} and {} bytes", one.len(), other.len());
    }
    whole
}

/// Packs, or puts it in UTF-16.
fn pack(how: u8, content: &[u8]) -> Vec<u8> {
    match how & 7 {
        0 => {
            let mut out = GzEncoder::new(Vec::new(), Compression::fast());
            out.write_all(content).and_then(|()| out.finish()).expect("memory takes all")
        }
        1 => compress_to_vec(content, CompressionLevel::Fastest),
        2 => {
            let mut out = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("it begins");
            out.write_all(content).and_then(|()| out.finish()).expect("memory takes all")
        }
        3 => [&[0xff, 0xfe][..], content].concat(),
        4 => [&[0xfe, 0xff][..], content].concat(),
        _ => content.to_vec(),
    }
}

/// What it is and around it, what comes out, and whether it ended with an error.
type Told = (Option<(Kind, Vec<Kind>)>, Vec<u8>, bool);

/// What comes out in reads of so many bytes, and whether it ended with an error.
fn unpacked(bytes: &[u8], step: usize) -> Told {
    let Ok(mut inside) = Unpack::new(Slowly { bytes, step }) else {
        return (None, Vec::new(), true);
    };
    let about = Some((inside.kind(), inside.layers().to_vec()));
    let mut out = Vec::new();
    let failed = inside.by_ref().take(MOST_OUT).read_to_end(&mut out).is_err();
    let _ = inside.gauge();
    (about, out, failed)
}

/// Gives so many bytes at once.
struct Slowly<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.step).min(self.bytes.len());
        let (given, rest) = self.bytes.split_at(length);
        buffer[..length].copy_from_slice(given);
        self.bytes = rest;
        Ok(length)
    }
}

/// Logs and captures to pack, and what came packed.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let files = corpus.files(&[".pcap", ".log", ".gz", ".reg"]);
    let mut seeds = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let how = [0, 1, 2, 3, 4, 5, 0x80, 0x88, 0x40, 0x41][place % 10];
        seeds.push([&[how, 0, 20, 7][..], &file[..file.len().min(4096)]].concat());
        if place % 20 == 0 {
            let short = &file[..file.len().min(512)];
            seeds.extend((0..3).map(|how| [&[5, 0, 9, 3][..], &pack(how, short)].concat()));
        }
    }
    seeds
}

//! Peels gzip, zstd and xz off an input while it is read, and turns UTF-16 into UTF-8.
//!
//! The formats may be concatenated (a rotated capture, a parallel compressor), and an input may be
//! packed twice. Memory is bounded by the formats' windows, so that a file which unpacks to
//! terabytes costs time and nothing else.

mod utf16;
mod xz;
mod zstd;

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io::{self, BufReader, Cursor, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use utf16::Utf16;
use xz::Xz;
use zstd::Zstd;

use crate::Kind;

/// Reads what is inside of all packing, or the bytes as they are.
pub struct Unpack<'a> {
    inside: Box<dyn Read + 'a>,
    kind: Kind,
    layers: Vec<Kind>,
    gauge: Rc<Gauge>,
}

/// How far an unpacking has come, for who reads what comes out of it.
#[derive(Debug, Default)]
pub struct Gauge {
    /// Bytes of the packed input that were taken.
    pub taken: Cell<u64>,
    /// What of UTF-16 was incomplete.
    pub broken: Cell<Broken>,
}

/// Why nothing comes out of an input.
#[derive(Debug)]
pub struct NotUnpacked {
    /// The packing that cannot be taken off; of what is not packed, nothing is known.
    pub kind: Kind,
    /// What was met.
    pub error: io::Error,
}

impl fmt::Display for NotUnpacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, error } = self;
        match kind {
            Kind::Empty => write!(f, "{error}"),
            kind => write!(f, "{} that cannot be unpacked: {error}", kind.looks_like()),
        }
    }
}

impl Error for NotUnpacked {}

impl From<NotUnpacked> for io::Error {
    fn from(wrong: NotUnpacked) -> Self {
        wrong.error
    }
}

/// Characters of UTF-16 that were incomplete and were replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// How many.
    pub count: u64,
    /// Where the first of them is: a byte offset in the UTF-16 text.
    pub first: Option<u64>,
}

/// How often an input may be packed. More than twice is no habit of anybody.
const MAX_LAYERS: usize = 2;
/// Compressed bytes that are read in one go.
const BUFFER: usize = 64 << 10;

impl<'a> Unpack<'a> {
    /// Looks at the first bytes and puts the unpackers in place.
    ///
    /// # Errors
    /// What the reader reports while its first bytes are looked at, and a packed file whose
    /// beginning is damaged.
    pub fn new(from: impl Read + 'a) -> Result<Self, NotUnpacked> {
        let gauge = Rc::new(Gauge::default());
        let mut inside: Box<dyn Read + 'a> = Box::new(Counted { from, gauge: Rc::clone(&gauge) });
        let mut layers: Vec<Kind> = Vec::new();
        let mut packed = 0;
        loop {
            let mut head = Vec::with_capacity(Kind::LOOK);
            let cut = match inside.by_ref().take(Kind::LOOK as u64).read_to_end(&mut head) {
                Err(error) if head.is_empty() => {
                    // Whatever else was around it, this is what a person sees.
                    let kind = layers.first().copied().unwrap_or(Kind::Empty);
                    return Err(NotUnpacked { kind, error });
                }
                read => read.err(),
            };
            let kind = Kind::of(&head);
            inside = Box::new(Cursor::new(head).chain(Cut(cut)).chain(inside));
            match kind {
                Kind::Gzip | Kind::Zstd | Kind::Xz if packed == MAX_LAYERS => {
                    return Ok(Self { inside, kind, layers, gauge });
                }
                Kind::Gzip => {
                    let buffered = BufReader::with_capacity(BUFFER, inside);
                    inside = Box::new(MultiGzDecoder::new(buffered));
                }
                Kind::Zstd => inside = Box::new(Zstd::new(inside)),
                Kind::Xz => inside = Box::new(Xz::new(inside)),
                Kind::Utf16(encoding) if !layers.contains(&kind) => {
                    inside = Box::new(Utf16::new(inside, encoding, Rc::clone(&gauge)));
                }
                _ => return Ok(Self { inside, kind, layers, gauge }),
            }
            packed += usize::from(!matches!(kind, Kind::Utf16(_)));
            layers.push(kind);
        }
    }

    /// What is unpacked elsewhere, as in another thread, which says what it met: `inside` gives the
    /// bytes, and keeps the gauge true to them.
    #[must_use]
    pub fn elsewhere(
        inside: impl Read + 'a,
        kind: Kind,
        layers: Vec<Kind>,
        gauge: Rc<Gauge>,
    ) -> Self {
        Self { inside: Box::new(inside), kind, layers, gauge }
    }

    /// What is inside of all layers.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The layers that were peeled off, the outermost first.
    #[must_use]
    pub fn layers(&self) -> &[Kind] {
        &self.layers
    }

    /// How far it has come.
    #[must_use]
    pub fn gauge(&self) -> Rc<Gauge> {
        Rc::clone(&self.gauge)
    }
}

impl Read for Unpack<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inside.read(buffer)
    }
}

/// Counts what is taken from the packed input.
struct Counted<R> {
    from: R,
    gauge: Rc<Gauge>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.gauge.taken.set(self.gauge.taken.get() + read as u64);
        Ok(read)
    }
}

/// Says once what was wrong behind the bytes that were looked at: they are read first.
struct Cut(Option<io::Error>);

impl Read for Cut {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn bad(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use lzma_rust2::{CheckType, XzOptions, XzWriter};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const PCAP: &[u8] = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00 and what follows";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut options = XzOptions::with_preset(0);
        options.set_check_sum_type(CheckType::Crc32);
        let mut packer = XzWriter::new(Vec::new(), options).unwrap();
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn unpack(bytes: &[u8]) -> (Vec<u8>, Vec<Kind>) {
        let mut unpack = Unpack::new(bytes).unwrap();
        let mut out = Vec::new();
        unpack.read_to_end(&mut out).unwrap();
        (out, unpack.layers().to_vec())
    }

    /// Plain bytes pass unchanged; each format and both nestings are peeled off.
    #[test]
    fn one_and_two_layers_are_peeled() {
        assert_eq!(unpack(PCAP), (PCAP.to_vec(), vec![]));
        assert_eq!(unpack(&gzip(PCAP)), (PCAP.to_vec(), vec![Kind::Gzip]));
        assert_eq!(unpack(&zstd(PCAP)), (PCAP.to_vec(), vec![Kind::Zstd]));
        assert_eq!(unpack(&xz(PCAP)), (PCAP.to_vec(), vec![Kind::Xz]));
        assert_eq!(unpack(&xz(&gzip(PCAP))), (PCAP.to_vec(), vec![Kind::Xz, Kind::Gzip]));
        assert_eq!(unpack(&gzip(&zstd(PCAP))), (PCAP.to_vec(), vec![Kind::Gzip, Kind::Zstd]));
        assert_eq!(unpack(&zstd(&gzip(PCAP))), (PCAP.to_vec(), vec![Kind::Zstd, Kind::Gzip]));
    }

    /// A third layer is left alone: its kind says what it is.
    #[test]
    fn a_third_layer_is_left() {
        let thrice = gzip(&gzip(&gzip(PCAP)));
        let unpack = Unpack::new(&thrice[..]).unwrap();
        assert_eq!(unpack.kind(), Kind::Gzip);
        assert_eq!(unpack.layers().len(), 2);
    }

    /// Members of gzip, frames of zstd and streams of xz follow each other; frames of zstd that are to
    /// be skipped are, and so are the zeros between streams of xz.
    #[test]
    fn concatenated_parts_are_one_input() {
        let (a, b) = PCAP.split_at(9);
        assert_eq!(unpack(&[gzip(a), gzip(b)].concat()).0, PCAP);
        assert_eq!(unpack(&[xz(a), vec![0; 8], xz(b)].concat()).0, PCAP);
        let skip = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        assert_eq!(unpack(&[skip.clone(), zstd(a), skip, zstd(b)].concat()).0, PCAP);
    }

    /// A packed file cut anywhere gives the front of its content, then an error or an end: never a
    /// panic, never bytes that were not there.
    #[test]
    fn cut_files_give_what_is_there() {
        let content = PCAP.repeat(50);
        for packed in [gzip(&content), zstd(&content), xz(&content)] {
            for end in 0..packed.len() {
                let mut out = Vec::new();
                if let Ok(mut unpack) = Unpack::new(&packed[..end]) {
                    let _ = unpack.read_to_end(&mut out);
                }
                assert!(content.starts_with(&out) || packed.starts_with(&out));
            }
        }
    }

    /// What stands in front of a cut is read, however little it is.
    #[test]
    fn the_front_of_a_short_cut_file_is_read() {
        let packed = gzip(PCAP);
        let mut unpack = Unpack::new(&packed[..packed.len() - 4]).unwrap();
        let mut out = Vec::new();
        assert!(unpack.read_to_end(&mut out).is_err());
        assert_eq!(out, PCAP);
    }

    /// A log in UTF-16, packed or not, is read as UTF-8, and says where it is incomplete.
    #[test]
    fn utf16_is_read_as_utf8() {
        let text = "\u{feff}Fehler: größer\n".repeat(9_000);
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = text.strip_prefix('\u{feff}').unwrap().as_bytes();
        let kind = Kind::of(&units);
        assert_eq!(unpack(&units), (expected.to_vec(), vec![kind]));
        assert_eq!(
            unpack(&gzip(&xz(&units))),
            (expected.to_vec(), vec![Kind::Gzip, Kind::Xz, kind])
        );
        let mut unpack = Unpack::new(&units[..units.len() - 1]).unwrap();
        let mut out = Vec::new();
        unpack.read_to_end(&mut out).unwrap();
        assert!(matches!(unpack.kind(), Kind::Text(_)));
        let first = Some(units.len() as u64 - 2);
        assert_eq!(unpack.gauge().broken.get(), Broken { count: 1, first });
        assert_eq!(unpack.gauge().taken.get(), units.len() as u64 - 1);
    }

    /// A file of xz that asks for more memory than is given is refused in words.
    #[test]
    fn memory_is_bounded() {
        let mut options = XzOptions::with_preset(0);
        options.lzma_options.dict_size = 128 << 20;
        let mut packer = XzWriter::new(Vec::new(), options).unwrap();
        packer.write_all(PCAP).unwrap();
        let greedy = packer.finish().unwrap();
        let error = Unpack::new(&greedy[..]).err().unwrap();
        assert_eq!(error.error.to_string(), "an xz file that wants over 66 MB of memory");
    }
}

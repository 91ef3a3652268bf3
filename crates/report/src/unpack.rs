//! Peels gzip and zstd off a capture while it is read.
//!
//! Both formats may be concatenated (a rotated capture, a parallel compressor), and a capture may
//! be packed twice. Memory is bounded by the formats' windows, so that a file which unpacks to
//! terabytes costs time and nothing else.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::Kind;

/// Reads what is inside of gzip and zstd, or the bytes as they are.
pub struct Unpack<'a> {
    inside: Box<dyn Read + 'a>,
    kind: Kind,
    layers: Vec<Kind>,
}

/// How often a capture may be packed. More than twice is no habit of anybody.
const MAX_LAYERS: usize = 2;
/// The largest window of a zstd frame that is accepted. Every level up to 19 stays below; a file
/// made with `--long` beyond it is refused instead of holding the memory it asks for.
const MAX_WINDOW: u64 = 16 << 20;
/// Compressed bytes that are read in one go.
const BUFFER: usize = 64 << 10;

impl<'a> Unpack<'a> {
    /// Looks at the first bytes and puts the unpackers in place.
    ///
    /// # Errors
    /// What the reader reports while its first bytes are looked at, and a packed file whose
    /// beginning is damaged.
    pub fn new(from: impl Read + 'a) -> io::Result<Self> {
        let mut inside: Box<dyn Read + 'a> = Box::new(from);
        let mut layers = Vec::new();
        loop {
            let mut head = Vec::with_capacity(Kind::LOOK);
            inside.by_ref().take(Kind::LOOK as u64).read_to_end(&mut head)?;
            let kind = Kind::of(&head);
            inside = Box::new(Cursor::new(head).chain(inside));
            match kind {
                Kind::Gzip if layers.len() < MAX_LAYERS => {
                    let buffered = BufReader::with_capacity(BUFFER, inside);
                    inside = Box::new(MultiGzDecoder::new(buffered));
                }
                Kind::Zstd if layers.len() < MAX_LAYERS => inside = Box::new(Zstd::new(inside)),
                _ => return Ok(Self { inside, kind, layers }),
            }
            layers.push(kind);
        }
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
}

impl Read for Unpack<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inside.read(buffer)
    }
}

/// The frames of a zstd file, one after the other.
struct Zstd<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    inside_frame: bool,
    over: bool,
}

impl<R: Read> Zstd<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        let source = BufReader::with_capacity(BUFFER, source);
        Self { source, decoder, inside_frame: false, over: false }
    }

    /// Begins the next frame; steps over skippable ones. Does nothing more at the end of the file.
    fn next_frame(&mut self) -> io::Result<()> {
        let Some(magic) = self.magic()? else {
            self.over = true;
            return Ok(());
        };
        if matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18]) {
            let mut length = [0; 4];
            self.source.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
            return if skipped == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) };
        }
        let frame = Cursor::new(magic).chain(&mut self.source);
        self.decoder.reset(frame).map_err(|_| {
            bad("a zstd frame that cannot be read, or that wants over 16 MB of memory")
        })?;
        self.inside_frame = true;
        Ok(())
    }

    /// The four bytes that begin a frame; `None` at the end of the file.
    fn magic(&mut self) -> io::Result<Option<[u8; 4]>> {
        let mut magic = Vec::with_capacity(4);
        self.source.by_ref().take(4).read_to_end(&mut magic)?;
        match <[u8; 4]>::try_from(magic) {
            Ok(magic) => Ok(Some(magic)),
            Err(rest) if rest.is_empty() => Ok(None),
            Err(_) => Err(ErrorKind::UnexpectedEof.into()),
        }
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.over {
            if !self.inside_frame {
                self.next_frame()?;
                continue;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            if self.decoder.is_finished() {
                self.inside_frame = false;
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|_| bad("a zstd block that cannot be read, or the file ends inside it"))?;
        }
        Ok(0)
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // What is broken stays broken: a second call must not read on in the middle of a block.
        self.step(buffer).inspect_err(|_| self.over = true)
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

    /// Members of gzip and frames of zstd follow each other; skippable frames are stepped over.
    #[test]
    fn concatenated_parts_are_one_input() {
        let (a, b) = PCAP.split_at(9);
        assert_eq!(unpack(&[gzip(a), gzip(b)].concat()).0, PCAP);
        let skip = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        assert_eq!(unpack(&[skip.clone(), zstd(a), skip, zstd(b)].concat()).0, PCAP);
    }

    /// A packed file cut anywhere gives the front of its content, then an error or an end: never a
    /// panic, never bytes that were not there.
    #[test]
    fn cut_files_give_what_is_there() {
        let content = PCAP.repeat(50);
        for packed in [gzip(&content), zstd(&content)] {
            for end in 0..packed.len() {
                let mut out = Vec::new();
                if let Ok(mut unpack) = Unpack::new(&packed[..end]) {
                    let _ = unpack.read_to_end(&mut out);
                }
                assert!(content.starts_with(&out) || packed.starts_with(&out));
            }
        }
    }
}

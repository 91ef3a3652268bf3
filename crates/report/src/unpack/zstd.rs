//! The frames of a zstd file, one after the other.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{BUFFER, bad};

/// Reads what is inside of zstd.
pub(super) struct Zstd<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    inside_frame: bool,
    over: bool,
}

impl<R: Read> Zstd<R> {
    pub(super) fn new(source: R) -> Self {
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

/// The largest window of a zstd frame that is accepted. Every level up to 19 stays below; a file
/// made with `--long` beyond it is refused instead of holding the memory it asks for.
const MAX_WINDOW: u64 = 16 << 20;

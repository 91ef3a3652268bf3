//! The streams of an xz file, one after the other.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use lzma_rust2::{Action, Status, XzStream};

use super::{BUFFER, bad};

/// Reads what is inside of xz.
pub(super) struct Xz<R> {
    source: BufReader<R>,
    stream: XzStream,
    over: bool,
}

/// The most memory that a file may ask for, in KiB: `xz -9` asks for 64 MiB and a little.
const MAX_MEMORY: u32 = 66 << 10;

impl<R: Read> Xz<R> {
    pub(super) fn new(source: R) -> Self {
        let source = BufReader::with_capacity(BUFFER, source);
        Self { source, stream: XzStream::new_mem_limit(true, MAX_MEMORY), over: false }
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.over {
            let packed = match self.source.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                packed => packed?,
            };
            let action = if packed.is_empty() { Action::Finish } else { Action::Run };
            let read = self.stream.process(packed, buffer, action).map_err(told)?;
            let stuck = packed.is_empty() && read.bytes_produced == 0;
            self.source.consume(read.bytes_consumed);
            self.over = read.status == Status::StreamEnd;
            if read.bytes_produced > 0 {
                return Ok(read.bytes_produced);
            }
            if stuck && !self.over {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

impl<R: Read> Read for Xz<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // What is broken stays broken: a second call must not read on in the middle of a block.
        self.step(buffer).inspect_err(|_| self.over = true)
    }
}

/// The decoder's error in words.
fn told(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::OutOfMemory => bad("an xz file that wants over 66 MB of memory"),
        ErrorKind::UnexpectedEof => error,
        _ => bad("an xz block that cannot be read"),
    }
}

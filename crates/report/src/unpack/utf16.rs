//! Text in UTF-16, read as UTF-8.

use std::io::{self, ErrorKind, Read};
use std::rc::Rc;

use logs::{Decoder, Encoding};

use super::{BUFFER, Broken, Gauge};

/// Reads UTF-16 as UTF-8.
pub(super) struct Utf16<R> {
    source: R,
    decoder: Decoder,
    /// Bytes as they come from the source.
    raw: Vec<u8>,
    /// What they are in UTF-8.
    text: Vec<u8>,
    /// How much of that has been handed out.
    given: usize,
    gauge: Rc<Gauge>,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(source: R, encoding: Encoding, gauge: Rc<Gauge>) -> Self {
        Self {
            source,
            decoder: Decoder::new(encoding),
            raw: vec![0; BUFFER],
            text: Vec::new(),
            given: 0,
            gauge,
        }
    }

    /// Decodes the next bytes of the source. At its end, which at a pause of a pipe is not the last
    /// one, what is incomplete is told; `false` where nothing is.
    fn fill(&mut self) -> io::Result<bool> {
        let read = loop {
            match self.source.read(&mut self.raw) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.text.clear();
        self.given = 0;
        self.decoder.decode(self.raw.get(..read).unwrap_or_default(), &mut self.text);
        if read == 0 {
            self.decoder.finish(&mut self.text);
        }
        let (count, first) = self.decoder.broken();
        self.gauge.broken.set(Broken { count, first });
        Ok(read > 0 || !self.text.is_empty())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let mut left = self.text.get(self.given..).unwrap_or_default();
        let read = left.read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

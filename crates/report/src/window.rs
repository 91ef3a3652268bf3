//! A stream as the packet parser wants it: a window that moves over the bytes.

use std::io::{self, Read};

use wire::Packets;

/// The part of a stream that is in memory.
pub(crate) struct Window {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; BLOCK], start: 0, end: 0 }
    }

    /// Gives up bytes at the front.
    pub(crate) fn discard(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.end);
    }

    pub(crate) fn held(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Appends what one read gives. Moves what is held to the front first when room gets scarce,
    /// and grows only when one packet fills the window: up to what the longest packet needs.
    pub(crate) fn fill(&mut self, from: &mut dyn Read) -> io::Result<usize> {
        if self.bytes.len() - self.end < BLOCK / 4 && self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.bytes.len() {
            let wanted = (2 * self.bytes.len()).min(Packets::WINDOW.max(BLOCK));
            if wanted <= self.end {
                return Err(io::Error::other("a packet longer than any packet can be"));
            }
            self.bytes.resize(wanted, 0);
        }
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        loop {
            match from.read(room) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Bytes asked for in one go from a stream; also the size at which its window starts.
const BLOCK: usize = 1 << 18;

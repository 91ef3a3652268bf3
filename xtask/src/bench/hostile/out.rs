//! Where a hostile input goes, and how much of it there was.

use std::io::{self, Write};

/// Takes the bytes of an input and counts what the reader took of them.
pub(super) struct Out<'a> {
    into: &'a mut dyn Write,
    held: Vec<u8>,
    /// Bytes that were taken.
    pub(super) bytes: u64,
    /// What the cost is counted by beside bytes: packets, lines, bytes when unpacked.
    pub(super) units: u64,
    /// Whether what is cut short for daily use is made at its full size.
    pub(super) all: bool,
}

/// Bytes given in one go: what a pipe holds.
const BLOCK: usize = 64 << 10;

impl<'a> Out<'a> {
    pub(super) fn new(into: &'a mut dyn Write, all: bool) -> Self {
        Self { into, held: Vec::with_capacity(2 * BLOCK), bytes: 0, units: 0, all }
    }

    /// The same bytes many times, without a copy of them for each.
    pub(super) fn repeat(&mut self, bytes: &[u8], times: u64) -> io::Result<()> {
        let at_once = (BLOCK / bytes.len().max(1)).max(1) as u64;
        let many = bytes.repeat(at_once.min(times) as usize);
        for _ in 0..times / at_once {
            self.write_all(&many)?;
        }
        (0..times % at_once).try_for_each(|_| self.write_all(bytes))
    }

    /// Gives away at once what was written so far.
    pub(super) fn push(&mut self) -> io::Result<()> {
        self.into.write_all(&self.held)?;
        self.bytes += self.held.len() as u64;
        self.held.clear();
        self.into.flush()
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= BLOCK {
            self.push()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.push()
    }
}

/// Numbers without a pattern and without chance (splitmix64).
pub(super) fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

//! RC4, the one cipher here that is a stream from the first record to the last. It is forbidden
//! (RFC 7465), small, and in no library that is worth a dependency.

use std::fmt;

/// How far the stream of one side is.
#[derive(Clone)]
pub(super) struct Rc4 {
    state: Box<[u8; 256]>,
    i: u8,
    j: u8,
}

impl Rc4 {
    /// The start of the stream of a key; an empty one is the key of nothing.
    pub(super) fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|i| i as u8);
        let mut j = 0_u8;
        for (i, byte) in (0..256).zip(key.iter().cycle()) {
            let here = state.get(i).copied().unwrap_or_default();
            j = j.wrapping_add(here).wrapping_add(*byte);
            state.swap(i, usize::from(j));
        }
        Self { state: Box::new(state), i: 0, j: 0 }
    }

    /// Encrypts or decrypts the next bytes of the stream.
    pub(super) fn apply(&mut self, bytes: &mut [u8]) {
        let at = |state: &[u8; 256], i: u8| state.get(usize::from(i)).copied().unwrap_or_default();
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            let a = at(&self.state, self.i);
            self.j = self.j.wrapping_add(a);
            let b = at(&self.state, self.j);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            *byte ^= at(&self.state, a.wrapping_add(b));
        }
    }
}

impl fmt::Debug for Rc4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rc4")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 16 bytes of the stream of RFC 6229's key of 128 bits, in two parts.
    #[test]
    fn the_stream_is_that_of_rfc_6229() {
        let mut stream = Rc4::new(&std::array::from_fn::<u8, 16, _>(|i| i as u8 + 1));
        let mut bytes = [0; 16];
        let (first, second) = bytes.split_at_mut(5);
        stream.apply(first);
        stream.apply(second);
        assert_eq!(
            bytes,
            [
                0x9a, 0xc7, 0xcc, 0x9a, 0x60, 0x9d, 0x1e, 0xf7, 0xb2, 0x93, 0x28, 0x99, 0xcd, 0xe4,
                0x1b, 0x97
            ]
        );
    }
}

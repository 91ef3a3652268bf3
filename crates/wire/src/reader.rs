//! A cursor over bytes that were written by somebody else.
//!
//! All of TLS and nearly all of the Internet is big-endian with length-prefixed vectors, so this
//! one cursor serves every floor. It never panics, never reads outside its slice, and remembers
//! its offset in the outermost slice, so that evidence can point at a byte.

use crate::Malformed;

/// A bounds-checked, big-endian cursor over borrowed bytes.
///
/// After an error the cursor stands where it stood before the failed read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `bytes`, which is offset 0.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    /// Starts at the first byte of `bytes`, which is offset `at` of some larger slice.
    #[inline]
    pub fn new_at(bytes: &'a [u8], at: usize) -> Self {
        Self { rest: bytes, at }
    }

    /// The offset of the next byte, counted from the start of the outermost slice.
    #[inline]
    pub fn at(&self) -> usize {
        self.at
    }

    /// All bytes not read yet.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How many bytes are not read yet.
    #[inline]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Whether everything has been read.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The error for the field `what` that starts at the next byte and needs `needed` bytes.
    #[inline]
    pub fn malformed(&self, what: &'static str, needed: usize) -> Malformed {
        Malformed { what, at: self.at, needed, had: self.rest.len() }
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// When nothing is left.
    #[inline]
    pub fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        let [byte] = self.array::<1>(what)?;
        Ok(byte)
    }

    /// Reads two bytes as a number.
    ///
    /// # Errors
    /// When fewer than two bytes are left.
    #[inline]
    pub fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(self.array(what)?))
    }

    /// Reads three bytes as a number, the `uint24` of RFC 8446, 3.3.
    ///
    /// # Errors
    /// When fewer than three bytes are left.
    #[inline]
    pub fn u24(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let [a, b, c] = self.array::<3>(what)?;
        Ok(u32::from_be_bytes([0, a, b, c]))
    }

    /// Reads four bytes as a number.
    ///
    /// # Errors
    /// When fewer than four bytes are left.
    #[inline]
    pub fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array(what)?))
    }

    /// Reads exactly `N` bytes.
    ///
    /// # Errors
    /// When fewer than `N` bytes are left.
    #[inline]
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let (head, rest) =
            self.rest.split_first_chunk::<N>().ok_or_else(|| self.malformed(what, N))?;
        self.rest = rest;
        self.at += N;
        Ok(*head)
    }

    /// Reads exactly `n` bytes.
    ///
    /// # Errors
    /// When fewer than `n` bytes are left.
    #[inline]
    pub fn take(&mut self, n: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or_else(|| self.malformed(what, n))?;
        self.rest = rest;
        self.at += n;
        Ok(head)
    }

    /// Reads the next `n` bytes as a reader of their own, with offsets that go on counting.
    ///
    /// # Errors
    /// When fewer than `n` bytes are left.
    #[inline]
    pub fn sub(&mut self, n: usize, what: &'static str) -> Result<Self, Malformed> {
        let at = self.at;
        Ok(Self { rest: self.take(n, what)?, at })
    }

    /// Reads a vector with a one-byte length in front, RFC 8446, 3.4.
    ///
    /// # Errors
    /// When the length or the bytes it promises are missing.
    #[inline]
    pub fn vec8(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        Ok(self.sub8(what)?.rest)
    }

    /// Reads a vector with a two-byte length in front.
    ///
    /// # Errors
    /// When the length or the bytes it promises are missing.
    #[inline]
    pub fn vec16(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        Ok(self.sub16(what)?.rest)
    }

    /// As [`Self::vec8`], as a reader of its own with offsets that go on counting.
    ///
    /// # Errors
    /// When the length or the bytes it promises are missing.
    #[inline]
    pub fn sub8(&mut self, what: &'static str) -> Result<Self, Malformed> {
        self.prefixed(what, |r| Ok(usize::from(r.u8(what)?)))
    }

    /// As [`Self::vec16`], as a reader of its own with offsets that go on counting.
    ///
    /// # Errors
    /// When the length or the bytes it promises are missing.
    #[inline]
    pub fn sub16(&mut self, what: &'static str) -> Result<Self, Malformed> {
        self.prefixed(what, |r| Ok(usize::from(r.u16(what)?)))
    }

    /// Reads a vector with a three-byte length in front, as a reader of its own with offsets that go on
    /// counting.
    ///
    /// # Errors
    /// When the length or the bytes it promises are missing.
    #[inline]
    pub fn sub24(&mut self, what: &'static str) -> Result<Self, Malformed> {
        // A u24 fits a usize on every machine this runs on; saturating keeps it an error elsewhere.
        self.prefixed(what, |r| Ok(usize::try_from(r.u24(what)?).unwrap_or(usize::MAX)))
    }

    /// Reads a length with `length`, then as many bytes; moves only when both are there.
    #[inline]
    fn prefixed(
        &mut self,
        what: &'static str,
        length: impl FnOnce(&mut Self) -> Result<usize, Malformed>,
    ) -> Result<Self, Malformed> {
        let mut ahead = *self;
        let n = length(&mut ahead)?;
        let body = ahead.sub(n, what)?;
        *self = ahead;
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers are big-endian and the offset moves with them.
    #[test]
    fn numbers_are_big_endian_and_move_the_offset() {
        let mut r = Reader::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(r.u8("a"), Ok(1));
        assert_eq!(r.u16("b"), Ok(0x0203));
        assert_eq!(r.u24("c"), Ok(0x04_0506));
        assert_eq!(r.u32("d"), Ok(0x0708_090a));
        assert_eq!((r.at(), r.left(), r.is_empty()), (10, 0, true));
    }

    /// A failed read says where and leaves the cursor untouched, length prefix included.
    #[test]
    fn a_failed_read_moves_nothing() {
        let mut r = Reader::new(&[0, 9, 1]);
        assert_eq!(r.vec16("list"), Err(Malformed { what: "list", at: 2, needed: 9, had: 1 }));
        assert_eq!((r.at(), r.left()), (0, 3));
        assert_eq!(r.u32("x"), Err(Malformed { what: "x", at: 0, needed: 4, had: 3 }));
        assert!(r.take(usize::MAX, "all").is_err());
        assert_eq!(r.rest(), &[0, 9, 1]);
    }

    /// Offsets of an inner reader count from the outermost slice.
    #[test]
    fn inner_offsets_count_from_the_outermost_slice() {
        let mut r = Reader::new(&[0xff, 0, 4, 2, 7, 8, 9, 0, 0, 1, 5]);
        r.u8("skip").unwrap();
        let mut outer = r.sub16("outer").unwrap();
        assert_eq!(outer.at(), 3);
        let inner = outer.sub8("inner").unwrap();
        assert_eq!((inner.at(), inner.rest()), (4, &[7u8, 8][..]));
        assert_eq!((outer.at(), outer.rest()), (6, &[9u8][..]));
        assert_eq!(r.sub24("last").map(|it| (it.at(), it.rest())), Ok((10, &[5u8][..])));
    }
}

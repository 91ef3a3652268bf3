//! The vectors of the TLS presentation language, read for what they hold (RFC 9846, 3.4).
//!
//! A vector whose length field promises more than there is yields what there is: the peer may
//! have lied, or the capture may have been cut, and either way the rest is worth seeing.

use crate::reader::Reader;

/// The content of a vector with a one-byte length.
#[inline]
pub(crate) fn list8(bytes: &[u8]) -> &[u8] {
    let mut reader = Reader::new(bytes);
    reader.vec8("").unwrap_or_else(|_| bytes.get(1..).unwrap_or_default())
}

/// The content of a vector with a two-byte length.
#[inline]
pub(crate) fn list16(bytes: &[u8]) -> &[u8] {
    let mut reader = Reader::new(bytes);
    reader.vec16("").unwrap_or_else(|_| bytes.get(2..).unwrap_or_default())
}

/// The 16-bit numbers in `bytes`; a last odd byte is dropped.
#[inline]
pub(crate) fn words<'a>(bytes: &'a [u8]) -> impl Iterator<Item = u16> + Clone + use<'a> {
    bytes.as_chunks::<2>().0.iter().map(|&word| u16::from_be_bytes(word))
}

/// The strings in `bytes`, each behind a one-byte length, up to the first that does not fit.
#[inline]
pub(crate) fn strings8<'a>(bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
    let mut reader = Reader::new(bytes);
    std::iter::from_fn(move || reader.vec8("").ok())
}

/// As [`strings8`], behind two-byte lengths.
#[inline]
pub(crate) fn strings16<'a>(bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
    let mut reader = Reader::new(bytes);
    std::iter::from_fn(move || reader.vec16("").ok())
}

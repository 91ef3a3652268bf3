//! Bytes that nobody may see.

use std::fmt;

/// A secret, or a key that follows from one. It can be used and not shown: `Debug` tells its
/// length alone, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Bytes);

/// Keys are made by the dozen for each connection over QUIC and kept as long as it is open: short
/// ones take no memory of their own.
#[derive(Clone, PartialEq, Eq)]
enum Bytes {
    /// The bytes, zeros behind them, and how many there are.
    Short([u8; SHORT], u8),
    Long(Box<[u8]>),
}

/// Bytes of a master secret (RFC 5246, 8.1), and of the longest hash.
const SHORT: usize = 48;

impl Secret {
    /// How many bytes it has.
    #[inline]
    #[must_use]
    pub fn length(&self) -> usize {
        self.as_ref().len()
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self(Bytes::Short([0; SHORT], 0))
    }
}

impl AsRef<[u8]> for Secret {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short(bytes, length) => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Bytes::Long(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        match bytes.len() {
            0..=SHORT => Self::from(&bytes[..]),
            _ => Self(Bytes::Long(bytes.into())),
        }
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Self(Bytes::Short(short, bytes.len() as u8))
            }
            None => Self(Bytes::Long(bytes.into())),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Short or long, made of a slice or of a vector, it is the same secret.
    #[test]
    fn a_secret_is_its_bytes() {
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, 300] {
            let bytes = vec![7; length];
            let secret = Secret::from(&bytes[..]);
            assert_eq!((secret.as_ref(), secret.length()), (&bytes[..], length));
            assert!(secret == Secret::from(bytes.clone()));
            assert!(secret != Secret::from([&bytes[..], &[0]].concat()));
        }
    }

    /// What is printed for a programmer tells the length and not one byte.
    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::from(&[0xab; 32][..])), "Secret(32 bytes)");
    }
}

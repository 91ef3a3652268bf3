//! Bytes that nobody may see.

use std::fmt;

/// A secret, or a key that follows from one. It can be used and not shown: `Debug` tells its
/// length alone, and there is no `Display`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// How many bytes it has.
    #[inline]
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

impl AsRef<[u8]> for Secret {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed for a programmer tells the length and not one byte.
    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::from(&[0xab; 32][..])), "Secret(32 bytes)");
    }
}

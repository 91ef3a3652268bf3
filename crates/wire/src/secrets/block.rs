//! Block ciphers of TLS 1.2 and before, in CBC mode, which need a MAC beside them (RFC 5246, 6.2.3.2).

use super::provider;
use crate::cipher::CipherSuite;

/// A block cipher, which TLS uses in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockCipher {
    /// AES with 128 bits of key.
    Aes128,
    /// AES with 256 bits of key.
    Aes256,
    /// ARIA with 128 bits of key.
    Aria128,
    /// ARIA with 256 bits of key.
    Aria256,
    /// Camellia with 128 bits of key.
    Camellia128,
    /// Camellia with 256 bits of key.
    Camellia256,
    /// DES.
    Des,
    /// IDEA.
    Idea,
    /// DES three times, with three keys.
    TripleDes,
}

impl BlockCipher {
    /// The cipher of a suite; `None` where it has none, or one that cannot be opened here.
    pub(super) fn of(suite: CipherSuite) -> Option<Self> {
        Some(match suite.encryption()? {
            "AES_128_CBC" => Self::Aes128,
            "AES_256_CBC" => Self::Aes256,
            "ARIA_128_CBC" => Self::Aria128,
            "ARIA_256_CBC" => Self::Aria256,
            "CAMELLIA_128_CBC" => Self::Camellia128,
            "CAMELLIA_256_CBC" => Self::Camellia256,
            // What was made for export derives its keys in a way of its own (RFC 2246, 6.3.1).
            "DES_CBC" if !suite.is_export() => Self::Des,
            "IDEA_CBC" => Self::Idea,
            "3DES_EDE_CBC" => Self::TripleDes,
            _ => return None,
        })
    }

    /// Bytes of the key.
    pub(super) const fn key_length(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Aes128 | Self::Aria128 | Self::Camellia128 | Self::Idea => 16,
            Self::TripleDes => 24,
            Self::Aes256 | Self::Aria256 | Self::Camellia256 => 32,
        }
    }

    /// Bytes of a block, and of the IV.
    pub(super) const fn block_length(self) -> usize {
        if matches!(self, Self::Des | Self::Idea | Self::TripleDes) { 8 } else { 16 }
    }

    /// Decrypts whole blocks that are chained to `iv`.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = sealed.to_vec();
        provider::decrypt_cbc(self, key, iv, &mut bytes).then_some(bytes)
    }
}

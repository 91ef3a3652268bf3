//! A build without the feature `decrypt`: every question has the answer that nothing opens.

use super::block::BlockCipher;
use super::{Aead, Hash};

/// No hash is at hand.
#[derive(Clone)]
pub(super) struct Keyed;

impl Keyed {
    /// There is none.
    pub(super) fn new(_: Hash, _: &[u8]) -> Option<Self> {
        None
    }

    /// Nothing comes of nothing.
    pub(super) fn hmac(&self, _: &[&[u8]]) -> Vec<u8> {
        Vec::new()
    }
}

/// Nothing is opened.
pub(super) fn open(_: Aead, _: &[u8], _: &[u8], _: &[u8], _: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Nothing is decrypted.
pub(super) fn decrypt_cbc(_: BlockCipher, _: &[u8], _: &[u8], _: &mut [u8]) -> bool {
    false
}

/// No mask is made.
pub(super) fn mask_aes(_: &[u8], _: [u8; 16]) -> Option<[u8; 5]> {
    None
}

/// No mask is made.
pub(super) fn mask_chacha20(_: &[u8], _: [u8; 16]) -> Option<[u8; 5]> {
    None
}

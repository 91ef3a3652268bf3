//! The ciphers and hashes themselves, by RustCrypto.
//!
//! Each function takes a key and makes its schedule anew: what is opened is a handshake and an
//! alert, and a schedule costs less than a look-up of where to keep it.

use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyIvInit};
use aes::cipher::{StreamCipher, StreamCipherSeek};
use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::aead::{Aead as Open, KeyInit, Payload};
use ccm::Ccm;
use hmac::{Hmac, Mac};

use super::block::BlockCipher;
use super::{Aead, Hash};

/// A key of HMAC, hashed once for all that is made with it.
#[derive(Clone)]
pub(super) enum Keyed {
    Md5(Hmac<md5::Md5>),
    Sha1(Hmac<sha1::Sha1>),
    Sha256(Hmac<sha2::Sha256>),
    Sha384(Box<Hmac<sha2::Sha384>>),
    Sm3(Hmac<sm3::Sm3>),
}

impl Keyed {
    /// `None` for no key: HMAC takes keys of every length.
    pub(super) fn new(hash: Hash, key: &[u8]) -> Option<Self> {
        fn of<M: hmac::KeyInit>(key: &[u8]) -> Option<M> {
            M::new_from_slice(key).ok()
        }
        Some(match hash {
            Hash::Md5 => Self::Md5(of(key)?),
            Hash::Sha1 => Self::Sha1(of(key)?),
            Hash::Sha256 => Self::Sha256(of(key)?),
            Hash::Sha384 => Self::Sha384(Box::new(of(key)?)),
            Hash::Sm3 => Self::Sm3(of(key)?),
        })
    }

    /// HMAC of the parts, one behind the other.
    pub(super) fn hmac(&self, parts: &[&[u8]]) -> Vec<u8> {
        fn of<M: Mac + Clone>(keyed: &M, parts: &[&[u8]]) -> Vec<u8> {
            let mut mac = keyed.clone();
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().to_vec()
        }
        match self {
            Self::Md5(keyed) => of(keyed, parts),
            Self::Sha1(keyed) => of(keyed, parts),
            Self::Sha256(keyed) => of(keyed, parts),
            Self::Sha384(keyed) => of(&**keyed, parts),
            Self::Sm3(keyed) => of(keyed, parts),
        }
    }
}

/// Opens what an AEAD sealed.
pub(super) fn open(
    aead: Aead,
    key: &[u8],
    nonce: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Vec<u8>> {
    fn with<A: Open + KeyInit>(
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let nonce = nonce.try_into().ok()?;
        A::new_from_slice(key).ok()?.decrypt(nonce, Payload { msg: sealed, aad }).ok()
    }
    match aead {
        Aead::Aes128Gcm => with::<AesGcm<aes::Aes128, U12>>(key, nonce, aad, sealed),
        Aead::Aes256Gcm => with::<AesGcm<aes::Aes256, U12>>(key, nonce, aad, sealed),
        Aead::Aes128Ccm => with::<Ccm<aes::Aes128, U16, U12>>(key, nonce, aad, sealed),
        Aead::Aes256Ccm => with::<Ccm<aes::Aes256, U16, U12>>(key, nonce, aad, sealed),
        Aead::Aes128Ccm8 => with::<Ccm<aes::Aes128, U8, U12>>(key, nonce, aad, sealed),
        Aead::Aes256Ccm8 => with::<Ccm<aes::Aes256, U8, U12>>(key, nonce, aad, sealed),
        Aead::ChaCha20Poly1305 => {
            with::<chacha20poly1305::ChaCha20Poly1305>(key, nonce, aad, sealed)
        }
        Aead::Aria128Gcm => with::<AesGcm<aria::Aria128, U12>>(key, nonce, aad, sealed),
        Aead::Aria256Gcm => with::<AesGcm<aria::Aria256, U12>>(key, nonce, aad, sealed),
        Aead::Camellia128Gcm => with::<AesGcm<camellia::Camellia128, U12>>(key, nonce, aad, sealed),
        Aead::Sm4Gcm => with::<AesGcm<sm4::Sm4, U12>>(key, nonce, aad, sealed),
        Aead::Sm4Ccm => with::<Ccm<sm4::Sm4, U16, U12>>(key, nonce, aad, sealed),
        Aead::Camellia256Gcm => with::<AesGcm<camellia::Camellia256, U12>>(key, nonce, aad, sealed),
    }
}

/// Decrypts blocks chained to each other and to `iv`, in place. Returns whether key and IV fit,
/// and the bytes are whole blocks.
pub(super) fn decrypt_cbc(cipher: BlockCipher, key: &[u8], iv: &[u8], bytes: &mut [u8]) -> bool {
    fn with<C: BlockCipherDecrypt + BlockSizeUser + KeyInit>(
        key: &[u8],
        iv: &[u8],
        bytes: &mut [u8],
    ) -> bool {
        let Ok(cipher) = C::new_from_slice(key) else { return false };
        let size = C::block_size();
        if iv.len() != size || !bytes.len().is_multiple_of(size) {
            return false;
        }
        let mut before = iv.to_vec();
        for block in bytes.chunks_exact_mut(size) {
            let sealed = block.to_vec();
            let Ok(whole) = <&mut Block<C>>::try_from(&mut *block) else { return false };
            cipher.decrypt_block(whole);
            for (byte, chained) in block.iter_mut().zip(&before) {
                *byte ^= chained;
            }
            before = sealed;
        }
        true
    }
    match cipher {
        BlockCipher::Aes128 => with::<aes::Aes128>(key, iv, bytes),
        BlockCipher::Aes256 => with::<aes::Aes256>(key, iv, bytes),
        BlockCipher::Aria128 => with::<aria::Aria128>(key, iv, bytes),
        BlockCipher::Aria256 => with::<aria::Aria256>(key, iv, bytes),
        BlockCipher::Camellia128 => with::<camellia::Camellia128>(key, iv, bytes),
        BlockCipher::Camellia256 => with::<camellia::Camellia256>(key, iv, bytes),
        BlockCipher::Des => with::<des::Des>(key, iv, bytes),
        BlockCipher::Idea => with::<idea::Idea>(key, iv, bytes),
        BlockCipher::TripleDes => with::<des::TdesEde3>(key, iv, bytes),
    }
}

/// The start of the sample, encrypted with AES (RFC 9001, 5.4.3).
pub(super) fn mask_aes(key: &[u8], sample: [u8; 16]) -> Option<[u8; 5]> {
    let mut block = sample.into();
    match key.len() {
        16 => aes::Aes128::new_from_slice(key).ok()?.encrypt_block(&mut block),
        _ => aes::Aes256::new_from_slice(key).ok()?.encrypt_block(&mut block),
    }
    block.first_chunk().copied()
}

/// The keystream of ChaCha20 where the sample says, counter first (RFC 9001, 5.4.4).
pub(super) fn mask_chacha20(key: &[u8], sample: [u8; 16]) -> Option<[u8; 5]> {
    let (counter, nonce) = sample.split_first_chunk::<4>()?;
    let mut cipher = chacha20::ChaCha20::new_from_slices(key, nonce).ok()?;
    cipher.try_seek(u64::from(u32::from_le_bytes(*counter)) * 64).ok()?;
    let mut mask = [0; 5];
    cipher.try_apply_keystream(&mut mask).ok()?;
    Some(mask)
}

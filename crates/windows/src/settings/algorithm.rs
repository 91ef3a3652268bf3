//! Ciphers, hashes and key exchanges: switched one by one, and with them every cipher suite that
//! needs them.

use wire::{CipherSuite, KeyExchange};

use super::{SCHANNEL, Setting};
use crate::registry::Registry;

/// A cipher, a hash or a key exchange that a value speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// What sort of algorithm.
    pub kind: AlgorithmKind,
    /// The name of its key: `RC4 128/128`. Bytes of the input.
    pub name: String,
    /// Whether it may be used; `None` where only lengths of keys are set.
    pub enabled: Option<(bool, Setting)>,
    /// Lengths of keys, in bits.
    pub bits: Vec<Setting>,
}

/// What sort of algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlgorithmKind {
    /// Encrypts.
    Cipher,
    /// Authenticates messages and signs.
    Hash,
    /// Agrees on keys.
    KeyExchange,
}

impl AlgorithmKind {
    /// The name of the key that holds them.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cipher => "Ciphers",
            Self::Hash => "Hashes",
            Self::KeyExchange => "KeyExchangeAlgorithms",
        }
    }

    /// The names that SChannel knows.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Cipher => CIPHERS,
            Self::Hash => &["MD5", "SHA", "SHA256", "SHA384", "SHA512"],
            Self::KeyExchange => &["Diffie-Hellman", "ECDH", "PKCS"],
        }
    }
}

/// All sorts.
pub(super) const KINDS: [AlgorithmKind; 3] =
    [AlgorithmKind::Cipher, AlgorithmKind::Hash, AlgorithmKind::KeyExchange];

/// The ciphers that SChannel knows (Microsoft, "How to restrict the use of certain cryptographic
/// algorithms and protocols in Schannel.dll").
const CIPHERS: &[&str] = &[
    "AES 128/128",
    "AES 256/256",
    "DES 56/56",
    "NULL",
    "RC2 40/128",
    "RC2 56/56",
    "RC2 56/128",
    "RC2 128/128",
    "RC4 40/128",
    "RC4 56/128",
    "RC4 64/128",
    "RC4 128/128",
    "Triple DES 168",
];

/// The names of values that set the length of a key.
const LENGTHS: &[&str] = &[
    "ClientMinKeyBitLength",
    "ClientMaxKeyBitLength",
    "ServerMinKeyBitLength",
    "ServerMaxKeyBitLength",
];

/// All that are set.
pub(super) fn all(registry: &Registry) -> Vec<Algorithm> {
    let mut algorithms = Vec::new();
    for kind in KINDS {
        for key in registry.below(&format!("{SCHANNEL}\\{}", kind.key())) {
            let enabled = key.entry("Enabled").and_then(|entry| {
                let number = entry.data.integer()?;
                Some((number != 0, Setting::of((key, entry))))
            });
            let lengths = LENGTHS.iter().filter_map(|name| key.entry(name));
            let bits: Vec<_> = lengths.map(|entry| Setting::of((key, entry))).collect();
            if enabled.is_some() || !bits.is_empty() {
                algorithms.push(Algorithm { kind, name: key.name().to_owned(), enabled, bits });
            }
        }
    }
    algorithms
}

impl Algorithm {
    /// Whether a cipher suite needs it.
    #[must_use]
    pub fn is_part_of(&self, suite: CipherSuite) -> bool {
        let name = suite.name().unwrap_or_default();
        let is = |known: &str| self.name.eq_ignore_ascii_case(known);
        match self.kind {
            AlgorithmKind::Cipher => cipher(name).is_some_and(is),
            // With an AEAD the hash makes keys, and is not switched here.
            AlgorithmKind::Hash => !suite.is_aead() && hash(name).is_some_and(is),
            AlgorithmKind::KeyExchange => match suite.key_exchange() {
                Some(KeyExchange::Rsa) => is("PKCS"),
                Some(KeyExchange::Dhe) => is("Diffie-Hellman"),
                Some(KeyExchange::Ecdhe) => is("ECDH"),
                _ => false,
            },
        }
    }

    /// The value that takes a cipher suite away.
    #[must_use]
    pub fn takes_away(&self, suite: CipherSuite) -> Option<&Setting> {
        let (_, setting) = self.enabled.as_ref().filter(|(enabled, _)| !enabled)?;
        self.is_part_of(suite).then_some(setting)
    }
}

/// The cipher of a suite, by the name of its key.
fn cipher(suite: &str) -> Option<&'static str> {
    let has = |part: &str| suite.contains(part);
    Some(match () {
        () if has("_AES_256_") => "AES 256/256",
        () if has("_AES_128_") => "AES 128/128",
        () if has("_3DES_") => "Triple DES 168",
        () if has("_EXPORT1024_WITH_RC4_56_") => "RC4 56/128",
        () if has("_RC4_40_") => "RC4 40/128",
        () if has("_RC4_128_") => "RC4 128/128",
        () if has("_WITH_DES_CBC_") => "DES 56/56",
        () if has("_WITH_NULL_") => "NULL",
        () => return None,
    })
}

/// The hash of a suite, by the name of its key.
fn hash(suite: &str) -> Option<&'static str> {
    Some(match suite.rsplit('_').next()? {
        "SHA" => "SHA",
        "SHA256" => "SHA256",
        "SHA384" => "SHA384",
        "MD5" => "MD5",
        _ => return None,
    })
}

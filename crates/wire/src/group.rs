//! The groups in which two peers agree on a secret (RFC 9846, 4.2.7; IANA "TLS Supported
//! Groups").

use std::fmt;

use crate::names::{is_grease, names, show};

names! {
    /// A named group: an elliptic curve, a finite field, or a key encapsulation.
    pub struct Group(u16);
    1 SECT163K1 "sect163k1"
    2 SECT163R1 "sect163r1"
    3 SECT163R2 "sect163r2"
    4 SECT193R1 "sect193r1"
    5 SECT193R2 "sect193r2"
    6 SECT233K1 "sect233k1"
    7 SECT233R1 "sect233r1"
    8 SECT239K1 "sect239k1"
    9 SECT283K1 "sect283k1"
    10 SECT283R1 "sect283r1"
    11 SECT409K1 "sect409k1"
    12 SECT409R1 "sect409r1"
    13 SECT571K1 "sect571k1"
    14 SECT571R1 "sect571r1"
    15 SECP160K1 "secp160k1"
    16 SECP160R1 "secp160r1"
    17 SECP160R2 "secp160r2"
    18 SECP192K1 "secp192k1"
    19 SECP192R1 "secp192r1"
    20 SECP224K1 "secp224k1"
    21 SECP224R1 "secp224r1"
    22 SECP256K1 "secp256k1"
    23 SECP256R1 "secp256r1"
    24 SECP384R1 "secp384r1"
    25 SECP521R1 "secp521r1"
    26 BRAINPOOLP256R1 "brainpoolP256r1"
    27 BRAINPOOLP384R1 "brainpoolP384r1"
    28 BRAINPOOLP512R1 "brainpoolP512r1"
    29 X25519 "x25519"
    30 X448 "x448"
    31 BRAINPOOLP256R1TLS13 "brainpoolP256r1tls13"
    32 BRAINPOOLP384R1TLS13 "brainpoolP384r1tls13"
    33 BRAINPOOLP512R1TLS13 "brainpoolP512r1tls13"
    34 GC256A "GC256A"
    35 GC256B "GC256B"
    36 GC256C "GC256C"
    37 GC256D "GC256D"
    38 GC512A "GC512A"
    39 GC512B "GC512B"
    40 GC512C "GC512C"
    41 CURVESM2 "curveSM2"
    256 FFDHE2048 "ffdhe2048"
    257 FFDHE3072 "ffdhe3072"
    258 FFDHE4096 "ffdhe4096"
    259 FFDHE6144 "ffdhe6144"
    260 FFDHE8192 "ffdhe8192"
    0x0200 MLKEM512 "MLKEM512"
    0x0201 MLKEM768 "MLKEM768"
    0x0202 MLKEM1024 "MLKEM1024"
    0x11eb SECP256R1MLKEM768 "SecP256r1MLKEM768"
    0x11ec X25519MLKEM768 "X25519MLKEM768"
    0x11ed SECP384R1MLKEM1024 "SecP384r1MLKEM1024"
    0x11ee CURVESM2MLKEM768 "curveSM2MLKEM768"
    0x6399 X25519KYBER768DRAFT00 "X25519Kyber768Draft00"
    0x639a SECP256R1KYBER768DRAFT00 "SecP256r1Kyber768Draft00"
    0xff01 ARBITRARY_EXPLICIT_PRIME_CURVES "arbitrary_explicit_prime_curves"
    0xff02 ARBITRARY_EXPLICIT_CHAR2_CURVES "arbitrary_explicit_char2_curves"
}

impl Group {
    /// Whether the group withstands quantum computers, alone or joined with a curve: its key share
    /// has some 800 to 1600 bytes, where a curve's has 32 to 133.
    #[inline]
    pub const fn is_post_quantum(self) -> bool {
        matches!(self.0, 0x0200..=0x0202 | 0x11eb..=0x11ee | 0x6399 | 0x639a)
    }

    /// Whether the value is one of RFC 8701's, sent to keep servers tolerant.
    #[inline]
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }
}

impl fmt::Display for Group {
    /// The name that administrators know: NIST's for the three NIST curves, else the
    /// registered one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::SECP256R1 => Some("P-256"),
            Self::SECP384R1 => Some("P-384"),
            Self::SECP521R1 => Some("P-521"),
            _ => self.name(),
        };
        show(f, name, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups are shown by the name people use, unknown ones by their number.
    #[test]
    fn groups_are_shown() {
        assert_eq!(Group::SECP256R1.to_string(), "P-256");
        assert_eq!(Group::SECP256R1.name(), Some("secp256r1"));
        assert_eq!(Group(0x11ec).to_string(), "X25519MLKEM768");
        assert_eq!(Group(0x4a4a).to_string(), "GREASE 0x4a4a");
        assert_eq!(Group(0x1234).to_string(), "0x1234");
    }
}

//! The keys that follow from a traffic secret: TLS 1.3 (RFC 9846, 7.3), DTLS 1.3 (RFC 9147, 5.9),
//! QUIC version 1 (RFC 9001, 5.1) and 2 (RFC 9369, 3.3.1).

use super::{Aead, Hash, Secret};
use crate::cipher::CipherSuite;

/// Which words the keys of a protocol are derived with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Labels {
    /// TLS 1.3 over TCP.
    Tls,
    /// DTLS 1.3.
    Dtls,
    /// QUIC version 1.
    Quic,
    /// QUIC version 2.
    Quic2,
}

/// What one side seals with, from one traffic secret.
#[derive(Clone, Debug)]
pub struct TrafficKeys {
    labels: Labels,
    hash: Hash,
    aead: Aead,
    secret: Secret,
    key: Secret,
    iv: Secret,
    /// The key of the mask over packet or record numbers; empty in TLS.
    mask: Secret,
}

impl Labels {
    /// The prefix of each label, and the labels of key, IV, mask and the next secret.
    const fn words(self) -> (&'static str, [&'static str; 4]) {
        match self {
            Self::Tls => ("tls13 ", ["key", "iv", "", "traffic upd"]),
            Self::Dtls => ("dtls13", ["key", "iv", "sn", "traffic upd"]),
            Self::Quic => ("tls13 ", ["quic key", "quic iv", "quic hp", "quic ku"]),
            Self::Quic2 => ("tls13 ", ["quicv2 key", "quicv2 iv", "quicv2 hp", "quicv2 ku"]),
        }
    }
}

impl TrafficKeys {
    /// The keys of a traffic secret. `None` where the suite is none of TLS 1.3, where it cannot be
    /// opened here, or where the secret has not the length of the suite's hash.
    #[must_use]
    pub fn new(suite: CipherSuite, labels: Labels, secret: &Secret) -> Option<Self> {
        let (hash, aead) = (Hash::of(suite)?, Aead::of(suite)?);
        if !suite.is_tls13() || secret.length() != hash.length() {
            return None;
        }
        let mut keys = Self {
            labels,
            hash,
            aead,
            secret: secret.clone(),
            key: Secret::default(),
            iv: Secret::default(),
            mask: Secret::default(),
        };
        let (prefix, [key, iv, mask, _]) = labels.words();
        let from = hash.expander(secret.as_ref());
        let derive = |label, length| from.expand_label(prefix, label, &[], length as u16);
        keys.key = derive(key, aead.key_length());
        keys.iv = derive(iv, Aead::NONCE);
        if !mask.is_empty() {
            keys.mask = derive(mask, aead.key_length());
        }
        Some(keys)
    }

    /// The algorithm that the keys are for.
    #[inline]
    #[must_use]
    pub fn aead(&self) -> Aead {
        self.aead
    }

    /// Opens the record or packet with this number. `header` is what was authenticated with it:
    /// in TLS the record header, elsewhere the header without its mask. `None` where it was not
    /// sealed so.
    #[must_use]
    pub fn open(&self, number: u64, header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let nonce = Aead::nonce(self.iv.as_ref(), number)?;
        self.aead.open(self.key.as_ref(), &nonce, header, sealed)
    }

    /// The mask over the number (see [`Aead::mask`]); `None` in TLS, which hides none.
    #[must_use]
    pub fn mask(&self, sample: &[u8]) -> Option<[u8; 5]> {
        self.aead.mask(self.mask.as_ref(), sample)
    }

    /// The keys after a KeyUpdate (RFC 9846, 7.2; RFC 9001, 6.1). QUIC keeps the key of the mask.
    #[must_use]
    pub fn next(&self) -> Self {
        let (_, [.., update]) = self.labels.words();
        let secret = self.derive(update, self.hash.length());
        let mut next = Self { secret, ..self.clone() };
        let (_, [key, iv, mask, _]) = self.labels.words();
        next.key = next.derive(key, self.aead.key_length());
        next.iv = next.derive(iv, Aead::NONCE);
        if self.labels == Labels::Dtls {
            next.mask = next.derive(mask, self.aead.key_length());
        }
        next
    }

    fn derive(&self, label: &str, length: usize) -> Secret {
        let (prefix, _) = self.labels.words();
        let from = self.hash.expander(self.secret.as_ref());
        from.expand_label(prefix, label, &[], length as u16)
    }
}

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::super::tests::hex;
    use super::*;

    fn keys(suite: u16, labels: Labels, secret: &str) -> Option<TrafficKeys> {
        TrafficKeys::new(CipherSuite(suite), labels, &Secret::from(hex(secret)))
    }

    /// The packet of RFC 9001, A.5 is unmasked and opened, with keys that follow from its secret,
    /// and the next secret is the one given there.
    #[test]
    fn a_packet_of_rfc_9001_is_opened() {
        let secret = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b";
        let keys = keys(0x1303, Labels::Quic, secret).unwrap();
        let packet = hex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb");
        assert_eq!(keys.mask(&packet[5..]), Some([0xae, 0xfe, 0xfe, 0x7d, 0x03]));
        let opened = keys.open(654_360_564, &hex("4200bff4"), &packet[4..]);
        assert_eq!(opened, Some(vec![1]));
        let next = keys.next();
        assert_eq!(
            next.secret.as_ref(),
            hex("1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9")
        );
        assert_eq!(next.mask, keys.mask);
        assert_ne!(next.key, keys.key);
    }

    /// The client's close_notify of RFC 8448, 3 is opened with keys from its application secret.
    #[test]
    fn an_alert_of_rfc_8448_is_opened() {
        let secret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
        let keys = keys(0x1301, Labels::Tls, secret).unwrap();
        let sealed = hex("c9872760655666b74d7ff1153efd6db6d0b0e3");
        assert_eq!(keys.open(1, &hex("1703030013"), &sealed), Some(vec![1, 0, 21]));
        assert_eq!(keys.mask(&[0; 16]), None);
    }

    /// A secret of another length than the suite's hash, and a suite of TLS 1.2, give no keys.
    #[test]
    fn what_does_not_fit_gives_no_keys() {
        let secret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
        assert!(keys(0x1302, Labels::Tls, secret).is_none());
        assert!(keys(0xc02f, Labels::Tls, secret).is_none());
        assert!(keys(0x1301, Labels::Tls, &secret[2..]).is_none());
    }
}

//! ServerKeyExchange: the parameters the server chose for the key exchange, TLS 1.2 and
//! earlier (RFC 5246, 7.4.3; RFC 8422, 5.4; RFC 4279).

use crate::cipher::{Authentication, CipherSuite, KeyExchange};
use crate::group::Group;
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::scheme::SignatureScheme;
use crate::version::ProtocolVersion;

/// A ServerKeyExchange, borrowed from the body of its handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange<'a> {
    /// The parameters, as the suite's key exchange writes them.
    pub parameters: KeyParameters<'a>,
    /// How they are signed; `None` before TLS 1.2, and where nothing is signed.
    pub scheme: Option<SignatureScheme>,
    /// The hint that tells the client which of its pre-shared keys to use.
    pub psk_identity_hint: Option<&'a [u8]>,
    /// The parameters as bytes, which are signed behind both randoms.
    pub signed: &'a [u8],
    /// The signature; `None` where nothing is signed, or it is not there as a whole.
    pub signature: Option<&'a [u8]>,
}

/// The parameters of a key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyParameters<'a> {
    /// Finite-field Diffie-Hellman, numbers big-endian.
    Dhe {
        /// The prime.
        prime: &'a [u8],
        /// The generator.
        generator: &'a [u8],
        /// The server's public value.
        public: &'a [u8],
    },
    /// Elliptic-curve Diffie-Hellman over a named curve.
    Ecdhe {
        /// The curve.
        group: Group,
        /// The server's point.
        public: &'a [u8],
    },
    /// Elliptic-curve Diffie-Hellman over a curve spelled out in the message, which RFC 8422
    /// forbids.
    ExplicitCurve,
    /// The temporary RSA key of an export suite.
    Rsa {
        /// The modulus.
        modulus: &'a [u8],
    },
    /// No parameters, or those of an exchange this crate does not read (SRP, ECCPWD, GOST).
    Other,
}

impl<'a> ServerKeyExchange<'a> {
    /// Reads the body of a ServerKeyExchange for the suite and the version that ServerHello
    /// chose.
    ///
    /// # Errors
    /// When a field of the parameters does not fit into the body; a missing signature is no
    /// error.
    pub fn read(
        body: &'a [u8],
        suite: CipherSuite,
        version: ProtocolVersion,
    ) -> Result<Self, Malformed> {
        use KeyExchange as K;
        let whole = body;
        let mut body = Reader::new(body);
        let exchange = suite.key_exchange();
        let psk_identity_hint = match exchange {
            Some(K::Psk | K::RsaPsk | K::DhePsk | K::EcdhePsk) => {
                Some(body.vec16("ServerKeyExchange psk_identity_hint")?)
            }
            _ => None,
        };
        let parameters = match exchange {
            Some(K::Dhe | K::DhePsk) => KeyParameters::Dhe {
                prime: body.vec16("ServerDHParams dh_p")?,
                generator: body.vec16("ServerDHParams dh_g")?,
                public: body.vec16("ServerDHParams dh_Ys")?,
            },
            Some(K::Ecdhe | K::EcdhePsk) => match body.u8("ECParameters curve_type")? {
                NAMED_CURVE => KeyParameters::Ecdhe {
                    group: Group(body.u16("ECParameters namedcurve")?),
                    public: body.vec8("ServerECDHParams public")?,
                },
                _ => KeyParameters::ExplicitCurve,
            },
            Some(K::Rsa) => {
                let modulus = body.vec16("ServerRSAParams rsa_modulus")?;
                body.vec16("ServerRSAParams rsa_exponent")?;
                KeyParameters::Rsa { modulus }
            }
            _ => KeyParameters::Other,
        };
        let written = whole.get(..body.at()).unwrap_or_default();
        let understood = !matches!(parameters, KeyParameters::Other | KeyParameters::ExplicitCurve);
        let signed = matches!(
            suite.authentication(),
            Some(Authentication::Rsa | Authentication::Dss | Authentication::Ecdsa)
        );
        let scheme = match understood && signed && version.settled() >= ProtocolVersion::TLS_1_2 {
            true => body.u16("ServerKeyExchange algorithm").ok().map(SignatureScheme),
            false => None,
        };
        let signature = (understood && signed).then(|| body.vec16("signature").ok()).flatten();
        Ok(Self { parameters, scheme, psk_identity_hint, signed: written, signature })
    }

    /// The size of the Diffie-Hellman prime or of the export RSA key, in bits.
    pub fn bits(&self) -> Option<u32> {
        match self.parameters {
            KeyParameters::Dhe { prime, .. } => Some(bits(prime)),
            KeyParameters::Rsa { modulus } => Some(bits(modulus)),
            _ => None,
        }
    }

    /// The curve, where a named one is used.
    pub const fn group(&self) -> Option<Group> {
        match self.parameters {
            KeyParameters::Ecdhe { group, .. } => Some(group),
            _ => None,
        }
    }
}

/// The number of bits in a big-endian number, leading zeros left out.
pub(crate) fn bits(number: &[u8]) -> u32 {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let Some(first) = number.get(zeros) else {
        return 0;
    };
    let bytes = u32::try_from(number.len() - zeros).unwrap_or(u32::MAX);
    bytes.saturating_mul(8).saturating_sub(first.leading_zeros())
}

/// ECCurveType named_curve (RFC 8422, 5.4).
const NAMED_CURVE: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    const DHE_RSA: CipherSuite = CipherSuite(0x009e);
    const ECDHE_ECDSA: CipherSuite = CipherSuite(0xc02b);

    /// A prime with a leading zero byte is measured without it; the scheme stands behind.
    #[test]
    fn dhe_is_read() {
        let body = [0, 3, 0, 0x80, 1, 0, 1, 2, 0, 1, 5, 4, 1, 0, 1, 9];
        let exchange = ServerKeyExchange::read(&body, DHE_RSA, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!(exchange.bits(), Some(16));
        assert_eq!(exchange.scheme, Some(SignatureScheme::RSA_PKCS1_SHA256));
        assert_eq!((exchange.signed, exchange.signature), (&body[..11], Some(&[9][..])));
        let old = ServerKeyExchange::read(&body, DHE_RSA, ProtocolVersion::TLS_1_1).unwrap();
        assert_eq!(old.scheme, None);
    }

    /// A named curve is read; one spelled out is only told apart.
    #[test]
    fn ecdhe_is_read() {
        let body = [3, 0, 23, 1, 4, 4, 3, 0, 1, 9];
        let exchange =
            ServerKeyExchange::read(&body, ECDHE_ECDSA, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!(exchange.group(), Some(Group::SECP256R1));
        assert_eq!(exchange.scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
        let explicit =
            ServerKeyExchange::read(&[1, 2, 3], ECDHE_ECDSA, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!(explicit.parameters, KeyParameters::ExplicitCurve);
    }

    /// The hint of a pre-shared key stands in front of the parameters, which are not signed.
    #[test]
    fn psk_hints_are_read() {
        let plain = CipherSuite(0x00a8);
        let exchange =
            ServerKeyExchange::read(&[0, 1, b'h'], plain, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!(exchange.psk_identity_hint, Some(&b"h"[..]));
        let body = [0, 0, 3, 0, 29, 1, 7];
        let suite = CipherSuite(0xd001);
        let exchange = ServerKeyExchange::read(&body, suite, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!((exchange.group(), exchange.scheme), (Some(Group::X25519), None));
    }

    /// Anonymous suites sign nothing; a cut is an error that names the field.
    #[test]
    fn anonymous_and_cut() {
        let body = [0, 1, 0x83, 0, 1, 2, 0, 1, 5, 4, 1];
        let anonymous = CipherSuite(0x00a6);
        let exchange = ServerKeyExchange::read(&body, anonymous, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!((exchange.bits(), exchange.scheme), (Some(8), None));
        let cut = ServerKeyExchange::read(&body[..5], DHE_RSA, ProtocolVersion::TLS_1_2);
        assert_eq!(cut.unwrap_err().what, "ServerDHParams dh_g");
    }

    /// Any bytes under any suite are read or refused, never worse.
    #[test]
    fn any_bytes_are_survived() {
        let body = [0, 1, 3, 0, 23, 1, 4, 4, 3, 0, 1, 9, 0, 1, 2];
        for suite in (0..=0xffff).map(CipherSuite).filter(|suite| suite.name().is_some()) {
            for start in 0..body.len() {
                for end in start..=body.len() {
                    let part = &body[start..end];
                    let exchange = ServerKeyExchange::read(part, suite, ProtocolVersion::TLS_1_2);
                    let _ = exchange.map(|exchange| (exchange.bits(), exchange.group()));
                }
            }
        }
    }

    /// The size of a number is the place of its first set bit.
    #[test]
    fn bits_are_counted_from_the_first_one() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0, 0]), 0);
        assert_eq!(bits(&[0, 1, 0]), 9);
        assert_eq!(bits(&[0xff; 128]), 1024);
    }
}

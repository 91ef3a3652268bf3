//! What can be wrong with a certificate in a chain.

use std::fmt;

use wire::Time;

/// What a verifier objects to: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The certificate.
    pub at: Place,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// Which certificate is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// One that was sent: its position in the list, the leaf is 0.
    Sent(usize),
    /// One of the anchors: its position among them.
    Trusted(usize),
}

/// Who refuses a chain for a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Every verifier that follows RFC 5280.
    Every,
    /// Every verifier that trusts no more than was assumed.
    Distrust,
    /// Some verifiers, by a policy of their own or by the way they look for issuers.
    Some,
    /// Verifiers that are told to be strict, such as OpenSSL with `-x509_strict`.
    Strict,
    /// Nobody: it is worth knowing.
    None,
}

/// What is wrong with a certificate, or with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It ended at this moment.
    Expired(Time),
    /// It begins at this moment.
    NotYetValid(Time),
    /// Its signature was not made with the key of its issuer.
    BadSignature,
    /// Its signature is of a kind that is not verified here.
    UncheckedSignature,
    /// The algorithm beside the signature is another than the one that was signed.
    AlgorithmsDiffer,
    /// It is signed with a hash that can be forged.
    WeakHash(&'static str),
    /// Its RSA or DSA key has this many bits, fewer than 2048.
    ShortKey(u32),
    /// It is not of version 3, which alone has extensions.
    Version(u32),
    /// It has a critical extension that verifiers do not know, dotted.
    UnknownCritical(String),
    /// It issued a certificate and is no authority.
    NotAnAuthority,
    /// It issued a certificate and its key may not sign any.
    MayNotSign,
    /// Fewer authorities may stand below it than do.
    PathTooLong {
        /// How many may.
        most: u32,
        /// How many do.
        has: usize,
    },
    /// It bears a name that an authority above may not issue for.
    NotPermitted {
        /// The authority.
        by: Place,
        /// The name.
        name: String,
        /// What is permitted, the first of it.
        only: String,
    },
    /// It bears a name that an authority above is forbidden to issue for.
    Excluded {
        /// The authority.
        by: Place,
        /// The name.
        name: String,
        /// What is forbidden.
        within: String,
    },
    /// It has too many names, or its authorities too many constraints, to hold them against each
    /// other.
    UncheckedNames,
    /// It is shown for a purpose that it does not have.
    WrongPurpose,
    /// It is an authority for other purposes than the one that the leaf is shown for.
    OtherAuthority,
    /// Its key must sign the handshake and may not.
    NoDigitalSignature,
    /// Its key must decrypt a secret and may not.
    NoKeyEncipherment,
    /// It is not for this name or address.
    WrongName(String),
    /// It has no subjectAltName.
    NoAlternativeName,
    /// It is an authority, and shown as a leaf.
    AuthorityAsLeaf,
    /// It vouches for itself, and nobody else does.
    SelfSigned,
    /// Its issuer is neither sent nor trusted.
    IssuerMissing,
    /// It is a root that is not trusted.
    NotTrusted,
    /// Its issuer has another key number than the one that it names.
    OtherKeyNumber,
    /// It does not say by which key it was signed.
    NoAuthorityKeyIdentifier,
    /// It is an authority and has no key number.
    NoSubjectKeyIdentifier,
    /// It is an authority, and its basicConstraints are not critical.
    ConstraintsNotCritical,
    /// It is an authority and does not say what its key may do.
    NoKeyUsage,
    /// It is valid for this many days; some clients take 825 at most, of public authorities 398.
    LongLife(i64),
    /// It stands in another place of the list than the path needs it.
    OutOfOrder,
    /// It leads nowhere from the leaf.
    Unneeded,
}

impl Flaw {
    /// Who refuses a chain for it.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Expired(_)
            | Self::NotYetValid(_)
            | Self::BadSignature
            | Self::AlgorithmsDiffer
            | Self::UnknownCritical(_)
            | Self::NotAnAuthority
            | Self::MayNotSign
            | Self::PathTooLong { .. }
            | Self::NotPermitted { .. }
            | Self::Excluded { .. }
            | Self::WrongPurpose
            | Self::OtherAuthority
            | Self::WrongName(_) => Weight::Every,
            Self::SelfSigned | Self::IssuerMissing | Self::NotTrusted => Weight::Distrust,
            Self::WeakHash(_)
            | Self::ShortKey(_)
            | Self::Version(_)
            | Self::NoDigitalSignature
            | Self::NoKeyEncipherment
            | Self::NoAlternativeName
            | Self::AuthorityAsLeaf
            | Self::OtherKeyNumber
            | Self::LongLife(_) => Weight::Some,
            Self::NoAuthorityKeyIdentifier
            | Self::NoSubjectKeyIdentifier
            | Self::ConstraintsNotCritical
            | Self::NoKeyUsage => Weight::Strict,
            Self::UncheckedSignature | Self::UncheckedNames | Self::OutOfOrder | Self::Unneeded => {
                Weight::None
            }
        }
    }

    /// The field of RFC 5280 that it is about; of flaws of the list, `certificate_list` of TLS.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Expired(_) => "validity notAfter",
            Self::NotYetValid(_) => "validity notBefore",
            Self::LongLife(_) => "validity",
            Self::BadSignature => "signatureValue",
            Self::UncheckedSignature | Self::AlgorithmsDiffer | Self::WeakHash(_) => {
                "signatureAlgorithm"
            }
            Self::ShortKey(_) => "subjectPublicKeyInfo",
            Self::Version(_) => "version",
            Self::UnknownCritical(_) => "extensions",
            Self::NotAnAuthority
            | Self::PathTooLong { .. }
            | Self::AuthorityAsLeaf
            | Self::ConstraintsNotCritical => "basicConstraints",
            Self::MayNotSign
            | Self::NoDigitalSignature
            | Self::NoKeyEncipherment
            | Self::NoKeyUsage => "keyUsage",
            Self::NotPermitted { .. } | Self::Excluded { .. } | Self::UncheckedNames => {
                "nameConstraints"
            }
            Self::WrongPurpose | Self::OtherAuthority => "extKeyUsage",
            Self::WrongName(_) | Self::NoAlternativeName => "subjectAltName",
            Self::SelfSigned | Self::IssuerMissing | Self::NotTrusted => "issuer",
            Self::OtherKeyNumber | Self::NoAuthorityKeyIdentifier => "authorityKeyIdentifier",
            Self::NoSubjectKeyIdentifier => "subjectKeyIdentifier",
            Self::OutOfOrder | Self::Unneeded => "certificate_list",
        }
    }
}

/// What is wrong, to follow the name of the certificate.
impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => write!(f, "ended {}", date(*at)),
            Self::NotYetValid(at) => write!(f, "begins {}", date(*at)),
            Self::BadSignature => f.write_str("was not signed with the key of its issuer"),
            Self::UncheckedSignature => f.write_str("is signed in a way that is not verified here"),
            Self::AlgorithmsDiffer => f.write_str("names two algorithms of its signature"),
            Self::WeakHash(hash) => write!(f, "is signed with {hash}"),
            Self::ShortKey(bits) => write!(f, "has a key of {bits} bits"),
            Self::Version(version) => write!(f, "is of version {version}"),
            Self::UnknownCritical(oid) => write!(f, "has an unknown critical extension, {oid}"),
            Self::NotAnAuthority => f.write_str("issues a certificate and is no authority"),
            Self::MayNotSign => f.write_str("issues a certificate and may not sign any"),
            Self::PathTooLong { most, has } => {
                write!(f, "allows {most} authorities below it and has {has}")
            }
            Self::NotPermitted { name, only, .. } => {
                write!(f, "is for {name}, and an authority above may issue for {only} only")
            }
            Self::Excluded { name, within, .. } => {
                write!(f, "is for {name}, and an authority above may not issue for {within}")
            }
            Self::UncheckedNames => f.write_str("has more names than are held against constraints"),
            Self::WrongPurpose => f.write_str("is for another purpose"),
            Self::OtherAuthority => f.write_str("is an authority for other purposes"),
            Self::NoDigitalSignature => f.write_str("has a key that may not sign a handshake"),
            Self::NoKeyEncipherment => f.write_str("has a key that may not decrypt a secret"),
            Self::WrongName(host) => write!(f, "is not for {host}"),
            Self::NoAlternativeName => f.write_str("has no subjectAltName"),
            Self::AuthorityAsLeaf => f.write_str("is an authority, shown as a leaf"),
            Self::SelfSigned => f.write_str("is issued by itself"),
            Self::IssuerMissing => f.write_str("has an issuer that is neither sent nor trusted"),
            Self::NotTrusted => f.write_str("is a root that is not trusted"),
            Self::OtherKeyNumber => f.write_str("names another key of its issuer"),
            Self::NoAuthorityKeyIdentifier => f.write_str("has no authorityKeyIdentifier"),
            Self::NoSubjectKeyIdentifier => f.write_str("has no subjectKeyIdentifier"),
            Self::ConstraintsNotCritical => {
                f.write_str("has basicConstraints that are not critical")
            }
            Self::NoKeyUsage => f.write_str("is an authority without keyUsage"),
            Self::LongLife(days) => write!(f, "is valid for {days} days"),
            Self::OutOfOrder => f.write_str("is out of order in the list"),
            Self::Unneeded => f.write_str("leads nowhere from the leaf"),
        }
    }
}

/// A text of the wire that is not too long to be kept and shown: it may be as long as a message.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Characters of a text that are kept: the longest host name has 253.
const MAX_TEXT: usize = 256;

fn date(time: Time) -> String {
    let (year, month, day) = time.date();
    format!("{year:04}-{month:02}-{day:02}")
}

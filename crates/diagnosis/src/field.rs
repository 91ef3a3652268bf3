//! What two handshakes are compared by, field by field: what was offered, what was answered.
//!
//! A handshake becomes a row of numbers, one for each part of it, so that a failure is compared with
//! all successes of its server in less time than it takes to read one hello. Equal parts have equal
//! numbers; what is random in a hello (keys, tickets, GREASE) has no part in them, and neither has
//! an order in which nothing depends on it.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use trace::{Seen, Session, Side};
use wire::{CipherSuite, ClientHello, ExtensionType, Group, HandshakeType, ProtocolVersion};

use crate::offer::{is_split, resumes};
use crate::rules::{Answer, answered};

/// One thing in which two handshakes may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Field {
    /// The versions on offer.
    Versions,
    /// The cipher suites on offer.
    CipherSuites,
    /// supported_groups.
    Groups,
    /// signature_algorithms.
    SignatureAlgorithms,
    /// The name that is asked for (SNI).
    ServerName,
    /// The application protocols on offer (ALPN).
    Alpn,
    /// extended_master_secret (RFC 7627).
    ExtendedMasterSecret,
    /// renegotiation_info, or the signal in its place (RFC 5746).
    RenegotiationInfo,
    /// The groups for which a key share is sent at once.
    KeyShares,
    /// Whether an earlier session is to go on.
    Resumption,
    /// The signal of a client that came back with a lower version (RFC 7507).
    FallbackScsv,
    /// post_handshake_auth (RFC 9846, 4.2.6).
    PostHandshakeAuth,
    /// Whether GREASE is sent (RFC 8701).
    Grease,
    /// Whether the hello is longer than one packet.
    Size,
    /// Which other extensions are sent.
    Extensions,
    /// Whether the client showed a certificate when it was asked for one.
    ClientCertificate,
    /// Who issued the client's certificate.
    ClientIssuer,
    /// The version, the suite and the group that the server chose.
    Choice,
    /// The server's certificate.
    Certificate,
}

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet(u32);

/// Which versions must be on offer on both sides before a part can be compared: a client without
/// TLS 1.3 sends no key share, and that is no difference of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Era {
    /// Any.
    Any,
    /// TLS 1.2 or one before it.
    Old,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// The parts of a handshake, as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    values: [u64; PARTS.len()],
    /// Which of old versions, TLS 1.2 and TLS 1.3 are on offer.
    eras: [bool; 3],
}

/// The parts, each with the field that it belongs to.
const PARTS: [(Field, Era); 24] = [
    (Field::ServerName, Era::Any),
    (Field::Alpn, Era::Any),
    (Field::Resumption, Era::Any),
    (Field::FallbackScsv, Era::Any),
    (Field::Grease, Era::Any),
    (Field::Extensions, Era::Any),
    (Field::Versions, Era::Any),
    (Field::CipherSuites, Era::Old),
    (Field::CipherSuites, Era::Tls12),
    (Field::CipherSuites, Era::Tls13),
    (Field::Groups, Era::Any),
    (Field::Groups, Era::Tls13),
    (Field::SignatureAlgorithms, Era::Tls12),
    (Field::ExtendedMasterSecret, Era::Old),
    (Field::RenegotiationInfo, Era::Old),
    (Field::KeyShares, Era::Tls13),
    (Field::PostHandshakeAuth, Era::Tls13),
    (Field::Size, Era::Any),
    (Field::ClientCertificate, Era::Any),
    (Field::ClientIssuer, Era::Any),
    (Field::Choice, Era::Any),
    (Field::Choice, Era::Any),
    (Field::Choice, Era::Any),
    (Field::Certificate, Era::Any),
];
/// Parts at the front that are each a field by itself, whatever else differs.
const ALONE: usize = 6;
/// Parts of the ClientHello; those behind them are known only of who got so far, and 0 means that
/// they are not.
const OFFERED: usize = 18;
/// The same with what the client showed.
const SHOWN: usize = 20;
/// The client was asked for a certificate and had none.
const EMPTY: u64 = 1;
/// The client showed one.
const CERTIFICATE: u64 = 2;

impl Fields {
    /// Compares by these; `None` for a conversation without a whole ClientHello.
    pub(crate) fn of(session: &Session, hello: &Seen<ClientHello<'_>>) -> Option<Self> {
        let what = &hello.what;
        if what.cut.is_some() {
            return None;
        }
        let highest = what.highest_version().settled();
        let lists = what.lowest_version().is_some();
        let offers = |version| what.offered_versions().any(|it| it.settled() == version);
        let tls12 = match lists {
            true => offers(ProtocolVersion::TLS_1_2),
            false => highest >= ProtocolVersion::TLS_1_2,
        };
        let old = what.lowest_version().is_none_or(|lowest| !lowest.settled().is_tls13());
        let eras = [old, tls12, what.offers_tls13()];
        let mut suites = [0_u64; 3];
        for suite in what.cipher_suites().filter(|it| !it.is_grease() && !it.is_scsv()) {
            let [old, tls12, tls13] = &mut suites;
            let place = match suite {
                _ if suite.is_tls13() => tls13,
                _ if needs_tls12(suite) => tls12,
                _ => old,
            };
            *place = place.wrapping_add(number(suite.0));
        }
        let mut groups = [0_u64; 2];
        for group in what.supported_groups().filter(|group| !group.is_grease()) {
            let [any, tls13] = &mut groups;
            let place = if needs_tls13(group) { tls13 } else { any };
            *place = place.wrapping_add(number(group.0));
        }
        let (mut grease, mut others) = (false, 0_u64);
        for extension in what.extensions() {
            if extension.kind.is_grease() {
                grease = true;
            } else if !has_its_own_part(extension.kind) {
                others = others.wrapping_add(number(extension.kind.0));
            }
        }
        let versions = match lists {
            true => sum(what.offered_versions().map(|version| version.0)),
            // The versions below are not listed and not excluded.
            false => number(what.legacy_version.0) ^ 1,
        };
        let length = session.events.get(hello.event).map_or(0, |event| event.length);
        let answer = session.server_hello();
        let early = what.has(ExtensionType::EARLY_DATA);
        let said = answer.as_ref().and_then(|seen| answered(session, seen, early));
        let (certificate, issuer) = match said {
            Some((Answer::Empty, _)) => (EMPTY, 0),
            Some((Answer::Certificate, _)) => {
                (CERTIFICATE, issuer(session).map_or(0, |name| bytes(&name)))
            }
            None => (0, 0),
        };
        let [old_suites, new_suites, suites_of_13] = suites;
        let [any_groups, groups_of_13] = groups;
        let chosen = |value: Option<u16>| value.map_or(0, number);
        let answer = answer.as_ref().map(|seen| &seen.what);
        let values = [
            text(what.server_name().unwrap_or_default()),
            what.alpn().fold(0, |all, name| all.wrapping_add(text(name))),
            flag(resumes(what)),
            flag(what.has_fallback_scsv()),
            flag(grease),
            others,
            versions,
            old_suites,
            new_suites,
            suites_of_13,
            any_groups,
            groups_of_13,
            sum(what.signature_algorithms().filter(|it| !it.is_grease()).map(|it| it.0)),
            flag(what.has(ExtensionType::EXTENDED_MASTER_SECRET)),
            flag(what.has_renegotiation_info()),
            sum(what.key_shares().filter(|(it, _)| !it.is_grease()).map(|(it, _)| it.0)),
            flag(what.has(ExtensionType::POST_HANDSHAKE_AUTH)),
            flag(is_split(session, length)),
            certificate,
            issuer,
            chosen(answer.map(|it| it.version().0)),
            chosen(answer.map(|it| it.cipher_suite.0)),
            chosen(answer.and_then(|it| it.group()).map(|it| it.0)),
            leaf(session),
        ];
        Some(Self { values, eras })
    }

    /// One number for all of them.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.values.iter().fold(0, |all, value| mix(all ^ value))
    }

    /// One number for what is on offer to be chosen from.
    pub(crate) fn trial(&self) -> u64 {
        const TRIED: [Field; 4] =
            [Field::Versions, Field::CipherSuites, Field::Groups, Field::SignatureAlgorithms];
        let parts = PARTS.iter().zip(self.values).filter(|((field, _), _)| TRIED.contains(field));
        parts.fold(0, |all, (_, value)| mix(all ^ value))
    }

    /// Whether two handshakes may differ in one field at most: a look that is cheaper than
    /// [`Self::differing`], and refuses most.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        let pairs = self.values.iter().zip(&other.values).take(ALONE);
        pairs.filter(|(mine, theirs)| mine != theirs).count() <= 1
    }

    /// The fields in which two handshakes differ. What was answered counts only where the same was
    /// offered: else it is a consequence.
    pub(crate) fn differing(&self, other: &Self) -> FieldSet {
        let pairs = || PARTS.iter().zip(self.values.iter().zip(&other.values));
        let mut set = FieldSet::default();
        for ((field, era), (mine, theirs)) in pairs().take(OFFERED) {
            let both = match era {
                Era::Any => true,
                Era::Old => self.eras[0] && other.eras[0],
                Era::Tls12 => self.eras[1] && other.eras[1],
                Era::Tls13 => self.eras[2] && other.eras[2],
            };
            if both && mine != theirs {
                set.add(*field);
            }
        }
        let (shown, answered) = (OFFERED..SHOWN, SHOWN..PARTS.len());
        let parts = if set.is_empty() { shown.start..answered.end } else { shown };
        for ((field, _), (mine, theirs)) in pairs().take(parts.end).skip(parts.start) {
            if *mine != 0 && *theirs != 0 && mine != theirs {
                set.add(*field);
            }
        }
        self.consequences(other, set)
    }

    /// The differences without those that follow from others among them.
    fn consequences(&self, other: &Self, mut set: FieldSet) -> FieldSet {
        let groups = |of: &Self| {
            let own = PARTS.iter().zip(of.values).filter(|((field, _), _)| *field == Field::Groups);
            own.fold(0, |all, (_, value)| all | value)
        };
        // Without a suite that needs groups none are named.
        if set.has(Field::CipherSuites) && (groups(self) == 0 || groups(other) == 0) {
            set.remove(Field::Groups);
        }
        // A key share that withstands quantum computers is what makes a hello so long.
        if set.has(Field::Size) && (set.has(Field::Groups) || set.has(Field::KeyShares)) {
            set.remove(Field::Groups);
            set.remove(Field::KeyShares);
        }
        if set.has(Field::Groups) {
            set.remove(Field::KeyShares);
        }
        if set.has(Field::FallbackScsv) {
            set.remove(Field::Versions);
        }
        // Whose certificate it is matters only where both showed one.
        if set.has(Field::ClientCertificate) {
            set.remove(Field::ClientIssuer);
        }
        if set.count() > 1 {
            set.remove(Field::Size);
        }
        set
    }

    /// A number for the server's certificate; 0 where it is not known.
    pub(crate) fn leaf(&self) -> u64 {
        self.value(Field::Certificate)
    }

    /// Whether the client showed a certificate.
    pub(crate) fn shows_certificate(&self) -> bool {
        self.value(Field::ClientCertificate) == CERTIFICATE
    }

    /// Whether it showed one of which nothing else is known.
    pub(crate) fn hides_certificate(&self) -> bool {
        self.shows_certificate() && self.value(Field::ClientIssuer) == 0
    }

    /// The first part of a field.
    fn value(&self, wanted: Field) -> u64 {
        let mut own = PARTS.iter().zip(self.values).filter(|((field, _), _)| *field == wanted);
        own.next().map_or(0, |(_, value)| value)
    }

    /// Whether two handshakes have the same in a field, and it is known of both.
    pub(crate) fn agree(&self, other: &Self, field: Field) -> bool {
        let pairs = PARTS.iter().zip(self.values.iter().zip(&other.values)).enumerate();
        let mut own = pairs.filter(|(_, ((of, _), _))| *of == field);
        own.all(|(at, (_, (mine, theirs)))| mine == theirs && (at < OFFERED || *mine != 0))
    }
}

impl Field {
    /// Stable name for machines: that of the RFC where it has one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Versions => "supported_versions",
            Self::CipherSuites => "cipher_suites",
            Self::Groups => "supported_groups",
            Self::SignatureAlgorithms => "signature_algorithms",
            Self::ServerName => "server_name",
            Self::Alpn => "application_layer_protocol_negotiation",
            Self::ExtendedMasterSecret => "extended_master_secret",
            Self::RenegotiationInfo => "renegotiation_info",
            Self::KeyShares => "key_share",
            Self::Resumption => "resumption",
            Self::FallbackScsv => "fallback_scsv",
            Self::PostHandshakeAuth => "post_handshake_auth",
            Self::Grease => "grease",
            Self::Size => "client_hello_size",
            Self::Extensions => "extensions",
            Self::ClientCertificate => "client_certificate",
            Self::ClientIssuer => "client_certificate_issuer",
            Self::Choice => "server_choice",
            Self::Certificate => "server_certificate",
        }
    }
}

impl FieldSet {
    fn add(&mut self, field: Field) {
        self.0 |= 1 << field as u8;
    }

    pub(crate) fn remove(&mut self, field: Field) {
        self.0 &= !(1 << field as u8);
    }

    pub(crate) fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The only field in it.
    pub(crate) fn single(self) -> Option<Field> {
        let all = self.fields();
        all.first().copied().filter(|_| all.len() == 1)
    }

    /// The fields in it, in their order.
    pub(crate) fn fields(self) -> Vec<Field> {
        let mut all: Vec<Field> =
            PARTS.iter().map(|(field, _)| *field).filter(|field| self.has(*field)).collect();
        all.dedup();
        all
    }
}

/// Whether TLS 1.2 is the first version that knows a suite: those with AEAD, with SHA-256 and with
/// SHA-384 (RFC 5246, A.5; RFC 5288; RFC 5289; RFC 5487; RFC 6655; RFC 7905).
const fn needs_tls12(suite: CipherSuite) -> bool {
    matches!(
        suite.0,
        0x003b..=0x0040
            | 0x0067..=0x006d
            | 0x009c..=0x00af
            | 0x00b2
            | 0x00b3
            | 0x00b6
            | 0x00b7
            | 0x00ba..=0x00c5
            | 0xc023..=0xc032
            | 0xc037
            | 0xc038
            | 0xc03c..=0xc0af
            | 0xcc13..=0xcc15
            | 0xcca8..=0xccae
            | 0xd001..=0xd005
    )
}

/// Whether a client without TLS 1.3 has no use for a group: finite fields and what withstands
/// quantum computers. The former exist in TLS 1.2 too (RFC 7919), but are offered with TLS 1.3.
const fn needs_tls13(group: Group) -> bool {
    group.is_post_quantum() || matches!(group.0, 0x0100..=0x01ff)
}

/// Whether an extension is compared by what it holds, or follows from the version, or says nothing.
const fn has_its_own_part(kind: ExtensionType) -> bool {
    matches!(
        kind,
        ExtensionType::SERVER_NAME
            | ExtensionType::SUPPORTED_GROUPS
            | ExtensionType::SIGNATURE_ALGORITHMS
            | ExtensionType::ALPN
            | ExtensionType::EXTENDED_MASTER_SECRET
            | ExtensionType::RENEGOTIATION_INFO
            | ExtensionType::KEY_SHARE
            | ExtensionType::KEY_SHARE_DRAFT
            | ExtensionType::PRE_SHARED_KEY
            | ExtensionType::EARLY_DATA
            | ExtensionType::POST_HANDSHAKE_AUTH
            | ExtensionType::SUPPORTED_VERSIONS
            | ExtensionType::PSK_KEY_EXCHANGE_MODES
            | ExtensionType::SIGNATURE_ALGORITHMS_CERT
            | ExtensionType::CERTIFICATE_AUTHORITIES
            | ExtensionType::COOKIE
            | ExtensionType::COMPRESS_CERTIFICATE
            | ExtensionType::EC_POINT_FORMATS
            | ExtensionType::ENCRYPT_THEN_MAC
            | ExtensionType::SESSION_TICKET
            // TLS 1.3 has done away with it (RFC 9846, 4.4.2.1).
            | ExtensionType::STATUS_REQUEST_V2
            | ExtensionType::PADDING
    )
}

/// The issuer of the client's certificate, where it travelled in the clear.
pub(crate) fn issuer(session: &Session) -> Option<Vec<u8>> {
    let list = session.certificates(Side::Client)?;
    let leaf = list.what.certificates().next()?;
    let leaf = wire::Certificate::read(leaf.der).ok()?;
    Some(leaf.issuer().0.to_vec())
}

/// A number for the server's certificate, where it travelled in the clear.
fn leaf(session: &Session) -> u64 {
    let mut shown = session.handshakes(Side::Server, HandshakeType::CERTIFICATE);
    if shown.next().is_none() {
        return 0;
    }
    let list = session.certificates(Side::Server);
    list.and_then(|list| Some(bytes(list.what.certificates().next()?.der))).unwrap_or(0)
}

/// Whether something is there: 0 means that it is not known, where it is compared like that.
fn flag(is: bool) -> u64 {
    1 + u64::from(is)
}

fn sum(values: impl Iterator<Item = u16>) -> u64 {
    values.fold(0, |all, value| all.wrapping_add(number(value)))
}

fn number(value: u16) -> u64 {
    mix(u64::from(value) + 1)
}

/// A number for bytes in which the case of letters plays no part, as in names.
fn text(name: &[u8]) -> u64 {
    let (words, rest) = name.as_chunks::<8>();
    let lower = |bytes: [u8; 8]| u64::from_le_bytes(bytes.map(|byte| byte.to_ascii_lowercase()));
    let whole = words.iter().fold(name.len() as u64, |all, word| mix(all ^ lower(*word)));
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    mix(whole ^ lower(last))
}

fn bytes(all: &[u8]) -> u64 {
    FixedState::with_seed(0).hash_one(all)
}

/// Spreads the bits of a number over all of its bits (the end of MurmurHash3).
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let value = (value ^ (value >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ (value >> 33)
}

//! What two handshakes are compared by, field by field: what was offered, what was answered.
//!
//! A handshake becomes a row of numbers, one for each part of it, so that a failure is compared with
//! all successes of its server in less time than it takes to read one hello. Equal parts have equal
//! numbers; what is random in a hello (keys, tickets, GREASE) has no part in them, and neither has
//! an order in which nothing depends on it.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use trace::Side;
use wire::{CipherSuite, ClientHello, Extension, ExtensionType, Group, ProtocolVersion, is_grease};

use crate::glance::Glance;
use crate::offer::is_split;
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
/// The parts at the front.
pub(crate) type Front = [u64; ALONE];
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
    pub(crate) fn of(glance: &Glance<'_>) -> Option<Self> {
        let seen = glance.client_hello.as_ref()?;
        if seen.what.cut.is_some() {
            return None;
        }
        let session = glance.session;
        let offered = Offered::of(&seen.what);
        let length = session.events.get(seen.event).map_or(0, |event| event.length);
        let answer = glance.server_hello.as_ref();
        let shown = glance.certificates(Side::Client);
        let said = answer.and_then(|hello| answered(session, hello, shown, offered.early));
        let (certificate, issuer) = match said {
            Some((Answer::Empty, _)) => (EMPTY, 0),
            Some((Answer::Certificate, _)) => (CERTIFICATE, issuer(glance).map_or(0, bytes)),
            None => (0, 0),
        };
        let [old_suites, new_suites, suites_of_13] = offered.suites;
        let [any_groups, groups_of_13] = offered.groups;
        let chosen = |value: Option<u16>| value.map_or(0, number);
        let answer = answer.map(|seen| &seen.what);
        let values = [
            offered.name,
            offered.alpn,
            flag(offered.resumes),
            flag(offered.fallback),
            flag(offered.grease),
            offered.others,
            offered.versions,
            old_suites,
            new_suites,
            suites_of_13,
            any_groups,
            groups_of_13,
            offered.schemes,
            flag(offered.extended_master_secret),
            flag(offered.renegotiation_info),
            offered.shares,
            flag(offered.post_handshake_auth),
            flag(is_split(session, length)),
            certificate,
            issuer,
            chosen(answer.map(|it| it.version().0)),
            chosen(answer.map(|it| it.cipher_suite.0)),
            chosen(answer.and_then(|it| it.group()).map(|it| it.0)),
            glance.leaf(Side::Server).map_or(0, bytes),
        ];
        Some(Self { values, eras: offered.eras })
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

    /// The parts that are each a field by itself.
    pub(crate) fn front(&self) -> Front {
        self.values.first_chunk().copied().unwrap_or_default()
    }

    /// The fields in which two handshakes differ. What was answered counts only where the same was
    /// offered: else it is a consequence.
    pub(crate) fn differing(&self, other: &Self) -> FieldSet {
        let [old, tls12, tls13] = [0, 1, 2].map(|era| self.eras[era] && other.eras[era]);
        let mut set = FieldSet::default();
        let mut compare = |range: Range<usize>, known: bool| {
            let pairs = self.values[range.clone()].iter().zip(&other.values[range.clone()]);
            for ((field, era), (mine, theirs)) in PARTS[range].iter().zip(pairs) {
                let both = match era {
                    Era::Any => true,
                    Era::Old => old,
                    Era::Tls12 => tls12,
                    Era::Tls13 => tls13,
                };
                if mine != theirs && both && (known || (*mine != 0 && *theirs != 0)) {
                    set.add(*field);
                }
            }
            set.is_empty()
        };
        let same = compare(0..OFFERED, true);
        compare(OFFERED..SHOWN, false);
        if same {
            compare(SHOWN..PARTS.len(), false);
        }
        self.consequences(other, set)
    }

    /// The differences without those that follow from others among them.
    fn consequences(&self, other: &Self, mut set: FieldSet) -> FieldSet {
        let none = |of: &Self| of.values[parts(Field::Groups)].iter().all(|value| *value == 0);
        // Without a suite that needs groups none are named.
        if set.has(Field::CipherSuites) && set.has(Field::Groups) && (none(self) || none(other)) {
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
        self.values.get(parts(wanted).start).copied().unwrap_or(0)
    }

    /// Whether two handshakes have the same in a field, and it is known of both.
    pub(crate) fn agree(&self, other: &Self, field: Field) -> bool {
        let parts = parts(field);
        let known = parts.start < OFFERED;
        let both = self.values.get(parts.clone()).zip(other.values.get(parts));
        both.is_some_and(|(mine, theirs)| mine == theirs && (known || !mine.contains(&0)))
    }
}

/// The parts that belong to a field: they stand side by side.
const fn parts(field: Field) -> Range<usize> {
    let mut start = 0;
    while start < PARTS.len() && PARTS[start].0 as u8 != field as u8 {
        start += 1;
    }
    let mut end = start;
    while end < PARTS.len() && PARTS[end].0 as u8 == field as u8 {
        end += 1;
    }
    start..end
}

/// A ClientHello as the numbers that its parts become.
struct Offered {
    name: u64,
    alpn: u64,
    resumes: bool,
    fallback: bool,
    grease: bool,
    others: u64,
    versions: u64,
    eras: [bool; 3],
    suites: [u64; 3],
    groups: [u64; 2],
    schemes: u64,
    extended_master_secret: bool,
    renegotiation_info: bool,
    shares: u64,
    post_handshake_auth: bool,
    early: bool,
}

impl Offered {
    /// Reads each extension once: of several of one kind the first counts.
    fn of(hello: &ClientHello<'_>) -> Self {
        let mut it = Self {
            name: text(&[]),
            alpn: 0,
            resumes: false,
            fallback: false,
            grease: false,
            others: 0,
            // The versions below are not listed and not excluded.
            versions: number(hello.legacy_version.0) ^ 1,
            eras: [true, hello.legacy_version.settled() >= ProtocolVersion::TLS_1_2, false],
            suites: [0; 3],
            groups: [0; 2],
            schemes: 0,
            extended_master_secret: false,
            renegotiation_info: false,
            shares: 0,
            post_handshake_auth: false,
            early: false,
        };
        it.suites(hello);
        let mut before = 0_u64;
        for extension in hello.extensions() {
            let kind = extension.kind;
            if kind.is_grease() {
                it.grease = true;
            } else if !has_its_own_part(kind) {
                it.others = it.others.wrapping_add(number(kind.0));
            } else {
                let own = 1_u64.checked_shl(kind.0.into()).unwrap_or(0);
                if before & own == 0 {
                    it.extension(hello, &extension);
                }
                before |= own;
            }
        }
        it
    }

    fn suites(&mut self, hello: &ClientHello<'_>) {
        for suite in hello.cipher_suites() {
            let [old, tls12, tls13] = &mut self.suites;
            let place = match suite {
                CipherSuite::FALLBACK_SCSV => {
                    self.fallback = true;
                    continue;
                }
                CipherSuite::EMPTY_RENEGOTIATION_INFO_SCSV => {
                    self.renegotiation_info = true;
                    continue;
                }
                _ if suite.is_grease() => continue,
                _ if suite.is_tls13() => tls13,
                _ if needs_tls12(suite) => tls12,
                _ => old,
            };
            *place = place.wrapping_add(number(suite.0));
        }
    }

    fn extension(&mut self, hello: &ClientHello<'_>, extension: &Extension<'_>) {
        match extension.kind {
            ExtensionType::SERVER_NAME => {
                self.name = text(hello.server_name().unwrap_or_default());
            }
            ExtensionType::ALPN => {
                let names = extension.strings8();
                self.alpn = names.fold(0, |all, name| all.wrapping_add(text(name)));
            }
            ExtensionType::SUPPORTED_GROUPS => {
                for group in extension.words16().map(Group).filter(|group| !group.is_grease()) {
                    let [any, tls13] = &mut self.groups;
                    let place = if needs_tls13(group) { tls13 } else { any };
                    *place = place.wrapping_add(number(group.0));
                }
            }
            ExtensionType::SIGNATURE_ALGORITHMS => {
                self.schemes = sum(extension.words16().filter(|scheme| !is_grease(*scheme)));
            }
            ExtensionType::SUPPORTED_VERSIONS => self.versions(extension),
            // Before draft 23 of TLS 1.3 it had another number.
            ExtensionType::KEY_SHARE | ExtensionType::KEY_SHARE_DRAFT => {
                let groups = hello.key_shares().map(|(group, _)| group);
                self.shares = sum(groups.filter(|it| !it.is_grease()).map(|it| it.0));
            }
            ExtensionType::PRE_SHARED_KEY => self.resumes = true,
            ExtensionType::SESSION_TICKET => self.resumes |= !extension.body.is_empty(),
            ExtensionType::EARLY_DATA => self.early = true,
            ExtensionType::EXTENDED_MASTER_SECRET => self.extended_master_secret = true,
            ExtensionType::RENEGOTIATION_INFO => self.renegotiation_info = true,
            ExtensionType::POST_HANDSHAKE_AUTH => self.post_handshake_auth = true,
            _ => {}
        }
    }

    fn versions(&mut self, extension: &Extension<'_>) {
        let offered = || extension.words8().map(ProtocolVersion).filter(|it| !it.is_grease());
        // A list of nothing is none.
        if offered().next().is_some() {
            let settled = || offered().map(ProtocolVersion::settled);
            self.versions = sum(offered().map(|version| version.0));
            self.eras = [
                settled().min().is_none_or(|lowest| !lowest.is_tls13()),
                settled().any(|version| version == ProtocolVersion::TLS_1_2),
                settled().any(ProtocolVersion::is_tls13),
            ];
        }
    }
}

/// Whether two handshakes may differ in one field at most: a look that is cheaper than
/// [`Fields::differing`], and refuses most.
#[inline]
pub(crate) fn is_near(mine: &Front, theirs: &Front) -> bool {
    mine.iter().zip(theirs).map(|(mine, theirs)| u32::from(mine != theirs)).sum::<u32>() <= 1
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
        let only = || PARTS.iter().map(|(field, _)| *field).find(|field| self.has(*field));
        if self.count() == 1 { only() } else { None }
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
pub(crate) fn issuer<'s>(glance: &Glance<'s>) -> Option<&'s [u8]> {
    let leaf = wire::Certificate::read(glance.leaf(Side::Client)?).ok()?;
    Some(leaf.issuer().0)
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
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let value = (value ^ (value >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ (value >> 33)
}

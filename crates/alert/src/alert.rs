//! The table: every alert code, once, with all that the RFCs say about it.
//!
//! One entry of `alerts!`, at the end of this file, makes the constant, its documentation and every
//! answer below. The wording is ours, the facts are those of the RFCs an entry names. Codes that
//! nobody registered but somebody sends are in `unregistered`.

use core::fmt;

use LevelRule::{Either, Fatal, MostlyWarning, PreferFatal, Warning};
use Senders::{Both, Client, Server};
use Stage::{
    Certificate, CertificateRequest, CertificateStatus, CertificateUrl, CertificateVerify,
    ClientHello, ClientKeyExchange, EncryptedExtensions, Established, Finished, HelloRequest,
    ServerHello, ServerKeyExchange,
};
use Status::{Defined as D, Extension as E, Reserved as R, Undefined as U};

use crate::unregistered::{FIELD, FieldEntry, NOT_CODES};
use crate::{Level, LevelRule, LevelVerdict, Senders, Stage, Version};

/// The second byte of an alert: what the sender says is wrong.
///
/// Any byte is a value; the associated constants name the registered ones. Text is looked up, never
/// stored, so an `Alert` is as small as its byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alert(
    /// The byte on the wire.
    pub u8,
);

impl Alert {
    /// Every registered alert, in the order of the codes.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        TABLE.iter().map(|entry| entry.alert)
    }

    /// Every code that is sent without being registered, in the order of the codes. These have
    /// names too, though not from the registry.
    pub fn unregistered() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        FIELD.iter().map(|entry| entry.alert)
    }

    /// The alert of this name, registered or not. Case, `_`, `-` and spaces do not matter, and the
    /// suffix `_RESERVED` may be left out: `Unknown CA` and `no-renegotiation` are found.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().chain(Self::unregistered()).find(|alert| {
            alert.name().is_some_and(|known| {
                let short = known.strip_suffix(RESERVED).unwrap_or(known);
                letters(name).eq(letters(known)) || letters(name).eq(letters(short))
            })
        })
    }

    /// The byte on the wire.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The name, as the registry spells it: `unknown_ca`, `no_renegotiation_RESERVED`. An
    /// unregistered code has the name that its users gave it; other codes have none.
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|entry| entry.name).or_else(|| self.field().map(|field| field.name))
    }

    /// What the sender says with it: past tense, to be read after "the client" or "the server".
    pub fn says(self) -> &'static str {
        match (self.entry(), self.field()) {
            (Some(entry), _) => entry.says,
            (_, Some(field)) => field.says,
            _ => "sent a code without a registered meaning",
        }
    }

    /// The meaning in a sentence or two, as its RFC has it but in other words. Empty for a code
    /// that has none.
    pub fn meaning(self) -> &'static str {
        match (self.entry(), self.field()) {
            (Some(entry), _) => entry.meaning.trim_ascii(),
            (_, Some(field)) => field.meaning,
            _ => "",
        }
    }

    /// What is worth knowing beside the meaning: traps, and codes that are not codes.
    pub fn remark(self) -> Option<&'static str> {
        let of_entry = self.entry().map(|entry| entry.remark).filter(|remark| !remark.is_empty());
        let of_number = || NOT_CODES.iter().find(|(code, _)| *code == self.0).map(|(_, why)| *why);
        of_entry.or_else(of_number)
    }

    /// Where it is defined: the first document, then others, and last the one in force.
    pub fn references(self) -> &'static [Reference] {
        self.entry().map_or(&[], |entry| entry.references)
    }

    /// Whether this version knows the alert.
    pub fn status(self, version: Version) -> Status {
        let Some(entry) = self.entry() else { return Status::Undefined };
        let [ssl30, tls10, tls11, tls12, tls13, dtls13] = entry.status;
        match version {
            Version::Ssl30 => ssl30,
            Version::Tls10 => tls10,
            Version::Tls11 | Version::Dtls10 => tls11,
            Version::Tls12 | Version::Dtls12 => tls12,
            Version::Tls13 => tls13,
            Version::Dtls13 => dtls13,
        }
    }

    /// The level it must have in this version. A code that no RFC describes is fatal in TLS 1.3
    /// (RFC 9846 §6) and the sender's choice before (RFC 5246 §7.2.2).
    pub fn level_rule(self, version: Version) -> LevelRule {
        let [to_tls11, tls12, tls13] = self.entry().map_or([Either, Either, Fatal], |e| e.level);
        match version {
            Version::Ssl30 | Version::Tls10 | Version::Tls11 | Version::Dtls10 => to_tls11,
            Version::Tls12 | Version::Dtls12 => tls12,
            Version::Tls13 | Version::Dtls13 => tls13,
        }
    }

    /// Whether this level is what the RFC of this version allows for the alert.
    pub fn level_verdict(self, level: Level, version: Version) -> LevelVerdict {
        match self.level_rule(version).judge(level) {
            LevelVerdict::Forbidden if version.ignores_level() => LevelVerdict::Ignored,
            verdict => verdict,
        }
    }

    /// Who has a reason to send it in this version. Either side, for a code that no RFC describes.
    pub fn senders(self, version: Version) -> Senders {
        let [to_tls12, tls13] = self.entry().map_or([Both, Both], |entry| entry.senders);
        if version.ignores_level() { tls13 } else { to_tls12 }
    }

    /// When it makes sense, over all versions, in the order of a handshake. Empty for a code that
    /// no RFC describes.
    pub fn stages(self) -> &'static [Stage] {
        self.entry().map_or(&[], |entry| entry.stages)
    }

    /// What the registry, or the world outside it, makes of the code.
    pub fn assignment(self) -> Assignment {
        match (self.entry(), self.field()) {
            (Some(entry), _) if entry.name.ends_with(RESERVED) => Assignment::Reserved,
            (Some(_), _) => Assignment::Assigned,
            (_, Some(field)) => Assignment::Field { from: field.from },
            _ => Assignment::Unassigned,
        }
    }

    fn entry(self) -> Option<&'static Entry> {
        TABLE.iter().find(|entry| entry.alert == self)
    }

    fn field(self) -> Option<&'static FieldEntry> {
        FIELD.iter().find(|entry| entry.alert == self)
    }
}

impl From<u8> for Alert {
    fn from(code: u8) -> Self {
        Self(code)
    }
}

/// `48 unknown_ca`, `200 unsupported_site2site (unregistered)` or `99 (unassigned)`.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.assignment()) {
            (Some(name), Assignment::Field { .. }) => {
                write!(f, "{} {name} (unregistered)", self.0)
            }
            (Some(name), _) => write!(f, "{} {name}", self.0),
            (None, _) => write!(f, "{} (unassigned)", self.0),
        }
    }
}

/// Whether a version knows an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// By the protocol's own document.
    Defined,
    /// By an extension's document only.
    Extension,
    /// Once defined, now named only to keep the number taken: it must not be sent.
    Reserved,
    /// Not at all.
    Undefined,
}

/// What the registry makes of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assignment {
    /// Registered and in use.
    Assigned,
    /// Registered under a name that ends in `_RESERVED`: older versions used it, TLS 1.3 must not.
    Reserved,
    /// Not registered, and sent nevertheless.
    Field {
        /// By whom, or in which document.
        from: &'static str,
    },
    /// Neither registered nor known to be sent.
    Unassigned,
}

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The number of the RFC.
    pub rfc: u16,
    /// The section: `7.2.2`, `B.2`.
    pub section: &'static str,
}

/// `RFC 5246 §7.2.2`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} §{}", self.rfc, self.section)
    }
}

/// One row of the table.
struct Entry {
    alert: Alert,
    name: &'static str,
    says: &'static str,
    meaning: &'static str,
    status: [Status; 6],
    level: [LevelRule; 3],
    senders: [Senders; 2],
    stages: &'static [Stage],
    references: &'static [Reference],
    /// Empty where there is nothing to remark.
    remark: &'static str,
}

/// What counts in a name: everything but case and the separators people write differently.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' ')).map(|b| b.to_ascii_lowercase())
}

/// How the registry marks a code that is kept only so that nobody reuses it.
const RESERVED: &str = "_RESERVED";

/// Whenever the connection is alive.
const ANY: &[Stage] = &Stage::ALL;

/// Until the connection is established.
const HANDSHAKE: &[Stage] = {
    let [before @ .., _established] = &Stage::ALL;
    before
};

/// As soon as records may be encrypted: early in TLS 1.3, from Finished on before.
const PROTECTED: &[Stage] = &[
    ClientHello,
    EncryptedExtensions,
    Certificate,
    CertificateRequest,
    CertificateVerify,
    Finished,
    HelloRequest,
    Established,
];

/// Writes the constants and the table from one list. The doc comment of an entry is the meaning.
macro_rules! alerts {
    ($(
        $(#[doc = $meaning:literal])+
        $alert:ident = $code:literal $name:literal {
            says $says:literal;
            in $($status:ident)+;
            level $($level:ident)+;
            from $($sender:ident)+;
            at $stages:expr;
            rfc $($rfc:literal $section:literal),+;
            $(note $remark:literal;)?
        }
    )+) => {
        impl Alert {
            $(
                $(#[doc = $meaning])+
                pub const $alert: Self = Self($code);
            )+
        }

        static TABLE: &[Entry] = &[$(Entry {
            alert: Alert::$alert,
            name: $name,
            says: $says,
            meaning: concat!($($meaning),+),
            status: [$($status),+],
            level: [$($level),+],
            senders: [$($sender),+],
            stages: $stages,
            references: &[$(Reference { rfc: $rfc, section: $section }),+],
            remark: concat!($($remark)?),
        }),+];
    };
}

// How to read an entry:
//   says   past tense, fits after "the client"; lower case, no full stop
//   in     SSL 3.0, TLS 1.0, TLS 1.1 (DTLS 1.0), TLS 1.2 (DTLS 1.2), TLS 1.3, DTLS 1.3:
//          D defined, E by an extension, R reserved, U undefined
//   level  up to TLS 1.1, TLS 1.2, TLS 1.3; Either where no RFC says anything
//   from   who has a reason to send it: up to TLS 1.2, TLS 1.3
//   at     what the sender had just received or was waiting for, over all versions
//   rfc    the first document, others, and last the one in force
//   note   a trap worth a remark (may be left out)
alerts! {
    /// The sender will write nothing more on this connection. What came before is complete: nobody
    /// in between has cut the end off.
    CLOSE_NOTIFY = 0 "close_notify" {
        says "said that it would send nothing more";
        in D D D D D D;
        level Warning Warning Warning;
        from Both Both;
        at ANY;
        rfc 6101 "5.4.1", 5246 "7.2.1", 9846 "6.1";
        note "Not an error. During a handshake it means that the sender gave up without saying \
              why.";
    }

    /// A message arrived that is not allowed at this point, or a record of a type that does not
    /// exist.
    UNEXPECTED_MESSAGE = 10 "unexpected_message" {
        says "received a message that had no place there";
        in D D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at ANY;
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "Some servers send it when the first bytes are not TLS at all, such as a plain HTTP \
              request.";
    }

    /// A record could not be decrypted or its integrity check failed. It was altered on the way, or
    /// the two sides hold different keys.
    BAD_RECORD_MAC = 20 "bad_record_mac" {
        says "received a record that did not decrypt or was altered";
        in D D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at PROTECTED;
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "With SRP it also means a wrong user name or password (RFC 5054).";
    }

    /// A record could not be decrypted: wrong length or wrong padding. Withdrawn, because telling
    /// padding errors from integrity errors helps an attacker; 20 covers both.
    DECRYPTION_FAILED = 21 "decryption_failed_RESERVED" {
        says "failed to decrypt a record";
        in U D D R R R;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[Finished, Established];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "B.2";
    }

    /// A record was longer than its limit: 16384 bytes in clear, and once encrypted 2048 bytes more
    /// up to TLS 1.2 and 256 more in TLS 1.3, unless a smaller limit was negotiated.
    RECORD_OVERFLOW = 22 "record_overflow" {
        says "received a record longer than allowed";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at ANY;
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
        note "Text that is not TLS, read as a record header, often looks like an enormous record.";
    }

    /// A compressed record did not decompress, or grew beyond the limit. Compression is gone from
    /// TLS 1.3.
    DECOMPRESSION_FAILURE = 30 "decompression_failure_RESERVED" {
        says "failed to decompress a record";
        in D D D D R R;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[Finished, Established];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "B.2";
    }

    /// The two sides have no acceptable set of security parameters in common: cipher suite, group,
    /// signature algorithm or the like.
    HANDSHAKE_FAILURE = 40 "handshake_failure" {
        says "found no security settings that both sides accept";
        in D D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[
            ClientHello, ServerHello, Certificate, ServerKeyExchange, CertificateRequest,
            ClientKeyExchange, HelloRequest,
        ];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "Up to TLS 1.2 it is also how a server says that it wanted a client certificate and \
              got none. OpenSSL sends it there in place of 109 and 116.";
    }

    /// SSL 3.0 only: the client has no certificate to answer the server's request with.
    NO_CERTIFICATE = 41 "no_certificate_RESERVED" {
        says "had no certificate to offer";
        in D U R R R R;
        level Warning Warning Fatal;
        from Client Client;
        at &[CertificateRequest];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "B.2";
        note "Since TLS 1.0 a client sends an empty Certificate message instead.";
    }

    /// A certificate was corrupt, carried a signature that did not verify, or the like.
    BAD_CERTIFICATE = 42 "bad_certificate" {
        says "refused the certificate as bad";
        in D D D D D D;
        level Either Either Fatal;
        from Both Both;
        at &[Certificate];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "Go and GnuTLS send it for nearly every objection to a certificate, OpenSSL for a \
              wrong name or a certificate that is not yet valid.";
    }

    /// A certificate was of a kind that the sender does not support.
    UNSUPPORTED_CERTIFICATE = 43 "unsupported_certificate" {
        says "did not support that kind of certificate";
        in D D D D D D;
        level Either Either Fatal;
        from Both Both;
        at &[Certificate];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "OpenSSL also sends it when the certificate is not meant for this purpose (extended \
              key usage).";
    }

    /// A certificate was revoked by its issuer.
    CERTIFICATE_REVOKED = 44 "certificate_revoked" {
        says "found the certificate revoked by its issuer";
        in D D D D D D;
        level Either Either Fatal;
        from Both Both;
        at &[Certificate];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
    }

    /// A certificate has expired or is not valid at present.
    CERTIFICATE_EXPIRED = 45 "certificate_expired" {
        says "found the certificate expired or not yet valid";
        in D D D D D D;
        level Either Either Fatal;
        from Both Both;
        at &[Certificate];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "It is the sender's clock that counts. OpenSSL also sends it when a revocation list \
              has expired.";
    }

    /// Something else about the certificate, which no other code names, made it unacceptable.
    CERTIFICATE_UNKNOWN = 46 "certificate_unknown" {
        says "refused the certificate for a reason that has no code of its own";
        in D D D D D D;
        level Either Either Fatal;
        from Both Both;
        at &[Certificate];
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
        note "It is the reason that is unknown, not the certificate. Java sends it for an \
              untrusted issuer and for a wrong name.";
    }

    /// A field of a handshake message had a value that is out of range or contradicts other fields.
    ILLEGAL_PARAMETER = 47 "illegal_parameter" {
        says "found a forbidden value in a handshake message";
        in D D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at ANY;
        rfc 6101 "5.4.2", 5246 "7.2.2", 9846 "6.2";
    }

    /// The certificate chain leads to no authority that the sender trusts: the issuer was not found
    /// or is not a known trust anchor.
    UNKNOWN_CA = 48 "unknown_ca" {
        says "found no trusted authority behind the certificate";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[Certificate];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
        note "The trust store that matters is the one of the side that sent the alert.";
    }

    /// The certificate, or in TLS 1.3 the pre-shared key, was valid, but the sender's access rules
    /// do not let its owner in.
    ACCESS_DENIED = 49 "access_denied" {
        says "accepted the identity but denied it access";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[ClientHello, Certificate, CertificateVerify];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
    }

    /// A message could not be parsed: a field was out of its range or a length was wrong.
    DECODE_ERROR = 50 "decode_error" {
        says "received a message that it could not parse";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at ANY;
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
    }

    /// A cryptographic step of the handshake failed: a signature, a Finished or a PSK binder
    /// did not verify.
    DECRYPT_ERROR = 51 "decrypt_error" {
        says "failed to verify a signature or the handshake's checksum";
        in U D D D D D;
        level Either Fatal Fatal;
        from Both Both;
        at &[ClientHello, ServerKeyExchange, ClientKeyExchange, CertificateVerify, Finished];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
        note "TLS 1.0 and 1.1 also used it for a key exchange that did not decrypt. OpenSSL sends \
              it when a signature inside the certificate chain is wrong.";
    }

    /// DTLS 1.3 only: the peer asked for more connection IDs than the sender is willing to give.
    TOO_MANY_CIDS_REQUESTED = 52 "too_many_cids_requested" {
        says "was asked for too many connection IDs";
        in U U U U U D;
        level Either Either Fatal;
        from Both Both;
        at &[Established];
        rfc 9147 "9";
    }

    /// A key broke the export rules of the 1990s, for instance a 1024-bit RSA key with an export
    /// suite. TLS 1.0 only.
    EXPORT_RESTRICTION = 60 "export_restriction_RESERVED" {
        says "found that the key broke export rules";
        in U D R R R R;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[ClientHello, ServerHello, ServerKeyExchange, ClientKeyExchange];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "B.2";
    }

    /// The sender recognised the version that the peer wants to speak but does not support it.
    PROTOCOL_VERSION = 70 "protocol_version" {
        says "refused the protocol version";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at &[ClientHello, ServerHello];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
    }

    /// The server would have needed stronger security than the client offered. It is a more precise
    /// 40.
    INSUFFICIENT_SECURITY = 71 "insufficient_security" {
        says "required stronger security than the other side offered";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Server;
        at &[ClientHello, ServerHello, ServerKeyExchange];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
        note "From a client, up to TLS 1.2, it is about a weak Diffie-Hellman or SRP group (RFC \
              7919, RFC 5054).";
    }

    /// Something went wrong that has nothing to do with the peer or the protocol, such as lack of
    /// memory.
    INTERNAL_ERROR = 80 "internal_error" {
        says "failed for a reason of its own";
        in U D D D D D;
        level Fatal Fatal Fatal;
        from Both Both;
        at ANY;
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.2";
        note "The reason is in the log of the side that sent it.";
    }

    /// The client marked its ClientHello as a retry at a lower version, although the server
    /// supports a higher one: either an attack, or an earlier attempt failed for another reason.
    INAPPROPRIATE_FALLBACK = 86 "inappropriate_fallback" {
        says "refused a retry at a needlessly low version";
        in U E E E D D;
        level Fatal Fatal Fatal;
        from Server Server;
        at &[ClientHello];
        rfc 7507 "3", 9846 "6.2";
        note "The question to ask is why the attempt before this one failed.";
    }

    /// The sender breaks off the handshake for a reason that is not a protocol failure. A
    /// `close_notify` follows.
    USER_CANCELED = 90 "user_canceled" {
        says "called the handshake off";
        in U D D D D D;
        level MostlyWarning MostlyWarning MostlyWarning;
        from Both Both;
        at HANDSHAKE;
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "6.1";
        note "Java may send it before close_notify at the end of a good TLS 1.3 connection.";
    }

    /// The sender does not wish to negotiate anew. The one who asked decides whether to go on
    /// without it. TLS 1.3 has no renegotiation.
    NO_RENEGOTIATION = 100 "no_renegotiation_RESERVED" {
        says "declined to renegotiate";
        in U D D D R R;
        level Warning Warning Fatal;
        from Both Both;
        at &[ClientHello, HelloRequest];
        rfc 2246 "7.2.2", 5246 "7.2.2", 9846 "B.2";
    }

    /// A message lacked an extension that is mandatory for what it offers or for the version.
    MISSING_EXTENSION = 109 "missing_extension" {
        says "required an extension that was missing";
        in U U U U D D;
        level Either Either Fatal;
        from Both Both;
        at &[ClientHello, ServerHello, CertificateRequest];
        rfc 8446 "6.2", 9846 "6.2";
        note "TLS 1.3 only. Before, the same complaint is 40.";
    }

    /// A message carried an extension that must not be there: one that the sender never offered, or
    /// in TLS 1.3 one that does not belong into that message.
    UNSUPPORTED_EXTENSION = 110 "unsupported_extension" {
        says "received an extension that it had not asked for";
        in U E E D D D;
        level Fatal Fatal Fatal;
        from Client Both;
        at &[ServerHello, EncryptedExtensions, Certificate];
        rfc 3546 "4", 5246 "7.2.2", 9846 "6.2";
    }

    /// The server could not fetch the client's certificate from the address that the client gave
    /// for it.
    CERTIFICATE_UNOBTAINABLE = 111 "certificate_unobtainable_RESERVED" {
        says "could not fetch the certificate from its address";
        in U E E E R R;
        level Either Either Fatal;
        from Server Server;
        at &[CertificateUrl];
        rfc 3546 "4", 6066 "9", 9846 "B.2";
    }

    /// The server has nothing under the name that the client asked for (SNI).
    UNRECOGNIZED_NAME = 112 "unrecognized_name" {
        says "did not recognise the server name that was asked for";
        in U E E E D D;
        level PreferFatal PreferFatal Fatal;
        from Server Server;
        at &[ClientHello];
        rfc 3546 "4", 6066 "3", 9846 "6.2";
        note "As a warning the handshake goes on with a default certificate, and some clients stop \
              there all the same.";
    }

    /// The OCSP response that the server stapled to its certificate is invalid or not good enough.
    BAD_CERTIFICATE_STATUS_RESPONSE = 113 "bad_certificate_status_response" {
        says "found the stapled OCSP response unacceptable";
        in U E E E D D;
        level Fatal Fatal Fatal;
        from Client Client;
        at &[Certificate, CertificateStatus];
        rfc 3546 "4", 6066 "8", 9846 "6.2";
    }

    /// The certificate fetched from the client's address does not have the hash that the client
    /// announced.
    BAD_CERTIFICATE_HASH_VALUE = 114 "bad_certificate_hash_value_RESERVED" {
        says "fetched a certificate whose hash did not match";
        in U E E E R R;
        level Fatal Fatal Fatal;
        from Server Server;
        at &[CertificateUrl];
        rfc 3546 "4", 6066 "5", 9846 "B.2";
    }

    /// The server knows no pre-shared key, or no SRP user, by the identity that the client gave.
    UNKNOWN_PSK_IDENTITY = 115 "unknown_psk_identity" {
        says "did not know the identity of the pre-shared key";
        in U E E E D D;
        level Fatal Fatal Fatal;
        from Server Server;
        at &[ClientHello, ClientKeyExchange];
        rfc 4279 "2", 9846 "6.2";
        note "A server may say 51 instead, so as not to tell which identities exist.";
    }

    /// The server requires a client certificate and the client sent none.
    CERTIFICATE_REQUIRED = 116 "certificate_required" {
        says "required a client certificate and received none";
        in U U U U D D;
        level Either Either Fatal;
        from Server Server;
        at &[Certificate];
        rfc 8446 "6.2", 9846 "6.2";
        note "TLS 1.3 only; before, the same complaint is 40. The client has finished its \
              handshake by then and learns of it when it reads.";
    }

    /// An error for which no other code fits, or which the sender prefers not to name.
    GENERAL_ERROR = 117 "general_error" {
        says "reported an error without naming it";
        in U U U U D D;
        level Either Either Fatal;
        from Both Both;
        at ANY;
        rfc 9846 "6.2";
    }

    /// The server supports none of the application protocols that the client offered (ALPN).
    NO_APPLICATION_PROTOCOL = 120 "no_application_protocol" {
        says "found no application protocol that both sides speak";
        in U E E E D D;
        level Fatal Fatal Fatal;
        from Server Server;
        at &[ClientHello];
        rfc 7301 "3.2", 9846 "6.2";
        note "In QUIC clients send it too (RFC 9001 §8.1).";
    }

    /// The client wanted Encrypted ClientHello, the server did not take it up, and the client will
    /// not go on without.
    ECH_REQUIRED = 121 "ech_required" {
        says "required Encrypted ClientHello, which the server did not accept";
        in U U U U E E;
        level Either Either Fatal;
        from Client Client;
        at &[Finished];
        rfc 9849 "6.1.6";
        note "A client may retry at once with the keys that the server sent along.";
    }
}

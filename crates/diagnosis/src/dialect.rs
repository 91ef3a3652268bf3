//! Who speaks like this: the stack behind a hello or an alert, as a guess and never as proof.
//!
//! A hello gives a stack away by the order of its lists, which nobody configures. The shapes and
//! alert codes below were measured: OpenSSL 3.0 and 4.0, GnuTLS 3.7, Go 1.19 and 1.27, OpenJDK 11, 17
//! and 25, Node.js 20 and 24, rustls 0.23, NSS 3.87, wolfSSL 5.5, Mbed TLS 2.28, Bouncy Castle 1.72,
//! Erlang/OTP 25, s2n-tls under AWS's runtime 0.38; BoringSSL is known by two extensions that nobody
//! else sends.
//! A fork, a terminating proxy or a newer release may speak the same way or another.

use alert::Alert;
use trace::{Carrier, Outcome, Side};
use wire::{ClientHello, ExtensionType};

use crate::Case;

/// A family of TLS implementations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stack {
    /// OpenSSL and what is built on it (curl, Python, nginx, Apache ...).
    OpenSsl,
    /// GnuTLS.
    GnuTls,
    /// Go crypto/tls.
    Go,
    /// Java JSSE.
    Java,
    /// Node.js.
    Node,
    /// BoringSSL (Chrome).
    BoringSsl,
    /// rustls.
    Rustls,
    /// NSS (Firefox).
    Nss,
    /// wolfSSL.
    WolfSsl,
    /// Mbed TLS.
    MbedTls,
    /// Bouncy Castle.
    BouncyCastle,
    /// Erlang/OTP.
    Erlang,
    /// s2n-tls.
    S2n,
}

/// A guess and what it rests on.
#[derive(Clone, Debug)]
pub struct Guess {
    /// The stack.
    pub stack: Stack,
    /// Why: one short phrase that fits after the name.
    pub why: &'static str,
}

/// What can be wrong with a certificate, as far as stacks tell it apart by alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Defect {
    /// No trusted authority was found behind it, for whatever reason.
    Authority,
    /// It has ended.
    Expired,
    /// It has not begun.
    NotYetValid,
    /// It is for another name.
    Name,
    /// It is for another purpose.
    Purpose,
    /// Its key is too short or its digest too old.
    Weak,
    /// Its signature does not fit its issuer's key.
    Signature,
    /// There is none: the client sent an empty list.
    Missing,
}

impl Stack {
    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::GnuTls => "GnuTLS",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Node => "Node.js",
            Self::BoringSsl => "BoringSSL",
            Self::Rustls => "rustls",
            Self::Nss => "NSS",
            Self::WolfSsl => "wolfSSL",
            Self::MbedTls => "Mbed TLS",
            Self::BouncyCastle => "Bouncy Castle",
            Self::Erlang => "Erlang",
            Self::S2n => "s2n-tls",
        }
    }

    /// The alert this stack was measured to send, as `refuser`, to a certificate with that defect;
    /// `None` where it sends none, accepts it, or was not measured.
    #[must_use]
    pub fn says(self, refuser: Side, defect: Defect, tls13: bool) -> Option<Alert> {
        match self {
            Self::OpenSsl => Some(match defect {
                Defect::Authority => Alert::UNKNOWN_CA,
                Defect::Expired => Alert::CERTIFICATE_EXPIRED,
                Defect::NotYetValid | Defect::Name | Defect::Weak => Alert::BAD_CERTIFICATE,
                Defect::Purpose => Alert::UNSUPPORTED_CERTIFICATE,
                Defect::Signature => Alert::DECRYPT_ERROR,
                Defect::Missing if tls13 => Alert::CERTIFICATE_REQUIRED,
                Defect::Missing => Alert::HANDSHAKE_FAILURE,
            }),
            // As a server newer releases tell the reasons apart.
            Self::Go => (refuser == Side::Client).then_some(Alert::BAD_CERTIFICATE),
            Self::GnuTls => match (refuser, defect) {
                (Side::Client, _) => Some(Alert::BAD_CERTIFICATE),
                (_, Defect::Missing) if tls13 => Some(Alert::CERTIFICATE_REQUIRED),
                (_, Defect::Missing) => Some(Alert::DECODE_ERROR),
                (_, Defect::Purpose) => None,
                _ => Some(Alert::ACCESS_DENIED),
            },
            Self::Java => Some(match (refuser, defect) {
                // In TLS 1.3 releases differ.
                (Side::Client, Defect::Expired | Defect::NotYetValid) if tls13 => return None,
                (Side::Client, Defect::Expired) => Alert::CERTIFICATE_EXPIRED,
                (Side::Client, Defect::NotYetValid) => Alert::BAD_CERTIFICATE,
                (Side::Client, Defect::Signature) | (_, Defect::Missing) => Alert::BAD_CERTIFICATE,
                _ => Alert::CERTIFICATE_UNKNOWN,
            }),
            Self::BoringSsl | Self::BouncyCastle => {
                (refuser == Side::Client).then_some(Alert::CERTIFICATE_UNKNOWN)
            }
            Self::Node | Self::S2n => None,
            _ => self.tells_apart(refuser, defect),
        }
    }

    /// What clients say that tell the defects apart, each in its own way. As servers they say much
    /// the same, and nothing gives a server away.
    fn tells_apart(self, refuser: Side, defect: Defect) -> Option<Alert> {
        let code = |all: [u8; 7]| {
            let [authority, expired, future, name, purpose, weak, signature] = all;
            let code = match defect {
                Defect::Authority => authority,
                Defect::Expired => expired,
                Defect::NotYetValid => future,
                Defect::Name => name,
                Defect::Purpose => purpose,
                Defect::Weak => weak,
                Defect::Signature => signature,
                Defect::Missing => 0,
            };
            (code > 0 && refuser == Side::Client).then_some(Alert::from(code))
        };
        match self {
            Self::Rustls => code([48, 45, 45, 42, 43, 51, 51]),
            Self::Nss => code([48, 45, 45, 42, 46, 0, 42]),
            Self::WolfSsl => code([48, 45, 45, 42, 42, 0, 42]),
            Self::MbedTls => code([48, 45, 46, 42, 43, 0, 48]),
            Self::Erlang => code([48, 45, 45, 40, 40, 0, 42]),
            _ => None,
        }
    }
}

impl Case<'_> {
    /// Which stack a side speaks like, by its hello, its silence or the alert it chose.
    #[must_use]
    pub fn stack(&self, side: Side) -> Option<Guess> {
        let [client, server] = &self.stacks;
        let memo = if side == Side::Client { client } else { server };
        memo.get_or_init(|| self.guess(side)).clone()
    }

    fn guess(&self, side: Side) -> Option<Guess> {
        let guess = |stack, why| Some(Guess { stack, why });
        if side == Side::Client
            && let Some(hello) = &self.client_hello
            && let Some(stack) = by_hello(&hello.what)
        {
            let closed = matches!(self.session.outcome, Outcome::Closed(Side::Client));
            let silent = self.session.alerts().all(|seen| seen.what.0 == Side::Server)
                && self.session.from_server.retransmissions == 0;
            // OpenVPN drops the alert that its OpenSSL would send.
            let drops = self.session.carrier == Carrier::OpenVpn;
            let silent = silent && !drops;
            if stack == Stack::OpenSsl && closed && silent && self.server_hello.is_some() {
                return guess(Stack::Node, "by its hello and its silence");
            }
            return guess(stack, "by its hello");
        }
        if let Some(likely) = self.likely_alert
            && likely.what == side
            && self.session.events.get(likely.event).is_some_and(|event| event.length == JAVA_ALERT)
        {
            return guess(Stack::Java, "by the size of its alert");
        }
        match self.alert_from(side)? {
            Alert::ACCESS_DENIED if side == Side::Server && !self.client_chain().is_empty() => {
                guess(Stack::GnuTls, "by its alert")
            }
            _ => None,
        }
    }
}

/// The stack whose hello has this shape.
fn by_hello(hello: &ClientHello<'_>) -> Option<Stack> {
    let extensions: Vec<u16> =
        hello.extensions().map(|extension| extension.kind.0).take(MAX_EXTENSIONS).collect();
    let row = |wanted: &[u16]| extensions.windows(wanted.len()).any(|seen| seen == wanted);
    let greased = hello.cipher_suites().any(|suite| suite.is_grease());
    if greased {
        // GREASE, and extensions for application settings that only Chrome's library knows.
        return extensions
            .iter()
            .any(|kind| CHROME_SETTINGS.contains(kind))
            .then_some(Stack::BoringSsl);
    }
    // BoringSSL has the same row, and no limit of its records.
    if row(&[23, 65281, 10]) && extensions.contains(&ExtensionType::RECORD_SIZE_LIMIT.0) {
        return Some(Stack::Nss);
    }
    if let Some((_, stack)) = ROWS.iter().find(|(wanted, _)| row(wanted)) {
        return Some(*stack);
    }
    let certificate_schemes = ExtensionType::SIGNATURE_ALGORITHMS_CERT.0;
    if row(&[43, certificate_schemes]) || row(&[43, 45, certificate_schemes]) {
        return Some(Stack::Java);
    }
    // rustls shuffles its extensions, and gives itself away by its suites.
    let suites: Vec<u16> = hello.cipher_suites().take(MAX_SUITES).map(|suite| suite.0).collect();
    let order = suites.starts_with(&[0x1302, 0x1301, 0x1303])
        || (suites.starts_with(&[0xc02c, 0xc02b]) && suites.last() == Some(&RENEGOTIATION_SCSV));
    let never = [22, 50, 65281];
    let rustls = extensions.contains(&5) && !extensions.iter().any(|kind| never.contains(kind));
    (order && rustls).then_some(Stack::Rustls)
}

/// Extensions that stand in a row, and whose habit that is. Of two that fit, the first is right.
const ROWS: &[(&[u16], Stack)] = &[
    (&[13, 10, 11, 22, 23], Stack::MbedTls),
    (&[51, 43, 13, 11, 10], Stack::WolfSsl),
    (&[13, 11, 10, 22, 16], Stack::WolfSsl),
    (&[43, 10, 51, 5, 13], Stack::BouncyCastle),
    (&[23, 22, 10, 17], Stack::BouncyCastle),
    (&[43, 10, 51, 13], Stack::S2n),
    (&[13, 51, 10, 11, 43], Stack::Erlang),
    (&[22, 23, 13], Stack::OpenSsl),
    (&[22, 23, 49, 13], Stack::OpenSsl),
    (&[11, 10, 35, 22, 23], Stack::OpenSsl),
    (&[11, 10, 16, 22, 23], Stack::OpenSsl),
    (&[11, 10, 22, 23], Stack::OpenSsl),
    (&[10, 11, 13, 65281], Stack::Go),
    (&[11, 65281, 23, 18], Stack::Go),
    (&[5, 10, 13, 50, 43, 51], Stack::Go),
    (&[10, 11, 13, 22], Stack::GnuTls),
    (&[11, 13, 16, 22, 23], Stack::GnuTls),
    (&[13, 50, 43, 45], Stack::Java),
    (&[13, 50, 17, 23], Stack::Java),
];

/// TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746, section 3.3).
const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// Suites of one hello that are looked at: rustls has ten.
const MAX_SUITES: usize = 32;
/// Extensions of one hello that are looked at.
const MAX_EXTENSIONS: usize = 64;
/// Length of JSSE's encrypted alert in TLS 1.3: it pads by 16 bytes.
const JAVA_ALERT: u32 = 35;
/// application_settings, under its two numbers.
const CHROME_SETTINGS: [u16; 2] = [17513, 17613];

//! What a client answers when it is asked for its certificate, also where TLS 1.3 hides it.

use trace::{Message, Session, Side};
use wire::{CipherSuite, ExtensionType, encrypted_alert_length};

use super::chain;
use crate::{Case, Finding};

/// What the client answered to the request for a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// An empty list.
    Empty,
    /// At least one certificate.
    Certificate,
}

/// What the client answered when it was asked for a certificate, and the event that says so. In
/// TLS 1.3 it is read from the size of its first encrypted record.
pub(super) fn answer(case: &Case<'_>) -> Option<(Answer, usize)> {
    let hello = case.server_hello.as_ref()?;
    if let Some(shown) = case.session.certificates(Side::Client) {
        let empty = shown.what.is_empty();
        return Some((if empty { Answer::Empty } else { Answer::Certificate }, shown.event));
    }
    if !hello.what.version().is_tls13() {
        return None;
    }
    let early = case.client_hello.as_ref()?.what.has(ExtensionType::EARLY_DATA);
    let (index, first) = case
        .events(Side::Client)
        .find(|(at, event)| *at > hello.event && matches!(event.message, Message::Encrypted))?;
    let sizes = Sizes::of(hello.what.cipher_suite, case.session)?;
    if early {
        return None;
    }
    match first.length {
        length if sizes.is_empty_certificate(length) => Some((Answer::Empty, index)),
        length if length > sizes.finished + PADDING => Some((Answer::Certificate, index)),
        _ => None,
    }
}

/// Adds to a finding what the client answered to the request for its certificate.
pub(super) fn gives(case: &Case<'_>, finding: Finding) -> Finding {
    let asked = case.session.certificate_request();
    let finding = match (&asked, hidden_request(case)) {
        (Some(request), _) => {
            let count = request.what.authorities().count();
            let whose = match count {
                0 => "of any authority".to_owned(),
                1 => "of 1 authority".to_owned(),
                more => format!("of {more} authorities"),
            };
            finding.at("server asks", request, format!("for a client certificate {whose}"))
        }
        (None, Some((frame, length))) => finding.frame(
            "server asks",
            frame,
            format!("{length}-byte record before its Certificate: CertificateRequest"),
        ),
        _ => finding,
    };
    let Some((answer, index)) = answer(case) else { return finding };
    let Some(event) = case.session.events.get(index) else { return finding };
    let length = event.length;
    let says = match (&event.message, answer) {
        (Message::Encrypted, Answer::Empty) => {
            format!("{length}-byte record: an empty Certificate, by size and place")
        }
        (Message::Encrypted, Answer::Certificate) => {
            format!("{length}-byte record: a Certificate, by size and place")
        }
        (_, Answer::Empty) => "an empty Certificate".to_owned(),
        (_, Answer::Certificate) => return chain::told(case, Side::Client, finding),
    };
    finding.frame("client gives", event.frame, says)
}

/// The record in which a TLS 1.3 server asks for a certificate, by size and place: the second of
/// five that come one by one. Its frame and its length.
fn hidden_request(case: &Case<'_>) -> Option<(u64, u32)> {
    let hello = case.server_hello.as_ref()?;
    let spoken = case
        .events(Side::Client)
        .find(|(at, event)| *at > hello.event && matches!(event.message, Message::Encrypted))
        .map_or(usize::MAX, |(at, _)| at);
    let mut flight = case.events(Side::Server).filter(|(at, event)| {
        *at > hello.event && *at < spoken && matches!(event.message, Message::Encrypted)
    });
    let (_, request) = flight.nth(1)?;
    let (_, certificate) = flight.next()?;
    let rest = flight.count();
    (rest >= 2 && request.length < certificate.length).then_some((request.frame, request.length))
}

/// Lengths of the records that matter in a TLS 1.3 handshake, in bytes.
struct Sizes {
    finished: u32,
    empty_certificate: u32,
    both: u32,
}

impl Sizes {
    fn of(suite: CipherSuite, session: &Session) -> Option<Self> {
        let alert = u32::from(encrypted_alert_length(suite, session.version()?, false)?);
        // An alert is two bytes; what is added to them is added to all.
        let sealed = |plain: u32| alert.saturating_sub(2).saturating_add(plain);
        let hash = if suite.name()?.ends_with("SHA384") { 48 } else { 32 };
        Some(Self {
            finished: sealed(HEADER + hash),
            empty_certificate: sealed(EMPTY_CERTIFICATE),
            both: sealed(EMPTY_CERTIFICATE + HEADER + hash),
        })
    }

    /// Whether this is an empty Certificate: alone, padded as JSSE does, or with the Finished.
    fn is_empty_certificate(&self, length: u32) -> bool {
        length == self.empty_certificate
            || length == self.empty_certificate + PADDING
            || length == self.both
    }
}

/// Bytes in front of a handshake message.
const HEADER: u32 = 4;
/// Bytes of a Certificate message without certificates (RFC 9846, 4.4.2).
const EMPTY_CERTIFICATE: u32 = HEADER + 1 + 3;
/// Bytes of padding that JSSE adds to each record of TLS 1.3.
const PADDING: u32 = 16;

//! What a client answers when it is asked for its certificate, also where TLS 1.3 hides it.

use trace::{Carrier, Message, Seen, Session, Side, Sizes};
use wire::{CertificateMessage, ExtensionType, HandshakeType, ServerHello};

use super::chain;
use crate::{Case, Finding};

/// What the client answered to the request for a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An empty list.
    Empty,
    /// At least one certificate.
    Certificate,
}

/// What the client answered when it was asked for a certificate, and the event that says so.
pub(super) fn answer(case: &Case<'_>) -> Option<(Answer, usize)> {
    let early = case.client_hello.as_ref().is_none_or(|it| it.what.has(ExtensionType::EARLY_DATA));
    let shown = case.session.certificates(Side::Client);
    answered(case.session, case.server_hello.as_ref()?, shown.as_ref(), early)
}

/// The same of any session, of which is known the ServerHello, what the client showed in the clear,
/// and whether it offered early data. In TLS 1.3 it is read from the size of the client's first encrypted record.
pub(crate) fn answered(
    session: &Session,
    hello: &Seen<ServerHello<'_>>,
    shown: Option<&Seen<CertificateMessage<'_>>>,
    early: bool,
) -> Option<(Answer, usize)> {
    if let Some(shown) = shown {
        let empty = shown.what.is_empty();
        return Some((if empty { Answer::Empty } else { Answer::Certificate }, shown.event));
    }
    // QUIC packets hold acknowledgements too: their sizes tell nothing.
    if !hello.what.version().is_tls13() || session.carrier == Carrier::Quic || early {
        return None;
    }
    let sizes = Sizes::of(hello.what.cipher_suite, hello.what.version())?;
    let events = session.events.iter().enumerate().skip(hello.event);
    let (index, first) =
        events.filter(|(_, event)| event.side == Side::Client).find(|(_, event)| {
            matches!(event.message, Message::Encrypted) && !sizes.may_be_ack(event.length)
        })?;
    match first.length {
        length if is_empty_certificate(sizes, length) => Some((Answer::Empty, index)),
        length if length > sizes.finished + Sizes::PADDING => Some((Answer::Certificate, index)),
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

/// The record in which a TLS 1.3 server asks for a certificate, by size and place: its frame and
/// its length.
fn hidden_request(case: &Case<'_>) -> Option<(u64, u32)> {
    let hidden = case.session.hidden_messages();
    let (at, _) = hidden.iter().find(|(_, kind)| *kind == HandshakeType::CERTIFICATE_REQUEST)?;
    case.session.events.get(*at).map(|event| (event.frame, event.length))
}

/// Whether a record is an empty Certificate: alone, padded as JSSE does, or with the Finished.
fn is_empty_certificate(sizes: Sizes, length: u32) -> bool {
    // Both messages in one record share its content type and tag, which an alert has too.
    let both = (sizes.empty_certificate + sizes.finished + 2).saturating_sub(sizes.alert);
    [sizes.empty_certificate, sizes.empty_certificate + Sizes::PADDING, both].contains(&length)
}

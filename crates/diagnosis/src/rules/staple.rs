//! What a server staples: what the authority says of its certificate, passed on by the server.

use trace::{Seen, Side};
use wire::{ExtensionType, HandshakeType, OcspAnswer, OcspResponse, OcspState};

use super::chain;
use crate::Case;

/// The answer that the server staples; of TLS 1.3 it stands in the Certificate message, which a key
/// log opens.
pub(super) fn of<'a>(case: &Case<'a>) -> Option<Seen<OcspResponse<'a>>> {
    let status = HandshakeType::CERTIFICATE_STATUS;
    if let Some(seen) = case.session.handshakes(Side::Server, status).next() {
        return Some(seen.with(OcspResponse::read_status(seen.what).ok()?));
    }
    let shown = case.session.certificates(Side::Server)?;
    let leaf = shown.what.certificates().next()?;
    let stapled = leaf.extensions.find(ExtensionType::STATUS_REQUEST)?;
    Some(shown.with(OcspResponse::read_status(stapled.body).ok()?))
}

/// What it says of the server's certificate.
pub(super) fn answer<'r>(case: &Case<'_>, response: &OcspResponse<'r>) -> Option<OcspAnswer<'r>> {
    let leaf = case.server_leaf()?;
    let mut answers = response.answers.iter();
    answers.find(|answer| ::chain::is_about(answer, leaf, case.server_chain())).copied()
}

/// The answer in a few words, with what is wrong with it.
pub(super) fn told(case: &Case<'_>, response: &OcspResponse<'_>) -> String {
    if let Some(why) = REFUSALS.iter().find(|(status, _)| *status == response.status) {
        return format!("an OCSP response without an answer: {}", why.1);
    }
    let Some(answer) = answer(case, response) else {
        return "an OCSP response about another certificate".to_owned();
    };
    let state = match answer.state {
        OcspState::Good => "good".to_owned(),
        OcspState::Revoked(since) => format!("revoked since {}", chain::date(since)),
        OcspState::Unknown => "unknown to who was asked".to_owned(),
    };
    let now = case.now();
    let age = match answer.next_update {
        Some(end) if end < now => {
            format!("; it ended {}, {} before this", chain::date(end), chain::span(end, now))
        }
        _ if answer.this_update > now => {
            format!("; it begins {} after this", chain::span(now, answer.this_update))
        }
        _ => String::new(),
    };
    format!("an OCSP response: {state}{age}")
}

/// Whether a response is one that clients do not take: none, of another certificate, or not of this
/// moment.
pub(super) fn is_unfit(case: &Case<'_>, response: &OcspResponse<'_>) -> bool {
    answer(case, response).is_none_or(|answer| {
        let now = case.now();
        answer.state == OcspState::Unknown
            || answer.this_update > now
            || answer.next_update.is_some_and(|end| end < now)
    })
}

/// OCSPResponseStatus (RFC 6960, 4.2.1), where it is no answer.
const REFUSALS: [(u8, &str); 5] = [
    (1, "malformedRequest"),
    (2, "internalError"),
    (3, "tryLater"),
    (5, "sigRequired"),
    (6, "unauthorized"),
];

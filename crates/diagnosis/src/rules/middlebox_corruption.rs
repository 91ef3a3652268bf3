//! What was sent is not what arrived.

use alert::Alert;
use trace::{Side, Step};
use wire::KeyExchange;

use super::label::sends;
use super::scanner_noise;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "middlebox-corruption",
    because: "bytes that were changed on the way",
    page: include_str!("middlebox-corruption.md"),
    judge,
};

/// What a side says to a record or a Finished that does not fit what it has.
const CODES: [Alert; 3] = [Alert::BAD_RECORD_MAC, Alert::DECRYPT_ERROR, Alert::DECRYPTION_FAILED];

/// The first protected message proves whether both sides have seen the same handshake. Where it does
/// not, one of them computes wrongly, or something in between changed a byte.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let alert = case.alert.as_ref()?;
    let (side, message) = alert.what;
    let finished = matches!(case.step, Step::ClientFinished | Step::ServerFinished);
    let shared = matches!(
        case.session.cipher_suite()?.key_exchange(),
        Some(KeyExchange::Psk | KeyExchange::DhePsk | KeyExchange::EcdhePsk | KeyExchange::RsaPsk)
    );
    if !finished || shared || !CODES.contains(&message.alert) || scanner_noise::is_series(case) {
        return None;
    }
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(side)).at(
        sends(side),
        alert,
        format!("{} while {}", message.alert, case.step.phrase()),
    );
    let finding = match side {
        Side::Server => {
            finding.fact("Finished", "of the client: it does not decrypt, or does not fit")
        }
        Side::Client => {
            finding.fact("Finished", "of the server: it does not decrypt, or does not fit")
        }
    };
    Some(finding.tell("record at both ends and compare the bytes"))
}

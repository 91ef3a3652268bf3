//! A certificate was refused that TLS 1.3 hides, by an alert that does not say why.

use alert::Alert;
use trace::Side;

use super::answer::{self, Answer};
use super::refusal::{self, Refusal, Voice};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "hidden-certificate-refused",
    because: "a certificate that TLS 1.3 hides from the capture",
    page: include_str!("hidden-certificate-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if let Some(refusal) = refusal::of_server(case) {
        if !refusal.tls13 || case.server_leaf().is_some() || !is_silent_about(&refusal) {
            return None;
        }
        let hello = case.server_hello.as_ref()?;
        let finding = refusal
            .against(&CAUSE, sure(&refusal))
            .at("server sends", hello, "its certificate, encrypted")
            .tell(TELL);
        return Some(refusal.told(case, None, finding));
    }
    let (refusal, answer) = refusal::of_client(case)?;
    if !refusal.tls13 || answer == Answer::Empty || !is_silent_about(&refusal) {
        return None;
    }
    let finding = answer::gives(case, refusal.against(&CAUSE, sure(&refusal))).tell(TELL);
    Some(refusal.told(case, None, finding))
}

/// An alert is a refusal; a side that leaves without a word may have other reasons.
fn sure(refusal: &Refusal) -> Confidence {
    match refusal.voice {
        Voice::Alert(_) | Voice::Hidden(_) => Confidence::Likely,
        _ => Confidence::Possible,
    }
}

/// Whether the refusal leaves open what was wrong.
fn is_silent_about(refusal: &Refusal) -> bool {
    let vague = match refusal.by {
        Side::Client => &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN][..],
        Side::Server => {
            &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::ACCESS_DENIED][..]
        }
    };
    refusal.code().is_none_or(|code| vague.contains(&code))
}

const TELL: &str = "the log of the side that refused names the reason; see the page for more";

//! The server insists on a client certificate and got none.

use alert::Alert;
use trace::Side;

use super::answer::{self, Answer};
use super::refusal::{self, Voice};
use super::{client_cert_not_selected, issuer_list_too_long};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-missing",
    because: "a client certificate that the server asks for and the client does not send",
    page: include_str!("client-cert-missing.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let required = case.alert_from(Side::Server) == Some(Alert::CERTIFICATE_REQUIRED);
    let refused = refusal::of_client(case).filter(|(_, answer)| *answer == Answer::Empty);
    if !required && refused.is_none() {
        return None;
    }
    // Why there is none says more than that there is none.
    let kept_back = client_cert_not_selected::kept_back(case).is_some();
    if kept_back || issuer_list_too_long::is_cut(case) {
        return None;
    }
    // 116 says it in so many words, whatever else was seen.
    if required {
        let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server));
        let finding = answer::gives(case, finding);
        return Some(finding.at("server says", case.alert.as_ref()?, "116 certificate_required"));
    }
    let (refusal, _) = refused?;
    let confidence = match refusal.voice {
        // The empty list was read, and an alert answered it.
        Voice::Alert(_) if !refusal.tls13 => Confidence::Certain,
        _ => Confidence::Likely,
    };
    let finding = answer::gives(case, refusal.against(&CAUSE, confidence))
        .tell("openssl s_client -cert c.pem -key c.key gets in");
    Some(refusal.told(case, Defect::Missing, finding))
}

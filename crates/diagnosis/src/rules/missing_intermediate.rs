//! The server does not send the certificate that signed its own.

use alert::Alert;
use trace::Side;

use super::chain;
use super::chain::{Absent, End};
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "missing-intermediate",
    because: "an intermediate certificate that the server does not send",
    page: include_str!("missing-intermediate.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::UNKNOWN_CA, Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: true,
    plain: false,
    tell: "openssl s_client -showcerts: with the intermediate added it connects",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let Some(leaf) = case.server_leaf() else {
        return refusal.unseen(case, &CAUSE, Defect::Authority, &WORDS);
    };
    let vague = refusal.code() != Some(Alert::UNKNOWN_CA);
    let Some(End::Open(last)) = chain::end(case, Side::Server) else { return None };
    if chain::is_trusted(case, Side::Server) == Some(true) || (vague && chain::is_flawed(case)) {
        return None;
    }
    let below = case.server_chain().get(last).unwrap_or(leaf);
    let broken = case.server_chain().len() > 1;
    let suspected = match chain::absent(below) {
        // Further up the place where the issuer can be fetched leads to a root as well.
        Absent::Named if last > 0 => Confidence::Likely,
        _ if last > 0 => return None,
        _ if broken => Confidence::Likely,
        Absent::Named | Absent::Fetched => Confidence::Likely,
        Absent::Unclear => Confidence::Possible,
        // It is called a root, and may be none.
        Absent::Root if !below.ca_issuers().is_empty() => Confidence::Possible,
        Absent::Root => return None,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let says = format!(
        "{} certificate{}; {}, {}, is not among them",
        case.server_chain().len(),
        if broken { "s" } else { "" },
        chain::issuer(below),
        match last {
            0 => "its issuer".to_owned(),
            _ => format!("the issuer of {}", chain::subject(below)),
        }
    );
    let mut finding =
        refusal.against(&CAUSE, confidence).frame("server sends", case.server_chain_frame, says);
    if let Some(place) = below.ca_issuers().first() {
        finding = finding.frame("issuer at", case.server_chain_frame, chain::cut(place));
    }
    let finding = chain::ordered(case, Side::Server, finding).tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

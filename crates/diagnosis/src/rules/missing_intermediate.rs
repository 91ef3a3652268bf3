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
    if chain::end(case, Side::Server) != Some(End::Open(0)) || (vague && chain::is_flawed(case)) {
        return None;
    }
    let broken = case.server_chain().len() > 1;
    let suspected = match chain::absent(leaf) {
        _ if broken => Confidence::Likely,
        Absent::Intermediate => Confidence::Likely,
        Absent::Unclear => Confidence::Possible,
        Absent::Root => return None,
    };
    let confidence = refusal.because_of(&WORDS)?.max(suspected);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let says = format!(
        "{} certificate{}; {}, its issuer, is not among them",
        case.server_chain().len(),
        if broken { "s" } else { "" },
        chain::issuer(leaf)
    );
    let mut finding =
        refusal.against(&CAUSE, confidence).frame("server sends", case.server_chain_frame, says);
    if let Some(place) = leaf.ca_issuers().first() {
        finding = finding.frame("issuer at", case.server_chain_frame, chain::cut(place));
    }
    let finding = finding.tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

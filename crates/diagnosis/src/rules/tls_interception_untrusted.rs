//! A device in between shows certificates of its own making.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "tls-interception-untrusted",
    because: "an intercepting proxy whose authority the client does not trust",
    page: include_str!("tls-interception-untrusted.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::UNKNOWN_CA],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN],
    usual: false,
    plain: false,
    tell: "from outside this network the same name shows another issuer",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let leaf = case.server_leaf()?;
    let product = interceptor(case)?;
    let confidence = refusal.because_of(&WORDS)?.max(Confidence::Likely);
    let confidence = refusal.weighed(case, Defect::Authority, confidence);
    let age = chain::span(leaf.not_before(), case.session.started);
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("a certificate by {}, {age} old", chain::issuer(leaf)),
        )
        .fact("issuer", format!("its name is that of {product}"))
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// The intercepting product whose name stands in an issuer of the server's chain.
pub(super) fn interceptor(case: &Case<'_>) -> Option<&'static str> {
    case.server_chain().iter().take(8).find_map(|certificate| {
        let issuer = certificate.issuer().text()?.to_lowercase();
        INTERCEPTORS.iter().find(|(mark, _)| issuer.contains(mark)).map(|(_, product)| *product)
    })
}

/// What the issuers of inspecting products are called, in lower case, and the product.
const INTERCEPTORS: [(&str, &str); 18] = [
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("goskope", "Netskope"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("blue coat", "Blue Coat"),
    ("bluecoat", "Blue Coat"),
    ("sophos", "Sophos"),
    ("kaspersky", "Kaspersky"),
    ("eset ssl filter", "ESET"),
    ("avast", "Avast"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("mitmproxy", "mitmproxy"),
    ("fiddlerroot", "Fiddler"),
    ("do_not_trust", "Fiddler"),
    ("charles proxy", "Charles"),
    ("portswigger", "Burp"),
];

//! A device in between shows certificates of its own making.

use alert::Alert;
use trace::Side;
use wire::Certificate;

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
    let finding = refusal
        .against(&CAUSE, confidence)
        .frame(
            "server sends",
            case.server_chain_frame,
            format!("a certificate by {}, {}", chain::issuer(leaf), age(leaf, case)),
        )
        .fact("issuer", format!("its name is that of {product}"))
        .tell(WORDS.tell);
    Some(refusal.told(case, Defect::Authority, finding))
}

/// How old a certificate was, and what that says: devices make them when a connection comes by.
fn age(leaf: &Certificate<'_>, case: &Case<'_>) -> String {
    let (made, seen) = (leaf.not_before(), case.session.started);
    let span = chain::span(made, seen);
    match seen.since(made) {
        ..0 => format!("which begins {span} after this"),
        0..YOUNG => format!("{span} old: made on the way"),
        _ => format!("{span} old"),
    }
}

/// The intercepting product whose name stands in an issuer of the server's chain.
pub(super) fn interceptor(case: &Case<'_>) -> Option<&'static str> {
    match case.judged(Side::Server) {
        Some(known) => *known.interceptor.get_or_init(|| named(case)),
        None => named(case),
    }
}

fn named(case: &Case<'_>) -> Option<&'static str> {
    case.server_chain().iter().take(8).find_map(|certificate| {
        let issuer = certificate.issuer().text()?.to_lowercase();
        INTERCEPTORS.iter().find(|(mark, _)| issuer.contains(mark)).map(|(_, product)| *product)
    })
}

/// Nanoseconds: whoever serves a certificate of his own got it some minutes before, at least.
const YOUNG: i64 = 600 * 1_000_000_000;

/// What the issuers of inspecting products are called, in lower case, and the product. None of these
/// is part of the name of a public authority.
const INTERCEPTORS: [(&str, &str); 57] = [
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("goskope", "Netskope"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("blue coat", "Blue Coat"),
    ("bluecoat", "Blue Coat"),
    ("cloud services ca - symantec", "Symantec Web Security"),
    ("forcepoint", "Forcepoint"),
    ("websense", "Forcepoint"),
    ("check point", "Check Point"),
    ("checkpoint", "Check Point"),
    ("mcafee web gateway", "McAfee Web Gateway"),
    ("skyhigh", "Skyhigh"),
    ("iboss", "iboss"),
    ("cato networks", "Cato Networks"),
    ("menlo security", "Menlo Security"),
    ("cloudflare gateway", "Cloudflare Gateway"),
    ("gateway ca - cloudflare", "Cloudflare Gateway"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("cisco secure access", "Cisco Secure Access"),
    ("opendns", "Cisco Umbrella"),
    ("ironport", "Cisco Web Security"),
    ("barracuda", "Barracuda"),
    ("watchguard", "WatchGuard"),
    ("fireware", "WatchGuard"),
    ("sonicwall", "SonicWall"),
    ("stormshield", "Stormshield"),
    ("smoothwall", "Smoothwall"),
    ("untangle", "Untangle"),
    ("contentkeeper", "ContentKeeper"),
    ("lightspeed systems", "Lightspeed"),
    ("securly", "Securly"),
    ("goguardian", "GoGuardian"),
    ("sophos", "Sophos"),
    ("kaspersky", "Kaspersky"),
    ("eset ssl filter", "ESET"),
    ("avast", "Avast"),
    ("avg web", "AVG"),
    ("bitdefender", "Bitdefender"),
    ("trend micro", "Trend Micro"),
    ("trendmicro", "Trend Micro"),
    ("drweb", "Dr.Web"),
    ("adguard", "AdGuard"),
    ("qustodio", "Qustodio"),
    ("net nanny", "Net Nanny"),
    ("covenant eyes", "Covenant Eyes"),
    ("superfish", "Superfish"),
    ("mitmproxy", "mitmproxy"),
    ("fiddlerroot", "Fiddler"),
    ("do_not_trust", "Fiddler"),
    ("charles proxy", "Charles"),
    ("portswigger", "Burp"),
    ("proxyman", "Proxyman"),
    ("http toolkit", "HTTP Toolkit"),
    ("zed attack proxy", "ZAP"),
];

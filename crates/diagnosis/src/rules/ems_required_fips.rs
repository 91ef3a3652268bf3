//! One side insists on the extended master secret, and the other does not know it.

use alert::Alert;
use trace::Side;
use wire::ExtensionType;

use super::hello::{Refusal, is_wide};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "ems-required-fips",
    because: "a peer without extended master secret, which this side insists on",
    page: include_str!("ems-required-fips.md"),
    judge,
};

/// What was seen in answer: 40 by Java and rustls, 80 by OpenSSL under FIPS rules.
const CODES: [Alert; 4] = [
    Alert::HANDSHAKE_FAILURE,
    Alert::INTERNAL_ERROR,
    Alert::INSUFFICIENT_SECURITY,
    Alert::ILLEGAL_PARAMETER,
];

fn judge(case: &Case<'_>) -> Option<Finding> {
    let hello = case.client_hello.as_ref().filter(|hello| hello.what.cut.is_none())?;
    let ems = ExtensionType::EXTENDED_MASTER_SECRET;
    let offers = hello.what.has(ems);
    if let Some(refusal) = Refusal::of(case) {
        // A client of TLS 1.3 has no need of it.
        let lacks = refusal.is(&CODES) && !offers && !hello.what.offers_tls13();
        if !lacks || !is_wide(&hello.what) || !hello.what.problems().is_empty() {
            return None;
        }
        let alert = case.alert.as_ref()?;
        let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server))
            .at("client offers", hello, "no extended_master_secret")
            .at("server says", alert, alert.what.1.alert.to_string());
        return Some(finding.tell("a client that offers it connects: openssl s_client -tls1_2"));
    }
    let answer = case.server_hello.as_ref()?;
    let version = answer.what.version();
    if !offers
        || version.is_tls13()
        || answer.what.has(ems)
        || !case.refused_with(Side::Client, &CODES)
    {
        return None;
    }
    let alert = case.alert.as_ref()?;
    let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Client))
        .at("client offers", hello, "extended_master_secret")
        .at("server takes", answer, format!("{version} without it"))
        .at("client says", alert, alert.what.1.alert.to_string());
    Some(finding.tell("openssl s_client -tls1_2 | grep 'Extended master secret'"))
}

//! The server's certificate is for other names than the one the client asked for.

use std::net::IpAddr;

use alert::Alert;
use trace::{Endpoint, Side};
use wire::{AlternativeName, Certificate};

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "hostname-mismatch",
    because: "a server certificate for another name",
    page: include_str!("hostname-mismatch.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::HANDSHAKE_FAILURE],
    usual: true,
    plain: true,
    tell: "by a name that the certificate holds it connects",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if let Some(finding) = unlike_the_profile(case) {
        return Some(finding);
    }
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(leaf) => {
            let asks = match dialled(case) {
                Some(address) => {
                    format!("for no name, as one that was given the address {address}")
                }
                // Without a name in it, it is san-missing.
                None if leaf.alternative_names().is_empty() => return None,
                None => format!("for {}", chain::uncovered_name(case)?),
            };
            // Which name the client checks is its own business: the SNI only suggests it.
            let confidence = refusal.because_of(&WORDS)?.max(Confidence::Likely);
            let hello = case.client_hello.as_ref().map_or(0, |hello| hello.frame);
            refusal
                .against(&CAUSE, confidence)
                .frame("client asks", hello, asks)
                .frame(
                    "server sends",
                    case.server_chain_frame,
                    format!("a certificate for {}", names(leaf)),
                )
                .tell(WORDS.tell)
        }
        None => return refusal.unseen(case, &CAUSE, Defect::Name, &WORDS),
    };
    Some(refusal.told(case, Defect::Name, finding))
}

/// The address of the server, where the client asked for no name, as clients do that were given an
/// address, and the certificate is not for that.
pub(super) fn dialled(case: &Case<'_>) -> Option<IpAddr> {
    let (hello, leaf) = (case.client_hello.as_ref()?, case.server_leaf()?);
    let Endpoint::Socket(server) = case.session.server else { return None };
    // Stations are given no address, and who says nothing may have any reason.
    if case.access().is_some() || case.alert_from(Side::Client).is_none() {
        return None;
    }
    let nameless = hello.what.has_server_name_extension() || leaf.alternative_names().is_empty();
    let address = server.ip();
    (!nameless && !leaf.matches_host(&address.to_string())).then_some(address)
}

/// The first names of a certificate, and how many more there are.
fn names(leaf: &Certificate<'_>) -> String {
    let all: Vec<String> = leaf
        .alternative_names()
        .iter()
        .filter_map(|name| match name {
            AlternativeName::Dns(name) => Some((*name).to_owned()),
            AlternativeName::Ip(address) => Some(address.to_string()),
            _ => None,
        })
        .collect();
    let first: Vec<&str> = all.iter().take(3).map(String::as_str).collect();
    match all.len() {
        0 => "no host at all".to_owned(),
        1..=3 => first.join(", "),
        more => format!("{} and {} more", first.join(", "), more - 3),
    }
}

/// A station knows the server's name from its profile alone. wpa_supplicant says 80 where the
/// certificate is trusted and is not the one that its profile names (measured).
fn unlike_the_profile(case: &Case<'_>) -> Option<Finding> {
    case.access()?;
    let leaf = case.server_leaf()?;
    let alert = case.alert.filter(|_| case.refused_with(Side::Client, &[Alert::INTERNAL_ERROR]))?;
    Some(
        Finding::new(&CAUSE, Confidence::Likely, Some(Side::Client))
            .frame(
                "server sends",
                case.server_chain_frame,
                format!("a certificate for {}", names(leaf)),
            )
            .at("client says", &alert, "80 internal_error, as wpa_supplicant does to another name")
            .tell("the names in the station's profile: domain_match, domain_suffix_match"),
    )
}

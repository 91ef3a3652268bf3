//! A certificate that breaks the rules of the client's platform, though its chain is fine.

use alert::Alert;
use wire::{Certificate, Time};

use super::chain;
use super::refusal::{self, Words};
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "platform-cert-policy",
    because: "a certificate that the client's platform does not allow: too long a life, or no \
              purpose named",
    page: include_str!("platform-cert-policy.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::UNSUPPORTED_CERTIFICATE],
    usual: false,
    plain: true,
    tell: "a client of another platform accepts it; openssl x509 -noout -dates -ext extendedKeyUsage -in server.crt shows both",
};

/// Apple's platforms refuse a certificate that was issued since July 2019 and lives longer than 825
/// days or names no purpose, whoever issued it. Others do not mind, so that a client whose hello is
/// of another kind was hardly thinking of it.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let leaf = case.server_leaf()?;
    let says = breach(leaf)?;
    if chain::is_flawed(case) {
        return None;
    }
    let apple = is_apple(case);
    if !apple && case.stack(trace::Side::Client).is_some() {
        return None;
    }
    let usual = if apple { Confidence::Likely } else { Confidence::Possible };
    let confidence = refusal.because_of(&WORDS)?.max(usual);
    let finding = refusal.against(&CAUSE, confidence);
    let finding = finding.frame("server sends", case.server_chain_frame, says);
    let finding = match (&case.client_hello, apple) {
        (Some(hello), true) => finding.at("who", hello, "an Apple platform, by its hello"),
        _ => finding,
    };
    Some(refusal.told(case, None, finding.tell(WORDS.tell)))
}

/// What of a certificate Apple's platforms do not allow.
fn breach(leaf: &Certificate<'_>) -> Option<String> {
    if leaf.not_before() < SINCE {
        return None;
    }
    let days = leaf.not_after().since(leaf.not_before()) / DAY;
    if days > MOST_DAYS {
        return Some(format!("a certificate that is valid for {days} days; 825 are allowed"));
    }
    leaf.extended_key_usage()
        .is_none()
        .then(|| "a certificate without extendedKeyUsage, which must name serverAuth".to_owned())
}

/// Whether the hello is of the kind that Apple's library sends: with GREASE, as browsers do, and with
/// suites of triple DES over elliptic curves, which no other browser has offered for years.
fn is_apple(case: &Case<'_>) -> bool {
    let Some(hello) = &case.client_hello else { return false };
    let offers = |wanted: u16| hello.what.cipher_suites().any(|suite| suite.0 == wanted);
    hello.what.cipher_suites().any(|suite| suite.is_grease()) && offers(0xc008) && offers(0xc012)
}

/// The first of July 2019.
const SINCE: Time = Time(1_561_939_200_000_000_000);
/// The longest life of a certificate of any authority.
const MOST_DAYS: i64 = 825;
/// A day in nanoseconds.
const DAY: i64 = 86_400_000_000_000;

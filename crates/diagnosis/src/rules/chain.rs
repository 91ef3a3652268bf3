//! A chain of certificates as a verifier walks it: from the leaf up, as far as it was sent.

use trace::{Outcome, Side};
use wire::{Certificate, DistinguishedName, PublicKey, Time};

use crate::dialect::Stack;
use crate::{Case, Finding};

/// Where the walk from the leaf ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At the leaf, which vouches for itself.
    Leaf,
    /// At a root that was sent along.
    Root(usize),
    /// At a certificate whose issuer was not sent: its position in the list.
    Open(usize),
}

/// What the name of an issuer that was not sent suggests about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// A root: servers need not send it.
    Root,
    /// An intermediate: servers must send it.
    Intermediate,
    /// It could be either.
    Unclear,
}

/// Walks up the chain of a side from its leaf, whatever the order of the list; `None` where
/// nothing was shown or the walk goes round in circles.
pub(super) fn end(case: &Case<'_>, side: Side) -> Option<End> {
    let [client, server] = &case.ends;
    let memo = if side == Side::Client { client } else { server };
    *memo.get_or_init(|| walk(of(case, side)))
}

fn walk(chain: &[Certificate<'_>]) -> Option<End> {
    let chain = chain.get(..MAX_WALK).unwrap_or(chain);
    let mut at = 0;
    for _ in 0..chain.len() {
        let here = chain.get(at)?;
        let issuer = here.issuer();
        if issuer.matches(&here.subject()) {
            return Some(if at == 0 { End::Leaf } else { End::Root(at) });
        }
        // Nearly always the next one, byte for byte.
        let same = |other: &Certificate<'_>| issuer == other.subject();
        match chain
            .iter()
            .position(same)
            .or_else(|| chain.iter().position(|other| issuer.matches(&other.subject())))
        {
            Some(next) => at = next,
            None => return Some(End::Open(at)),
        }
    }
    None
}

/// What kind of authority is missing above a certificate.
pub(super) fn absent(certificate: &Certificate<'_>) -> Absent {
    let issuer = certificate.issuer().text().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| issuer.contains(word));
    if says(&["root"]) {
        Absent::Root
    } else if says(&["issuing", "intermediate", "subordinate", "sub ca", "subca"])
        || !certificate.ca_issuers().is_empty()
    {
        Absent::Intermediate
    } else {
        Absent::Unclear
    }
}

/// Whether a certificate is outside its dates at a moment.
pub(super) fn is_out_of_date(certificate: &Certificate<'_>, now: Time) -> bool {
    certificate.not_after() < now || certificate.not_before() > now
}

/// The certificates that a side showed.
pub(super) fn of<'c, 'a>(case: &'c Case<'a>, side: Side) -> &'c [Certificate<'a>] {
    match side {
        Side::Server => case.server_chain(),
        Side::Client => case.client_chain(),
    }
}

/// Whether certificates were shown and all of them are in date.
pub(super) fn is_in_date(case: &Case<'_>, chain: &[Certificate<'_>]) -> bool {
    let now = case.session.started;
    !chain.is_empty() && chain.iter().all(|certificate| !is_out_of_date(certificate, now))
}

/// Whether the server's chain has a flaw that explains by itself why a client refused it: a date, a
/// purpose, a name, a digest. A vague alert then needs no guess about what cannot be seen.
pub(super) fn is_flawed(case: &Case<'_>) -> bool {
    *case.flawed.get_or_init(|| {
        let now = case.session.started;
        case.server_chain().iter().take(MAX_WALK).any(|it| {
            is_out_of_date(it, now) || (!it.is_self_issued() && it.signature_algorithm().is_weak())
        }) || case.server_leaf().is_some_and(|leaf| !may_serve(leaf))
            || uncovered_name(case).is_some()
            || (short_key(case).is_some() && !is_lenient(case))
            || (is_nameless(case) && !reads_common_names(case))
    })
}

/// Whether a certificate may be a server's, by its extended key usage.
pub(super) fn may_serve(leaf: &Certificate<'_>) -> bool {
    leaf.extended_key_usage().is_none_or(|usage| usage.server_auth || usage.any)
}

/// Whether a certificate may be a client's, by its extended key usage.
pub(super) fn may_be_client(leaf: &Certificate<'_>) -> bool {
    leaf.extended_key_usage().is_none_or(|usage| usage.client_auth || usage.any)
}

/// The first certificate of the server's chain with an RSA key of less than 2048 bits.
pub(super) fn short_key<'c, 'a>(case: &'c Case<'a>) -> Option<(&'c Certificate<'a>, u32)> {
    case.server_chain().iter().take(MAX_WALK).find_map(|it| match it.public_key() {
        PublicKey::Rsa(bits @ 1..2048) | PublicKey::RsaPss(bits @ 1..2048) => Some((it, bits)),
        _ => None,
    })
}

/// Whether the client speaks like a stack that was seen to accept RSA keys of 1024 bits.
pub(super) fn is_lenient(case: &Case<'_>) -> bool {
    let lenient = [Stack::GnuTls, Stack::Go, Stack::Java];
    case.stack(Side::Client).is_some_and(|guess| lenient.contains(&guess.stack))
}

/// Whether the server's certificate has no subjectAltName.
pub(super) fn is_nameless(case: &Case<'_>) -> bool {
    case.server_leaf().is_some_and(|leaf| leaf.alternative_names().is_empty())
}

/// Whether the client speaks like a stack that takes the common name where there is no
/// subjectAltName.
pub(super) fn reads_common_names(case: &Case<'_>) -> bool {
    let readers = [Stack::OpenSsl, Stack::GnuTls, Stack::Java];
    case.stack(Side::Client).is_some_and(|guess| readers.contains(&guess.stack))
}

/// The name that the client asked for, if the server's certificate does not cover it.
pub(super) fn uncovered_name(case: &Case<'_>) -> Option<String> {
    let leaf = case.server_leaf()?;
    let name = case.server_name()?;
    let by_common_name =
        leaf.alternative_names().is_empty() && leaf.common_name_matches_host(&name);
    (!leaf.matches_host(&name) && !by_common_name).then_some(name)
}

/// A certificate in a few words: its common name, or all of its subject.
pub(super) fn subject(certificate: &Certificate<'_>) -> String {
    short(&certificate.subject())
}

/// Its issuer in a few words.
pub(super) fn issuer(certificate: &Certificate<'_>) -> String {
    short(&certificate.issuer())
}

/// A name in a few words: its common name, or all of it.
pub(crate) fn short(name: &DistinguishedName<'_>) -> String {
    let text = match name.common_name() {
        Some(common_name) => format!("CN={common_name}"),
        None => name.text().filter(|text| !text.is_empty()).unwrap_or("no name".to_owned()),
    };
    cut(&text)
}

/// A text that is not too long for one line of evidence.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A date without its time of day.
pub(super) fn date(time: Time) -> String {
    let (year, month, day) = time.date();
    format!("{year:04}-{month:02}-{day:02}")
}

/// How far two moments are apart, in the largest fitting unit.
pub(super) fn span(from: Time, to: Time) -> String {
    let seconds = to.since(from).unsigned_abs() / 1_000_000_000;
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Adds what the chain of a side holds to a finding.
pub(super) fn told(case: &Case<'_>, side: Side, finding: Finding) -> Finding {
    let (chain, frame, label) = match side {
        Side::Server => (case.server_chain(), case.server_chain_frame, "server sends"),
        Side::Client => (case.client_chain(), case.client_chain_frame, "client gives"),
    };
    let Some(leaf) = chain.first() else { return finding };
    let count = match chain.len() {
        1 => "1 certificate".to_owned(),
        more => format!("{more} certificates"),
    };
    finding.frame(label, frame, format!("{count}, {}; issuer {}", subject(leaf), issuer(leaf)))
}

/// Adds the control group: others who accepted this very certificate, or this server.
pub(super) fn control(case: &Case<'_>, finding: Finding) -> Finding {
    // A handshake that was completed belongs to the control group itself.
    if case.session.outcome == Outcome::Established {
        return finding;
    }
    let Some(server) = case.server() else { return finding };
    let Some(leaf) = case.server_leaf() else {
        return match server.established {
            0 => finding,
            1 => finding.fact("control", "1 other connection to this server went well"),
            count => finding
                .fact("control", format!("{count} other connections to this server went well")),
        };
    };
    let serial = leaf.serial();
    match server.serials.iter().find(|(known, _)| *known == serial) {
        Some((_, frame)) => finding.frame(
            "control",
            *frame,
            "this very certificate was accepted in another connection",
        ),
        None => finding,
    }
}

/// Certificates of one chain that are looked at.
const MAX_WALK: usize = 16;
/// Characters of a name that are shown.
const MAX_TEXT: usize = 60;

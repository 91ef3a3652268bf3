//! A chain of certificates as a verifier walks it: from the leaf up, as far as it was sent.

use ::chain::{Flaw, Judgement, Place, Weight};
use trace::{Outcome, Side};
use wire::{Certificate, DistinguishedName, PublicKey, Time};

use crate::dialect::Stack;
use crate::{Case, Finding};

/// Where the walk from the leaf ends, among what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At the leaf, which vouches for itself.
    Leaf,
    /// At a root that was sent along.
    Root(usize),
    /// At a certificate whose issuer was not sent: its position in the list.
    Open(usize),
}

/// What is known of an issuer that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// Its name is that of a root: servers need not send it.
    Root,
    /// Its name is that of an intermediate: servers must send it.
    Named,
    /// The certificate says where it can be fetched: of a leaf that is nearly always an
    /// intermediate.
    Fetched,
    /// It could be either.
    Unclear,
}

/// Where the walk up the chain of a side ends, whatever the order of the list; `None` where nothing
/// was shown.
pub(super) fn end(case: &Case<'_>, side: Side) -> Option<End> {
    match case.judgement(side)?.top {
        ::chain::End::Leaf => Some(End::Leaf),
        ::chain::End::Root(at) => Some(End::Root(at)),
        ::chain::End::Open(at) => Some(End::Open(at)),
        ::chain::End::Anchor(_) => None,
    }
}

/// Whether the chain of a side ends at what is trusted; `None` where nobody said what is.
pub(super) fn is_trusted(case: &Case<'_>, side: Side) -> Option<bool> {
    let judgement = case.judgement(side)?;
    case.knows_trust().then_some(matches!(judgement.end, ::chain::End::Anchor(_)))
}

/// The first flaw of a side's chain that `wanted` accepts, with the certificate that has it.
pub(super) fn flaw<'c, 'a>(
    case: &'c Case<'a>,
    side: Side,
    wanted: impl Fn(&Flaw) -> bool,
) -> Option<(&'c Certificate<'a>, &'c Flaw)> {
    let found = case.judgement(side)?.find(wanted)?;
    Some((sent(case, side, found.at)?, &found.flaw))
}

/// The certificate at a place, if it was sent.
pub(super) fn sent<'c, 'a>(
    case: &'c Case<'a>,
    side: Side,
    place: Place,
) -> Option<&'c Certificate<'a>> {
    match place {
        Place::Sent(at) => of(case, side).get(at),
        Place::Trusted(_) => None,
    }
}

/// Whether nothing is wrong with a chain that every verifier would refuse, but what `except`
/// accepts.
pub(super) fn is_fine_but(judgement: &Judgement, except: impl Fn(&Flaw) -> bool) -> bool {
    judgement.of_weight(Weight::Every).all(|objection| except(&objection.flaw))
}

/// Says that a list is out of order, if it is: some clients do not look for the next certificate.
pub(super) fn ordered(case: &Case<'_>, side: Side, finding: Finding) -> Finding {
    let Some((stray, _)) = flaw(case, side, |flaw| *flaw == Flaw::OutOfOrder) else {
        return finding;
    };
    let frame = match side {
        Side::Server => case.server_chain_frame,
        Side::Client => case.client_chain_frame,
    };
    finding.frame("its order", frame, format!("{} comes too early in the list", subject(stray)))
}

/// What kind of authority is missing above a certificate. A name is a hint and proves nothing: "Root
/// Issuing CA 2" is no root. Small authorities issue from a root that is called one, and say where it
/// can be fetched as others do of an intermediate.
pub(super) fn absent(certificate: &Certificate<'_>) -> Absent {
    let issuer = certificate.issuer().text().unwrap_or_default();
    match hint(&issuer) {
        Some(hint) => hint,
        None if certificate.ca_issuers().is_empty() => Absent::Unclear,
        None => Absent::Fetched,
    }
}

/// What the words of an authority's name say of it: "ContosoRootCA" has three, "Grassroots CA" none
/// that speaks of a root.
fn hint(name: &str) -> Option<Absent> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphabetic() && !begins) {
            word.extend(letter.to_lowercase());
        } else {
            words.push(letter.to_lowercase().filter(|letter| letter.is_alphabetic()).collect());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    let says = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let sub = words.windows(2).any(|pair| pair == ["sub", "ca"]);
    if sub || says(&["issuing", "intermediate", "subordinate", "subca"]) {
        Some(Absent::Named)
    } else if says(&["root", "rootca"]) {
        Some(Absent::Root)
    } else {
        None
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
    let now = case.now();
    !chain.is_empty() && chain.iter().all(|certificate| !is_out_of_date(certificate, now))
}

/// Whether the server's chain has a flaw that explains by itself why a client refused it: one for
/// which every verifier must, or a digest, a key, a missing name. A vague alert then needs no guess
/// about what cannot be seen. A critical extension is none: what is unknown here others may know.
pub(super) fn is_flawed(case: &Case<'_>) -> bool {
    let Some(judgement) = case.judgement(Side::Server) else { return false };
    !is_fine_but(judgement, |flaw| matches!(flaw, Flaw::UnknownCritical(_)))
        || judgement.find(|flaw| matches!(flaw, Flaw::WeakHash(_))).is_some()
        || (short_key(case).is_some() && !is_lenient(case))
        || (is_nameless(case) && !reads_common_names(case))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of a name count, not letters within them, and an issuing authority is no root.
    #[test]
    fn names_hint_by_their_words() {
        let roots = ["CN=Contoso Root CA 2", "CN=CONTOSO-ROOT-CA", "CN=ContosoRootCA", "CN=Root2"];
        assert!(roots.iter().all(|name| hint(name) == Some(Absent::Root)));
        let named = [
            "CN=Contoso Root Issuing CA 2",
            "CN=Grassroots Issuing CA 2",
            "CN=Sub CA 1, O=Root",
            "CN=contosoSubCA",
        ];
        assert!(named.iter().all(|name| hint(name) == Some(Absent::Named)));
        let unclear = ["CN=Grassroots CA", "CN=Rooted Ltd", "CN=Subway CA", "CN=R3", ""];
        assert!(unclear.iter().all(|name| hint(name).is_none()));
    }
}

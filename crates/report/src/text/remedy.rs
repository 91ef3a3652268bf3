//! What to do: on each side the remedy for any stack, and the one that fits what is known of it.

use diagnosis::{Finding, Fix};
use trace::Side;

use super::labelled;
use crate::paint::{Page, Tone};

/// What is known of the two sides, for the choice of a remedy.
pub(super) struct Who {
    /// TLS is spoken for network access: the client is a station there, and has its own remedies.
    pub(super) access: bool,
    /// The names under which pages list remedies for the client, the surest first. A program that
    /// is only one of many on its library is not among them: its line would mislead all others.
    pub(super) client: Vec<&'static str>,
    /// The same for the server.
    pub(super) server: Vec<&'static str>,
    /// The side that refused, where it is known: some remedies depend on it.
    pub(super) refused_by: Option<Side>,
}

/// What to do, on each side: the remedy for any stack, and below it the one for the stack that was
/// asked for or is seen. The page of the cause has all of them.
pub(super) fn remedies(page: &mut Page<'_>, best: &Finding, who: &Who) {
    some(page, best, who, usize::MAX);
}

/// The same on the side that the page names first.
pub(super) fn remedy(page: &mut Page<'_>, best: &Finding, who: &Who) {
    some(page, best, who, 1);
}

fn some(page: &mut Page<'_>, best: &Finding, who: &Who, most: usize) {
    let all: Vec<Fix> =
        best.cause.fixes().filter(|fix| who.access || fix.stack != ACCESS).collect();
    let wanted = page.look().stack.clone();
    if let Some(stack) = wanted.as_deref().filter(|it| !all.iter().any(|fix| fix.stack == *it)) {
        labelled(page, &format!("for {stack}"), Tone::Warn, NONE, "");
    }
    let all = of_it(&all, who.refused_by);
    let mut sides: Vec<Side> = Vec::new();
    for fix in &all {
        if !sides.contains(&fix.side) {
            sides.push(fix.side);
        }
    }
    for side in sides.into_iter().take(most) {
        let here: Vec<Fix> = all.iter().filter(|fix| fix.side == side).copied().collect();
        for fix in chosen(&here, side, who, wanted.as_deref()) {
            // A question that is answered is not asked.
            let text = match who.refused_by {
                Some(side) => fix.text.strip_prefix(&question(side)).unwrap_or(fix.text),
                None => fix.text,
            };
            let text = match fix.stack {
                ANY => text.to_owned(),
                stack => format!("{stack}: {text}"),
            };
            let side = match side {
                Side::Client if who.access => "station",
                side => side.name(),
            };
            labelled(page, &format!("fix {side}"), Tone::Good, &text, "");
        }
    }
}

/// The remedies that are for this failure: a side whose first one is for the other's refusal has
/// nothing to do, and who has nothing to do is named where nobody else has either.
fn of_it(all: &[Fix], refused_by: Option<Side>) -> Vec<Fix> {
    let concerns = |fix: &Fix| refused_by.is_none_or(|side| asks(fix).is_none_or(|it| it == side));
    let leads = |side| all.iter().find(|fix| fix.side == side && fix.stack == ANY);
    let only_idle = all.iter().all(Fix::is_idle);
    let is_of_it = |fix: &&Fix| {
        concerns(fix) && leads(fix.side).is_none_or(concerns) && (only_idle || !fix.is_idle())
    };
    all.iter().filter(is_of_it).copied().collect()
}

/// The remedies of one side that are shown: the one for any stack, and the first of the stack that
/// was asked for or is seen. One for a stack that nobody saw or asked for is on the page only.
fn chosen(here: &[Fix], side: Side, who: &Who, wanted: Option<&str>) -> Vec<Fix> {
    let of = |stack: &str| here.iter().find(|fix| fix.stack == stack).copied();
    let any = of(ANY);
    let asked = wanted.and_then(of);
    let seen = if side == Side::Client { &who.client } else { &who.server };
    let of_access = || who.access.then(|| of(ACCESS)).flatten();
    let own = || of_access().or_else(|| seen.iter().filter(|it| **it != ANY).find_map(|it| of(it)));
    // What is long is worth its lines where it was asked for, or is all there is.
    let is_worth = |fix: &Fix| any.is_none() || fix.text.chars().count() <= MOST_OWN;
    let own = asked.or_else(|| own().filter(is_worth));
    // The form of a known protocol is that of the remedy for any stack, told exactly.
    let any = any.filter(|_| own.is_none_or(|fix| !PROTOCOLS.contains(&fix.stack)));
    any.into_iter().chain(own).collect()
}

/// The side whose refusal a remedy is for, where its text begins with that question.
fn asks(fix: &Fix) -> Option<Side> {
    [Side::Client, Side::Server].into_iter().find(|side| fix.text.starts_with(&question(*side)))
}

/// The question who refused, as pages ask it.
fn question(side: Side) -> String {
    format!("if the {} refused: ", side.name())
}

/// Protocols that have remedies of their own: how TLS begins in them.
const PROTOCOLS: &[&str] = &["smtp", "imap", "pop3", "ftp", "ldap", "xmpp"];

/// What is said where a cause has no remedy for the software that was asked for.
const NONE: &str = "no remedy of its own for this cause; what fits otherwise:";
/// The remedy of every stack.
const ANY: &str = "any";
/// The remedy where TLS is spoken for network access, which is set up elsewhere than the rest.
const ACCESS: &str = "802.1x";
/// Characters of the remedy for a stack that is seen, if it is shown beside that for any stack: two
/// to three lines of a screen, so that a finding stays short.
const MOST_OWN: usize = 180;

#[cfg(test)]
mod tests {
    use super::*;

    fn fixes(slug: &str) -> Vec<Fix> {
        let cause = diagnosis::CAUSES.iter().find(|cause| cause.slug == slug);
        cause.map_or_else(Vec::new, |cause| cause.fixes().collect())
    }

    fn who(client: &[&'static str], server: &[&'static str]) -> Who {
        Who { access: false, client: client.to_vec(), server: server.to_vec(), refused_by: None }
    }

    fn stacks(slug: &str, side: Side, who: &Who, wanted: Option<&str>) -> Vec<&'static str> {
        let here: Vec<Fix> = fixes(slug).into_iter().filter(|fix| fix.side == side).collect();
        chosen(&here, side, who, wanted).iter().map(|fix| fix.stack).collect()
    }

    /// The remedy for any stack comes first, that of a stack only where it is seen or asked for.
    #[test]
    fn a_stack_nobody_saw_brings_no_remedy() {
        let mutual = who(&["openssl"], &["haproxy"]);
        assert_eq!(stacks("client-cert-wrong-eku", Side::Server, &mutual, None), [ANY]);
        let asked = stacks("client-cert-wrong-eku", Side::Server, &mutual, Some("openvpn"));
        assert_eq!(asked, [ANY, "openvpn"]);
        let java = who(&["java"], &[]);
        assert_eq!(stacks("revocation-unreachable", Side::Client, &java, None), [ANY, "java"]);
    }

    /// Of a protocol that is known only its own form is shown.
    #[test]
    fn a_protocol_has_its_own_form() {
        let mail = who(&["imap", "openssl"], &["imap"]);
        assert_eq!(stacks("wrong-starttls-mode", Side::Client, &mail, None), ["imap"]);
    }

    /// Where it is known who refused, the other side's case is left out.
    #[test]
    fn who_refused_is_not_asked_again() {
        let all = fixes("crl-expired");
        let sides: Vec<Side> = of_it(&all, Some(Side::Client)).iter().map(|fix| fix.side).collect();
        assert!(!sides.is_empty() && sides.iter().all(|side| *side == Side::Client));
        assert_eq!(of_it(&all, None).len(), all.len());
    }

    /// Remedies stand alone: they are shown without their neighbours.
    #[test]
    fn a_remedy_stands_alone() {
        for cause in diagnosis::CAUSES {
            for fix in cause.fixes() {
                let leans = ["or ", "the same", "and ", "also "].iter();
                let leans = leans.filter(|begin| fix.text.starts_with(**begin)).count();
                assert_eq!(leans, 0, "{}: {}", cause.slug, fix.text);
            }
        }
    }
}

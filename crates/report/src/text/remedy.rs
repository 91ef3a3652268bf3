//! What to do: on each side the remedy that fits what is known of it.

use diagnosis::{Finding, Fix};
use trace::Side;

use super::labelled;
use crate::paint::{Page, Tone};

/// What is known of the two sides, for the choice of a remedy.
pub(super) struct Who {
    /// TLS is spoken for network access: the client is a station there, and has its own remedies.
    pub(super) access: bool,
    /// The names under which pages list remedies for the client, the best guess first.
    pub(super) client: Vec<&'static str>,
    /// The same for the server.
    pub(super) server: Vec<&'static str>,
}

/// What to do, on each side: the remedy for the stack that was asked for or is seen, else the one
/// for any stack. The page of the cause has all of them.
pub(super) fn remedies(page: &mut Page<'_>, best: &Finding, who: &Who) {
    some(page, best, who, usize::MAX);
}

/// The same on the side that the page names first.
pub(super) fn remedy(page: &mut Page<'_>, best: &Finding, who: &Who) {
    some(page, best, who, 1);
}

fn some(page: &mut Page<'_>, best: &Finding, who: &Who, most: usize) {
    let access = who.access;
    let all: Vec<Fix> = best.cause.fixes().filter(|fix| access || fix.stack != ACCESS).collect();
    let wanted = page.look().stack.clone();
    if let Some(stack) = wanted.as_deref().filter(|it| !all.iter().any(|fix| fix.stack == *it)) {
        labelled(page, &format!("for {stack}"), Tone::Warn, NONE, "");
    }
    let mut sides: Vec<Side> = Vec::new();
    for fix in &all {
        if !sides.contains(&fix.side) {
            sides.push(fix.side);
        }
    }
    for side in sides.into_iter().take(most) {
        let here: Vec<&Fix> = all.iter().filter(|fix| fix.side == side).collect();
        let chosen = {
            let stacked = |stack: &str| here.iter().find(|fix| fix.stack == stack);
            let seen = if side == Side::Client { &who.client } else { &who.server };
            let asked = wanted.as_deref().and_then(stacked);
            // A stack is a good guess, a program that uses it is a weak one.
            let named = || seen.first().copied().and_then(stacked);
            // Whatever the program is, its TLS is that of Windows, and set up there.
            let system = || seen.contains(&WINDOWS).then(|| stacked(WINDOWS)).flatten();
            let related = || seen.iter().copied().find_map(stacked);
            let of_access = || access.then(|| stacked(ACCESS)).flatten();
            let best = asked.or_else(of_access).or_else(named).or_else(system);
            let best = best.or_else(|| stacked(ANY)).or_else(related);
            best.or(here.first()).copied()
        };
        if let Some(fix) = chosen {
            let text = match fix.stack {
                ANY => fix.text.to_owned(),
                stack => format!("{stack}: {}", fix.text),
            };
            let side = match side {
                Side::Client if access => "station",
                side => side.name(),
            };
            labelled(page, &format!("fix {side}"), Tone::Good, &text, "");
        }
    }
}

/// What is said where a cause has no remedy for the software that was asked for.
const NONE: &str = "no remedy of its own for this cause; what fits otherwise:";
/// The remedy for what leaves its TLS to Windows.
const WINDOWS: &str = "windows";
/// The remedy of every stack.
const ANY: &str = "any";
/// The remedy where TLS is spoken for network access, which is set up elsewhere than the rest.
const ACCESS: &str = "802.1x";

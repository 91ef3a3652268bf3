//! One failure in a capture, and one line of a log without a time: people give both together because
//! they mean the same.

use std::sync::Arc;

use alert::{Alert, Side};

use super::testimony::{Account, Ending, Sender, Testimony, Witness};
use super::{Found, Means, Party, Sight};
use crate::Confidence;

/// The failure that all captures together show, for each log that tells one and no more, without a
/// time. None where the log names an alert, a side, an address or a name that the capture
/// contradicts, or where two logs contradict each other.
pub(super) fn found(testimonies: &[&Testimony]) -> Vec<(usize, Found)> {
    let of = |kind: Witness| {
        testimonies.iter().enumerate().filter(move |(_, it)| it.witness == kind && it.left_out == 0)
    };
    let mut shown = of(Witness::Capture)
        .flat_map(|(input, it)| it.accounts.iter().map(move |account| (input, account)));
    let Some((capture, first)) = shown.next() else { return Vec::new() };
    // The alerts of one conversation are one failure.
    let one = |(input, other): (usize, &Account)| {
        input == capture && other.party == first.party && other.client_port == first.client_port
    };
    if !shown.all(one) {
        return Vec::new();
    }
    let Some(testimony) = testimonies.get(capture) else { return Vec::new() };
    let Some(party) = testimony.parties.get(first.party) else { return Vec::new() };
    let alone = |told: &Testimony| match told.accounts.as_slice() {
        [account] if account.time.is_none() => Some(*account),
        _ => None,
    };
    let logs: Vec<(usize, Account, Account)> = of(Witness::Log)
        .filter_map(|(input, log)| {
            let account = alone(log)?;
            let named = log.parties.get(account.party)?;
            (agree(party, named) && ports_agree(first, &account)).then_some(())?;
            let same = testimony.accounts.iter().find(|shown| fits(shown, &account))?;
            Some((input, account, *same))
        })
        .collect();
    // Where two logs name different alerts, one of them is about something else.
    let mut codes = logs.iter().filter_map(|(_, account, _)| account.ending.code());
    let code = codes.next();
    if codes.any(|other| Some(other) != code) {
        return Vec::new();
    }
    let found = |same: Account| Found {
        input: capture,
        party: Arc::clone(party),
        means: Means::Single,
        sight: match same.ending {
            Ending::Sealed(_) => Sight::Sealed,
            _ => Sight::Alert,
        },
        confidence: Confidence::Likely,
        place: Some(same.place),
        group: same.group,
        verdict: same.verdict,
    };
    logs.into_iter().map(|(input, _, same)| (input, found(same))).collect()
}

/// Whether what the line names of the two ends is what the capture shows.
fn agree(shown: &Party, named: &Party) -> bool {
    fn same<T: PartialEq>(shown: &Option<T>, named: &Option<T>) -> bool {
        shown.is_none() || named.is_none() || shown == named
    }
    same(&shown.client, &named.client)
        && same(&shown.server, &named.server)
        && same(&shown.port, &named.port)
        && same(&shown.name, &named.name)
}

fn ports_agree(shown: &Account, named: &Account) -> bool {
    named.client_port.is_none_or(|port| shown.client_port.is_none_or(|shown| shown == port))
}

/// Whether a line may tell of this ending: the same alert where both name one, the same side that
/// sent it and that refused, as far as either tells.
fn fits(shown: &Account, told: &Account) -> bool {
    let refuser = |account: &Account| account.verdict.and_then(|verdict| verdict.refused_by);
    let sender = told.ending.sender(told.role);
    let sides = [shown.ending.sender(None), refuser(shown)];
    let told_sides = [sender, refuser(told)];
    let apart = |(shown, told): (&Option<Side>, &Option<Side>)| {
        shown.is_some() && told.is_some() && shown != told
    };
    let codes =
        shown.ending.code().is_none_or(|code| told.ending.code().is_none_or(|it| it == code));
    codes && !sides.iter().zip(&told_sides).any(apart)
}

impl Ending {
    /// The code of its alert, where it can be read.
    fn code(self) -> Option<Alert> {
        match self {
            Self::Alert(alert, _) => Some(alert),
            _ => None,
        }
    }

    /// The side that ended it; `role` is that of the machine that tells it.
    fn sender(self, role: Option<Side>) -> Option<Side> {
        match self {
            Self::Alert(_, Sender::Side(side)) | Self::Sealed(side) | Self::Cut(side) => Some(side),
            Self::Alert(_, Sender::Me) => role,
            Self::Alert(_, Sender::Other) => role.map(Side::other),
            Self::Alert(_, Sender::Unknown) | Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use alert::Alert;
    use logs::Sighting;

    use super::*;
    use crate::rules::story::{Hello, Story};
    use crate::{Docket, sighted};

    /// A capture with one failure.
    fn capture(story: Story) -> Testimony {
        let mut docket = Docket::default();
        docket.add(story.session().into());
        docket.finish();
        let mut testimony = Testimony::new(Witness::Capture);
        testimony.judged(&docket.judged().unwrap());
        testimony
    }

    /// A log with one failure.
    fn log(line: &str) -> Testimony {
        let mut testimony = Testimony::new(Witness::Log);
        for sighting in Sighting::all(line.as_bytes()) {
            testimony.sighted(&sighting, &sighted(&sighting));
        }
        assert_eq!(testimony.accounts.len(), 1, "{line}");
        testimony
    }

    /// The failure of the capture and a line are one where nothing speaks against it: not another
    /// alert, another address, another side, nor another log.
    #[test]
    fn what_contradicts_is_another_failure() {
        let hello = || Story::new().client_hello(&Hello::tls12());
        let refused = capture(hello().alert(Side::Server, Alert::HANDSHAKE_FAILURE));
        let reset = capture(hello().resets(Side::Server));
        let joined = |capture: &Testimony, lines: &[&str]| {
            let logs: Vec<Testimony> = lines.iter().map(|line| log(line)).collect();
            let all: Vec<&Testimony> = std::iter::once(capture).chain(&logs).collect();
            found(&all).len()
        };
        let heard = "curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure";
        let expired = "curl: (60) SSL certificate problem: certificate has expired";
        let elsewhere = "SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared \
                         cipher) while SSL handshaking, client: 10.9.9.9, server: 10.8.8.8:8443";
        assert_eq!(joined(&refused, &[heard]), 1);
        assert_eq!(joined(&refused, &[expired]), 0);
        assert_eq!(joined(&reset, &[expired]), 0);
        assert_eq!(joined(&refused, &[elsewhere]), 0);
        assert_eq!(joined(&refused, &[&elsewhere.replace("10.9.9.9", "10.0.0.5")]), 1);
    }
}

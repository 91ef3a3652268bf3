//! One failure in a capture, and one line of a log without a time: people give both together because
//! they mean the same.

use std::sync::Arc;

use super::testimony::{Account, Ending, Testimony, Witness};
use super::{Found, Means, Sight};
use crate::Confidence;

/// The failure that all captures together show, for each log that tells one and no more, without a
/// time. None where an alert that the log names is another one than those that were captured.
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
    let logs = of(Witness::Log).filter_map(|(input, log)| {
        let account = alone(log)?;
        let same = testimony.accounts.iter().find(|shown| fits(shown.ending, account.ending))?;
        Some((
            input,
            Found {
                input: capture,
                party: Arc::clone(party),
                means: Means::Single,
                sight: if matches!(same.ending, Ending::Sealed(_)) {
                    Sight::Sealed
                } else {
                    Sight::Alert
                },
                confidence: Confidence::Likely,
                place: Some(same.place),
                group: same.group,
                verdict: same.verdict,
            },
        ))
    });
    logs.collect()
}

/// Whether a line may tell of this ending: the same alert where both name one.
fn fits(shown: Ending, told: Ending) -> bool {
    match (shown, told) {
        (Ending::Alert(shown, _), Ending::Alert(told, _)) => shown == told,
        _ => true,
    }
}

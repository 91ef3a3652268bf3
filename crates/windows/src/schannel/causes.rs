//! The causes that the events of one failure point at.

use alert::Side;
use logs::{Certificate, Event, Sighting, Spelled, Sure, Suspect};

/// The causes, the surest first: what the events, the state and the error say in `logs`' tables, and
/// what only all of them together say.
pub(super) fn of(sighting: &Sighting) -> Vec<Suspect> {
    let Some(event) = &sighting.event else { return Vec::new() };
    let mut suspects: Vec<Suspect> = told_by_dates(event, sighting).into_iter().collect();
    let state = event.state.and_then(logs::schannel_state);
    let error = event.error.and_then(|error| logs::spelled(&format!("0x{error:08X}")));
    let events = event.ids.iter().filter_map(|id| logs::schannel_event(*id));
    let all = state.into_iter().chain(error).chain(events);
    for suspect in all.filter_map(|spelled: Spelled| spelled.refusal).flat_map(|why| why.causes) {
        add(&mut suspects, *suspect);
    }
    if suspects.iter().any(|suspect| suspect.sure == Sure::Certain) {
        suspects.retain(|suspect| suspect.sure == Sure::Certain);
    }
    suspects.sort_by_key(|suspect| suspect.sure);
    suspects
}

/// The causes that these events point at by themselves.
pub(crate) fn suspects() -> impl Iterator<Item = &'static str> {
    [EXPIRED, NOT_YET_VALID].into_iter()
}

const EXPIRED: &str = "expired-leaf";
const NOT_YET_VALID: &str = "not-yet-valid";

/// 36881 says that a certificate has expired or is not valid yet; the certificate in it and the time
/// of the event say which.
fn told_by_dates(event: &Event, sighting: &Sighting) -> Option<Suspect> {
    let Some(Certificate { validity: Some((from, until)), .. }) = &event.certificate else {
        return None;
    };
    let now = sighting.time?.nanoseconds.div_euclid(1_000_000_000);
    let judged = event.ids.contains(&36881) && sighting.role == Some(Side::Client);
    let cause = match (now < *from, now > *until) {
        (true, _) => NOT_YET_VALID,
        (_, true) => EXPIRED,
        _ => return None,
    };
    judged.then_some(Suspect { cause, sure: Sure::Certain })
}

/// Adds a cause, or makes one that is there surer.
fn add(suspects: &mut Vec<Suspect>, new: Suspect) {
    match suspects.iter_mut().find(|known| known.cause == new.cause) {
        Some(known) => known.sure = known.sure.min(new.sure),
        None => suspects.push(new),
    }
}

//! The causes that the events of one failure point at.

use alert::{Alert, Side};
use logs::{Certificate, Event, Sighting, Spelled, Sure, Suspect};

use super::{FIRST, LAST};

/// The causes, the surest first: what only the events and their certificate together say, and what
/// state, error and each event say in `logs`' tables.
pub(super) fn of(sighting: &Sighting) -> Vec<Suspect> {
    let Some(event) = sighting.event.as_deref() else { return Vec::new() };
    let mut suspects: Vec<Suspect> = Vec::new();
    let mut add = |new: Suspect| match suspects.iter_mut().find(|old| old.cause == new.cause) {
        Some(known) => known.sure = known.sure.min(new.sure),
        None => suspects.push(new),
    };
    let together = [ciphers, dates, name, issuer, certificate_wanted];
    together.into_iter().filter_map(|read| read(event, sighting)).for_each(&mut add);
    let of_event = event.ids.iter().filter_map(|id| logs::schannel_event(*id));
    let state = event.state.and_then(logs::schannel_state);
    let error = event.error.and_then(|error| logs::spelled(&format!("0x{error:08X}")));
    let causes_of = |spelled: Spelled| spelled.refusal.map_or(&[][..], |refusal| refusal.causes);
    // That there is no account is sure, and the error behind it is why at most.
    let is_unmapped = event.ids.iter().any(|id| NOT_MAPPED.contains(id));
    let weakest = if is_unmapped { Sure::Possible } else { Sure::Certain };
    let of_event = of_event.flat_map(causes_of).copied();
    let of_codes = state.into_iter().chain(error).flat_map(causes_of);
    let of_codes = of_codes.map(|suspect| Suspect { sure: suspect.sure.max(weakest), ..*suspect });
    let causes: Vec<Suspect> = match is_unmapped {
        true => of_event.chain(of_codes).collect(),
        false => of_codes.chain(of_event).collect(),
    };
    let is_of_client = event.ids.iter().any(|id| OF_CLIENT.contains(id));
    let judged = |suspect: Suspect| if is_of_client { suspect.of_client() } else { Some(suspect) };
    let causes = causes.into_iter().filter_map(judged);
    causes.filter_map(|suspect| own(suspect, sighting.role)).for_each(&mut add);
    if suspects.iter().any(|suspect| suspect.sure == Sure::Certain) {
        suspects.retain(|suspect| suspect.sure == Sure::Certain);
    }
    suspects.sort_by_key(|suspect| suspect.sure);
    suspects
}

/// All causes that events of SChannel may point at, some of them more than once.
pub(crate) fn suspects() -> impl Iterator<Item = &'static str> {
    let events = (FIRST..=LAST).filter_map(logs::schannel_event);
    let states = (0..=LAST_STATE).filter_map(logs::schannel_state);
    let refusals = events.chain(states).filter_map(|spelled| spelled.refusal);
    let of_tables = refusals.flat_map(|refusal| refusal.causes).map(|suspect| suspect.cause);
    let here = [
        OLD_CLIENT,
        EXPIRED,
        NOT_YET_VALID,
        ISSUER_EXPIRED,
        WRONG_NAME,
        NO_NAMES,
        SELF_SIGNED,
        NO_CLIENT_CERTIFICATE,
    ];
    here.into_iter().chain(of_tables)
}

/// This machine, as the server, judged a client's certificate, and found no account for it.
const OF_CLIENT: [u32; 3] = [36877, 36878, 36879];
const NOT_MAPPED: [u32; 2] = [36878, 36879];

/// States end here.
const LAST_STATE: u32 = 10_015;

const OLD_CLIENT: &str = "client-max-version-below-server-min";
const EXPIRED: &str = "expired-leaf";
const NOT_YET_VALID: &str = "not-yet-valid";
const ISSUER_EXPIRED: &str = "expired-chain-member";
const WRONG_NAME: &str = "hostname-mismatch";
const NO_NAMES: &str = "san-missing";
const SELF_SIGNED: &str = "self-signed-server";
const NO_CLIENT_CERTIFICATE: &str = "client-cert-not-selected";
const NO_SERVER_CERTIFICATE: &str = "server-has-no-usable-certificate";
const SERVER_FAILED: &str = "server-internal-error";

/// What a table says of servers, seen by a machine that was the client: SChannel has the same events
/// for the credentials of both.
fn own(suspect: Suspect, role: Option<Side>) -> Option<Suspect> {
    match suspect.cause {
        NO_SERVER_CERTIFICATE if role == Some(Side::Client) => {
            Some(Suspect { cause: NO_CLIENT_CERTIFICATE, ..suspect })
        }
        SERVER_FAILED if role == Some(Side::Client) => None,
        _ => Some(suspect),
    }
}

/// 36874 is also written where the version is what the sides do not share: of a version that servers
/// have done away with, no cipher suite is left. The event names the client's highest.
fn ciphers(event: &Event, sighting: &Sighting) -> Option<Suspect> {
    let is_old = event
        .protocol
        .as_deref()
        .is_some_and(|protocol| OUTDATED.iter().any(|old| protocol.eq_ignore_ascii_case(old)));
    let by_alert = sighting.alert == Some(Alert::PROTOCOL_VERSION);
    let told = event.ids.contains(&36874) && (is_old || by_alert);
    told.then_some(Suspect { cause: OLD_CLIENT, sure: Sure::Likely })
}

/// Versions that are disabled where somebody has looked at the settings, as events name them.
const OUTDATED: [&str; 5] = ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "DTLS 1.0"];

/// 36881 says that a certificate has expired or is not valid yet; the certificate in it and the time
/// of the event say which.
fn dates(event: &Event, sighting: &Sighting) -> Option<Suspect> {
    let (from, until) =
        event.certificate.as_ref()?.validity.filter(|_| event.ids.contains(&36881))?;
    let time = sighting.time?;
    let now = time.nanoseconds.div_euclid(1_000_000_000);
    let unsure = if time.zone { 0 } else { WIDEST_ZONE };
    let (cause, sure) = if now.saturating_add(unsure) < from {
        (NOT_YET_VALID, Sure::Likely)
    } else if now.saturating_sub(unsure) > until {
        (EXPIRED, Sure::Certain)
    } else if unsure == 0 {
        (ISSUER_EXPIRED, Sure::Likely)
    } else {
        return None;
    };
    Some(Suspect { cause, sure })
}

/// Seconds by which a clock on the wall may differ from UTC.
const WIDEST_ZONE: i64 = 14 * 3_600;

/// 36884: the certificate and the name that was expected.
fn name(event: &Event, sighting: &Sighting) -> Option<Suspect> {
    let certificate = event.certificate.as_ref().filter(|_| event.ids.contains(&36884))?;
    let wanted = sighting.name.as_deref()?;
    if certificate.names.is_empty() {
        return Some(Suspect { cause: NO_NAMES, sure: Sure::Likely });
    }
    let fits = certificate.names.iter().any(|name| covers(name, wanted));
    (!fits).then_some(Suspect { cause: WRONG_NAME, sure: Sure::Certain })
}

/// Whether a name in a certificate is for this host (RFC 6125, 6.4.3): `*` stands for one label.
fn covers(name: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    name.eq_ignore_ascii_case(host)
        || name
            .strip_prefix("*.")
            .zip(host.split_once('.'))
            .is_some_and(|(domain, (_, rest))| domain.eq_ignore_ascii_case(rest))
}

/// 36882: a certificate that is its own issuer.
fn issuer(event: &Event, _: &Sighting) -> Option<Suspect> {
    let Certificate { subject, issuer, .. } = event.certificate.as_ref()?;
    let own = event.ids.contains(&36882) && !subject.is_empty() && subject == issuer;
    own.then_some(Suspect { cause: SELF_SIGNED, sure: Sure::Likely })
}

/// 36875 and the server's answer that it required the certificate.
fn certificate_wanted(event: &Event, sighting: &Sighting) -> Option<Suspect> {
    let asked = event.ids.contains(&36875);
    let required = sighting.alert == Some(Alert::CERTIFICATE_REQUIRED);
    (asked && required).then_some(Suspect { cause: NO_CLIENT_CERTIFICATE, sure: Sure::Certain })
}

//! What events beside those of SChannel mean to somebody who asks about one by its number.
//!
//! The numbers are small, and each provider counts from the front: only those of the log Security
//! are known without their provider.

use logs::{Sure, Suspect};

use crate::access;

/// An event beside SChannel's, or the reason that one gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// What it tells, in plain words without a full stop.
    pub says: &'static str,
    /// What to do next, without a full stop.
    pub next: &'static str,
    /// What it points at, the surest first; empty where it tells of no failure that follows.
    pub causes: &'static [Suspect],
}

/// An event by the name that people have for its log, in lower case, and its number; "" where no log
/// is named. `security`, `nps`, `sysmon`, `rastls` and `capi2` are known.
#[must_use]
pub fn neighbour(log: &str, id: u32) -> Option<Neighbour> {
    let found = EVENTS.iter().find(|(logs, known, _)| *known == id && logs.contains(&log));
    found.map(|(.., neighbour)| *neighbour)
}

/// What a reason in the events 6273 and 6274 of NPS means (Microsoft's pages "NPS Reason Codes");
/// `None` for one that has nothing to do with TLS or EAP.
#[must_use]
pub fn nps_reason(code: u32) -> Option<Neighbour> {
    let reason = access::reason(code)?;
    Some(Neighbour { says: reason.says, next: reason.remedy, causes: reason.causes })
}

const SECURITY: &[&str] = &["", "security"];
const NPS: &[&str] = &["", "security", "nps"];
const SYSMON: &[&str] = &["sysmon"];
const RASTLS: &[&str] = &["rastls"];
const CAPI2: &[&str] = &["capi2"];

type Row = (&'static [&'static str], u32, Neighbour);

const fn event(
    logs: &'static [&'static str],
    id: u32,
    says: &'static str,
    next: &'static str,
    causes: &'static [Suspect],
) -> Row {
    (logs, id, Neighbour { says, next, causes })
}

const BESIDE: &str = "give tlswhy this log and System together: it finds the connection of each \
                      failure by time and process";
const REASON: &str = "its reason is a number: tlswhy takes both, as in tlswhy 6273 16";
const CHAIN: &str = "give tlswhy the log CAPI2 and System together: it shows the certificate, and \
                     what was found about it, beside the failure";

static EVENTS: &[Row] = &[
    event(
        SECURITY,
        5156,
        "the firewall permitted a connection: with its process, addresses and ports. No failure",
        BESIDE,
        &[],
    ),
    event(
        SECURITY,
        5157,
        "the firewall blocked a connection: with its process, addresses and ports. Nothing of TLS \
         was said on it",
        "allow it in the firewall of this machine, if it is to be",
        &[Suspect { cause: "silent-drop", sure: Sure::Possible }],
    ),
    event(NPS, 6272, "NPS granted access. No failure", BESIDE, &[]),
    event(NPS, 6273, "NPS denied access", REASON, &[]),
    event(NPS, 6274, "NPS discarded a request, and did not answer", REASON, &[]),
    event(SYSMON, 3, "a process had a connection: with its addresses and ports", BESIDE, &[]),
    event(
        RASTLS,
        100,
        "the EAP method succeeded. No failure; where no data passes all the same, the keys for the \
         network may differ",
        "compare the time with the access point's log: it says whether the keys were refused",
        &[Suspect { cause: "eap-mppe-prf-bug", sure: Sure::Possible }],
    ),
    event(
        RASTLS,
        101,
        "the EAP method failed, with a code of Windows beside it",
        "give tlswhy that code: it begins with 0x8",
        &[],
    ),
    event(
        RASTLS,
        102,
        "the EAP method found a certificate revoked",
        "issue a new certificate",
        access::REVOKED_ONE,
    ),
    event(
        RASTLS,
        103,
        "the EAP method found a certificate that has expired",
        "renew it; on a station the server's certificate is meant, on a server the station's",
        access::EXPIRED_ONE,
    ),
    event(
        RASTLS,
        104,
        "the EAP method found a certificate from an authority that is not trusted here",
        "on a station the server's certificate is meant, on a server the station's",
        access::UNTRUSTED_ONE,
    ),
    event(
        RASTLS,
        107,
        "the EAP method names the server's certificate and the authority behind it. No failure by \
         itself",
        "compare its authority with the one that the station's profile trusts",
        &[],
    ),
    event(CAPI2, 11, "Windows built the chain of a certificate", CHAIN, &[]),
    event(CAPI2, 30, "Windows judged a chain for a purpose, as TLS is", CHAIN, &[]),
    event(CAPI2, 41, "Windows asked whether a certificate is revoked", CHAIN, &[]),
    event(CAPI2, 53, "Windows fetched a certificate or a list from the network", CHAIN, &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Small numbers mean nothing without their log, and reasons are those of the table.
    #[test]
    fn numbers_belong_to_their_logs() {
        assert!(neighbour("", 6273).is_some() && neighbour("nps", 6273).is_some());
        assert_eq!(neighbour("", 3), None);
        assert_eq!(neighbour("", 107), None);
        assert!(neighbour("rastls", 107).is_some() && neighbour("sysmon", 3).is_some());
        assert_eq!(neighbour("sysmon", 107), None);
        assert_eq!(nps_reason(22).unwrap().causes[0].cause, "eap-method-refused");
        assert_eq!(nps_reason(9_999), None);
        // Sentences are put together by who shows them.
        for (.., event) in EVENTS {
            assert!(!event.says.ends_with('.') && !event.next.ends_with('.'), "{}", event.says);
        }
    }
}

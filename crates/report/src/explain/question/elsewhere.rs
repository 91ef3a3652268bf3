//! Numbers that other logs than SChannel's have for a failure of TLS: reasons of NPS, events of the
//! firewall, Sysmon, EAP methods and CAPI2, and sub-statuses of IIS.
//!
//! They are as small as the codes of alerts, and are none: a number beside these names is read by
//! their tables or not at all.

use logs::Suspect;

use super::read::number;

/// A number out of another log.
#[derive(Debug)]
pub(super) struct Elsewhere {
    /// As it is written in front of what it says: `reason 22`, `event 6273`, `403.7`.
    pub(super) label: String,
    /// What it says, without a full stop.
    pub(super) says: String,
    /// What to do next; empty where nobody knows.
    pub(super) next: &'static str,
    pub(super) causes: &'static [Suspect],
    /// Which logs tell more.
    pub(super) logs: Logs,
}

/// Where more is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logs {
    /// The log Security, and SChannel's beside it.
    Security,
    /// An operational log, and SChannel's beside it.
    Operational,
    /// The log of IIS.
    Iis,
}

/// Reads the words of a phrase in lower case: what they tell, and the places of the numbers that are
/// not to be read in another way.
pub(super) fn elsewhere(words: &[&str]) -> (Vec<Elsewhere>, Vec<usize>) {
    let mut found: Vec<Elsewhere> = Vec::new();
    let mut taken = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let near = |most: usize, wanted: &[&str]| {
            let before = words.get(..at).unwrap_or_default();
            before.iter().rev().take(most).find(|word| wanted.contains(word)).copied()
        };
        if let Some(sub_status) = word.strip_prefix("403.") {
            if let Some((says, causes)) = logs::iis_refusal(sub_status) {
                let label = (*word).to_owned();
                let says = format!("IIS {says}");
                found.push(Elsewhere { label, says, next: "", causes, logs: Logs::Iis });
            }
            continue;
        }
        let Some(value) = number(word) else { continue };
        let log = near(3, LOGS).unwrap_or("");
        if let Some(event) = windows::neighbour(log, value).filter(|_| is_event(value, log)) {
            let name =
                NAMES.iter().find(|(name, _)| *name == log).map_or("event", |(_, name)| name);
            let logs = if SMALL.contains(&log) { Logs::Operational } else { Logs::Security };
            let (label, says) = (format!("{name} {value}"), event.says.to_owned());
            found.push(Elsewhere { label, says, next: event.next, causes: event.causes, logs });
            taken.push(at);
        } else if near(4, REASONS).is_some() && near(3, &["alert", "state"]).is_none() {
            // A reason that is not in the table is one all the same.
            let reason = windows::nps_reason(value);
            let says = reason.map_or("it has nothing to do with TLS or EAP", |it| it.says);
            if value < SCHANNEL && (reason.is_some() || near(4, OF_NPS).is_some()) {
                // The event with its reason is the whole.
                if let Some(event) = found.last_mut().filter(|it| it.logs == Logs::Security) {
                    event.next = "";
                }
                found.push(Elsewhere {
                    label: format!("reason {value}"),
                    says: format!("NPS: {says}"),
                    next: reason.map_or("", |it| it.next),
                    causes: reason.map_or(&[], |it| it.causes),
                    logs: Logs::Security,
                });
            }
            taken.push(at);
        } else if SMALL.contains(&log) && near(2, SMALL).is_some() {
            taken.push(at);
        }
    }
    found.truncate(MOST);
    (found, taken)
}

/// Whether a number is an event of such a log: without the log's name only those of four digits are.
fn is_event(value: u32, log: &str) -> bool {
    !log.is_empty() || value > 1_000
}

/// Names of logs and of those who write them, in the words of people.
const LOGS: &[&str] = &["security", "nps", "sysmon", "rastls", "capi2"];
/// Logs whose numbers are as small as those of alerts.
const SMALL: &[&str] = &["sysmon", "rastls", "capi2"];
/// Their names, as events are shown.
const NAMES: &[(&str, &str)] = &[("sysmon", "Sysmon"), ("rastls", "RasTls"), ("capi2", "CAPI2")];
/// What stands in front of a reason of NPS.
const REASONS: &[&str] = &["reason", "nps", "6272", "6273", "6274"];
/// What says that a reason is one of NPS, whatever its number.
const OF_NPS: &[&str] = &["nps", "6272", "6273", "6274"];
/// Events of SChannel begin here, and no reason is as large.
const SCHANNEL: u32 = 36_864;
/// So many are answered: more are no question.
const MOST: usize = 4;

/// Whether a word by itself is one of these: `6273`, `403.7`.
pub(super) fn is_elsewhere(word: &str) -> bool {
    let is_event = || number(word).is_some_and(|id| windows::neighbour("", id).is_some());
    let of_iis = || logs::iis_refusal(word.strip_prefix("403.")?);
    is_event() || of_iis().is_some()
}

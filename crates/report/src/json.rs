//! NDJSON, schema `tlswhy/1`: inputs, failures, groups, a summary.
//!
//! The types here are the schema and nothing else uses them: the inside of the program may change
//! while these names may only be added to. Text from the wire keeps every character; those that a
//! terminal obeys or that cannot be seen go out as JSON escapes.

use std::cmp::Reverse;

use diagnosis::{Finding, Fix};
use serde::Serialize;
use trace::Transport;
use wire::Unread;

use crate::failure::{Failure, UNKNOWN};
use crate::group::Group;
use crate::intake::{Input, Sent};
use crate::paint::is_hidden;
use crate::{Report, sentence};

/// The report as JSON, one object per line without the line's end: inputs, failures (if kept),
/// groups, and last a summary.
pub fn json_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let inputs = report.inputs.iter().map(|input| line(&InputLine::of(input)));
    let failures = report.inputs.iter().flat_map(move |input| {
        input.failures.iter().map(move |failure| line(&FailureLine::of(report, input, failure)))
    });
    let groups = (1..).zip(&report.groups).map(|(n, group)| line(&GroupLine::of(report, n, group)));
    let summary = std::iter::once_with(|| line(&SummaryLine::of(report)));
    inputs.chain(failures).chain(groups).chain(summary)
}

/// Every alert that can be read, one JSON object per line without the line's end; needs
/// [`crate::Options::alerts`].
pub fn alert_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let several = report.inputs.len() > 1;
    report.inputs.iter().flat_map(move |input| {
        let path = several.then_some(input.name.as_str());
        input.alerts.iter().map(move |sent| line(&SentLine::of(path, sent)))
    })
}

const SCHEMA: &str = "tlswhy/1";

/// One line. The types here hold nothing that JSON cannot express.
fn line(object: &impl Serialize) -> String {
    let plain = serde_json::to_string(object).unwrap_or_default();
    if plain.contains(is_hidden) { escaped(&plain) } else { plain }
}

/// JSON in which hidden characters are escaped; none of them has a meaning outside of strings. JSON
/// itself asks for that below 0x20 only, but people look at it in terminals.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    for letter in json.chars() {
        if is_hidden(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out
}

#[derive(Serialize)]
struct InputLine<'a> {
    schema: &'static str,
    kind: &'static str,
    path: &'a str,
    r#type: &'static str,
    packed: Vec<&'static str>,
    bytes: u64,
    packets: u64,
    first: Option<String>,
    last: Option<String>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<KeysPart>,
    problems: Vec<ProblemPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutPart>,
}

#[derive(Serialize)]
struct LeftOutPart {
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    packets: u64,
}

/// What secrets opened; only where there were any.
#[derive(Serialize)]
struct KeysPart {
    sessions: u64,
    known: u64,
    opened: u64,
}

#[derive(Serialize)]
struct ProblemPart<'a> {
    offset: u64,
    says: &'a str,
}

#[derive(Serialize)]
struct FailureLine<'a> {
    schema: &'static str,
    kind: &'static str,
    id: String,
    group: Option<String>,
    time: String,
    input: InputPart<'a>,
    transport: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<AccessPart<'a>>,
    client: PeerPart<'a>,
    server: PeerPart<'a>,
    frame: u64,
    outcome: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertPart>,
    step: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choice: Option<ChoicePart>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

#[derive(Serialize)]
struct InputPart<'a> {
    path: &'a str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct PeerPart<'a> {
    addr: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sni: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<&'static str>,
}

/// What EAP and RADIUS say, where TLS is spoken for network access.
#[derive(Serialize)]
struct AccessPart<'a> {
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    radius_client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nas_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nas_port: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    called_station: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<&'a str>,
}

#[derive(Serialize)]
struct AlertPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    sender: Option<&'static str>,
    encrypted: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    opened: bool,
}

#[derive(Serialize)]
struct OfferPart<'a> {
    versions: Vec<String>,
    ciphers: usize,
    alpn: &'a [String],
}

#[derive(Serialize)]
struct ChoicePart {
    version: String,
    cipher: String,
}

/// What explains a failure: shared by failures and groups.
#[derive(Serialize)]
struct WhyPart<'a> {
    cause: CausePart,
    sentence: String,
    also_possible: Vec<AlsoPart>,
    evidence: Vec<EvidencePart<'a>>,
    fix: Vec<FixPart>,
}

#[derive(Serialize)]
struct CausePart {
    slug: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<&'static str>,
    refused_by: Option<&'static str>,
}

#[derive(Serialize)]
struct AlsoPart {
    slug: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    tell: &'static str,
}

#[derive(Serialize)]
struct EvidencePart<'a> {
    label: &'static str,
    says: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<u64>,
}

#[derive(Serialize)]
struct FixPart {
    side: &'static str,
    stack: &'static str,
    r#do: &'static str,
}

#[derive(Serialize)]
struct GroupLine<'a> {
    schema: &'static str,
    kind: &'static str,
    id: String,
    severity: &'static str,
    count: u64,
    server: PeerPart<'a>,
    clients: usize,
    clients_complete: bool,
    servers: usize,
    top_clients: Vec<ClientPart>,
    outcomes: Vec<OutcomePart>,
    first: PlacePart<'a>,
    last: PlacePart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_seconds: Option<f64>,
    sample: PlacePart<'a>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

#[derive(Serialize)]
struct ClientPart {
    addr: String,
    count: u64,
}

#[derive(Serialize)]
struct OutcomePart {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u8>,
    count: u64,
}

#[derive(Serialize)]
struct PlacePart<'a> {
    path: &'a str,
    frame: u64,
    time: String,
}

#[derive(Serialize)]
struct SummaryLine {
    schema: &'static str,
    kind: &'static str,
    conversations: u64,
    ok: u64,
    failed: u64,
    warned: u64,
    one_sided: u64,
    truncated: u64,
    not_tls: u64,
    groups: usize,
    ungrouped: u64,
    failures_not_listed: u64,
    judged_early: u64,
    told_early: u64,
    filtered: u64,
    complete: bool,
    exit: u8,
}

#[derive(Serialize)]
struct SentLine<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    frame: u64,
    time: String,
    level: u8,
    code: u8,
    name: Option<&'static str>,
    from: String,
    to: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    opened: bool,
}

impl<'a> InputLine<'a> {
    fn of(input: &'a Input) -> Self {
        let problem = |p: &'a crate::Problem| ProblemPart { offset: p.offset, says: &p.what };
        Self {
            schema: SCHEMA,
            kind: "input",
            path: &input.name,
            r#type: input.kind.name(),
            packed: input.packed.iter().map(|kind| kind.name()).collect(),
            bytes: input.size,
            packets: input.packets,
            first: input.first.map(|time| time.to_string()),
            last: input.last.map(|time| time.to_string()),
            complete: !input.is_damaged() && !input.stopped,
            keys: input.keys.given.then_some(KeysPart {
                sessions: input.keys.sessions,
                known: input.keys.known,
                opened: input.keys.opened,
            }),
            problems: input.problems.iter().map(problem).collect(),
            left_out: LeftOutPart::all(input),
        }
    }
}

impl LeftOutPart {
    /// Every reason, that of most packets first, and last those that were not told apart.
    fn all(input: &Input) -> Vec<Self> {
        let mut all: Vec<Self> = input
            .left_out
            .reasons()
            .map(|(unread, packets)| {
                let what = match unread {
                    Unread::Encrypted(_) => "encrypted",
                    Unread::Link(_) => "link_type",
                    Unread::EtherType(_) => "ethertype",
                    Unread::Ppp(_) => "ppp_protocol",
                    Unread::Llc(_) => "llc",
                    Unread::Family(_) => "address_family",
                    Unread::IpProtocol(_) => "ip_protocol",
                    Unread::Management => "management",
                    Unread::WifiPart => "wifi_fragment",
                    Unread::TooDeep => "too_deep",
                };
                Self { what, number: unread.number(), name: unread.name(), packets }
            })
            .collect();
        all.sort_by_key(|part| Reverse(part.packets));
        let further = input.left_out.further();
        if further > 0 {
            all.push(Self { what: "further", number: None, name: None, packets: further });
        }
        all
    }
}

impl<'a> FailureLine<'a> {
    fn of(report: &Report, input: &'a Input, failure: &'a Failure) -> Self {
        Self {
            schema: SCHEMA,
            kind: "failure",
            id: failure_id(failure),
            group: report.group_of(failure).map(|n| format!("g:{n}")),
            time: failure.time.to_string(),
            input: InputPart { path: &input.name, r#type: input.kind.name() },
            transport: match failure.transport {
                Transport::Tcp => "tcp",
                Transport::Udp => "udp",
                Transport::Eap => "eap",
            },
            access: AccessPart::of(failure),
            app: failure.app(),
            client: PeerPart::client(failure),
            server: PeerPart::server(failure),
            frame: failure.frame,
            outcome: failure.ending.name(),
            severity: failure.severity.name(),
            alert: AlertPart::of(failure),
            step: failure.step.name(),
            offer: OfferPart::of(failure),
            choice: failure.choice.map(|(version, cipher)| ChoicePart {
                version: version.to_string(),
                cipher: cipher.to_string(),
            }),
            why: WhyPart::of(failure),
        }
    }
}

/// Stable for the same capture: the conversation's place in it.
fn failure_id(failure: &Failure) -> String {
    format!("f:{}:{}", failure.first_frame, failure.client.port().unwrap_or(0))
}

impl<'a> PeerPart<'a> {
    fn client(failure: &'a Failure) -> Self {
        Self {
            addr: failure.client.host().to_string(),
            port: failure.client.port(),
            sni: None,
            stack: failure.stack(trace::Side::Client).map(diagnosis::Stack::name),
        }
    }

    fn server(failure: &'a Failure) -> Self {
        Self {
            addr: failure.server.host().to_string(),
            port: failure.server.port(),
            sni: failure.name.as_deref(),
            stack: failure.stack(trace::Side::Server).map(diagnosis::Stack::name),
        }
    }
}

impl<'a> AccessPart<'a> {
    fn of(failure: &'a Failure) -> Option<Self> {
        let access = failure.access.as_deref()?;
        Some(Self {
            method: access.method.map(|method| method.to_string()),
            identity: access.identity.as_deref(),
            radius_client: access.radius_client.map(|client| client.to_string()),
            nas_identifier: access.nas_identifier.as_deref(),
            nas_port: access.nas_port.as_deref(),
            called_station: access.called_station.as_deref(),
            ssid: access.ssid(),
            verdict: access.verdict.map(trace::Verdict::name),
            reply: access.reply.as_deref(),
        })
    }
}

impl AlertPart {
    fn of(failure: &Failure) -> Option<Self> {
        let sender = failure.ended_by.map(trace::Side::name);
        match failure.ending {
            crate::Ending::Alert(message) => Some(Self {
                code: Some(message.alert.code()),
                name: message.alert.name(),
                level: Some(message.level.to_string()),
                sender,
                encrypted: failure.opened,
                opened: failure.opened,
            }),
            crate::Ending::AlertLikely => Some(Self {
                code: None,
                name: None,
                level: None,
                sender,
                encrypted: true,
                opened: false,
            }),
            _ => None,
        }
    }
}

impl<'a> OfferPart<'a> {
    fn of(failure: &'a Failure) -> Option<Self> {
        (failure.cipher_suites > 0).then(|| Self {
            versions: failure.versions.iter().map(ToString::to_string).collect(),
            ciphers: failure.cipher_suites,
            alpn: &failure.protocols,
        })
    }
}

impl<'a> WhyPart<'a> {
    fn of(failure: &'a Failure) -> Self {
        let best = failure.best();
        let also = |finding: &Finding| AlsoPart {
            slug: finding.cause.slug,
            confidence: finding.confidence.name(),
            tell: finding.tell,
        };
        let fix = |fix: Fix| FixPart { side: fix.side.name(), stack: fix.stack, r#do: fix.text };
        Self {
            cause: CausePart {
                slug: best.map_or(UNKNOWN, |finding| finding.cause.slug),
                confidence: best.map(|finding| finding.confidence.name()),
                refused_by: failure.refused_by.map(trace::Side::name),
            },
            sentence: sentence(failure),
            also_possible: failure.findings.iter().skip(1).map(also).collect(),
            evidence: best.map_or_else(Vec::new, |finding| {
                finding.evidence.iter().map(EvidencePart::of).collect()
            }),
            fix: best.map_or_else(Vec::new, |f| f.cause.fixes().map(fix).collect()),
        }
    }
}

impl<'a> EvidencePart<'a> {
    fn of(evidence: &'a diagnosis::Evidence) -> Self {
        Self { label: evidence.label, says: &evidence.says, frame: evidence.frame }
    }
}

impl<'a> GroupLine<'a> {
    fn of(report: &'a Report, number: usize, group: &'a Group) -> Self {
        let failure = &group.sample.failure;
        let place = |place: crate::Place, time: wire::Time| PlacePart {
            path: report.inputs.get(place.input).map_or("", |input| &input.name),
            frame: place.frame,
            time: time.to_string(),
        };
        let sample = crate::Place { input: group.sample.input, frame: failure.frame };
        let outcome = |&(ending, count): &(crate::Ending, u64)| OutcomePart {
            outcome: ending.name(),
            code: ending.alert().map(|message| message.alert.code()),
            count,
        };
        let clients = group.clients.by_count();
        Self {
            schema: SCHEMA,
            kind: "group",
            id: format!("g:{number}"),
            severity: group.severity.name(),
            count: group.count,
            server: PeerPart::server(failure),
            clients: group.clients.count(),
            clients_complete: !group.clients.is_full(),
            servers: group.targets.count(),
            top_clients: clients
                .into_iter()
                .take(TOP_CLIENTS)
                .map(|(ip, count)| ClientPart { addr: ip.to_string(), count })
                .collect(),
            outcomes: group.endings.iter().map(outcome).collect(),
            first: place(group.first, group.timeline.first()),
            last: place(group.last, group.timeline.last()),
            period_seconds: group.timeline.period().map(|ns| ns as f64 / 1e9),
            sample: place(sample, failure.time),
            why: WhyPart::of(failure),
        }
    }
}

/// Clients listed by address in a group's line.
const TOP_CLIENTS: usize = 20;

impl SummaryLine {
    fn of(report: &Report) -> Self {
        let counts = report.counts();
        Self {
            schema: SCHEMA,
            kind: "summary",
            conversations: counts.conversations,
            ok: counts.good,
            failed: counts.failed,
            warned: counts.warned,
            one_sided: counts.one_sided,
            truncated: counts.truncated,
            not_tls: counts.not_tls,
            groups: report.groups.len(),
            ungrouped: report.ungrouped,
            failures_not_listed: report.inputs.iter().map(|input| input.more_failures).sum(),
            judged_early: counts.judged_early,
            told_early: report.inputs.iter().map(|input| input.tally.evicted).sum(),
            filtered: counts.filtered,
            complete: report.inputs.iter().all(|i| !i.is_damaged() && !i.stopped),
            exit: report.exit(),
        }
    }
}

impl<'a> SentLine<'a> {
    fn of(path: Option<&'a str>, sent: &Sent) -> Self {
        Self {
            kind: "alert",
            path,
            frame: sent.frame,
            time: sent.time.to_string(),
            level: sent.message.level.code(),
            code: sent.message.alert.code(),
            name: sent.message.alert.name(),
            from: sent.from.to_string(),
            to: sent.to.to_string(),
            opened: sent.opened,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No character that a terminal obeys or that turns the direction of writing leaves as it is,
    /// and a reader of JSON gets back what was sent.
    #[test]
    fn hidden_characters_are_escaped() {
        let sent = "a\x1b[2J\u{9b}\u{7f}\u{202e}\u{e0041}é\"\\";
        let written = line(&[sent]);
        assert!(!written.contains(is_hidden), "{written}");
        assert!(written.contains("\\u202e\\udb40\\udc41é"), "{written}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [sent]);
    }
}

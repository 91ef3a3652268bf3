//! The line of a failure, and the parts that other lines have in common with it.

use diagnosis::{Difference, Evidence, Field, Finding, Fix, Flawed, Recovery, Relief};
use serde::Serialize;
use trace::{Side, Transport};

use super::{FramePart, SCHEMA};
use crate::Report;
use crate::failure::{Failure, UNKNOWN};
use crate::input::Input;
use crate::log::Sighted;
use crate::sentence::{sentence, sighted_sentence};

#[derive(Serialize)]
pub(super) struct FailureLine<'a> {
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
    #[serde(flatten)]
    at: FramePart<'a>,
    outcome: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertPart>,
    step: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choice: Option<ChoicePart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    certificate_flaws: Vec<FlawPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contrast: Option<ContrastPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovered: Option<RecoveredPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<OverPart<'a>>,
    #[serde(flatten)]
    why: WhyPart<'a>,
}

impl<'a> FailureLine<'a> {
    /// Without a report it is one that is told before all has been read.
    pub(super) fn of(report: Option<&Report>, input: &'a Input, failure: &'a Failure) -> Self {
        Self {
            schema: SCHEMA,
            kind: if report.is_some() { "failure" } else { "early" },
            id: failure_id(input, failure),
            group: report.and_then(|report| report.group_of(failure)).map(|n| format!("g:{n}")),
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
            at: FramePart::of(Some(input), failure.frame),
            outcome: failure.ending.name(),
            severity: failure.severity.name(),
            alert: AlertPart::of(failure),
            step: failure.step.name(),
            offer: OfferPart::of(failure),
            choice: failure.choice.map(|(version, cipher)| ChoicePart {
                version: version.to_string(),
                cipher: cipher.to_string(),
            }),
            certificate_flaws: failure.flaws.iter().map(FlawPart::of).collect(),
            contrast: failure.difference.as_ref().map(|it| ContrastPart::of(Some(input), it)),
            recovered: failure.recovery.as_ref().map(|it| RecoveredPart::of(Some(input), it)),
            over: failure.relief.as_ref().map(|it| OverPart::of(Some(input), it)),
            why: WhyPart::of(Some(input), failure),
        }
    }
}

/// Something that is wrong with a certificate that was shown: in which, in which field, and who
/// refuses for it.
#[derive(Serialize)]
struct FlawPart<'a> {
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<usize>,
    #[serde(skip_serializing_if = "str::is_empty")]
    subject: &'a str,
    field: &'static str,
    what: &'a str,
    refused_by: &'static str,
}

impl<'a> FlawPart<'a> {
    fn of(flaw: &'a Flawed) -> Self {
        Self {
            side: if flaw.side == Side::Client { "client" } else { "server" },
            certificate: flaw.position,
            subject: &flaw.subject,
            field: flaw.field,
            what: &flaw.what,
            refused_by: flaw.who,
        }
    }
}

/// The success that is most like a failure, and the field in which they differ, if in any.
#[derive(Serialize)]
pub(super) struct ContrastPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    here: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    there: &'a str,
    #[serde(flatten)]
    at: FramePart<'a>,
    successes: u64,
    same_client: bool,
    same_server: bool,
}

impl<'a> ContrastPart<'a> {
    pub(super) fn of(input: Option<&'a Input>, difference: &'a Difference) -> Self {
        Self {
            field: difference.field.map(Field::name),
            here: &difference.here,
            there: &difference.there,
            at: FramePart::of(input, difference.frame),
            successes: difference.successes,
            same_client: difference.same_client,
            same_server: !difference.other_server,
        }
    }
}

/// When the server had sent another certificate and the client got in.
#[derive(Serialize)]
struct OverPart<'a> {
    #[serde(flatten)]
    at: FramePart<'a>,
    time: String,
}

impl<'a> OverPart<'a> {
    fn of(input: Option<&'a Input>, relief: &Relief) -> Self {
        Self { at: FramePart::of(input, relief.frame), time: relief.begun.to_string() }
    }
}

/// How the client made up for a failure at once.
#[derive(Serialize)]
struct RecoveredPart<'a> {
    #[serde(flatten)]
    at: FramePart<'a>,
    after_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    changed: Vec<&'static str>,
}

impl<'a> RecoveredPart<'a> {
    fn of(input: Option<&'a Input>, recovery: &Recovery) -> Self {
        Self {
            at: FramePart::of(input, recovery.frame),
            after_seconds: recovery.after as f64 / 1e9,
            version: recovery.version.map(|version| version.to_string()),
            changed: recovery.changed.iter().map(|field| field.name()).collect(),
        }
    }
}

#[derive(Serialize)]
struct InputPart<'a> {
    path: &'a str,
    r#type: &'static str,
}

#[derive(Serialize)]
pub(super) struct PeerPart<'a> {
    addr: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sni: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<&'static str>,
}

impl<'a> PeerPart<'a> {
    fn client(failure: &'a Failure) -> Self {
        Self {
            addr: failure.client.host().to_string(),
            port: failure.client.port(),
            sni: None,
            stack: failure.stack(Side::Client).map(diagnosis::Stack::name),
        }
    }

    pub(super) fn server(failure: &'a Failure) -> Self {
        Self {
            addr: failure.server.host().to_string(),
            port: failure.server.port(),
            sni: failure.name.as_deref(),
            stack: failure.stack(Side::Server).map(diagnosis::Stack::name),
        }
    }
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

impl AlertPart {
    fn of(failure: &Failure) -> Option<Self> {
        let sender = failure.ended_by.map(Side::name);
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

#[derive(Serialize)]
struct OfferPart<'a> {
    versions: Vec<String>,
    ciphers: usize,
    alpn: &'a [String],
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

#[derive(Serialize)]
struct ChoicePart {
    version: String,
    cipher: String,
}

/// What explains a failure: shared by failures and groups.
#[derive(Serialize)]
pub(super) struct WhyPart<'a> {
    cause: CausePart,
    sentence: String,
    also_possible: Vec<AlsoPart>,
    evidence: Vec<EvidencePart<'a>>,
    fix: Vec<FixPart>,
}

impl<'a> WhyPart<'a> {
    pub(super) fn of(input: Option<&'a Input>, failure: &'a Failure) -> Self {
        let evidence = failure.best().map_or_else(Vec::new, |finding| {
            finding.evidence.iter().map(|it| EvidencePart::of(input, it)).collect()
        });
        Self { evidence, ..Self::new(&failure.findings, failure.refused_by, sentence(failure)) }
    }

    /// The evidence of a log is its words, which stand beside this.
    pub(super) fn of_sighted(found: &'a Sighted) -> Self {
        Self::new(&found.findings, found.sighting.refused_by(), sighted_sentence(found))
    }

    fn new(findings: &[Finding], refused_by: Option<Side>, sentence: String) -> Self {
        let best = findings.first();
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
                refused_by: refused_by.map(Side::name),
            },
            sentence,
            also_possible: findings.iter().skip(1).map(also).collect(),
            evidence: Vec::new(),
            fix: best.map_or_else(Vec::new, |f| f.cause.fixes().map(fix).collect()),
        }
    }
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
    #[serde(flatten)]
    at: Option<FramePart<'a>>,
}

impl<'a> EvidencePart<'a> {
    fn of(input: Option<&'a Input>, evidence: &'a Evidence) -> Self {
        let at = evidence.frame.map(|frame| FramePart::of(input, frame));
        Self { label: evidence.label, says: &evidence.says, at }
    }
}

#[derive(Serialize)]
struct FixPart {
    side: &'static str,
    stack: &'static str,
    r#do: &'static str,
}

/// Stable for the same capture: the conversation's place in it, or in the file of it that it begins
/// in, whichever files of a ring are still there.
fn failure_id(input: &Input, failure: &Failure) -> String {
    let port = failure.client.port().unwrap_or(0);
    match input.locate(failure.first_frame) {
        (Some(file), frame) => format!("f:{file}:{frame}:{port}"),
        (None, frame) => format!("f:{frame}:{port}"),
    }
}

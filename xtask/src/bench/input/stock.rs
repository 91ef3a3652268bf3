//! The recorded connections of the corpus, to copy from.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::bulk::{Noise, RECORD, with_bulk};
use super::flow::Flow;
use super::quic::Recorded;

/// The recorded connections.
pub(crate) struct Stock {
    pub(crate) good: Vec<Flow>,
    pub(crate) failing: Vec<Flow>,
    /// Over QUIC: those that went well and those that failed.
    pub(crate) quic: [Vec<Recorded>; 2],
    pub(crate) noise: Noise,
    /// Changes when the recordings do.
    pub(crate) hash: u64,
}

impl Stock {
    /// Read the capture of every case in the corpus; those whose truth names a cause are failing.
    pub(crate) fn read(corpus: &Path) -> Result<Self> {
        let mut cases = Vec::new();
        for group in folders(corpus)? {
            cases.extend(folders(&group)?);
        }
        let mut hasher = DefaultHasher::new();
        let (mut good, mut failing) = (Vec::new(), Vec::new());
        for case in cases {
            let Ok(bytes) = fs::read(case.join("input.pcap")) else { continue };
            let truth = fs::read_to_string(case.join("truth.json")).unwrap_or_default();
            // A capture of another kind is no template; it has its place in the corpus all the same.
            let Ok(flows) = Flow::all(&bytes) else { continue };
            bytes.hash(&mut hasher);
            if fails(&truth) { &mut failing } else { &mut good }.extend(flows);
        }
        ensure!(!failing.is_empty(), "the corpus has no failing connection to copy");
        ensure!(
            good.iter().any(|flow| flow.place_for_bulk().is_some()),
            "the corpus has no established connection that carries application data"
        );
        let recorded = |cases: &[&str]| -> Result<Vec<Recorded>> {
            let path = |case: &&str| corpus.join(case).join("input.pcap");
            cases.iter().map(|case| Recorded::read(&fs::read(path(case))?)).collect()
        };
        let quic = [recorded(QUIC_GOOD)?, recorded(QUIC_FAILING)?];
        Ok(Self { good, failing, quic, noise: Noise::new(), hash: hasher.finish() })
    }

    /// Established connections with a record of 16 KiB more for each, and how many bytes more: the
    /// ones from `number` on, as many as run at a time, the last one a failing one without.
    pub(crate) fn bulk(&self, number: usize) -> (Vec<Flow>, usize) {
        let carriers: Vec<_> =
            self.good.iter().filter_map(|flow| Some((flow, flow.place_for_bulk()?))).collect();
        let mut application = 0;
        let mut group: Vec<Flow> = (number..number + AT_A_TIME - 1)
            .map(|number| {
                let (flow, place) = carriers[number % carriers.len()];
                let records = 12 + number % 13;
                application += records * (RECORD + 5);
                with_bulk(flow, place, records, &self.noise)
            })
            .collect();
        group.push(self.failing[number % self.failing.len()].clone());
        (group, application)
    }

    /// The shortest connections: so many that carry application data, and so many that are refused
    /// by an alert in the clear. None waits for longer than a second.
    pub(crate) fn short(&self, good: usize, failing: usize) -> (Vec<&Flow>, Vec<&Flow>) {
        (shortest(&self.good, APPLICATION_DATA, good), shortest(&self.failing, ALERT, failing))
    }
}

/// The shortest ones that hold both sides, a record of the handshake and one of this content type.
fn shortest(flows: &[Flow], kind: u8, count: usize) -> Vec<&Flow> {
    let fits = |flow: &&Flow| {
        let has = |kind| flow.legs.iter().any(|leg| leg.begins(kind));
        let speaks = |side| {
            flow.legs.iter().any(|leg| leg.from_client == side && leg.ip.len() > leg.payload)
        };
        let quick = flow.legs.iter().all(|leg| leg.at < SECOND);
        has(HANDSHAKE) && has(kind) && speaks(true) && speaks(false) && quick
    };
    let mut found: Vec<&Flow> = flows.iter().filter(fits).collect();
    found.sort_by_key(|flow| flow.bytes());
    found.truncate(count);
    found
}

/// Whether the truth of a case names a cause of failure; the controls are `established`.
fn fails(truth: &str) -> bool {
    let truth = serde_json::from_str(truth).unwrap_or_default();
    crate::tidy::causes_named(&truth).iter().any(|cause| cause != "established")
}

fn folders(of: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(of).with_context(|| of.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The cases over QUIC that are copied.
const QUIC_GOOD: &[&str] = &[
    "established/aioquic-quic-aioquic",
    "established/aioquic-large-quic-aioquic",
    "established/ngtcp2-quic-ngtcp2",
];
/// Those that fail in the clear.
const QUIC_FAILING: &[&str] = &[
    "alpn-no-overlap/aioquic-quic-aioquic",
    "alpn-no-overlap/aioquic-quic-ngtcp2",
    "quic-transport-parameters-missing/aioquic-quic-aioquic",
];
/// Connections that run at the same time.
pub(crate) const AT_A_TIME: usize = 4;
/// Microseconds.
const SECOND: u64 = 1_000_000;
/// Content types of records (RFC 8446, 5.1).
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

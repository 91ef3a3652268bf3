//! Any bytes as an input, to the end: read, judged, grouped and shown in every form, as a whole and
//! through a window, with the same result. What is shown holds no control characters, JSON is JSON,
//! and each finding has its evidence.

use report::{KeyLog, Report};

use crate::{Corpus, holds};

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    drop(Report::new(vec![holds::read("fuzz", bytes, &KeyLog::default())]));
}

/// Recorded inputs of every kind.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let mut seeds = corpus.files(&[".pcap"]);
    let ends = [".pcapng", ".log", ".evtx", ".reg", ".gz", ".xml", ".csv", ".ndjson", ".jsonl"];
    seeds.extend(corpus.files(&ends));
    seeds.extend(corpus.files(&["SYSTEM", "SOFTWARE", "forms/copied.txt", "get-winevent.txt"]));
    seeds
}

//! Any bytes as one line of a log, and as a reason without a line: what is told of it stands in it,
//! and what is shown has no control characters.

use logs::{Reader, Sighting, is_timed};
use report::{Look, Sighted, looks_like_log, sighted_line, sighted_sentence, sighting_line};

use crate::{Corpus, holds};

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let _ = (is_timed(line), looks_like_log(line));
    let found = Sighting::all(line);
    for sighting in &found {
        assert!(sighting.offset <= line.len() as u64 && sighting.line <= 1, "{sighting:?}");
    }
    // The line end, and a line behind it that tells of nothing, change nothing.
    let more = [line, b"\nall is well\n"].concat();
    let again = Sighting::all(&more);
    let told = |found: &[Sighting]| found.iter().map(|it| (it.alert, it.role)).collect::<Vec<_>>();
    assert_eq!(told(&found), told(&again));
    let reason = String::from_utf8_lossy(line);
    let _ = Reader::new();
    for sighting in found.into_iter().chain(Sighting::of_reason(&reason)) {
        let findings = diagnosis::sighted(&sighting);
        let found = Sighted { sighting, findings };
        sighted_line(&found, &Look::default()).lines().for_each(holds::clean);
        holds::clean(&sighted_sentence(&found));
        let line = sighting_line("fuzz.log", &found);
        holds::clean(&line);
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
    }
}

/// Lines that programs have written.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    corpus.lines(&[".log", ".txt", ".ndjson", ".jsonl"])
}

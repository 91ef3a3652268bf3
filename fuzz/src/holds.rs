//! What must hold of everything that is told, whatever the input.

use std::ops::ControlFlow;

use diagnosis::{Confidence, Finding};
use report::{
    Detail, Input, Intake, KeyLog, Look, Options, Report, alert_lines, json_lines, screen, sentence,
};
use trace::{Message, Session};

/// What one conversation may keep: its events, messages and oddities all have bounds.
const MOST_KEPT: usize = 4 << 20;
/// Bytes kept of a reason that a close gives.
const MOST_REASON: usize = 3 * 256;

/// What holds of a conversation in so many frames, whatever was said.
pub fn session(session: &Session, frames: u64) {
    assert!(session.footprint() < MOST_KEPT, "keeps {} bytes", session.footprint());
    assert!(session.first_frame <= session.last_frame && session.last_frame <= frames);
    for event in &session.events {
        assert!(event.frame <= frames, "{event:?}");
        assert!(!event.opened || session.opened > Some(0), "{event:?}");
        if let Message::Close(close) = &event.message {
            assert!(close.reason.len() <= MOST_REASON);
        }
    }
    let _ = format!("{session:?} {:?}", session.step(None));
    for seen in session.alerts() {
        let _ = format!("{} {}", seen.what.1, session.step(Some(seen.event)).phrase());
    }
}

/// What holds of a report: no line has control characters, none is longer than asked for but for what
/// is never broken, JSON is JSON, nothing is certain without a frame or a fact that proves it.
/// Gives back all that is said.
pub fn report(report: &Report) -> String {
    let mut told = format!("exit {}\n", report.exit());
    assert!(report.exit() <= 2, "exit {}", report.exit());
    for line in json_lines(report).chain(alert_lines(report)) {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&line);
        assert!(read.is_ok_and(|value| value.is_object()), "{line}");
        told.push_str(&line);
        told.push('\n');
    }
    for input in &report.inputs {
        for failure in &input.failures {
            findings(&failure.findings, Some(input.packets));
            clean(&sentence(failure));
        }
        for found in &input.sightings {
            findings(&found.findings, None);
        }
        for complaint in input.complaints() {
            told.push_str(&complaint);
            told.push('\n');
        }
    }
    let ladder = Detail { ladder: true, ..Detail::default() };
    let screens = [
        (Detail::default(), Look::default()),
        (ladder.clone(), Look::default()),
        (Detail { quiet: true, ..Detail::default() }, Look::default()),
        (Detail { each: true, ..Detail::default() }, Look::default()),
        (ladder.clone(), Look { width: 40, ascii: true, ..Look::default() }),
        (ladder.clone(), Look { width: 200, whole: true, ..Look::default() }),
        (ladder, Look { width: 1, stack: Some("java".to_owned()), ..Look::default() }),
    ];
    for (detail, look) in screens {
        let drawn = screen(report, &detail, &look);
        told.push_str(&drawn);
    }
    told.lines().for_each(clean);
    told
}

/// No control characters in a line, nor others that a terminal obeys.
pub fn clean(line: &str) {
    let obeyed = |letter: char| {
        letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    assert!(!line.contains(obeyed), "{line:?}");
}

/// Nothing is found without evidence, and that of a capture names frames that are there.
fn findings(findings: &[Finding], frames: Option<u64>) {
    for finding in findings {
        assert!(!finding.evidence.is_empty(), "{finding:?}");
        for evidence in &finding.evidence {
            assert!(!evidence.says.is_empty(), "{finding:?}");
            let is_there = |frame| frames.is_none_or(|frames| (1..=frames).contains(&frame));
            assert!(evidence.frame.is_none_or(is_there), "{finding:?}");
        }
        let settled = finding.confidence == Confidence::Certain;
        assert!(!settled || finding.tell.is_empty(), "{finding:?}");
    }
}

/// What everything is kept with.
pub fn all() -> Options {
    Options { alerts: true, failures: true, join: true, ..Options::default() }
}

/// Bytes read as one input: as a whole and through a window, which must tell the same.
pub fn read(name: &str, bytes: &[u8], keys: &KeyLog) -> Input {
    let intake = || Intake::new(name, all()).with_keys(keys.clone());
    let whole = intake().whole(bytes, &mut |_| ControlFlow::Continue(()));
    let streamed = intake().stream(&mut &*bytes, &mut |_| ControlFlow::Continue(()));
    assert_eq!(report(&Report::new(vec![whole])), report(&Report::new(vec![streamed])));
    intake().whole(bytes, &mut |_| ControlFlow::Continue(()))
}

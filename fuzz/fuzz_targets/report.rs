//! Any bytes as an input, to the end: read, judged, grouped and shown in every form. What is shown
//! holds no control characters and keeps to its width.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use report::{Detail, Intake, Look, Options, Report, alert_lines, json_lines, screen};

fuzz_target!(|bytes: &[u8]| {
    let options = Options { alerts: true, failures: true };
    let mut watch = |_| ControlFlow::Continue(());
    let input = Intake::new("fuzz", options).whole(bytes, &mut watch);
    let report = Report::new(vec![input]);
    let _ = (json_lines(&report), alert_lines(&report), report.exit());
    for detail in [Detail::Groups, Detail::Ladder] {
        let look = Look { detail, ..Look::default() };
        let text = screen(&report, &look);
        for line in text.lines() {
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
    }
});

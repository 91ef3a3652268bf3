//! Any bytes as an input, to the end: read, judged, grouped and shown in every form, as a whole and
//! through a window. What is shown holds no control characters.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use report::{Detail, Intake, Look, Options, Report, alert_lines, json_lines, screen};

fuzz_target!(|bytes: &[u8]| {
    let whole = told(|intake| intake.whole(bytes, &mut |_| ControlFlow::Continue(())));
    let streamed = told(|intake| intake.stream(&mut &*bytes, &mut |_| ControlFlow::Continue(())));
    assert_eq!(whole, streamed);
});

/// Everything that is said about an input.
fn told(read: impl FnOnce(Intake) -> report::Input) -> String {
    let options = Options { alerts: true, failures: true, ..Options::default() };
    let report = Report::new(vec![read(Intake::new("fuzz", options))]);
    let mut told = format!("{}\n", report.exit());
    for line in json_lines(&report).chain(alert_lines(&report)) {
        told.push_str(&line);
        told.push('\n');
    }
    let details = [
        Detail::default(),
        Detail { ladder: true, ..Detail::default() },
        Detail { quiet: true, ..Detail::default() },
        Detail { each: true, ..Detail::default() },
    ];
    for detail in details {
        told.push_str(&screen(&report, &detail, &Look::default()));
    }
    for complaint in report.inputs.iter().flat_map(report::Input::complaints) {
        told.push_str(&complaint);
        told.push('\n');
    }
    for line in told.lines() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    told
}

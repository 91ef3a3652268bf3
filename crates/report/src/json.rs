//! NDJSON, schema `tlswhy/1`.

use crate::Report;

/// The report as JSON, one object per line without the line's end: inputs, failures (if kept),
/// groups, and last a summary.
pub fn json_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let _ = report;
    std::iter::empty()
}

/// Every alert in the clear, one JSON object per line without the line's end; needs
/// [`crate::Options::alerts`].
pub fn alert_lines(report: &Report) -> impl Iterator<Item = String> + '_ {
    let _ = report;
    std::iter::empty()
}

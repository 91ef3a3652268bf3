//! The labelled lines of the public collection, where they lie beside the clone: alert, direction
//! and peer, read right, read wrong, or not read.
//!
//! `cargo test -p tlswhy-logs --test loglines -- --nocapture` prints the figures, and every line that
//! is not read right. The lines are other people's: nothing of them is kept here.
#![expect(clippy::disallowed_methods, reason = "a test reads the lines from their file")]

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;

use serde_json::Value;
use tlswhy_logs::{Sighting, Voice};

/// Relative to the package.
const LINES: &str = "../../../shared/data/loglines.jsonl";

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Right,
    Wrong,
    Missed,
    FalseAlarm,
}

struct Row {
    line: String,
    stack: String,
    alert: Option<u64>,
    direction: String,
    peer: Option<IpAddr>,
}

fn rows() -> Option<Vec<Row>> {
    let text = fs::read_to_string(LINES).ok()?;
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap_or_default();
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        Row {
            line: text("line"),
            stack: text("stack"),
            alert: row["alert"].as_u64(),
            direction: text("direction"),
            peer: text("peer").parse().ok().map(|address: IpAddr| address.to_canonical()),
        }
    };
    Some(text.lines().map(row).collect())
}

fn judge(row: &Row) -> (Verdict, String) {
    let read = Sighting::all(row.line.as_bytes());
    let Some(sighting) = read.first() else {
        let ordinary = row.direction == "not_tls";
        return (if ordinary { Verdict::Right } else { Verdict::Missed }, "nothing".to_owned());
    };
    let direction = match sighting.voice {
        Voice::Heard => "received",
        Voice::Said => "sent",
        Voice::Unclear => "unknown",
        Voice::Refused | Voice::Lost => "none",
    };
    let alert = sighting.alert.map(|alert| u64::from(alert.code()));
    let peer = sighting.peer.as_ref().and_then(|peer| peer.address);
    let slug = |stack: Option<&tlswhy_logs::Stack>| stack.map_or("-", |stack| stack.slug);
    let told = format!(
        "{alert:?} {direction} {peer:?} ({}, {}){}",
        slug(sighting.library),
        slug(sighting.program),
        if read.len() > 1 { format!(" and {} more", read.len() - 1) } else { String::new() }
    );
    let right = alert == row.alert && direction == row.direction && peer == row.peer;
    let verdict = match row.direction.as_str() {
        "not_tls" => Verdict::FalseAlarm,
        _ if right && read.len() == 1 => Verdict::Right,
        _ => Verdict::Wrong,
    };
    (verdict, told)
}

/// Of a hundred lines with an alert, how many must be read right. It only rises.
const RIGHT: usize = 98;

/// Most lines with an alert are read right, and no line without a failure is read as one.
#[test]
fn public_lines_are_read_right() {
    let Some(rows) = rows() else {
        println!("skipped: {LINES} is not beside the clone");
        return;
    };
    let mut figures: BTreeMap<String, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for row in &rows {
        let (verdict, told) = judge(row);
        *figures.entry(row.direction.clone()).or_default().entry(verdict).or_default() += 1;
        if verdict != Verdict::Right {
            let Row { stack, alert, direction, peer, line, .. } = row;
            println!("{verdict:?} {stack}: labelled {alert:?} {direction} {peer:?}, read {told}");
            println!("    {line}");
        }
    }
    for (direction, verdicts) in &figures {
        println!("{direction:9} {verdicts:?}");
    }
    let of = |directions: &[&str], verdict| -> usize {
        let verdicts = directions.iter().filter_map(|direction| figures.get(*direction));
        verdicts.filter_map(|verdicts| verdicts.get(&verdict)).sum()
    };
    let alerts = ["received", "sent", "unknown"];
    let right = of(&alerts, Verdict::Right);
    let all = rows.iter().filter(|row| alerts.contains(&row.direction.as_str())).count();
    let false_alarms = of(&["not_tls"], Verdict::FalseAlarm);
    println!("{right} of {all} lines with an alert, {false_alarms} false alarms");
    assert!(right * 100 >= all * RIGHT, "{right} of {all} lines with an alert are read right");
    assert_eq!(false_alarms, 0);
}

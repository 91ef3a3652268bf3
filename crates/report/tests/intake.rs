//! An input is read the same way however it arrives, and whatever is wrong with it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read files.

use std::fs;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tlswhy_report::{
    Detail, Input, Intake, Look, Options, Report, alert_lines, json_lines, screen,
};

const ALL: Options = Options { alerts: true, failures: true, join: true, first: false };

/// A capture of the corpus with a failure in it: the first in the order of the folders.
fn captures(most: usize) -> Vec<Vec<u8>> {
    let corpus = Path::new("../../corpus");
    let list = |path: &Path| {
        let mut all: Vec<_> =
            fs::read_dir(path).unwrap().flatten().map(|entry| entry.path()).collect();
        all.retain(|path| path.is_dir());
        all.sort();
        all
    };
    list(corpus)
        .iter()
        .flat_map(|cause| list(cause).into_iter().take(1))
        .filter_map(|case| fs::read(case.join("input.pcap")).ok())
        .take(most)
        .collect()
}

fn mapped(bytes: &[u8]) -> Input {
    Intake::new("x", ALL).whole(bytes, &mut |_| ControlFlow::Continue(()))
}

fn streamed(mut from: impl Read) -> Input {
    Intake::new("x", ALL).stream(&mut from, &mut |_| ControlFlow::Continue(()))
}

/// All that a report says about one input.
fn told(input: Input) -> String {
    let report = Report::new(vec![input]);
    let detail = Detail { ladder: true, ..Detail::default() };
    let mut text = screen(&report, &detail, &Look::default());
    for line in json_lines(&report).chain(alert_lines(&report)) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Gives a few bytes at a time, and a few more the next time.
struct Trickle<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next = self.next % 13 + 1;
        let take = self.next.min(buffer.len());
        let (now, rest) = self.bytes.split_at(take.min(self.bytes.len()));
        buffer[..now.len()].copy_from_slice(now);
        self.bytes = rest;
        Ok(now.len())
    }
}

/// A mapped file, a pipe that trickles, and packed forms of the same bytes tell the same story.
#[test]
fn the_way_in_does_not_matter() {
    for capture in captures(12) {
        let expected = told(mapped(&capture));
        assert_eq!(told(streamed(Trickle { bytes: &capture, next: 0 })), expected);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&capture).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = compress_to_vec(&capture[..], CompressionLevel::Fastest);
        for packed in [gzip, zstd] {
            let mut input = mapped(&packed);
            assert_eq!(input.size, capture.len() as u64);
            assert_eq!(input.packed.len(), 1);
            input.packed.clear();
            assert_eq!(told(input), expected);
        }
    }
}

/// A capture cut anywhere is read up to there: no panic, and more bytes never mean fewer packets.
#[test]
fn a_capture_may_be_cut_anywhere() {
    for capture in captures(4) {
        let mut before = 0;
        for end in 0..capture.len() {
            let input = mapped(&capture[..end]);
            assert!(input.packets >= before, "{end}");
            assert!(input.packets > 0 || input.is_damaged(), "{end}");
            before = input.packets;
            drop(told(input));
        }
    }
}

/// What is neither a capture nor a log is called what it is, and makes the exit code 2.
#[test]
fn other_inputs_are_refused_by_name() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"\x7fELF\x02\x01\x01", "an ELF program"),
        (b"PK\x03\x04 and so on", "a ZIP archive"),
        (b"\x1f\x8b\x08\x00 broken", "a gzip file that cannot be unpacked"),
        (b"\xd4\xc3\xb2\xa1", ""),
    ] {
        let input = mapped(bytes);
        let complaints: Vec<String> = input.complaints().collect();
        assert!(complaints[0].starts_with("x: "), "{complaints:?}");
        assert!(complaints[0].contains(word), "{complaints:?}");
        assert_eq!(told(streamed(bytes)), told(mapped(bytes)));
        assert_eq!(Report::new(vec![input]).exit(), 2, "{complaints:?}");
    }
}

/// A log says the same as a whole and in pieces, also where a piece ends inside of a time.
#[test]
fn a_log_is_the_same_in_pieces() {
    let line = "2026-11-26 03:48:49.099 http: TLS handshake error from 192.0.2.7:4: remote error: tls: bad certificate\n";
    for front in 480..520 {
        let log = format!("{}\n{line}", "x".repeat(front));
        assert_eq!(told(streamed(log.as_bytes())), told(mapped(log.as_bytes())), "{front}");
    }
}

/// Asked to stop, the reading stops, and what was read is told.
#[test]
fn a_reading_can_be_stopped() {
    let packet = [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4];
    let header =
        b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\
                   \x01\x00\x00\x00";
    let capture = [&header[..], &packet.repeat(20_000)].concat();
    let mut asked = 0;
    let input = Intake::new("x", ALL).whole(&capture, &mut |progress| {
        asked += 1;
        assert!(progress.bytes <= capture.len() as u64);
        if asked == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(input.stopped);
    assert_eq!(input.packets, 8192);
    assert!(told(input).contains("stopped before the end"));
}

/// Two inputs with the same failure make one group, and each place names its file.
#[test]
#[cfg(feature = "decrypt")]
fn several_inputs_are_one_report() {
    let capture = captures(1).remove(0);
    let read =
        |name: &str| Intake::new(name, ALL).whole(&capture, &mut |_| ControlFlow::Continue(()));
    let one = Report::new(vec![read("folder/a.pcap")]);
    let two = Report::new(vec![read("folder/a.pcap"), read("folder/b.pcap")]);
    assert_eq!(one.groups.len(), two.groups.len());
    for (single, double) in one.groups.iter().zip(&two.groups) {
        assert_eq!(double.count, 2 * single.count);
    }
    let text = screen(&two, &Detail::default(), &Look::default());
    assert!(text.contains("a.pcap#"), "{text}");
    assert_eq!(two.place(1, 7), "b.pcap#7");
    assert_eq!(two.exit(), 1);
}

/// Every line of the JSON form is one object with its schema and kind, in the promised order.
#[test]
fn json_lines_are_objects_in_order() {
    let inputs = captures(6).iter().map(|capture| mapped(capture)).collect();
    let report = Report::new(inputs);
    let mut kinds = Vec::new();
    for line in json_lines(&report) {
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(object["schema"], "tlswhy/1");
        kinds.push(object["kind"].as_str().unwrap().to_owned());
        if object["kind"] == "failure" {
            assert!(object["group"].as_str().is_some_and(|id| id.starts_with("g:")), "{line}");
            assert!(!object["evidence"].as_array().unwrap().is_empty(), "{line}");
            assert!(object["sentence"].as_str().unwrap().ends_with('.'), "{line}");
        }
    }
    kinds.dedup();
    assert_eq!(kinds, ["input", "failure", "group", "summary"]);
}

/// An export of Event Viewer has the times of the machine's own clock and no zone: its hours are not
/// told to be UTC, and those of a log with zones are.
#[test]
fn hours_without_a_zone_are_not_utc() {
    let says = "The TLS protocol defined fatal alert code is 48.";
    let days = |row: fn(u32) -> String| (1..=28).map(row).collect::<Vec<_>>().join("\n");
    let rows = days(|day| format!("Error,11/{day}/2026 9:00:00 AM,Schannel,36887,None,"));
    let csv = rows.replace("None,", &format!("None,\"{says}\""));
    let csv = format!("Level,Date and Time,Source,Event ID,Task Category\n{csv}\n");
    let told_csv = told(mapped(csv.as_bytes()));
    assert!(told_csv.contains("its hours") && !told_csv.contains("hours, UTC"), "{told_csv}");
    assert!(told_csv.contains("\"without_zone\":true"));
    let events = days(|day| {
        format!(
            "<Event><System><Provider Name='Schannel'/><EventID>36887</EventID><TimeCreated \
             SystemTime='2026-11-{day:02}T09:00:00Z'/></System><EventData><Data \
             Name='AlertDesc'>48</Data></EventData></Event>"
        )
    });
    let told_xml = told(mapped(format!("<Events>{events}</Events>").as_bytes()));
    assert!(told_xml.contains("hours, UTC") && !told_xml.contains("without_zone"), "{told_xml}");
}

/// A collector's log of more machines than are told apart does not mix them: what was not compared
/// with the capture is counted and said.
#[test]
fn machines_are_not_mixed() {
    let events: String = (0..100)
        .map(|n| {
            format!(
                "<Event><System><Provider Name='Schannel'/><EventID>36887</EventID><TimeCreated \
                 SystemTime='2026-11-26T06:16:{:02}Z'/><Computer>HOST{n}</Computer></System>\
                 <EventData><Data Name='AlertDesc'>48</Data></EventData></Event>",
                n % 60
            )
        })
        .collect();
    let log = mapped(format!("<Events>{events}</Events>").as_bytes());
    let capture = fs::read("../../corpus/events/joined/trace.pcapng").unwrap();
    let report = Report::new(vec![log, mapped(&capture)]);
    assert_eq!(report.not_compared, [(0, 36)]);
    let text = screen(&report, &Detail::default(), &Look::default());
    assert!(text.contains("36 failures of x could not be compared"), "{text}");
}

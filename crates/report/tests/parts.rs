//! A capture that was written into several files tells what it tells in one.
//!
//! Every capture of the corpus is cut into files, anywhere between two packets, as `tcpdump -C` and
//! dumpcap's ring cut them. What is reported must be the same, each frame found in its file, and so
//! must the rest be when one of the files is damaged or gone.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "written/mod.rs"]
mod written;

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_report::{
    Detail, Filter, Input, Intake, KeyLog, Kind, Look, Options, Report, Unpack, alert_lines,
    json_lines, screen,
};
use written::{Capture, word};

/// Whatever the files, and wherever a conversation crosses from one into another.
#[test]
fn any_files_tell_the_same() {
    let mut captures = Vec::new();
    walk(Path::new("../../corpus"), &mut captures);
    let mut random = Random(7);
    let (mut compared, mut both) = (0, [false; 2]);
    for path in captures {
        let bytes = fs::read(&path).unwrap();
        let Some(capture) = Capture::of(&bytes) else { continue };
        both[usize::from(Kind::of(&bytes) == Kind::Pcapng)] = true;
        let keys = fs::read(path.with_file_name("keys.log")).ok();
        let keys = || keys.as_deref().map(KeyLog::read).unwrap_or_default();
        let whole = told(read(std::slice::from_ref(&bytes), Filter::default(), keys()));
        let most = capture.packets.len();
        // A few files, and one for each packet.
        for files in [2 + random.below(6), most].map(|files| files.min(most)) {
            let parts = cut(&capture, files, &mut random);
            let input = read(&parts, Filter::default(), keys());
            assert_eq!(input.parts.len(), parts.len());
            assert_eq!(told(input), whole, "{} in {} files", path.display(), parts.len());
            compared += 1;
        }
    }
    assert!(compared > 300 && both == [true; 2], "only {compared} were compared");
}

/// The screen names the file of each frame and the ladder the file that it goes on in, and what is
/// typed as it is shown finds the failure.
#[test]
fn frames_are_shown_in_their_files() {
    let report = Report::new(vec![crossing(Filter::default())]);
    let shown = screen(&report, &Detail::default(), &Look::default());
    for expected in [
        "x/p*  3 files · ",
        "1 handshake   1 failed in 1 group\n",
        "                              p1#2\n",
        "     client says    42 bad_certificate                                      p2#2\n",
        "tlswhy x/p* g=1 -v ",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
    let ladder = Detail { ladder: true, ..Detail::default() };
    let shown = screen(&report, &ladder, &Look::default());
    let lines: Vec<&str> = shown.lines().map(str::trim).collect();
    let at = |line: &str| lines.iter().position(|it| it.starts_with(line)).unwrap();
    let order = ["p0", "5.0  ClientHello", "p1", "5.3", "◄───────────── ServerHelloDone", "p2"];
    assert!(order.windows(2).all(|two| at(two[0]) < at(two[1])), "{shown}");
    assert_eq!(lines.iter().filter(|line| line.len() == 2).count(), 3, "{shown}");

    let found = |value: &str| {
        let input = crossing(Filter::default().with("n", value).unwrap());
        (input.counts.failed, input.counts.filtered)
    };
    // A number alone is a frame of any file.
    for value in ["2", "#1", "p2#2", "x/p1#2", "…1#2", "p9#1,p1#2"] {
        assert_eq!(found(value), (1, 0), "n={value}");
    }
    for value in ["7", "p2#1", "p0#2", "2#2"] {
        assert_eq!(found(value), (0, 1), "n={value}");
    }
}

/// What is wrong with a file is told with its name, and the others are read.
#[test]
fn a_file_that_is_damaged_costs_what_it_holds() {
    let capture = Capture::of(&fs::read(SAMPLE).unwrap()).unwrap();
    let [begin, middle, end] = PIECES.map(|(from, to)| capture.file(from, to));
    let cut = &middle[..middle.len() - 1];
    let report = |second: &dyn Fn(&mut Intake<'_>)| {
        let mut intake = Intake::new("p*", Options::default());
        let mut watch = |_| ControlFlow::Continue(());
        assert!(intake.part("p0", Unpack::new(&begin[..]), &mut watch).is_continue());
        second(&mut intake);
        assert!(intake.part("p2", Unpack::new(&end[..]), &mut watch).is_continue());
        let report = Report::new(vec![intake.end()]);
        assert_eq!((report.exit(), report.inputs[0].kind), (2, Kind::Pcap));
        assert_eq!(report.counts().conversations, 1);
        let shown = screen(&report, &Detail::default(), &Look::default());
        assert!(shown.contains("p* !  3 files") && shown.contains("p2#2\n"), "{shown}");
        report.inputs[0].complaints().collect::<Vec<_>>().join("; ")
    };
    let read = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        report(&move |intake| {
            let _ = intake.part("p1", Unpack::new(&bytes[..]), &mut |_| ControlFlow::Continue(()));
        })
    };
    let at = cut.len() - 16 - word(&capture.packets[5].1, 8, true).unwrap() + 1;
    assert_eq!(read(cut), format!("p1: byte {at}: the file ends inside a packet"));
    assert_eq!(read(b"no capture at all\n"), "p1: not a capture: looks like text");
    assert_eq!(report(&|intake| intake.lost("p1", "gone")), "p1: gone");
}

/// A file without a packet between others is what a quiet hour leaves.
#[test]
fn a_file_without_packets_is_no_damage() {
    let capture = Capture::of(&fs::read(SAMPLE).unwrap()).unwrap();
    let whole = capture.file(0, capture.packets.len());
    let parts = [whole[..24].to_vec(), whole.clone(), whole[..24].to_vec()];
    let input = read(&parts, Filter::default(), KeyLog::default());
    assert!(!input.is_damaged());
    assert_eq!(input.locate(1), (Some("x/p1"), 1));
    assert_eq!(told(input), told(read(&[whole], Filter::default(), KeyLog::default())));
    let none = read(&[parts[0].clone(), parts[0].clone()], Filter::default(), KeyLog::default());
    let complaints: Vec<String> = none.complaints().collect();
    assert_eq!(complaints, ["x/p1: byte 24: the capture ends here, without a single packet"]);
}

/// A conversation that fails in the file behind the one that it begins in.
const SAMPLE: &str = "../../corpus/missing-intermediate/gnutls-tls12-go/input.pcap";
/// Its packets in three files: the first hello is in the first one, the alert in the last.
const PIECES: [(usize, usize); 3] = [(0, 4), (4, 6), (6, 10)];

fn crossing(filter: Filter) -> Input {
    let capture = Capture::of(&fs::read(SAMPLE).unwrap()).unwrap();
    let parts = PIECES.map(|(from, to)| capture.file(from, to));
    read(&parts, filter, KeyLog::default())
}

/// Reads the files as one capture; one file alone as itself.
fn read(parts: &[Vec<u8>], filter: Filter, keys: KeyLog) -> Input {
    let options = Options { failures: true, alerts: true, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let mut intake = Intake::new("x/p*", options).only(filter).with_keys(keys);
    if let [whole] = parts {
        return intake.stream(&mut &whole[..], &mut watch);
    }
    for (number, part) in parts.iter().enumerate() {
        let _ = intake.part(format!("x/p{number}"), Unpack::new(&part[..]), &mut watch);
    }
    intake.end()
}

/// All that is told for machines, each frame numbered through all files, without what counts bytes
/// and files.
fn told(input: Input) -> Vec<Value> {
    let before: HashMap<String, u64> =
        input.parts.iter().map(|part| (part.name.clone(), part.frames)).collect();
    let report = Report::new(vec![input]);
    let lines = json_lines(&report).chain(alert_lines(&report));
    lines
        .map(|line| {
            let mut value = serde_json::from_str(&line).unwrap();
            number_through(&mut value, &before);
            value
        })
        .collect()
}

fn number_through(value: &mut Value, before: &HashMap<String, u64>) {
    match value {
        Value::Object(fields) => {
            for counted in ["bytes", "files", "offset"] {
                fields.remove(counted);
            }
            if let Some(file) = fields.remove("file") {
                let frame = fields["frame"].as_u64().unwrap() + before[file.as_str().unwrap()];
                fields.insert("frame".into(), frame.into());
            }
            if let Some(Value::String(id)) = fields.get_mut("id")
                && let [kind, file, frame, port] = id.split(':').collect::<Vec<_>>()[..]
            {
                let frame = frame.parse::<u64>().unwrap() + before[file];
                *id = format!("{kind}:{frame}:{port}");
            }
            fields.values_mut().for_each(|value| number_through(value, before));
        }
        Value::Array(values) => values.iter_mut().for_each(|it| number_through(it, before)),
        _ => {}
    }
}

/// As many files, cut at random.
fn cut(capture: &Capture, files: usize, random: &mut Random) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = (1..capture.packets.len()).collect();
    while cuts.len() > files - 1 {
        cuts.remove(random.below(cuts.len()));
    }
    let begins = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([capture.packets.len()]);
    begins.zip(ends).map(|(from, to)| capture.file(from, to)).collect()
}

/// The captures of a folder and below.
fn walk(folder: &Path, captures: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, captures);
        } else if path.extension().is_some_and(|kind| kind == "pcap" || kind == "pcapng") {
            captures.push(path);
        }
    }
    captures.sort();
}

/// A small generator with a seed, so that a failure can be repeated (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

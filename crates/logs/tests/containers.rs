//! What is around the lines of a log changes nothing of what they tell: really recorded logs, put
//! into every container, give the same sightings.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read files.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tlswhy_logs::{Decoder, Encoding, Sighting};

/// Programs whose failures have one line each, so that a container may stand around every line.
const PROGRAMS: [&str; 1] = ["nginx"];

/// The recorded logs of a program, one behind the other.
fn log(program: &str) -> String {
    let folder = Path::new("../../corpus/lines").join(program);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "log")).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// What a text tells, without what its container may change: the place, the host, the time.
fn told(text: &[u8]) -> Vec<String> {
    let told = |sighting: Sighting| {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            sighting.words,
            sighting.alert,
            sighting.sent,
            sighting.voice,
            sighting.role,
            sighting.peer,
            sighting.name,
            sighting.suspects
        )
    };
    Sighting::all(text).into_iter().map(told).collect()
}

/// A line as JSON has it between quotation marks.
fn quoted(line: &str) -> String {
    let mut text = String::new();
    for letter in line.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\t' => text.push_str("\\t"),
            letter if letter.is_control() => write!(text, "\\u{:04x}", u32::from(letter)).unwrap(),
            letter => text.push(letter),
        }
    }
    text
}

/// Puts something around each line.
fn each(text: &str, head: &str, wrap: impl Fn(&str) -> String) -> String {
    let lines: Vec<String> = text.lines().map(wrap).collect();
    format!("{head}{}\n", lines.join("\n"))
}

fn check(container: &str, head: &str, wrap: impl Fn(&str) -> String) {
    for program in PROGRAMS {
        let log = log(program);
        let plain = told(log.as_bytes());
        assert!(plain.len() > 20, "the logs of {program} are there, and tell of failures");
        let wrapped = told(each(&log, head, &wrap).as_bytes());
        assert_eq!(wrapped, plain, "{program} in {container}");
    }
}

/// Syslog in its forms.
#[test]
fn in_syslog() {
    check("RFC 3164", "", |line| format!("<134>Nov 22 09:00:01 h1 web[7]: {line}"));
    check("a file of syslog", "", |line| format!("2026-11-22T09:00:01+00:00 h1 web[7]: {line}"));
    check("RFC 5424", "", |line| {
        format!("<134>1 2026-11-22T09:00:01Z h1 web 7 - [a b=\"c\"] {line}")
    });
}

/// JSON of Docker, of journald and of loggers, twice in one another too.
#[test]
fn in_json() {
    let docker = |line: &str| {
        let line = quoted(line);
        format!(
            "{{\"log\":\"{line}\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T09:00:01.5Z\"}}"
        )
    };
    check("Docker", "", docker);
    let journal = |line: &str| {
        format!("{{\"_HOSTNAME\":\"h1\",\"_PID\":\"7\",\"MESSAGE\":\"{}\"}}", quoted(line))
    };
    check("journald", "", journal);
    check("journald in Docker", "", |line| docker(&journal(line)));
    check("syslog in Docker", "", |line| docker(&format!("Nov 22 09:00:01 h1 web[7]: {line}")));
}

/// journald writes what has colours in it as numbers, in which no word can be found.
#[test]
fn in_numbers() {
    check("journald's numbers", "", |line| {
        let bytes = format!("\u{1b}[31m{line}\u{1b}[0m").into_bytes();
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        format!("{{\"_HOSTNAME\":\"h1\",\"MESSAGE\":[{}]}}", numbers.join(","))
    });
}

/// What orchestrators and loggers of words put around a line.
#[test]
fn in_lines() {
    check("CRI", "", |line| format!("2026-11-22T09:00:01.123456789Z stderr F {line}"));
    check("Compose", "", |line| format!("web-1  | {line}"));
    check("logfmt", "", |line| {
        format!("time=2026-11-22T09:00:01Z level=info msg=\"{}\"", quoted(line))
    });
}

/// A table, and the journal's export.
#[test]
fn in_tables_and_journals() {
    check("CSV", "time,level,message\n", |line| {
        format!("2026-11-22 09:00:01,info,\"{}\"", line.replace('"', "\"\""))
    });
    check("export", "__CURSOR=s=1\n", |line| {
        format!("__REALTIME_TIMESTAMP=1795338001000000\nMESSAGE={line}\n_PID=7\n_HOSTNAME=h1\n")
    });
}

/// A message of several lines is one failure also where each line is wrapped.
#[test]
fn messages_of_several_lines() {
    let text = "call failed: remote error: tls: bad certificate\n\tat the dial: remote error: tls: \
                bad certificate\nordinary\n";
    let plain = told(text.as_bytes());
    assert_eq!(plain.len(), 1, "{plain:?}");
    let cri = each(text, "", |line| format!("2026-11-22T09:00:01Z stderr F {line}"));
    assert_eq!(told(cri.as_bytes()), plain);
    let docker = each(text, "", |line| format!("{{\"log\":\"{}\\n\"}}", quoted(line)));
    assert_eq!(told(docker.as_bytes()), plain);
}

/// UTF-16 with Windows' line breaks.
#[test]
fn in_utf16() {
    for program in PROGRAMS {
        let log = log(program);
        let windows = format!("\u{feff}{}", log.replace('\n', "\r\n"));
        let units: Vec<u8> = windows.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut decoder = Decoder::new(Encoding::of(&units));
        let mut text = Vec::new();
        units.chunks(7).for_each(|piece| decoder.decode(piece, &mut text));
        decoder.finish(&mut text);
        assert_eq!(told(&text), told(log.as_bytes()), "{program}");
    }
}

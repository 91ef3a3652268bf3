//! Every link type, layer and tunnel, nested and in fragments: one recorded conversation is written
//! again in each of them, by hand, and must be told as if it had travelled bare. What cannot be read
//! must be named. `corpus/packets.md` is the table of it.
//!
//! `TLSWHY_BLESS=1 cargo test -p tlswhy-report --test packets` writes the table.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "packets/closed.rs"]
mod closed;
#[path = "packets/header.rs"]
mod header;
#[path = "packets/links.rs"]
mod links;
#[path = "packets/tunnels.rs"]
mod tunnels;
#[path = "packets/way.rs"]
mod way;

use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;

use tlswhy_report::{Detail, Intake, Look, Options, Report, json_lines, screen};
use way::{Cargo, Way};

/// The conversation that travels: recorded on loopback, TLS 1.2, refused with an alert.
const RECORDED: &str = "no-shared-cipher/openssl-tls12-openssl";
const REFUSED: &str = "no-shared-cipher";
const TABLE: &str = "../../corpus/packets.md";

/// What can be read is told as if it had travelled bare, what cannot is named, and the table says so.
#[test]
fn every_way_is_told() {
    let mut table = String::from(HEAD);
    for (title, ways) in [
        ("Link types", links::LINKS),
        ("Layers between link and IP", links::LAYERS),
        ("Tunnels", tunnels::TUNNELS),
        ("Nested", tunnels::NESTED),
        ("Fragments", tunnels::FRAGMENTS),
    ] {
        write!(
            table,
            "\n## {title}\n| way | link type | IP | what tlswhy says |\n|---|---|---|---|\n"
        )
        .unwrap();
        for way in ways {
            let says = told(way);
            writeln!(table, "| {} | {} | {} | {says} |", way.name, way.link, versions(way))
                .unwrap();
        }
    }
    table.push_str("\n## Not read\n| way | link type | what tlswhy says |\n|---|---|---|\n");
    for way in closed::CLOSED {
        writeln!(table, "| {} | {} | {} |", way.name, way.link, named(way)).unwrap();
    }
    table.push_str(RECORDED_HEAD);
    for name in recorded_ways() {
        let screen = fs::read_to_string(format!("../../corpus/{REFUSED}/{name}/expected.txt"));
        writeln!(table, "| `{REFUSED}/{name}` | {} |", verdict(&screen.unwrap_or_default()))
            .unwrap();
    }
    if std::env::var("TLSWHY_BLESS").is_ok() {
        fs::write(TABLE, &table).unwrap();
    }
    let expected = fs::read_to_string(TABLE).unwrap_or_default();
    for (expected, is) in expected.lines().zip(table.lines()) {
        assert_eq!(is, expected, "{TABLE} says otherwise; bless it if it is wanted");
    }
    assert_eq!(table.lines().count(), expected.lines().count(), "{TABLE} has other rows");
}

/// The verdict on the conversation on its way, after the whole screen was found to be the same.
fn told(way: &Way) -> String {
    let mut said = String::new();
    for version in way.versions {
        let cargo = conversation(*version);
        let bare = cargo.iter().map(|cargo| cargo.ip.clone()).collect();
        let frames: Vec<Vec<u8>> = cargo.iter().flat_map(way.frames).collect();
        let in_parts = frames.len() > cargo.len();
        let (expected, _) = shown(101, bare);
        let (is, _) = shown(way.link, frames);
        // Frames have other numbers where a packet came in several.
        let (expected, is) = match in_parts {
            true => (numberless(&expected), numberless(&is)),
            false => (expected, is),
        };
        assert_eq!(is, expected, "{} with IPv{version}", way.name);
        said = verdict(&is);
        assert!(said.contains("no-shared-cipher"), "{}: {is}", way.name);
    }
    said
}

/// The cause of the first group on a screen, and the alert where the line has room for it.
fn verdict(screen: &str) -> String {
    let line = screen.lines().find(|line| line.starts_with("✗ 1")).unwrap_or_default();
    let cause = line.split_whitespace().nth(2).unwrap_or_default();
    match line.split_once(":8443").map_or("", |(_, alert)| alert.trim()) {
        "" => cause.to_owned(),
        alert => format!("{cause} · {alert}"),
    }
}

/// The cases of the corpus that were recorded from outside of a tunnel.
fn recorded_ways() -> Vec<String> {
    let entries = fs::read_dir(format!("../../corpus/{REFUSED}")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("tunnel-"));
    names.sort();
    names
}

/// What is said of packets that cannot be read: one sentence, the same for both versions, and a
/// number of packets that is that of the conversation, in the JSON form too.
fn named(way: &Way) -> String {
    let mut says = Vec::new();
    for version in way.versions {
        let cargo = conversation(*version);
        let (text, json) = shown(way.link, cargo.iter().flat_map(way.frames).collect());
        let line = text.lines().find_map(|line| line.strip_prefix("left out")).unwrap_or_default();
        assert!(line.trim_start().starts_with("10 packets"), "{}: {text}", way.name);
        assert!(json.contains("\"left_out\":[{\"what\":\""), "{}: {json}", way.name);
        assert!(json.contains("\"packets\":10}]"), "{}: {json}", way.name);
        says.push(line.trim().to_owned());
    }
    says.dedup();
    assert_eq!(says.len(), 1, "{}: {says:?}", way.name);
    says.remove(0)
}

/// The packets of the recorded conversation, the TCP segments of it in this version of IP.
fn conversation(version: u8) -> Vec<Cargo> {
    let recorded = fs::read(format!("../../corpus/{RECORDED}/input.pcap")).unwrap();
    let (mut rest, mut packets) = (&recorded[24..], Vec::new());
    while let [_, _, _, _, _, _, _, _, a, b, c, d, _, _, _, _, after @ ..] = rest {
        let (frame, next) =
            after.split_at(usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap());
        rest = next;
        let (ip, number) = (&frame[14..], u16::try_from(packets.len() + 1).unwrap());
        let ip = if version == 4 { ip.to_vec() } else { in_version_6(ip) };
        packets.push(Cargo { ip, number });
    }
    assert_eq!(packets.len(), 10, "{RECORDED} is recorded anew: the counts here follow it");
    packets
}

/// The TCP segment of an IPv4 packet in IPv6; the last byte of both addresses tells the hosts apart,
/// and as both are the same here, so are they there.
fn in_version_6(ip: &[u8]) -> Vec<u8> {
    let mut moved = header::ipv6(6, &ip[20..]);
    moved[23] = ip[15];
    moved[39] = ip[19];
    moved
}

/// The screen without the line that counts bytes, and the JSON form.
fn shown(link: u16, frames: Vec<Vec<u8>>) -> (String, String) {
    let mut capture = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
    capture.extend(u32::from(link).to_le_bytes());
    for (number, frame) in (0_u32..).zip(frames) {
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        for word in [1_700_000_000_u32.to_le_bytes(), number.to_le_bytes(), length, length] {
            capture.extend(word);
        }
        capture.extend(frame);
    }
    let mut watch = |_| ControlFlow::Continue(());
    let input = Intake::new("input.pcap", Options::default()).whole(&capture, &mut watch);
    let report = Report::new(vec![input]);
    let look = Look { width: 200, ..Look::default() };
    let text = screen(&report, &Detail::default(), &look);
    let text = text.lines().filter(|line| !line.contains(" packets · ")).collect::<Vec<_>>();
    (text.join("\n"), json_lines(&report).collect())
}

/// A screen without the numbers of frames.
fn numberless(text: &str) -> String {
    let words = |line: &str| {
        let words = line.split_whitespace().filter(|word| !word.starts_with('#'));
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(words).collect::<Vec<_>>().join("\n")
}

fn versions(way: &Way) -> &'static str {
    match way.versions {
        [4] => "4",
        [6] => "6",
        _ => "4 and 6",
    }
}

const HEAD: &str = "\
# How packets travel, and what tlswhy says

This table is written by `crates/report/tests/packets.rs`, which takes the recorded conversation
`no-shared-cipher/openssl-tls12-openssl`, writes it again in each way below, header by header, and
compares the whole screen with that of the conversation as bare IP: it must be the same. Where IP is
*4 and 6*, that holds for its segments in either version. Tunnels are followed eight deep.
";

const RECORDED_HEAD: &str = "
## Recorded
The same failure between two hosts, recorded on the cable while the kernel of Linux (VXLAN) or Open
vSwitch (the others) sent it through a tunnel. The screen of each is held by the golden test.

| case | what tlswhy says |
|---|---|
";

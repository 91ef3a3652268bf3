//! What is told before a capture ends, and where the reading ends because the first failure is enough.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files, and a panic is how it fails; clippy.toml knows tests by their \
              attribute, not the functions that they call"
)]

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use tlswhy_report::{
    Detail, Filter, Input, Intake, Look, News, Options, Pause, Report, Tell, early_failure_line,
    early_line, json_lines, screen,
};

/// The server answers with alert 40.
const CIPHER: &str = "../../corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap";
/// The server answers with alert 86.
const FALLBACK: &str = "../../corpus/fallback-scsv/openssl-tls12-openssl/input.pcap";

/// The packets of a classic little-endian capture, each with its header.
fn packets(path: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let mut rest = &bytes[24..];
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let (packet, behind) = rest.split_at(16 + length);
        packets.push(packet.to_vec());
        rest = behind;
    }
    packets
}

/// A capture of these packets, a hundredth of a second between each two.
fn capture(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = fs::read(CIPHER).unwrap()[..24].to_vec();
    for (number, packet) in (0u32..).zip(packets) {
        bytes.extend((1_700_000_000 + number / 100).to_le_bytes());
        bytes.extend((number % 100 * 10_000).to_le_bytes());
        bytes.extend(&packet[8..]);
    }
    bytes
}

/// So many packets that belong to no conversation: an acknowledgement without data opens none.
fn others(count: usize) -> Vec<Vec<u8>> {
    let mut packet = packets(CIPHER)[2].clone();
    let tcp = tcp(&packet);
    packet[tcp..tcp + 4].copy_from_slice(&[0, 1, 0, 1]);
    vec![packet; count]
}

/// Where the TCP header of an IPv4 packet begins, behind the headers of the capture and of Ethernet.
fn tcp(packet: &[u8]) -> usize {
    let ip = if packet[16 + 12..16 + 14] == [8, 0] { 16 + 14 } else { 16 };
    ip + usize::from(packet[ip] & 15) * 4
}

/// Gives its pieces, with a pause behind each but the last.
struct Pipe {
    pieces: Vec<Vec<u8>>,
    pause: Rc<Pause>,
    tick: Option<Duration>,
    is_between: bool,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.is_between) {
            match self.tick {
                Some(lasted) => self.pause.tick(lasted),
                None => self.pause.begin(),
            }
            return Ok(0);
        }
        let Some(piece) = self.pieces.first_mut() else { return Ok(0) };
        let read = (&piece[..]).read(buffer)?;
        piece.drain(..read);
        if piece.is_empty() {
            self.pieces.remove(0);
            self.is_between = !self.pieces.is_empty();
        }
        Ok(read)
    }
}

/// Reads the pieces; what is told early goes into the list.
fn piped(pieces: &[&[u8]], tick: Option<Duration>, options: Options) -> (Input, Vec<String>) {
    let told = RefCell::new(Vec::new());
    let pause = Rc::new(Pause::default());
    let tell: Tell<'_> = Box::new(|news: &News<'_>| {
        told.borrow_mut().push(match news {
            News::Failed(input, failure) => {
                let object = early_failure_line(input, failure);
                assert!(object.contains("\"kind\":\"early\""), "{object}");
                early_line(input, failure, &Look::default())
            }
            other => format!("{other:?}"),
        });
    });
    let pieces = pieces.iter().map(|piece| piece.to_vec()).collect();
    let mut pipe = Pipe { pieces, pause: Rc::clone(&pause), tick, is_between: false };
    let intake = Intake::new("a", options).telling(pause, Some(tell));
    let input = intake.stream(&mut pipe, &mut |_| ControlFlow::Continue(()));
    (input, told.take())
}

fn shown(input: Input) -> (String, Vec<String>) {
    let report = Report::new(vec![input]);
    (screen(&report, &Detail::default(), &Look::default()), json_lines(&report).collect())
}

/// At a pause each failure is told once, the one that waits for stragglers as well, and the report at
/// the end is that of the same bytes in a file.
#[test]
fn failures_are_told_at_a_pause() {
    let options = Options { failures: true, ..Options::default() };
    let (first, second) = (packets(FALLBACK), packets(CIPHER));
    let whole = capture(&[first.clone(), others(150), second, others(3)].concat());
    let length = |packets: &[Vec<u8>]| packets.iter().map(Vec::len).sum::<usize>();
    let one = 24 + length(&first);
    let two = whole.len() - length(&others(3));
    let cuts = [&whole[..one], &whole[one..one + 40], &whole[one + 40..two], &whole[two..]];
    let (input, told) = piped(&cuts, None, options);
    assert_eq!(told.len(), 2, "{told:?}");
    for (line, says) in
        told.iter().zip(["86", "no-shared-cipher (likely)  server: 40  127.0.0.1 → "])
    {
        assert!(line.starts_with("✗ #") && line.contains(says), "{line}");
    }
    let file =
        Intake::new("a", options).stream(&mut &whole[..], &mut |_| ControlFlow::Continue(()));
    assert_eq!(shown(input), shown(file));
}

/// Packets that keep coming are told of if they tell as much time as they take, and not if they were
/// captured before.
#[test]
fn what_is_captured_while_it_is_read_is_told() {
    let whole = capture(&[packets(CIPHER), others(300)].concat());
    let cuts = [&whole[..whole.len() - 200], &whole[whole.len() - 200..]];
    for (lasted, count) in [(3, 1), (30, 0), (0, 0)] {
        let lasted = Some(Duration::from_secs(lasted));
        let (_, told) = piped(&cuts, lasted, Options::default());
        assert_eq!(told.len(), count, "{told:?}");
    }
}

/// More failures at once than anybody reads are told in part, and counted.
#[test]
fn a_flood_is_told_in_part() {
    let ports = |port: u16| {
        let mut all = packets(CIPHER);
        for packet in &mut all {
            let tcp = tcp(packet);
            let server = u16::from_be_bytes([packet[tcp], packet[tcp + 1]]) < 32_768;
            let client = if server { tcp + 2 } else { tcp };
            packet[client..client + 2].copy_from_slice(&port.to_be_bytes());
        }
        all
    };
    let all: Vec<_> = (40_000..40_120).flat_map(ports).chain(others(200)).collect();
    let whole = capture(&all);
    let (_, told) =
        piped(&[&whole[..whole.len() - 80], &whole[whole.len() - 80..]], None, Options::default());
    assert_eq!(told.len(), 101, "{told:?}");
    assert_eq!(told[100], "More(20)");
}

/// Where the first failure is enough, nothing is read behind it, whatever the filter leaves out in
/// front; without one that passes, all is read.
#[test]
fn the_first_that_passes_is_enough() {
    let tail = others(20_000);
    let whole = capture(&[packets(FALLBACK), others(150), packets(CIPHER), tail].concat());
    let options = Options { first: true, failures: true, ..Options::default() };
    for (filter, alert) in [("", Some(86)), ("86", Some(86)), ("40", Some(40)), ("48", None)] {
        let filter = match filter {
            "" => Filter::default(),
            code => Filter::default().with("alert", code).unwrap(),
        };
        let intake = Intake::new("a", options).only(filter);
        let input = intake.stream(&mut &whole[..], &mut |_| ControlFlow::Continue(()));
        assert_eq!(input.counts.failed, u64::from(alert.is_some()), "{alert:?}");
        assert_eq!(input.stopped, alert.is_some());
        assert_eq!(input.packets < 1_000, alert.is_some(), "{}", input.packets);
        let found = input.failures.first().and_then(|failure| failure.ending.alert());
        assert_eq!(found.map(|message| message.alert.0), alert);
        assert_eq!(Report::new(vec![input]).exit(), u8::from(alert.is_some()));
    }
}

/// The first failure of a pipe that pauses is found before the pipe goes on.
#[test]
fn the_first_is_found_at_a_pause() {
    let whole = capture(&[packets(CIPHER), others(9)].concat());
    let end = whole.len() - 9 * others(1)[0].len();
    let options = Options { first: true, ..Options::default() };
    let (input, told) = piped(&[&whole[..end], &whole[end..]], None, options);
    assert_eq!((input.counts.failed, input.stopped, told.len()), (1, true, 0));
    assert_eq!(input.size, end as u64);
}

/// Who waits is told of the first failure, once.
#[test]
fn who_asks_hears_of_the_first() {
    let whole =
        capture(&[packets(FALLBACK), others(150), packets(CIPHER), others(20_000)].concat());
    let told = RefCell::new(Vec::new());
    let pause = Rc::new(Pause::default());
    let tell: Tell<'_> = Box::new(|news: &News<'_>| {
        if let News::First(input, failure) = news {
            told.borrow_mut().push(early_line(input, failure, &Look::default()));
        }
    });
    let intake = Intake::new("a", Options::default()).telling(Rc::clone(&pause), Some(tell));
    let mut asked = false;
    let mut watch = |_| {
        if !std::mem::replace(&mut asked, true) {
            pause.ask();
        }
        ControlFlow::Continue(())
    };
    let input = intake.stream(&mut &whole[..], &mut watch);
    assert_eq!(input.counts.failed, 2);
    let told = told.take();
    assert!(told.len() == 1 && told[0].contains("86"), "{told:?}");
}

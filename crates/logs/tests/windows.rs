//! The same text in other windows gives the same sightings.

use tlswhy_logs::{More, Reader, Sighting};

/// Two programs in turns, a failure in two lines, junk, a line break of Windows, no line break at
/// the end.
const TEXT: &[u8] = b"ordinary\n\
[Sun Nov 22 09:00:01.123456 2026] [ssl:info] [pid 71:tid 72] [client 192.0.2.7:50123] AH02008: SSL library error 1 in handshake (server www.example.test:443)\n\
2026/11/22 09:00:01 http: TLS handshake error from 192.0.2.8:48602: remote error: tls: unknown certificate authority\r\n\
[Sun Nov 22 09:00:01.123460 2026] [ssl:info] [pid 71:tid 72] SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)\n\
\0\xff\xfe SSL alert number \0\n\
2026/11/22 09:00:02 http: TLS handshake error from 192.0.2.9:48602: remote error: tls: bad certificate";

/// Reads a text in windows of this size; a window keeps what the reader still needs.
fn read(text: &[u8], size: usize) -> Vec<String> {
    let mut reader = Reader::new();
    let (mut start, mut end) = (0, 0);
    let mut found = Vec::new();
    let told = |sighting: Sighting| format!("{sighting:?}");
    loop {
        end = (end + size).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += reader.window(&text[start..end], more);
        found.extend(std::iter::from_fn(|| reader.sighting(more)).map(told));
        if more == More::Over {
            return found;
        }
    }
}

/// Wherever the windows end, the sightings are the same: lines, offsets and all.
#[test]
fn windows_of_any_size_give_the_same_sightings() {
    let whole = read(TEXT, TEXT.len());
    assert_eq!(whole.len(), 3, "{whole:#?}");
    for size in 1..TEXT.len() {
        assert_eq!(read(TEXT, size), whole, "windows of {size} bytes");
    }
}

/// A line of any length costs its length in time and nothing in memory, and the next line is read.
#[test]
fn a_line_without_end_is_cut() {
    let (head, tail) =
        (&b"SSL alert number 40 "[..], b" SSL alert number 41\nSSL alert number 42\n");
    let long = [head, &[b'x'; 3 << 20], tail].concat();
    let found = read(&long, 64 << 10);
    assert_eq!(found.len(), 2);
    assert!(found[1].contains("line: 2"), "{found:?}");
}

/// What is complete is told at a pause, though its file may go on.
#[test]
fn a_pause_tells_what_is_there() {
    let mut reader = Reader::new();
    reader.window(b"SSL alert number 40\nSSL alert num", More::Quiet);
    assert_eq!(reader.sighting(More::Quiet).map(|sighting| sighting.line), Some(1));
    assert!(reader.sighting(More::Quiet).is_none());
}

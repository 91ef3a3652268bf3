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

/// Zeros that a log was left with when it was emptied under its writer hide nothing of the line
/// behind them.
#[test]
fn a_hole_of_zeros_is_no_part_of_a_line() {
    let line = &b"2026/11/22 09:00:02 http: TLS handshake error from 192.0.2.9:48602: remote error: tls: bad certificate\n"[..];
    for zeros in [100, 3 << 20] {
        let text = [&vec![0; zeros], line].concat();
        for size in [64 << 10, text.len()] {
            let found = read(&text, size);
            assert_eq!(found.len(), 1);
            assert!(found[0].contains(&format!("offset: {zeros},")), "{}", found[0]);
            assert!(found[0].contains("time: Some"), "{}", found[0]);
        }
    }
}

/// Zeros are counted once, wherever windows end; the lengths in a journal's export are none.
#[test]
fn zeros_are_counted() {
    let zeros = |text: &[u8], size: usize| {
        let mut reader = Reader::new();
        let (mut start, mut end) = (0, 0);
        while end < text.len() {
            end = (end + size).min(text.len());
            let more = if end == text.len() { More::Over } else { More::Coming };
            start += reader.window(&text[start..end], more);
        }
        reader.zeros()
    };
    let text = [&b"SSL alert number 40\n"[..], &[0; 9000], b"\nSSL alert number 41\0\n\0"].concat();
    for size in [7, 4096, text.len()] {
        assert_eq!(zeros(&text, size), (9002, Some(20)), "windows of {size} bytes");
    }
    let journal = b"__CURSOR=x\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n\n";
    assert_eq!(zeros(journal, 4096), (0, None));
}

/// Of a line that is read from its middle on it is said that it was not read as a whole, and where
/// it begins.
#[test]
fn a_failure_deep_in_a_long_line_is_said_to_be_cut() {
    let text = [&b"short\n"[..], &[b'x'; 3 << 20], b" SSL alert number 41\n"].concat();
    let mut reader = Reader::new();
    let (mut start, mut end) = (0, 0);
    while end < text.len() {
        end = (end + (64 << 10)).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += reader.window(&text[start..end], more);
    }
    assert_eq!(reader.cut_lines(), (1, Some(6)));
    assert_eq!(reader.sighting(More::Over).map(|sighting| sighting.line), Some(2));
}

/// The time of a line that has none is that of a line shortly in front of it, wherever windows end
/// and however many failures stand between.
#[test]
fn lines_without_a_time_take_one_from_above() {
    let lines = "SSL alert number 40\n".repeat(40);
    let text = format!("2026-11-22 09:00:01 hello\n{lines}");
    for size in [100, text.len()] {
        let found = read(text.as_bytes(), size);
        let timed = found.iter().filter(|sighting| sighting.contains("time: Some")).count();
        assert_eq!((found.len(), timed), (40, 30), "windows of {size} bytes");
    }
}

/// What belongs together does not depend on how many failures one window holds.
#[test]
fn a_flood_is_told_the_same_in_every_window() {
    let mut text = String::new();
    for reason in [
        "[client 192.0.2.7:1] AH02008: SSL library error 1 in handshake (server x.example.test:443)",
        "SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)",
    ] {
        for process in 0..90 {
            text += &format!(
                "[Sun Nov 22 09:00:01.123456 2026] [ssl:info] [pid {process}:tid 7] {reason}\n"
            );
        }
    }
    let whole = read(text.as_bytes(), text.len());
    assert_eq!(whole.len(), 180, "more than can wait are told line by line");
    assert_eq!(read(text.as_bytes(), 2048), whole);
}

/// No text of a line is kept as long as a line may be.
#[test]
fn texts_are_kept_in_bounds() {
    let name = "\u{e4}".repeat(60_000);
    let text = format!(
        "{{\"time\":\"2026-11-22T09:00:01Z\",\"level\":\"error\",\"host\":\"{name}\",\"server_name\":\"{name}\",\
         \"msg\":\"remote error: tls: bad certificate {name}\"}}\n"
    );
    let found = Sighting::all(text.as_bytes());
    let texts = [Some(&found[0].words), found[0].name.as_ref(), found[0].host.as_ref()];
    assert!(texts.iter().all(|text| text.is_some_and(|text| text.len() <= 300)), "{found:?}");
}

/// What a visitor sends stands in access logs, and is no failure of TLS.
#[test]
fn a_request_is_no_failure() {
    let words = "remote error: tls: bad certificate";
    let access = format!(
        "192.0.2.7 - - [22/Nov/2026:09:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"{words}\"\n{words}\n"
    );
    assert_eq!(read(access.as_bytes(), access.len()).len(), 1);
}

/// A number and its text, one line apart, are one failure; the same text again is the next one.
#[test]
fn what_is_said_in_other_words_is_said_once() {
    let said = "mbedtls_ssl_handshake returned -0x7280\n\nSSL - The connection indicated an EOF\n";
    assert_eq!(read(said.as_bytes(), said.len()).len(), 1);
    let again = said.repeat(2);
    assert_eq!(read(again.as_bytes(), again.len()).len(), 2);
    let same = "SSL alert number 40\n".repeat(3);
    assert_eq!(read(same.as_bytes(), same.len()).len(), 3);
}

/// An exception and the one that it led to are one failure; the next one of the same kind is another.
#[test]
fn chained_exceptions_are_one_failure() {
    let trace = "ssl.SSLError: [SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:1006)\n\
                 \nThe above exception was the direct cause of the following exception:\n\
                 \nTraceback (most recent call last):\n  File \"fetch.py\", line 7\n\
                 app.Error: [SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:1006)\n";
    let text = trace.repeat(2);
    assert_eq!(read(text.as_bytes(), text.len()).len(), 2);
    assert_eq!(read(text.as_bytes(), 50), read(text.as_bytes(), text.len()));
}

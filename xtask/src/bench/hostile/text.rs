//! Logs that nobody wrote.

use std::io::{self, Write};

use super::out::Out;
use super::{Hostile, Input, Kind};

pub(super) const SET: &[Hostile] = &[
    log("one-line", "one line of a gigabyte", one_line),
    cut("one-failing-line", "200 MB of failures in one line", one_failing_line),
    log("empty-lines", "a billion empty lines", empty_lines),
    log("short-lines", "100 million lines of one letter", short_lines),
    failing("line-failures", "2 million failures, each of another host", failures),
    failing("line-same-failure", "2 million times the same failure", same_failure),
    failing("line-codes", "a million failures that name codes, each another", codes),
    log("near", "lines of 200 kB that are nearly a failure at every word", near),
    cut("json-deep", "JSON nested 10 million deep", json_deep),
    cut("json-wide", "JSON of a million members a line", json_wide),
    log("json-in-json", "JSON in JSON in JSON, each quoted again", json_in_json),
    cut("escapes", "lines of a megabyte of escape sequences", escapes),
    cut("halves", "halves of characters in UTF-16", halves),
    cut("columns", "CSV of a million columns", columns),
    cut("fields", "syslog with a million fields a line", fields),
    cut("pairs", "a million names and values a line", pairs),
    failing("line-trace", "a stack trace that never ends", trace),
    failing("line-caused", "causes of causes of causes without end", caused),
    failing("line-waiting", "a million clients of which one line of two is there", waiting),
    // Records have no words: the failure behind them is no line of theirs.
    Hostile { says: &[], ..cut("zeek", "a log of Zeek with a million columns", zeek) },
    cut("journal", "a journal's export whose lengths lie", journal),
    Hostile { code: 2, ..failing("line-holes", "zeros between all lines", holes) },
    log("trickle", "a line of 200 kB, a byte at a time", trickle),
    log("stamps", "a line of times", stamps),
];

const fn log(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile {
        name,
        what,
        kind: Kind::Text,
        input: Input::Pipe(make),
        memory: 96,
        times: 8.0,
        code: 1,
        says: &["expired-leaf"],
    }
}

/// The same, where every line tells of a failure.
const fn failing(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile { kind: Kind::Failures, times: 2.0, ..log(name, what, make) }
}

/// The same, where lines are too long to be read as a whole, or are no text: that is told.
const fn cut(name: &'static str, what: &'static str, make: super::Make) -> Hostile {
    Hostile { code: 2, ..log(name, what, make) }
}

/// A line in which nothing failed.
pub(super) const ORDINARY: &str = "192.0.2.7 - - [22/Nov/2026:10:00:00 +0000] \"GET /shop/item/7 \
     HTTP/1.1\" 200 7313 \"https://www.example.test/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n";

/// The failure that must be told whatever else is there.
pub(super) const FAILURE: &str = "2026-11-22T10:00:00Z job[17]: ssl.SSLCertVerificationError: [SSL: \
     CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired \
     (_ssl.c:1006)\n";

fn between(
    out: &mut Out<'_>,
    flood: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(FAILURE.as_bytes())?;
    flood(out)?;
    out.write_all(b"\n")?;
    out.write_all(FAILURE.as_bytes())
}

fn one_line(out: &mut Out<'_>) -> io::Result<()> {
    let megabytes = if out.all { 10_000 } else { 1_000 };
    between(out, |out| out.repeat(&[b'x'; 1_000_000], megabytes))
}

fn one_failing_line(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| out.repeat(FAILURE.trim_end().as_bytes(), 1_200_000))
}

fn empty_lines(out: &mut Out<'_>) -> io::Result<()> {
    out.units = 1_000_000_000;
    between(out, |out| out.repeat(&[b'\n'; 1_000_000], 1_000))
}

fn short_lines(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| out.repeat(b"a\n", 100_000_000))
}

/// Failures of many kinds, one after the other, of a few thousand clients.
pub(super) fn ordinary_failures(out: &mut Out<'_>) -> io::Result<()> {
    out.units = 4 * 20_000;
    (0..20_000_u32).try_for_each(|number| {
        let client = format!("10.0.{}.{}", number % 16, number % 250);
        out.write_all(FAILURE.as_bytes())?;
        out.write_all(JAVA.as_bytes())?;
        writeln!(
            out,
            "2026-11-22T10:00:01Z web http: TLS handshake error from {client}:40000: remote error: \
             tls: unknown certificate authority"
        )?;
        writeln!(
            out,
            "2026/11/22 10:00:02 [info] 71#71: *{number} SSL_do_handshake() failed (SSL: \
             error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL \
             handshaking, client: {client}, server: 0.0.0.0:443"
        )
    })
}

fn failures(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..2_000_000_u32).try_for_each(|number| {
            out.units += 1;
            writeln!(
                out,
                "2026-11-22T10:00:00Z web{number} http: TLS handshake error from 10.{}.{}.{}:4{:04}: \
                 remote error: tls: unknown certificate authority",
                number >> 16 & 255,
                number >> 8 & 255,
                number & 255,
                number % 10_000
            )
        })
    })
}

fn same_failure(out: &mut Out<'_>) -> io::Result<()> {
    out.units = 2_000_000;
    between(out, |out| out.repeat(FAILURE.as_bytes(), 2_000_000))
}

fn codes(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..1_000_000_u32).try_for_each(|number| {
            out.units += 1;
            writeln!(
                out,
                "2026/11/22 10:00:00 [info] 71#71: *{number} SSL_do_handshake() failed (SSL: \
                 error:0A{number:06X}:SSL routines::reason {number}:SSL alert number {}) while SSL \
                 handshaking, client: 10.0.0.{}, server: 0.0.0.0:443",
                number % 256,
                number % 250
            )
        })
    })
}

fn near(out: &mut Out<'_>) -> io::Result<()> {
    let words = [
        "SSL_do_handshake() failed (SSL: error:0A000418:SSL routines",
        "tlsv1 alert unknown ca",
        "certificate verify failed",
        "Received fatal alert: ",
        "TLS handshake error from ",
        "error:0A",
        "x509: certificate ",
        "SSL_ERROR_",
        "sslv3 alert ",
        "javax.net.ssl.SSL",
        "gnutls_handshake() failed: ",
    ];
    between(out, |out| {
        (0..400).try_for_each(|number: usize| {
            let word = words[number % words.len()];
            out.write_all(word.repeat(200_000 / word.len()).as_bytes())?;
            out.write_all(b"\n")
        })
    })
}

fn json_deep(out: &mut Out<'_>) -> io::Result<()> {
    let inside = &FAILURE.trim_end()[30..];
    between(out, |out| {
        out.repeat(b"{\"a\":[", 5_000_000)?;
        write!(out, "\"{inside}\"")?;
        out.repeat(b"]}", 5_000_000)?;
        for _ in 0..400 {
            out.write_all(b"\n")?;
            out.repeat(b"{\"msg\":", 10_000)?;
            write!(out, "\"{inside}\"")?;
            out.repeat(b"}", 10_000)?;
        }
        Ok(())
    })
}

fn json_wide(out: &mut Out<'_>) -> io::Result<()> {
    let inside = &FAILURE.trim_end()[30..];
    between(out, |out| {
        for members in [1_000_000, 10_000, 10_000, 10_000] {
            for _ in 0..1_000_000 / members {
                out.write_all(b"{\"msg\":\"")?;
                write!(out, "{inside}\"")?;
                (0..members).try_for_each(|number| write!(out, ",\"m{number}\":\"{number}\""))?;
                out.write_all(b"}\n")?;
            }
        }
        Ok(())
    })
}

fn json_in_json(out: &mut Out<'_>) -> io::Result<()> {
    let mut line = FAILURE.trim_end()[30..].to_owned();
    for _ in 0..12 {
        line = format!("{{\"message\":{}}}", serde_json::Value::from(line));
    }
    between(out, |out| {
        (0..2_000).try_for_each(|_| {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")
        })
    })
}

fn escapes(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..100).try_for_each(|_| {
            out.repeat(b"\x1b[1;31m\x1b[0m\x1b[", 60_000)?;
            out.write_all(FAILURE.as_bytes())
        })?;
        (0..100).try_for_each(|_| {
            out.repeat(b"\x1b[38;5;1m", 10_000)?;
            out.write_all(FAILURE.as_bytes())
        })
    })
}

fn halves(out: &mut Out<'_>) -> io::Result<()> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    out.write_all(&wide("\u{feff}"))?;
    out.write_all(&wide(FAILURE))?;
    out.repeat(&[0, 0xd8, 0x0a, 0, 0, 0xdc], 30_000_000)?;
    out.write_all(&wide("\n"))?;
    out.write_all(&wide(FAILURE))
}

fn columns(out: &mut Out<'_>) -> io::Result<()> {
    let inside = &FAILURE.trim_end()[30..];
    (0..1_000_000).try_for_each(|number| write!(out, "column{number},"))?;
    out.write_all(b"message\n")?;
    for _ in 0..30 {
        out.repeat(b"\"x\",", 1_000_000)?;
        writeln!(out, "\"{inside}\"")?;
    }
    out.write_all(FAILURE.as_bytes())
}

fn fields(out: &mut Out<'_>) -> io::Result<()> {
    let inside = &FAILURE.trim_end()[30..];
    between(out, |out| {
        for count in [1_000_000, 10_000] {
            for _ in 0..10_000_000 / count {
                out.write_all(b"<165>1 2026-11-22T10:00:00Z web app 17 ID47 ")?;
                out.repeat(b"[x@1 a=\"b\"]", count)?;
                writeln!(out, " {inside}")?;
            }
        }
        Ok(())
    })
}

fn pairs(out: &mut Out<'_>) -> io::Result<()> {
    let inside = &FAILURE.trim_end()[30..];
    between(out, |out| {
        for count in [1_000_000, 10_000] {
            for _ in 0..10_000_000 / count {
                out.write_all(b"time=2026-11-22T10:00:00Z level=error ")?;
                out.repeat(b"a=\"b\\\"\" ", count)?;
                writeln!(out, "msg=\"{inside}\"")?;
            }
        }
        Ok(())
    })
}

const JAVA: &str = "2026-11-22 10:00:00,204 WARN [worker-1] javax.net.ssl.SSLHandshakeException: \
     Received fatal alert: handshake_failure\n";

fn trace(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.write_all(JAVA.as_bytes())?;
        out.repeat(b"\tat sun.security.ssl.Alert.createSSLException(Alert.java:131)\n", 4_000_000)
    })
}

fn caused(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.write_all(JAVA.as_bytes())?;
        out.units = 1_000_000;
        out.repeat(
            b"Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed\n\tat \
              a.b.C.d(C.java:1)\n",
            1_000_000,
        )
    })
}

fn waiting(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..1_000_000_u32).try_for_each(|number| {
            out.units += 1;
            writeln!(
                out,
                "Nov 22 10:00:00 mx postfix/smtpd[{number}]: SSL_accept error from \
                 mail{number}.example.test[10.{}.{}.1]: -1",
                number >> 8 & 255,
                number & 255
            )
        })
    })
}

fn zeek(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(b"#separator \\x09\n#path\tssl\n#fields")?;
    (0..1_000_000).try_for_each(|number| write!(out, "\tf{number}"))?;
    out.write_all(b"\n")?;
    for _ in 0..20 {
        out.repeat(b"-\t", 1_000_000)?;
        out.write_all(b"\n")?;
    }
    out.write_all(FAILURE.as_bytes())
}

fn journal(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        out.repeat(
            b"__CURSOR=a\n__REALTIME_TIMESTAMP=1\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7f",
            1,
        )?;
        out.repeat(b"__CURSOR=a\nMESSAGE\n\x05\0\0\0\0\0\0\0abcde\n\n", 2_000_000)
    })
}

fn holes(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        let line = [&[0; 400][..], FAILURE.as_bytes()].concat();
        out.repeat(&line, 200_000)
    })
}

fn trickle(out: &mut Out<'_>) -> io::Result<()> {
    out.write_all(FAILURE.as_bytes())?;
    out.push()?;
    for byte in "certificate verify maybe ".bytes().cycle().take(200_000) {
        out.write_all(&[byte])?;
        out.push()?;
    }
    out.write_all(b"\n")?;
    out.write_all(FAILURE.as_bytes())
}

fn stamps(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |out| {
        (0..400).try_for_each(|_| {
            out.repeat(b"2026-11-22T10:00:00Z ", 8_000)?;
            out.write_all(FAILURE.as_bytes())
        })
    })
}

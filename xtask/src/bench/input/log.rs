//! A log of a gigabyte in which one line of a thousand tells of a failure of TLS.
//!
//! Access and error logs of web servers, a proxy, a mail server and programs that log JSON, in turns,
//! with what looks like a failure and is none: paths and pages about alerts, versions of TLS on
//! every line of an access log. The same bytes each time.

use std::path::PathBuf;

use anyhow::Result;

use super::dice::Dice;
use super::{Contents, Input};

/// What `rg` and `grep` look for: each failure holds at least one of them, and no other line does.
pub(in crate::bench) const LITERALS: [&str; 14] = [
    "SSL_do_handshake() failed",
    "SSL handshake failure",
    "SSL_accept error",
    "TLS handshake error from",
    "Received fatal alert",
    "SSL routines:",
    "certificate verify failed",
    "PKIX path building failed",
    "TLS_ERROR: BIO read",
    "no matching TLS ciphers",
    "SSL_ERROR_",
    "gnutls_handshake() failed",
    "received fatal TLS alert",
    "TLS Alert read:fatal",
];

/// One line of a thousand.
const ONE_OF: u64 = 1_000;

/// The log of about this many bytes.
pub(in crate::bench) fn make(bytes: u64, path: PathBuf) -> Result<Input> {
    Input::made(path, (PLAN, bytes), |out| {
        let mut dice = Dice::new(0x5eed);
        let (mut size, mut lines, mut failures) = (0, 0, 0);
        let mut line = String::new();
        while size < bytes {
            line.clear();
            let failing = dice.below(ONE_OF) == 0;
            let moment = Moment::of(lines / 200);
            if failing {
                failure(&mut line, &moment, &mut dice);
            } else {
                ordinary(&mut line, &moment, &mut dice);
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
            size += line.len() as u64;
            lines += 1;
            failures += u64::from(failing);
        }
        let about = format!("{} MB, {lines} lines, {failures} failures", size / 1_000_000);
        Ok(Contents { about, failures })
    })
}

/// Changes when other lines are made.
const PLAN: u32 = 1;

/// A client, out of a thousand.
pub(super) fn client(dice: &mut Dice) -> String {
    let net = dice.pick(&["192.0.2", "198.51.100", "203.0.113", "10.20.30", "10.0.7"]);
    format!("{net}.{}", dice.below(250) + 1)
}

/// A moment of a November day, 200 lines a second.
struct Moment {
    hour: u64,
    minute: u64,
    second: u64,
}

impl Moment {
    fn of(second: u64) -> Self {
        Self { hour: second / 3600 % 24, minute: second / 60 % 60, second: second % 60 }
    }

    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

/// A line in which nothing failed.
fn ordinary(line: &mut String, moment: &Moment, dice: &mut Dice) {
    let (client, clock) = (client(dice), moment.clock());
    let (status, size, n) = (dice.pick(STATUS), dice.below(90_000), dice.below(100_000));
    let (page, agent) = (dice.pick(PAGES), dice.pick(AGENTS));
    *line = match dice.below(20) {
        0..=9 => format!(
            "{client} - - [22/Nov/2026:{clock} +0000] \"GET {page}{n} HTTP/1.1\" {status} {size} \
             \"https://www.example.test/\" \"{agent}\""
        ),
        10..=12 => format!(
            "{client} - - [22/Nov/2026:{clock} +0000] \"POST {page} HTTP/2.0\" {status} {size} \
             \"-\" \"{agent}\" TLSv1.3 TLS_AES_256_GCM_SHA384 \"www.example.test\""
        ),
        13..=14 => format!(
            "Nov 22 {clock} lb1 haproxy[812]: {client}:{n} [22/Nov/2026:{clock}.117] web~ app/app{} \
             0/0/1/{}/31 {status} {size} - - ---- 412/388/12/3/0 0/0 \"GET {page} HTTP/1.1\"",
            n % 7,
            n % 90
        ),
        15..=16 => format!(
            "{{\"time\":\"2026-11-22T{clock}.204Z\",\"level\":\"info\",\"msg\":\"request served\",\
             \"remote\":\"{client}:{n}\",\"path\":\"{page}\",\"status\":{status},\"bytes\":{size},\
             \"tls\":{{\"version\":\"TLSv1.3\",\"sni\":\"www.example.test\",\"handshake_ms\":3}}}}"
        ),
        17 => format!(
            "2026/11/22 {clock} [error] 71#71: *{n} open() \"/srv/www{page}{n}\" failed (2: No such \
             file or directory), client: {client}, server: www.example.test, request: \"GET {page} \
             HTTP/1.1\", host: \"www.example.test\""
        ),
        18 => format!(
            "Nov 22 {clock} mx postfix/smtpd[{n}]: connect from mail.example.test[{client}]; \
             Anonymous TLS connection established: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384"
        ),
        _ => format!(
            "ts=2026-11-22T{clock}.901Z caller=notify.go:732 level=info component=dispatcher \
             alert=HighLatency[{n}] msg=\"Notify success\" receiver=pager certificate_days=41"
        ),
    };
}

/// A line that tells of a failure.
fn failure(line: &mut String, moment: &Moment, dice: &mut Dice) {
    let (client, clock) = (client(dice), moment.clock());
    let port = 40_000 + dice.below(20_000);
    let reason = dice.pick(REASONS);
    *line = match dice.below(14) {
        0 | 1 => format!(
            "2026/11/22 {clock} [info] 71#71: *{port} SSL_do_handshake() failed (SSL: {reason}) \
             while SSL handshaking, client: {client}, server: 0.0.0.0:443"
        ),
        2 | 3 => format!(
            "Nov 22 {clock} lb1 haproxy[812]: {client}:{port} [22/Nov/2026:{clock}.117] web/1: SSL \
             handshake failure"
        ),
        4 => format!(
            "Nov 22 {clock} mx postfix/smtpd[{port}]: SSL_accept error from \
             mail.example.test[{client}]: -1"
        ),
        5 | 6 => format!(
            "2026/11/22 {clock} http: TLS handshake error from {client}:{port}: remote error: tls: \
             unknown certificate authority"
        ),
        7 => format!(
            "{{\"time\":\"2026-11-22T{clock}.204Z\",\"level\":\"error\",\"msg\":\"http: TLS handshake \
             error from {client}:{port}: tls: client offered only unsupported versions: [301]\"}}"
        ),
        8 => format!(
            "2026-11-22 {clock},204 WARN [worker-{port}] javax.net.ssl.SSLHandshakeException: \
             Received fatal alert: handshake_failure"
        ),
        9 => format!(
            "2026-11-22 {clock},204 ERROR [worker-{port}] javax.net.ssl.SSLHandshakeException: PKIX \
             path building failed: sun.security.provider.certpath.SunCertPathBuilderException: \
             unable to find valid certification path to requested target"
        ),
        10 => format!(
            "Nov 22 {clock} job[{port}]: ssl.SSLCertVerificationError: [SSL: \
             CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired \
             (_ssl.c:1006)"
        ),
        11 => format!("Nov 22 {clock} vpn openvpn[{port}]: {client}:{port} OpenSSL: {reason}"),
        12 => format!(
            "Nov 22 {clock} build git[{port}]: fatal: unable to access \
             'https://git.example.test/a.git/': gnutls_handshake() failed: Handshake failed"
        ),
        _ => format!(
            "Nov 22 {clock} radius freeradius[{port}]: (7) eap_tls: ERROR: (TLS) TLS Alert \
             read:fatal:unknown CA"
        ),
    };
}

const STATUS: &[&str] = &["200", "200", "200", "204", "301", "304", "403", "404", "499", "502"];

const PAGES: &[&str] = &[
    "/",
    "/shop/item/",
    "/api/v2/alerts?state=fatal&limit=40&page=",
    "/docs/ssl/handshake-failure-",
    "/static/js/certificate-",
    "/img/tls/alert-",
    "/search?q=unknown+ca+alert&p=",
    "/health/",
];

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
    "curl/8.14.1",
    "OpenSSL-checker/2.1 (certificate expiry)",
    "Go-http-client/2.0",
];

const REASONS: &[&str] = &[
    "error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48",
    "error:0A000412:SSL routines::sslv3 alert bad certificate:SSL alert number 42",
    "error:0A0000C1:SSL routines::no shared cipher",
    "error:0A000102:SSL routines::unsupported protocol",
    "error:0A00010B:SSL routines::wrong version number",
    "error:0A00009C:SSL routines::http request",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What the peers look for stands in every failure and in no other line: the counts can be
    /// compared.
    #[test]
    fn literals_are_in_failures_only() {
        let holds = |line: &str| LITERALS.iter().any(|literal| line.contains(literal));
        let mut dice = Dice::new(1);
        let mut line = String::new();
        for second in 0..5_000 {
            ordinary(&mut line, &Moment::of(second), &mut dice);
            assert!(!holds(&line), "{line}");
            failure(&mut line, &Moment::of(second), &mut dice);
            assert!(holds(&line), "{line}");
        }
    }
}

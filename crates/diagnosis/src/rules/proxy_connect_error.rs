//! A proxy does not open the tunnel.

use trace::{Carrier, Denial, Side};

use super::protocol::quote;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "proxy-connect-error",
    because: "a proxy that did not open the tunnel",
    page: include_str!("proxy-connect-error.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let session = case.session;
    if !matches!(session.carrier, Carrier::HttpConnect | Carrier::Socks) {
        return None;
    }
    let asks = session.plaintext(Side::Client)?;
    let wants = match session.carrier {
        Carrier::HttpConnect => quote(connect(asks.what)),
        _ => target(asks.what),
    };
    let Some(answer) = session.plaintext(Side::Server) else { return unanswered(case, &wants) };
    let Denial::Refused(words) = case.denial()? else { return None };
    let says = match session.carrier {
        Carrier::HttpConnect => quote(words),
        _ => format!("SOCKS: {}", socks(words)),
    };
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server))
        .at("client asks", &asks, wants)
        .at("proxy says", &answer, says);
    Some(match header(answer.what, b"Proxy-Authenticate: ") {
        Some(scheme) => finding.fact("proxy wants", quote(scheme)),
        None => finding,
    })
}

/// A proxy that leaves without a word.
fn unanswered(case: &Case<'_>, wants: &str) -> Option<Finding> {
    let (asks, server) = (case.session.plaintext(Side::Client)?, &case.session.from_server);
    let left = server.fin.or(server.reset)?;
    let open = server.syn.is_some() && server.bytes == 0 && server.lost == 0;
    let first = case.session.from_client.fin.is_none_or(|fin| fin.frame > left.frame);
    let how = if server.reset.is_some() { "resets" } else { "closes" };
    let finding = Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server))
        .at("client asks", &asks, wants)
        .frame("proxy", left.frame, format!("{how} the connection without a word"))
        .tell("the proxy's log says why");
    (open && first).then_some(finding)
}

/// The line of a request for a tunnel, which may stand behind a PROXY header.
fn connect(client: &[u8]) -> &[u8] {
    let at = client.windows(8).position(|window| window == b"CONNECT ").unwrap_or(0);
    client.get(at..).unwrap_or_default()
}

/// What a line of an answer says behind its name.
fn header<'a>(answer: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    answer.split(|byte| *byte == b'\n').find_map(|line| {
        let (start, value) = line.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then(|| value.trim_ascii_end())
    })
}

/// Where a client of SOCKS wants to go, as far as its request came (RFC 1928, 4).
fn target(client: &[u8]) -> String {
    let version = if client.first() == Some(&4) { 4 } else { 5 };
    let place = match client {
        [4, 1 | 2, high, low, a, b, c, d, ..] => {
            let port = u16::from_be_bytes([*high, *low]);
            Some(format!("{a}.{b}.{c}.{d}:{port}"))
        }
        [5, count, rest @ ..] => rest.get(usize::from(*count)..).and_then(|rest| {
            let rest = match rest {
                [1, name, after @ ..] => {
                    let [password, after @ ..] = after.get(usize::from(*name)..)? else {
                        return None;
                    };
                    after.get(usize::from(*password)..)?
                }
                rest => rest,
            };
            match rest {
                [5, _, _, 1, a, b, c, d, high, low, ..] => {
                    let port = u16::from_be_bytes([*high, *low]);
                    Some(format!("{a}.{b}.{c}.{d}:{port}"))
                }
                [5, _, _, 3, length, rest @ ..] => {
                    let (name, port) = rest.split_at_checked(usize::from(*length))?;
                    let port = u16::from_be_bytes(*port.first_chunk()?);
                    Some(format!("{}:{port}", quote(name).trim_matches('"')))
                }
                _ => None,
            }
        }),
        _ => None,
    };
    match place {
        Some(place) => format!("a tunnel by SOCKS {version} to {place}"),
        None => format!("a tunnel by SOCKS {version}"),
    }
}

/// What a refusal means: the first byte is the version of what it answers, the second its code
/// (RFC 1928, 3 and 6; RFC 1929, 2).
fn socks(words: &[u8]) -> &'static str {
    match words {
        [5, 0xff] => "no way to log in that the client offers",
        [1, _] => "wrong name or password",
        [5, 1] => "general failure",
        [5, 2] => "not allowed by the proxy's rules",
        [5, 3] => "network unreachable",
        [5, 4] => "host unreachable, or its name does not resolve",
        [5, 5] => "connection refused by the server behind it",
        [5, 6] => "timed out on the way to the server",
        [5, 7] => "command not supported",
        [5, 8] => "type of address not supported",
        [0, 0x5c] => "the client runs no identd that the proxy can reach",
        [0, 0x5d] => "the client's identd does not confirm its user",
        [0, 0x5b] => "rejected or failed",
        _ => "a code that RFC 1928 does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;

    fn dialogue(carrier: Carrier, client: &[u8], server: &[u8]) -> Vec<Finding> {
        Story::dialogue(carrier, client, server).judge()
    }

    /// The proxy's status is quoted; a code of SOCKS is put into words.
    #[test]
    fn the_proxy_is_quoted() {
        let request = b"CONNECT www.example.test:443 HTTP/1.1\r\n\r\n";
        let answer = b"HTTP/1.1 403 Forbidden\r\n\r\n";
        let findings = dialogue(Carrier::HttpConnect, request, answer);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].evidence[1].says, "\"HTTP/1.1 403 Forbidden\"");
        let request = b"\x05\x01\0\x05\x01\0\x01\x0a\0\0\x01\x01\xbb";
        let answer = b"\x05\0\x05\x05\0\x01\0\0\0\0\0\0";
        let findings = dialogue(Carrier::Socks, request, answer);
        assert_eq!(
            findings[0].evidence[1].says,
            "SOCKS: connection refused by the server behind it"
        );
    }

    /// Where a client of SOCKS wants to go is read from its request, behind name and password too.
    #[test]
    fn the_target_is_named() {
        for (request, place) in [
            (&b"\x05\x01\0\x05\x01\0\x03\x08www.test\x01\xbb"[..], "5 to www.test:443"),
            (b"\x05\x01\x02\x01\x01a\x01b\x05\x01\0\x01\x0a\0\0\x01\0\x19", "5 to 10.0.0.1:25"),
            (b"\x04\x01\x01\xbb\x0a\0\0\x02\0", "4 to 10.0.0.2:443"),
            (b"\x05\x01\0", "5"),
        ] {
            assert_eq!(target(request), format!("a tunnel by SOCKS {place}"));
        }
    }

    /// A tunnel that was opened is no error, whatever came of it.
    #[test]
    fn an_open_tunnel_is_no_error() {
        let request = b"CONNECT www.example.test:443 HTTP/1.1\r\n\r\n";
        assert!(dialogue(Carrier::HttpConnect, request, b"HTTP/1.1 200 OK\r\n\r\n").is_empty());
    }
}

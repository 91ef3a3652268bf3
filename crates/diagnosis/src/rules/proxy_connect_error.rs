//! A proxy does not open the tunnel.

use trace::{Answer, Request, Side, SocksReply, SocksRequest, SocksTarget};

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
    let wants = match session.request()? {
        Request::Connect(line) => quote(line),
        Request::Socks(request) => tunnel(request),
        _ => return None,
    };
    let asks = session.plaintext(Side::Client)?;
    let Some(answer) = session.plaintext(Side::Server) else { return unanswered(case, &wants) };
    let says = match case.denial()?.answer {
        Answer::Socks(reply) => format!("SOCKS: {}", socks(reply)),
        Answer::Text(words) => quote(words),
        _ => return None,
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

/// What a line of an answer says behind its name.
fn header<'a>(answer: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    answer.split(|byte| *byte == b'\n').find_map(|line| {
        let (start, value) = line.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then(|| value.trim_ascii_end())
    })
}

/// Where a client of SOCKS wants to go, as far as its request came.
fn tunnel(request: SocksRequest<'_>) -> String {
    let tunnel = format!("a tunnel by SOCKS {}", request.version);
    match request.target {
        Some(SocksTarget::Address(address)) => format!("{tunnel} to {address}"),
        Some(SocksTarget::Name(name, port)) => {
            format!("{tunnel} to {}:{port}", quote(name).trim_matches('"'))
        }
        None => tunnel,
    }
}

/// What a refusal means (RFC 1928, 3 and 6; RFC 1929, 2).
fn socks(reply: SocksReply) -> &'static str {
    match reply {
        SocksReply::NoMethod => "no way to log in that the client offers",
        SocksReply::Login => "wrong name or password",
        SocksReply::Version5(1) => "general failure",
        SocksReply::Version5(2) => "not allowed by the proxy's rules",
        SocksReply::Version5(3) => "network unreachable",
        SocksReply::Version5(4) => "host unreachable, or its name does not resolve",
        SocksReply::Version5(5) => "connection refused by the server behind it",
        SocksReply::Version5(6) => "timed out on the way to the server",
        SocksReply::Version5(7) => "command not supported",
        SocksReply::Version5(8) => "type of address not supported",
        SocksReply::Version4(92) => "the client runs no identd that the proxy can reach",
        SocksReply::Version4(93) => "the client's identd does not confirm its user",
        SocksReply::Version4(_) => "rejected or failed",
        SocksReply::Version5(_) => "a code that RFC 1928 does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::Carrier;

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

    /// Where a client of SOCKS wants to go is named, as far as it said so.
    #[test]
    fn the_target_is_named() {
        let general = b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0";
        for (request, answer, place) in [
            (
                &b"\x05\x01\0\x05\x01\0\x03\x08www.test\x01\xbb"[..],
                &general[..],
                "5 to www.test:443",
            ),
            (b"\x04\x01\x01\xbb\x0a\0\0\x02\0", b"\0\x5b\0\0\0\0\0\0", "4 to 10.0.0.2:443"),
            (b"\x05\x01\0", b"\x05\xff", "5"),
        ] {
            let findings = dialogue(Carrier::Socks, request, answer);
            assert_eq!(findings[0].evidence[0].says, format!("a tunnel by SOCKS {place}"));
        }
    }

    /// A tunnel that was opened is no error, whatever came of it.
    #[test]
    fn an_open_tunnel_is_no_error() {
        let request = b"CONNECT www.example.test:443 HTTP/1.1\r\n\r\n";
        assert!(dialogue(Carrier::HttpConnect, request, b"HTTP/1.1 200 OK\r\n\r\n").is_empty());
    }
}

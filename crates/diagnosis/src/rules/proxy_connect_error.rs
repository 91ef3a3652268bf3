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
    let Denial::Refused(words) = session.denial()? else { return None };
    let says = match session.carrier {
        Carrier::HttpConnect => quote(words),
        Carrier::Socks => format!("SOCKS: {}", socks(words)),
        _ => return None,
    };
    let asks = session.plaintext(Side::Client)?;
    let answer = session.plaintext(Side::Server)?;
    let wants = match session.carrier {
        Carrier::HttpConnect => quote(asks.what),
        _ => "a SOCKS tunnel".to_owned(),
    };
    Some(
        Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server))
            .at("client asks", &asks, wants)
            .at("proxy says", &answer, says),
    )
}

/// What a refusal means: the first byte is the version of what it answers, the second its code
/// (RFC 1928, 3 and 6; RFC 1929, 2).
fn socks(words: &[u8]) -> &'static str {
    match words {
        [5, 0xff] => "no way to log in that the client offers",
        [1, _] => "wrong name or password",
        [5, 2] => "not allowed by the proxy's rules",
        [5, 3] => "network unreachable",
        [5, 4] => "host unreachable, or its name does not resolve",
        [5, 5] => "connection refused by the server behind it",
        [5, 6] => "timed out on the way to the server",
        [5, 7] => "command not supported",
        [5, 8] => "type of address not supported",
        [0, 0x5c | 0x5d] => "the client's identd does not confirm its user",
        _ => "general failure",
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

    /// A tunnel that was opened is no error, whatever came of it.
    #[test]
    fn an_open_tunnel_is_no_error() {
        let request = b"CONNECT www.example.test:443 HTTP/1.1\r\n\r\n";
        assert!(dialogue(Carrier::HttpConnect, request, b"HTTP/1.1 200 OK\r\n\r\n").is_empty());
    }
}

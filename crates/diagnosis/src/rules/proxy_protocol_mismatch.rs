//! A header of the PROXY protocol, sent to a server that expects TLS.

use trace::Carrier;

use super::plaintext_http_on_tls_port::judge_as;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "proxy-protocol-mismatch",
    because: "a PROXY header that the server does not expect",
    page: include_str!("proxy-protocol-mismatch.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if case.session.carrier == Carrier::ProxyProtocol { judge_as(&CAUSE, case) } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::{Message, Outcome, Side};

    /// The header is named, and it is not taken for any other plaintext.
    #[test]
    fn the_header_is_named() {
        let header = b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n".as_slice();
        let findings = Story::new()
            .says(Side::Client, Message::Plaintext(header.into()))
            .with(|session| session.carrier = Carrier::ProxyProtocol)
            .ends(Outcome::NotTls)
            .judge();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
    }
}

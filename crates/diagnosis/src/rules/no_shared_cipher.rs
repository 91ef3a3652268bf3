//! No cipher suite in common.

use alert::Alert;
use trace::{Seen, Side};
use wire::{CipherSuite, ClientHello, KeyExchange, ProtocolVersion, ServerHello};

use super::hello::{Refusal, suites, usable_suites};
use crate::{CONTROL, Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "no-shared-cipher",
    because: "cipher suites that do not overlap",
    page: include_str!("no-shared-cipher.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    match case.server_hello {
        Some(answer) => refused_by_client(case, answer),
        None => refused_by_server(case),
    }
}

/// The server chose what was never offered.
fn refused_by_client(case: &Case<'_>, answer: Seen<ServerHello<'_>>) -> Option<Finding> {
    let hello = case.client_hello?;
    let chosen = answer.what.cipher_suite;
    if hello.what.cut.is_some()
        || hello.what.cipher_suites().any(|suite| suite == chosen)
        || !case.refused_with(Side::Client, &[Alert::ILLEGAL_PARAMETER, Alert::HANDSHAKE_FAILURE])
    {
        return None;
    }
    Some(
        Finding::new(&CAUSE, Confidence::Certain, Some(Side::Client))
            .at("client offers", &hello, offer(&hello.what))
            .at("server takes", &answer, format!("{chosen}, which was not offered")),
    )
}

fn refused_by_server(case: &Case<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case)?;
    // Over datagrams GnuTLS refuses in silence; some RADIUS servers send EAP-Failure and keep their
    // alert to themselves.
    let silent = case.fell_silent(Side::Server);
    let unsaid = silent.is_some() || (case.access().is_some() && refusal.alert.is_none());
    if !(unsaid || refusal.is(&[Alert::HANDSHAKE_FAILURE, Alert::INSUFFICIENT_SECURITY])) {
        return None;
    }
    let hello = refusal.hello.what;
    let offered = suites(&hello);
    let taken = case.server().map(|server| usable_suites(server, &hello)).unwrap_or_default();
    if taken.iter().any(|(suite, _)| offered.contains(suite)) {
        return None;
    }
    let unusual = !offered.is_empty() && offered.iter().copied().all(is_unusual);
    let narrow = unusual || offered.len() == 1;
    let confidence = match (taken.is_empty(), narrow) {
        (false, _) | (true, true) => Confidence::Likely,
        (true, false) => Confidence::Possible,
    };
    // An offer that is too old explains the refusal by its version.
    let old = hello.cut.is_none() && hello.highest_version().settled() < ProtocolVersion::TLS_1_2;
    let unclear = silent.is_some() || (old && taken.is_empty());
    let confidence = if unclear { Confidence::Possible } else { confidence };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Server)).at(
        "client offers",
        &refusal.hello,
        offer(&hello),
    );
    let finding = match silent {
        Some(frame) => {
            let says =
                format!("nothing more, and the client sent {}", case.persisted(Side::Client));
            finding.frame("server says", frame, says)
        }
        None => finding,
    };
    let finding = match taken.first() {
        Some((suite, frame)) => finding.frame(
            CONTROL,
            *frame,
            format!("it takes {suite} from others: not offered here"),
        ),
        None if unusual => {
            finding.fact("who", "every suite on offer is one that servers often switch off")
        }
        None => finding,
    };
    Some(finding.tell("the server's log says 'no shared cipher', or its list of suites does"))
}

/// The suites on offer, in words.
fn offer(hello: &ClientHello<'_>) -> String {
    let offered = suites(hello);
    match offered.as_slice() {
        [] => "no cipher suite at all".into(),
        [one] => format!("1 suite: {one}"),
        [first, ..] => format!("{} suites, {first} first", offered.len()),
    }
}

/// Suites that a careful server does not take: broken ciphers, no forward secrecy, CBC, and what
/// needs more than a certificate.
fn is_unusual(suite: CipherSuite) -> bool {
    suite.weakness().is_some()
        || !matches!(
            suite.key_exchange(),
            Some(KeyExchange::Ecdhe | KeyExchange::Dhe | KeyExchange::Tls13)
        )
        || !suite.is_aead()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use wire::HandshakeType;

    fn old() -> Story {
        let hello = Hello { suites: vec![0x000a, 0x0005], ..Hello::tls12() };
        Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE)
    }

    /// Nothing but RC4 and 3DES on offer: likely, with no other session at hand.
    #[test]
    fn old_suites_alone_are_likely() {
        let findings = old().judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
    }

    /// The server chose what was not offered; of a list that was cut nobody knows that.
    #[test]
    fn a_cut_list_proves_nothing() {
        let body = Hello::tls12().body();
        let refused = |body: &[u8]| {
            Story::new()
                .handshake(Side::Client, HandshakeType::CLIENT_HELLO, body)
                .server_hello(0x0303, 0x009c, &[(0xff01, vec![0])])
                .alert(Side::Client, Alert::ILLEGAL_PARAMETER)
                .judge()
        };
        assert_eq!(refused(&body)[0].confidence, Confidence::Certain);
        assert!(refused(&body[..39]).iter().all(|found| found.cause.slug != CAUSE.slug));
    }

    /// The server took one of the offered suites from somebody else: then it is not the suites.
    #[test]
    fn a_suite_taken_from_others_acquits() {
        let other = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0x000a, &[])
            .ends(trace::Outcome::Established);
        assert!(old().judge_among([other]).iter().all(|found| found.cause.slug != CAUSE.slug));
    }
}

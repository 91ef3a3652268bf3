//! The tunnel is well, and what happens in it is not.

use trace::{Outcome, Side};
use wire::EapMethod;

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-inner-authentication-refused",
    because: "the authentication inside the tunnel, which TLS has nothing to do with",
    page: include_str!("eap-inner-authentication-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let access = case.access()?;
    let (method, verdict) = (access.method?, access.verdict?);
    if case.session.outcome != Outcome::Denied || method == EapMethod::TLS {
        return None;
    }
    let hello = case.server_hello?;
    let version = hello.what.version();
    let records =
        case.session.from_client.application_records + case.session.from_server.application_records;
    Some(
        Finding::new(&CAUSE, Confidence::Likely, Some(Side::Server))
            .at("handshake", &hello, format!("completed in {version}: both sides agreed"))
            .fact(
                "inside",
                format!(
                    "{method}: {records} encrypted {}",
                    if records == 1 { "record" } else { "records" }
                ),
            )
            .frame("server sends", verdict.frame, verdict.name())
            .tell("the server's log: password, account, or a policy after it"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Access, Verdict};
    use wire::Time;

    fn judge(method: EapMethod) -> &'static str {
        let verdict = Verdict { granted: false, radius: true, frame: 9, time: Time(0) };
        let access = Access { method: Some(method), verdict: Some(verdict), ..Access::default() };
        let found = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[])
            .ends(Outcome::Denied)
            .with(|session| session.access = Some(access.into()))
            .judge();
        found[0].cause.slug
    }

    /// A completed handshake and a denial: with a tunnel method it was what is inside, with EAP-TLS,
    /// which has nothing inside, a policy.
    #[test]
    fn the_method_tells_what_was_refused() {
        assert_eq!(judge(EapMethod::PEAP), CAUSE.slug);
        assert_eq!(judge(EapMethod::TTLS), CAUSE.slug);
        assert_eq!(judge(EapMethod::TLS), "eap-access-denied");
    }
}

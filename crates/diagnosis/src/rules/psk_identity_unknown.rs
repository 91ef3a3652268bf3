//! The server does not know the identity of the client's pre-shared key.

use alert::Alert;
use trace::Side;

use super::psk_wrong_secret;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "psk-identity-unknown",
    because: "an identity of a pre-shared key that the server does not know",
    page: include_str!("psk-identity-unknown.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    if !case.refused_with(Side::Server, &[Alert::UNKNOWN_PSK_IDENTITY]) {
        // A server may go on with an invented key, so as not to tell which identities exist.
        let finding = Finding::new(&CAUSE, Confidence::Possible, Some(Side::Server));
        let finding = psk_wrong_secret::refused(case, finding)?;
        return Some(finding.tell("compare the identity with the server's list, letter by letter"));
    }
    let alert = case.alert?;
    let finding = Finding::new(&CAUSE, Confidence::Certain, Some(Side::Server));
    let finding = match (case.server_hello, case.client_hello) {
        (Some(answer), _) if !answer.what.version().is_tls13() => {
            finding.at("server takes", &answer, answer.what.cipher_suite.to_string())
        }
        (_, Some(hello)) if hello.what.has_pre_shared_key() => {
            finding.at("client offers", &hello, "a pre-shared key (pre_shared_key)")
        }
        _ => finding,
    };
    Some(finding.at("server says", &alert, "115: it does not know the identity"))
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;

    /// 115 leaves no doubt; 51 to a binder may mean the identity or the key.
    #[test]
    fn the_alert_names_the_identity() {
        let offer = || {
            let mut hello = Hello::default();
            hello.extensions.push((45, vec![1, 1]));
            // pre_shared_key comes last: one identity of one byte, one binder of 32 bytes.
            let identities = [0, 7, 0, 1, b'x', 0, 0, 0, 0];
            let binders = [&[0, 33, 32][..], &[1; 32]].concat();
            hello.last = Some((41, [&identities[..], &binders].concat()));
            Story::new().client_hello(&hello)
        };
        let findings = offer().alert(Side::Server, Alert::UNKNOWN_PSK_IDENTITY).judge();
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Certain);
        let findings = offer().alert(Side::Server, Alert::DECRYPT_ERROR).judge();
        let slugs: Vec<&str> = findings.iter().map(|found| found.cause.slug).collect();
        assert_eq!(slugs, ["psk-wrong-secret", CAUSE.slug]);
    }
}

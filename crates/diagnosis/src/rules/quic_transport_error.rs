//! A close of QUIC itself, which stands for no alert.

use trace::{Carrier, Outcome, Side};

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "quic-transport-error",
    because: "an error of QUIC itself, below TLS",
    page: include_str!("quic-transport-error.md"),
    judge,
};

/// The error of who merely leaves.
const NO_ERROR: u64 = 0;

fn judge(case: &Case<'_>) -> Option<Finding> {
    let Outcome::Closed(side) = case.session.outcome else { return None };
    if case.session.carrier != Carrier::Quic {
        return None;
    }
    let close = case.session.close(side)?;
    if close.what.error == NO_ERROR || close.what.frame_type.is_none() {
        return None;
    }
    // Who was there says so itself; in an Initial packet anybody may.
    let confidence = match close.what.authenticated {
        true => Confidence::Certain,
        false => Confidence::Likely,
    };
    let finding = Finding::new(&CAUSE, confidence, Some(side)).at(
        sends(side),
        &close,
        format!("no alert: {}", meaning(close.what.error, side)),
    );
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the log of the side that closed has the reason"),
    })
}

/// What an error says of the other side, or of who sends it (RFC 9000, 20.1).
fn meaning(error: u64, side: Side) -> &'static str {
    match (error, side) {
        (0x01, _) => "an error inside the side that closes",
        (0x02, _) => "it takes no more connections",
        (0x08, Side::Server) => "the client's transport parameters are wrong",
        (0x08, Side::Client) => "the server's transport parameters are wrong",
        (0x0a, _) => "the other side broke a rule of QUIC",
        (0x0b, _) => "the token in the client's Initial packet is not the server's, or too old",
        (0x0c, _) => "the application refused, before the handshake was complete",
        (0x0d, _) => "more of the handshake came out of order than it keeps",
        (0x10, _) => "no path to the other side works",
        (0x11, _) => "the version is not what was negotiated",
        _ => "the other side broke a rule of QUIC",
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Close, Message};

    fn closed(error: u64, authenticated: bool) -> Vec<Finding> {
        let close = Close {
            error,
            frame_type: Some(0),
            name: Some("CONNECTION_REFUSED"),
            reason: "busy".into(),
            authenticated,
        };
        Story::quic()
            .client_hello(&Hello::default())
            .says(Side::Server, Message::Close(close.into()))
            .ends(Outcome::Closed(Side::Server))
            .judge()
    }

    /// The error is told with its name and its reason; what comes in an Initial packet may be
    /// somebody else's, and who leaves without an error has no reason of QUIC's.
    #[test]
    fn the_error_is_told() {
        let findings = closed(2, false);
        assert_eq!(findings[0].cause.slug, CAUSE.slug);
        assert_eq!(findings[0].confidence, Confidence::Likely);
        assert!(findings[0].evidence[1].says.starts_with("0x0002 CONNECTION_REFUSED: \"busy\""));
        assert_eq!(closed(2, true)[0].confidence, Confidence::Certain);
        assert_eq!(closed(0, true)[0].cause.slug, "unknown");
    }
}

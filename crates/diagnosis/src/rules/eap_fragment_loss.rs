//! Large packets of an authentication that do not arrive.

use trace::{Side, Unanswered};

use super::label::sends;
use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-fragment-loss",
    because: "large packets of the authentication that are lost on the way",
    page: include_str!("eap-fragment-loss.md"),
    judge,
};

/// A chain of certificates makes the largest packets of a network: what is repeated and never
/// answered, while smaller packets before it were, is too large for some hop.
fn judge(case: &Case<'_>) -> Option<Finding> {
    let access = case.access()?;
    let waiting = access.unanswered?;
    let radius = access.radius_client.is_some();
    if waiting.length < LARGE {
        return answer_lost(case, &waiting).filter(|_| radius);
    }
    let repeated = waiting.repeated > 0 || waiting.is_lost();
    let grew = waiting.length > waiting.answered || waiting.is_lost();
    if access.verdict.is_some_and(|verdict| verdict.radius) || !repeated || !grew {
        return None;
    }
    // Over EAPOL a station that has the last fragment may have other reasons to fall silent.
    let heard = waiting.side == Side::Server && !waiting.is_lost();
    let confidence = if heard { Confidence::Possible } else { Confidence::Likely };
    let what = match (radius, waiting.side) {
        (true, Side::Client) => "Access-Request",
        (true, Side::Server) => "Access-Challenge",
        (false, _) => "EAP packet",
    };
    let packet =
        format!("{} {what} of {} bytes, {}", article(what), waiting.length, fate(&waiting));
    let (who, packet) = match (radius, waiting.side) {
        // It is not the station that packs its answer into RADIUS.
        (true, Side::Client) => ("RADIUS client", format!("sends {packet}")),
        (_, side) => (sends(side), packet),
    };
    let finding = Finding::new(&CAUSE, confidence, None).frame(who, waiting.frame, packet);
    let finding = match waiting.answered {
        0 => finding,
        bytes => {
            finding.fact("small packets", format!("pass: {bytes} bytes and less were answered"))
        }
    };
    Some(finding.tell("capture on both ends: the IP fragments that leave must arrive"))
}

/// The answer to a small request would have been the first large packet: it may be lost, if the
/// server is not.
fn answer_lost(case: &Case<'_>, waiting: &Unanswered) -> Option<Finding> {
    let hello = case.client_hello?;
    let first = case.server_hello.is_none() && waiting.answered > 0;
    if waiting.side != Side::Client || waiting.repeated == 0 || !first || waiting.more {
        return None;
    }
    let finding = Finding::new(&CAUSE, Confidence::Possible, None)
        .at("client sends", &hello, format!("its ClientHello, {}", fate(waiting)))
        .fact("server sends", "nothing: its answer would be its first large packet")
        .tell("capture at the server: does an Access-Challenge leave it?");
    Some(finding)
}

/// What became of a packet.
fn fate(waiting: &Unanswered) -> String {
    let times = match waiting.repeated {
        0 => String::new(),
        1 => "repeated once, ".to_owned(),
        times => format!("repeated {times} times, "),
    };
    match waiting.first_part {
        Some(_) => format!("{times}of which only the first IP fragment arrives"),
        None if waiting.asked_again > 0 => format!("{times}and asked for again all the same"),
        None => format!("{times}never answered"),
    }
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['A', 'E']) { "an" } else { "a" }
}

/// Bytes from which on a packet may be too large for a path: RADIUS adds headers of 28 bytes and
/// more, and tunnels that carry 1280 bytes are common. Over Wi-Fi and cable the smallest size of a
/// fragment that servers are set to is about as large (RFC 3748, 3.1: 1020 bytes must pass).
const LARGE: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::{Access, Outcome};

    fn story(change: impl FnOnce(&mut Unanswered)) -> Vec<Finding> {
        let mut unanswered = Unanswered {
            side: Side::Client,
            frame: 9,
            length: 1600,
            answered: 300,
            more: true,
            last_fragment: false,
            repeated: 3,
            asked_again: 0,
            first_part: None,
        };
        change(&mut unanswered);
        let access = Access {
            radius_client: Some(([192, 0, 2, 1], 50_000).into()),
            unanswered: Some(unanswered),
            ..Access::default()
        };
        Story::new()
            .client_hello(&Hello::tls12())
            .ends(Outcome::Silent(Side::Server))
            .with(|session| session.access = Some(access.into()))
            .judge()
    }

    fn sure(findings: &[Finding]) -> Option<Confidence> {
        findings.iter().find(|it| it.cause.slug == CAUSE.slug).map(|it| it.confidence)
    }

    /// A large request that is repeated in vain is lost; a small one is not, nor one that was sent
    /// once, nor one as large as others that were answered.
    #[test]
    fn only_large_packets_are_lost() {
        assert_eq!(sure(&story(|_| {})), Some(Confidence::Likely));
        assert_eq!(sure(&story(|it| it.length = 300)), None);
        assert_eq!(sure(&story(|it| (it.repeated, it.more) = (0, false))), None);
        assert_eq!(sure(&story(|it| (it.answered, it.more) = (1600, false))), None);
        let part = story(|it| (it.repeated, it.first_part) = (0, Some(9)));
        assert_eq!(sure(&part), Some(Confidence::Likely));
    }

    /// A station that has all of the server's flight may refuse it in silence.
    #[test]
    fn a_silent_station_is_another_matter() {
        let last = story(|it| (it.side, it.more) = (Side::Server, false));
        assert_eq!(sure(&last), Some(Confidence::Possible));
        let asked = story(|it| (it.side, it.more, it.asked_again) = (Side::Server, false, 2));
        assert_eq!(sure(&asked), Some(Confidence::Likely));
    }
}

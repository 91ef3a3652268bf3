//! Who really spoke: the side in whose name a connection was ended, or somebody on the way.
//!
//! A box between two hosts that cuts their connection speaks in the name of one of them, with its
//! address, port and numbers. What it seldom gets right is what the packets of a host show without
//! being asked: how far they travelled (TTL), how the host numbers them (IP identification), how long
//! they take, and that a TCP which has reset says nothing more. One sign makes it likely, several that
//! do not depend on each other prove it.

mod usual;

use trace::{Event, Mark, Outcome, Session, Side, Stream, Transport};

use crate::{Case, Confidence, Finding};
use usual::{Speed, Usual};

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The side in whose name it was said: the machine that opened the connection. A proxy in its
    /// place is that side to everybody who only sees packets.
    Itself,
    /// Somebody between the two.
    SomebodyElse,
    /// Nothing speaks for the one or for the other.
    Unknown,
}

/// What ended a conversation, and where it came from. Most failures have nothing strange about that,
/// so what is said of it is put into words when somebody asks.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Who spoke.
    pub(crate) speaker: Speaker,
    /// How sure that is; *possible* for what nobody knows.
    pub(crate) confidence: Confidence,
    /// In whose name.
    pub(crate) side: Side,
    /// The packet that ended it.
    end: Mark,
    /// What the other packets of the side are like.
    usual: Usual,
    /// Whether it took as long as an answer takes.
    in_time: bool,
    /// What tells the speaker from the side, the weightiest first.
    signs: Vec<Sign>,
    /// The reason that the speaker itself gives, in the payload of a reset.
    reason: Option<String>,
    /// The reason that a NetScaler hides in the window of a reset.
    code: Option<u16>,
}

/// One thing that tells two speakers apart.
#[derive(Debug)]
struct Sign {
    weight: u32,
    says: String,
    /// A packet behind the end that shows it, and what that is.
    packet: Option<(&'static str, Mark)>,
}

/// What packets behind the end are in the words of evidence.
const GOES_ON: &str = "goes on";
const AGAIN: &str = "reset again";
/// Evidence of packets behind the end, by their headers.
pub(super) const BEHIND: [&str; 2] = [GOES_ON, AGAIN];

/// One sign of this weight or more makes somebody else likely, two of them certain.
const SIGN: u32 = 2;
/// What a side's own TCP would never do.
const PROOF: u32 = 4;
/// A hint: it counts beside others.
const HINT: u32 = 1;

impl Origin {
    /// Where the end of a conversation came from; `None` if it was no packet that ended it, or no
    /// packet of it is known.
    pub(crate) fn of(session: &Session) -> Option<Self> {
        if session.transport != Transport::Tcp {
            return None;
        }
        let (side, end) = ending(session)?;
        let stream = session.stream(side);
        let usual = Usual::of(stream, &end);
        let reset = stream.reset.is_some_and(|mark| mark.frame == end.frame);
        let mut signs = Vec::new();
        let speed = Speed::of(session, side, &end);
        signs.extend(usual.travelled(side, &end));
        // Who goes on counting the numbers of its packets is the same, however fast it is.
        let counted = usual.ttl() == Some(end.ttl) && usual.follows(&end);
        // Where the TTL is the usual one, a first round trip that was slow says little.
        let near = usual.ttl() == Some(end.ttl);
        let slow = |sign: Sign| Sign { weight: if near { HINT } else { sign.weight }, ..sign };
        signs.extend(speed.as_ref().and_then(Speed::too_fast).filter(|_| !counted).map(slow));
        if reset {
            signs.extend(after(stream, side));
        }
        // A reset that a kernel sends without a connection may be numbered apart from that.
        let weight = |sign: Sign| Sign { weight: if reset { HINT } else { sign.weight }, ..sign };
        signs.extend(usual.number(side, &end).map(weight));
        if reset {
            signs.extend(usual.window(side, &end));
        }
        signs.sort_by_key(|sign| std::cmp::Reverse(sign.weight));
        let weight: u32 = signs.iter().map(|sign| sign.weight).sum();
        // Data of a server that a balancer has greeted for comes from elsewhere than the greeting:
        // there one sign is none.
        let enough = if reset { SIGN } else { 2 * SIGN };
        let strong: u32 = signs.iter().map(|sign| sign.weight).filter(|it| *it >= SIGN).sum();
        let (speaker, confidence) = match weight {
            _ if strong >= 2 * SIGN => (Speaker::SomebodyElse, Confidence::Certain),
            _ if strong > 0 && weight >= enough => (Speaker::SomebodyElse, Confidence::Likely),
            0 => usual.agreement(&end, speed.as_ref().is_some_and(Speed::fits)),
            _ => (Speaker::Unknown, Confidence::Possible),
        };
        let text = stream.teardown.as_ref().filter(|_| reset).map(|it| &it.text[..]);
        let code = (reset && usual.is_code(end.window)).then_some(end.window);
        let in_time = speed.as_ref().is_some_and(Speed::fits);
        let reason = text.and_then(readable);
        Some(Self { speaker, confidence, side, end, usual, in_time, signs, reason, code })
    }

    /// Adds who spoke, and what the speaker says of its reason.
    pub(crate) fn told(&self, finding: Finding) -> Finding {
        let frame = self.end.frame;
        let finding = finding.frame("who", frame, self.says());
        let distance = || self.usual.distance(self.side, &self.end);
        let finding = match distance().filter(|_| self.speaker == Speaker::SomebodyElse) {
            Some(distance) => finding.fact("where", distance),
            None => finding,
        };
        let finding = match &self.reason {
            Some(reason) => finding.frame("its reason", frame, format!("\"{reason}\"")),
            None => finding,
        };
        let finding = match self.code {
            Some(code) => finding.frame(
                "its reason",
                frame,
                format!("window {code}, which may be a reset code of a NetScaler (Citrix ADC)"),
            ),
            None => finding,
        };
        let packets = self.signs.iter().take(MOST_SIGNS).filter_map(|sign| sign.packet);
        packets.fold(finding, |finding, (label, mark)| {
            let says = format!("in the {}'s name, TTL {}", self.side.name(), mark.ttl);
            finding.frame(label, mark.frame, says)
        })
    }

    /// Who it was and why, in the words of evidence.
    fn says(&self) -> String {
        let name = self.side.name();
        let signs = self.signs.iter().take(MOST_SIGNS).map(|sign| &sign.says[..]);
        let signs = signs.collect::<Vec<_>>().join("; ");
        match (self.speaker, self.confidence) {
            (Speaker::SomebodyElse, Confidence::Certain) => format!("not the {name}: {signs}"),
            (Speaker::SomebodyElse, _) => format!("likely not the {name}: {signs}"),
            (Speaker::Itself, confidence) => {
                let or = match confidence {
                    Confidence::Certain => " itself, or a proxy that stands for it",
                    _ => ", or a box right in front of it",
                };
                format!("the {name}{or} ({})", self.usual.agreeing(&self.end, self.in_time))
            }
            (Speaker::Unknown, _) if signs.is_empty() => self.usual.open(self.side, &self.end),
            (Speaker::Unknown, _) => format!("not clear: {signs}"),
        }
    }

    /// Whether whoever spoke said why, as balancers do.
    pub(crate) fn has_reason(&self) -> bool {
        self.reason.is_some() || self.code.is_some()
    }
}

impl Case<'_> {
    /// The side in whose name somebody else ended the conversation, if that is likely at least.
    #[must_use]
    pub fn forged(&self) -> Option<Side> {
        let origin = self.origin.as_ref()?;
        (origin.speaker == Speaker::SomebodyElse).then_some(origin.side)
    }

    /// The same where the packets prove it.
    pub(crate) fn surely_forged(&self) -> bool {
        let certain = |it: &Origin| it.confidence == Confidence::Certain;
        self.forged().is_some() && self.origin.as_ref().is_some_and(certain)
    }

    /// Who refused, for a rule that takes it for the server unless the packets say otherwise.
    pub(crate) fn server_unless_forged(&self) -> Option<Side> {
        Some(Side::Server).filter(|side| self.forged() != Some(*side))
    }

    /// Adds who spoke to a finding about the end, where the packets show it.
    pub(crate) fn who(&self, finding: Finding) -> Finding {
        match &self.origin {
            Some(origin) if origin.speaker != Speaker::Unknown => origin.told(finding),
            _ => finding,
        }
    }
}

/// A side in whose name somebody else spoke has refused nothing: where that is sure, what blames it
/// goes, and where it is likely, that comes last.
pub(super) fn heard(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let Some(side) = case.forged() else { return };
    let blames = |finding: &Finding| finding.refused_by == Some(side);
    if case.surely_forged() {
        findings.retain(|finding| !blames(finding));
    }
    for finding in findings.iter_mut().filter(|finding| blames(finding)) {
        finding.confidence = Confidence::Possible;
    }
    findings.sort_by_key(|finding| (finding.confidence, blames(finding)));
}

/// The packet that ended the conversation, and in whose name it was sent.
fn ending(session: &Session) -> Option<(Side, Mark)> {
    // The first words of a side begin with their first packet, however many they take; of later ones
    // the last packet is known.
    let said = |at: usize, event: &Event| {
        let stream = session.stream(event.side);
        let earlier = |it: &Event| it.side == event.side && it.length > 0;
        let first = !session.events.iter().take(at).any(earlier);
        let mark = if first { stream.first_data } else { stream.last_data }?;
        // Its packets may have come in another order.
        let frame = mark.frame.min(event.frame);
        (first || mark.frame == event.frame).then_some((event.side, Mark { frame, ..mark }))
    };
    let left = |side| {
        let stream = session.stream(side);
        Some((side, stream.reset.or(stream.fin)?))
    };
    match session.outcome {
        Outcome::Reset(side) => Some((side, session.stream(side).reset?)),
        Outcome::Closed(side) => Some((side, session.stream(side).fin?)),
        Outcome::Plaintext(side) => Some((side, session.stream(side).first_data?)),
        Outcome::Alert(at) => {
            let event = session.events.get(at).filter(|event| !event.opened)?;
            // A client that complains about the end did not end it.
            let (other, spoke) = (event.side.other(), session.spoke_tls(event.side.other()));
            let gone = left(other).filter(|(_, mark)| mark.frame < event.frame && !spoke);
            gone.or_else(|| said(at, event))
        }
        _ => None,
    }
}

/// What a TCP that has reset does not do.
fn after(stream: &Stream, side: Side) -> Option<Sign> {
    let teardown = stream.teardown.as_ref()?;
    let side = side.name();
    if let Some(mark) = teardown.goes_on {
        let says = format!("the {side} goes on as if it knew nothing of it");
        return Some(Sign { weight: PROOF, says, packet: Some((GOES_ON, mark)) });
    }
    // One more than the next byte is the place behind a FIN.
    if let Some(ahead @ 2..) = teardown.ahead
        && stream.lost == 0
        && stream.hole == 0
    {
        // The capture may lack the packet in between.
        let says = format!("its number is {ahead} bytes ahead of all that the {side} sent");
        return Some(Sign { weight: HINT, says, packet: None });
    }
    let other = teardown.other?;
    let says = format!("a second reset has TTL {}", other.ttl);
    Some(Sign { weight: HINT, says, packet: Some((AGAIN, other)) })
}

/// The payload of a reset as text, if it is some.
fn readable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches(['\0', ' ', '\r', '\n']);
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
}

/// Signs that are told; more convince nobody.
const MOST_SIGNS: usize = 3;

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use trace::Teardown;
    use wire::Time;

    /// A connection over a way of 30 ms, whose reset comes `took` ms after the hello.
    fn cut(took: i64, change: impl FnOnce(&mut Stream)) -> Origin {
        let later = |mark: &mut Mark, ms: i64| mark.time = Time(mark.time.0 + ms * 1_000_000);
        let story = Story::new().client_hello(&Hello::default()).resets(Side::Server);
        let story = story.with(|session| {
            later(session.from_server.syn.as_mut().unwrap(), 29);
            later(session.from_client.first_data.as_mut().unwrap(), 29);
            later(session.from_server.reset.as_mut().unwrap(), 28 + took);
            change(&mut session.from_server);
        });
        Origin::of(&story.session()).unwrap()
    }

    fn found(origin: &Origin) -> (Speaker, Confidence) {
        (origin.speaker, origin.confidence)
    }

    /// One sign makes it likely, two that do not depend on each other certain, none leaves it open.
    #[test]
    fn signs_add_up() {
        let foreign = |stream: &mut Stream| stream.reset.as_mut().unwrap().ttl = 61;
        assert_eq!(found(&cut(30, |_| {})), (Speaker::Itself, Confidence::Likely));
        assert_eq!(found(&cut(30, foreign)), (Speaker::SomebodyElse, Confidence::Likely));
        // Fast alone is a hint: the first round trip may have been slow.
        assert_eq!(found(&cut(2, |_| {})), (Speaker::Unknown, Confidence::Possible));
        let both = cut(2, foreign);
        assert_eq!(found(&both), (Speaker::SomebodyElse, Confidence::Certain));
        assert_eq!(
            both.says(),
            "not the server: TTL 61, its SYN-ACK had 64; 2 ms after the hello, a round trip takes \
             30 ms"
        );
        // Half a round trip is a hint, for the first round trip is often the longest.
        assert_eq!(found(&cut(12, |_| {})), (Speaker::Unknown, Confidence::Possible));
    }

    /// Who goes on counting its packets is the same, however fast it is this time.
    #[test]
    fn the_next_number_outweighs_the_clock() {
        let counted = |stream: &mut Stream| {
            let reset = stream.reset.as_mut().unwrap();
            reset.id = Some(501);
            stream.plain = Some(Mark { frame: 3, id: Some(500), ..*reset });
        };
        assert_eq!(found(&cut(2, counted)), (Speaker::Itself, Confidence::Certain));
    }

    /// A server whose own packets come from several distances cannot be told from others by that.
    #[test]
    fn several_distances_prove_nothing() {
        let several = |stream: &mut Stream| {
            stream.reset.as_mut().unwrap().ttl = 61;
            stream.plain = Some(Mark { frame: 3, ttl: 120, ..*stream.syn.as_ref().unwrap() });
        };
        assert_eq!(found(&cut(30, several)), (Speaker::Unknown, Confidence::Possible));
    }

    /// Who goes on after its own reset did not send it; a number ahead of all bytes may be a hole of
    /// the capture and proves nothing alone.
    #[test]
    fn who_goes_on_did_not_reset() {
        let torn = |ahead, goes_on: bool| {
            move |stream: &mut Stream| {
                let first = *stream.reset.as_ref().unwrap();
                let goes_on = goes_on.then_some(first);
                let (text, other) = (Box::default(), None);
                let ahead = Some(ahead);
                let teardown =
                    Teardown { ahead, text, resets: 1, other, goes_on, sequence: 1, first };
                stream.teardown = Some(Box::new(teardown));
            }
        };
        assert_eq!(found(&cut(30, torn(0, true))), (Speaker::SomebodyElse, Confidence::Certain));
        assert_eq!(found(&cut(30, torn(1460, false))), (Speaker::Unknown, Confidence::Possible));
    }

    /// A kernel numbers a reset for which it has no connection apart from the others.
    #[test]
    fn another_number_of_a_reset_is_a_hint() {
        let origin = cut(30, |stream| {
            stream.syn.as_mut().unwrap().id = Some(499);
            let reset = stream.reset.as_mut().unwrap();
            reset.id = Some(40_000);
            stream.plain = Some(Mark { frame: 3, id: Some(500), ..*reset });
        });
        assert_eq!(found(&origin), (Speaker::Unknown, Confidence::Possible));
    }

    /// A reset of a NetScaler has its reason where others have a window.
    #[test]
    fn a_window_may_be_a_code() {
        let coded = cut(30, |stream| stream.reset.as_mut().unwrap().window = 9811);
        assert_eq!((coded.code, coded.has_reason()), (Some(9811), true));
        let own = cut(30, |stream| {
            stream.reset.as_mut().unwrap().window = 9811;
            stream.syn.as_mut().unwrap().window = 9811;
        });
        assert_eq!(own.code, None);
    }
}

//! What the packets of a side are like, and how long an answer takes: what a packet that ended a
//! conversation is held against.

use trace::{Mark, Session, Side, Stream};

use super::{HINT, SIGN, Sign, Speaker};
use crate::Confidence;

/// What the other packets of a side are like.
#[derive(Debug)]
pub(super) struct Usual {
    syn: Option<Mark>,
    /// Packets of the side from before the end, in the order of the capture.
    others: [Option<Mark>; KNOWN],
}

/// Packets of a side whose marks are kept: the first of each kind, and the last with data.
const KNOWN: usize = 5;

impl Usual {
    pub(super) fn of(stream: &Stream, end: &Mark) -> Self {
        // What came after the end may be the work of whoever ended it.
        let before = |mark: &Mark| mark.frame < end.frame;
        let mut others =
            [stream.syn, stream.plain, stream.first_data, stream.last_data, stream.fin]
                .map(|mark| mark.filter(before));
        others.sort_unstable_by_key(|mark| mark.map_or(u64::MAX, |mark| mark.frame));
        // One packet may be the first of several kinds.
        let mut last = 0;
        for place in &mut others {
            let frame = place.map_or(0, |mark| mark.frame);
            *place = place.filter(|_| frame != last);
            last = last.max(frame);
        }
        Self { syn: stream.syn.filter(before), others }
    }

    fn others(&self) -> impl DoubleEndedIterator<Item = &Mark> {
        self.others.iter().flatten()
    }

    /// The one TTL that all of them had; `None` if there are several, or none is known.
    pub(super) fn ttl(&self) -> Option<u8> {
        let first = self.others().next()?.ttl;
        let same = self.others().all(|mark| mark.ttl == first);
        (first != 0 && same).then_some(first)
    }

    pub(super) fn travelled(&self, side: Side, end: &Mark) -> Option<Sign> {
        let usual = self.ttl().filter(|usual| *usual != end.ttl && end.ttl != 0)?;
        let packet = match (self.syn, side) {
            (None, _) => "packets",
            (_, Side::Client) => "SYN",
            (_, Side::Server) => "SYN-ACK",
        };
        let says = format!("TTL {}, its {packet} had {usual}", end.ttl);
        Some(Sign { weight: SIGN, says, packet: None })
    }

    /// How far away the speaker is, if both started from one of the usual numbers.
    pub(super) fn distance(&self, side: Side, end: &Mark) -> Option<String> {
        let usual = self.ttl().filter(|usual| *usual != end.ttl)?;
        let (near, far) = (hops(end.ttl)?, hops(usual)?);
        if near >= far {
            return None;
        }
        let near = match near {
            0 => "next to the recorder".to_owned(),
            1 => "1 router from here".to_owned(),
            near => format!("{near} routers from here"),
        };
        Some(format!("{near} by its TTL, the {} {far}", side.name()))
    }

    /// The last two numbers of its packets, if it counts them.
    fn counts(&self) -> Option<u16> {
        let mut ids = self.ids().rev();
        let last = ids.next()?;
        let before = ids.find(|id| *id != last)?;
        matches!(last.wrapping_sub(before), 1..=FEW).then_some(last)
    }

    /// The numbers of its packets; a Linux writes 0 where it need not write any.
    fn ids(&self) -> impl DoubleEndedIterator<Item = u16> {
        self.others().filter_map(|mark| mark.id).filter(|id| *id != 0)
    }

    /// Whether the number of this packet is the next of the side, or one of the next.
    pub(super) fn follows(&self, end: &Mark) -> bool {
        let last = self.ids().next_back();
        let step = end.id.filter(|id| *id != 0).zip(last).map(|(id, last)| id.wrapping_sub(last));
        matches!(step, Some(1..=FEW))
    }

    pub(super) fn number(&self, side: Side, end: &Mark) -> Option<Sign> {
        let id = end.id.filter(|id| *id != 0)?;
        let last = self.ids().next_back()?;
        let away = id.wrapping_sub(last).min(last.wrapping_sub(id));
        if away <= FAR {
            return None;
        }
        let weight = if self.counts().is_some() { SIGN } else { HINT };
        let says = format!("IP id {id}, the {}'s packet before had {last}", side.name());
        Some(Sign { weight, says, packet: None })
    }

    pub(super) fn window(&self, side: Side, end: &Mark) -> Option<Sign> {
        let known = |window| self.others().any(|mark| mark.window == window);
        let known = end.window == 0 || self.others().count() < 2 || known(end.window);
        (!known && !self.is_code(end.window)).then(|| Sign {
            weight: HINT,
            says: format!("window {}, as no other packet of the {}", end.window, side.name()),
            packet: None,
        })
    }

    /// Whether a reset with this window may be one of a NetScaler with its reason.
    pub(super) fn is_code(&self, window: u16) -> bool {
        CODES.contains(&window) && self.others().all(|mark| mark.window != window)
    }

    /// What speaks for the side itself, if nothing speaks against it.
    pub(super) fn agreement(&self, end: &Mark, in_time: bool) -> (Speaker, Confidence) {
        let close = self.ttl() == Some(end.ttl);
        match (close, self.follows(end), in_time) {
            (true, true, _) => (Speaker::Itself, Confidence::Certain),
            (true, false, true) => (Speaker::Itself, Confidence::Likely),
            _ => (Speaker::Unknown, Confidence::Possible),
        }
    }

    pub(super) fn agreeing(&self, end: &Mark, in_time: bool) -> String {
        let mut agree = vec!["TTL"];
        if self.follows(end) {
            agree.push("IP id");
        }
        if in_time {
            agree.push("timing");
        }
        match &agree[..] {
            [first @ .., last] if !first.is_empty() => {
                format!("{} and {last} agree", first.join(", "))
            }
            _ => "TTL agrees".to_owned(),
        }
    }

    /// Why nobody can tell.
    pub(super) fn open(&self, side: Side, end: &Mark) -> String {
        match self.ttl() {
            Some(ttl) if ttl == end.ttl => format!(
                "not clear: TTL {ttl} is the {}'s, but also that of a box at the same distance",
                side.name()
            ),
            Some(_) => "not clear: its TTL is not known".to_owned(),
            None if self.others().next().is_none() => {
                format!("not clear: no other packet of the {} to compare it with", side.name())
            }
            None => format!("not clear: the {}'s packets have several TTLs", side.name()),
        }
    }
}

/// How long an answer took, beside a round trip.
pub(super) struct Speed {
    /// From the client's words to the end, in nanoseconds.
    took: i64,
    /// From the SYN to the SYN-ACK, in nanoseconds.
    round: i64,
}

impl Speed {
    /// For what was said in the server's name, and where the capture is far enough from the server.
    pub(super) fn of(session: &Session, side: Side, end: &Mark) -> Option<Self> {
        let (client, server) = (session.stream(Side::Client), session.stream(Side::Server));
        let (syn, answer, asked) = (client.syn?, server.syn?, client.first_data?);
        // A SYN that was sent twice, or a dialogue in front of TLS, leaves open what was answered.
        let simple = client.retransmissions == 0
            && side == Side::Server
            && server.first_data.is_none_or(|mark| mark.frame >= end.frame)
            && end.frame > asked.frame;
        let prompt = (0..PROMPT).contains(&asked.time.since(answer.time));
        let round = answer.time.since(syn.time);
        let took = end.time.since(asked.time);
        (simple && prompt && round >= MEASURABLE && took >= 0).then_some(Self { took, round })
    }

    pub(super) fn too_fast(&self) -> Option<Sign> {
        // The first round trip is often the longest: the way has to be found.
        let weight = match self.round / self.took.max(1) {
            4.. => SIGN,
            2..4 => HINT,
            _ => return None,
        };
        let (took, round) = (milliseconds(self.took), milliseconds(self.round));
        let says = format!("{took} after the hello, a round trip takes {round}");
        Some(Sign { weight, says, packet: None })
    }

    /// Whether it took as long as a round trip takes; the first often takes longer, for the way has
    /// to be found.
    pub(super) fn fits(&self) -> bool {
        self.took.saturating_mul(4) >= self.round.saturating_mul(3)
    }
}

/// Routers that a packet with this TTL has passed, if it started at one of the numbers that systems
/// start with and did not come from the other end of the world.
fn hops(ttl: u8) -> Option<u8> {
    let start = [64, 128, 255].into_iter().find(|start| ttl <= *start)?;
    let passed = start - ttl;
    (ttl > 0 && passed <= MOST_HOPS).then_some(passed)
}

/// A time in words.
fn milliseconds(nanoseconds: i64) -> String {
    match nanoseconds / 1_000_000 {
        0 => "less than 1 ms".to_owned(),
        ms => format!("{ms} ms"),
    }
}

/// Steps between two packets of a side that counts them; others may have been sent in between, to
/// other hosts too.
const FEW: u16 = 64;
/// Numbers that lie further apart were not counted by the same side within one handshake.
const FAR: u16 = 2048;
/// Windows in which a NetScaler hides why it resets (its codes have four digits).
const CODES: std::ops::RangeInclusive<u16> = 9200..=9999;
/// Routers between two hosts; a path longer than this was not seen.
const MOST_HOPS: u8 = 40;
/// A round trip that is shorter, in nanoseconds, proves nothing by its length.
const MEASURABLE: i64 = 4_000_000;
/// A client that says nothing for longer, in nanoseconds, may meet a server that just then gives up.
const PROMPT: i64 = 1_000_000_000;

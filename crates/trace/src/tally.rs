//! What a capture held, in numbers.

/// What a capture held, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets given to the tracer.
    pub packets: u64,
    /// Packets with a TCP segment that was read.
    pub tcp: u64,
    /// Packets with a UDP datagram that was read and is no tunnel.
    pub udp: u64,
    /// Packets with an EAPOL frame.
    pub eapol: u64,
    /// Packets in which nothing was read: [`Tracer::left_out`](crate::Tracer::left_out) says why.
    pub left_out: u64,
    /// Packets whose headers are cut or wrong.
    pub malformed: u64,
    /// IP fragments whose datagram did not become whole, or not yet.
    pub fragments: u64,
    /// Conversations begun: all of TCP, and those over UDP that speak a protocol known here.
    pub conversations: u64,
    /// Packets that came after the end of their conversation had been told.
    pub stragglers: u64,
    /// Conversations told before their end because too many were open, or kept too much.
    pub evicted: Evicted,
}

/// How far a conversation has come. A conversation rises and never falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// It has only begun, and not said a word.
    HalfOpen,
    /// It speaks no TLS so far.
    Plain,
    /// It is in the middle of a handshake.
    Unfinished,
    /// Its handshake is done and it carries data, or it is over, or it will never speak TLS.
    Settled,
}

/// Conversations told before their end because too many were open, or kept too much, by how far they
/// had come. Who goes first is whose early end loses least: the half-open, then the settled, then
/// those without TLS, then the unfinished; among its like the one that has been silent longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evicted {
    /// They had only begun, and not said a word: scans and floods.
    pub half_open: u64,
    /// Their handshake was done.
    pub settled: u64,
    /// They had not spoken TLS so far.
    pub plain: u64,
    /// They were in the middle of a handshake: what came of it is not known.
    pub unfinished: u64,
}

impl Rank {
    /// All of them, each at its own number.
    pub(crate) const ALL: [Self; 4] =
        [Self::HalfOpen, Self::Plain, Self::Unfinished, Self::Settled];
    /// In which order they make room, where so many of those open are half-open. Where these are the
    /// most, they are a flood, and go first. Otherwise what is half-open has just begun,
    /// and is worth more than who has been silent longest.
    pub(crate) fn in_order(half_open: usize, open: usize) -> [Self; 4] {
        if half_open > open / 2 {
            [Self::HalfOpen, Self::Settled, Self::Plain, Self::Unfinished]
        } else {
            [Self::Settled, Self::Plain, Self::Unfinished, Self::HalfOpen]
        }
    }

    /// Those who have said something, in the order in which they make room.
    pub(crate) const OF_OPEN: [Self; 3] = [Self::Settled, Self::Plain, Self::Unfinished];
}

impl Evicted {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.half_open + self.settled + self.plain + self.unfinished
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            half_open: self.half_open + other.half_open,
            settled: self.settled + other.settled,
            plain: self.plain + other.plain,
            unfinished: self.unfinished + other.unfinished,
        }
    }

    pub(crate) fn count(&mut self, rank: Rank) {
        let count = match rank {
            Rank::HalfOpen => &mut self.half_open,
            Rank::Plain => &mut self.plain,
            Rank::Unfinished => &mut self.unfinished,
            Rank::Settled => &mut self.settled,
        };
        *count += 1;
    }
}

//! OpenVPN over UDP: its control packets are numbered, acknowledged and sent again, and carry the
//! records of TLS. Put in order they are read as a stream is.

use std::collections::BTreeMap;

use alert::Side;

use crate::carrier::{Control, Opening, WRAPPED};
use crate::records::Records;
use crate::story::Story;
use crate::stream::Mark;

/// One conversation.
#[derive(Debug)]
pub(crate) struct OpenVpn {
    opening: Opening,
    sides: [Channel; 2],
}

/// What one side sends on the control channel.
#[derive(Debug)]
struct Channel {
    records: Records,
    /// The number of the packet that is read next; 0 is the reset.
    next: u32,
    /// Packets that came before their turn.
    waiting: BTreeMap<u32, (Vec<u8>, Mark)>,
    /// How often a packet came again, the frame of the first, and the size of the largest.
    repeated: (u32, u64, u32),
}

/// Packets that may wait for one that is late. A sender has twelve on their way at most; one more
/// says that the late one was not captured.
const MAX_WAITING: usize = 12;

impl OpenVpn {
    /// The conversation that a first datagram begins, if it is one.
    pub(crate) fn begin(payload: &[u8]) -> Option<Self> {
        let opening = Opening::read(payload)?;
        let channel = || Channel {
            records: Records::new(),
            next: 1,
            waiting: BTreeMap::new(),
            repeated: (0, 0, 0),
        };
        Some(Self { opening, sides: [channel(), channel()] })
    }

    /// Reads one datagram.
    pub(crate) fn datagram(&mut self, side: Side, payload: &[u8], mark: Mark, story: &mut Story) {
        let auth = match self.opening {
            Opening::Clear(auth) => auth,
            Opening::Wrapped => {
                if story.oddities.is_empty() {
                    story.oddity(side, mark, WRAPPED);
                }
                return;
            }
        };
        let Some(Control::Message(number, body)) = Control::read(payload, auth) else { return };
        let Some(channel) = self.sides.get_mut(side as usize) else { return };
        if number > 0 && (number < channel.next || channel.waiting.contains_key(&number)) {
            channel.again(payload.len(), mark);
        }
        if number >= channel.next && number - channel.next <= FAR {
            channel.waiting.entry(number).or_insert_with(|| (body.to_vec(), mark));
        }
        channel.read(side, story);
    }

    /// Bytes kept of what is not told yet.
    pub(crate) fn kept(&self) -> usize {
        let waiting =
            |channel: &Channel| channel.waiting.values().map(|it| it.0.len()).sum::<usize>();
        self.sides.iter().map(|channel| channel.records.kept() + waiting(channel)).sum()
    }

    /// How often packets of this side came again, the frame of the first, and the largest.
    pub(crate) fn repeated(&self, side: Side) -> (u32, u64, u32) {
        let [client, server] = &self.sides;
        if side == Side::Client { client.repeated } else { server.repeated }
    }

    /// The conversation is over: tells what was begun.
    pub(crate) fn finish(&mut self, last: Mark, story: &mut Story) {
        for (channel, side) in self.sides.iter_mut().zip([Side::Client, Side::Server]) {
            while channel.skip(side, story) {}
            channel.records.end(side, last, story);
        }
    }
}

impl Channel {
    fn again(&mut self, length: usize, mark: Mark) {
        let (times, first, largest) = self.repeated;
        let size = u32::try_from(length).unwrap_or(u32::MAX);
        let first = if times == 0 { mark.frame } else { first };
        self.repeated = (times.saturating_add(1), first, largest.max(size));
    }

    /// Reads what has its turn.
    fn read(&mut self, side: Side, story: &mut Story) {
        loop {
            while let Some((body, mark)) = self.waiting.remove(&self.next) {
                self.records.read(side, &body, mark, story);
                self.next = self.next.wrapping_add(1);
            }
            if self.waiting.len() <= MAX_WAITING || !self.skip(side, story) {
                return;
            }
        }
    }

    /// Gives up the packet that is late, and reads what follows it. Returns whether there was any.
    fn skip(&mut self, side: Side, story: &mut Story) -> bool {
        let Some((number, (body, mark))) = self.waiting.pop_first() else { return false };
        // How long the lost one was is not known; its place in the records is lost with it.
        self.records.gap(side, 1, mark, story);
        self.records.read(side, &body, mark, story);
        self.next = number.wrapping_add(1);
        true
    }
}

/// Numbers further ahead belong to no packet that is on its way.
const FAR: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Message, Roles};
    use wire::Time;

    fn mark(frame: u64) -> Mark {
        Mark::at(frame, Time(0))
    }

    fn packet(auth: usize, number: u8, body: &[u8]) -> Vec<u8> {
        let head = [&[4 << 3][..], &[9; 8], &vec![0xee; auth], &[0, 0, 0, 0, number]].concat();
        [head, body.to_vec()].concat()
    }

    /// The numbers of the alerts that are told of these packets.
    fn told(auth: usize, packets: &[Vec<u8>]) -> Vec<u8> {
        let reset = [&[7 << 3][..], &[9; 8], &vec![0xee; auth], &[0; 5]].concat();
        let mut talk = OpenVpn::begin(&reset).unwrap();
        let mut story = Story::new(Roles::Guess);
        talk.datagram(Side::Client, &reset, mark(1), &mut story);
        for (frame, packet) in (2..).zip(packets) {
            talk.datagram(Side::Client, packet, mark(frame), &mut story);
        }
        talk.finish(mark(99), &mut story);
        let alerts = story.events.iter().filter_map(|event| match event.message {
            Message::Alert(message) => Some(message.alert.0),
            _ => None,
        });
        alerts.collect()
    }

    /// Packets are read by their numbers, however they come and how often, with and without what
    /// `tls-auth` adds; one that is missing takes what depends on it with it, and no more.
    #[test]
    fn packets_are_put_in_order() {
        for auth in [0, 28, 40] {
            let (first, second) = ([21, 3, 3, 0, 2, 1, 90], [21, 3, 3, 0, 2, 2, 48]);
            let one = packet(auth, 1, &first[..4]);
            let two = packet(auth, 2, &[&first[4..], &second[..2]].concat());
            let three = packet(auth, 3, &second[2..]);
            let all = [one, two, three];
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
                let packets: Vec<Vec<u8>> =
                    order.iter().map(|at: &usize| all[*at].clone()).collect();
                assert_eq!(told(auth, &packets), [90, 48], "{order:?}");
                let twice = [packets.clone(), packets].concat();
                assert_eq!(told(auth, &twice), [90, 48]);
            }
            let whole = packet(auth, 4, &[21, 3, 3, 0, 2, 2, 40]);
            assert_eq!(told(auth, &[all[0].clone(), whole]), [40]);
        }
    }

    /// A wrapped channel is named, and nothing else begins a conversation.
    #[test]
    fn what_is_wrapped_is_named() {
        let crypt = [&[7 << 3][..], &[9; 8], &[0, 0, 0, 1], &[0xaa; 41]].concat();
        assert_eq!(OpenVpn::begin(&crypt).unwrap().opening, Opening::Wrapped);
        let (mut talk, mut story) = (OpenVpn::begin(&crypt).unwrap(), Story::new(Roles::Guess));
        talk.datagram(Side::Client, &crypt, mark(1), &mut story);
        talk.datagram(Side::Server, &crypt, mark(2), &mut story);
        assert_eq!(story.oddities.len(), 1);
        for other in [&b"8 is a digit in text"[..], &[7 << 3; 54], &[], &[7 << 3]] {
            assert!(OpenVpn::begin(other).is_none(), "{other:02x?}");
        }
    }

    /// Nothing waits without a bound, and no number is too far.
    #[test]
    fn hostile_numbers_do_no_harm() {
        let packets: Vec<Vec<u8>> = (0..=255).rev().map(|at| packet(0, at, &[22, 3])).collect();
        assert_eq!(told(0, &packets), []);
    }

    /// A packet that comes again is counted, one that comes late is not.
    #[test]
    fn what_comes_again_is_counted() {
        let reset = [&[7 << 3][..], &[9; 8], &[0; 5]].concat();
        let mut talk = OpenVpn::begin(&reset).unwrap();
        let mut story = Story::new(Roles::Guess);
        for (frame, number) in (2..).zip([2, 1, 1, 2]) {
            let sent = packet(0, number, b"\x15");
            talk.datagram(Side::Server, &sent, mark(frame), &mut story);
        }
        assert_eq!(talk.repeated(Side::Server), (2, 4, 15));
        assert_eq!(talk.repeated(Side::Client), (0, 0, 0));
    }
}

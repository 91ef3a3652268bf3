//! An established connection whose server sends many records more than were recorded.

use super::dice::Dice;
use super::flow::Flow;

/// What is sent: bytes without a pattern.
pub(crate) struct Noise(Vec<u8>);

impl Noise {
    pub(crate) fn new() -> Self {
        Self(Dice::new(0x9e37_79b9_7f4a_7c15).noise(1 << 20))
    }

    /// A part of this length, another one for each number.
    pub(crate) fn part(&self, number: usize, length: usize) -> &[u8] {
        let from = number % (self.0.len() - length);
        &self.0[from..from + length]
    }
}

/// A copy of an established connection whose server sends this many full records more.
pub(crate) fn with_bulk(flow: &Flow, place: usize, records: usize, noise: &Noise) -> Flow {
    let (before, after) = flow.legs.split_at(place.min(flow.legs.len()));
    let last = |from_client| before.iter().rev().find(|leg| leg.from_client == from_client);
    let (Some(client), Some(server)) = (last(true), last(false)) else { return flow.clone() };
    let start = before.last().map_or(0, |leg| leg.at);
    let (sent_by_client, first) = (client.next_sequence(), server.next_sequence());

    let mut stream = Vec::with_capacity(records * (RECORD + 5));
    for record in 0..records {
        stream.extend([23, 3, 3]);
        stream.extend((RECORD as u16).to_be_bytes());
        stream.extend(noise.part(record * 4099 + place * 257, RECORD));
    }
    let mut legs = before.to_vec();
    let mut sequence = first;
    for (number, segment) in stream.chunks(SEGMENT).enumerate() {
        let mut leg = server.with_payload(sequence, sent_by_client, segment);
        leg.at = start + (number as u64 + 1) * SPACING;
        sequence = sequence.wrapping_add(segment.len() as u32);
        let at = leg.at;
        legs.push(leg);
        if number % 2 == 1 {
            let mut acknowledgement = client.with_payload(sent_by_client, sequence, &[]);
            acknowledgement.at = at + 1;
            legs.push(acknowledgement);
        }
    }
    let added = sequence.wrapping_sub(first);
    let pause = (stream.len().div_ceil(SEGMENT) as u64 + 1) * SPACING;
    legs.extend(after.iter().cloned().map(|mut leg| {
        leg.at += pause;
        let (sent, heard) = if leg.from_client { (0, added) } else { (added, 0) };
        leg.shift(sent, heard);
        leg
    }));
    Flow { legs }
}

/// A full record as AES-GCM in TLS 1.3 makes it: 16384 bytes, the content type and the tag.
pub(crate) const RECORD: usize = 16_401;
/// Payload of a full segment at an MTU of 1500 with time stamps.
const SEGMENT: usize = 1448;
/// Microseconds between full segments, about a gigabit a second.
const SPACING: u64 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::input::flow::tests::{ESTABLISHED, capture};

    /// The stream of the server stays whole: each segment begins where the last one ended, and
    /// what comes after the added records is moved by their length.
    #[test]
    fn bulk_keeps_the_stream_whole() {
        let flow = Flow::all(&capture(ESTABLISHED)).unwrap().remove(0);
        let place = flow.place_for_bulk().unwrap();
        let grown = with_bulk(&flow, place, 3, &Noise::new());
        let mut expected = 90;
        for leg in grown.legs.iter().filter(|leg| !leg.from_client) {
            assert_eq!(leg.sequence(), expected);
            expected = leg.next_sequence();
        }
        assert_eq!(expected, 98 + 3 * (16_401 + 5));
        assert!(grown.legs.is_sorted_by_key(|leg| leg.at));
    }
}

//! What a capture is and of which time, without reading it.
//!
//! Whether two files are parts of one capture is decided by this, for thousands of them, before one
//! is read; so it looks at the first packet, and at the last ones where they can be reached.

use std::io::{self, Read, Seek, SeekFrom};

use wire::{Link, Next, Packets, Time};

use crate::{Kind, Unpack};

/// What a look at both ends of a capture tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// What it is, inside of all packing.
    pub kind: Kind,
    /// The link type that the file has for all of its packets.
    pub link: Option<Link>,
    /// The time of the first packet; `None` where there is none, or none that can be read.
    pub first: Option<Time>,
    /// The time of the last packet, where it can be told: never of a packed file.
    pub last: Option<Time>,
}

impl Glance {
    /// Looks at a file; `None` if it is no capture.
    ///
    /// # Errors
    /// What the file reports, and a packing that is damaged where it begins.
    pub fn of(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        let (kind, is_packed, mut window) = head(file, FIRST_LOOK)?;
        if !kind.is_capture() {
            return Ok(None);
        }
        let mut most = FIRST_LOOK;
        let (packet, behind) = loop {
            let whole = window.len() < most;
            match first(&window, whole) {
                Some(found) => break found,
                None if whole || most >= MOST_LOOK => {
                    return Ok(Some(Self { kind, link: None, first: None, last: None }));
                }
                None => {
                    most *= 8;
                    file.rewind()?;
                    window = head(file, most)?.2;
                }
            }
        };
        // In pcapng each packet has its own.
        let link = (kind != Kind::Pcapng).then_some(packet.1);
        let mut glance = Self { kind, link, first: Some(packet.0), last: None };
        if !is_packed {
            let size = file.seek(SeekFrom::End(0))?;
            let mut from = 0;
            if size > window.len() as u64 {
                window.truncate(behind);
                window.extend(NO_PACKET);
                // The header of a packet that the cut went through would take a time from both sides.
                from = window.len() + NO_PACKET.len();
                file.seek(SeekFrom::Start((behind as u64).max(size.saturating_sub(TAIL))))?;
                file.take(TAIL).read_to_end(&mut window)?;
            }
            glance.last = last(&window, from as u64);
        }
        Ok(Some(glance))
    }

    /// Whether two files may be parts of one capture, as far as their formats tell.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let one_link = self.link.is_none() || other.link.is_none() || self.link == other.link;
        self.kind == other.kind && one_link
    }
}

/// What the beginning of a file is, whether it is packed, and so many bytes of what is inside.
fn head(file: &mut impl Read, most: usize) -> io::Result<(Kind, bool, Vec<u8>)> {
    let unpack = Unpack::new(file)?;
    let (kind, is_packed) = (unpack.kind(), !unpack.layers().is_empty());
    let mut window = Vec::with_capacity(most);
    // A packing that is damaged further on is told by whoever reads it.
    let _ = unpack.take(most as u64).read_to_end(&mut window);
    Ok((kind, is_packed, window))
}

/// The time and link type of the first packet, and where the bytes behind it begin.
fn first(window: &[u8], whole: bool) -> Option<((Time, Link), usize)> {
    let mut packets = Packets::new();
    loop {
        match packets.next(window, whole) {
            Next::Packet(packet) => {
                return Some(((packet.time, packet.link), packets.drain()));
            }
            Next::NeedMore | Next::End => return None,
            Next::Damaged(damage) if damage.fatal => return None,
            Next::Damaged(_) | Next::Secrets(_) => {}
        }
    }
}

/// The latest time of the packets in a window that stand behind this place.
fn last(window: &[u8], from: u64) -> Option<Time> {
    let mut packets = Packets::new();
    let mut last = None;
    loop {
        match packets.next(window, true) {
            Next::Packet(packet) if packet.offset >= from => last = last.max(Some(packet.time)),
            Next::Packet(_) | Next::Secrets(_) => {}
            Next::Damaged(damage) if !damage.fatal => {}
            Next::Damaged(_) | Next::NeedMore | Next::End => return last,
        }
    }
}

/// Bytes that are looked at first: nearly always the first packet is among them.
const FIRST_LOOK: usize = 4 << 10;
/// Bytes in which the first packet is looked for at most. In front of it may be secrets, or the
/// longest packet there is.
const MOST_LOOK: usize = FIRST_LOOK * 8 * 8;
/// Bytes at the end of a file in which the last packets are looked for: a few of the longest that
/// travel over most networks.
const TAIL: u64 = 32 << 10;
/// What no format takes for a packet: behind it the reader looks for what proves to be one, as it
/// does behind damage. It is longer than the header of a packet in any format.
const NO_PACKET: [u8; 32] = [0xff; 32];

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    /// A file of so many packets, one each second, each with so many bytes.
    fn pcap(packets: u32, size: u32) -> Vec<u8> {
        let mut file = Vec::new();
        [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0x0004_0000, 1]
            .iter()
            .for_each(|word: &u32| file.extend(word.to_le_bytes()));
        for second in 1..=packets {
            [second, 0, size, size].iter().for_each(|word| file.extend(word.to_le_bytes()));
            file.extend((0..size).map(|at| at.to_le_bytes()[(second % 2) as usize]));
        }
        file
    }

    /// The same as pcapng.
    fn pcapng(packets: u32, size: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let mut block = |kind: u32, words: &[u32], bytes: &[u8]| {
            let length = (12 + 4 * words.len() + bytes.len().next_multiple_of(4)) as u32;
            let mut all = vec![kind, length];
            all.extend(words);
            all.iter().for_each(|word| file.extend(word.to_le_bytes()));
            file.extend(bytes);
            file.resize(file.len().next_multiple_of(4), 0);
            file.extend(length.to_le_bytes());
        };
        block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX], &[]);
        block(1, &[1, 0], &[]);
        for second in 1..=packets {
            let stamp = u64::from(second) * 1_000_000;
            let words = [0, (stamp >> 32) as u32, stamp as u32, size, size];
            block(6, &words, &vec![7; size as usize]);
        }
        file
    }

    fn times(file: &[u8]) -> Option<(Option<i64>, Option<i64>)> {
        let glance = Glance::of(&mut Cursor::new(file)).ok()??;
        Some((glance.first.map(Time::seconds), glance.last.map(Time::seconds)))
    }

    /// The first packet and the last one are found in files of any length, whatever their format.
    #[test]
    fn both_ends_are_seen() {
        for (packets, size) in [(1, 0), (1, 9_000), (3, 100), (40, 1_500), (900, 999), (90, 9_000)]
        {
            let expected = Some((Some(1), Some(i64::from(packets))));
            assert_eq!(times(&pcap(packets, size)), expected, "{packets} of {size}");
            assert_eq!(times(&pcapng(packets, size)), expected, "{packets} of {size}");
        }
        let link = |file: &[u8]| Glance::of(&mut Cursor::new(file)).unwrap().unwrap().link;
        assert_eq!(link(&pcap(1, 1)), Some(Link::Ethernet));
        assert_eq!(link(&pcapng(1, 1)), None);
    }

    /// Wherever the end begins that is looked at, in the header of a packet too, no time is made up.
    #[test]
    fn no_packet_is_made_of_two_halves() {
        let most = pcap(60, 1_000);
        for size in 0..1_016 {
            let last = pcap(61, size).split_off(24 + 60 * (16 + size as usize));
            assert_eq!(times(&[&most[..], &last].concat()), Some((Some(1), Some(61))), "{size}");
        }
    }

    /// Of a file whose last packets cannot be told, packed or full of what is no packet, none is
    /// claimed; of one that ends inside a packet, the one in front of it is the last.
    #[test]
    fn nothing_is_claimed_of_an_end_that_cannot_be_seen() {
        let plain = pcap(200, 1_000);
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&plain).unwrap();
        assert_eq!(times(&packer.finish().unwrap()), Some((Some(1), None)));
        let mut zeros = plain.clone();
        zeros.resize(zeros.len() + 2 * TAIL as usize, 0);
        assert_eq!(times(&zeros), Some((Some(1), None)));
        assert!(times(&plain[..plain.len() - 1]).unwrap().1 >= Some(199));
        assert_eq!(times(&plain[..24]), Some((None, None)));
        assert_eq!(times(b"no capture\n"), None);
    }
}

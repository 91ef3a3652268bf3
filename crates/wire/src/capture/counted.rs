//! Capture files of two systems that wrote one record after the other, each with its length: Microsoft
//! Network Monitor, version 2, and Solaris snoop (RFC 1761).
//!
//! There is nothing to find the next record by but the length of the last one. Behind a damaged
//! length nothing is read.

use super::order::Order;
use super::{CUT, Format, Link, MOST_PACKET_BYTES, Next, Place, Time};

/// The state of reading one such file.
#[derive(Debug)]
pub(super) struct Counted {
    layout: Layout,
    link: Link,
    /// Where in the file the records end.
    until: u64,
    over: bool,
}

/// How a record is written.
#[derive(Clone, Copy, Debug)]
enum Layout {
    /// Since when its times count, and the minor version, which tells what follows each packet.
    NetMon(Time, u8),
    Snoop,
}

/// The header of one record.
struct Record {
    header: usize,
    captured: u32,
    length: u32,
    /// Bytes behind the packet: padding, or what else is told about it.
    behind: usize,
    time: Time,
}

impl Counted {
    /// The format that the first bytes announce.
    pub(super) fn sniff(bytes: &[u8]) -> Option<Format> {
        match bytes {
            [b'G', b'M', b'B', b'U', ..] => Some(Format::NetMon),
            [b's', b'n', b'o', b'o', b'p', 0, 0, 0, ..] => Some(Format::Snoop),
            _ => None,
        }
    }

    /// Reads the file header, and says how long it is; `None` when it is not all there.
    pub(super) fn new(format: Format, file: &[u8], end: bool) -> Option<(Self, usize)> {
        match format {
            Format::NetMon => Self::netmon(file, end),
            _ => Self::snoop(file),
        }
    }

    /// Version, network, the date as eight numbers, the place of a table that nobody needs who reads
    /// from the front; then sizes. Version 2.0 leaves room behind them.
    fn netmon(file: &[u8], end: bool) -> Option<(Self, usize)> {
        let header = file.first_chunk::<NETMON_HEADER>()?;
        let number = |at| Order::Little.u16(header, at).map(u32::from);
        let date = (number(8)?, number(10)?, number(14)?);
        let (hour, minute) = (number(16)?, number(18)?);
        let (second, milliseconds) = (number(20)?, number(22)?);
        let seconds = i64::from(hour * 3_600 + minute * 60 + second);
        let start = Time::from_parts(seconds, milliseconds.min(999) * 1_000_000);
        let start = Time(start.0.saturating_add(Time::midnight(date.0, date.1, date.2).0));
        let layout = Layout::NetMon(start, header[4]);
        let until = u64::from(Order::Little.u32(header, 24)?);
        let link = network(Order::Little.u16(header, 6)?);
        let first = match Order::Little.u32(file, NETMON_HEADER + 12) {
            Some(1..) => NETMON_HEADER,
            Some(0) => NETMON_ROOMY_HEADER,
            None if end => NETMON_HEADER,
            None => return None,
        };
        if file.len() < first {
            return None;
        }
        Some((Self { layout, link, until, over: false }, first))
    }

    /// RFC 1761, 3: version 2 and the type of the network.
    fn snoop(file: &[u8]) -> Option<(Self, usize)> {
        let header = file.first_chunk::<SNOOP_HEADER>()?;
        let link = match Order::Big.u32(header, 12)? {
            4 => Link::Ethernet,
            // What later Solaris writes for its IP devices.
            31 => Link::Ipnet,
            _ => Link::Other(u16::MAX),
        };
        Some((Self { layout: Layout::Snoop, link, until: u64::MAX, over: false }, SNOOP_HEADER))
    }

    /// Looks for the next packet; see [`super::Packets::next`].
    pub(super) fn next<'a>(&mut self, place: &mut Place, window: &'a [u8], end: bool) -> Next<'a> {
        let rest = place.rest(window);
        if self.over || place.offset() >= self.until || (rest.is_empty() && end) {
            self.over = true;
            return Next::End;
        }
        let Some(record) = self.record(rest) else {
            return if end {
                self.stop(place, "the file ends inside a packet header")
            } else {
                Next::NeedMore
            };
        };
        if record.captured > MOST_PACKET_BYTES {
            return self.stop(place, "a packet claims more than 256 KiB");
        }
        let captured = record.captured as usize;
        let whole = record.header + captured + record.behind;
        let Some(bytes) = rest.get(record.header..record.header + captured) else {
            return if end { self.stop(place, CUT) } else { Next::NeedMore };
        };
        if rest.len() < whole && !end {
            return Next::NeedMore;
        }
        let trailer = rest.get(record.header + captured..).unwrap_or_default();
        let (link, time) = self.told_behind(trailer, record.time);
        let length = record.length.max(record.captured);
        let next = Next::Packet(place.packet(time, link, record.header, bytes, length));
        place.at += whole.min(rest.len());
        next
    }

    fn record(&self, rest: &[u8]) -> Option<Record> {
        match self.layout {
            Layout::NetMon(start, minor) => {
                let microseconds = Order::Little.i64(rest, 0)?;
                Some(Record {
                    header: 16,
                    length: Order::Little.u32(rest, 8)?,
                    captured: Order::Little.u32(rest, 12)?,
                    // Network; process; time and zone.
                    behind: match minor {
                        0 => 0,
                        1 => 2,
                        2 => 6,
                        _ => 15,
                    },
                    time: Time(start.0.saturating_add(microseconds.saturating_mul(1_000))),
                })
            }
            Layout::Snoop => {
                let captured = Order::Big.u32(rest, 4)?;
                let whole = Order::Big.u32(rest, 8)?;
                let seconds = i64::from(Order::Big.u32(rest, 16)?);
                let microseconds = Order::Big.u32(rest, 20)?;
                Some(Record {
                    header: 24,
                    length: Order::Big.u32(rest, 0)?,
                    captured,
                    behind: (whole.saturating_sub(24).saturating_sub(captured) as usize)
                        .min(MOST_PADDING),
                    time: Time::from_parts(seconds, microseconds.min(999_999) * 1_000),
                })
            }
        }
    }

    /// The network and the time of a packet, where they are told behind it.
    fn told_behind(&self, trailer: &[u8], time: Time) -> (Link, Time) {
        let Layout::NetMon(_, minor @ 1..) = self.layout else { return (self.link, time) };
        let link = Order::Little.u16(trailer, 0).map_or(self.link, network);
        match Order::Little.i64(trailer, 6) {
            Some(told) if minor >= 3 => {
                (link, Time(told.saturating_sub(EPOCH_IN_WINDOWS).saturating_mul(100)))
            }
            _ => (link, time),
        }
    }

    fn stop<'a>(&mut self, place: &Place, what: &'static str) -> Next<'a> {
        self.over = true;
        place.damage(what, true)
    }
}

/// The link type for a network of Network Monitor: its own numbers, those of pcap behind four bits
/// that say so, and what is no packet but a remark of the program.
fn network(number: u16) -> Link {
    match number {
        1 => Link::Ethernet,
        6 => Link::NetMonWifi,
        7 | 8 => Link::Raw,
        0xffe0.. => Link::Remark,
        pcap if pcap >> 12 == 0xe => Link::from(pcap & 0x0fff),
        _ => Link::Other(u16::MAX),
    }
}

/// The file header of Network Monitor, with and without the room that version 2.0 leaves.
pub(super) const NETMON_HEADER: usize = 72;
const NETMON_ROOMY_HEADER: usize = 128;
const SNOOP_HEADER: usize = 16;
/// More padding than anybody writes: to a multiple of four bytes, or to a page.
const MOST_PADDING: usize = 8_192;
/// 1970 in Windows' count of 100 nanoseconds since 1601.
const EPOCH_IN_WINDOWS: i64 = 116_444_736_000_000_000;

#[cfg(test)]
mod tests {
    use super::super::{Damage, Packets};
    use super::*;

    type Seen = (u64, Link, Vec<u8>, String, u32);

    /// Every packet and damage of a file, read whole and in windows of every small size.
    fn read(file: &[u8]) -> (Vec<Seen>, Vec<Damage>) {
        let mut whole = None;
        for step in [file.len().max(1), 1, 7, 64] {
            let (mut packets, mut window, mut fed) = (Packets::new(), Vec::new(), 0);
            let mut found = (Vec::new(), Vec::new());
            loop {
                match packets.next(&window, fed == file.len()) {
                    Next::Packet(p) => found.0.push((
                        p.number,
                        p.link,
                        p.bytes.to_vec(),
                        p.time.to_string(),
                        p.length,
                    )),
                    Next::Damaged(damage) => found.1.push(damage),
                    Next::Secrets(_) => panic!("neither format holds secrets"),
                    Next::End => break,
                    Next::NeedMore => {
                        window.drain(..packets.drain());
                        let more = &file[fed..file.len().min(fed + step)];
                        window.extend_from_slice(more);
                        fed += more.len();
                    }
                }
            }
            assert_eq!(whole.get_or_insert(found.clone()), &found, "in steps of {step}");
        }
        whole.unwrap()
    }

    fn netmon(minor: u8, records: &[&[u8]]) -> Vec<u8> {
        let room = if minor == 0 { 56 } else { 0 };
        let table = (72 + room + records.concat().len()) as u32;
        let mut file = [b"GMBU".as_slice(), &[minor, 2, 1, 0]].concat();
        for number in [2021_u16, 5, 0, 16, 5, 49, 20, 978] {
            file.extend(number.to_le_bytes());
        }
        file.extend(table.to_le_bytes());
        file.resize(72 + room, 0);
        [file, records.concat(), vec![9; 16]].concat()
    }

    fn record(microseconds: i64, bytes: &[u8], length: u32, behind: &[u8]) -> Vec<u8> {
        let captured = (bytes.len() as u32).to_le_bytes();
        [&microseconds.to_le_bytes()[..], &length.to_le_bytes(), &captured, bytes, behind].concat()
    }

    /// Version 2.0 counts its times from the start and has room behind its header.
    #[test]
    fn network_monitor_2_0() {
        let file = netmon(0, &[&record(0, b"abc", 3, &[]), &record(1_500_000, b"de", 90, &[])]);
        let (packets, damages) = read(&file);
        assert_eq!(damages, []);
        let time = |text: &str| format!("2021-05-16T05:49:{text}Z");
        assert_eq!(packets[0], (1, Link::Ethernet, b"abc".to_vec(), time("20.978000"), 3));
        assert_eq!(packets[1], (2, Link::Ethernet, b"de".to_vec(), time("22.478000"), 90));
        assert_eq!(packets.len(), 2);
    }

    /// Version 2.3 tells network and time behind each packet; what is no packet is counted as one.
    #[test]
    fn network_monitor_2_3() {
        let behind = |network: u16| {
            let time = 116_444_736_000_000_000_i64 + 16_211_693_617_945_259;
            [&network.to_le_bytes()[..], &[1, 0, 0, 0], &time.to_le_bytes(), &[0]].concat()
        };
        let records = [
            record(5, b"about it", 8, &behind(0xffff)),
            record(6, b"abc", 3, &behind(1)),
            record(7, b"E", 1, &behind(0xe065)),
        ];
        let file = netmon(3, &[&records[0], &records[1], &records[2]]);
        let (packets, damages) = read(&file);
        assert_eq!(damages, []);
        let links: Vec<Link> = packets.iter().map(|packet| packet.1).collect();
        assert_eq!(links, [Link::Remark, Link::Ethernet, Link::Raw]);
        assert_eq!(packets[1].3, "2021-05-16T12:49:21.794525Z");
    }

    /// RFC 1761: padding behind each packet is stepped over.
    #[test]
    fn snoop() {
        let mut file = [b"snoop\0\0\0".as_slice(), &[0, 0, 0, 2, 0, 0, 0, 4]].concat();
        for (bytes, padding) in [(&b"abcde"[..], 3), (b"fghi", 0)] {
            let captured = bytes.len() as u32;
            for number in [captured + 1, captured, 24 + captured + padding, 0, 1_600_000_000, 7] {
                file.extend(number.to_be_bytes());
            }
            file.extend_from_slice(bytes);
            file.resize(file.len() + padding as usize, 0);
        }
        let (packets, damages) = read(&file);
        assert_eq!(damages, []);
        let time = "2020-09-13T12:26:40.000007Z".to_owned();
        assert_eq!(packets[0], (1, Link::Ethernet, b"abcde".to_vec(), time.clone(), 6));
        assert_eq!(packets[1], (2, Link::Ethernet, b"fghi".to_vec(), time, 5));
    }

    /// A file cut at any byte gives the packets in front of the cut, and says so.
    #[test]
    fn a_cut_file_says_so() {
        let file = netmon(0, &[&record(0, b"abc", 3, &[]), &record(1, b"de", 2, &[])]);
        for end in 8..file.len() - 16 {
            let (packets, damages) = read(&file[..end]);
            assert!(packets.len() < 2 && damages.len() <= 1, "{end}: {damages:?}");
            let at_the_end_of_a_record = matches!(end, 72 | 128 | 147);
            assert!(!damages.is_empty() || at_the_end_of_a_record, "{end}");
        }
    }

    /// A length that nobody can mean ends the reading.
    #[test]
    fn a_length_without_sense_ends_the_reading() {
        let mut bytes = record(0, b"abc", 3, &[]);
        bytes[15] = 0x7f;
        let (packets, damages) = read(&netmon(0, &[&record(0, b"x", 1, &[]), &bytes]));
        assert_eq!((packets.len(), damages.len()), (1, 1));
        assert!(damages[0].fatal);
    }
}

//! Connections that are cast again and again, each time between other hosts and at another time.
//!
//! Everything that costs is done once: packets are put into the order of their times, headers are
//! built, checksums are summed up but for the addresses. A cast copies the bytes and patches time,
//! addresses and checksums, so that whoever reads it is busier than whoever writes it.

use super::flow::{Flow, Leg};

/// Connections that run side by side, ready to be cast.
pub(crate) struct Reel {
    /// Their packets, one behind the other, each with its header of classic pcap.
    bytes: Vec<u8>,
    moulds: Vec<Mould>,
    /// How many connections.
    pub(crate) connections: u32,
    /// Microseconds until the next reel may begin.
    pub(crate) length: u64,
}

/// What of a packet is patched.
struct Mould {
    /// Microseconds since the beginning of the reel.
    at: u64,
    /// Which of the connections.
    place: u32,
    from_client: bool,
    /// Where the packet ends in the bytes of the reel; it begins where the one before ends.
    end: usize,
    version: Version,
    /// The place of the checksum of TCP or UDP behind the IP header's first byte, and the sum of
    /// what it covers without the addresses. `None` for a fragment, which holds a part of it.
    segment: Option<(usize, u32)>,
}

/// The version of IP; of version 4 with the sum of its header without the addresses.
enum Version {
    Four(u32),
    Six,
}

impl Reel {
    /// Connections that begin a little after each other.
    pub(crate) fn of(flows: &[Flow]) -> Self {
        let mut legs: Vec<(u64, u32, &Leg)> = Vec::new();
        for (place, flow) in (0..).zip(flows) {
            let late = u64::from(place) * APART;
            legs.extend(flow.legs.iter().map(|leg| (late + leg.at, place, leg)));
        }
        legs.sort_by_key(|(at, ..)| *at);
        let last = legs.last().map_or(0, |(at, ..)| *at);
        let connections = flows.len() as u32;
        let mut reel = Self { bytes: Vec::new(), moulds: Vec::new(), connections, length: 0 };
        reel.length = last + APART;
        for (at, place, leg) in legs {
            reel.add(at, place, leg);
        }
        reel
    }

    /// How many packets.
    pub(crate) fn packets(&self) -> u64 {
        self.moulds.len() as u64
    }

    /// Write the connections as packets of a classic pcap, the first of them as number `first` and
    /// from `clock` on, microseconds since [`START`]. A packet for which `lost` says so is left out.
    pub(crate) fn cast(
        &self,
        clock: u64,
        first: u32,
        mut lost: impl FnMut() -> bool,
        out: &mut Vec<u8>,
    ) {
        let mut begin = 0;
        for mould in &self.moulds {
            let packet = &self.bytes[begin..mould.end];
            begin = mould.end;
            if lost() {
                continue;
            }
            let start = out.len();
            out.extend_from_slice(packet);
            let packet = &mut out[start..];
            let at = clock + mould.at;
            packet[..4].copy_from_slice(&((START + at / 1_000_000) as u32).to_le_bytes());
            packet[4..8].copy_from_slice(&((at % 1_000_000) as u32).to_le_bytes());
            mould.address(&mut packet[FRONT..], first + mould.place);
        }
    }

    fn add(&mut self, at: u64, place: u32, leg: &Leg) {
        let mut ip = leg.ip.clone();
        let from_client = leg.from_client;
        let six = ip[0] >> 4 == 6;
        let fragment = !six && word(&ip, 6) & 0x3fff != 0;
        let udp = ip[if six { 6 } else { 9 }] == UDP;
        let checksum = leg.tcp + if udp { 6 } else { 16 };
        let segment = (!fragment).then(|| {
            ip[checksum..checksum + 2].fill(0);
            let length = (ip.len() - leg.tcp) as u32;
            (checksum, sum(&ip[leg.tcp..]) + length + u32::from(if udp { UDP } else { TCP }))
        });
        let version = if six {
            Version::Six
        } else {
            ip[10..20].fill(0);
            Version::Four(sum(&ip[..leg.tcp]))
        };
        let length = (ip.len() + ETHERNET.len() + 2) as u32;
        self.bytes.extend([0; 8]);
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(ETHERNET);
        self.bytes.extend(if six { [0x86, 0xdd] } else { [0x08, 0x00] });
        self.bytes.extend(&ip);
        let end = self.bytes.len();
        self.moulds.push(Mould { at, place, from_client, end, version, segment });
    }
}

impl Mould {
    /// Write addresses into an IP packet, and the checksums that cover them.
    fn address(&self, ip: &mut [u8], client: u32) {
        let server = 1 + client % HOSTS;
        let mut hosts = [(CLIENTS, client), (SERVERS, server)];
        if !self.from_client {
            hosts.swap(0, 1);
        }
        let mut addresses = 0;
        for (place, ((net4, net6), number)) in hosts.into_iter().enumerate() {
            if let Version::Four(_) = self.version {
                let at = 12 + place * 4;
                ip[at..at + 4].copy_from_slice(&(net4 | number).to_be_bytes());
                addresses += sum(&ip[at..at + 4]);
            } else {
                let at = 8 + place * 16;
                let address = (u128::from(net6) << 112) | u128::from(number);
                ip[at..at + 16].copy_from_slice(&address.to_be_bytes());
                addresses += sum(&ip[at..at + 16]);
            }
        }
        if let Version::Four(header) = self.version {
            ip[10..12].copy_from_slice(&folded(header + addresses).to_be_bytes());
        }
        if let Some((at, segment)) = self.segment {
            // A sum of zero would say that there is none (RFC 768); TCP takes both alike.
            let checksum = match folded(segment + addresses) {
                0 => 0xffff,
                checksum => checksum,
            };
            ip[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
        }
    }
}

/// The head of a classic pcap of Ethernet frames, little-endian, in microseconds.
pub(crate) fn head() -> Vec<u8> {
    let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1_u32];
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The sum of the Internet checksum (RFC 1071), not yet folded.
fn sum(bytes: &[u8]) -> u32 {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let last = rest.first().map_or(0, |byte| u32::from(*byte) << 8);
    pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).sum::<u32>() + last
}

fn folded(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    !((once & 0xffff) + (once >> 16)) as u16
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// Microseconds from one connection's start to the next one's.
const APART: u64 = 37;
/// Hosts that the connections go to.
const HOSTS: u32 = 40;
/// Seconds since 1970 at which the captures begin: 2026-01-01, 00:00 UTC.
const START: u64 = 1_767_225_600;
/// Receiver and sender of each frame.
const ETHERNET: [u8; 12] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
/// The header of pcap and that of Ethernet.
const FRONT: usize = 16 + 14;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// The networks that clients and servers get their addresses from: IPv4, first 16 bits of IPv6.
const CLIENTS: (u32, u16) = (0x0a00_0000, 0xfd0a);
const SERVERS: (u32, u16) = (0xac10_0000, 0xfd10);

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::bench::input::flow::tests::capture;
    use crate::repo;

    /// The IP packets of what a reel has cast.
    pub(crate) fn packets(mut cast: &[u8]) -> Vec<&[u8]> {
        let mut packets = Vec::new();
        while let Some(length) = cast.get(8..12) {
            let end = 16 + u32::from_le_bytes(length.try_into().unwrap()) as usize;
            packets.push(&cast[FRONT..end]);
            cast = &cast[end..];
        }
        packets
    }

    /// Whether the checksums of a packet are right, summed up over all that they cover.
    fn is_right(ip: &[u8]) -> bool {
        let six = ip[0] >> 4 == 6;
        let (header, next, addresses) =
            if six { (40, ip[6], &ip[8..40]) } else { (20, ip[9], &ip[12..20]) };
        let segment = sum(&ip[header..]) + (ip.len() - header) as u32 + u32::from(next);
        (six || folded(sum(&ip[..header])) == 0) && folded(segment + sum(addresses)) == 0
    }

    /// A cast has the addresses asked for, at the time asked for, and the same ports and payload.
    #[test]
    fn a_cast_is_between_other_hosts() {
        let flows = Flow::all(&capture(&[(true, 2, 5, b""), (false, 0x12, 9, b"abc")])).unwrap();
        let mut out = Vec::new();
        Reel::of(&flows).cast(3_000_007, 0x01_0203, || false, &mut out);
        assert_eq!(out[..8], [3, 0xb9, 0x55, 0x69, 7, 0, 0, 0]);
        let [syn, answer] = packets(&out)[..] else { panic!("two packets") };
        let server = 1 + (0x01_0203 % 40) as u8;
        assert_eq!(syn[12..20], [10, 1, 2, 3, 172, 16, 0, server]);
        assert_eq!(answer[12..20], [172, 16, 0, server, 10, 1, 2, 3]);
        assert_eq!(answer[40..], *b"abc");
        assert!(is_right(syn) && is_right(answer));
    }

    /// The checksums of every packet are right, for both versions of IP, TCP and UDP.
    #[test]
    fn checksums_are_right() {
        let read = |case: &str| {
            std::fs::read(repo::root().join("corpus").join(case).join("input.pcap")).unwrap()
        };
        let mut flows = Flow::all(&read("established/gnutls-tls13-gnutls")).unwrap();
        let legs = Flow::datagrams(&read("established/aioquic-quic-aioquic")).unwrap();
        flows.push(Flow { legs });
        let mut out = Vec::new();
        Reel::of(&flows).cast(0, 70_000, || false, &mut out);
        let packets = packets(&out);
        assert!(packets.iter().any(|ip| ip[9] == TCP) && packets.iter().any(|ip| ip[9] == UDP));
        assert!(packets.iter().all(|ip| is_right(ip)));
    }

    /// What is lost is left out, and nothing else.
    #[test]
    fn a_lost_packet_is_left_out() {
        let flows = Flow::all(&capture(&[(true, 2, 5, b""), (false, 0x12, 9, b"abc")])).unwrap();
        let mut out = Vec::new();
        let mut count = 0;
        let second = || {
            count += 1;
            count == 2
        };
        Reel::of(&flows).cast(0, 1, second, &mut out);
        assert_eq!(packets(&out).len(), 1);
    }
}

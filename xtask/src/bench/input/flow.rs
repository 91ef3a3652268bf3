//! The TCP connections of a recorded capture, ready to be copied under other addresses.
//!
//! Only what the lab records is read: classic pcap over a plain link. That is on purpose not the
//! product's own reader, so that the bench does not trust what it measures.

use anyhow::{Context, Result, bail, ensure};

/// One recorded connection, from its SYN on.
#[derive(Clone)]
pub(crate) struct Flow {
    /// Its packets in the order of the capture.
    pub(crate) legs: Vec<Leg>,
}

/// One packet of a connection.
#[derive(Clone)]
pub(crate) struct Leg {
    /// Microseconds since the connection's first packet.
    pub(crate) at: u64,
    /// Whether the side that sent the SYN sent it.
    pub(crate) from_client: bool,
    /// The packet, from its IP header on, without padding.
    pub(crate) ip: Vec<u8>,
    /// Where the TCP header begins in `ip`.
    pub(crate) tcp: usize,
    /// Where the payload begins in `ip`.
    pub(crate) payload: usize,
}

impl Flow {
    /// All connections in a capture that begin with a SYN; other packets are left out.
    pub(crate) fn all(capture: &[u8]) -> Result<Vec<Self>> {
        let mut flows: Vec<(Ends, u64, Self)> = Vec::new();
        for (at, frame) in packets(capture)? {
            let Some((ends, mut leg)) = Leg::read(frame) else { continue };
            let known =
                flows.iter().position(|(known, ..)| *known == ends || *known == ends.swap());
            let index = match known {
                Some(index) => index,
                None if leg.flags() & (SYN | ACK) == SYN => {
                    flows.push((ends.clone(), at, Self { legs: Vec::new() }));
                    flows.len() - 1
                }
                None => continue,
            };
            let Some((client, start, flow)) = flows.get_mut(index) else { continue };
            leg.from_client = *client == ends;
            leg.at = at.saturating_sub(*start);
            flow.legs.push(leg);
        }
        Ok(flows.into_iter().map(|(.., flow)| flow).collect())
    }

    /// The UDP datagrams of a capture that holds one conversation over IPv4, the client's first.
    pub(crate) fn datagrams(capture: &[u8]) -> Result<Vec<Leg>> {
        let mut legs: Vec<Leg> = Vec::new();
        let mut client = None;
        for (at, frame) in packets(capture)? {
            let Some((ends, mut leg)) = Leg::read_datagram(frame) else { continue };
            let (start, client) = client.get_or_insert_with(|| (at, ends.clone()));
            leg.from_client = *client == ends;
            leg.at = at.saturating_sub(*start);
            legs.push(leg);
        }
        Ok(legs)
    }

    /// Bytes of all its packets.
    pub(crate) fn bytes(&self) -> usize {
        self.legs.iter().map(|leg| leg.ip.len()).sum()
    }

    /// Where application data could be added: before the first packet that starts to close the
    /// connection. `None` if the connection never carried application data from its server.
    pub(crate) fn place_for_bulk(&self) -> Option<usize> {
        let closing = |leg: &Leg| leg.flags() & (FIN | RST) != 0 || leg.begins(21);
        let place = self.legs.iter().position(closing)?;
        let carried = |leg: &&Leg| !leg.from_client && leg.begins(23);
        self.legs.iter().take(place).find(carried).map(|_| place)
    }
}

impl Leg {
    /// A packet of TCP, from its IP header on.
    pub(crate) fn read(ip: &[u8]) -> Option<(Ends, Self)> {
        let (tcp, length, from, to) = match ip.first()? >> 4 {
            4 if ip.get(9) == Some(&6) => {
                let total = usize::from(u16_at(ip, 2)?);
                (usize::from(ip[0] & 15) * 4, total, ip.get(12..16)?, ip.get(16..20)?)
            }
            6 if ip.get(6) == Some(&6) => {
                (40, 40 + usize::from(u16_at(ip, 4)?), ip.get(8..24)?, ip.get(24..40)?)
            }
            _ => return None,
        };
        let ends = Ends {
            from: (from.to_vec(), u16_at(ip, tcp)?),
            to: (to.to_vec(), u16_at(ip, tcp + 2)?),
        };
        let payload = tcp + usize::from(ip.get(tcp + 12)? >> 4) * 4;
        let ip = ip.get(..length)?.to_vec();
        (payload <= length).then_some((ends, Self { at: 0, from_client: true, ip, tcp, payload }))
    }

    /// A UDP datagram over IPv4; its header takes the place of that of TCP.
    fn read_datagram(ip: &[u8]) -> Option<(Ends, Self)> {
        if ip.first()? >> 4 != 4 || ip.get(9) != Some(&17) {
            return None;
        }
        let udp = usize::from(ip[0] & 15) * 4;
        let ends = Ends {
            from: (ip.get(12..16)?.to_vec(), u16_at(ip, udp)?),
            to: (ip.get(16..20)?.to_vec(), u16_at(ip, udp + 2)?),
        };
        let ip = ip.get(..usize::from(u16_at(ip, 2)?))?.to_vec();
        let payload = udp + 8;
        (payload <= ip.len())
            .then_some((ends, Self { at: 0, from_client: true, ip, tcp: udp, payload }))
    }

    /// The same headers of IPv4 and UDP over another payload.
    pub(crate) fn with_datagram(&self, payload: &[u8]) -> Self {
        let mut leg = self.clone();
        leg.ip.truncate(self.payload);
        leg.ip.extend_from_slice(payload);
        let length = leg.ip.len();
        leg.ip[2..4].copy_from_slice(&(length as u16).to_be_bytes());
        let udp = self.tcp + 4;
        leg.ip[udp..udp + 2].copy_from_slice(&((length - self.tcp) as u16).to_be_bytes());
        leg
    }

    /// Whether the payload begins with this byte: a record with this content type.
    pub(crate) fn begins(&self, kind: u8) -> bool {
        self.ip.get(self.payload) == Some(&kind)
    }

    /// The flags of the TCP header.
    pub(crate) fn flags(&self) -> u8 {
        self.ip.get(self.tcp + 13).copied().unwrap_or_default()
    }

    /// The sequence number.
    pub(crate) fn sequence(&self) -> u32 {
        u32_at(&self.ip, self.tcp + 4)
    }

    /// The sequence number of what this side sends next.
    pub(crate) fn next_sequence(&self) -> u32 {
        let length = (self.ip.len() - self.payload) as u32;
        let marks = u32::from(self.flags() & SYN != 0) + u32::from(self.flags() & FIN != 0);
        self.sequence().wrapping_add(length).wrapping_add(marks)
    }

    /// Change the sequence number by `sent` and the acknowledged one by `heard`.
    pub(crate) fn shift(&mut self, sent: u32, heard: u32) {
        for (at, by) in [(self.tcp + 4, sent), (self.tcp + 8, heard)] {
            let value = u32_at(&self.ip, at).wrapping_add(by);
            self.ip[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
    }

    /// The same headers over another payload.
    pub(crate) fn with_payload(&self, sequence: u32, acknowledged: u32, payload: &[u8]) -> Self {
        let mut leg = self.clone();
        leg.ip.truncate(self.payload);
        leg.ip.extend_from_slice(payload);
        let tcp = self.tcp;
        leg.ip[tcp + 4..tcp + 8].copy_from_slice(&sequence.to_be_bytes());
        leg.ip[tcp + 8..tcp + 12].copy_from_slice(&acknowledged.to_be_bytes());
        leg.ip[tcp + 13] = if payload.is_empty() { ACK } else { ACK | PSH };
        let (at, length) =
            if leg.ip[0] >> 4 == 4 { (2, leg.ip.len()) } else { (4, leg.ip.len() - 40) };
        leg.ip[at..at + 2].copy_from_slice(&(length as u16).to_be_bytes());
        leg
    }
}

/// Sender and receiver of a packet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ends {
    from: (Vec<u8>, u16),
    to: (Vec<u8>, u16),
}

impl Ends {
    fn swap(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone() }
    }
}

/// Time in microseconds and IP packet of each record of a classic pcap, little endian.
pub(crate) fn packets(capture: &[u8]) -> Result<Vec<(u64, &[u8])>> {
    let le = |at: usize| -> Result<u32> {
        let bytes = capture.get(at..at + 4).context("the capture ends early")?;
        Ok(u32::from_le_bytes(bytes.try_into()?))
    };
    let per_microsecond = match le(0)? {
        0xa1b2_c3d4 => 1,
        0xa1b2_3c4d => 1000,
        other => bail!("not a classic little-endian pcap: {other:08x}"),
    };
    // Where the IP header begins, by link type: Ethernet, raw IP, Linux cooked, loopback.
    let link = match le(20)? {
        1 => 14,
        101 => 0,
        113 => 16,
        276 => 20,
        0 => 4,
        other => bail!("link type {other} is not one that the lab records"),
    };
    let mut found = Vec::new();
    let mut at = 24;
    while at < capture.len() {
        let length = le(at + 8)? as usize;
        let time = u64::from(le(at)?) * 1_000_000 + u64::from(le(at + 4)? / per_microsecond);
        let frame = capture.get(at + 16..at + 16 + length).context("the capture ends early")?;
        ensure!(length >= link, "a frame is shorter than its link header");
        found.push((time, &frame[link..]));
        at += 16 + length;
    }
    Ok(found)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    u32::from_be_bytes(four.unwrap_or_default())
}

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A connection in which both sides have sent a record of application data.
    pub(crate) const ESTABLISHED: &[(bool, u8, u32, &[u8])] = &[
        (true, 0x02, 10, b""),
        (false, 0x12, 90, b""),
        (true, 0x18, 11, &[23, 3, 3, 0, 1, 7]),
        (false, 0x18, 91, &[23, 3, 3, 0, 1, 7]),
        (false, 0x11, 97, b""),
        (true, 0x11, 17, b""),
    ];

    /// An Ethernet capture of IPv4 packets: from client?, flags, sequence, payload.
    pub(crate) fn capture(packets: &[(bool, u8, u32, &[u8])]) -> Vec<u8> {
        let mut file = Vec::new();
        for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, 1_u32] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        for (number, (from_client, flags, sequence, payload)) in packets.iter().enumerate() {
            let ports: [u16; 2] = if *from_client { [40_000, 443] } else { [443, 40_000] };
            let mut frame = vec![0; 12];
            frame.extend([8, 0, 0x45, 0]);
            frame.extend((40 + payload.len() as u16).to_be_bytes());
            frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
            frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
            frame.extend(sequence.to_be_bytes());
            frame.extend([0, 0, 0, 0, 0x50, *flags, 255, 255, 0, 0, 0, 0]);
            frame.extend_from_slice(payload);
            for word in [7, number as u32 * 10, frame.len() as u32, frame.len() as u32] {
                file.extend_from_slice(&word.to_le_bytes());
            }
            file.extend(frame);
        }
        file
    }

    /// A connection is read from its SYN on, with sides, times and sequence numbers.
    #[test]
    fn a_connection_is_read() {
        let file =
            capture(&[(true, SYN, 5, b""), (false, SYN | ACK, 9, b""), (true, ACK, 6, b"abc")]);
        let flows = Flow::all(&file).unwrap();
        assert_eq!(flows.len(), 1);
        let legs = &flows[0].legs;
        assert_eq!(legs.iter().map(|leg| leg.from_client).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!((legs[1].at, legs[1].next_sequence(), legs[2].next_sequence()), (10, 10, 9));
    }

    /// New payload changes the length and the numbers and nothing else in the headers.
    #[test]
    fn payload_is_replaced() {
        let file = capture(&[(true, SYN, 5, b"")]);
        let leg = Flow::all(&file).unwrap()[0].legs[0].with_payload(1, 2, b"hello");
        assert_eq!((leg.ip.len(), u16_at(&leg.ip, 2), leg.sequence()), (45, Some(45), 1));
    }
}

//! Captures as the lab records them, classic pcap over Ethernet, read and written again as pcap and as
//! pcapng. That is on purpose not the product's own reader.

/// One packet.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// What is kept of it, from its Ethernet header on.
    pub(super) bytes: Vec<u8>,
    /// How long it was.
    pub(super) length: usize,
}

/// What a packet carries over IP: where its parts begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) is_tcp: bool,
    /// Source and destination, as ranges of the frame: their begin and length.
    pub(super) addresses: (usize, usize, usize),
    /// The header of TCP or UDP.
    pub(super) transport: usize,
    pub(super) payload: usize,
    /// The end of the IP packet, which padding may follow.
    pub(super) end: usize,
    /// The same as the header of IP has it, whatever the frame holds.
    pub(super) claimed: usize,
}

const ETHERNET: usize = 14;

impl Frame {
    pub(super) fn u16_at(&self, at: usize) -> Option<u16> {
        Some(u16::from_be_bytes(self.bytes.get(at..at + 2)?.try_into().ok()?))
    }

    pub(super) fn u32_at(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes.get(at..at + 4)?.try_into().ok()?))
    }

    /// TCP or UDP over IPv4 or IPv6, without extension headers.
    pub(super) fn parts(&self) -> Option<Parts> {
        let (protocol, addresses, transport, end) = match self.u16_at(12)? {
            0x0800 => {
                let header = usize::from(self.bytes.get(ETHERNET)? & 15) * 4;
                let end = ETHERNET + usize::from(self.u16_at(ETHERNET + 2)?);
                (
                    *self.bytes.get(ETHERNET + 9)?,
                    (ETHERNET + 12, ETHERNET + 16, 4),
                    ETHERNET + header,
                    end,
                )
            }
            0x86dd => {
                let end = ETHERNET + 40 + usize::from(self.u16_at(ETHERNET + 4)?);
                (
                    *self.bytes.get(ETHERNET + 6)?,
                    (ETHERNET + 8, ETHERNET + 24, 16),
                    ETHERNET + 40,
                    end,
                )
            }
            _ => return None,
        };
        let payload = match protocol {
            6 => transport + usize::from(self.bytes.get(transport + 12)? >> 4) * 4,
            17 => transport + 8,
            _ => return None,
        };
        let claimed = end;
        let end = end.min(self.bytes.len());
        let is_whole = transport < payload && payload <= end;
        is_whole.then_some(Parts {
            is_tcp: protocol == 6,
            addresses,
            transport,
            payload,
            end,
            claimed,
        })
    }

    /// Whether it is TCP or DTLS. QUIC, RADIUS and tunnels have alerts sealed, or inside of packets of
    /// others, where nothing here looks them up.
    pub(super) fn is_plain(&self) -> bool {
        self.parts().is_some_and(|parts| {
            let payload = self.bytes.get(parts.payload..parts.end).unwrap_or_default();
            parts.is_tcp || matches!(payload, [20..=26, 0xfe, ..] | [0x20..=0x3f, ..])
        })
    }

    /// The same packet under the addresses of a place: the last part of each stays.
    pub(super) fn at(&self, place: usize) -> Self {
        let mut frame = self.clone();
        let Some(parts) = self.parts() else { return frame };
        let (from, to, length) = parts.addresses;
        for address in [from, to] {
            let [.., high, low] = place.to_be_bytes();
            frame.bytes[address] = if length == 4 { 10 } else { 0xfd };
            frame.bytes[address + 1] = high;
            frame.bytes[address + 2] = low;
        }
        frame.sum();
        frame
    }

    /// Makes lengths and checksums right again.
    pub(super) fn sum(&mut self) {
        let Some(parts) = self.parts() else { return };
        let (from, to, length) = parts.addresses;
        let is_ip4 = length == 4;
        if is_ip4 {
            self.bytes[ETHERNET + 10..ETHERNET + 12].fill(0);
            let sum = checksum(&[&self.bytes[ETHERNET..parts.transport]]);
            self.bytes[ETHERNET + 10..ETHERNET + 12].copy_from_slice(&sum.to_be_bytes());
        }
        let at = parts.transport + if parts.is_tcp { 16 } else { 6 };
        let Some(field) = self.bytes.get_mut(at..at + 2) else { return };
        field.fill(0);
        let bytes = &self.bytes;
        let about = [0, if parts.is_tcp { 6 } else { 17 }];
        let size = ((parts.end - parts.transport) as u16).to_be_bytes();
        let ends = [&bytes[from..from + length], &bytes[to..to + length]];
        let body = &bytes[parts.transport..parts.end];
        let sum = checksum(&[ends[0], ends[1], &about, &size, body]);
        self.bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }

    /// The same packet with another payload.
    pub(super) fn with_payload(&self, payload: &[u8]) -> Self {
        let mut frame = self.clone();
        let Some(parts) = self.parts() else { return frame };
        frame.bytes.truncate(parts.payload);
        frame.bytes.extend_from_slice(payload);
        let of_ip = frame.bytes.len() - ETHERNET;
        let (at, length) = match parts.addresses.2 {
            4 => (ETHERNET + 2, of_ip),
            _ => (ETHERNET + 4, of_ip - 40),
        };
        frame.bytes[at..at + 2].copy_from_slice(&(length as u16).to_be_bytes());
        frame.length = frame.bytes.len();
        frame.sum();
        frame
    }
}

/// The checksum of the Internet (RFC 1071) over parts, each of an even length but the last.
fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let sum = words.fold(0_u32, |sum, word| {
        let low = word.get(1).copied().unwrap_or_default();
        sum + u32::from(u16::from_be_bytes([word[0], low]))
    });
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

/// The packets of a capture in little-endian pcap over Ethernet; `None` of anything else.
pub(super) fn read(file: &[u8]) -> Option<Vec<Frame>> {
    let word = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
    if word(0)? != 0xa1b2_c3d4 || word(20)? != 1 {
        return None;
    }
    let mut frames = Vec::new();
    let mut at = 24;
    while at < file.len() {
        let (kept, length) = (word(at + 8)? as usize, word(at + 12)? as usize);
        let bytes = file.get(at + 16..at + 16 + kept)?.to_vec();
        frames.push(Frame { bytes, length });
        at += 16 + kept;
    }
    Some(frames)
}

/// The packets of all conversations, one of each in turn.
pub(super) fn in_turns(conversations: Vec<Vec<Frame>>) -> Vec<Frame> {
    let mut all: Vec<_> = conversations.into_iter().map(Vec::into_iter).collect();
    let mut frames = Vec::new();
    while !all.is_empty() {
        all.retain_mut(|rest| rest.next().map(|frame| frames.push(frame)).is_some());
    }
    frames
}

/// Microseconds between two packets.
const STEP: u64 = 50;
/// When the first of them was captured, in microseconds.
const BEGIN: u64 = 1_795_000_000_000_000;

/// A file of pcap.
pub(super) fn pcap(frames: &[Frame]) -> Vec<u8> {
    let head = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 1];
    let mut file: Vec<u8> = head.iter().flat_map(|word| word.to_le_bytes()).collect();
    for (time, frame) in (BEGIN..).step_by(STEP as usize).zip(frames) {
        let (seconds, rest) = ((time / 1_000_000) as u32, (time % 1_000_000) as u32);
        for word in [seconds, rest, frame.bytes.len() as u32, frame.length as u32] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&frame.bytes);
    }
    file
}

/// A file of pcapng, one enhanced packet block for each packet.
pub(super) fn pcapng(frames: &[Frame]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let length = (body.len().next_multiple_of(4) + 12) as u32;
        file.extend(kind.to_le_bytes());
        file.extend(length.to_le_bytes());
        file.extend(body);
        file.resize(file.len().next_multiple_of(4), 0);
        file.extend(length.to_le_bytes());
    };
    block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat());
    block(1, &[1, 0, 0, 0, 0, 0, 4, 0]);
    for (time, frame) in (BEGIN..).step_by(STEP as usize).zip(frames) {
        let words =
            [0, (time >> 32) as u32, time as u32, frame.bytes.len() as u32, frame.length as u32];
        let head: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        block(6, &[&head[..], &frame.bytes].concat());
    }
    file
}

//! Cuts a capture into files as the programs do that write several.

/// A capture in pieces.
pub(crate) struct Capture {
    /// What stands in front of each packet in a file that begins with it, and the packet with all
    /// that follows it up to the next one.
    pub(crate) packets: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Capture {
    /// Cuts a file of pcap or pcapng; `None` for others, for packed ones and for those of fewer than
    /// two packets.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let packets = match bytes.first_chunk()? {
            [0x0a, 0x0d, 0x0d, 0x0a] => pcapng(bytes)?,
            [0xd4 | 0x4d, _, _, 0xa1] | [0xa1, _, _, 0xd4 | 0x4d] => pcap(bytes)?,
            _ => return None,
        };
        (packets.len() > 1).then_some(Self { packets })
    }

    /// The file of these packets.
    pub(crate) fn file(&self, from: usize, to: usize) -> Vec<u8> {
        let packets = &self.packets[from..to];
        let mut file = packets[0].0.clone();
        packets.iter().for_each(|(_, packet)| file.extend(packet));
        file
    }
}

fn pcap(bytes: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let little = matches!(bytes.first()?, 0xd4 | 0x4d);
    let header = bytes.get(..24)?;
    let mut packets = Vec::new();
    let mut rest = &bytes[24..];
    while let Some(length) = word(rest, 8, little) {
        let (packet, behind) = rest.split_at((16 + length).min(rest.len()));
        packets.push((header.to_vec(), packet.to_vec()));
        rest = behind;
    }
    Some(packets)
}

fn pcapng(bytes: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut packets: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    // The section and its interfaces so far; and what came in front of the first packet.
    let (mut section, mut front) = (Vec::new(), Vec::new());
    let mut little = true;
    let mut rest = bytes;
    while rest.len() >= 12 {
        if rest.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
            little = rest[8] == 0x4d;
            section.clear();
        }
        let length = word(rest, 4, little)?.min(rest.len());
        let (block, behind) = rest.split_at(length);
        rest = behind;
        match (word(block, 0, little)?, packets.last_mut()) {
            (2 | 3 | 6, None) => packets.push((std::mem::take(&mut front), block.to_vec())),
            (2 | 3 | 6, Some(_)) => packets.push((section.clone(), block.to_vec())),
            (_, Some((_, last))) => last.extend(block),
            (_, None) => front.extend(block),
        }
        if matches!(word(block, 0, little)?, 0x0a0d_0d0a | 1) {
            section.extend(block);
        }
    }
    Some(packets)
}

/// Four bytes as a number.
pub(crate) fn word(bytes: &[u8], at: usize, little: bool) -> Option<usize> {
    let word = *bytes.get(at..)?.first_chunk()?;
    Some(if little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) } as usize)
}

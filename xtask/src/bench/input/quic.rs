//! Recorded connections over QUIC, again and again under other addresses and connection ids.
//!
//! The keys of Initial packets follow from the client's first connection id, and dissectors find a
//! connection by its ids: a copy needs ids of its own, and its Initial packets are sealed anew. What
//! only secrets open stays as it was, with other ids in front.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes128Gcm, Nonce};
use anyhow::{Context, Result, ensure};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::bulk::Noise;
use super::flow::{Flow, Leg};

/// One recorded connection.
pub(crate) struct Recorded {
    legs: Vec<Leg>,
    /// What the client made up for the server, what it calls itself, and what the server does.
    ids: [Vec<u8>; 3],
    initials: Vec<Initial>,
}

/// An Initial packet without its protection.
struct Initial {
    leg: usize,
    /// Where in the leg it begins, its packet number does, and it ends.
    start: usize,
    number_at: usize,
    end: usize,
    /// The header, unmasked.
    header: Vec<u8>,
    frames: Vec<u8>,
}

/// What Initial packets of one side are sealed with (RFC 9001, 5.2).
pub(in crate::bench) struct Keys {
    aead: Aes128Gcm,
    iv: [u8; 12],
    mask: Aes128,
}

impl Recorded {
    /// The only connection of a recording of the lab.
    pub(crate) fn read(capture: &[u8]) -> Result<Self> {
        let mut legs = Flow::datagrams(capture)?;
        let first = legs.first().context("no datagram")?.clone();
        let header = Header::read(first.ip.get(first.payload..).unwrap_or_default());
        let (origin, client) = header.context("no QUIC")?.ids;
        let answer = legs.iter().find(|leg| !leg.from_client).context("no answer")?;
        let answer = Header::read(answer.ip.get(answer.payload..).unwrap_or_default());
        let (_, server) = answer.context("no answer in QUIC")?.ids;
        let ids = [origin, client, server];
        let keys = Keys::of(&ids[0])?;
        let mut initials = Vec::new();
        for (place, leg) in legs.iter_mut().enumerate() {
            let mut start = leg.payload;
            while let Some(header) = Header::read(leg.ip.get(start..).unwrap_or_default()) {
                let (number_at, end) = (start + header.number_at, start + header.length);
                if header.is_initial {
                    let keys = &keys[usize::from(!leg.from_client)];
                    let packet = leg.ip.get_mut(start..end).context("a packet that is cut")?;
                    let (header, frames) = keys.open(packet, header.number_at)?;
                    initials.push(Initial { leg: place, start, number_at, end, header, frames });
                }
                start = end;
            }
        }
        ensure!(!initials.is_empty(), "no Initial packet");
        Ok(Self { legs, ids, initials })
    }

    /// The connection with ids of its own. The server's last datagram is followed by `bulk` more, as
    /// large as an MTU of 1500 allows.
    pub(crate) fn again(&self, number: u64, bulk: usize, noise: &Noise) -> Result<Flow> {
        let fresh: Vec<Vec<u8>> = (0_u64..)
            .zip(&self.ids)
            .map(|(which, id)| {
                let seed = number.wrapping_mul(3).wrapping_add(which + 1);
                let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
                mixed.iter().copied().cycle().take(id.len()).collect()
            })
            .collect();
        let keys = Keys::of(&fresh[0])?;
        let mut legs = self.legs.clone();
        for leg in &mut legs {
            self.rename(leg, &fresh);
        }
        for initial in &self.initials {
            let Some(leg) = legs.get_mut(initial.leg) else { continue };
            let mut header = initial.header.clone();
            // The ids were renamed in the datagram; the first byte and the number are unmasked.
            let number = header.split_off(initial.number_at - initial.start);
            let first = header.first().copied().unwrap_or_default();
            header.clear();
            header.extend(leg.ip.get(initial.start..initial.number_at).unwrap_or_default());
            header[0] = first;
            header.extend(number);
            let keys = &keys[usize::from(!leg.from_client)];
            let at = initial.number_at - initial.start;
            let sealed = keys.seal(header, at, &initial.frames)?;
            leg.ip
                .get_mut(initial.start..initial.end)
                .filter(|place| place.len() == sealed.len())
                .context("a packet that has grown")?
                .copy_from_slice(&sealed);
        }
        if bulk > 0 {
            let end = legs.iter().rposition(|leg| !leg.from_client).context("no server")?;
            let model = legs[end].clone();
            let more = (0..bulk).map(|place| {
                let part = noise.part(place * 1427 + number as usize * 61, DATAGRAM);
                let short = [&[0x41], &fresh[1][..], part].concat();
                let mut leg = model.with_datagram(&short);
                leg.at += 12 * (place as u64 + 1);
                leg
            });
            let more: Vec<Leg> = more.collect();
            legs.splice(end + 1..end + 1, more);
        }
        Ok(Flow { legs })
    }

    /// Writes other ids into the headers of a datagram.
    fn rename(&self, leg: &mut Leg, fresh: &[Vec<u8>]) {
        let mut start = leg.payload;
        while let Some(bytes) = leg.ip.get_mut(start..) {
            let Some(header) = Header::read(bytes) else {
                // A short header: the id of the receiver stands behind its first byte.
                let receiver = if leg.from_client { 2 } else { 1 };
                replace(bytes, 1, &self.ids[receiver], &fresh[receiver]);
                return;
            };
            let (destination, source) = (6, 7 + header.ids.0.len());
            for (id, new) in self.ids.iter().zip(fresh) {
                if header.ids.0 == *id {
                    replace(bytes, destination, id, new);
                }
                if header.ids.1 == *id {
                    replace(bytes, source, id, new);
                }
            }
            start += header.length;
        }
    }
}

fn replace(bytes: &mut [u8], at: usize, old: &[u8], new: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + old.len())
        && place == old
    {
        place.copy_from_slice(new);
    }
}

/// A long header (RFC 9000, 17.2) of version 1.
struct Header {
    is_initial: bool,
    ids: (Vec<u8>, Vec<u8>),
    number_at: usize,
    /// Bytes of the whole packet.
    length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        // The fixed bit may be left out by agreement (RFC 9287).
        if first & 0x80 == 0 || bytes.get(1..5)? != [0, 0, 0, 1] {
            return None;
        }
        let mut at = 5;
        let mut id = || -> Option<Vec<u8>> {
            let length = usize::from(*bytes.get(at)?);
            let id = bytes.get(at + 1..at + 1 + length)?.to_vec();
            at += 1 + length;
            Some(id)
        };
        let ids = (id()?, id()?);
        let is_initial = first & 0x30 == 0;
        if is_initial {
            let token = varint(bytes, &mut at)?;
            at += token;
        }
        let length = varint(bytes, &mut at)?;
        Some(Self { is_initial, ids, number_at: at, length: at + length })
    }
}

/// A variable-length integer (RFC 9000, 16).
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let first = *bytes.get(*at)?;
    let rest = bytes.get(*at + 1..*at + (1 << (first >> 6)))?;
    *at += 1 + rest.len();
    Some(rest.iter().fold(usize::from(first & 0x3f), |sum, byte| sum << 8 | usize::from(*byte)))
}

impl Keys {
    /// The keys of the client and of the server.
    pub(in crate::bench) fn of(origin: &[u8]) -> Result<[Self; 2]> {
        let common = hmac(&SALT, &[origin])?;
        let keys = |label| -> Result<Self> {
            let secret = expand(&common, label, 32)?;
            Ok(Self {
                aead: Aes128Gcm::new_from_slice(&expand(&secret, "quic key", 16)?)?,
                iv: expand(&secret, "quic iv", 12)?.try_into().unwrap_or_default(),
                mask: Aes128::new_from_slice(&expand(&secret, "quic hp", 16)?)?,
            })
        };
        Ok([keys("client in")?, keys("server in")?])
    }

    /// The header without its mask, and the frames.
    fn open(&self, packet: &[u8], number_at: usize) -> Result<(Vec<u8>, Vec<u8>)> {
        let mask = self.mask(packet, number_at)?;
        let first = packet[0] ^ mask[0] & 0x0f;
        let end = number_at + usize::from(first & 3) + 1;
        let mut header = packet.get(..end).context("a header that is cut")?.to_vec();
        header[0] = first;
        for (byte, mask) in header.iter_mut().skip(number_at).zip(&mask[1..]) {
            *byte ^= mask;
        }
        let sealed = Payload { msg: &packet[end..], aad: &header };
        let frames = self.aead.decrypt(&self.nonce(&header, number_at), sealed);
        Ok((header, frames.ok().context("an Initial packet that does not open")?))
    }

    pub(in crate::bench) fn seal(
        &self,
        header: Vec<u8>,
        number_at: usize,
        frames: &[u8],
    ) -> Result<Vec<u8>> {
        let open = Payload { msg: frames, aad: &header };
        let body = self.aead.encrypt(&self.nonce(&header, number_at), open);
        let body = body.ok().context("cannot seal")?;
        let number = header.len() - number_at;
        let mut packet = [header, body].concat();
        let mask = self.mask(&packet, number_at)?;
        packet[0] ^= mask[0] & 0x0f;
        for (byte, mask) in packet.iter_mut().skip(number_at).take(number).zip(&mask[1..]) {
            *byte ^= mask;
        }
        Ok(packet)
    }

    fn mask(&self, packet: &[u8], number_at: usize) -> Result<[u8; 16]> {
        let sample = packet.get(number_at + 4..number_at + 20).context("a packet too short")?;
        let mut block = <[u8; 16]>::try_from(sample)?.into();
        self.mask.encrypt_block(&mut block);
        Ok(block.into())
    }

    fn nonce(&self, header: &[u8], number_at: usize) -> Nonce<aes_gcm::aead::consts::U12> {
        let mut nonce = self.iv;
        let number = header.get(number_at..).unwrap_or_default();
        for (byte, number) in nonce.iter_mut().rev().zip(number.iter().rev()) {
            *byte ^= number;
        }
        nonce.into()
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac.finalize().into_bytes().to_vec())
}

/// HKDF-Expand-Label (RFC 8446, 7.1), of one block.
fn expand(secret: &[u8], label: &str, length: u8) -> Result<Vec<u8>> {
    let named = 6 + label.len() as u8;
    let info = [&[0, length, named], &b"tls13 "[..], label.as_bytes(), &[0, 1]].concat();
    let mut block = hmac(secret, &[&info])?;
    block.truncate(usize::from(length));
    Ok(block)
}

/// The salt of version 1 (RFC 9001, 5.2).
const SALT: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad,
    0xcc, 0xbb, 0x7f, 0x0a,
];
/// Bytes behind the header of a datagram of data: 1452 in all, what IPv6 leaves of 1500.
const DATAGRAM: usize = 1443;

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of RFC 9001, A.1.
    #[test]
    fn keys_are_those_of_the_rfc() {
        let common = hmac(&SALT, &[&[0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08]]).unwrap();
        let client = expand(&common, "client in", 32).unwrap();
        let iv = expand(&client, "quic iv", 12).unwrap();
        assert_eq!(iv, [0xfa, 0x04, 0x4b, 0x2f, 0x42, 0xa3, 0xfd, 0x3b, 0x46, 0xfb, 0x25, 0x5c]);
    }

    /// A copy has other ids, is read as the recording was, and holds what was added.
    #[test]
    fn a_copy_opens_with_its_own_keys() {
        let path = crate::repo::root().join("corpus/established/aioquic-quic-aioquic/input.pcap");
        let recorded = Recorded::read(&std::fs::read(path).unwrap()).unwrap();
        let noise = Noise::new();
        let copy = recorded.again(5, 3, &noise).unwrap();
        assert_eq!(copy.legs.len(), recorded.legs.len() + 3);
        let leg = &copy.legs[0];
        let header = Header::read(&leg.ip[leg.payload..]).unwrap();
        assert_ne!(header.ids.0, recorded.ids[0]);
        let keys = Keys::of(&header.ids.0).unwrap();
        let packet = &leg.ip[leg.payload..leg.payload + header.length];
        let (_, frames) = keys[0].open(packet, header.number_at).unwrap();
        assert_eq!(frames, recorded.initials[0].frames);
    }
}

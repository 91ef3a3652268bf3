//! OpenVPN: the control channel carries the records in packets, between packets of data. Over TCP
//! the packets follow one another, each with its length; over UDP each has a datagram of its own.
//!
//! A packet has a length, an opcode, the sender's session, what `tls-auth` adds, the packets that it
//! acknowledges, and its own number. With `tls-crypt` nothing of TLS is in the clear.

use super::Unwrapped;

/// The packets around the records of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packets {
    /// Bytes of the present packet that are still to come, and whether they are TLS.
    left: u16,
    control: bool,
    /// A header that is not complete yet, and how much of it there is.
    header: [u8; LONGEST],
    have: u8,
    /// Bytes that `tls-auth` adds to each header.
    auth: usize,
}

/// What the bytes of a packet are, from its first on.
enum Header {
    /// More bytes are needed.
    Short,
    /// This many bytes follow, and whether they are TLS.
    Body(u16, bool),
}

impl Packets {
    /// The packets that go on behind these bytes: whole ones, and the header of a last.
    pub(super) fn behind(own: &[u8]) -> Option<Self> {
        if !matches!(own, [_, _, CLIENT_2 | CLIENT_3 | SERVER, ..]) {
            return None;
        }
        let mut last = own;
        loop {
            let [high, low, rest @ ..] = last else { return None };
            match rest.get(usize::from(u16::from_be_bytes([*high, *low]))..) {
                Some(next) => last = next,
                None => break,
            }
        }
        // The packet that begins a session is all header, which tells what is added to it.
        let [high, low, ..] = own else { return None };
        let first = usize::from(u16::from_be_bytes([*high, *low])) + LENGTH;
        let fits = |auth: &&usize| {
            let whole = header_length(own, **auth);
            whole == Some(first) || (own.get(2) == Some(&CLIENT_3) && whole < Some(first))
        };
        let ends = |auth: usize| match header(last, auth) {
            Header::Body(left, true) if header_length(last, auth) == Some(last.len()) => Some(left),
            _ => None,
        };
        let (auth, left) = AUTH.iter().filter(fits).find_map(|auth| Some((*auth, ends(*auth)?)))?;
        Some(Self { left, control: true, header: [0; LONGEST], have: 0, auth })
    }

    /// Takes the next part of a control packet's body off `bytes`.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Unwrapped<'a> {
        loop {
            let taken = bytes.len().min(usize::from(self.left));
            let (body, rest) = bytes.split_at(taken);
            *bytes = rest;
            self.left -= taken as u16;
            if self.control && !body.is_empty() {
                return Unwrapped::Body(body);
            }
            let Some((&byte, rest)) = bytes.split_first() else { return Unwrapped::Nothing };
            *bytes = rest;
            let Some(place) = self.header.get_mut(usize::from(self.have)) else {
                return Unwrapped::Over;
            };
            *place = byte;
            self.have += 1;
            let known = self.header.get(..usize::from(self.have)).unwrap_or_default();
            if let Header::Body(left, control) = header(known, self.auth) {
                (self.left, self.control, self.have) = (left, control, 0);
            }
        }
    }
}

/// Whether a client begins with a packet that resets, with key 0 (versions 2 and 3).
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    matches!(client, [0, 14..=255, CLIENT_2 | CLIENT_3, rest @ ..] if rest.len() >= 8)
}

/// Whether a client's first packet, with its length in front, is wrapped by `tls-crypt`.
pub(crate) fn is_wrapped(client: &[u8]) -> bool {
    let [high, low, ..] = client else { return false };
    let packet = client.get(LENGTH..LENGTH + usize::from(u16::from_be_bytes([*high, *low])));
    packet.is_some_and(|packet| Opening::read(packet) == Some(Opening::Wrapped))
}

/// What is said of a control channel of which nothing can be read.
pub(crate) const WRAPPED: &str = "the control channel is wrapped by tls-crypt: its TLS is hidden";

/// How a client begins a session, by its first packet, without the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// In the clear, with so many bytes of `tls-auth` in each packet.
    Clear(usize),
    /// Everything behind the header is encrypted by `tls-crypt`.
    Wrapped,
}

impl Opening {
    /// Reads a client's first packet; `None` if it is none of OpenVPN. The packet in the clear ends
    /// with no acknowledgement and number 0, the wrapped one begins with its first packet number.
    pub(crate) fn read(packet: &[u8]) -> Option<Self> {
        let [kind @ (CLIENT_2 | CLIENT_3), rest @ ..] = packet else { return None };
        let rest = rest.get(SESSION..)?;
        let clear = |auth: &&usize| {
            let end = rest.get(**auth..);
            end.is_some_and(|end| end == [0; 5] || (*kind == CLIENT_3 && end.starts_with(&[0; 5])))
        };
        if let Some(auth) = AUTH.iter().find(clear) {
            return Some(Self::Clear(*auth));
        }
        // A number, a time, an HMAC of 32 bytes, and five bytes encrypted; a wrapped key may follow.
        let whole = rest.len() == 45 || (*kind == CLIENT_3 && rest.len() > 45);
        let first = matches!(rest, [0 | 0x0f, 0, 0, 1, ..]);
        (whole && first).then_some(Self::Wrapped)
    }
}

/// One packet of the control channel that carries TLS: its number and what it carries, or a reset
/// that begins a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control<'a> {
    /// The server, or again the client, begins a session.
    Reset,
    /// Bytes of TLS.
    Message(u32, &'a [u8]),
}

impl<'a> Control<'a> {
    /// Reads a packet of key 0; `None` for data, mere acknowledgements, and what is none.
    pub(crate) fn read(packet: &'a [u8], auth: usize) -> Option<Self> {
        match packet.first()? {
            &(CLIENT_2 | CLIENT_3 | SERVER) => Some(Self::Reset),
            opcode if *opcode == CONTROL << 3 => {
                // The same header as over TCP, but for the length in front of it.
                let end = header_end(packet, auth)?;
                let (header, body) = packet.split_at_checked(end)?;
                let number = u32::from_be_bytes(*header.last_chunk()?);
                Some(Self::Message(number, body))
            }
            _ => None,
        }
    }
}

fn header(packet: &[u8], auth: usize) -> Header {
    let [high, low, opcode, ..] = packet else { return Header::Short };
    let length = u16::from_be_bytes([*high, *low]);
    if opcode >> 3 != CONTROL {
        return Header::Body(length.saturating_sub(1), false);
    }
    match header_length(packet, auth) {
        Some(whole) if packet.len() >= whole => {
            let left = (usize::from(length) + LENGTH).saturating_sub(whole);
            Header::Body(u16::try_from(left).unwrap_or(u16::MAX), true)
        }
        _ => Header::Short,
    }
}

/// The length of a control packet's header, with the length in front of it; `None` while the number
/// of acknowledgements is not known, or if it is more than a sender puts into one packet.
fn header_length(packet: &[u8], auth: usize) -> Option<usize> {
    header_end(packet.get(LENGTH..)?, auth).map(|end| end + LENGTH)
}

/// Where the header of a control packet ends.
fn header_end(packet: &[u8], auth: usize) -> Option<usize> {
    let fixed = 1 + SESSION + auth;
    let acknowledged = usize::from(*packet.get(fixed)?);
    if acknowledged > MAX_ACKNOWLEDGED {
        return None;
    }
    let session = if acknowledged > 0 { SESSION } else { 0 };
    Some(fixed + 1 + 4 * acknowledged + session + 4)
}

/// Bytes of the length, of a session, and acknowledgements in one packet at most.
const LENGTH: usize = 2;
const SESSION: usize = 8;
const MAX_ACKNOWLEDGED: usize = 8;
/// What `tls-auth` adds: nothing, or a number, a time and an HMAC of MD5, SHA-1, SHA-256, SHA-512.
const AUTH: [usize; 5] = [0, 24, 28, 40, 72];
/// The longest header.
const LONGEST: usize = LENGTH + 1 + SESSION + 72 + 1 + 4 * MAX_ACKNOWLEDGED + SESSION + 4;
/// Opcodes: P_CONTROL_V1, and with key 0 the packets that begin a session.
const CONTROL: u8 = 4;
const CLIENT_2: u8 = 7 << 3;
const SERVER: u8 = 8 << 3;
const CLIENT_3: u8 = 10 << 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths and numbers that lie are read without harm, whatever the place.
    #[test]
    fn lies_do_no_harm() {
        let reset = [&[0, 14, CLIENT_2][..], &[9; 8], &[0, 0, 0, 0, 0]].concat();
        let control = [&[0, 99, CONTROL << 3][..], &[9; 8], &[0, 0, 0, 0, 1]].concat();
        let own = [reset, control].concat();
        assert!(Packets::behind(&own).is_some_and(|packets| packets.left == 99 + 2 - 16));
        for at in 0..own.len() {
            for lie in [0, 1, 9, 0x7f, 0xff] {
                let mut lying = own.clone();
                lying[at] = lie;
                let Some(mut packets) = Packets::behind(&lying) else { continue };
                let mut rest = &[0xff; 70_000][..];
                while packets.next(&mut rest) != Unwrapped::Nothing && !rest.is_empty() {}
            }
        }
    }
}

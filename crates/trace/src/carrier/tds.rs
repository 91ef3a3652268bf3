//! SQL Server: TDS 7 wraps the TLS handshake in packets of type PRELOGIN, and what follows it in
//! nothing (MS-TDS, 2.2.3.1 and 3.3.5.2).

use super::{Denial, Denied, Unwrapped};

/// The packets around the records of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packets {
    /// Bytes of the present packet that are still to come.
    left: u16,
    /// A header that is not complete yet, and how much of it there is.
    header: [u8; HEADER],
    have: u8,
}

impl Packets {
    /// The packets that go on behind these bytes: whole ones, and the header of a last.
    pub(super) fn behind(mut own: &[u8]) -> Option<Self> {
        loop {
            let (header, body) = own.split_first_chunk::<HEADER>()?;
            let length = length(*header)?;
            if body.is_empty() {
                return Some(Self { left: length, header: [0; HEADER], have: 0 });
            }
            own = body.get(usize::from(length)..)?;
        }
    }

    /// Takes the next part of a packet's body off `bytes`.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Unwrapped<'a> {
        while self.left == 0 {
            let Some((&byte, rest)) = bytes.split_first() else { return Unwrapped::Nothing };
            if self.have == 0 && !is_packet(byte) {
                return Unwrapped::Over;
            }
            *bytes = rest;
            if let Some(place) = self.header.get_mut(usize::from(self.have)) {
                *place = byte;
            }
            self.have += 1;
            if usize::from(self.have) == HEADER {
                self.have = 0;
                let Some(length) = length(self.header) else { return Unwrapped::Over };
                self.left = length;
            }
        }
        let taken = bytes.len().min(usize::from(self.left));
        let (body, rest) = bytes.split_at(taken);
        *bytes = rest;
        self.left -= taken as u16;
        if body.is_empty() { Unwrapped::Nothing } else { Unwrapped::Body(body) }
    }
}

/// Whether a client begins with a PRELOGIN packet: a table of options, of which version is first.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    matches!(client, [PRELOGIN, 0 | 1, _, _, _, _, _, _, 0, 0, ..])
}

/// A server without encryption and a client that wants it, or the other way round.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    match (encryption(client)?, encryption(server)?) {
        (ENCRYPT_ON | ENCRYPT_REQUIRED, ENCRYPT_NOT_SUPPORTED) => {
            Some(Denial::bare(Denied::Refused, server))
        }
        (ENCRYPT_NOT_SUPPORTED, ENCRYPT_REQUIRED) => Some(Denial::bare(Denied::Demanded, server)),
        _ => None,
    }
}

/// The option ENCRYPTION of the PRELOGIN table in a packet: each entry has a token, an offset from
/// the table's start and a length (MS-TDS, 2.2.6.5).
fn encryption(packet: &[u8]) -> Option<u8> {
    let table = packet.get(HEADER..)?;
    let entries = table.chunks_exact(5).take_while(|entry| entry.first() != Some(&TERMINATOR));
    let offset = entries.take(MAX_OPTIONS).find_map(|entry| match entry {
        [ENCRYPTION, high, low, 0, 1] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    })?;
    // The highest bit says that the client has a certificate.
    table.get(usize::from(offset)).map(|value| value & 0x7f)
}

/// The length of a packet's body: type, status, length of all, process, number, window.
fn length(header: [u8; HEADER]) -> Option<u16> {
    let [kind, 0 | 1, high, low, ..] = header else { return None };
    let length = u16::from_be_bytes([high, low]).checked_sub(HEADER as u16)?;
    is_packet(kind).then_some(length)
}

/// A response and PRELOGIN; the content types of TLS begin above them.
fn is_packet(kind: u8) -> bool {
    matches!(kind, RESPONSE | PRELOGIN)
}

const HEADER: usize = 8;
const RESPONSE: u8 = 0x04;
const PRELOGIN: u8 = 0x12;
/// Options that are read; the specification has eight.
const MAX_OPTIONS: usize = 32;
const TERMINATOR: u8 = 0xff;
const ENCRYPTION: u8 = 1;
const ENCRYPT_ON: u8 = 1;
const ENCRYPT_NOT_SUPPORTED: u8 = 2;
const ENCRYPT_REQUIRED: u8 = 3;

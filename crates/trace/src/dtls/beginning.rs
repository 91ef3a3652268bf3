//! Which datagrams are DTLS, and with which a conversation begins.
//!
//! Others share the ports: STUN before the handshake, RTP behind it. A conversation begins with a
//! record in the clear of which every length fits, or with an encrypted alert.

use wire::{
    ContentType, DTLS_FRAGMENT_HEADER, DtlsFragmentHeader, DtlsHeader, DtlsRecord, HandshakeType,
    ProtocolVersion, Reader,
};

/// The datagram without what carries it; `None` if it belongs to something else that is spoken
/// between the two sockets: STUN, ZRTP, TURN, RTP and RTCP (RFC 7983, 7), or CAPWAP in the clear.
pub(super) fn unwrap(capwap: bool, payload: &[u8], length: usize) -> Option<(&[u8], usize)> {
    let payload = if capwap { payload.strip_prefix(&CAPWAP)? } else { payload };
    let length = if capwap { length.saturating_sub(CAPWAP.len()) } else { length };
    matches!(payload.first(), Some(20..=63)).then_some((payload, length))
}

/// Whether a datagram begins with a record that is worth beginning with.
pub(super) fn begins(payload: &[u8], length: usize) -> bool {
    let missing = length.saturating_sub(payload.len());
    let Ok(record) = DtlsRecord::read_cut(&mut Reader::new(payload), 0, missing) else {
        return false;
    };
    let DtlsHeader::Plain(header) = record.header else { return false };
    // The first records of an epoch have small numbers.
    if header.sequence >> 32 != 0 || header.epoch > MAX_FIRST_EPOCH {
        return false;
    }
    match (header.content_type, header.epoch) {
        (ContentType::HANDSHAKE, 0) => is_handshake(&record, usize::from(header.length)),
        (ContentType::ALERT, 0) => match record.body {
            [level, code] => matches!(level, 1 | 2) && alert::Alert(*code).name().is_some(),
            _ => false,
        },
        (ContentType::ALERT, _) => (16..=LONGEST_ALERT).contains(&header.length),
        _ => false,
    }
}

/// Whether the first message in a record can be one: its lengths fit, and a hello has a version.
fn is_handshake(record: &DtlsRecord<'_>, length: usize) -> bool {
    let mut body = Reader::new(record.body);
    let Ok(header) = DtlsFragmentHeader::read(&mut body) else { return false };
    let fits = header.fragment as usize + DTLS_FRAGMENT_HEADER <= length && header.message < 64;
    let version = || body.clone().u16("version").map(ProtocolVersion);
    let begins = header.offset == 0 && header.fragment > 1;
    fits && match header.kind {
        HandshakeType::CLIENT_HELLO
        | HandshakeType::SERVER_HELLO
        | HandshakeType::HELLO_VERIFY_REQUEST => {
            !begins || version().is_ok_and(|version| version.is_dtls())
        }
        kind => kind.name().is_some() && header.fragment > 0,
    }
}

pub(super) fn is_plain_handshake(record: &DtlsRecord<'_>) -> bool {
    match record.header {
        DtlsHeader::Plain(header) => {
            header.content_type == ContentType::HANDSHAKE && header.epoch == 0
        }
        DtlsHeader::Unified { .. } => false,
    }
}

/// CAPWAP's preamble in front of DTLS (RFC 5415, 4.2).
pub(super) const CAPWAP: [u8; 4] = [1, 0, 0, 0];
/// The highest epoch in which a conversation may begin for us: who joins late sees the keys of the
/// first handshake, or of a renegotiation.
const MAX_FIRST_EPOCH: u16 = 8;
/// Bytes of the longest encrypted alert: CBC with SHA-384 has 80 (RFC 5246, 6.2.3.2).
const LONGEST_ALERT: u16 = 96;

//! The frames inside QUIC packets (RFC 9000, 19; RFC 9221).

use super::{varint, vector};
use crate::{Malformed, Reader};

/// One frame, as far as it matters to a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuicFrame<'a> {
    /// Bytes of the TLS handshake.
    Crypto {
        /// Where in the stream of its encryption level they belong.
        offset: u64,
        /// The bytes.
        data: &'a [u8],
    },
    /// The end of the connection, with its reason.
    ConnectionClose(QuicClose<'a>),
    /// The server has the client's Finished and took it.
    HandshakeDone,
    /// Any other frame, by its type.
    Other(u64),
}

/// Why an endpoint closes a connection (RFC 9000, 19.19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuicClose<'a> {
    /// The error: of QUIC itself (RFC 9000, 20.1), or of what it carries.
    pub error: u64,
    /// The type of the frame that is at fault, 0 if none; `None` where what QUIC carries closes,
    /// which then has error codes of its own.
    pub frame_type: Option<u64>,
    /// The reason in words: meant to be UTF-8, and written by whoever sent it.
    pub reason: &'a [u8],
}

/// The frames of one packet. Runs of padding are one frame; the walk ends behind the first frame
/// that cannot be read, which is an error.
#[derive(Clone, Copy, Debug)]
pub struct QuicFrames<'a> {
    rest: Reader<'a>,
}

impl<'a> QuicFrames<'a> {
    /// Walks the content of a packet.
    #[must_use]
    pub fn new(content: &'a [u8]) -> Self {
        Self { rest: Reader::new(content) }
    }
}

impl<'a> Iterator for QuicFrames<'a> {
    type Item = Result<QuicFrame<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let frame = frame(&mut self.rest);
        if frame.is_err() {
            self.rest = Reader::new(&[]);
        }
        Some(frame)
    }
}

impl QuicClose<'_> {
    /// The TLS alert that this error stands for, by its code: errors 0x0100 to 0x01ff (RFC 9001, 4.8).
    #[must_use]
    pub fn alert(&self) -> Option<u8> {
        let alert = self.error.checked_sub(CRYPTO_ERROR)?;
        self.frame_type.and(u8::try_from(alert).ok())
    }

    /// The name of an error of QUIC itself (RFC 9000, 20.1; RFC 9368, 8).
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.frame_type?;
        let place = usize::try_from(self.error).ok()?;
        match self.error {
            CRYPTO_ERROR..=0x1ff => Some("CRYPTO_ERROR"),
            _ => ERRORS.get(place).copied().flatten(),
        }
    }
}

/// Takes one frame off.
fn frame<'a>(bytes: &mut Reader<'a>) -> Result<QuicFrame<'a>, Malformed> {
    let start = *bytes;
    let kind = varint(bytes, "QUIC frame type")?;
    let mut skip =
        |numbers: usize| (0..numbers).try_for_each(|_| varint(bytes, "QUIC frame").map(drop));
    match kind {
        PADDING => {
            let padding = bytes.rest().iter().take_while(|byte| **byte == 0).count();
            bytes.take(padding, "QUIC padding")?;
        }
        PING | IMMEDIATE_ACK => {}
        ACK | ACK_ECN => {
            skip(2)?;
            let ranges = varint(bytes, "QUIC ACK range count")?;
            // Each range takes two bytes at least, so the walk ends with the packet.
            for _ in 0..ranges.saturating_mul(2).saturating_add(1) {
                varint(bytes, "QUIC ACK range")?;
            }
            for _ in 0..if kind == ACK_ECN { 3 } else { 0 } {
                varint(bytes, "QUIC ECN count")?;
            }
        }
        CRYPTO => {
            let offset = varint(bytes, "QUIC CRYPTO offset")?;
            let data = vector(bytes, "QUIC CRYPTO data")?;
            return Ok(QuicFrame::Crypto { offset, data });
        }
        NEW_TOKEN => {
            vector(bytes, "QUIC NEW_TOKEN")?;
        }
        STREAM..=STREAM_LAST => {
            skip(if kind & OFFSET == 0 { 1 } else { 2 })?;
            if kind & LENGTH == 0 {
                bytes.take(bytes.left(), "QUIC STREAM")?;
            } else {
                vector(bytes, "QUIC STREAM")?;
            }
        }
        0x10 | 0x12..=0x14 | 0x16 | 0x17 | 0x19 => skip(1)?,
        0x05 | 0x11 | 0x15 => skip(2)?,
        0x04 => skip(3)?,
        ACK_FREQUENCY => skip(4)?,
        NEW_CONNECTION_ID => {
            skip(2)?;
            bytes.vec8("QUIC connection id")?;
            bytes.take(RESET_TOKEN, "QUIC stateless reset token")?;
        }
        PATH_CHALLENGE | PATH_RESPONSE => {
            bytes.take(8, "QUIC path data")?;
        }
        CONNECTION_CLOSE | APPLICATION_CLOSE => {
            let error = varint(bytes, "QUIC error code")?;
            let frame_type = match kind {
                CONNECTION_CLOSE => Some(varint(bytes, "QUIC frame type at fault")?),
                _ => None,
            };
            let reason = vector(bytes, "QUIC reason phrase")?;
            return Ok(QuicFrame::ConnectionClose(QuicClose { error, frame_type, reason }));
        }
        HANDSHAKE_DONE => return Ok(QuicFrame::HandshakeDone),
        DATAGRAM => {
            bytes.take(bytes.left(), "QUIC DATAGRAM")?;
        }
        DATAGRAM_LENGTH => {
            vector(bytes, "QUIC DATAGRAM")?;
        }
        _ => return Err(start.malformed("known QUIC frame type", 1)),
    }
    Ok(QuicFrame::Other(kind))
}

const PADDING: u64 = 0x00;
const PING: u64 = 0x01;
const ACK: u64 = 0x02;
const ACK_ECN: u64 = 0x03;
const CRYPTO: u64 = 0x06;
const NEW_TOKEN: u64 = 0x07;
const STREAM: u64 = 0x08;
const STREAM_LAST: u64 = 0x0f;
/// A STREAM frame with a length.
const LENGTH: u64 = 0x02;
/// A STREAM frame with an offset.
const OFFSET: u64 = 0x04;
const NEW_CONNECTION_ID: u64 = 0x18;
const PATH_CHALLENGE: u64 = 0x1a;
const PATH_RESPONSE: u64 = 0x1b;
const CONNECTION_CLOSE: u64 = 0x1c;
const APPLICATION_CLOSE: u64 = 0x1d;
const HANDSHAKE_DONE: u64 = 0x1e;
/// IMMEDIATE_ACK and ACK_FREQUENCY of the extension for delayed acknowledgements.
const IMMEDIATE_ACK: u64 = 0x1f;
const ACK_FREQUENCY: u64 = 0xaf;
const DATAGRAM: u64 = 0x30;
const DATAGRAM_LENGTH: u64 = 0x31;
/// Bytes of a stateless reset token (RFC 9000, 19.15).
const RESET_TOKEN: usize = 16;
/// Where the errors begin that are TLS alerts (RFC 9000, 20.1).
const CRYPTO_ERROR: u64 = 0x100;
/// The errors of QUIC itself, each at its number.
const ERRORS: [Option<&str>; 0x12] = [
    Some("NO_ERROR"),
    Some("INTERNAL_ERROR"),
    Some("CONNECTION_REFUSED"),
    Some("FLOW_CONTROL_ERROR"),
    Some("STREAM_LIMIT_ERROR"),
    Some("STREAM_STATE_ERROR"),
    Some("FINAL_SIZE_ERROR"),
    Some("FRAME_ENCODING_ERROR"),
    Some("TRANSPORT_PARAMETER_ERROR"),
    Some("CONNECTION_ID_LIMIT_ERROR"),
    Some("PROTOCOL_VIOLATION"),
    Some("INVALID_TOKEN"),
    Some("APPLICATION_ERROR"),
    Some("CRYPTO_BUFFER_EXCEEDED"),
    Some("KEY_UPDATE_ERROR"),
    Some("AEAD_LIMIT_REACHED"),
    Some("NO_VIABLE_PATH"),
    Some("VERSION_NEGOTIATION_ERROR"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Padding, an acknowledgement with one gap, CRYPTO and a close with its reason.
    #[test]
    fn frames_follow_one_another() {
        let mut bytes = vec![0, 0, 0, 2, 9, 0, 1, 1, 2, 3, 6, 5, 2, 7, 8];
        bytes.extend([0x1c, 0x41, 0x78, 6, 2, b'n', b'o', 0]);
        let frames: Vec<_> = QuicFrames::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(frames[1], QuicFrame::Other(ACK));
        assert_eq!(frames[2], QuicFrame::Crypto { offset: 5, data: &[7, 8] });
        let QuicFrame::ConnectionClose(close) = frames[3] else { panic!("{frames:?}") };
        assert_eq!((close.alert(), close.reason), (Some(120), &b"no"[..]));
        assert_eq!((close.name(), frames.len()), (Some("CRYPTO_ERROR"), 5));
    }

    /// Every frame of RFC 9000 is stepped over to its end.
    #[test]
    fn every_frame_is_stepped_over() {
        let mut bytes =
            vec![1, 4, 1, 2, 3, 5, 1, 2, 7, 1, 9, 0x0e, 4, 0, 1, 9, 0x10, 1, 0x11, 1, 2];
        bytes.extend([0x12, 1, 0x13, 1, 0x14, 1, 0x15, 1, 2, 0x16, 1, 0x17, 1, 0x18, 1, 0, 1, 5]);
        bytes.extend([6; 16]);
        bytes.extend([0x19, 1, 0x1a, 1, 2, 3, 4, 5, 6, 7, 8, 3, 1, 0, 0, 0, 1, 1, 1, 0x1e, 0x0a]);
        bytes.extend([0, 1, 7, 0x31, 1, 5, 0x08, 0, 1, 2, 3]);
        let frames: Vec<_> = QuicFrames::new(&bytes).map(Result::unwrap).collect();
        assert_eq!((frames.len(), frames.last()), (21, Some(&QuicFrame::Other(8))));
    }

    /// An application's error is no alert, whatever its number; names are those of the RFC.
    #[test]
    fn errors_of_applications_are_their_own() {
        let close = |error, frame_type| QuicClose { error, frame_type, reason: &[] };
        assert_eq!(close(0x178, None).alert(), None);
        assert_eq!(close(0x178, None).name(), None);
        assert_eq!(close(0x11, Some(0)).name(), Some("VERSION_NEGOTIATION_ERROR"));
        assert_eq!((close(0x200, Some(0)).alert(), close(0x200, Some(0)).name()), (None, None));
    }

    /// An unknown frame ends the walk with an error, and so does one that is cut.
    #[test]
    fn the_unknown_ends_the_walk() {
        let read = |bytes: &[u8]| QuicFrames::new(bytes).map(|it| it.is_ok()).collect::<Vec<_>>();
        assert_eq!(read(&[1, 0x3f, 1]), [true, false]);
        assert_eq!(read(&[6, 0, 9, 1]), [false]);
        assert_eq!(read(&[2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), [false]);
    }
}

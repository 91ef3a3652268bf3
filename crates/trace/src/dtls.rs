//! DTLS: records that may be lost, doubled and out of order, RFC 6347 and RFC 9147.

use alert::Side;
use wire::{ContentType, DtlsFragmentHeader, DtlsRecordHeader, HandshakeHeader, Reader};

use crate::session::{Mark, Message};
use crate::story::Story;

/// One DTLS conversation.
#[derive(Debug, Default)]
pub(crate) struct Dtls {}

impl Dtls {
    /// Whether a first datagram is DTLS: a record in the clear whose length it can hold.
    pub(crate) fn begins(payload: &[u8]) -> bool {
        let mut bytes = Reader::new(payload);
        let Ok(header) = DtlsRecordHeader::read(&mut bytes) else { return false };
        matches!(header.version.0, 0xfeff | 0xfefd)
            && header.content_type == ContentType::HANDSHAKE
            && header.epoch == 0
            && usize::from(header.length) <= bytes.left()
    }

    /// Reads the records of one datagram.
    pub(crate) fn datagram(&mut self, side: Side, payload: &[u8], mark: Mark, story: &mut Story) {
        let mut bytes = Reader::new(payload);
        while let Ok(header) = DtlsRecordHeader::read(&mut bytes) {
            let length = usize::from(header.length);
            let Ok(body) = bytes.take(length, "DTLS body") else { return };
            let length = u32::from(header.length);
            match header.content_type {
                ContentType::HANDSHAKE if header.epoch == 0 => {
                    Self::handshake(side, body, mark, story);
                }
                ContentType::HANDSHAKE => {
                    story.push(side, mark, length, Message::EncryptedHandshake);
                }
                ContentType::CHANGE_CIPHER_SPEC => {
                    story.push(side, mark, length, Message::ChangeCipherSpec);
                }
                ContentType::ALERT if header.epoch == 0 => {
                    for message in
                        alert::Decoder::new(alert::Version::Dtls12).record(body).flatten()
                    {
                        story.push(side, mark, length, Message::Alert(message));
                    }
                }
                ContentType::ALERT => story.push(side, mark, length, Message::EncryptedAlert),
                ContentType::APPLICATION_DATA => story.application_data(side, mark, length),
                _ => return,
            }
        }
    }

    fn handshake(side: Side, body: &[u8], mark: Mark, story: &mut Story) {
        let mut bytes = Reader::new(body);
        while let Ok(header) = DtlsFragmentHeader::read(&mut bytes) {
            let Ok(fragment) = bytes.take(header.fragment as usize, "DTLS fragment") else {
                return;
            };
            if header.fragment == header.length {
                let header = HandshakeHeader { kind: header.kind, length: header.length };
                story.handshake(side, mark, header, Some(fragment));
            }
        }
    }
}

//! What records say by themselves: those in the clear, and of sealed ones their size and place.

use alert::Side;
use wire::{ContentType, DtlsRecord, DtlsRecordHeader, ProtocolVersion, encrypted_alert_length};

use super::half::{MAX_WINDOWS, Sealed};
use super::{Dtls, Heard, UNKNOWN_ID, place};
use crate::session::Message;
use crate::story::Story;
use crate::stream::Mark;

/// Alerts in the clear of a side that are told; who sends more says nothing new.
const MAX_ALERTS: usize = 16;
/// An encrypted record as long as one before is that record sent again if so many nanoseconds lie
/// between: no stack waits less before it sends a flight again, none waits so long within one
/// (RFC 9147, 5.8.2: 100 milliseconds at the very least).
const PAUSE: i64 = 80_000_000;
/// The place of a ChangeCipherSpec among the numbers of its epoch: behind all messages.
const CHANGE: u64 = 1 << 20;
/// The place of an alert in the clear: behind that.
const ALERT: u64 = 1 << 21;
/// The epoch in which DTLS 1.3 encrypts its handshake (RFC 9147, 6.1).
const HANDSHAKE_EPOCH: u8 = 2;

impl Dtls {
    /// A record of DTLS 1.0 to 1.2, or one in the clear.
    pub(super) fn plain(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        record: &DtlsRecord<'_>,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let half = self.half(side);
        let length = u32::from(header.length);
        let clear = header.epoch == 0;
        // A server that keeps no state yet numbers all its records 0.
        if !clear && !half.is_first(header.epoch, header.sequence) {
            return Heard::default();
        }
        let number = place(header.epoch, header.sequence, 0);
        match header.content_type {
            ContentType::HANDSHAKE if clear => self.handshake(side, record.body, mark, story),
            ContentType::HANDSHAKE => self.sealed(side, header.epoch, length, number, mark, story),
            ContentType::CHANGE_CIPHER_SPEC => {
                let number = if clear { CHANGE } else { number };
                if half.changed.contains(&header.epoch) || half.changed.len() >= MAX_WINDOWS {
                    return half.again(number);
                }
                half.changed.push(header.epoch);
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::ChangeCipherSpec, story)
            }
            ContentType::ALERT if clear => self.alert(side, header, record.body, mark, story),
            ContentType::ALERT => {
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::EncryptedAlert, story)
            }
            ContentType::TLS12_CID => self.with_id(side, header, number, mark, story),
            ContentType::APPLICATION_DATA => {
                self.application_data(side, number, mark, length, story)
            }
            _ => Heard::default(),
        }
    }

    /// A handshake record whose content is hidden. It comes again with another number and the same
    /// length.
    fn sealed(
        &mut self,
        side: Side,
        epoch: u16,
        length: u32,
        number: u64,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let sealed = Sealed { epoch, length, time: mark.time, number };
        if let Some(again) = self.half(side).seals(sealed, 0) {
            return again;
        }
        self.says_new(side, number);
        self.push(side, number, mark, length, Message::EncryptedHandshake, story)
    }

    /// A record of DTLS 1.3 that is encrypted: its epoch tells the handshake from what follows.
    pub(super) fn unified(
        &mut self,
        side: Side,
        epoch: u8,
        length: u32,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        if self.version.is_some_and(|version| !version.is_tls13()) {
            story.oddity(side, mark, "a record of DTLS 1.3 where another version was chosen");
            return Heard::default();
        }
        self.arrivals += 1;
        let number = place(epoch.into(), self.arrivals, 0);
        if epoch != HANDSHAKE_EPOCH {
            // Behind the handshake the two bits go round; what comes first is epoch 3.
            let number = place(u16::MAX, self.arrivals, 0);
            return self.application_data(side, number, mark, length, story);
        }
        let sealed = Sealed { epoch: u16::from(epoch), length, time: mark.time, number };
        if let Some(again) = self.half(side).seals(sealed, PAUSE) {
            return again;
        }
        self.says_new(side, number);
        self.push(side, number, mark, length, Message::Encrypted, story)
    }

    /// A record that hides its type behind a connection id (RFC 9146, 4): the first one of a side is
    /// its Finished, unless it is as short as an alert.
    fn with_id(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        number: u64,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        if self.id_length(side).is_none() {
            story.oddity(side, mark, UNKNOWN_ID);
        }
        let version = self.version.unwrap_or(ProtocolVersion::DTLS_1_2);
        let alert = self.suite.and_then(|suite| encrypted_alert_length(suite, version, false));
        // The true type is one byte more.
        let is_alert = alert.is_some_and(|alert| header.length == alert + 1);
        let first = !std::mem::replace(&mut self.half(side).with_id, true);
        let length = u32::from(header.length);
        match (is_alert, first) {
            (true, _) => {
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::EncryptedAlert, story)
            }
            (_, true) => self.sealed(side, header.epoch, length, number, mark, story),
            _ => self.application_data(side, number, mark, length, story),
        }
    }

    /// An alert in the clear.
    fn alert(
        &mut self,
        side: Side,
        header: &DtlsRecordHeader,
        body: &[u8],
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let length = u32::from(header.length);
        let place = ALERT + header.sequence.min(ALERT);
        let mut heard = Heard::default();
        for message in alert::Decoder::new(alert::Version::Dtls12).record(body) {
            match message {
                Ok(message) => {
                    let alert = (header.sequence, message.encode());
                    let half = self.half(side);
                    if half.alerts.contains(&alert) || half.alerts.len() >= MAX_ALERTS {
                        return Heard::default();
                    }
                    half.alerts.push(alert);
                    self.says_new(side, place);
                    heard = self.push(side, place, mark, length, Message::Alert(message), story);
                }
                Err(_) => story.oddity(side, mark, "an alert record of the wrong length"),
            }
        }
        heard
    }

    /// A record of application data, told or counted.
    fn application_data(
        &mut self,
        side: Side,
        number: u64,
        mark: Mark,
        length: u32,
        story: &mut Story,
    ) -> Heard {
        self.says_new(side, number);
        let before = story.events.len();
        story.application_data(side, mark, length);
        if story.events.len() > before {
            self.order.push(number);
        }
        Heard { new: true, ..Heard::default() }
    }

    /// Tells an event that has this number.
    pub(super) fn push(
        &mut self,
        side: Side,
        number: u64,
        mark: Mark,
        length: u32,
        message: Message,
        story: &mut Story,
    ) -> Heard {
        let before = story.events.len();
        story.push(side, mark, length, message);
        if story.events.len() > before {
            self.order.push(number);
        }
        Heard { new: true, ..Heard::default() }
    }
}

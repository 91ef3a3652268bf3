//! Sealed records that a key log opens: what they tell, and those that come before their keys.

use alert::Side;
use wire::{ContentType, DtlsHeader, DtlsRecord, HandshakeType, KeyLog, Reader, ServerHello};

use super::opening::{Opened, Opening};
use super::{Dtls, Heard, place};
use crate::session::Message;
use crate::story::Story;
use crate::stream::Mark;

/// Records that wait for the ServerHello: those of its own flight, in small fragments.
const MAX_EARLY: usize = 24;
/// Bytes of a record that waits: what a datagram holds where nothing cuts it.
const MAX_EARLY_RECORD: usize = 2048;

impl Dtls {
    /// Opens a record with the key log and tells what it holds; `None` where it stays closed.
    pub(super) fn opens(
        &mut self,
        side: Side,
        record: &DtlsRecord<'_>,
        mark: Mark,
        log: &KeyLog,
        story: &mut Story,
    ) -> Option<Heard> {
        let epoch = match record.header {
            DtlsHeader::Plain(header) if header.epoch == 0 || log.is_empty() => return None,
            DtlsHeader::Unified { .. } if log.is_empty() => return None,
            DtlsHeader::Plain(header) => header.epoch,
            DtlsHeader::Unified { epoch, .. } => epoch.into(),
        };
        if self.opening.as_ref().is_none_or(|opening| opening.lacks(epoch)) {
            self.learn(log, story);
        }
        let opened = self.opening.as_mut()?.open(side, record)?;
        if !self.half(side).is_first(opened.epoch, opened.number) {
            return Some(Heard::default());
        }
        self.arrivals += 1;
        let is_new = matches!(record.header, DtlsHeader::Unified { .. });
        // The numbers of DTLS 1.3 say nothing of alerts and data beside messages sent again.
        self.reading = (opened.epoch, if is_new { self.arrivals } else { opened.number });
        story.tells_opened(true);
        let heard = self.tell_opened(side, &opened, record.body.len() as u32, mark, story);
        story.tells_opened(false);
        self.reading = (0, 0);
        Some(heard)
    }

    /// Whether a record must wait: it is sealed, and the ServerHello on the way beside it is late.
    pub(super) fn is_early(&self, record: &DtlsRecord<'_>, log: &KeyLog) -> bool {
        let sealed = match record.header {
            // How long a connection id is says the hello that is awaited.
            DtlsHeader::Plain(header) => {
                header.epoch > 0 && header.content_type != ContentType::TLS12_CID
            }
            DtlsHeader::Unified { .. } => record.connection_id.is_empty(),
        };
        let answered = self.halves.iter().all(|half| half.asked.is_some());
        let room = self.early.len() < MAX_EARLY && record.body.len() <= MAX_EARLY_RECORD;
        sealed && !log.is_empty() && self.random.is_some() && !answered && room
    }

    /// Reads what waited, if the ServerHello has come.
    pub(super) fn catch_up(&mut self, log: &KeyLog, story: &mut Story) {
        if self.early.is_empty() || self.halves.iter().any(|half| half.asked.is_none()) {
            return;
        }
        for (side, bytes, mark) in std::mem::take(&mut self.early) {
            if let Ok(record) = DtlsRecord::read(&mut Reader::new(&bytes), 0) {
                self.record(side, &record, mark, log, story);
            }
        }
    }

    fn tell_opened(
        &mut self,
        side: Side,
        opened: &Opened,
        length: u32,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let (epoch, record) = self.reading;
        let number = place(epoch, record, 0);
        match opened.kind {
            ContentType::HANDSHAKE => self.handshake(side, &opened.content, mark, story),
            ContentType::ALERT => {
                let Ok(message) = alert::Message::decode(&opened.content) else {
                    story.oddity(side, mark, "an alert record of the wrong length");
                    return Heard::default();
                };
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::Alert(message), story)
            }
            ContentType::APPLICATION_DATA => {
                self.says_new(side, number);
                let before = story.events.len();
                story.opened_data(side, mark, length);
                if story.events.len() > before {
                    self.order.push(number);
                }
                Heard { new: true, ..Heard::default() }
            }
            // An acknowledgement says nothing that the flight behind it does not.
            _ => Heard::default(),
        }
    }

    /// Looks up the keys that follow from the newest two hellos.
    fn learn(&mut self, log: &KeyLog, story: &Story) -> Option<()> {
        let newest = |wanted| {
            story.events.iter().rev().find_map(move |event| match &event.message {
                Message::Handshake { kind, body } if *kind == wanted => Some((event.side, body)),
                _ => None,
            })
        };
        let (client, hello) = newest(HandshakeType::CLIENT_HELLO)?;
        // The version, and then the random.
        let random = hello.get(2..)?.first_chunk()?;
        let (_, body) = newest(HandshakeType::SERVER_HELLO)?;
        let answer = ServerHello::read(body).ok().filter(|it| !it.is_hello_retry_request())?;
        match &mut self.opening {
            Some(opening) => opening.renew(log, random, &answer)?,
            None => {
                self.opening = Some(Box::new(Opening::new(log, client, random, &answer)?));
            }
        }
        Some(())
    }
}

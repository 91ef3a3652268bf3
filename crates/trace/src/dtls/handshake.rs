//! Handshake messages, in the clear or opened.

use alert::Side;
use wire::{
    ClientHello, DtlsFragmentHeader, ExtensionType, HandshakeHeader, HandshakeType,
    HelloVerifyRequest, ProtocolVersion, Reader, ServerHello,
};

use super::messages::{Added, Partial};
use super::{Dtls, Heard, place};
use crate::session::Message;
use crate::story::Story;
use crate::stream::{Mark, Stream};

impl Dtls {
    /// Handshake messages in the clear, or opened.
    pub(super) fn handshake(
        &mut self,
        side: Side,
        body: &[u8],
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let mut bytes = Reader::new(body);
        let mut heard = Heard::default();
        while let Ok(header) = DtlsFragmentHeader::read(&mut bytes) {
            let length = (header.fragment as usize).min(bytes.left());
            let Ok(fragment) = bytes.take(length, "DTLS fragment") else { break };
            let (round, number) = self.round(side, &header);
            let half = self.half(side);
            let known = half.messages.knows(round, header.message);
            let repeats = |event: usize| repeats(story, event, &header, fragment);
            match half.messages.add(round, header, fragment, mark, repeats) {
                Added::Whole(message) => {
                    self.says_new(side, number);
                    // Another request for a cookie is no step ahead.
                    let request = message.kind == HandshakeType::HELLO_VERIFY_REQUEST;
                    heard.new |= !(request && self.asked_for_cookie);
                    self.asked_for_cookie |= request;
                    self.tell(side, &message, number, message.mark, story);
                }
                Added::Part => {
                    if !known {
                        self.says_new(side, number);
                    }
                    heard.new = true;
                }
                Added::Again => {
                    heard.again = true;
                    heard.flight |= header.offset == 0 && half.again(number).flight;
                }
                Added::TooMuch => {
                    story.oddity(side, mark, "handshake messages too long or too many to keep");
                }
            }
        }
        heard
    }

    /// Which handshake of the conversation a fragment belongs to, and the number of its message
    /// among the events. Up to DTLS 1.2 each handshake but the first is sealed with the keys of the
    /// one before, and its Finished with its own; its messages are numbered from 0 again.
    fn round(&mut self, side: Side, header: &DtlsFragmentHeader) -> (u16, u64) {
        let (epoch, record) = self.reading;
        let round = match header.kind {
            _ if self.version.is_some_and(ProtocolVersion::is_tls13) => 0,
            HandshakeType::FINISHED => epoch.saturating_sub(1),
            _ => epoch,
        };
        // A handshake has its place where it began, behind what was said before with the same keys;
        // a Finished is what its keys begin with.
        let renews = round > 0 && round == epoch;
        let record = if renews { self.half(side).begins(epoch, record) } else { 0 };
        (round, place(epoch, record, header.message))
    }

    /// Tells a message, whole or as far as it came, and learns from it.
    fn tell(&mut self, side: Side, message: &Partial, number: u64, mark: Mark, story: &mut Story) {
        let before = story.events.len();
        let header = HandshakeHeader { kind: message.kind, length: message.length };
        let body = message.beginning();
        story.handshake(side, mark, header, Some(body));
        let told = story.events.len() > before;
        if told {
            self.order.push(number);
        }
        self.half(side).messages.told(message, told.then_some(before));
        match message.kind {
            HandshakeType::CLIENT_HELLO => {
                let hello = ClientHello::read_cut(body);
                self.random = self.random.or(hello.random.try_into().ok());
                self.srtp |= hello.has(ExtensionType::USE_SRTP);
                self.half(side).asks(hello.extensions());
            }
            HandshakeType::SERVER_HELLO => {
                let Ok(hello) = ServerHello::read(body) else { return };
                self.version = Some(hello.version());
                self.suite = Some(hello.cipher_suite);
                if !hello.is_hello_retry_request() {
                    self.half(side).asks(hello.extensions());
                }
            }
            HandshakeType::HELLO_VERIFY_REQUEST if HelloVerifyRequest::read(body).is_err() => {
                story.oddity(side, mark, "a HelloVerifyRequest that cannot be read");
            }
            _ => {}
        }
    }

    /// Tells the messages of a side that never became whole, and those of which nothing came.
    pub(super) fn tell_rest(&mut self, side: Side, stream: &mut Stream, story: &mut Story) {
        let half = self.half(side);
        let first_is_known = half.messages.knows(0, 0);
        let absent = half.messages.numbers().and_then(|(low, high)| {
            let low = if side == Side::Client && !first_is_known { 0 } else { low };
            (low..high).find(|number| !half.messages.knows(0, *number))
        });
        let rest = half.messages.rest();
        // Where the other side went on, it had what the capture has not.
        let went_on = half.answered || half.cut;
        for message in rest {
            let missing = u64::from(message.missing());
            if went_on {
                stream.lost += missing;
            } else {
                stream.hole += missing;
            }
            story.oddity(side, message.mark, "a handshake message of which a part is missing");
            if !message.beginning().is_empty() {
                let number = place(message.round, 0, message.number);
                self.tell(side, &message, number, message.mark, story);
            }
        }
        if let Some(number) = absent {
            stream.lost += u64::from(went_on);
            stream.hole += u64::from(!went_on);
            let behind = story
                .events
                .iter()
                .zip(&self.order)
                .find(|(event, order)| event.side == side && **order > u64::from(number));
            let Some((event, _)) = behind else { return };
            let mark = Mark::at(event.frame, event.time);
            story.oddity(side, mark, "a handshake message before this one is missing");
        }
    }
}

/// Whether a fragment repeats the message that was told at an event, as far as its body was kept.
/// Only a hello and a request for a cookie may come anew under the number of another.
fn repeats(story: &Story, event: usize, header: &DtlsFragmentHeader, fragment: &[u8]) -> bool {
    let anew =
        matches!(header.kind, HandshakeType::CLIENT_HELLO | HandshakeType::HELLO_VERIFY_REQUEST);
    let Some(Message::Handshake { body, .. }) = story.events.get(event).map(|it| &it.message)
    else {
        return true;
    };
    let offset = header.offset as usize;
    let told = body.get(offset..offset.saturating_add(fragment.len()));
    !anew || told.is_none_or(|told| told == fragment)
}

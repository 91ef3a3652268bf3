//! What the frames of an opened packet say: handshake messages, the end of the handshake, a close.

use std::sync::Arc;

use alert::{Alert, Level, Side};
use wire::{
    HandshakeHeader, HandshakeType, OpenedPacket, QuicClose, QuicFrame, QuicFrames, ServerHello,
};

use super::{Encryption, News, Quic, Seen};
use crate::close::Close;
use crate::session::Message;
use crate::story::Story;
use crate::stream::Mark;

/// Closes told of one side: a close is repeated at each level and for each packet that still comes.
const MAX_CLOSES: usize = 4;
/// Bytes kept of a reason phrase.
const MAX_REASON: usize = 256;

impl Quic {
    /// Reads the frames of an opened packet.
    pub(super) fn frames(
        &mut self,
        side: Side,
        level: Encryption,
        opened: &OpenedPacket,
        mark: Mark,
        story: &mut Story,
        news: &mut News,
    ) {
        let sealed = level != Encryption::Initial;
        if let (true, Some(count)) = (sealed, &mut self.opened) {
            *count = count.saturating_add(1);
        }
        story.tells_opened(sealed);
        for frame in QuicFrames::new(&opened.content) {
            match frame {
                Ok(QuicFrame::Crypto { offset, data }) => {
                    let Some(space) = self.space_mut(level, side) else { break };
                    let new = space.stream.take(offset, data, mark);
                    news.new |= new;
                    news.old |= !new;
                    self.messages(side, level, mark, story);
                }
                Ok(QuicFrame::ConnectionClose(close)) => {
                    self.close(side, level, &close, mark, story);
                }
                Ok(QuicFrame::HandshakeDone)
                    if level != Encryption::OneRtt || side == self.client =>
                {
                    story.oddity(side, mark, "a HANDSHAKE_DONE that no server sends");
                }
                Ok(QuicFrame::HandshakeDone) => {
                    if !self.confirmed {
                        story.push(side, mark, 0, Message::HandshakeDone);
                    }
                    self.confirmed = true;
                }
                Ok(QuicFrame::Other(_)) => {}
                Err(_) => story.oddity(side, mark, "a QUIC frame that cannot be read"),
            }
        }
        story.tells_opened(false);
    }

    /// Tells the handshake messages that have become whole.
    fn messages(&mut self, side: Side, level: Encryption, mark: Mark, story: &mut Story) {
        loop {
            let Some(space) = self.space_mut(level, side) else { return };
            let deaf = space.stream.is_deaf();
            let Some((header, body)) = space.stream.message() else {
                if !deaf && space.stream.is_deaf() {
                    story.oddity(side, mark, "a handshake message that is too long to be kept");
                }
                return;
            };
            self.message(side, level, header, &body, mark, story);
        }
    }

    fn message(
        &mut self,
        side: Side,
        level: Encryption,
        header: HandshakeHeader,
        body: &[u8],
        mark: Mark,
        story: &mut Story,
    ) {
        match header.kind {
            HandshakeType::CLIENT_HELLO => {
                // The version, and then the random (RFC 9846, 4.1.2).
                self.random = body.get(2..).and_then(|body| body.first_chunk()).copied();
            }
            HandshakeType::SERVER_HELLO => {
                let hello = ServerHello::read(body).ok();
                let hello = hello.filter(|hello| !hello.is_hello_retry_request());
                self.suite = hello.map(|hello| hello.cipher_suite).or(self.suite);
            }
            _ => {}
        }
        // Tickets say nothing of the handshake.
        if level == Encryption::OneRtt && header.kind != HandshakeType::NEW_SESSION_TICKET {
            story.oddity(side, mark, "a handshake message after the handshake");
        }
        story.handshake(side, mark, header, Some(body));
    }

    fn close(
        &mut self,
        side: Side,
        level: Encryption,
        close: &QuicClose<'_>,
        mark: Mark,
        story: &mut Story,
    ) {
        // Whoever took part has thrown the keys of Initial packets away by then (RFC 9001, 4.9.1).
        if level == Encryption::Initial && self.is_confirmed() {
            return story.oddity(side, mark, "a close in an Initial packet after the handshake");
        }
        let reason = close.reason.get(..MAX_REASON).unwrap_or(close.reason);
        let told = Close {
            error: close.error,
            frame_type: close.frame_type,
            name: close.name(),
            reason: String::from_utf8_lossy(reason).into(),
            authenticated: level != Encryption::Initial,
        };
        let Some(Seen { closes, .. }) = self.seen_mut(side) else { return };
        let same = |known: &Arc<Close>| {
            (known.error, known.frame_type, &known.reason)
                == (told.error, told.frame_type, &told.reason)
        };
        if closes.len() >= MAX_CLOSES || closes.iter().any(same) {
            return;
        }
        let told = Arc::new(told);
        closes.push(Arc::clone(&told));
        story.push(side, mark, 0, Message::Close(told));
        if let Some(code) = close.alert() {
            // In QUIC every alert is fatal (RFC 9001, 4.8).
            let message = alert::Message::new(Level::Fatal, Alert(code));
            story.push(side, mark, 0, Message::Alert(message));
        }
    }
}

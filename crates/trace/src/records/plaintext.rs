//! What is said in front of TLS, and where TLS begins behind it.

use alert::Side;

use super::{Records, State};
use crate::carrier::{self, LOOKED_AT, Preface};
use crate::story::Story;
use crate::stream::Mark;

/// Plaintext after which TLS is no longer expected to begin: more than any STARTTLS dialogue.
const MAX_PLAIN: u32 = 64 << 10;
/// The same where it is not text: another protocol, of which the first bytes are kept.
const MAX_BINARY: u32 = 4 << 10;

impl Records {
    /// Plaintext, in which TLS may still begin (STARTTLS, a proxy's CONNECT and their like).
    pub(super) fn plain(&mut self, side: Side, bytes: &[u8], mark: Mark, story: &mut Story) {
        let held = self.held.len();
        self.held.extend_from_slice(bytes);
        let begin = carrier::find(&self.held, story.has_tls_of(side.other()));
        let decided = begin.unwrap_or(self.held.len().saturating_sub(LOOKED_AT - 1));
        let before = self.held.get(..decided).unwrap_or_default();
        // No way out of the loop: so many bytes are compared at once.
        let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t');
        self.text &= before.iter().fold(true, |text, byte| text & is_text(byte));
        let length = (self.plain as usize + decided).saturating_sub(held);
        // Behind other bytes than text it must begin where the preface of a carrier ends, or else
        // with a segment: tunnels such as OpenVPN's put their own header in front of each part.
        if begin.is_some() {
            let preface =
                if self.text { Preface::Whole } else { preface(story, side, length, before) };
            if self.text || decided == held || preface != Preface::None {
                if let Preface::Packets(packets) = preface {
                    self.packets = Some(packets);
                }
                let seen = std::mem::take(&mut self.held);
                let (text, tls) = seen.split_at(decided);
                story.plaintext(side, text.get(held..).unwrap_or_default(), mark);
                story.cut_plaintext(side, length);
                story.oddity(side, mark, "TLS begins after plaintext");
                self.state = State::Records;
                return self.read(side, tls, mark, story);
            }
        }
        story.plaintext(side, bytes, mark);
        self.plain = self.plain.saturating_add(bytes.len() as u32);
        self.held.drain(..self.held.len().saturating_sub(LOOKED_AT - 1));
        if self.plain > if self.text { MAX_PLAIN } else { MAX_BINARY } {
            self.held = Vec::new();
            self.state = State::Deaf;
        }
    }
}

/// What the first bytes of a side, so many, are to a carrier. `last` are the last of them; those
/// before have been told.
fn preface(story: &Story, side: Side, length: usize, last: &[u8]) -> Preface {
    let told = story.said(side);
    let told = told.get(..length.saturating_sub(last.len())).unwrap_or_default();
    let said = [told, last].concat();
    if said.len() == length { carrier::preface(&said) } else { Preface::None }
}

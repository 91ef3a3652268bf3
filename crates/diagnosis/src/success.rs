//! What went well: each kind of handshake that a server completed, and who completed it when.

use std::sync::Arc;

use trace::{Message, Seen, Side};
use wire::{Certificate, CipherSuite, ClientHello, Group, ProtocolVersion, Time};

use crate::field::{Fields, issuer};
use crate::glance::Glance;

/// Handshakes that were completed alike: with the same offer and the same answer.
#[derive(Debug)]
pub(crate) struct Success {
    /// What others are compared with.
    pub(crate) fields: Fields,
    /// How many there were.
    pub(crate) count: u64,
    /// The frame of the first ClientHello.
    pub(crate) frame: u64,
    /// Its body.
    hello: Arc<[u8]>,
    /// Its length in bytes, with the header of the message.
    pub(crate) length: u32,
    /// What the server chose.
    pub(crate) choice: Option<(ProtocolVersion, CipherSuite)>,
    /// The group that was used for the keys, where it is visible.
    pub(crate) group: Option<Group>,
    /// The serial number of the server's certificate (hex), where it travelled in the clear.
    pub(crate) serial: Option<String>,
    /// The name of the issuer of the client's certificate, likewise.
    pub(crate) issuer: Option<Box<[u8]>>,
}

/// The handshakes of one kind that one client completed.
#[derive(Debug)]
pub(crate) struct Met {
    /// The place of the server.
    pub(crate) server: usize,
    /// The place of the kind among the server's.
    pub(crate) success: usize,
    /// How many there were.
    pub(crate) count: u64,
    /// When the first of them began, and the frame of its ClientHello.
    first: (Time, u64),
    /// The same of the others, in this order; most clients have none.
    others: Vec<(Time, u64)>,
}

/// Kinds of handshakes remembered for each server, and for each client: programs have few ways to
/// say hello, but one may ask for many names.
pub(crate) const MAX_KINDS: usize = 256;
/// How many handshakes of one client may have begun later and ended earlier than another of it, for
/// the other to be remembered: one that went on for so long is no second attempt.
const MAX_SHIFT: usize = 64;
/// A larger certificate is not remembered: real ones have one or two kilobytes.
pub(crate) const MAX_LEAF: usize = 8 << 10;

impl Success {
    /// The first of a kind, if there is room for it.
    pub(crate) fn of(
        glance: &Glance<'_>,
        hello: &Seen<ClientHello<'_>>,
        fields: Fields,
        room: &mut usize,
    ) -> Option<Self> {
        let event = glance.session.events.get(hello.event)?;
        let Message::Handshake { body, .. } = &event.message else { return None };
        let leaf = || {
            let leaf = glance.leaf(Side::Server).filter(|leaf| leaf.len() <= MAX_LEAF)?;
            Certificate::read(leaf).ok().map(|leaf| leaf.serial())
        };
        let exchanged = || glance.session.server_key_exchange().and_then(|seen| seen.what.group());
        let answer = glance.server_hello.as_ref();
        let success = Self {
            fields,
            count: 0,
            frame: hello.frame,
            hello: Arc::clone(body),
            length: event.length,
            choice: answer.map(|it| (it.what.version(), it.what.cipher_suite)),
            group: answer.and_then(|it| it.what.group()).or_else(exchanged),
            serial: leaf(),
            issuer: issuer(glance).map(Box::from),
        };
        let bytes = size_of::<Self>()
            + body.len()
            + success.serial.as_ref().map_or(0, String::len)
            + success.issuer.as_ref().map_or(0, |issuer| issuer.len());
        *room = room.checked_sub(bytes)?;
        Some(success)
    }

    /// What was offered.
    pub(crate) fn hello(&self) -> ClientHello<'_> {
        ClientHello::read_cut(&self.hello)
    }
}

impl Met {
    /// The frame of the first ClientHello of them.
    pub(crate) fn frame(&self) -> u64 {
        self.first.1
    }

    /// The first of them that began between two moments: when, and the frame of its ClientHello.
    pub(crate) fn begun_within(&self, from: Time, to: Time) -> Option<(Time, u64)> {
        let later = || self.others.get(self.others.partition_point(|(time, _)| *time < from));
        let begun = if self.first.0 >= from { Some(&self.first) } else { later() };
        begun.filter(|(time, _)| *time <= to).copied()
    }

    /// Remembers another of them.
    fn add(&mut self, mut begun: (Time, u64), room: &mut usize) {
        self.count += 1;
        if begun < self.first {
            std::mem::swap(&mut begun, &mut self.first);
        }
        let after = self.others.iter().rev().take(MAX_SHIFT + 1);
        let later = after.take_while(|start| **start > begun).count();
        if later <= MAX_SHIFT
            && let Some(left) = room.checked_sub(size_of::<(Time, u64)>())
        {
            *room = left;
            self.others.insert(self.others.len() - later, begun);
        }
    }
}

/// Remembers that a client completed a handshake of a kind; whether it had not before.
pub(crate) fn meet(
    met: &mut Vec<Met>,
    (server, success): (usize, usize),
    begun: (Time, u64),
    room: &mut usize,
) -> bool {
    let known = met.iter_mut().find(|one| one.server == server && one.success == success);
    if let Some(one) = known {
        one.add(begun, room);
        return false;
    }
    if let Some(left) = room.checked_sub(size_of::<Met>()).filter(|_| met.len() < MAX_KINDS) {
        *room = left;
        met.push(Met { server, success, count: 1, first: begun, others: Vec::new() });
    }
    true
}

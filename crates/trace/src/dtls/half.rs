//! What is remembered of one side of a DTLS conversation.

use wire::{Extensions, Time, connection_id};

use super::Heard;
use super::messages::Messages;

/// What one side sent.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) messages: Messages,
    /// The numbers of the records that were seen, by epoch.
    windows: Vec<Window>,
    /// The length of the connection id that this side's hello asks the other side to write; `None`
    /// until the hello was seen, 0 if it does not ask.
    pub(super) asked: Option<usize>,
    /// The hello had the extension, if only to say that the other side may ask.
    pub(super) negotiates: bool,
    /// The epoch in which the side began its newest handshake but the first, and the record.
    renewed: (u16, u64),
    /// The lowest number in the present flight.
    pub(super) flight: u64,
    /// The other side has said something new since.
    pub(super) answered: bool,
    /// Encrypted handshake records that were told.
    pub(super) sealed: Vec<Sealed>,
    /// Epochs in which a ChangeCipherSpec was told.
    pub(super) changed: Vec<u16>,
    /// Alerts in the clear that were told, by the numbers of their records.
    pub(super) alerts: Vec<(u64, [u8; 2])>,
    /// Records of type 25 seen: the first is the Finished.
    pub(super) with_id: bool,
    /// The capture left away the ends of datagrams.
    pub(super) cut: bool,
}

/// Which records of an epoch were seen: the newest 64, as in RFC 6347, 4.1.2.6.
#[derive(Clone, Copy, Debug)]
struct Window {
    pub(super) epoch: u16,
    newest: u64,
    seen: u64,
}

/// A handshake record whose content is hidden.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sealed {
    pub(super) epoch: u16,
    pub(super) length: u32,
    pub(super) time: Time,
    /// Its number within its side.
    pub(super) number: u64,
}

/// Epochs of which the numbers are remembered; each renegotiation begins one.
pub(super) const MAX_WINDOWS: usize = 4;
/// Encrypted handshake records of a side that are told: the hidden flight of DTLS 1.3 in small
/// fragments has about ten.
const MAX_SEALED: usize = 24;

impl Default for Half {
    fn default() -> Self {
        Self {
            messages: Messages::default(),
            windows: Vec::new(),
            asked: None,
            negotiates: false,
            renewed: (0, 0),
            flight: u64::MAX,
            answered: true,
            sealed: Vec::new(),
            changed: Vec::new(),
            alerts: Vec::new(),
            with_id: false,
            cut: false,
        }
    }
}

impl Half {
    /// Learns from the side's hello which connection ids it wants to be sent.
    pub(super) fn asks(&mut self, extensions: Extensions<'_>) {
        let id = connection_id(extensions);
        self.negotiates = id.is_some();
        self.asked = Some(id.map_or(0, <[u8]>::len));
    }

    /// Whether a record with this number is seen for the first time.
    pub(super) fn is_first(&mut self, epoch: u16, sequence: u64) -> bool {
        let Some(window) = self.windows.iter_mut().find(|window| window.epoch == epoch) else {
            if self.windows.len() >= MAX_WINDOWS {
                self.windows.remove(0);
            }
            self.windows.push(Window { epoch, newest: sequence, seen: 1 });
            return true;
        };
        if sequence > window.newest {
            let ahead = u32::try_from(sequence - window.newest).unwrap_or(u32::MAX);
            window.seen = window.seen.checked_shl(ahead).unwrap_or(0) | 1;
            window.newest = sequence;
            return true;
        }
        let bit = 1_u64.checked_shl((window.newest - sequence).min(64) as u32).unwrap_or(0);
        let first = window.seen & bit == 0;
        window.seen |= bit;
        first
    }

    /// The record with which the handshake began that is sealed in this epoch, if not this one.
    pub(super) fn begins(&mut self, epoch: u16, record: u64) -> u64 {
        if self.renewed.0 != epoch {
            self.renewed = (epoch, record);
        }
        self.renewed.1
    }

    /// Remembers a hidden record, unless one as long, of the same epoch, was there as long as this
    /// before: then it came again.
    pub(super) fn seals(&mut self, new: Sealed, pause: i64) -> Option<Heard> {
        let again = self.sealed.iter().find(|old| {
            let alike = (old.epoch, old.length) == (new.epoch, new.length);
            alike && new.time.since(old.time) >= pause
        });
        match again {
            Some(old) => Some(self.again(old.number)),
            None if self.sealed.len() >= MAX_SEALED => Some(Heard::default()),
            None => {
                self.sealed.push(new);
                None
            }
        }
    }

    /// Something of this side came again: the flight did, if it is what the flight begins with.
    pub(super) fn again(&self, number: u64) -> Heard {
        Heard { new: false, again: true, flight: number == self.flight }
    }
}

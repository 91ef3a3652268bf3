//! What is known of an authentication for network access beside the TLS in it.

use std::net::SocketAddr;

use wire::{EapMethod, Time};

use crate::Side;
use crate::endpoint::Mac;

/// What EAP, EAPOL and RADIUS say about one authentication (RFC 3748, IEEE 802.1X, RFC 3579).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The method that was spoken; where none was, the one that was offered last.
    pub method: Option<EapMethod>,
    /// What the station calls itself in the clear; with a tunnel method that need not be its true
    /// name.
    pub identity: Option<Box<str>>,
    /// The RADIUS client: the switch or access point that speaks for the station.
    pub radius_client: Option<SocketAddr>,
    /// How the RADIUS client names itself (NAS-Identifier).
    pub nas_identifier: Option<Box<str>>,
    /// Which of its ports it is (NAS-Port-Id).
    pub nas_port: Option<Box<str>>,
    /// Where the station is (Called-Station-Id).
    pub called_station: Option<Box<str>>,
    /// What the station answered to an offered method: no.
    pub refusal: Option<Nak>,
    /// How it ended, if that was captured.
    pub verdict: Option<Verdict>,
    /// What the server wants the user to read (Reply-Message).
    pub reply: Option<Box<str>>,
    /// What was said last, if nobody answered it.
    pub unanswered: Option<Unanswered>,
}

/// The station refuses a method (RFC 3748, 5.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nak {
    /// Its frame.
    pub frame: u64,
    /// What it refuses.
    pub method: EapMethod,
    /// What it would take instead; empty for nothing.
    pub wanted: Vec<EapMethod>,
}

/// The end of an authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the station is let in.
    pub granted: bool,
    /// Whether RADIUS says so (Access-Accept, Access-Reject), or EAP alone.
    pub radius: bool,
    /// Its frame.
    pub frame: u64,
    /// When it was captured.
    pub time: Time,
}

/// A packet that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Who sent it.
    pub side: Side,
    /// Its frame, the first if it was repeated.
    pub frame: u64,
    /// Its length in bytes: of the RADIUS packet, or of the EAP packet where there is no RADIUS.
    pub length: u32,
    /// The longest before it from the same side that was answered, in bytes.
    pub answered: u32,
    /// Whether it says that more fragments follow: its receiver cannot judge anything yet.
    pub more: bool,
    /// Whether it is the last of several fragments.
    pub last_fragment: bool,
    /// How often it was repeated.
    pub repeated: u32,
    /// How often the other side repeated what it had said before: it did not get this.
    pub asked_again: u32,
    /// The frame of its first IP fragment, if that is all that was captured of it.
    pub first_part: Option<u64>,
}

impl Verdict {
    /// Its name in EAP or in RADIUS.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.radius, self.granted) {
            (true, true) => "Access-Accept",
            (true, false) => "Access-Reject",
            (false, true) => "EAP-Success",
            (false, false) => "EAP-Failure",
        }
    }
}

impl Unanswered {
    /// Whether it did not arrive, as far as the other side shows: that repeats what it said before,
    /// or could not fall silent in the middle of a message.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.asked_again > 0 || (self.more && self.repeated > 0) || self.first_part.is_some()
    }
}

impl Access {
    /// The name of the wireless network, which stands behind the access point's MAC address
    /// (RFC 3580, 3.20).
    #[must_use]
    pub fn ssid(&self) -> Option<&str> {
        let called = self.called_station.as_deref()?;
        // Six pairs of digits with five signs between them, then a colon.
        let (mac, name) = called.split_at_checked(MAC_TEXT)?;
        let name = name.strip_prefix(':').filter(|name| !name.is_empty())?;
        Mac::read(mac.as_bytes()).map(|_| name)
    }

    /// Whether the station was denied access.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.verdict.is_some_and(|verdict| !verdict.granted)
    }

    /// Whether the station was let in.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.granted)
    }

    /// Bytes that this takes in memory, roughly.
    pub(crate) fn footprint(&self) -> usize {
        let texts = [
            &self.identity,
            &self.nas_identifier,
            &self.nas_port,
            &self.called_station,
            &self.reply,
        ];
        let texts: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
        size_of::<Self>() + texts
    }
}

/// Bytes of the wire as text, shortened to what a RADIUS attribute can hold; the identity of EAP
/// has no bound of its own.
pub(crate) fn text(bytes: &[u8]) -> Option<Box<str>> {
    let bytes = bytes.get(..MAX_TEXT).unwrap_or(bytes);
    // RFC 3748, 5.1: options may follow a zero byte.
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into())
}

/// The longest value of a RADIUS attribute, in bytes (RFC 2865, 5).
const MAX_TEXT: usize = 253;
/// Characters of a MAC address with signs between its pairs of digits.
const MAC_TEXT: usize = 17;

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the network stands behind the access point's address, and may hold colons.
    #[test]
    fn the_network_is_named() {
        let ssid = |called: &str| {
            let called_station = Some(called.into());
            Access { called_station, ..Access::default() }.ssid().map(str::to_owned)
        };
        assert_eq!(ssid("02-00-00-00-03-00:corp:5"), Some("corp:5".to_owned()));
        assert_eq!(ssid("02:00:00:00:03:00:x"), Some("x".to_owned()));
        assert_eq!(ssid("02-00-00-00-03-00"), None);
        assert_eq!(ssid("02-00-00-00-03-00:"), None);
        assert_eq!(ssid("ääääääääääääääääää"), None);
    }
}

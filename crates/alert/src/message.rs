//! An alert on the wire: two bytes, a level and a code.
//!
//! Two bytes leave little to get wrong, yet the record layer finds a way. Up to TLS 1.2 alerts form
//! a stream that records cut anywhere: several in one record, or half of one. TLS 1.3 wants exactly
//! one per record. [`Decoder`] knows both rules and never holds more than one byte.

use core::fmt;

use crate::{Alert, Level, Version};

/// One alert, decoded (RFC 5246 §7.2, RFC 9846 §6). Any two bytes are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// How serious the sender called it.
    pub level: Level,
    /// What the sender says is wrong.
    pub alert: Alert,
}

impl Message {
    /// Bytes of an alert in clear.
    pub const LEN: usize = 2;

    /// An alert of this level.
    pub const fn new(level: Level, alert: Alert) -> Self {
        Self { level, alert }
    }

    /// The two bytes on the wire.
    pub const fn encode(self) -> [u8; Self::LEN] {
        [self.level.code(), self.alert.code()]
    }

    /// Reads exactly one alert.
    ///
    /// # Errors
    ///
    /// [`Misframed`] when there are fewer or more than two bytes. A long alert record is most
    /// likely an encrypted one: its code cannot be seen.
    pub const fn decode(bytes: &[u8]) -> Result<Self, Misframed> {
        match *bytes {
            [] => Err(Misframed::Empty),
            [_] => Err(Misframed::Half),
            [level, alert] => Ok(Self::from_pair(level, alert)),
            _ => Err(Misframed::Several { had: bytes.len() }),
        }
    }

    /// Whether this alert ends the connection: by its level up to TLS 1.2, by its code in TLS 1.3,
    /// where everything but `close_notify` and `user_canceled` is an error (RFC 9846 §6).
    ///
    /// `close_notify` is never fatal: it ends one direction in good order.
    pub const fn is_fatal(self, version: Version) -> bool {
        match self.alert {
            Alert::CLOSE_NOTIFY => false,
            Alert::USER_CANCELED if version.ignores_level() => false,
            _ => version.ignores_level() || matches!(self.level, Level::Fatal),
        }
    }

    const fn from_pair(level: u8, alert: u8) -> Self {
        Self { level: Level::from_code(level), alert: Alert(alert) }
    }
}

/// `fatal 48 unknown_ca`.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.alert)
    }
}

/// Turns the content of alert records, of one direction and in clear, into alerts.
///
/// Up to TLS 1.2 an alert may be split over two records, so a single byte is kept from one record
/// to the next. Nothing is kept in TLS 1.3, which forbids it, nor in DTLS, where the next record
/// may never come.
///
/// ```
/// use tls_alert::{Decoder, Version};
///
/// let mut decoder = Decoder::new(Version::Tls12);
/// assert_eq!(decoder.record(&[1, 112, 2]).count(), 1);
/// let fatal = decoder.record(&[40]).next().unwrap().unwrap();
/// assert_eq!(fatal.to_string(), "fatal 40 handshake_failure");
/// assert!(decoder.finish().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    version: Version,
    held: Option<u8>,
}

impl Decoder {
    /// A decoder for one direction. Before the ServerHello the version is not settled: take
    /// [`Version::Tls12`], the most tolerant rule; every well-formed TLS 1.3 alert passes it.
    pub const fn new(version: Version) -> Self {
        Self { version, held: None }
    }

    /// The alerts that end in this record's content. Whatever the caller does with the iterator,
    /// the decoder has taken note of the whole record.
    pub fn record<'a>(&mut self, content: &'a [u8]) -> Messages<'a> {
        let first = self.held.take();
        if content.is_empty() {
            self.held = first;
            return Messages::broken(Misframed::Empty);
        }
        if self.version.ignores_level() && content.len() > Message::LEN {
            return Messages::broken(Misframed::Several { had: content.len() });
        }
        let halves = content.len().saturating_add(usize::from(first.is_some()));
        let mut rest = content;
        let mut error = None;
        if let ([whole @ .., half], true) = (content, halves % 2 == 1) {
            rest = whole;
            if self.version.is_dtls() || self.version.ignores_level() {
                error = Some(Misframed::Half);
            } else {
                self.held = Some(*half);
            }
        }
        Messages { first, rest, error }
    }

    /// Called when no more records follow.
    ///
    /// # Errors
    ///
    /// [`Misframed::Half`] when the first byte of an alert was left without its second.
    pub const fn finish(&self) -> Result<(), Misframed> {
        match self.held {
            None => Ok(()),
            Some(_) => Err(Misframed::Half),
        }
    }
}

/// The alerts of one record, then at most one error. Made by [`Decoder::record`].
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    /// The byte kept from the record before; `rest` then begins with the code that belongs to it.
    first: Option<u8>,
    rest: &'a [u8],
    error: Option<Misframed>,
}

impl Messages<'_> {
    const fn broken(error: Misframed) -> Self {
        Self { first: None, rest: &[], error: Some(error) }
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Message, Misframed>;

    fn next(&mut self) -> Option<Self::Item> {
        match (self.first.take(), self.rest) {
            (Some(level), &[alert, ref rest @ ..]) | (None, &[level, alert, ref rest @ ..]) => {
                self.rest = rest;
                Some(Ok(Message::from_pair(level, alert)))
            }
            _ => self.error.take().map(Err),
        }
    }
}

/// An alert that is not in the right number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misframed {
    /// A record without content, which is forbidden for alerts (RFC 5246 §6.2.1, RFC 9846 §5.1).
    Empty,
    /// One byte where two belong together.
    Half,
    /// More than one alert where there must be exactly one (RFC 9846 §5.1).
    Several {
        /// How many bytes there were instead of two.
        had: usize,
    },
}

/// A noun phrase: `an alert record without content`.
impl fmt::Display for Misframed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an alert record without content"),
            Self::Half => f.write_str("half an alert: 1 byte instead of 2"),
            Self::Several { had } => write!(f, "{had} bytes where one alert has 2"),
        }
    }
}

impl core::error::Error for Misframed {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    /// Any two bytes are an alert, come back as they were, and can be printed.
    #[test]
    fn every_pair_of_bytes_survives_the_wire() {
        for level in 0..=u8::MAX {
            for alert in 0..=u8::MAX {
                let message = Message::decode(&[level, alert]).unwrap();
                assert_eq!(message.encode(), [level, alert]);
                assert!(!message.to_string().is_empty());
            }
        }
    }

    /// Other lengths are named errors.
    #[test]
    fn other_lengths_are_errors() {
        assert_eq!(Message::decode(&[]), Err(Misframed::Empty));
        assert_eq!(Message::decode(&[2]), Err(Misframed::Half));
        assert_eq!(Message::decode(&[2, 40, 0]), Err(Misframed::Several { had: 3 }));
    }

    /// Up to TLS 1.2 over a stream, a run of alerts gives the same messages however records cut it.
    #[test]
    fn any_cutting_gives_the_same_alerts() {
        let bytes = [1, 112, 1, 90, 1, 0, 2, 40, 2];
        let whole: Vec<_> =
            bytes.chunks_exact(2).map(|pair| Message::decode(pair).unwrap()).collect();
        for version in [Version::Ssl30, Version::Tls10, Version::Tls11, Version::Tls12] {
            for cuts in 0..1u32 << (bytes.len() - 1) {
                let mut decoder = Decoder::new(version);
                let mut found = Vec::new();
                let mut start = 0;
                for end in 1..=bytes.len() {
                    if end == bytes.len() || cuts & (1 << (end - 1)) != 0 {
                        found.extend(decoder.record(&bytes[start..end]).map(Result::unwrap));
                        start = end;
                    }
                }
                assert_eq!(found, whole, "{version}, cuts {cuts:b}");
                assert_eq!(decoder.finish(), Err(Misframed::Half));
            }
        }
    }

    /// TLS 1.3 takes one alert per record, nothing else, and remembers nothing.
    #[test]
    fn tls13_wants_one_alert_per_record() {
        for version in [Version::Tls13, Version::Dtls13] {
            let mut decoder = Decoder::new(version);
            let mut read = |content| decoder.record(content).collect::<Vec<_>>();
            assert_eq!(read(&[2, 40]), [Message::decode(&[2, 40])]);
            assert_eq!(read(&[2, 40, 1, 0]), [Err(Misframed::Several { had: 4 })]);
            assert_eq!(read(&[2]), [Err(Misframed::Half)]);
            assert_eq!(read(&[40]), [Err(Misframed::Half)]);
            assert_eq!(read(&[]), [Err(Misframed::Empty)]);
            assert_eq!(decoder.finish(), Ok(()));
        }
    }

    /// A datagram may be lost, so DTLS keeps no half alert for the next one.
    #[test]
    fn dtls_keeps_no_half_alert() {
        let mut decoder = Decoder::new(Version::Dtls12);
        let read: Vec<_> = decoder.record(&[1, 0, 2]).collect();
        assert_eq!(read, [Message::decode(&[1, 0]), Err(Misframed::Half)]);
        let read: Vec<_> = decoder.record(&[2, 40]).collect();
        assert_eq!(read, [Message::decode(&[2, 40])]);
    }

    /// An empty record is an error, and does not lose the half that was kept.
    #[test]
    fn an_empty_record_loses_nothing() {
        let mut decoder = Decoder::new(Version::Tls12);
        assert_eq!(decoder.record(&[2]).count(), 0);
        assert_eq!(decoder.record(&[]).collect::<Vec<_>>(), [Err(Misframed::Empty)]);
        let read: Vec<_> = decoder.record(&[40]).collect();
        assert_eq!(read, [Message::decode(&[2, 40])]);
    }

    /// What ends a connection: the level before TLS 1.3, the code in TLS 1.3.
    #[test]
    fn fatal_is_a_matter_of_version() {
        let read = |bytes: [u8; 2]| Message::decode(&bytes).unwrap();
        for (bytes, to_tls12, tls13) in [
            ([1, 0], false, false),
            ([1, 90], false, false),
            ([2, 90], true, false),
            ([1, 112], false, true),
            ([2, 40], true, true),
            ([1, 99], false, true),
            ([7, 40], false, true),
        ] {
            assert_eq!(read(bytes).is_fatal(Version::Tls12), to_tls12, "{bytes:?}");
            assert_eq!(read(bytes).is_fatal(Version::Tls13), tls13, "{bytes:?}");
        }
    }
}

//! How a connection ends: closed, cut off, or broken off.
//!
//! TLS protects the end of the data as well as the data: without `close_notify` a receiver cannot
//! tell a complete answer from one that somebody cut short. Up to TLS 1.2 a `close_notify` closes
//! both directions: the other side drops what it still had to send and answers with its own
//! (RFC 5246 §7.2.1). In TLS 1.3 each direction is closed by itself (RFC 9846 §6.1).
//!
//! [`Closure`] is told what happens and judges it. It works at either end of a connection, and for
//! an observer in the middle.

use core::fmt;

use crate::{Alert, Message, Side, Version};

/// The lifecycle of one connection.
///
/// The first event that ends the connection decides the [verdict](Self::verdict); what follows is
/// aftermath. Events that break a rule are reported and otherwise taken as they come.
///
/// ```
/// use tls_alert::{Closure, Side, Verdict, Version, Violation};
///
/// let mut closure = Closure::new(Version::Tls12);
/// closure.on_data(Side::Server)?;
/// assert_eq!(closure.on_fin(Side::Server), Err(Violation::NoCloseNotify));
/// assert_eq!(closure.verdict(), Verdict::Truncated { side: Side::Server });
/// # Ok::<(), Violation>(())
/// ```
#[derive(Clone, Debug)]
pub struct Closure {
    version: Version,
    client: Direction,
    server: Direction,
    /// Set once.
    end: Option<Verdict>,
}

impl Closure {
    /// A connection that has just begun.
    pub const fn new(version: Version) -> Self {
        Self { version, client: Direction::NEW, server: Direction::NEW, end: None }
    }

    /// Takes the version that the ServerHello settled. What was judged before stays as it is.
    pub const fn settle(&mut self, version: Version) {
        self.version = version;
    }

    /// This side sent an alert.
    ///
    /// A `close_notify` closes its direction whatever its level. Other warnings change nothing,
    /// apart from `user_canceled`, after which only the end may come. Whether the version allows
    /// the alert is another question: see [`Alert::status`] and [`Alert::level_verdict`].
    ///
    /// # Errors
    ///
    /// A [`Violation`] when this side had already ended its direction, or had called the handshake
    /// off and does not go on to close.
    pub fn on_alert(&mut self, side: Side, message: Message) -> Result<(), Violation> {
        let said = if message.is_fatal(self.version) {
            Said::Fatal
        } else if message.alert == Alert::CLOSE_NOTIFY {
            Said::Close
        } else {
            self.direction(side).may_write()?;
            if message.alert == Alert::USER_CANCELED {
                self.direction_mut(side).said = Said::Cancel;
            }
            return Ok(());
        };
        self.direction(side).may_end()?;
        self.direction_mut(side).said = said;
        if said == Said::Fatal {
            self.end(Verdict::Fatal { side, alert: message.alert });
        } else if self.direction(side.other()).said == Said::Close {
            self.end(Verdict::Clean);
        }
        Ok(())
    }

    /// This side sent a record that is not an alert.
    ///
    /// # Errors
    ///
    /// A [`Violation`] when this side had already ended its direction; or when, up to TLS 1.2, the
    /// other side had closed ([`Violation::NotDiscarded`]). Seen from the middle or from the side
    /// that closed, the latter may be data that was already under way.
    pub fn on_data(&mut self, side: Side) -> Result<(), Violation> {
        self.direction(side).may_write()?;
        if self.must_answer(side) { Err(Violation::NotDiscarded) } else { Ok(()) }
    }

    /// This side ended its half of the transport connection (TCP FIN).
    ///
    /// # Errors
    ///
    /// A [`Violation`] when the connection was alive and this side had sent neither a
    /// `close_notify` nor a fatal alert.
    pub fn on_fin(&mut self, side: Side) -> Result<(), Violation> {
        self.direction_mut(side).gone = true;
        if self.end.is_some() || self.direction(side).said == Said::Close {
            return Ok(());
        }
        if self.must_answer(side) {
            self.end(Verdict::Unanswered { closed: side.other() });
            Err(Violation::NotAnswered)
        } else {
            self.end(Verdict::Truncated { side });
            Err(Violation::NoCloseNotify)
        }
    }

    /// This side broke the transport connection off (TCP RST).
    ///
    /// After its own `close_notify` it may: up to TLS 1.2 it need not wait for the answer.
    ///
    /// # Errors
    ///
    /// As for [`on_fin`](Self::on_fin).
    pub fn on_reset(&mut self, side: Side) -> Result<(), Violation> {
        self.on_fin(side)?;
        self.end(Verdict::Unanswered { closed: side });
        Ok(())
    }

    /// How the connection stands.
    pub fn verdict(&self) -> Verdict {
        self.end.unwrap_or(match (self.client.said, self.server.said) {
            (Said::Close, _) => Verdict::HalfClosed { closed: Side::Client },
            (_, Said::Close) => Verdict::HalfClosed { closed: Side::Server },
            _ => Verdict::Open,
        })
    }

    /// Whether all that this side may still send is a `close_notify`.
    fn must_answer(&self, side: Side) -> bool {
        !self.version.ignores_level() && self.direction(side.other()).said == Said::Close
    }

    fn end(&mut self, verdict: Verdict) {
        self.end.get_or_insert(verdict);
    }

    const fn direction(&self, side: Side) -> Direction {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    const fn direction_mut(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// How a connection stands, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Both sides may write.
    Open,
    /// One side has sent its `close_notify`. Up to TLS 1.2 the other one only has to answer it; in
    /// TLS 1.3 it may go on writing.
    HalfClosed {
        /// The side that closed.
        closed: Side,
    },
    /// Both sides have sent their `close_notify`: nothing is missing.
    Clean,
    /// One side sent its `close_notify`, and the connection was over before the other had sent
    /// its own. What the closing side wrote is complete. Common up to TLS 1.2, and harmless there.
    Unanswered {
        /// The side that closed.
        closed: Side,
    },
    /// One side stopped without `close_notify`: what it wrote may have been cut short, by itself or
    /// by somebody in between.
    Truncated {
        /// The side that stopped.
        side: Side,
    },
    /// One side broke the connection off and said why.
    Fatal {
        /// The side that sent the alert.
        side: Side,
        /// What it said was wrong.
        alert: Alert,
    },
}

/// Something that must not happen at this point of a connection's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Violation {
    /// A record after the same side's `close_notify`. The receiver must ignore it (RFC 9846 §6.1).
    AfterCloseNotify,
    /// A record after the same side's fatal alert (RFC 5246 §7.2.2, RFC 9846 §6.2).
    AfterFatal,
    /// Something other than `close_notify` after `user_canceled` (RFC 5246 §7.2.2, RFC 9846 §6.1).
    AfterUserCanceled,
    /// A record after the same side's FIN or RST.
    AfterEnd,
    /// Data in answer to a `close_notify`: up to TLS 1.2, pending writes are to be discarded
    /// (RFC 5246 §7.2.1).
    NotDiscarded,
    /// An end in answer to a `close_notify`, without a `close_notify`, which is due up to TLS 1.2
    /// (RFC 5246 §7.2.1).
    NotAnswered,
    /// An end without any notice (RFC 5246 §7.2.1, RFC 9846 §6.1).
    NoCloseNotify,
}

/// A noun phrase: `a record after close_notify`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterCloseNotify => "a record after close_notify",
            Self::AfterFatal => "a record after a fatal alert",
            Self::AfterUserCanceled => "a record after user_canceled that does not close",
            Self::AfterEnd => "a record after the end of the transport connection",
            Self::NotDiscarded => "data in answer to close_notify",
            Self::NotAnswered => "an end that leaves close_notify unanswered",
            Self::NoCloseNotify => "an end without close_notify",
        })
    }
}

impl core::error::Error for Violation {}

/// What one side has done about the end.
#[derive(Clone, Copy, Debug)]
struct Direction {
    said: Said,
    /// By FIN or RST.
    gone: bool,
}

impl Direction {
    const NEW: Self = Self { said: Said::Nothing, gone: false };

    /// Whether anything may follow.
    const fn may_write(self) -> Result<(), Violation> {
        match self {
            Self { gone: true, .. } => Err(Violation::AfterEnd),
            Self { said: Said::Nothing, .. } => Ok(()),
            Self { said: Said::Cancel, .. } => Err(Violation::AfterUserCanceled),
            Self { said: Said::Close, .. } => Err(Violation::AfterCloseNotify),
            Self { said: Said::Fatal, .. } => Err(Violation::AfterFatal),
        }
    }

    /// Whether an alert that ends the direction may follow.
    const fn may_end(self) -> Result<(), Violation> {
        match self.may_write() {
            Err(Violation::AfterUserCanceled) => Ok(()),
            judged => judged,
        }
    }
}

/// The last alert that had to do with the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Cancel,
    Close,
    Fatal,
}

#[cfg(test)]
mod tests {
    use super::Side::{Client, Server};
    use super::*;
    use crate::Level;

    const CLOSE: Message = Message::new(Level::Warning, Alert::CLOSE_NOTIFY);
    const CANCEL: Message = Message::new(Level::Warning, Alert::USER_CANCELED);
    const FATAL: Message = Message::new(Level::Fatal, Alert::UNKNOWN_CA);
    const NAME: Message = Message::new(Level::Warning, Alert::UNRECOGNIZED_NAME);

    /// The textbook ending: close_notify, answered, FINs. Clean in every version.
    #[test]
    fn two_close_notifies_are_a_clean_end() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.verdict(), Verdict::Open);
            assert_eq!(closure.on_data(Client), Ok(()));
            assert_eq!(closure.on_alert(Server, CLOSE), Ok(()));
            assert_eq!(closure.verdict(), Verdict::HalfClosed { closed: Server });
            assert_eq!(closure.on_alert(Client, CLOSE), Ok(()));
            assert_eq!(closure.on_fin(Server), Ok(()));
            assert_eq!(closure.on_reset(Client), Ok(()));
            assert_eq!(closure.verdict(), Verdict::Clean);
        }
    }

    /// After one side's close_notify the other may write on in TLS 1.3, and must not before.
    #[test]
    fn a_half_close_is_for_tls13_only() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Client, CLOSE), Ok(()));
            assert_eq!(closure.on_fin(Client), Ok(()));
            let data = closure.on_data(Server);
            let expected =
                if version.ignores_level() { Ok(()) } else { Err(Violation::NotDiscarded) };
            assert_eq!(data, expected, "{version}");
            assert_eq!(closure.verdict(), Verdict::HalfClosed { closed: Client });
            assert_eq!(closure.on_alert(Server, CLOSE), Ok(()));
            assert_eq!(closure.verdict(), Verdict::Clean);
        }
    }

    /// A FIN that leaves a close_notify unanswered is a breach before TLS 1.3, and in TLS 1.3 the
    /// truncation of a direction that was still open.
    #[test]
    fn an_unanswered_close_notify_is_not_a_clean_end() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Server, CLOSE), Ok(()));
            let fin = closure.on_fin(Client);
            if version.ignores_level() {
                assert_eq!(fin, Err(Violation::NoCloseNotify));
                assert_eq!(closure.verdict(), Verdict::Truncated { side: Client });
            } else {
                assert_eq!(fin, Err(Violation::NotAnswered));
                assert_eq!(closure.verdict(), Verdict::Unanswered { closed: Server });
            }
        }
    }

    /// A side that has closed may break off without waiting.
    #[test]
    fn a_reset_after_close_notify_is_allowed() {
        let mut closure = Closure::new(Version::Tls12);
        assert_eq!(closure.on_alert(Client, CLOSE), Ok(()));
        assert_eq!(closure.on_reset(Client), Ok(()));
        assert_eq!(closure.verdict(), Verdict::Unanswered { closed: Client });
    }

    /// FIN and RST without notice both are truncation, by the side that did it first.
    #[test]
    fn an_end_without_notice_is_truncation() {
        for version in Version::ALL {
            for end in [Closure::on_fin, Closure::on_reset] {
                let mut closure = Closure::new(version);
                assert_eq!(end(&mut closure, Client), Err(Violation::NoCloseNotify));
                assert_eq!(closure.on_alert(Server, CLOSE), Ok(()));
                assert_eq!(closure.on_fin(Server), Ok(()));
                assert_eq!(closure.verdict(), Verdict::Truncated { side: Client });
            }
        }
    }

    /// The first fatal alert decides, and the sender must be silent afterwards.
    #[test]
    fn nothing_follows_a_fatal_alert() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Client, FATAL), Ok(()));
            assert_eq!(closure.on_data(Client), Err(Violation::AfterFatal));
            assert_eq!(closure.on_alert(Client, CLOSE), Err(Violation::AfterFatal));
            assert_eq!(closure.on_fin(Client), Ok(()));
            assert_eq!(closure.on_data(Client), Err(Violation::AfterEnd));
            assert_eq!(closure.on_reset(Server), Ok(()));
            let verdict = Verdict::Fatal { side: Client, alert: Alert::UNKNOWN_CA };
            assert_eq!(closure.verdict(), verdict);
        }
    }

    /// Nothing follows a close_notify of the same side either.
    #[test]
    fn nothing_follows_a_close_notify() {
        let mut closure = Closure::new(Version::Tls13);
        assert_eq!(closure.on_alert(Server, CLOSE), Ok(()));
        assert_eq!(closure.on_data(Server), Err(Violation::AfterCloseNotify));
        assert_eq!(closure.on_alert(Server, FATAL), Err(Violation::AfterCloseNotify));
        assert_eq!(closure.verdict(), Verdict::HalfClosed { closed: Server });
    }

    /// A warning lets the connection go on up to TLS 1.2. TLS 1.3 looks at the code and ends it.
    #[test]
    fn a_warning_is_fatal_in_tls13_only() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Server, NAME), Ok(()));
            let goes_on = closure.verdict() == Verdict::Open;
            assert_eq!(goes_on, !version.ignores_level(), "{version}");
        }
    }

    /// user_canceled announces the end: only close_notify or a fatal alert may follow it.
    #[test]
    fn user_canceled_is_followed_by_close_notify() {
        for version in Version::ALL {
            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Client, CANCEL), Ok(()));
            assert_eq!(closure.verdict(), Verdict::Open);
            assert_eq!(closure.on_data(Client), Err(Violation::AfterUserCanceled));
            assert_eq!(closure.on_alert(Client, CANCEL), Err(Violation::AfterUserCanceled));
            assert_eq!(closure.on_data(Server), Ok(()));
            assert_eq!(closure.on_alert(Client, CLOSE), Ok(()));
            assert_eq!(closure.verdict(), Verdict::HalfClosed { closed: Client });

            let mut closure = Closure::new(version);
            assert_eq!(closure.on_alert(Client, CANCEL), Ok(()));
            assert_eq!(closure.on_fin(Client), Err(Violation::NoCloseNotify));
            assert_eq!(closure.verdict(), Verdict::Truncated { side: Client });
        }
    }

    /// The version may be settled late: the rules that count are those at the time of the event.
    #[test]
    fn the_version_may_be_settled_late() {
        let mut closure = Closure::new(Version::Tls12);
        closure.settle(Version::Tls13);
        assert_eq!(closure.on_alert(Client, CLOSE), Ok(()));
        assert_eq!(closure.on_data(Server), Ok(()));
    }
}

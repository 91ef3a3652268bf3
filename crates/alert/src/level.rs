//! How serious the sender called it, and what the RFCs say about that word.
//!
//! Up to TLS 1.2 the level decides whether the connection goes on. In TLS 1.3 the code decides and
//! the level is decoration: it has a prescribed value, and receivers ignore it.

use core::fmt;

/// The first byte of an alert (RFC 5246 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 1: up to TLS 1.2 the connection may go on.
    Warning,
    /// 2: the connection is over.
    Fatal,
    /// Any other byte. No RFC defines one; a peer that sends it is broken or is not speaking TLS.
    /// Never holds 1 or 2 when made by [`Level::from_code`].
    Unknown(u8),
}

impl Level {
    /// The level this byte stands for.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Warning,
            2 => Self::Fatal,
            code => Self::Unknown(code),
        }
    }

    /// The byte on the wire.
    pub const fn code(self) -> u8 {
        match self {
            Self::Warning => 1,
            Self::Fatal => 2,
            Self::Unknown(code) => code,
        }
    }
}

impl From<u8> for Level {
    fn from(code: u8) -> Self {
        Self::from_code(code)
    }
}

/// `warning`, `fatal`, or `level 7`.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warning => f.write_str("warning"),
            Self::Fatal => f.write_str("fatal"),
            Self::Unknown(code) => write!(f, "level {code}"),
        }
    }
}

/// The level an RFC prescribes for one alert in one version.
///
/// Whether the alert may be sent at all is a different question: see
/// [`Alert::status`](crate::Alert::status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LevelRule {
    /// Always a warning.
    Warning,
    /// Generally a warning; fatal is not wrong.
    MostlyWarning,
    /// The sender chooses. It is also the rule for a code about whose level no RFC says anything
    /// (RFC 5246 §7.2.2). In TLS 1.2 a sender that is going to close must choose fatal.
    Either,
    /// The sender chooses, and is advised against a warning.
    PreferFatal,
    /// Always fatal.
    Fatal,
}

impl LevelRule {
    /// What this rule makes of a level, in a version where the level counts.
    pub(crate) const fn judge(self, level: Level) -> LevelVerdict {
        match (self, level) {
            (_, Level::Unknown(_))
            | (Self::Warning, Level::Fatal)
            | (Self::Fatal, Level::Warning) => LevelVerdict::Forbidden,
            (Self::PreferFatal, Level::Warning) => LevelVerdict::Discouraged,
            _ => LevelVerdict::Allowed,
        }
    }
}

/// Whether a level fits its alert and version: the answer of
/// [`Alert::level_verdict`](crate::Alert::level_verdict).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LevelVerdict {
    /// As an RFC prescribes, or leaves to the sender.
    Allowed,
    /// Permitted but advised against: `unrecognized_name` as a warning (RFC 6066 §3), because
    /// clients disagree about what to do with it.
    Discouraged,
    /// Not what the RFC prescribes, and the receiver is right to complain.
    Forbidden,
    /// Not what the RFC prescribes, and of no consequence: TLS 1.3 receivers go by the code alone
    /// (RFC 9846 §6).
    Ignored,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    /// Every byte is a level and comes back as the same byte.
    #[test]
    fn every_byte_is_a_level() {
        for code in 0..=u8::MAX {
            let level = Level::from(code);
            assert_eq!(level.code(), code);
            assert_eq!(matches!(level, Level::Unknown(_)), code != 1 && code != 2);
            assert!(!level.to_string().is_empty());
        }
    }

    /// A level that no RFC defines breaks every rule.
    #[test]
    fn an_unknown_level_breaks_every_rule() {
        use LevelRule::*;
        for rule in [Warning, MostlyWarning, Either, PreferFatal, Fatal] {
            assert_eq!(rule.judge(Level::from(0)), LevelVerdict::Forbidden);
        }
    }
}

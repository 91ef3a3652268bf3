//! What a line tells of a failure.

/// Who speaks in the line, seen from the program that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// The other side sent the alert; this program received it.
    Heard,
    /// This program sent the alert.
    Said,
    /// There is an alert, and the text does not tell who sent it.
    Unclear,
    /// This program refused what the other side showed; the text names no alert.
    Refused,
    /// The connection failed and nobody refused in words: an end of file, a reset, a timeout, bytes
    /// that are not TLS.
    Lost,
}

/// A cause that a line points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The cause's name among the rules of `diagnosis`.
    pub cause: &'static str,
    /// How sure the line makes it.
    pub sure: Sure,
}

/// How sure a line makes a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    /// The text says it.
    Certain,
    /// One explanation dominates.
    Likely,
    /// One of several.
    Possible,
}

impl Voice {
    /// The word for it: `heard`, `said`, `unclear`, `refused`, `lost`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Said => "said",
            Self::Unclear => "unclear",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}

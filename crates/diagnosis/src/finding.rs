//! What a rule found: a cause, how sure it is, and how it knows.

use trace::{Seen, Side};

use crate::Cause;

/// One explanation of a failure.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What made it fail.
    pub cause: &'static Cause,
    /// How sure this is.
    pub confidence: Confidence,
    /// The side that refused; `None` where nobody did (silence, a middlebox).
    pub refused_by: Option<Side>,
    /// How it is known; never empty.
    pub evidence: Vec<Evidence>,
    /// How to settle what stays open: one short sentence, empty for certain findings.
    pub tell: &'static str,
}

/// How sure a finding is. There are no percentages: each word has a meaning that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The observed bytes prove it.
    Certain,
    /// One explanation dominates, one input is hidden (a trust store, a configuration).
    Likely,
    /// One of several.
    Possible,
}

/// One observed fact, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Two or three words in front: `client offers`, `server sends`, `control`.
    pub label: &'static str,
    /// The fact. It may hold bytes of the capture as text: escape it before it is shown.
    pub says: String,
    /// The frame that shows it; `None` for a fact about many frames or about an absence.
    pub frame: Option<u64>,
}

impl Finding {
    /// A finding that still needs its evidence.
    #[must_use]
    pub fn new(cause: &'static Cause, confidence: Confidence, refused_by: Option<Side>) -> Self {
        Self { cause, confidence, refused_by, evidence: Vec::new(), tell: "" }
    }

    /// Adds a fact seen in one frame.
    #[must_use]
    pub fn at<T>(self, label: &'static str, seen: &Seen<T>, says: impl Into<String>) -> Self {
        self.with(label, Some(seen.frame), says.into())
    }

    /// Adds a fact seen in one frame, by its number.
    #[must_use]
    pub fn frame(self, label: &'static str, frame: u64, says: impl Into<String>) -> Self {
        self.with(label, Some(frame), says.into())
    }

    /// Adds a fact that no single frame shows.
    #[must_use]
    pub fn fact(self, label: &'static str, says: impl Into<String>) -> Self {
        self.with(label, None, says.into())
    }

    /// Says how to settle what stays open.
    #[must_use]
    pub fn tell(mut self, how: &'static str) -> Self {
        self.tell = how;
        self
    }

    fn with(mut self, label: &'static str, frame: Option<u64>, says: String) -> Self {
        self.add(label, frame, says);
        self
    }

    /// The same for a finding that stays where it is.
    pub(crate) fn add(&mut self, label: &'static str, frame: Option<u64>, mut says: String) {
        if says.len() > MAX_SAYS {
            let whole = (0..=MAX_SAYS).rev().find(|end| says.is_char_boundary(*end));
            says.truncate(whole.unwrap_or(0));
            says.push_str("...");
            says.shrink_to_fit();
        }
        self.evidence.push(Evidence { label, says, frame });
    }
}

/// Bytes of one fact: a host name of full length (253 bytes) and the words around it. What a hello
/// holds may be a hundred times as long, and a report keeps many facts.
const MAX_SAYS: usize = 400;

impl Confidence {
    /// `certain`, `likely` or `possible`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name of 64 KiB in a hello is no fact of 64 KiB, and is cut between characters.
    #[test]
    fn facts_are_bounded() {
        let cause = crate::CAUSES[0];
        let finding =
            Finding::new(cause, Confidence::Likely, None).fact("x", "\u{20ac}".repeat(9999));
        let says = &finding.evidence[0].says;
        assert!(says.len() <= MAX_SAYS + 3 && says.ends_with("\u{20ac}..."));
    }
}

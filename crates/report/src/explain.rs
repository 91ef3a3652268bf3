//! The answer for one word: a code, a name, a cause.

use crate::Look;

/// What is said about a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The screen, or the message for stderr when the word is not known.
    pub text: String,
    /// Whether the word is known; if not, `text` says what may have been meant.
    pub known: bool,
}

impl Explanation {
    /// What the command exits with: 0 when the word is known, 2 when not.
    #[must_use]
    pub fn exit(&self) -> u8 {
        if self.known { 0 } else { 2 }
    }
}

/// Explains a code (`48`, `0x30`), an alert's name in any spelling, a constant
/// (`SSL_AD_UNKNOWN_CA`) or the slug of a cause.
#[must_use]
pub fn explain(word: &str, look: &Look) -> Explanation {
    let _ = (word, look);
    Explanation { text: String::new(), known: false }
}

//! The answer for a question: a phrase, or several words, with codes, events and states in it.
//!
//! People have a number from an event and a few words on where they met it. The event says who
//! refused whom, the alert or the state what, and the words where to mend it. What the phrase leaves
//! open is said, and how to find it out.

mod answer;
mod read;
mod setting;

use crate::Look;
use crate::explain::{Explanation, is_known};
use crate::paint::Page;
use read::Question;

/// Answers a phrase in which codes, events or error states stand, as people type them: `36887 48`,
/// `error state 960`, `alert 70 on an Exchange server`. `None` where it asks about none of them.
#[must_use]
pub fn question(phrase: &str, look: &Look) -> Option<Explanation> {
    let question = Question::of(phrase)?;
    let mut page = Page::new(look);
    answer::draw(&mut page, &question);
    Some(Explanation { text: page.done(), known: true })
}

/// Several words that are one question, as one phrase: an event with its codes, or words of which
/// some mean nothing alone. `None` where each is to be answered by itself.
#[must_use]
pub fn phrase(words: &[String]) -> Option<String> {
    let joined = words.join(" ");
    let asked = Question::of(&joined)?;
    let together = !asked.events.is_empty() || words.iter().any(|word| !is_known(word));
    (words.len() > 1 && together).then_some(joined)
}

/// Whether a word is an event of SChannel, `36887` or `event 36887`: its page is the answer to a
/// question.
pub(super) fn is_event(word: &str) -> bool {
    let number = word.rsplit_once(' ').filter(|(head, _)| head.eq_ignore_ascii_case("event"));
    let number = number.map_or(word, |(_, number)| number);
    number.parse().is_ok_and(|number| logs::schannel_event(number).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(words: &[&str]) -> Option<String> {
        phrase(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    /// Codes by themselves are answered one by one; an event takes its codes along, and so do words
    /// that are nothing alone.
    #[test]
    fn words_are_put_together_where_they_belong() {
        assert_eq!(joined(&["48", "70"]), None);
        assert_eq!(joined(&["36888", "20", "960"]).as_deref(), Some("36888 20 960"));
        assert_eq!(joined(&["state", "960"]).as_deref(), Some("state 960"));
        assert_eq!(joined(&["untrusted-root", "nonsense"]), None);
        assert_eq!(joined(&["36887"]), None);
    }
}

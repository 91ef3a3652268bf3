//! What the secrets at hand opened.

use trace::{Outcome, Session};
use wire::KeyLog;

use crate::number::{grouped, plural};

/// How many TLS conversations secrets opened, those of a key log and those of the capture itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Whether there were any secrets.
    pub given: bool,
    /// TLS conversations.
    pub sessions: u64,
    /// Those of which there was a secret.
    pub known: u64,
    /// Those of which at least one record was opened.
    pub opened: u64,
}

impl Keys {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            given: self.given || other.given,
            sessions: self.sessions + other.sessions,
            known: self.known + other.known,
            opened: self.opened + other.opened,
        }
    }

    /// Takes note of a conversation.
    pub(crate) fn saw(&mut self, session: &Session) {
        self.sessions += u64::from(session.outcome != Outcome::NotTls);
        self.known += u64::from(session.opened.is_some());
        self.opened += u64::from(session.opened.is_some_and(|records| records > 0));
    }

    /// One sentence, where there were secrets, and something they could have opened.
    pub(crate) fn sentence(&self) -> Option<String> {
        let Self { given, sessions, known, opened } = *self;
        let of = plural(sessions, "session");
        (given && sessions > 0).then(|| match (known, opened) {
            (0, _) => {
                format!("opened 0 of {of}: the key log is of others (no client random fits)")
            }
            (known, opened) if known > opened => {
                format!(
                    "opened {opened} of {of}; {} that the key log knows stayed closed",
                    known - opened
                )
            }
            (_, opened) => format!("opened {opened} of {of}"),
        })
    }
}

/// What is wrong with a key log, in one sentence that holds nothing of it.
#[must_use]
pub fn key_log_trouble(log: &KeyLog) -> Option<String> {
    if log.lines() == 0 {
        return Some("a key log without a line".to_owned());
    }
    if log.left_out() > 0 {
        return Some(format!("{} more secrets than are kept", log.left_out()));
    }
    let first: Vec<String> =
        log.faults().iter().map(|fault| format!("line {}: {}", fault.line, fault.what)).collect();
    let more = log.malformed().saturating_sub(first.len() as u64);
    match log.malformed() {
        0 => None,
        count if count > log.unused() && log.is_empty() => {
            Some(format!("not a key log ({})", first.first().cloned().unwrap_or_default()))
        }
        count => {
            let more =
                if more > 0 { format!("; and {} more", grouped(more)) } else { String::new() };
            let lines = plural(count, "malformed line");
            Some(format!("a key log with {lines}, the rest is used: {}{more}", first.join("; ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of another capture, one that fits in part, and none at all.
    #[test]
    fn what_was_opened_is_said() {
        let said = |given, known, opened| Keys { given, sessions: 12, known, opened }.sentence();
        assert_eq!(said(false, 0, 0), None);
        assert_eq!(
            said(true, 0, 0).unwrap(),
            "opened 0 of 12 sessions: the key log is of others (no client random fits)"
        );
        let none = Keys { given: true, ..Keys::default() };
        assert_eq!(none.sentence(), None, "nothing that could be opened");
        assert_eq!(said(true, 3, 3).unwrap(), "opened 3 of 12 sessions");
        assert_eq!(
            said(true, 3, 1).unwrap(),
            "opened 1 of 12 sessions; 2 that the key log knows stayed closed"
        );
    }

    /// Malformed lines are named by their numbers, and nothing of them is repeated.
    #[test]
    fn trouble_with_a_key_log_is_said() {
        let trouble = |text: &str| key_log_trouble(&KeyLog::read(text.as_bytes()));
        assert_eq!(trouble("# only a comment\n").unwrap(), "a key log without a line");
        assert_eq!(
            trouble(
                "hello
"
            )
            .unwrap(),
            "not a key log (line 1: no line of a key log)"
        );
        let binary = "hello
NOT_USED
world
";
        assert_eq!(trouble(binary).unwrap(), "not a key log (line 1: no line of a key log)");
        let good = format!("CLIENT_RANDOM {} {}\n", "01".repeat(32), "ab".repeat(48));
        assert_eq!(trouble(&good), None);
        assert_eq!(
            trouble(&format!("{good}CLIENT_RANDOM abcdef\n")).unwrap(),
            "a key log with 1 malformed line, the rest is used: line 2: cut short"
        );
    }
}

//! Plain words for what happened, as people type them who have no line of a log: `eof`, `timed out`.
//!
//! Whole lines are read by the tables of the stacks. These words alone name neither a program nor a
//! side, so that every cause behind them is possible and none is more.

use super::word::possible;
use super::{INDENT, label};
use crate::paint::{Line, Page, Tone, row};

/// What some words stand for.
#[derive(Debug)]
pub(super) struct Plain {
    /// The words, in lower case, with blanks between them.
    words: &'static [&'static str],
    /// What they tell, in one sentence without its full stop.
    says: &'static str,
    /// The causes that show so, the most likely first: whoever asks has a connection that failed.
    causes: &'static [&'static str],
}

/// The meaning of plain words; case, quotation marks and hyphens do not count.
pub(super) fn plain(words: &str) -> Option<&'static Plain> {
    if words.len() > MOST_WORDS {
        return None;
    }
    let marks = |letter: char| letter.is_whitespace() || "\"'.:!".contains(letter);
    let words = words.trim_matches(marks).to_lowercase().replace('-', " ");
    PLAIN.iter().find(|plain| plain.words.contains(&words.as_str()))
}

/// Draws what the words tell, the causes, and how to learn more.
pub(super) fn draw(page: &mut Page<'_>, plain: &Plain) {
    let says = format!("{}; the words alone tell neither who nor why", plain.says);
    page.wrapped(Line::new().dim("read as"), "read as  ".len(), Tone::Plain, &says, "");
    page.blank();
    possible(page, plain.causes);
    page.blank();
    let text = "the whole line, with the name of the program that wrote it, or a capture";
    page.wrapped(Line::indent(INDENT).dim("tells more"), TEXT, Tone::Plain, text, "");
    let first = plain.causes.first().map(|slug| format!("tlswhy {slug}"));
    let next: Vec<String> = first.into_iter().chain(["tlswhy trace.pcapng".to_owned()]).collect();
    label(page, "next", &row(&next));
}

/// Where the last texts begin.
const TEXT: usize = super::LABELLED;
/// Bytes of the longest words.
const MOST_WORDS: usize = 64;

/// All of them.
const PLAIN: &[Plain] = &[
    Plain {
        words: &["self signed", "selfsigned"],
        says: "a certificate that signs itself, or a root that is not trusted",
        causes: &[
            "self-signed-server",
            "untrusted-root",
            "tls-interception-untrusted",
            "server-does-not-trust-client-ca",
        ],
    },
    Plain {
        words: &["not trusted", "is not trusted", "certificate not trusted"],
        says: "no trusted authority was found behind a certificate",
        causes: &[
            "untrusted-root",
            "missing-intermediate",
            "self-signed-server",
            "tls-interception-untrusted",
            "server-does-not-trust-client-ca",
            "missing-client-intermediate",
        ],
    },
    Plain {
        words: &["eof", "unexpected eof", "end of file", "unexpected end of file"],
        says: "the other side closed the connection without an alert",
        causes: &["eof-without-close-notify", "lb-or-server-rst", "health-probe-eof"],
    },
    Plain {
        words: &["reset", "rst", "tcp reset", "connection reset", "connection reset by peer"],
        says: "the connection was reset, and nobody sent an alert",
        causes: &["lb-or-server-rst", "sni-filter-rst", "health-probe-eof", "scanner-noise"],
    },
    Plain {
        words: &["timed out", "timeout", "time out", "connection timed out", "operation timed out"],
        says: "a side waited in vain",
        causes: &["silent-server", "silent-drop", "pmtu-blackhole"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Look;

    /// However it is written, it is found; every cause has a page, and none is more than possible.
    #[test]
    fn plain_words_have_an_answer() {
        for words in ["self signed", "Self-Signed", "eof", "RESET", "\"timed out\"", "not trusted"]
        {
            let look = Look::default();
            let mut page = Page::new(&look);
            let found = plain(words).unwrap();
            draw(&mut page, found);
            let text = page.done();
            assert!(text.contains("\n  possible   ") && !text.contains("likely"), "{text}");
        }
        assert!(PLAIN.iter().flat_map(|it| it.causes).all(|it| diagnosis::cause(it).is_some()));
        assert!(plain("the server timed out").is_none() && plain("").is_none());
    }

    /// Whoever types what was seen has a connection that failed: a probe comes behind the server.
    #[test]
    fn a_reset_is_the_servers_first() {
        let found = plain("Connection reset by peer").unwrap();
        assert_eq!(found.causes.first(), Some(&"lb-or-server-rst"));
    }
}

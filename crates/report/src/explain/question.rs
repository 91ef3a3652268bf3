//! The answer for a question: a phrase, or several words, with codes, events and states in it.
//!
//! People have a number from an event and a few words on where they met it. The event says who
//! refused whom, the alert or the state what, and the words where to mend it. What the phrase leaves
//! open is said, and how to find it out.

mod answer;
mod elsewhere;
mod read;
mod setting;

use crate::Look;
use crate::explain::plain::plain;
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
    Some(Explanation { text: page.done(), known: true, is_name: false })
}

/// Several words that are one question, as one phrase: an event with its codes, plain words for what
/// happened, or words of which some mean nothing alone. `None` where each is to be answered by
/// itself.
#[must_use]
pub fn phrase(words: &[String]) -> Option<String> {
    let joined = words.join(" ");
    if words.len() > 1 && plain(&joined).is_some() {
        return Some(joined);
    }
    let asked = Question::of(&joined)?;
    let together = asked.is_of_other_logs()
        || !asked.events.is_empty()
        || words.iter().any(|word| !is_known(word));
    (words.len() > 1 && together).then_some(joined)
}

/// Whether a word is an event, `36887` or `event 36887`, or what another log has for a failure of
/// TLS, `403.7`: its page is the answer to a question.
pub(super) fn is_event(word: &str) -> bool {
    let number = word.rsplit_once(' ').filter(|(head, _)| head.eq_ignore_ascii_case("event"));
    let number = number.map_or(word, |(_, number)| number);
    number.parse().is_ok_and(|number| logs::schannel_event(number).is_some())
        || elsewhere::is_elsewhere(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(words: &[&str]) -> Option<String> {
        phrase(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    /// No line is longer than the width but for the commands, and no cut of a phrase, nor letters of
    /// several bytes in it, do any harm.
    #[test]
    fn every_answer_keeps_the_width() {
        let phrases = [
            "36888 20 960",
            "what of #48, the CA key is there",
            "112 and 40 on IIS and Exchange",
            "42 and 43 over USB Ethernet",
            "message type 128",
            "36887 without Administrators",
            "0x80090326 in .NET",
            "36871 10013",
            "fatal alert was received: 70",
        ];
        let cut = |phrase: &str, at: usize| phrase.chars().take(at).collect::<String>();
        for width in [40, 80, 100] {
            let look = Look { width, ..Look::default() };
            let cuts =
                phrases.iter().flat_map(|phrase| (0..=phrase.len()).map(move |at| cut(phrase, at)));
            let strange = phrases.iter().map(|phrase| phrase.replace(' ', "\u{2003}é"));
            for phrase in cuts.chain(strange) {
                let Some(answer) = question(&phrase, &look) else { continue };
                // Commands stand in the last part, six columns in, and are whole.
                let command =
                    |line: &&str| !line.starts_with("      ") || line.starts_with("       ");
                for line in answer.text.lines().filter(command) {
                    assert!(line.chars().count() <= width, "{phrase} at {width}: {line}");
                }
            }
        }
        assert!(question(&"48 ".repeat(99_999), &Look::default()).is_some());
    }

    /// What the server judged was a client's certificate: no cause is a server's, and no root is to be
    /// installed on the client.
    #[test]
    fn events_of_a_clients_certificate_blame_the_client() {
        let first = |phrase: &str| {
            let text = question(phrase, &Look::default()).unwrap().text;
            assert!(!text.contains("untrusted-root") && !text.contains("hostname-mismatch"));
            assert!(!text.contains("client, windows: certutil -addstore -f Root"), "{text}");
            assert!(!text.contains("server-has-no-usable-certificate"), "{text}");
            let why = text.split_once("why, the most likely first:\n").unwrap().1.to_owned();
            why.split_whitespace().nth(1).unwrap().to_owned()
        };
        assert_eq!(first("36877 0x800B0109"), "server-does-not-trust-client-ca:");
        assert_eq!(first("36877 0x80092004"), "server-does-not-trust-client-ca:");
        assert_eq!(first("36879 0x80092004"), "client-cert-not-mapped:");
        assert_eq!(first("36878 0x800B0109"), "client-cert-not-mapped:");
        // What is stapled is fetched by the server.
        let stapled = question("36928", &Look::default()).unwrap().text;
        assert!(stapled.contains("could not get the OCSP response"), "{stapled}");
    }

    /// The text of an event is the event: who refused, which side this machine was, and no command for
    /// a wire on which nothing was.
    #[test]
    fn a_quoted_text_is_answered_as_its_event() {
        let text = |phrase: &str| question(phrase, &Look::default()).unwrap().text;
        let english = text(
            "A fatal error occurred while creating a TLS client credential. The internal error \
             state is 10013.",
        );
        assert!(
            english.contains("event 36871: this machine, as the client, could not"),
            "{english}"
        );
        assert!(english.contains("likely    no-protocol-enabled-locally"), "{english}");
        assert!(!english.contains("pktmon") && !english.contains("met most"), "{english}");
        let japanese = text(
            "TLS クライアント 資格情報を作成しているときに致命的なエラーが発生しました。\
             内部エラーの状態は 10013 です。",
        );
        assert!(japanese.contains("no-protocol-enabled-locally"), "{japanese}");
        let ciphers = text(
            "An TLS 1.0 connection request was received from a remote client application, but none \
             of the cipher suites supported by the client application are supported by the server.",
        );
        assert!(
            ciphers.starts_with("event 36874: this machine, as the server, found"),
            "{ciphers}"
        );
        assert!(ciphers.contains("client-max-version-below-server-min"), "{ciphers}");
        let german = text(
            "Es wurde eine schwerwiegende Warnung vom Remoteendpunkt empfangen. Die schwerwiegende \
             Warnung hat folgenden für das TLS-Protokoll definierten Code: 46.",
        );
        assert!(german.starts_with("event 36887: This machine RECEIVED"), "{german}");
        assert!(german.contains("alert 46:"), "{german}");
        let unmapped = text(
            "The certificate received from the remote client application was not successfully \
             mapped to a client system account. The error code is 0x80090325.",
        );
        assert!(unmapped.contains("event 36879:") && !unmapped.contains("event 36887:"));
        let numbered = text("36871 10011");
        assert!(!numbered.contains("met most") && !numbered.contains("pktmon"), "{numbered}");
    }

    /// Numbers of other logs are read by their own tables, and never as alerts.
    #[test]
    fn numbers_of_other_logs_are_no_alerts() {
        for (phrase, front, cause) in [
            ("NPS reason code 22", "reason 22:", "eap-method-refused"),
            ("6273 16", "event 6273:", "client-cert-not-mapped"),
            ("event 6273 reason 48", "event 6273:", "eap-access-denied"),
            ("nps 22", "reason 22:", "eap-method-refused"),
            ("403.7", "403.7:", "client-cert-missing"),
            ("IIS 403.16", "403.16:", "server-does-not-trust-client-ca"),
            ("403.16", "403.16:", "non-root-in-root-store"),
            ("event 5156", "event 5156:", ""),
            ("RasTls 100", "RasTls 100:", "eap-mppe-prf-bug"),
            ("RasTls 107", "RasTls 107:", ""),
            ("RasTls event 103", "RasTls 103:", "expired-leaf"),
            ("Sysmon 3", "Sysmon 3:", ""),
            ("NPS reason 9", "reason 9:", ""),
        ] {
            let text = question(phrase, &Look::default()).map(|answer| answer.text);
            let text = text.unwrap_or_default();
            assert!(text.starts_with(front) && text.contains(cause), "{phrase}: {text}");
            assert!(!text.contains("alert ") && !text.contains("RECEIVED"), "{phrase}: {text}");
        }
        assert!(!question("6273 16", &Look::default()).unwrap().text.contains("takes both"));
        assert!(is_event("403.7") && is_event("6273") && !is_event("403.14") && !is_event("107"));
        // Where the number of an event of SChannel or of an alert stands beside it, both are told.
        let both = question("36887 48 and NPS 6273 reason 16", &Look::default()).unwrap().text;
        assert!(both.contains("alert 48:") && both.contains("reason 16:"), "{both}");
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

//! Any words as somebody types them behind the command: codes, names, events, questions, messages of
//! programs. What is answered has no control characters, at any width.

use logs::Sighting;
use report::{Detail, Look, Sighted, explain, is_known, message_screen, nearest, phrase, question};

use crate::{Corpus, holds};

/// Longer than any command line is asked.
const LONGEST: usize = 4096;

/// Runs the target: a byte chooses the width, the rest is typed.
pub(crate) fn run(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    let typed = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let look = Look { width: usize::from(*width), ascii: width & 1 == 1, ..Look::default() };
    let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
    let together = phrase(&words);
    for word in words.iter().map(String::as_str).take(2).chain([&*typed]).chain(together.as_deref())
    {
        let answer = explain(word, &look);
        assert!(!is_known(word) || answer.known, "{word:?}");
        assert_eq!(answer.exit() == 0, answer.known);
        // Screens that are drawn in ASCII say so.
        assert!(!look.ascii || answer.text.is_ascii() || !typed.is_ascii(), "{}", answer.text);
        answer.text.lines().for_each(holds::clean);
        if let Some(answer) = question(word, &look) {
            assert!(answer.known && !answer.text.is_empty());
            answer.text.lines().for_each(holds::clean);
        }
        let _ = nearest(word, ["certificate_expired", "unknown_ca"]);
    }
    let mut found: Vec<Sighted> = Sighted::of_reason(&typed).into_iter().collect();
    for sighting in Sighting::all(typed.as_bytes()) {
        let findings = diagnosis::sighted(&sighting);
        found.push(Sighted { sighting, findings });
    }
    for ladder in [false, true] {
        let detail = Detail { ladder, ..Detail::default() };
        message_screen(&found, &detail, &look).lines().for_each(holds::clean);
    }
}

/// What people ask, and what programs have said.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let asked = [
        "48",
        "unknown_ca",
        "0A000418",
        "SEC_E_UNTRUSTED_ROOT",
        "-12195",
        "36887 48",
        "event 36888 error state 1205",
        "403.7",
        "error state 960 on an Exchange server",
        "alert 70 on IIS",
        "connection reset by peer",
        "expired-leaf",
        "certifcate_expired",
        "0x80090326",
        "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        "schannel 36871 10013",
        "NPS reason 262",
        "CAPI2 11 0x800b0109",
    ];
    let asked = asked.iter().map(|text| text.as_bytes().to_vec());
    let lines = corpus.lines(&[".log"]).into_iter().step_by(4);
    asked.chain(lines).map(|text| [&[80][..], &text].concat()).collect()
}

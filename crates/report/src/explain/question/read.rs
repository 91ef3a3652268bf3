//! What a phrase asks about: events, alerts, error states, first bytes, and where it happened.

use alert::{Alert, Assignment, Side};
use logs::{More, Spelled, Suspect, Voice, schannel_event, schannel_state, spelled};
use windows::{Events, Record, Told};

use super::elsewhere::{Elsewhere, elsewhere};
use super::setting::{Setting, settings};

/// What a phrase asks about.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// Events of SChannel by their numbers.
    pub(super) events: Vec<u32>,
    /// Alerts, by number or by name.
    pub(super) alerts: Vec<Alert>,
    /// Error states of SChannel.
    pub(super) states: Vec<u32>,
    /// First bytes of records.
    pub(super) records: Vec<u8>,
    /// Other codes of Windows and of libraries.
    pub(super) codes: Vec<Spelled>,
    /// Who sent the alerts, where an event or the words say so.
    pub(super) voice: Option<Voice>,
    /// What other logs have for it.
    pub(super) elsewhere: Vec<Elsewhere>,
    /// The side that this machine was, where an event's text says it.
    pub(super) role: Option<Side>,
    /// The phrase is the text of an event, whose words are then known.
    pub(super) is_quoted: bool,
    /// What the text of an event points at, as the event itself does.
    pub(super) told: Vec<Suspect>,
    /// Where it happened.
    pub(super) settings: Vec<&'static Setting>,
}

impl Question {
    /// Reads a phrase; `None` where it asks about nothing that is known here.
    pub(super) fn of(phrase: &str) -> Option<Self> {
        let end = (0..=phrase.len().min(MOST_PHRASE)).rev().find(|at| phrase.is_char_boundary(*at));
        let phrase = phrase.get(..end?)?;
        let text = phrase.to_lowercase();
        let words: Vec<&str> = words(&text).take(MOST_WORDS).collect();
        let mut question = Self { settings: settings(&text).collect(), ..Self::default() };
        // With its number, an event needs no words to be known by.
        let numbered = words.iter().filter_map(|word| number(word));
        let is_numbered = numbered.into_iter().any(|id| schannel_event(id).is_some());
        let quoted = windows::quoted(phrase).filter(|_| !is_numbered);
        if !quoted.is_some_and(|record| question.quoted(&record)) {
            let (others, taken) = elsewhere(&words);
            question.elsewhere = others;
            let free = words.iter().enumerate().filter(|(at, _)| !taken.contains(at));
            for (at, word) in free {
                let before = words.get(..at).unwrap_or_default();
                question.number(word, before, words.get(at + 1).copied());
            }
            question.names(&words, phrase);
        }
        question.voice = question.speaker(&words);
        (question.asks() && question.is_of_tls(&words, &text)).then_some(question)
    }

    /// Takes what the text of an event tells, and says whether it is that text: one of an alert has a
    /// code that is assigned.
    fn quoted(&mut self, record: &Record) -> bool {
        let alert = record.integer("AlertDesc").and_then(|code| u8::try_from(code).ok()).map(Alert);
        let alert = alert.filter(|alert| alert.assignment() != Assignment::Unassigned);
        if [36_887, 36_888].contains(&record.id) && alert.is_none() {
            return false;
        }
        let mut events = Events::new();
        events.record(record);
        let Some(Told::Failure(failure)) = events.told(More::Over) else { return false };
        self.is_quoted = true;
        self.events.push(record.id);
        self.alerts.extend(alert);
        self.role = failure.role;
        self.told = failure.suspects.to_vec();
        if let Some(event) = failure.event {
            self.states.extend(event.state.filter(|state| schannel_state(*state).is_some()));
            self.codes.extend(event.error.and_then(|error| spelled(&format!("0x{error:08X}"))));
        }
        true
    }

    /// Whether there is anything to answer.
    fn asks(&self) -> bool {
        let none = self.events.is_empty()
            && self.alerts.is_empty()
            && self.states.is_empty()
            && self.records.is_empty()
            && self.codes.is_empty()
            && self.elsewhere.is_empty();
        !none
    }

    /// Numbers stand in all sorts of phrases: something must say that these are of TLS.
    fn is_of_tls(&self, words: &[&str], text: &str) -> bool {
        let said = || words.iter().any(|word| OF_TLS.contains(word));
        let bare = || words.iter().all(|word| number(word).is_some() || LINKS.contains(word));
        let sure = !self.events.is_empty() || !self.states.is_empty() || !self.codes.is_empty();
        sure || !self.elsewhere.is_empty()
            || text.contains('#')
            || !self.settings.is_empty()
            || said()
            || bare()
            || self.alerts.len() == 1 && words.iter().any(|word| ASKING.contains(word))
    }

    /// Takes a number for what its surroundings make of it.
    fn number(&mut self, word: &str, before: &[&str], after: Option<&str>) {
        let Some(value) = number(word) else { return };
        let near = |most: usize, wanted: &[&str]| {
            before.iter().rev().take(most).any(|word| wanted.contains(word))
        };
        let state = schannel_state(value).is_some();
        let next_to_event = self.events.iter().any(|event| STATED.contains(event));
        if schannel_event(value).is_some() {
            add(&mut self.events, value);
        } else if state && near(3, &["state", "errorstate"]) {
            add(&mut self.states, value);
        } else if value >= 0x8000_0000 {
            self.codes.extend(spelled(word));
        } else if let Ok(byte) = u8::try_from(value) {
            let typed = near(3, &["type"]) && !near(3, &["alert"]);
            if byte == SSLV2 || typed {
                add(&mut self.records, byte);
            } else if after.is_some_and(|word| UNITS.contains(&word)) || near(1, NUMBERED) {
                // A count, or the version of something.
            } else if state && next_to_event && !self.alerts.is_empty() {
                add(&mut self.states, value);
            } else if Alert(byte).assignment() != Assignment::Unassigned {
                add(&mut self.alerts, Alert(byte));
            }
        } else if state && (next_to_event || !self.alerts.is_empty()) {
            add(&mut self.states, value);
        }
    }

    /// Names of alerts in as many words as they have, where no number says it; and constants.
    fn names(&mut self, words: &[&str], phrase: &str) {
        for word in phrase.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
            if word.contains('_') && self.codes.len() < MOST_CODES {
                let known = spelled(word).filter(|one| one.alerts.single().is_none());
                self.codes.extend(known.filter(|one| !self.codes.contains(one)));
            }
        }
        if !self.alerts.is_empty() {
            return;
        }
        for at in 0..words.len() {
            let named = (1..=LONGEST_NAME).rev().find_map(|length| {
                let part = words.get(at..at + length)?;
                // "The internal error state is" names no alert.
                let state = words.get(at + length).is_some_and(|next| *next == "state");
                Alert::from_name(&part.join("_")).filter(|_| !state)
            });
            if let Some(alert) = named {
                add(&mut self.alerts, alert);
            }
        }
    }

    /// Who sent the alerts: an event says it, else the words that events have for it.
    fn speaker(&self, words: &[&str]) -> Option<Voice> {
        let event = self.events.iter().find_map(|event| match event {
            36_887 => Some(Voice::Heard),
            36_888 => Some(Voice::Said),
            _ => None,
        });
        // Certificates and requests are received too, in the texts of other events.
        let said = |voice: Voice, wanted: &[&str]| {
            let mut words = words.iter().filter(|_| !self.is_quoted);
            words.any(|word| wanted.contains(word)).then_some(voice)
        };
        event
            .or_else(|| said(Voice::Heard, &["received", "receiving"]))
            .or_else(|| said(Voice::Said, &["generated", "generating"]))
            // Only event 36888 and those of this machine's own trouble have a state.
            .or_else(|| (!self.states.is_empty()).then_some(Voice::Said))
    }

    /// Whether it asks about one of these events.
    pub(super) fn has_event(&self, wanted: &[u32]) -> bool {
        self.events.iter().any(|event| wanted.contains(event))
    }

    /// Whether it asks about anything that failed: some events tell of no failure.
    pub(super) fn is_of_failures(&self) -> bool {
        let fails = |event: &u32| {
            schannel_event(*event).is_some_and(|it| it.voice.is_some() || it.refusal.is_some())
        };
        let others = self.events.len() + self.alerts.len() + self.states.len();
        self.events.iter().any(fails) || others == 0 || others > self.events.len()
    }

    /// Whether it asks about what other logs have.
    pub(super) fn is_of_other_logs(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// Whether it asks only about what a machine could not do by itself: nothing of that is sent.
    pub(super) fn is_of_own_trouble(&self) -> bool {
        let own = |event: &u32| SILENT.contains(event);
        self.alerts.is_empty() && !self.events.is_empty() && self.events.iter().all(own)
    }

    /// Whether it asks about first bytes alone.
    pub(super) fn is_of_bytes(&self) -> bool {
        !self.records.is_empty() && self.events.is_empty() && self.alerts.is_empty()
    }

    /// Whether it happened on Windows, as far as the phrase tells.
    pub(super) fn is_windows(&self) -> bool {
        !self.events.is_empty()
            || !self.states.is_empty()
            || !self.elsewhere.is_empty()
            || self.settings.iter().any(|setting| setting.windows)
    }
}

/// The words of a text in lower case, without the marks around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let parts = text.split(move |letter| !inside(letter));
    parts.map(|word| word.trim_matches(['.', '-'])).filter(|word| !word.is_empty())
}

/// A number in decimal, or in hexadecimal behind `0x`.
pub(super) fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok())?,
    }
}

fn add<T: PartialEq>(values: &mut Vec<T>, new: T) {
    if values.len() < MOST_CODES && !values.contains(&new) {
        values.push(new);
    }
}

/// The first byte of an SSLv2-style hello of less than 256 bytes (RFC 5246, E.2): no alert, and no
/// record type.
const SSLV2: u8 = 0x80;
/// Events that hold a state.
const STATED: &[u32] = &[36_870, 36_871, 36_888];
/// Events of a machine that could not begin: no byte of them is sent.
const SILENT: &[u32] = &[36_865, 36_866, 36_869, 36_871, 36_873, 36_912];
/// Words that make the numbers beside them those of TLS.
const OF_TLS: &[&str] = &[
    "alert",
    "alerts",
    "code",
    "codes",
    "error",
    "errors",
    "fatal",
    "schannel",
    "tls",
    "ssl",
    "handshake",
    "event",
    "state",
    "type",
    "https",
    "certificate",
    "eventid",
    "rfc",
];
/// Words with which people ask about a number that can only be one alert here.
const ASKING: &[&str] = &[
    "how",
    "why",
    "which",
    "what",
    "fix",
    "cause",
    "causes",
    "causing",
    "means",
    "meaning",
    "many",
    "repeatedly",
];
/// Words between numbers that are a question by themselves: `112 and 40`.
const LINKS: &[&str] = &["and", "or", "then", "plus", "with", "vs"];
/// Behind these a number counts something.
const UNITS: &[&str] = &[
    "days", "hours", "minutes", "seconds", "times", "servers", "clients", "users", "machines",
    "bit", "bits", "bytes", "years", "weeks", "months", "ms", "kb", "mb", "gb", "percent",
];
/// In front of these stands the name of something that has versions, or a port.
const NUMBERED: &[&str] = &[
    "windows", "win", "version", "v", "tls", "ssl", "java", "jdk", "port", "ports", "kb", "step",
    "rollup", "server", "exchange", "sql", "ios", "android", "iis", "office", "sp", "cu", "ru",
    "openssl", "http", "top", "last",
];
/// A phrase is read up to this many bytes: a comment of a page or two.
const MOST_PHRASE: usize = 4 << 10;
/// Words that are looked at.
const MOST_WORDS: usize = 512;
/// Codes of one kind that are answered: more are no question.
const MOST_CODES: usize = 4;
/// Words of the longest name, `bad_certificate_status_response`.
const LONGEST_NAME: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(phrase: &str) -> (Vec<u32>, Vec<u8>, Vec<u32>, Vec<u8>) {
        let question = Question::of(phrase).unwrap_or_default();
        let alerts = question.alerts.iter().map(|alert| alert.code()).collect();
        (question.events, alerts, question.states, question.records)
    }

    /// A number is what its surroundings make of it.
    #[test]
    fn numbers_are_read_in_their_place() {
        let none = Vec::new;
        for (phrase, events, alerts, states) in [
            ("36888 20 960", vec![36_888], vec![20], vec![960]),
            ("36888 10 10", vec![36_888], vec![10], vec![10]),
            ("Schannel 36888 alert 40, state 1205", vec![36_888], vec![40], vec![1205]),
            ("state 10013", vec![], vec![], vec![10_013]),
            ("112 and 40", vec![], vec![112, 40], vec![]),
            ("alert 70 from Windows 10 on port 25", vec![], vec![70], vec![]),
            ("36887 on Exchange 2010, 20 times", vec![36_887], vec![], vec![]),
            ("why unknown CA, on TLS 1.2?", vec![], vec![48], vec![]),
            ("which computer is causing 49?", vec![], vec![49], vec![]),
            ("many 49, a file server without IIS", vec![], vec![49], vec![]),
            ("115 was defined in RFC 4279", vec![], vec![115], vec![]),
        ] {
            assert_eq!(read(phrase), (events, alerts, states, none()), "{phrase}");
        }
        assert_eq!(read("record type 128"), (none_u32(), none(), none_u32(), vec![128]));
    }

    fn none_u32() -> Vec<u32> {
        Vec::new()
    }

    /// Numbers of something else are no question, and neither is a phrase without any.
    #[test]
    fn other_numbers_are_no_question() {
        for phrase in [
            "forty-eight",
            "I have 48 apples",
            "",
            "the cable is 20 metres long",
            "page 46 of 80",
            "why does it fail?",
            "my server has been slow since monday",
        ] {
            assert!(Question::of(phrase).is_none(), "{phrase}");
        }
    }

    /// An event says who spoke, and so do the words that events have.
    #[test]
    fn the_speaker_is_known() {
        let voice = |phrase: &str| Question::of(phrase).and_then(|question| question.voice);
        assert_eq!(voice("36887 48"), Some(Voice::Heard));
        assert_eq!(voice("fatal alert was generated: 40"), Some(Voice::Said));
        assert_eq!(voice("error state 960"), Some(Voice::Said));
        assert_eq!(voice("alert 48"), None);
    }
}

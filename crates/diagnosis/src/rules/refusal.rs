//! Who refused whose certificate, and how it was said: what all certificate rules share.

use ::chain::Flaw;
use alert::Alert;
use trace::{Carrier, Message, Outcome, Side, Transport};
use wire::{HandshakeType, Time};

use super::answer::{self, Answer};
use super::chain;
use crate::dialect::{Defect, Guess, Stack};
use crate::docket::left_at_once;
use crate::{Case, Cause, Confidence, Finding};

/// A certificate that was refused.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    /// The side that refused the certificate of the other.
    pub(super) by: Side,
    /// How it said so.
    pub(super) voice: Voice,
    /// The frame in which it did.
    pub(super) frame: u64,
    /// When it did.
    pub(super) time: Time,
    /// Whether TLS 1.3 was spoken.
    pub(super) tls13: bool,
}

/// How a refusal was said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// By an alert in the clear.
    Alert(Alert),
    /// By a record that is an alert by size and place: its length in bytes.
    Hidden(u32),
    /// Not at all: the side closed or reset the connection.
    Silent,
    /// Not at all, and only when the handshake was complete.
    SilentLater,
    /// The capture holds the other side alone, whose handshake was never completed.
    Unheard,
}

/// The alerts with which stacks were seen to refuse one defect.
pub(super) struct Words {
    /// These say just this.
    pub(super) just: &'static [Alert],
    /// These say it among other things.
    pub(super) maybe: &'static [Alert],
    /// Whether it is among the usual reasons when nothing at all can be seen.
    pub(super) usual: bool,
    /// Whether the certificate alone shows that every verifier must refuse it; then it explains a
    /// side that leaves without a word, too.
    pub(super) plain: bool,
    /// How to settle it, where something stays open.
    pub(super) tell: &'static str,
}

/// The client refused the server's certificate.
pub(super) fn of_server(case: &Case<'_>) -> Option<Refusal> {
    *case.client_refused.get_or_init(|| refused_by_client(case))
}

fn refused_by_client(case: &Case<'_>) -> Option<Refusal> {
    let (shown, tls13) = shown_by_server(case)?;
    let found =
        |voice, (frame, time)| Some(Refusal { by: Side::Client, voice, frame, time, tls13 });
    let said = |wanted: fn(&Message) -> bool| {
        case.events(Side::Client).any(|(at, event)| at > shown && wanted(&event.message))
    };
    match case.session.outcome {
        Outcome::Alert(index) if index > shown => {
            let code = case.alert_from(Side::Client)?;
            ABOUT_SERVERS.contains(&code).then_some(())?;
            found(Voice::Alert(code), case.alert.map(|seen| (seen.frame, seen.time))?)
        }
        // In TLS 1.3 a client that has sent its Finished has accepted the certificate.
        Outcome::AlertLikely(index) if case.likely_refused_by(Side::Client) => {
            let first = case
                .events(Side::Client)
                .find(|(at, event)| *at > shown && matches!(event.message, Message::Encrypted));
            let accepted = match tls13 {
                // Over QUIC the first packets acknowledge; who accepts goes on with data.
                _ if case.session.carrier == Carrier::Quic => false,
                true => first.is_none_or(|(at, _)| at != index),
                false => said(|message| matches!(message, Message::ApplicationData)),
            };
            let event = case.session.events.get(index)?;
            (!accepted).then_some(())?;
            found(Voice::Hidden(event.length), (event.frame, event.time))
        }
        Outcome::Closed(Side::Client) | Outcome::Reset(Side::Client) => {
            // A client that never got the certificate, or that said goodbye, refused nothing.
            let end = |message: &Message| matches!(message, Message::Fin | Message::Reset);
            (case.event(Side::Client, end)?.event > shown).then_some(())?;
            let polite = case
                .event(Side::Client, |m| matches!(m, Message::Alert(_) | Message::EncryptedAlert))
                .is_some();
            let arrived = case.session.from_server.retransmissions == 0
                && (!tls13
                    || case
                        .events(Side::Server)
                        .any(|(_, event)| matches!(event.message, Message::Encrypted)));
            (!polite && arrived).then_some(())?;
            let later = said(|message| {
                matches!(
                    message,
                    Message::Encrypted | Message::EncryptedHandshake | Message::Handshake { .. }
                )
            });
            found(if later { Voice::SilentLater } else { Voice::Silent }, left(case, Side::Client)?)
        }
        Outcome::Silent(Side::Client) if drops(case) => found(Voice::Silent, last(case)),
        // A station that does not trust its network stops answering, and so does one that is gone:
        // it must have all of the server's flight.
        Outcome::Silent(Side::Client) | Outcome::GaveUp(Side::Server) => {
            let waiting = case.access()?.unanswered?;
            (waiting.side == Side::Server && !waiting.more && !waiting.is_lost()).then_some(())?;
            let last = case.session.from_server.last_data?;
            found(Voice::Silent, (waiting.frame, last.time))
        }
        // Node.js checks the certificate when all is done, and leaves without an alert.
        Outcome::Established if !tls13 && left_at_once(case.session) => {
            found(Voice::SilentLater, left(case, Side::Client)?)
        }
        Outcome::OneSided(Side::Server) if !tls13 => {
            let done = case.event(Side::Server, |m| matches!(m, Message::ChangeCipherSpec));
            done.is_none().then_some(())?;
            found(Voice::Unheard, left(case, Side::Server)?)
        }
        _ => None,
    }
}

/// The event at or before which the client was shown a certificate, and whether TLS 1.3 hides it.
fn shown_by_server(case: &Case<'_>) -> Option<(usize, bool)> {
    let Some(hello) = &case.server_hello else {
        // Only the client was captured: its alert is all there is.
        let only = case.session.from_server.frames == 0;
        return only.then_some((case.client_hello.as_ref()?.event, false));
    };
    if hello.what.version().is_tls13() {
        // A resumed session shows no certificate.
        return (!hello.what.has_pre_shared_key()).then_some((hello.event, true));
    }
    let shown = case.session.handshakes(Side::Server, HandshakeType::CERTIFICATE).next()?;
    Some((shown.event, false))
}

/// The server refused the client's certificate, or that there was none.
pub(super) fn of_client(case: &Case<'_>) -> Option<(Refusal, Answer)> {
    *case.server_refused.get_or_init(|| refused_by_server(case))
}

fn refused_by_server(case: &Case<'_>) -> Option<(Refusal, Answer)> {
    let (answer, given) = answer::answer(case)?;
    let tls13 = case.session.version()?.is_tls13();
    let found = |voice, (frame, time)| {
        Some((Refusal { by: Side::Server, voice, frame, time, tls13 }, answer))
    };
    match case.session.outcome {
        Outcome::Alert(index) if index > given => {
            let code = case.alert_from(Side::Server)?;
            ABOUT_CLIENTS.contains(&code).then_some(())?;
            found(Voice::Alert(code), case.alert.map(|seen| (seen.frame, seen.time))?)
        }
        Outcome::AlertLikely(index) if index > given && case.likely_refused_by(Side::Server) => {
            let event = case.session.events.get(index)?;
            tls13.then_some(())?;
            found(Voice::Hidden(event.length), (event.frame, event.time))
        }
        Outcome::Closed(Side::Server) | Outcome::Reset(Side::Server) => {
            // A server that has sent its own Finished has accepted what it was shown.
            let finished = case.events(Side::Server).any(|(at, event)| {
                at > given && matches!(event.message, Message::ChangeCipherSpec)
            });
            (tls13 || !finished).then_some(())?;
            found(Voice::Silent, left(case, Side::Server)?)
        }
        Outcome::Silent(Side::Server) if drops(case) => found(Voice::Silent, last(case)),
        // GnuTLS refuses in silence over datagrams, and lets the client repeat what it showed.
        Outcome::Silent(Side::Server) => {
            found(Voice::Silent, (case.fell_silent(Side::Server)?, case.session.ended))
        }
        _ => None,
    }
}

/// Whether the two sides speak OpenVPN over datagrams, where a connection that is refused is dropped
/// without a word.
fn drops(case: &Case<'_>) -> bool {
    let session = case.session;
    session.carrier == Carrier::OpenVpn && session.transport == Transport::Udp
}

/// The last that was heard.
fn last(case: &Case<'_>) -> (u64, Time) {
    (case.session.last_frame, case.session.ended)
}

/// A certificate was refused, by either side.
pub(super) fn any(case: &Case<'_>) -> Option<Refusal> {
    of_server(case).or_else(|| of_client(case).map(|(refusal, _)| refusal))
}

impl Refusal {
    /// The alert's code, where it was visible.
    pub(super) fn code(&self) -> Option<Alert> {
        match self.voice {
            Voice::Alert(code) => Some(code),
            _ => None,
        }
    }

    /// How sure a defect that the certificate itself shows is the reason: certain with an alert
    /// that says just this, likely with one that stacks send for other defects too (they may have
    /// seen one that the capture does not show), less where the client left without a word, and no
    /// reason where the alert says something else.
    pub(super) fn because_of(&self, words: &Words) -> Option<Confidence> {
        match self.voice {
            Voice::Alert(code) if words.just.contains(&code) => Some(Confidence::Certain),
            Voice::Alert(code) if words.maybe.contains(&code) => Some(Confidence::Likely),
            Voice::Alert(_) => None,
            Voice::Hidden(_) => Some(Confidence::Likely),
            Voice::Silent if words.plain => Some(Confidence::Likely),
            Voice::Silent => Some(Confidence::Possible),
            Voice::SilentLater | Voice::Unheard => words.plain.then_some(Confidence::Possible),
        }
    }

    /// The same for a flaw that a verified chain shows and every verifier refuses: certain where it
    /// is the only one of its kind and the stack that refused was measured to say just this to it.
    pub(super) fn because_of_chain(
        &self,
        case: &Case<'_>,
        defect: Defect,
        words: &Words,
        flaw: impl Fn(&Flaw) -> bool,
    ) -> Option<Confidence> {
        let confidence = self.because_of(words)?;
        let own = case.stack(self.by).and_then(|it| it.stack.says(self.by, defect, self.tls13));
        let said = self.code().is_some_and(|code| own == Some(code));
        let alone = case.judgement(self.by.other()).is_some_and(|it| chain::is_fine_but(it, flaw));
        Some(if said && alone { Confidence::Certain } else { confidence })
    }

    /// A finding against the certificate that was refused.
    pub(super) fn against(&self, cause: &'static Cause, confidence: Confidence) -> Finding {
        Finding::new(cause, confidence, Some(self.by))
    }

    /// A finding about a defect in a certificate that cannot be seen: likely with an alert that says
    /// just this, possible with one that may mean it, and possible without any if it is one of the
    /// usual reasons. None where the stack that refused is known to say something else to it.
    pub(super) fn unseen(
        &self,
        case: &Case<'_>,
        cause: &'static Cause,
        defect: Defect,
        words: &Words,
    ) -> Option<Finding> {
        if self.is_unlike(case, defect) {
            return None;
        }
        let confidence = match self.voice {
            Voice::Alert(code) if words.just.contains(&code) => Confidence::Likely,
            Voice::Alert(code) if words.maybe.contains(&code) => Confidence::Possible,
            Voice::Hidden(_) | Voice::Silent if words.usual && self.tls13 => Confidence::Possible,
            _ => return None,
        };
        let finding = self.against(cause, confidence).tell(words.tell);
        let finding = match (self.by, &case.server_hello) {
            (Side::Server, _) => answer::gives(case, finding),
            (Side::Client, Some(hello)) if self.tls13 => {
                finding.at("server sends", hello, "its certificate, encrypted")
            }
            (Side::Client, _) => finding.fact("server sends", "nothing that was captured in full"),
        };
        Some(self.told(case, defect, finding))
    }

    /// Whether TLS 1.3 hides what was refused, and nothing or a vague word says why.
    pub(super) fn is_dark(&self, vague: &[Alert]) -> bool {
        self.tls13 && self.code().is_none_or(|code| vague.contains(&code))
    }

    /// How sure it is that this was a refusal: a side that leaves without a word may have other
    /// reasons.
    pub(super) fn sure(&self) -> Confidence {
        match self.voice {
            Voice::Alert(_) | Voice::Hidden(_) => Confidence::Likely,
            Voice::Silent | Voice::SilentLater | Voice::Unheard => Confidence::Possible,
        }
    }

    /// The confidence, lowered to possible where the stack that refused is known to say something
    /// else to this defect.
    pub(super) fn weighed(
        &self,
        case: &Case<'_>,
        defect: Defect,
        confidence: Confidence,
    ) -> Confidence {
        if self.is_unlike(case, defect) { Confidence::Possible } else { confidence }
    }

    /// Whether the stack that refused is known to say something else to this defect.
    fn is_unlike(&self, case: &Case<'_>, defect: Defect) -> bool {
        let own = case.stack(self.by).and_then(|it| it.stack.says(self.by, defect, self.tls13));
        own.zip(self.code()).is_some_and(|(own, code)| own != code)
    }

    /// Whether the stack that refused says this to such a defect, and something else to an
    /// authority that it does not know.
    pub(super) fn speaks_of(&self, case: &Case<'_>, defect: Defect) -> bool {
        case.stack(self.by).is_some_and(|guess| {
            let says = |defect| guess.stack.says(self.by, defect, self.tls13);
            says(defect) == self.code() && says(Defect::Authority) != self.code()
        })
    }

    /// Whether the stack that refused was measured to say something else to an authority that it
    /// does not know.
    pub(super) fn is_no_distrust(&self, case: &Case<'_>) -> bool {
        let stack = case.stack(self.by);
        let said = stack.and_then(|it| it.stack.says(self.by, Defect::Authority, self.tls13));
        said.zip(self.code()).is_some_and(|(said, code)| said != code)
    }

    /// Completes a finding: how the refusal was said, by which stack if that is known, and what
    /// others accepted.
    pub(super) fn told(
        &self,
        case: &Case<'_>,
        defect: impl Into<Option<Defect>>,
        finding: Finding,
    ) -> Finding {
        let label = match self.by {
            Side::Client => "client says",
            Side::Server => "server says",
        };
        let says = match self.voice {
            Voice::Alert(code) => match code.name() {
                Some(name) => format!("{} {name}", code.code()),
                None => code.code().to_string(),
            },
            Voice::Hidden(length) if case.session.carrier == Carrier::Quic => {
                format!("{length}-byte packet and nothing more: a close, by its place")
            }
            Voice::Hidden(length) => format!("{length}-byte record, an alert by size and place"),
            Voice::Silent if case.is_dtls() => {
                format!("nothing, and the client sent {}", case.persisted(self.by.other()))
            }
            Voice::Silent => "nothing: it left without an alert".to_owned(),
            Voice::SilentLater => "nothing: it left right after the handshake".to_owned(),
            Voice::Unheard => "nothing that was captured; the server gave up".to_owned(),
        };
        let mut finding = finding.frame(label, self.frame, says);
        if finding.confidence == Confidence::Certain {
            finding.tell = "";
        }
        let finding = match case.stack(self.by) {
            Some(guess) => finding.fact("who", self.dialect(&guess, defect.into())),
            None => finding,
        };
        match self.by {
            Side::Client => chain::control(case, finding),
            Side::Server => finding,
        }
    }

    /// What the stack that refused usually says, and what OpenSSL would have said.
    fn dialect(&self, guess: &Guess, defect: Option<Defect>) -> String {
        let who = format!("{} {}", guess.stack.name(), guess.why);
        let Some(defect) = defect else { return who };
        let own = guess.stack.says(self.by, defect, self.tls13);
        let usual = Stack::OpenSsl.says(self.by, defect, self.tls13);
        match (own, usual, self.code()) {
            (Some(own), Some(usual), Some(code)) if own == code && own != usual => {
                format!("{who}: it says {} where OpenSSL says {}", own.code(), usual.code())
            }
            (Some(own), _, Some(code)) if own != code => {
                format!("{who}; it was seen to say {} to this", own.code())
            }
            _ => who,
        }
    }
}

/// The frame and the time in which a side closed or reset the connection.
fn left(case: &Case<'_>, side: Side) -> Option<(u64, Time)> {
    case.event(side, |message| matches!(message, Message::Fin | Message::Reset))
        .map(|seen| (seen.frame, seen.time))
}

/// Alerts with which clients were seen to refuse a server's certificate.
const ABOUT_SERVERS: [Alert; 10] = [
    // Erlang alone, for a name or a purpose that does not fit.
    Alert::HANDSHAKE_FAILURE,
    Alert::BAD_CERTIFICATE,
    Alert::UNSUPPORTED_CERTIFICATE,
    Alert::CERTIFICATE_REVOKED,
    Alert::CERTIFICATE_EXPIRED,
    Alert::CERTIFICATE_UNKNOWN,
    Alert::UNKNOWN_CA,
    Alert::ACCESS_DENIED,
    Alert::DECRYPT_ERROR,
    Alert::BAD_CERTIFICATE_STATUS_RESPONSE,
];

/// Alerts with which servers were seen to refuse a client's certificate, or its absence.
const ABOUT_CLIENTS: [Alert; 12] = [
    Alert::HANDSHAKE_FAILURE,
    Alert::NO_CERTIFICATE,
    Alert::BAD_CERTIFICATE,
    Alert::UNSUPPORTED_CERTIFICATE,
    Alert::CERTIFICATE_REVOKED,
    Alert::CERTIFICATE_EXPIRED,
    Alert::CERTIFICATE_UNKNOWN,
    Alert::UNKNOWN_CA,
    Alert::ACCESS_DENIED,
    Alert::DECODE_ERROR,
    Alert::DECRYPT_ERROR,
    Alert::CERTIFICATE_REQUIRED,
];

#[cfg(test)]
mod tests;

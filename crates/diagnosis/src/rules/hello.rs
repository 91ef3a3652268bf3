//! A ClientHello that the server turned down before it sent a ServerHello: what was offered, and
//! how the refusal looked.

use alert::Alert;
use trace::{Event, Message, Outcome, Seen, Side};
use wire::{CipherSuite, ClientHello, Group, HANDSHAKE_HEADER, ProtocolVersion, SignatureScheme};

use super::key::Key;
use crate::{Case, Finding, Server};

/// A refused ClientHello.
pub(super) struct Refusal<'a> {
    /// What was offered.
    pub(super) hello: Seen<ClientHello<'a>>,
    /// What the server said; `None` if it closed, reset or fell silent without a word.
    pub(super) alert: Option<Alert>,
}

impl<'a> Refusal<'a> {
    /// The refusal in this case, if that is how it failed.
    pub(super) fn of(case: &Case<'a>) -> Option<Self> {
        if case.server_hello.is_some() {
            return None;
        }
        let hello = case.session.second_client_hello().or(case.client_hello)?;
        match (case.session.outcome, case.alert_from(Side::Server)) {
            (Outcome::Alert(at), Some(alert)) if at > hello.event => {
                Some(Self { hello, alert: Some(alert) })
            }
            _ if case.server_left_in_silence() || case.fell_silent(Side::Server).is_some() => {
                Some(Self { hello, alert: None })
            }
            _ => None,
        }
    }

    /// The server sent its ServerHello, thought better of it, and said so in an encrypted alert
    /// before the client had answered (TLS 1.3): the code is hidden.
    pub(super) fn hidden(case: &Case<'a>) -> Option<Self> {
        let alert = case.likely_alert.filter(|seen| seen.what == Side::Server)?;
        let hello = case.session.second_client_hello().or(case.client_hello)?;
        let answered = case.events(Side::Client).any(|(index, event)| {
            index < alert.event && matches!(event.message, Message::Encrypted)
        });
        (!answered).then_some(Self { hello, alert: None })
    }

    /// Whether the server sent one of these.
    pub(super) fn is(&self, codes: &[Alert]) -> bool {
        self.alert.is_some_and(|alert| codes.contains(&alert))
    }

    /// Whether the server sent one of these, or nothing at all.
    pub(super) fn is_or_silent(&self, codes: &[Alert]) -> bool {
        self.alert.is_none_or(|alert| codes.contains(&alert))
    }
}

impl Case<'_> {
    /// Whether all bytes of the handshake message at this position were seen: what is not in one
    /// that was never sent to its end, or of which the capture lacks a part, proves nothing.
    pub(super) fn is_whole(&self, event: usize) -> bool {
        self.session.events.get(event).is_some_and(|event| match &event.message {
            Message::Handshake { body, .. } => {
                event.length as usize == HANDSHAKE_HEADER + body.len()
            }
            _ => false,
        })
    }

    /// The server got a ClientHello and closed or reset without sending a byte of TLS. A client
    /// that complains about that (OpenSSL sends 50 decode_error) changes nothing.
    pub(super) fn server_left_in_silence(&self) -> bool {
        // What comes after a reset was said by somebody who knew nothing of it.
        let of_server = |event: &&Event| event.side == Side::Server;
        let mut events = self.session.events.iter().filter(of_server);
        let first = events.find(|event| {
            let words = event.message.is_tls() || matches!(event.message, Message::Plaintext(_));
            words || matches!(event.message, Message::Fin | Message::Reset)
        });
        if first.is_some_and(|event| !matches!(event.message, Message::Fin | Message::Reset)) {
            return false;
        }
        match self.session.outcome {
            Outcome::Reset(side) | Outcome::Closed(side) => side == Side::Server,
            Outcome::Alert(_) => self.alert.is_some_and(|seen| {
                let stream = self.session.stream(Side::Server);
                let left = stream.fin.or(stream.reset);
                seen.what.0 == Side::Client && left.is_some_and(|mark| mark.frame < seen.frame)
            }),
            _ => false,
        }
    }
}

/// The suites that count: neither GREASE nor signals, and of use in a version that is offered.
pub(crate) fn suites(hello: &ClientHello<'_>) -> Vec<CipherSuite> {
    let usable =
        |suite: &CipherSuite| !suite.is_grease() && !suite.is_scsv() && is_usable(*suite, hello);
    hello.cipher_suites().filter(usable).collect()
}

/// Whether the client could use a suite at all: one that does not offer TLS 1.3 has no use for its
/// suites, and the other way round.
fn is_usable(suite: CipherSuite, hello: &ClientHello<'_>) -> bool {
    match suite.is_tls13() {
        true => hello.offers_tls13(),
        false => hello.lowest_version().is_none_or(|version| !version.is_tls13()),
    }
}

/// The groups without GREASE.
pub(super) fn groups(hello: &ClientHello<'_>) -> Vec<Group> {
    hello.supported_groups().filter(|group| !group.is_grease()).collect()
}

/// The signature algorithms without GREASE.
pub(super) fn schemes(hello: &ClientHello<'_>) -> Vec<SignatureScheme> {
    hello.signature_algorithms().filter(|scheme| !scheme.is_grease()).collect()
}

/// Adds the control group: a name that the server takes, or that it takes a client without one.
pub(super) fn served(finding: Finding, served: Option<&(Box<[u8]>, u64)>) -> Finding {
    let Some((name, frame)) = served else { return finding };
    let says = match &name[..] {
        [] => "the server took a client that gave no name".to_owned(),
        name => {
            format!("the server took a client that asked for {}", String::from_utf8_lossy(name))
        }
    };
    finding.frame("control", *frame, says)
}

/// The versions on offer, in words.
pub(crate) fn versions_offered(hello: &ClientHello<'_>) -> String {
    let mut versions: Vec<ProtocolVersion> = hello.offered_versions().collect();
    if versions.is_empty() {
        let version = hello.legacy_version;
        return format!("{version} at most: ClientHello {:#06x}, no supported_versions", version.0);
    }
    versions.sort_by_key(|version| (version.settled(), *version));
    versions.dedup();
    format!("{} (supported_versions)", listing(&versions, 5))
}

/// The cipher suites a server took from others, as far as this client could use them.
pub(super) fn usable_suites(server: &Server, hello: &ClientHello<'_>) -> Vec<(CipherSuite, u64)> {
    server.cipher_suites.iter().copied().filter(|(suite, _)| is_usable(*suite, hello)).collect()
}

/// Whether a server with any ordinary certificate, groups and suites could take this offer.
pub(super) fn is_wide(hello: &ClientHello<'_>) -> bool {
    let (suites, schemes) = (suites(hello), schemes(hello));
    let modern = hello.highest_version().settled() >= ProtocolVersion::TLS_1_2;
    let serves = |key: Key| {
        let fitting = suites.iter().filter(|suite| suite.is_aead() && key.authenticates(**suite));
        fitting.count() >= 2 && schemes.iter().any(|scheme| key.signs(*scheme))
    };
    let group = hello.supported_groups().any(|group| group == Group::SECP256R1);
    modern && group && serves(Key::Rsa) && serves(Key::P256)
}

/// The first few of a list, separated by commas, and how many were left out.
pub(crate) fn listing<T: ToString>(items: &[T], most: usize) -> String {
    let mut text = items.iter().take(most).map(T::to_string).collect::<Vec<_>>().join(", ");
    if items.len() > most {
        text.push_str(&format!(" and {} more", items.len() - most));
    }
    if text.is_empty() { "none".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Hello, Story};
    use super::*;
    use crate::Contrast;

    /// OpenSSL complains with 50 about a server that has closed: the server is still the one that
    /// refused.
    #[test]
    fn a_complaint_about_the_end_is_not_the_end() {
        let story = Story::new()
            .client_hello(&Hello::default())
            .closes(Side::Server)
            .alert(Side::Client, Alert::DECODE_ERROR);
        let (session, contrast) = (story.session(), Contrast::default());
        let case = Case::new(&session, &contrast);
        let refusal = Refusal::of(&case).unwrap();
        assert_eq!(refusal.alert, None);
    }

    /// An alert that came before the hello does not answer it.
    #[test]
    fn an_answer_comes_later() {
        let refusal = |story: Story| {
            let (session, contrast) = (story.session(), Contrast::default());
            Refusal::of(&Case::new(&session, &contrast)).is_some()
        };
        let hello = Hello::default();
        let alert = |story: Story| story.alert(Side::Server, Alert::INTERNAL_ERROR);
        assert!(refusal(alert(Story::new().client_hello(&hello))));
        assert!(!refusal(alert(Story::new()).client_hello(&hello)));
    }

    /// A list names what was left out.
    #[test]
    fn a_list_is_cut_with_a_count() {
        assert_eq!(listing(&[1, 2, 3], 2), "1, 2 and 1 more");
        assert_eq!(listing::<u8>(&[], 2), "none");
    }
}

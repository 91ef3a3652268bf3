//! What a success and a failure have in the field in which they differ, in a few words each.

use std::cmp::Ordering;

use trace::Side;
use wire::{
    CipherSuite, ClientHello, DistinguishedName, ExtensionType, Group, ProtocolVersion,
    SignatureScheme,
};

use crate::Case;
use crate::field::Field;
use crate::offer::resumes;
use crate::rules::{Answer, answered, listing, short, suites, versions_offered};
use crate::success::Success;

impl Case<'_> {
    /// What a success and this have in a field, in words that fit after "with" and after "has".
    pub(super) fn words(&self, field: Field, success: &Success) -> Option<(String, String)> {
        let (mine, theirs) = (self.client_hello.as_ref()?.what, success.hello());
        let both = |say: &dyn Fn(&ClientHello<'_>) -> String| (say(&theirs), say(&mine));
        let with = |is: bool, what: &str| format!("{}{what}", if is { "" } else { "no " });
        Some(match field {
            Field::Versions => versions(&mine, &theirs, success),
            Field::CipherSuites => chosen_suite(&mine, &theirs, success),
            Field::Groups => {
                let own = groups(&mine);
                match success.group.filter(|group| !own.contains(group)) {
                    Some(group) => (group.to_string(), format!("{} alone", listing(&own, 3))),
                    None => (
                        more(&groups(&theirs), &own, "supported_groups"),
                        more(&own, &groups(&theirs), "supported_groups"),
                    ),
                }
            }
            Field::SignatureAlgorithms => (
                more(&schemes(&theirs), &schemes(&mine), "signature_algorithms"),
                more(&schemes(&mine), &schemes(&theirs), "signature_algorithms"),
            ),
            Field::ServerName => both(&|it| match it.server_name() {
                Some(name) => format!("the name {}", String::from_utf8_lossy(name)),
                None => "no name (SNI)".to_owned(),
            }),
            Field::Alpn => both(&|it| {
                let names: Vec<_> = it.alpn().map(String::from_utf8_lossy).collect();
                match &names[..] {
                    [] => "no ALPN".to_owned(),
                    names => format!("ALPN {}", listing(names, 3)),
                }
            }),
            Field::ExtendedMasterSecret => both(&|it| {
                with(it.has(ExtensionType::EXTENDED_MASTER_SECRET), "extended_master_secret")
            }),
            Field::PostHandshakeAuth => {
                both(&|it| with(it.has(ExtensionType::POST_HANDSHAKE_AUTH), "post_handshake_auth"))
            }
            Field::RenegotiationInfo => {
                both(&|it| with(it.has_renegotiation_info(), "renegotiation_info"))
            }
            Field::KeyShares => both(&|it| match &shares(it)[..] {
                [] => "no key share".to_owned(),
                shares => format!("a key share of {}", listing(shares, 3)),
            }),
            Field::Resumption => both(&|it| match resumes(it) {
                true => "a session to resume".to_owned(),
                false => "no session to resume".to_owned(),
            }),
            Field::FallbackScsv => both(&|it| with(it.has_fallback_scsv(), "TLS_FALLBACK_SCSV")),
            Field::Grease => {
                both(&|it| with(it.extensions().any(|it| it.kind.is_grease()), "GREASE"))
            }
            Field::Size => {
                let length = self.session.events.get(self.client_hello.as_ref()?.event)?.length;
                let says = |length: u32| format!("a ClientHello of {length} bytes");
                (says(success.length), says(length))
            }
            Field::Extensions => (
                more(&kinds(&theirs), &kinds(&mine), "extensions"),
                more(&kinds(&mine), &kinds(&theirs), "extensions"),
            ),
            Field::ClientCertificate => {
                let shows = |shown: bool| match shown {
                    true => "a client certificate".to_owned(),
                    false => "an empty one".to_owned(),
                };
                let answer = self.server_hello.as_ref();
                let shown = self.session.certificates(Side::Client);
                let (answer, _) =
                    answer.and_then(|it| answered(self.session, it, shown.as_ref(), false))?;
                let empty = answer == Answer::Empty;
                (shows(empty), shows(!empty))
            }
            Field::ClientIssuer => {
                let says = |name| format!("a client certificate of {}", short(name));
                let theirs = DistinguishedName(success.issuer.as_deref()?);
                (says(&theirs), says(&self.client_leaf()?.issuer()))
            }
            Field::Choice => {
                let theirs = success.choice?;
                let answer = &self.server_hello.as_ref()?.what;
                let says = |(version, suite): (ProtocolVersion, CipherSuite)| {
                    format!("the answer {version}, {suite}")
                };
                (says(theirs), says((answer.version(), answer.cipher_suite)))
            }
            Field::Certificate => {
                let says = |serial: &str| format!("the server's certificate {serial}");
                (says(success.serial.as_deref()?), says(&self.server_leaf()?.serial()))
            }
        })
    }
}

/// The versions that make the difference.
fn versions(
    mine: &ClientHello<'_>,
    theirs: &ClientHello<'_>,
    success: &Success,
) -> (String, String) {
    let chosen = success.choice.map(|(version, _)| version);
    let (highest, lowest) = (mine.highest_version(), mine.lowest_version());
    match chosen {
        Some(chosen) if chosen.settled() > highest.settled() => {
            (chosen.to_string(), format!("{highest} at most"))
        }
        Some(chosen) if lowest.is_some_and(|lowest| lowest.settled() > chosen.settled()) => {
            (chosen.to_string(), format!("{} at least", lowest.unwrap_or(highest)))
        }
        _ => {
            let other = theirs.highest_version();
            let (least, most) = (|it| format!("{it} at most"), |it| format!("{it} on offer"));
            match other.settled().cmp(&highest.settled()) {
                Ordering::Less => (least(other), most(highest)),
                Ordering::Greater => (most(other), least(highest)),
                Ordering::Equal => (versions_offered(theirs), versions_offered(mine)),
            }
        }
    }
}

/// The suite that others got, and what is on offer instead of it.
fn chosen_suite(
    mine: &ClientHello<'_>,
    theirs: &ClientHello<'_>,
    success: &Success,
) -> (String, String) {
    let own = suites(mine);
    match success.choice {
        Some((_, suite)) if !own.contains(&suite) => {
            let here = match &own[..] {
                [] => "no cipher suite".to_owned(),
                [one] => format!("{one} alone"),
                more => format!("{} suites without it", more.len()),
            };
            (suite.to_string(), here)
        }
        _ => (
            more(&suites(theirs), &own, "cipher suites"),
            more(&own, &suites(theirs), "cipher suites"),
        ),
    }
}

/// What stands in one list and not in the other, in words.
fn more<T: PartialEq + Copy + ToString>(list: &[T], other: &[T], what: &str) -> String {
    let only: Vec<T> = list.iter().filter(|it| !other.contains(it)).copied().collect();
    match (&only[..], list) {
        (_, []) => format!("no {what}"),
        ([], _) => format!("fewer {what}"),
        (only, _) => listing(only, 3),
    }
}

fn groups(hello: &ClientHello<'_>) -> Vec<Group> {
    hello.supported_groups().filter(|group| !group.is_grease()).collect()
}

fn shares(hello: &ClientHello<'_>) -> Vec<Group> {
    hello.key_shares().map(|(group, _)| group).filter(|group| !group.is_grease()).collect()
}

fn schemes(hello: &ClientHello<'_>) -> Vec<SignatureScheme> {
    hello.signature_algorithms().filter(|scheme| !scheme.is_grease()).collect()
}

fn kinds(hello: &ClientHello<'_>) -> Vec<ExtensionType> {
    hello.extensions().map(|extension| extension.kind).filter(|kind| !kind.is_grease()).collect()
}

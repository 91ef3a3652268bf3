//! Who was in a connection: what a failure without a peer is joined to.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use trace::{Endpoint, Host};

use crate::Stack;

/// A client, a server, and the name that was asked for. Connections of one party differ in nothing
/// but the client's port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// The client.
    pub client: Option<Host>,
    /// The server.
    pub server: Option<Host>,
    /// The server's port.
    pub port: Option<u16>,
    /// The name that was asked for, in lower case. Bytes of the input: escape it before it is
    /// shown.
    pub name: Option<Arc<str>>,
    /// The subject of the certificate that the server showed, as text; `None` where it was not seen.
    pub certificate: Option<Arc<str>>,
    /// The stack that the client speaks like.
    pub stack: Option<Stack>,
}

/// The parties of one input, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Parties {
    places: HashMap<Key, u32, RandomState>,
    list: Vec<Arc<Party>>,
    /// Bytes that their texts take.
    text: usize,
}

/// What makes two parties one.
type Key = (Option<Host>, Option<Host>, Option<u16>, Option<Arc<str>>);

/// Parties that are kept of one input, some 200 bytes each: a scanner that asks for a new name each
/// time is the only one with more.
const MAX_PARTIES: usize = 65_536;
/// Bytes of all names and subjects of one input.
const MAX_TEXT: usize = 8 << 20;
/// Bytes of one of them: a host name has at most 253 (RFC 1035, 2.3.4), and a subject is to be
/// recognised, not to be kept.
const MAX_ONE: usize = 256;

impl Party {
    /// A party as a capture shows it.
    pub(super) fn seen(client: Endpoint, server: Endpoint) -> Self {
        let (port, server) = (server.port(), Some(server.host()));
        Self { client: Some(client.host()), server, port, ..Self::default() }
    }

    fn key(&self) -> Key {
        (self.client, self.server, self.port, self.name.clone())
    }
}

impl Parties {
    /// The number of a party, which is kept if it is new; `None` where there is no room for more.
    /// `rest` fills in what is no part of who it is, which takes a while to find out.
    pub(super) fn place(&mut self, party: Party, rest: impl FnOnce(&mut Party)) -> Option<u32> {
        let key = party.key();
        if let Some(known) = self.places.get(&key) {
            return Some(*known);
        }
        if self.list.len() >= MAX_PARTIES || self.text >= MAX_TEXT {
            return None;
        }
        let place = u32::try_from(self.list.len()).ok()?;
        let mut party = party;
        rest(&mut party);
        let length = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        self.text += length(&party.name) + length(&party.certificate);
        self.places.insert(key, place);
        self.list.push(Arc::new(party));
        Some(place)
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> &[Arc<Party>] {
        &self.list
    }

    /// The party with this number.
    pub(super) fn get(&self, place: u32) -> Option<&Arc<Party>> {
        self.list.get(place as usize)
    }
}

/// A host name as it is compared: in lower case and without the dot of the root; `None` for none.
pub(super) fn name(text: &str) -> Option<Arc<str>> {
    let text = bounded(text.trim().trim_end_matches('.'));
    (!text.is_empty()).then(|| text.to_ascii_lowercase().into())
}

/// The beginning of a text, of as many bytes as are kept.
pub(super) fn bounded(text: &str) -> &str {
    let whole = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=MAX_ONE.min(text.len())).rev().find(whole).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One party is kept once, whatever else is known of it, and names are one in every spelling.
    #[test]
    fn a_party_is_kept_once() {
        let mut parties = Parties::default();
        let named = |text: &str| Party { name: name(text), ..Party::default() };
        assert_eq!(parties.place(named("mail.example."), |_| {}), Some(0));
        assert_eq!(parties.place(named("Mail.Example"), |_| panic!("it is known")), Some(0));
        assert_eq!(parties.place(named("web.example"), |_| {}), Some(1));
        assert_eq!(parties.list.len(), 2);
    }

    /// Long texts end where a character does.
    #[test]
    fn texts_are_bounded() {
        let text = "ä".repeat(200);
        assert_eq!(bounded(&text).len(), 256);
        assert_eq!(bounded(&format!("a{text}")).len(), 255);
        assert_eq!(name(" . "), None);
    }
}

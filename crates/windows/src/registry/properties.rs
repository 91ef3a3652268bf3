//! What PowerShell prints of a key: `Get-ItemProperty` lists the values first and says last which
//! key they are of.

use super::path::strip;
use super::{Data, Entry, MAX_ENTRIES};
use crate::Place;

/// The list of one key, until it is complete.
#[derive(Debug, Default)]
pub(super) struct Properties {
    entries: Vec<Entry>,
    /// What stood in the last line, for one that is wrapped.
    last: Option<(String, String)>,
    path: Option<String>,
    complete: bool,
}

/// Characters of one wrapped text: a path, or an order of cipher suites.
const MAX_TEXT: usize = 16 << 10;

impl Properties {
    /// Takes a line; `false` for one that is none of a list. A blank line ends one.
    pub(super) fn line(&mut self, line: &str, place: Place) -> bool {
        if line.trim().is_empty() {
            self.keep(place);
            self.complete = self.path.is_some();
            if !self.complete {
                self.entries.clear();
            }
            return true;
        }
        if line.starts_with(' ') {
            let Some((_, text)) = &mut self.last else { return false };
            if text.len() < MAX_TEXT {
                text.push_str(line.trim());
            }
            return true;
        }
        let Some((name, text)) = line.split_once(" : ") else { return false };
        if name.contains(['\\', '"', '[']) {
            return false;
        }
        self.keep(place);
        self.last = Some((name.trim().to_owned(), text.trim().to_owned()));
        true
    }

    /// The key and its values, when its list is complete.
    pub(super) fn done(&mut self) -> Option<(String, Vec<Entry>)> {
        if !std::mem::take(&mut self.complete) {
            return None;
        }
        Some((self.path.take()?, std::mem::take(&mut self.entries)))
    }

    /// Keeps what the last line said. A list does not tell types: digits are taken for a number.
    fn keep(&mut self, place: Place) {
        let Some((name, text)) = self.last.take() else { return };
        if name == "PSPath" {
            self.path = Some(text);
            return;
        }
        if strip(&name, "PS").is_some() || self.entries.len() >= MAX_ENTRIES {
            return;
        }
        let data = match text.parse::<i64>() {
            // A dword with its highest bit set is shown as a negative number.
            Ok(number) => u32::try_from(number & 0xffff_ffff).map_or(Data::Qword(0), Data::Dword),
            Err(_) => match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(list) => Data::Texts(list.split(", ").map(str::to_owned).collect()),
                None => Data::Text(text),
            },
        };
        self.entries.push(Entry { name, data, place });
    }
}

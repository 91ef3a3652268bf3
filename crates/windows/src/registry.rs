//! The registry, as far as TLS depends on it: keys and values, from text and from hives alike.
//!
//! A registry has a hundred thousand keys, and TLS depends on some fifty: only those are kept (see
//! [`path`](self::path)). Keys are found by their path and values by their name, whatever the case
//! of their letters. `CurrentControlSet`, which on a disk is a number in `Select`, is found under
//! the name that people know.

mod hive;
mod path;
mod properties;
mod text;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::Place;

pub use hive::hive;
pub use text::RegistryReader;

/// Keys and values of one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// By their paths in small letters.
    keys: BTreeMap<String, Key>,
    /// Control sets that may be the current one, by their numbers, until that is known.
    sets: BTreeMap<u16, BTreeMap<String, Key>>,
    /// Trees that were read as a whole, in small letters: what is not there is not set.
    whole: BTreeSet<String>,
    /// What could not be read.
    faults: Vec<Fault>,
    /// Further faults, which were only counted.
    more_faults: u64,
    /// What there is to say of the input that is no fault.
    notes: Vec<String>,
    /// Keys that found no room.
    left_out: u64,
    /// Keys in `sets`.
    in_sets: usize,
    /// Bytes of all values.
    size: usize,
}

/// A key with its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Its path as the input spells it, behind a short root: `HKLM\SYSTEM\...`.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// Its values, in the order of the input.
    pub entries: Vec<Entry>,
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name as the input spells it; empty for the key's default value.
    pub name: String,
    /// What it holds.
    pub data: Data,
    /// Where it stands.
    pub place: Place,
}

/// What a value holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A number of four bytes (`REG_DWORD`).
    Dword(u32),
    /// A number of eight bytes (`REG_QWORD`).
    Qword(u64),
    /// Text (`REG_SZ`, `REG_EXPAND_SZ`).
    Text(String),
    /// Several texts (`REG_MULTI_SZ`).
    Texts(Vec<String>),
    /// Bytes of any other type, by its number.
    Binary(u32, Vec<u8>),
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a line of a text, or a byte of a hive.
    pub place: Place,
    /// What is wrong there.
    pub what: String,
}

/// Keys that are kept: ten times those that a machine has.
const MAX_KEYS: usize = 4_096;
/// Values that are kept of one key: `Tcpip`'s and SCHANNEL's have some forty.
const MAX_ENTRIES: usize = 512;
/// Bytes of all values that are kept: those that TLS depends on have some ten thousand.
const MAX_SIZE: usize = 16 << 20;
/// Bytes of one value that are kept: an order of cipher suites has four thousand.
const MAX_DATA: usize = 64 << 10;
/// Faults that are kept. A file damaged more often is told by its first ones and the number.
const MAX_FAULTS: usize = 20;

impl Registry {
    /// The key of this path: `HKLM\SYSTEM\CurrentControlSet\...`.
    #[must_use]
    pub fn key(&self, path: &str) -> Option<&Key> {
        self.keys.get(&path.to_ascii_lowercase())
    }

    /// The value of this name, in the key of this path.
    #[must_use]
    pub fn value(&self, path: &str, name: &str) -> Option<(&Key, &Entry)> {
        let key = self.key(path)?;
        key.entry(name).map(|entry| (key, entry))
    }

    /// All keys below a path, in the order of their names.
    pub fn below(&self, path: &str) -> impl Iterator<Item = &Key> {
        let start = format!("{}\\", path.to_ascii_lowercase());
        let first = start.clone();
        self.keys
            .range(first..)
            .take_while(move |(path, _)| path.starts_with(&start))
            .map(|(_, key)| key)
    }

    /// Whether the input holds the whole tree of this path: what is missing there is not set.
    #[must_use]
    pub fn is_whole(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        let ends = path.match_indices('\\').map(|(end, _)| end).chain([path.len()]);
        ends.into_iter().any(|end| path.get(..end).is_some_and(|above| self.whole.contains(above)))
    }

    /// Whether nothing is known that TLS depends on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All keys, in the order of their paths.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }

    /// How many keys are kept.
    #[must_use]
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// What could not be read, the first places, and the number of further ones.
    #[must_use]
    pub fn faults(&self) -> (&[Fault], u64) {
        (&self.faults, self.more_faults)
    }

    /// What there is to say of the input, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Keys that found no room.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether two registries may be parts of one: no tree is in both.
    #[must_use]
    pub fn is_apart_from(&self, other: &Self) -> bool {
        !self.keys.keys().any(|path| other.keys.contains_key(path))
            && !self.whole.iter().any(|path| other.is_whole(path))
            && !other.whole.iter().any(|path| self.is_whole(path))
    }

    /// Adds what another part of the same registry holds.
    pub fn add(&mut self, other: &Self) {
        for (path, key) in &other.keys {
            self.keys.entry(path.clone()).or_insert_with(|| key.clone());
        }
        self.whole.extend(other.whole.iter().cloned());
        self.notes.extend(other.notes.iter().cloned());
    }

    /// Puts a key in, and gives it back for its values; none where it has no room.
    fn open(&mut self, path: &path::Path, place: Place) -> Option<&mut Key> {
        let kept = self.keys.len() + self.in_sets;
        let keys = match path.control_set {
            Some(number) => self.sets.entry(number).or_default(),
            None => &mut self.keys,
        };
        let folded = path.folded();
        if !keys.contains_key(&folded) {
            if kept >= MAX_KEYS {
                self.left_out += 1;
                return None;
            }
            self.in_sets += usize::from(path.control_set.is_some());
        }
        let new = || Key { path: path.text.clone(), place, entries: Vec::new() };
        Some(keys.entry(folded).or_insert_with(new))
    }

    /// Sets a value of a key; what to say where it has no room. A key that has none is counted.
    fn set(&mut self, path: &path::Path, place: Place, entry: Entry) -> Result<(), &'static str> {
        let size = entry.size();
        if self.size + size > MAX_SIZE {
            return Err("more bytes of values than are kept");
        }
        if let Some(key) = self.open(path, place) {
            let old = key.set(entry).ok_or("more values of one key than are kept")?;
            self.size = (self.size + size).saturating_sub(old);
        }
        Ok(())
    }

    /// Takes a value of a key out, as a file of changes asks for.
    fn unset(&mut self, path: &path::Path, place: Place, name: &str) {
        let Some(key) = self.open(path, place) else { return };
        let mut taken = 0;
        key.entries.retain(|entry| {
            let keeps = !entry.name.eq_ignore_ascii_case(name);
            taken += if keeps { 0 } else { entry.size() };
            keeps
        });
        self.size = self.size.saturating_sub(taken);
    }

    /// Takes a key out, with all below it, as a file of changes asks for. No other key is looked at:
    /// a file may ask a million times.
    fn delete(&mut self, path: &path::Path) {
        let folded = path.folded();
        let keys = match path.control_set {
            Some(number) => self.sets.entry(number).or_default(),
            None => &mut self.keys,
        };
        let below = format!("{folded}\\");
        let rest = keys.range(below.clone()..).map(|(known, _)| known);
        let mut gone: Vec<String> =
            rest.take_while(|known| known.starts_with(&below)).cloned().collect();
        gone.push(folded);
        for key in gone.iter().filter_map(|path| keys.remove(path)) {
            self.in_sets -= usize::from(path.control_set.is_some());
            let size: usize = key.entries.iter().map(Entry::size).sum();
            self.size = self.size.saturating_sub(size);
        }
    }

    /// Takes note of a tree that is there as a whole, unless one around it is.
    fn is_there(&mut self, path: &path::Path) {
        if self.whole.len() < MAX_KEYS && !self.is_whole(&path.folded()) {
            self.whole.insert(path.folded());
        }
    }

    fn fault(&mut self, place: Place, what: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { place, what: what.into() });
        } else {
            self.more_faults += 1;
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Decides which control set is the current one: the one of that name, else the one that
    /// `Select` names, else the first.
    fn settle(&mut self) {
        let named = self.value(path::SELECT, "Current").and_then(|(_, entry)| entry.data.integer());
        let named = named.and_then(|number| u16::try_from(number).ok());
        let sets = std::mem::take(&mut self.sets);
        self.in_sets = 0;
        let current = [Some(path::CURRENT), named].into_iter().flatten();
        let current = current.chain(sets.keys().copied()).find(|number| sets.contains_key(number));
        self.keys.extend(
            sets.into_iter()
                .find(|(number, _)| Some(*number) == current)
                .into_iter()
                .flat_map(|(_, keys)| keys),
        );
    }
}

impl Key {
    /// The value of this name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('\\').next().unwrap_or_default()
    }

    /// Sets a value, and tells how many bytes the one had whose place it takes; none where there is
    /// no room.
    fn set(&mut self, entry: Entry) -> Option<usize> {
        let mut entries = self.entries.iter_mut();
        if let Some(old) = entries.find(|old| old.name.eq_ignore_ascii_case(&entry.name)) {
            let size = old.size();
            *old = entry;
            return Some(size);
        }
        if self.entries.len() >= MAX_ENTRIES {
            return None;
        }
        self.entries.push(entry);
        Some(0)
    }
}

impl Entry {
    /// Bytes that it takes, about.
    fn size(&self) -> usize {
        let data = match &self.data {
            Data::Dword(_) | Data::Qword(_) => 0,
            Data::Text(text) => text.len(),
            Data::Texts(texts) => texts.iter().map(|text| text.len() + size_of::<String>()).sum(),
            Data::Binary(_, bytes) => bytes.len(),
        };
        size_of::<Self>() + self.name.len() + data
    }
}

impl Data {
    /// The number in it, where it is one.
    #[must_use]
    pub fn integer(&self) -> Option<u64> {
        match self {
            Self::Dword(number) => Some(u64::from(*number)),
            Self::Qword(number) => Some(*number),
            _ => None,
        }
    }

    /// The text in it, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts in it: several, or the parts of one that are separated by commas.
    pub fn list(&self) -> impl Iterator<Item = &str> {
        let several: &[String] = match self {
            Self::Texts(texts) => texts,
            _ => &[],
        };
        let one = self.text().into_iter().flat_map(|text| text.split(','));
        let all = several.iter().flat_map(|text| text.split(',')).chain(one);
        all.map(str::trim).filter(|part| !part.is_empty())
    }
}

impl fmt::Display for Data {
    /// As an administrator writes it: `1`, `0xffffffff`, `"1"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dword(number @ 0..=0xffff) => write!(f, "{number}"),
            Self::Dword(number) => write!(f, "{number:#x}"),
            Self::Qword(number) => write!(f, "{number} (QWORD)"),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Texts(texts) => write!(f, "\"{}\"", texts.join(",")),
            Self::Binary(_, bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests;

//! A hive: the registry as it lies on a disk, or as `reg save` writes it.
//!
//! A hive is a tree of cells that point at each other by their offsets. Only the way to the keys
//! that matter is walked, every offset is checked, and no more keys are looked at than the file has
//! room for, so that cells which point in circles end. What transaction logs hold beside a hive is
//! not in it, which is said where the hive asks for them.

use super::path::{Path, SELECT, Wanted, control_set};
use super::value::utf16;
use super::{Data, Entry, MAX_DATA, MAX_ENTRIES, Registry};
use crate::Place;

/// Reads a hive that lies in memory as a whole: a tree is in no order.
#[must_use]
pub fn hive(bytes: &[u8]) -> Registry {
    let mut registry = Registry::default();
    let start = Place::default();
    let Some(base) = Base::read(bytes) else {
        registry.fault(start, "a hive that ends in its first block");
        return registry;
    };
    if base.kind != 0 {
        let what =
            "the transaction log of a hive, which is nothing without it: give the hive itself";
        registry.fault(start, what);
        return registry;
    }
    if base.sequences.0 != base.sequences.1 {
        registry.note(
            "the hive was in use: its last changes may be in its transaction logs (.LOG1, .LOG2), \
             which are not read",
        );
    }
    if !base.is_sound {
        registry.fault(start, "a hive whose first block has a wrong checksum");
    }
    let bins = bytes.get(BASE..).unwrap_or_default();
    if (bins.len() as u64) < u64::from(base.length) {
        let place = Place { offset: bytes.len() as u64, line: 0 };
        registry.fault(place, "the hive ends here, before its last cell");
    }
    let steps = bins.len() / LEAST_ENTRY;
    let mut walk = Walk { bins, registry: &mut registry, steps, room: bins.len(), broken: false };
    walk.from(base.root, &base.name);
    registry.settle();
    registry
}

/// Bytes in front of the cells; offsets count from behind them.
const BASE: usize = 4096;
/// Bytes that an entry takes in a list of keys or values, at least.
const LEAST_ENTRY: usize = 4;
/// Keys in one another: Windows allows 512, and no wanted one is 20 deep.
const MAX_DEPTH: u32 = 32;
/// Bytes of a key's name: 255 characters.
const MAX_NAME: u16 = 510;
/// Bytes of a value beyond which it lies in several cells.
const LONG: usize = 16_344;

/// The first block.
struct Base {
    sequences: (u32, u32),
    kind: u32,
    root: u32,
    length: u32,
    name: String,
    is_sound: bool,
}

impl Base {
    fn read(bytes: &[u8]) -> Option<Self> {
        let block = bytes.get(..BASE)?;
        let (words, _) = block.get(..508)?.as_chunks::<4>();
        let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
        // Two values mean something else, and are written as their neighbours.
        let sum = match sum {
            0 => 1,
            u32::MAX => u32::MAX - 1,
            sum => sum,
        };
        let name = utf16(block.get(48..112)?);
        Some(Self {
            sequences: (number(block, 4)?, number(block, 8)?),
            kind: number(block, 28)?,
            root: number(block, 36)?,
            length: number(block, 40)?,
            name: name.split('\0').next().unwrap_or_default().to_owned(),
            is_sound: number(block, 508)? == sum,
        })
    }
}

/// A key's cell.
struct Node {
    name: String,
    keys: (u32, u32),
    values: (u32, u32),
    offset: u32,
}

/// The walk through the cells.
struct Walk<'a, 'r> {
    bins: &'a [u8],
    registry: &'r mut Registry,
    /// Entries of lists that may still be looked at: as many as the file has room for.
    steps: usize,
    /// Bytes of values that may still be kept: as many as the file has.
    room: usize,
    broken: bool,
}

impl<'a> Walk<'a, '_> {
    /// Reads from the root of a hive, whose own name says little: what is in it tells which it is.
    fn from(&mut self, root: u32, file: &str) {
        let Some(node) = self.node(root) else {
            return self.fault(root, "a hive without a root");
        };
        let children = self.children(&node);
        let has = |name: &str| children.iter().any(|child| child.name.eq_ignore_ascii_case(name));
        let is_system = children.iter().any(|child| control_set(&child.name).is_some());
        let named = |name: &str| node.name.eq_ignore_ascii_case(name);
        let schannel = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL";
        let path = if is_system || has("Select") {
            Path::of("HKLM", "SYSTEM")
        } else if has("Protocols") || has("KeyExchangeAlgorithms") {
            Path::of("HKLM", schannel)
        } else if has("Software") && !has("Microsoft") {
            Path::of("HKCU", "")
        } else if has("Microsoft") || has("Wow6432Node") {
            Path::of("HKLM", "SOFTWARE")
        } else if named("Control") {
            Path::of("HKLM", r"SYSTEM\CurrentControlSet\Control")
        } else if named("SecurityProviders") || has("SCHANNEL") {
            Path::of("HKLM", r"SYSTEM\CurrentControlSet\Control\SecurityProviders")
        } else {
            let first = children.iter().take(4).map(|child| child.name.as_str());
            let first = first.collect::<Vec<_>>().join(", ");
            let file = if file.is_empty() { "a hive" } else { file };
            self.registry.note(format!(
                "{file} is neither SYSTEM nor SOFTWARE nor a user's, and holds nothing of TLS: its \
                 keys begin with {first}"
            ));
            return;
        };
        self.registry.is_there(&path);
        self.key(&node, children, &path, 0);
    }

    /// Keeps a key and walks on to those below it.
    fn key(&mut self, node: &Node, children: Vec<Node>, path: &Path, depth: u32) {
        if path.wanted() == Wanted::Kept {
            self.keep(node, path);
        }
        if depth >= MAX_DEPTH {
            return self.fault(node.offset, "keys deeper in one another than can be");
        }
        let mut wanted: Vec<(Path, Node)> = children
            .into_iter()
            .map(|child| (path.child(&child.name), child))
            .filter(|(path, _)| path.wanted() != Wanted::No)
            .collect();
        // Which control set is in use is known before they are walked through.
        wanted.sort_by_key(|(path, _)| !path.folded().eq_ignore_ascii_case(SELECT));
        for (path, child) in wanted {
            let current =
                self.registry.value(SELECT, "Current").and_then(|(_, it)| it.data.integer());
            let other = |number: u16| current.is_some_and(|current| current != u64::from(number));
            if depth == 0 && path.control_set.is_some_and(other) {
                continue;
            }
            let below = self.children(&child);
            self.key(&child, below, &path, depth + 1);
        }
    }

    /// The keys right below one.
    fn children(&mut self, node: &Node) -> Vec<Node> {
        let (count, list) = node.keys;
        let mut offsets = Vec::new();
        if count > 0 {
            self.list(list, 0, &mut offsets);
        }
        let mut children = Vec::new();
        for offset in offsets {
            match self.node(offset) {
                Some(child) => children.push(child),
                None => self.fault(offset, "a cell that should be a key and is none"),
            }
        }
        children
    }

    /// The offsets in a list of keys, or in the lists that it lists.
    fn list(&mut self, offset: u32, depth: u32, offsets: &mut Vec<u32>) {
        let Some(cell) = self.cell(offset) else {
            return self.fault(offset, "a list of keys that lies outside");
        };
        let count =
            cell.get(2..4).map_or(0, |it| it.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b)));
        let size = match cell.get(..2) {
            Some(b"lf" | b"lh") => 8,
            Some(b"li" | b"ri") => 4,
            _ => return self.fault(offset, "a cell that should be a list of keys and is none"),
        };
        let entries = cell.get(4..).unwrap_or_default().chunks_exact(size).take(count);
        for entry in entries {
            if !self.step(offset) {
                return;
            }
            let Some(inside) = number(entry, 0) else { return };
            match cell.get(..2) {
                // A list of lists holds no lists of lists.
                Some(b"ri") if depth == 0 => self.list(inside, 1, offsets),
                Some(b"ri") => return self.fault(offset, "lists of lists in one another"),
                _ => offsets.push(inside),
            }
        }
    }

    fn keep(&mut self, node: &Node, path: &Path) {
        let place = place(node.offset);
        if self.registry.open(path, place).is_none() {
            return;
        }
        let (count, list) = node.values;
        let cell = if count > 0 { self.cell(list) } else { Some(&[][..]) };
        let Some(cell) = cell else {
            return self.fault(node.offset, "a list of values that lies outside");
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > MAX_ENTRIES {
            self.fault(node.offset, "more values of one key than are kept");
        }
        let count = count.min(MAX_ENTRIES);
        for entry in cell.chunks_exact(LEAST_ENTRY).take(count) {
            if !self.step(node.offset) {
                return;
            }
            let Some(offset) = number(entry, 0) else { return };
            let Some(entry) = self.value(offset) else {
                self.fault(offset, "a value that cannot be read");
                continue;
            };
            let place = entry.place;
            if let Err(what) = self.registry.set(path, place, entry) {
                self.registry.fault(place, what);
            }
        }
    }

    fn value(&mut self, offset: u32) -> Option<Entry> {
        let cell = self.cell(offset)?;
        if cell.get(..2)? != b"vk" {
            return None;
        }
        let length = number(cell, 4)?;
        let kind = number(cell, 12)?;
        let name = name(cell, short(cell, 2)?, 20, short(cell, 16)? & 1 != 0)?;
        let size = usize::try_from(length & 0x7fff_ffff).ok()?;
        // Cells that share their data are no way to make it more.
        self.room = self.room.checked_sub(size.min(MAX_DATA) + name.len())?;
        // Short data stands where the offset of longer data would.
        let inside = length & 0x8000_0000 != 0;
        let data = match inside {
            true => Data::of(kind, cell.get(8..12)?.get(..size)?, false),
            false if size == 0 => Data::of(kind, &[], false),
            false => Data::of(kind, &self.data(number(cell, 8)?, size)?, false),
        };
        Some(Entry { name, data, place: place(offset) })
    }

    /// The bytes of a value, from one cell or from several.
    fn data(&self, offset: u32, size: usize) -> Option<Vec<u8>> {
        let cell = self.cell(offset)?;
        let size = size.min(MAX_DATA);
        if size <= LONG || cell.get(..2)? != b"db" {
            return Some(cell.get(..size)?.to_vec());
        }
        let count = usize::from(short(cell, 2)?);
        let list = self.cell(number(cell, 4)?)?;
        let mut data = Vec::new();
        for entry in list.chunks_exact(LEAST_ENTRY).take(count) {
            let part = self.cell(number(entry, 0)?)?;
            let room = (size - data.len()).min(LONG);
            data.extend_from_slice(part.get(..room)?);
            if data.len() == size {
                break;
            }
        }
        Some(data)
    }

    fn node(&self, offset: u32) -> Option<Node> {
        let cell = self.cell(offset)?;
        if cell.get(..2)? != b"nk" {
            return None;
        }
        let length = short(cell, 72).filter(|length| *length <= MAX_NAME)?;
        Some(Node {
            name: name(cell, length, 76, short(cell, 2)? & 0x20 != 0)?,
            keys: (number(cell, 20)?, number(cell, 28)?),
            values: (number(cell, 36)?, number(cell, 40)?),
            offset,
        })
    }

    /// What a cell holds, without its size: a negative number while the cell is in use.
    fn cell(&self, offset: u32) -> Option<&'a [u8]> {
        let rest = self.bins.get(usize::try_from(offset).ok()?..)?;
        let size = number(rest, 0)?.cast_signed();
        let size = usize::try_from(size.checked_neg()?).ok()?;
        rest.get(4..size)
    }

    /// One step further; `false` when more were made than the file has room for.
    fn step(&mut self, offset: u32) -> bool {
        let left = self.steps.checked_sub(1);
        self.steps = left.unwrap_or(0);
        if left.is_none() && !std::mem::replace(&mut self.broken, true) {
            self.fault(offset, "cells that point in circles");
        }
        left.is_some()
    }

    fn fault(&mut self, offset: u32, what: &'static str) {
        self.registry.fault(place(offset), what);
    }
}

/// Where a cell stands in the file.
fn place(offset: u32) -> Place {
    Place { offset: u64::from(offset) + BASE as u64, line: 0 }
}

/// A name in a cell: single bytes, or UTF-16.
fn name(cell: &[u8], length: u16, at: usize, single: bool) -> Option<String> {
    let bytes = cell.get(at..)?.get(..usize::from(length))?;
    Some(match single {
        true => bytes.iter().copied().map(char::from).collect(),
        false => utf16(bytes),
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

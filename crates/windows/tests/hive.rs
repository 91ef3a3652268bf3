//! Hives that are cut, changed, or point in circles: what can be read is, and what cannot is told.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // Tests read files.

use std::fs;

use tlswhy_windows::{Registry, Settings, hive};

const CASE: &str = "../../corpus/settings/hives-2012r2/input";

fn read(name: &str) -> Vec<u8> {
    fs::read(format!("{CASE}.{name}")).unwrap()
}

fn values(registry: &Registry) -> usize {
    registry.keys().map(|key| key.entries.len()).sum()
}

/// A hive that was in use is read, and said to be.
#[test]
fn a_hive_in_use_is_read() {
    let registry = hive(&read("SYSTEM"));
    assert_eq!(registry.faults().0, []);
    assert!(registry.notes()[0].contains("transaction logs"), "{:?}", registry.notes());
    assert_eq!(Settings::of(&registry).computer.as_deref(), Some("WEB01"));
}

/// Cut anywhere it tells no more than before, and says that it is cut.
#[test]
fn a_cut_hive_is_told() {
    let whole = read("SYSTEM");
    let all = values(&hive(&whole));
    for length in (0..whole.len()).step_by(7) {
        let registry = hive(&whole[..length]);
        assert!(values(&registry) <= all, "{length}");
        assert!(!registry.faults().0.is_empty(), "{length}");
    }
}

/// With a byte changed anywhere nothing ends in a panic, and most of it is still there.
#[test]
fn a_changed_hive_is_read() {
    let whole = read("SOFTWARE");
    let all = values(&hive(&whole));
    let mut intact = 0;
    for place in (0..whole.len()).step_by(5) {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            intact += usize::from(values(&hive(&changed)) == all);
        }
    }
    assert!(intact > whole.len() / 5, "{intact}");
}

/// A transaction log, and a hive of something else, are named for what they are.
#[test]
fn other_hives_are_named() {
    let mut log = read("SYSTEM");
    log[28] = 6;
    assert!(hive(&log).faults().0[0].what.contains("transaction log"));
    let mut other = read("SYSTEM");
    for name in [&b"Select"[..], b"ControlSet001", b"ControlSet002"] {
        let at = other.windows(name.len()).position(|part| part == name).unwrap();
        other[at] = b'X';
        other[at + 1] = b'X';
    }
    let registry = hive(&other);
    assert!(registry.is_empty());
    assert!(registry.notes().iter().any(|note| note.contains("holds nothing of TLS")));
}

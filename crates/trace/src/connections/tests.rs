//! Floods and long sequences leave nothing behind.

use std::collections::VecDeque;

use wire::{KeyLog, Link};

use super::*;
use crate::tally::Tally;

/// What is asked of connections between a client of this number and one server.
struct Capture {
    connections: Connections,
    tally: Tally,
    frame: u64,
    told: u64,
}

impl Capture {
    fn new() -> Self {
        Self { connections: Connections::default(), tally: Tally::default(), frame: 0, told: 0 }
    }

    /// A segment without payload, a millisecond after the one before it.
    fn send(&mut self, client: u32, flags: u8) {
        let mut bytes = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0];
        bytes.extend((0x0a00_0000 | client).to_be_bytes());
        bytes.extend([192, 0, 2, 1, 0xc0, 0, 1, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        let datagram = wire::datagram(Link::Raw, &bytes).unwrap();
        let segment = wire::segment(&datagram).unwrap();
        self.frame += 1;
        let now = Time(self.frame as i64 * 1_000_000);
        let (keys, tally, mut done) = (&KeyLog::default(), &mut self.tally, VecDeque::new());
        let mut told = Told { now, keys, keys_added: 0, tally, done: &mut done };
        let mark = Mark::at(self.frame, now);
        self.connections.take(&datagram, &segment, mark, &mut told);
        self.connections.let_go(&mut told);
        self.told += done.len() as u64;
    }

    /// What those take that are open.
    fn kept(&self) -> usize {
        let known = (0..200_000).filter_map(|place| self.connections.table.get(place));
        let open = known.filter_map(|it| match &it.stand {
            Stand::Open(open) => Some(size_of::<Flow>() + open.flow.kept),
            _ => None,
        });
        open.sum()
    }
}

/// One that has only begun costs some hundred bytes with all that leads to it: with what the table has
/// beside it, its slot and its place in the line.
#[test]
fn what_has_only_begun_is_small() {
    assert!(size_of::<Connection>() <= 56, "{}", size_of::<Connection>());
    assert!(size_of::<Flow>() <= 1024, "{}", size_of::<Flow>());
}

/// A flood is kept up to the bound and pushes out the first of itself, and the table is small again
/// when all of it has gone.
#[test]
fn a_flood_leaves_nothing_behind() {
    let mut capture = Capture::new();
    let flood = MAX_HALF_OPEN as u32 + 1000;
    for client in 0..flood {
        capture.send(client, SYN);
    }
    let connections = &capture.connections;
    assert_eq!((connections.half_open, connections.table.len()), (MAX_HALF_OPEN, MAX_HALF_OPEN));
    assert_eq!((capture.told, capture.tally.evicted.half_open), (1000, 1000));
    assert!(connections.lines.len() <= MAX_HALF_OPEN + 1);
    for client in 1000..flood {
        capture.send(client, RST);
    }
    assert_eq!((capture.connections.half_open, capture.connections.kept), (0, capture.kept()));
    assert!(capture.connections.table.len() <= MAX_BURIED + 1_001);
}

/// Connections one after another leave no more behind than those that are remembered for a while.
#[test]
fn a_sequence_does_not_grow() {
    let mut capture = Capture::new();
    for client in 0..100_000 {
        capture.send(client, SYN);
        capture.send(client, RST);
    }
    let connections = &capture.connections;
    assert!(connections.table.len() <= MAX_BURIED + 501, "{}", connections.table.len());
    assert!(connections.lines.len() <= 3 * 3_000, "{}", connections.lines.len());
    assert_eq!(capture.tally.conversations, capture.told + connections.open as u64);
}

const SYN: u8 = 2;
const RST: u8 = 4;

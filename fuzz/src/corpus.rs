//! Inputs to begin with, taken from the recorded corpus: whole files, and what is inside of them.

#![allow(clippy::disallowed_methods, reason = "seeds are read from the corpus")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use trace::{Message, Tracer};
use wire::{Next, Packet, Packets};

use crate::mutation::LONGEST;

/// The files of the corpus, and the captures among them.
pub struct Corpus {
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// Seeds of one target: a fuzzer that has more goes through each of them too seldom.
const MOST_SEEDS: usize = 400;

/// What two sides say in turns: a side, 0 for the one that speaks first, and its bytes.
pub type Turns = Vec<(usize, Vec<u8>)>;

impl Corpus {
    /// Reads the files of a folder and all folders in it, the longest ones left out.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir()? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.metadata()?.len() <= 4 * LONGEST as u64 {
                    files.push((path.clone(), std::fs::read(&path)?));
                }
            }
        }
        files.sort();
        Ok(Self { files })
    }

    /// The files whose names end like this, from all over the corpus.
    pub fn files(&self, ends: &[&str]) -> Vec<Vec<u8>> {
        let wanted = |path: &Path| ends.iter().any(|end| path.to_string_lossy().ends_with(end));
        spread(self.files.iter().filter(|(path, _)| wanted(path)).map(|(_, bytes)| bytes.clone()))
    }

    /// The lines of the files whose names end like this.
    pub fn lines(&self, ends: &[&str]) -> Vec<Vec<u8>> {
        let files = self.files(ends);
        let lines = files.iter().flat_map(|file| file.split(|byte| *byte == b'\n'));
        spread(lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect::<BTreeSet<_>>())
    }

    /// The frames of the captures, with the number of their link type.
    pub fn frames(&self) -> Vec<(u16, Vec<u8>)> {
        let mut frames = BTreeSet::new();
        self.each_packet(|_, packet| {
            let link = if packet.link == wire::Link::Ethernet { 1 } else { 101 };
            frames.insert((link, packet.bytes.to_vec()));
        });
        spread(frames)
    }

    /// What is said in the UDP datagrams of each capture.
    pub fn datagrams(&self) -> Vec<Turns> {
        self.turns(|datagram| {
            let found = wire::user_datagram(datagram).ok()?;
            Some((found.source, found.destination, found.payload.to_vec()))
        })
    }

    /// What is said in the TCP segments of each capture.
    pub fn streams(&self) -> Vec<Turns> {
        self.turns(|datagram| {
            let found = wire::segment(datagram).ok()?;
            Some((found.source, found.destination, found.payload.to_vec()))
        })
    }

    /// The first conversation of each capture that this reads.
    fn turns(
        &self,
        read: impl Fn(&wire::Datagram<'_>) -> Option<(u16, u16, Vec<u8>)>,
    ) -> Vec<Turns> {
        let mut all: BTreeMap<usize, ([(IpAddr, u16); 2], Turns)> = BTreeMap::new();
        self.each_packet(|capture, packet| {
            let Ok(datagram) = wire::datagram(packet.link, packet.bytes) else { return };
            let Some((from, to, payload)) = read(&datagram) else { return };
            let ends = [(datagram.source, from), (datagram.destination, to)];
            let (known, turns) = all.entry(capture).or_insert((ends, Vec::new()));
            let side = usize::from(*known != ends);
            let is_part = *known == ends || known[0] == ends[1];
            if is_part && !payload.is_empty() {
                turns.push((side, payload));
            }
        });
        spread(all.into_values().map(|(_, turns)| turns).collect::<BTreeSet<_>>())
    }

    /// The handshake messages in the captures: their types and bodies.
    pub fn messages(&self) -> Vec<(u8, Vec<u8>)> {
        let mut all = BTreeSet::new();
        self.each_session(|session| {
            for event in &session.events {
                if let Message::Handshake { kind, body } = &event.message {
                    all.insert((kind.0, body.to_vec()));
                }
            }
        });
        spread(all)
    }

    /// The chains of certificates that sides have shown.
    pub fn chains(&self) -> Vec<Vec<Vec<u8>>> {
        let mut all = BTreeSet::new();
        self.each_session(|session| {
            for side in [trace::Side::Client, trace::Side::Server] {
                if let Some(shown) = session.certificates(side) {
                    all.insert(shown.what.certificates().map(|it| it.der.to_vec()).collect());
                }
            }
        });
        spread(all)
    }

    fn each_session(&self, mut with: impl FnMut(&trace::Session)) {
        for (_, bytes) in self.captures() {
            let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
            while let Next::Packet(packet) = packets.next(bytes, true) {
                tracer.packet(&packet);
            }
            tracer.finish();
            while let Some(session) = tracer.ended() {
                with(&session);
            }
        }
    }

    fn each_packet(&self, mut with: impl FnMut(usize, Packet<'_>)) {
        for (number, (_, bytes)) in self.captures().enumerate() {
            let mut packets = Packets::new();
            while let Next::Packet(packet) = packets.next(bytes, true) {
                with(number, packet);
            }
        }
    }

    fn captures(&self) -> impl Iterator<Item = &(PathBuf, Vec<u8>)> {
        self.files.iter().filter(|(path, _)| {
            path.extension().is_some_and(|end| end == "pcap" || end == "pcapng")
        })
    }
}

/// As many as a target has seeds, evenly from all of them.
fn spread<T>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let all: Vec<T> = all.into_iter().collect();
    let step = all.len().div_ceil(MOST_SEEDS).max(1);
    all.into_iter().step_by(step).collect()
}

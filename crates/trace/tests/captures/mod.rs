//! Public captures, where they are beside the repository.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, dead_code)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use tlswhy_trace::Tracer;
use wire::{KeyLog, Next, Packets};

/// Where they are.
pub(crate) const FILES: &str = "../../../shared/captures/files";

/// A tracer that has seen all of one capture.
pub(crate) fn traced(path: &Path) -> Tracer {
    let mut bytes = fs::read(path).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut whole);
        bytes = whole;
    }
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Secrets(text) => tracer.add_keys(KeyLog::read(text)),
            Next::Damaged(damage) if !damage.fatal => {}
            _ => break,
        }
    }
    tracer.finish();
    tracer
}

/// Every file in a folder and its folders, in order.
pub(crate) fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() { walk(&entry, files) } else { files.push(entry) }
    }
}

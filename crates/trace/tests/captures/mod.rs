//! Public captures, where they are beside the repository.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, dead_code)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use tlswhy_trace::Tracer;
use wire::{KeyLog, Next, Packets};

/// Where they are.
pub(crate) const FILES: &str = "../../../shared/captures/files";

/// The secrets that are known of a capture.
pub(crate) fn keys(path: &Path) -> KeyLog {
    let mut keys = KeyLog::default();
    let list = fs::read_to_string(Path::new(FILES).join("../keylogs.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let name = path.strip_prefix(FILES).unwrap().display().to_string();
    for log in list[&name].as_array().into_iter().flatten() {
        let log = Path::new(FILES).join("../keylogs").join(log.as_str().unwrap());
        keys.add(KeyLog::read(&fs::read(log).unwrap()));
    }
    keys
}

/// A tracer that has seen all of one capture, with what secrets are known of it.
pub(crate) fn traced(path: &Path) -> Tracer {
    let mut bytes = fs::read(path).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut whole);
        bytes = whole;
    }
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    tracer.add_keys(keys(path));
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

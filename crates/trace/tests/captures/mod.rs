//! Public captures, where they are beside the repository.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, dead_code)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_trace::{Message, Session, Side, Tracer};
use wire::{ClientHello, HandshakeType, KeyLog, Next, Packets};

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

/// The hellos that the other dissector saw in one conversation, each with its frame.
pub(crate) fn hellos_expected(talk: &Value) -> Vec<(u64, String)> {
    let mut hellos = Vec::new();
    for hello in talk["client_hellos"].as_array().unwrap() {
        let alpn: Vec<String> =
            hello["alpn"].as_array().map(|all| all.iter().map(text).collect()).unwrap_or_default();
        let (versions, suites) = (list(&hello["supported_versions"]), list(&hello["ciphers"]));
        let says = client_hello(&text(&hello["sni"]), &alpn, &versions, &suites);
        hellos.push((number(&hello["frame"]), says));
    }
    // The other dissector reads no suite from a hello that is cut.
    let whole = |hello: &&Value| !hello["cipher"].is_null();
    for hello in talk["server_hellos"].as_array().unwrap().iter().filter(whole) {
        let says = format!("ServerHello {:#06x}", number(&hello["cipher"]));
        hellos.push((number(&hello["frame"]), says));
    }
    hellos
}

/// The same of a session.
pub(crate) fn hellos_found(session: &Session) -> Vec<(u64, String)> {
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut hellos = Vec::new();
    for seen in session.handshakes(Side::Client, HandshakeType::CLIENT_HELLO) {
        let hello = ClientHello::read_cut(seen.what);
        let name = hello.server_name().map(words).unwrap_or_default();
        let alpn: Vec<String> = hello.alpn().map(words).collect();
        let versions: Vec<u64> = hello.offered_versions().map(|it| it.0.into()).collect();
        let suites: Vec<u64> = hello.cipher_suites().map(|it| it.0.into()).collect();
        hellos.push((seen.frame, client_hello(&name, &alpn, &versions, &suites)));
    }
    for event in &session.events {
        let Message::Sslv2ClientHello(bytes) = &event.message else { continue };
        let specs = wire::sslv2_client_hello(bytes).unwrap().cipher_specs;
        let suites: Vec<u64> = specs
            .chunks(3)
            .map(|spec| spec.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
            .collect();
        hellos.push((event.frame, client_hello("", &[], &[], &suites)));
    }
    for seen in [session.hello_retry_request(), session.server_hello()].into_iter().flatten() {
        hellos.push((seen.frame, format!("ServerHello {:#06x}", seen.what.cipher_suite.0)));
    }
    hellos
}

/// What a hello says; GREASE is another each time.
fn client_hello(name: &str, alpn: &[String], versions: &[u64], suites: &[u64]) -> String {
    let known = |list: &[u64]| -> Vec<u64> {
        list.iter().copied().filter(|value| value & 0x0f0f != 0x0a0a).collect()
    };
    let (versions, suites) = (known(versions), known(suites));
    format!("ClientHello {name:?} {alpn:?} {versions:x?} {suites:x?}")
}

/// An address and a port, with brackets around IPv6.
pub(crate) fn bracketed(end: &str) -> String {
    match end.rsplit_once(':') {
        Some((host, port)) if host.contains(':') => format!("[{host}]:{port}"),
        _ => end.to_owned(),
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A number, or one in hexadecimal digits.
pub(crate) fn number(value: &Value) -> u64 {
    match value.as_str() {
        Some(hex) => u64::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap(),
        None => value.as_u64().unwrap(),
    }
}

fn list(value: &Value) -> Vec<u64> {
    value.as_array().map(|all| all.iter().map(number).collect()).unwrap_or_default()
}

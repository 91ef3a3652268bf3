//! Public captures, where they are beside the repository.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a test reads files, says what it skipped, and each uses a part of this"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_trace::{Message, Session, Side, Tracer};
use wire::{ClientHello, HandshakeType, KeyLog, Next, Packets};

/// An alert: file, frame, sender, receiver, level, code.
pub(crate) type Alert = (String, u64, String, String, u64, u64);

/// Where they are.
const FILES: &str = "../../../shared/captures/files";

/// The key logs that belong to captures, by the capture's name.
fn key_logs() -> Value {
    let list = fs::read_to_string(Path::new(FILES).join("../keylogs.json")).unwrap();
    serde_json::from_str(&list).unwrap()
}

/// The captures that come with secrets and are there.
pub(crate) fn keyed() -> BTreeMap<String, PathBuf> {
    let names = key_logs().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let here = names.into_iter().map(|name| (name.clone(), capture(&name)));
    here.filter(|(_, path)| path.exists()).collect()
}

/// The secrets that are known of a capture.
fn keys(path: &Path) -> KeyLog {
    let mut keys = KeyLog::default();
    let name = path.strip_prefix(FILES).unwrap().display().to_string();
    for log in key_logs()[&name].as_array().into_iter().flatten() {
        let log = Path::new(FILES).join("../keylogs").join(log.as_str().unwrap());
        keys.add(KeyLog::read(&fs::read(log).unwrap()));
    }
    keys
}

/// A tracer that has seen all of one capture, with what secrets are known of it.
pub(crate) fn traced(path: &Path) -> Tracer {
    let mut tracer = Tracer::new();
    tracer.add_keys(keys(path));
    read(path, &mut tracer, true);
    tracer
}

/// A tracer that has seen all of one capture and opens nothing.
pub(crate) fn traced_closed(path: &Path) -> Tracer {
    let mut tracer = Tracer::new();
    read(path, &mut tracer, false);
    tracer
}

fn read(path: &Path, tracer: &mut Tracer, opens: bool) {
    let mut bytes = fs::read(path).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut whole = Vec::new();
        let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut whole);
        bytes = whole;
    }
    let mut packets = Packets::new();
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Secrets(text) if opens => tracer.add_keys(KeyLog::read(text)),
            Next::Secrets(_) => {}
            Next::Damaged(damage) if !damage.fatal => {}
            _ => break,
        }
    }
    tracer.finish();
}

/// The rows of one of the oracle's files; none where there are no captures, which is said.
pub(crate) fn oracle(name: &str) -> Option<Vec<Value>> {
    let Ok(text) = fs::read_to_string(Path::new(FILES).join("..").join(name)) else {
        println!("skipped: there are no captures beside the repository");
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Every capture: its name, and where it is.
pub(crate) fn files() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    walk(Path::new(FILES), &mut files);
    let name = |path: &PathBuf| path.strip_prefix(FILES).unwrap().display().to_string();
    files.into_iter().map(|path| (name(&path), path)).collect()
}

/// Where an alert of the oracle is, who sent it to whom, its level and its code.
pub(crate) fn alert(row: &Value) -> Alert {
    let end = |host: &str, port: &str| bracketed(&format!("{}:{}", text(&row[host]), row[port]));
    let number = |key: &str| row[key].as_u64().unwrap();
    let (from, to) = (end("src", "sport"), end("dst", "dport"));
    (text(&row["file"]), number("frame"), from, to, number("level"), number("code"))
}

/// The alerts of a session, each with whether it was opened.
pub(crate) fn alerts(file: &str, session: &Session) -> Vec<(bool, Alert)> {
    let told = session.alerts().map(|seen| {
        let (side, message) = seen.what;
        let [from, to] = [side, side.other()].map(|side| session.address(side).to_string());
        let (level, code) = (message.level.code().into(), message.alert.code().into());
        let opened = session.events[seen.event].opened;
        (opened, (file.to_owned(), seen.frame, from, to, level, code))
    });
    told.collect()
}

/// Every file in a folder and its folders, in order.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
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

/// The capture that a row of the oracle is about.
pub(crate) fn capture(name: &str) -> PathBuf {
    Path::new(FILES).join(name)
}

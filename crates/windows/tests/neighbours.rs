//! What stands beside SChannel's events: in the logs of `corpus/events/neighbours`, and in those that
//! Windows wrote.
//!
//! The latter are not ours and are not in this repository: without `../shared/captures` beside it
//! the test says so, and proves nothing.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use logs::{More, Sighting, Sure, Voice};
use serde_json::Value as Json;
use tlswhy_windows::{Chain, Connection, Events, Evtx, Told};

/// Logs that were built, with the truth beside them.
const BUILT: &str = "../../corpus/events/neighbours";
/// Where logs are that Windows wrote.
const WRITTEN: &str = "../../../shared/captures/evtx";

/// What a log tells, in one window.
fn told(path: &Path) -> Vec<Told> {
    let bytes = fs::read(path).unwrap();
    let mut evtx = Evtx::new();
    let mut events = Events::new();
    let mut all = Vec::new();
    let mut rest = &bytes[..];
    loop {
        let done = evtx.window(rest, More::Over);
        while let Some(record) = evtx.record() {
            events.record(&record);
            all.extend(std::iter::from_fn(|| events.told(More::Coming)));
        }
        while evtx.problem().is_some() {}
        rest = &rest[done..];
        if done == 0 {
            break;
        }
    }
    all.extend(std::iter::from_fn(|| events.told(More::Over)));
    all
}

fn built(name: &str) -> Vec<Told> {
    told(&Path::new(BUILT).join(name))
}

fn connections(all: Vec<Told>) -> Vec<Connection> {
    let connection = |told| match told {
        Told::Connection(connection) => connection,
        other => panic!("{other:?}"),
    };
    all.into_iter().map(connection).collect()
}

/// CAPI2 says which certificate was refused, for which name, by which process and why; and what is
/// known of one verification is told once.
#[test]
fn certificates_are_judged() {
    let chain = |told| match told {
        Told::Chain(chain) => chain,
        other => panic!("{other:?}"),
    };
    let chains: Vec<Chain> = built("capi2.evtx").into_iter().map(chain).collect();
    let short: Vec<_> = chains
        .iter()
        .map(|chain| {
            let first = chain.suspects.first().map(|suspect| (suspect.cause, suspect.sure));
            let image = chain.process.as_ref().and_then(|process| process.image.as_deref());
            (chain.id, chain.name.as_deref(), image, first)
        })
        .collect();
    let service = Some("w3wp.exe");
    assert_eq!(
        short,
        [
            (30, Some("old.fabrikam.example"), service, Some(("expired-leaf", Sure::Likely))),
            (30, Some("relay.fabrikam.example"), service, Some(("untrusted-root", Sure::Likely))),
            (
                30,
                Some("smtp.fabrikam.example"),
                service,
                Some(("hostname-mismatch", Sure::Certain))
            ),
            (70, None, service, Some(("private-key-permission", Sure::Likely))),
            (11, None, Some("powershell.exe"), Some(("revocation-unreachable", Sure::Likely))),
        ]
    );
    let known = chains[1].certificate.as_ref().unwrap();
    assert_eq!(known.issuer, "CN=Fabrikam Root CA");
    assert_eq!((&known.serial[..], known.names.len()), ("6344DFF7C81639F1DD", 1));
    assert_eq!(known.validity, Some((1_794_614_400, 1_826_150_400)));
    assert_eq!(chains[1].faults, ["Fabrikam Root CA: a root that this machine does not trust"]);
    assert!(
        chains[4].faults[1].starts_with("http://crl.contoso.example/issuing2.crl could not be")
    );
}

/// The firewall, Sysmon and Remote Desktop name the peer that the truth names, and the process.
#[test]
fn peers_are_named() {
    let truth: Json =
        serde_json::from_str(&fs::read_to_string(Path::new(BUILT).join("truth.json")).unwrap())
            .unwrap();
    for (log, at_least) in [("security.evtx", 50), ("sysmon.evtx", 50), ("remote-desktop.evtx", 3)]
    {
        let peers: BTreeMap<u64, &str> = truth[log]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|record| Some((record["number"].as_u64()?, record["peer"].as_str()?)))
            .collect();
        let all = connections(built(log));
        let mut named = 0;
        for connection in all {
            let (address, port) = connection.peer;
            let peer = match port {
                0 => address.to_string(),
                _ => format!("{address}:{port}"),
            };
            // The truth about Remote Desktop has the peer of what ended, and not of what came.
            if let Some(known) = peers.get(&connection.record.unwrap()) {
                assert_eq!(*known, peer, "{log} {:?}", connection.record);
                named += 1;
            }
            assert!(connection.process.id.is_some());
        }
        assert!(named >= at_least, "{log}: {named}");
    }
}

/// NPS says by a number whom it did not let in and why; a station names the certificate it was shown.
#[test]
fn access_is_denied() {
    let mut granted = 0;
    let mut denied: Vec<Sighting> = Vec::new();
    for told in built("nps-security.evtx") {
        match told {
            Told::Handshake(_) => granted += 1,
            Told::Failure(sighting) => denied.push(*sighting),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(granted, 1);
    let short: Vec<_> = denied
        .iter()
        .map(|denied| {
            let station = denied.peer.as_ref().and_then(|peer| peer.name.as_deref());
            (station.unwrap(), denied.voice, denied.suspects[0].cause)
        })
        .collect();
    let inside = "server-has-no-usable-certificate";
    assert_eq!(
        short,
        [
            ("02-00-5E-00-53-41", Voice::Refused, inside),
            ("02-00-5E-00-53-42", Voice::Refused, inside),
            ("02-00-5E-00-53-41", Voice::Refused, inside),
            ("02-00-5E-00-53-43", Voice::Refused, "server-does-not-trust-client-ca"),
            ("02-00-5E-00-53-44", Voice::Refused, "client-cert-not-mapped"),
            ("02-00-5E-00-53-46", Voice::Lost, inside),
        ]
    );
    let shown = built("rastls.evtx");
    let [Told::Chain(shown)] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!(shown.certificate.as_ref().unwrap().subject, "nps01.contoso.example");
}

/// Logs of Windows are read to their end. Its own checks of signed code are no TLS and are not told;
/// the machine that guessed passwords over Remote Desktop is.
#[test]
fn logs_of_windows_are_read() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => walk(&path, found),
                path if path.extension().is_some_and(|it| it == "evtx") => found.push(path),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(WRITTEN), &mut found);
    if found.is_empty() {
        println!("skipped: {WRITTEN} is not there");
        return;
    }
    let mut guesses = 0;
    for path in found {
        let is_desktop = path.components().any(|part| part.as_os_str() == "DFIRArtifactMuseum");
        for told in told(&path) {
            match told {
                Told::Chain(chain) => panic!("{}: {chain:?}", path.display()),
                Told::Connection(connection) if is_desktop => {
                    guesses += usize::from(connection.peer.0.to_string() == "194.61.24.102");
                }
                Told::Failure(sighting) => {
                    let provider = &sighting.event.as_ref().unwrap().provider;
                    assert_eq!(provider, "Schannel", "{}: {sighting:?}", path.display());
                }
                _ => {}
            }
        }
    }
    assert!(guesses > 300, "{guesses}");
}

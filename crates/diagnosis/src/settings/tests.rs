//! Machines beside sessions: matching, known by their address, and neither.

use alert::{Alert, Side};
use windows::{RegistryReader, Settings};

use super::*;
use crate::rules::story::{Hello, Story};

const R2: &str = "[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n\
                  \"ProductName\"=\"Windows Server 2012 R2 Standard\"\n\"CurrentBuild\"=\"9600\"\n";
const PROTOCOLS: &str =
    "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";

fn settings(text: &str) -> Settings {
    of_unknown(&format!("{R2}{text}"))
}

/// The settings of a registry that does not tell which Windows it is of, as a hive SYSTEM.
fn of_unknown(text: &str) -> Settings {
    let mut reader = RegistryReader::default();
    reader.window(text.as_bytes(), logs::More::Over);
    Settings::of(&reader.finish())
}

fn off(version: &str, side: &str) -> String {
    format!("[{PROTOCOLS}\\{version}\\{side}]\n\"Enabled\"=dword:0\n")
}

fn interface(address: &str) -> String {
    let path = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{1}";
    format!("[{path}]\n\"IPAddress\"=\"{address}\"\n")
}

/// The evidence that settings add to the best finding of a story, and its confidence.
fn weighed(settings: &Settings, story: Story) -> (Vec<String>, Confidence) {
    let session = story.session();
    let contrast = crate::Contrast::default();
    let mut findings = crate::judge(&crate::Case::new(&session, &contrast));
    let cite = |setting: &Setting| setting.to_string();
    Host { settings, name: "a.reg", cite: &cite }.weigh(&mut findings, &session);
    let best = &findings[0];
    let ours = best.evidence.iter().filter(|it| it.label == LABEL);
    (ours.map(|it| it.says.clone()).collect(), best.confidence)
}

fn old_client() -> Story {
    let hello = Hello { version: 0x0301, ..Hello::tls12() };
    Story::new().client_hello(&hello).alert(Side::Server, Alert::PROTOCOL_VERSION)
}

/// A client that offers what the settings leave matches them, with the value that does it.
#[test]
fn a_client_matches() {
    let text = off("TLS 1.1", "Client") + &off("TLS 1.2", "Client");
    let (says, _) = weighed(&settings(&text), old_client());
    assert_eq!(
        says,
        [
            r"this client matches a.reg: TLS 1.0 at most as a client, because Protocols\TLS 1.2\Client Enabled=0"
        ]
    );
}

/// Without the version of Windows, no more is said than that a version is off: what is not set may be
/// on or not. A value that switches a version on explains nothing.
#[test]
fn an_unknown_windows_is_not_guessed() {
    let (says, _) = weighed(&of_unknown(&off("TLS 1.2", "Client")), old_client());
    assert_eq!(
        says,
        [
            r"this client matches a.reg: TLS 1.2 is off as a client, because Protocols\TLS 1.2\Client Enabled=0"
        ]
    );
    let on = format!("[{PROTOCOLS}\\TLS 1.2\\Client]\n\"Enabled\"=dword:1\n");
    assert!(weighed(&of_unknown(&on), old_client()).0.iter().all(|it| !it.contains("matches")));
    let cite = |setting: &Setting| setting.to_string();
    let of_side = |text: &str| {
        let settings = of_unknown(text);
        Host { settings: &settings, name: "a.reg", cite: &cite }
            .of_side(VERSIONS[0], Some(Side::Client))
    };
    let says = of_side(&off("TLS 1.2", "Client")).unwrap();
    assert!(says.starts_with("TLS 1.2 is off as a client, because"), "{says}");
    assert_eq!(of_side(&on), None);
}

/// A server that refuses what the settings refuse matches them; by its address it is certain.
#[test]
fn a_server_matches_or_is_known() {
    let text = off("TLS 1.0", "Server");
    let forty = || {
        let hello = Hello { version: 0x0301, ..Hello::tls12() };
        Story::new().client_hello(&hello).alert(Side::Server, Alert::HANDSHAKE_FAILURE)
    };
    let (says, confidence) = weighed(&settings(&text), forty());
    assert!(says.iter().any(|it| it.contains(r"this server matches a.reg: it takes")), "{says:?}");
    assert_eq!(confidence, Confidence::Likely);
    let server = forty().session().server.ip().unwrap().to_string();
    let (says, confidence) = weighed(&settings(&(text + &interface(&server))), forty());
    assert!(
        says[0]
            .starts_with("this server is the machine of a.reg: it takes SSL 3.0, TLS 1.1, TLS 1.2"),
        "{says:?}"
    );
    assert!(says[0].ends_with(r"because Protocols\TLS 1.0\Server Enabled=0"), "{says:?}");
    assert_eq!(confidence, Confidence::Certain);
}

/// Where neither side is set like that, it is said, and nothing is raised.
#[test]
fn contradictions_are_said() {
    let (says, _) = weighed(&settings(""), old_client());
    assert_eq!(
        says,
        ["neither side is as a.reg sets it: as the client SChannel there offers TLS 1.2; as the \
          server SChannel there takes TLS 1.0"]
    );
    // Of another machine nothing is said.
    assert!(weighed(&settings(&interface("192.0.2.99")), old_client()).0.is_empty());
}

/// A cause that settings cannot explain is left alone.
#[test]
fn other_causes_are_left_alone() {
    let text = off("TLS 1.2", "Client");
    let story =
        Story::new().client_hello(&Hello::tls12()).alert(Side::Server, Alert::UNRECOGNIZED_NAME);
    assert!(weighed(&settings(&text), story).0.is_empty());
}

/// An event of the machine itself: the version is off that the program asks for.
#[test]
fn events_are_of_a_machine() {
    let name = "[HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n\
                \"ComputerName\"=\"APP07\"\n";
    let settings = settings(&(off("TLS 1.0", "Client") + name));
    let weigh = |host: &str| {
        let mut sighting = Sighting::of_reason("no protocols available").unwrap();
        sighting.role = Some(Side::Client);
        sighting.host = Some(host.into());
        let cause = crate::cause(NOTHING).unwrap();
        let mut findings = vec![Finding::new(cause, Confidence::Possible, Some(Side::Client))];
        let cite = |setting: &Setting| setting.to_string();
        Host { settings: &settings, name: "a.reg", cite: &cite }
            .weigh_sighting(&mut findings, &sighting);
        (
            findings[0].evidence.iter().map(|it| it.says.clone()).collect::<Vec<_>>(),
            findings[0].confidence,
        )
    };
    let (says, confidence) = weigh("app07.contoso.example");
    assert!(
        says[0].starts_with("of a.reg: ") && says[0].contains("TLS 1.0 off, because"),
        "{says:?}"
    );
    assert_eq!(confidence, Confidence::Likely);
    assert!(weigh("other.contoso.example").0.is_empty());
}

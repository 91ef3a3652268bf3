//! Each event of the manifests, each state, and what they point at.

use logs::{Stamp, Sure};

use super::*;
use crate::{Field, Value};

/// What the manifests say of an event: its fields, those of build 7600 up to the bar.
const EVENTS: &[(u32, &str)] = &[
    (36864, ""),
    (36865, "ModuleName:text Error:hex"),
    (36867, "Type:side __binLength:length binaryData:bytes"),
    (
        36868,
        "Type:side CSPName:text CSPType:number KeyName:text KeyType:text KeyFlags:hex \
         __binLength:length EncodedCert:certificate",
    ),
    (36869, "Type:side __binLength:length binaryData:certificate"),
    (36870, "Type:side ErrorCode:hex ErrorStatus:number"),
    (36871, "Type:side ErrorState:number"),
    (36872, "Type:side ErrorCode:hex CertFlags:hex __binLength:length CredContext:certificate"),
    (36873, ""),
    (36874, "Protocol:text"),
    (36875, ""),
    (36876, "ErrorCode:hex __binLength:length pCertificateContext:certificate"),
    (36877, "ErrorCode:hex __binLength:length pCertificateContext:certificate"),
    (36878, "ErrorCode:hex __binLength:length pCertificateContext:certificate"),
    (36879, "ErrorCode:hex __binLength:length pCertificateContext:certificate"),
    (
        36880,
        "Type:side Protocol:text CipherSuite:hex ExchangeStrength:number | ContextHandle:hex \
         TargetName:text LocalCertSubjectName:text RemoteCertSubjectName:text",
    ),
    (36881, "__binLength:length certificateContext:certificate"),
    (36882, "__binLength:length certificateContext:certificate"),
    (36883, "__binLength:length certificateContext:certificate"),
    (36884, "Name:text __binLength:length certificateContext:certificate"),
    (36885, ""),
    (36886, ""),
    (36887, "AlertDesc:alert"),
    (36888, "AlertDesc:alert ErrorState:number | TargetName:text"),
    (36889, "Type:side ErrorCode:hex __binLength:length CredContext:certificate"),
    (36896, "new"),
    (36897, "new"),
    (36898, "new"),
    (36899, "new"),
    (36912, "new Path:text"),
    (
        36928,
        "new FailureReason:text OCSPResponderURL:text ThisUpdate:text NextUpdate:text \
         __binLength:length Certificate:certificate",
    ),
];

/// Some moment of the year 2026.
const NOW: Stamp = Stamp { nanoseconds: 1_795_000_000_000_000_000, zone: true };

fn record(id: u32, fields: &[(&str, &str)]) -> Record {
    let field = |(name, value): &(&str, &str)| Field {
        name: Some((*name).to_owned()),
        value: Value::Text((*value).to_owned()),
    };
    let fields = fields.iter().map(field).collect();
    Record { provider: "Schannel".into(), id, time: Some(NOW), fields, ..Record::default() }
}

/// The record of an event with these bytes as its certificate.
fn with_certificate(id: u32, field: &str, fields: &[(&str, &str)], bytes: Vec<u8>) -> Record {
    let mut record = record(id, fields);
    record.fields.push(Field { name: Some(field.to_owned()), value: Value::Binary(bytes) });
    record
}

fn failure_of(record: &Record) -> Sighting {
    match told(record) {
        Some(Told::Failure(sighting)) => *sighting,
        other => panic!("{other:?}"),
    }
}

fn causes(sighting: &Sighting) -> Vec<(&'static str, Sure)> {
    sighting.suspects.iter().map(|suspect| (suspect.cause, suspect.sure)).collect()
}

/// The records of an event, as both builds have it.
fn of_manifest(id: u32, fields: &str) -> Vec<Record> {
    let value = |kind: &str| match kind {
        "text" => Value::Text("mail.example.test".into()),
        "side" => Value::Text("Server".into()),
        "hex" => Value::Text("0x8009030d".into()),
        "number" => Value::Text("10001".into()),
        "alert" => Value::Text("40".into()),
        "length" => Value::Text("368".into()),
        "bytes" => Value::Binary(vec![1, 2, 3]),
        "certificate" => Value::Binary(attached::tests::der()),
        other => panic!("{other}"),
    };
    let read = |fields: &str| {
        let fields = fields.split_whitespace().filter(|word| !["new", "|"].contains(word));
        let named = fields.map(|word| word.split_once(':').unwrap());
        let fields =
            named.map(|(name, kind)| Field { name: Some(name.to_owned()), value: value(kind) });
        Record { fields: fields.collect(), ..record(id, &[]) }
    };
    let old = fields.split('|').next().filter(|old| !old.starts_with("new"));
    old.into_iter().chain([fields]).map(read).collect()
}

/// Every event of both manifests tells something, the certificate in it included; what is no failure
/// is not told as one.
#[test]
fn every_event_of_the_manifests() {
    let mut rows = 0;
    for (id, fields) in EVENTS {
        for record in of_manifest(*id, fields) {
            rows += 1;
            let told = told(&record).unwrap_or_else(|| panic!("{id}"));
            let has_certificate = fields.contains(":certificate");
            match told {
                Told::Failure(sighting) => {
                    let event = sighting.event.as_ref().unwrap();
                    assert_eq!((event.id, &event.ids[..]), (*id, &[*id][..]));
                    assert!(sighting.words.starts_with(&id.to_string()), "{}", sighting.words);
                    assert_eq!(event.certificate.is_some(), has_certificate, "{id}");
                    assert_eq!(event.error.is_some(), fields.contains(":hex"), "{id}");
                    let alert = fields.contains("AlertDesc").then_some(Alert::HANDSHAKE_FAILURE);
                    assert_eq!(sighting.alert, alert, "{id}");
                    assert!(logs::schannel_event(*id).unwrap().voice.is_some(), "{id}");
                }
                Told::Handshake(handshake) => {
                    assert_eq!((*id, handshake.server), (36880, Some(true)));
                    assert_eq!(handshake.protocol.as_deref(), Some("mail.example.test"));
                }
                Told::Credential(credential) => {
                    assert_eq!((*id, credential.server), (36868, Some(true)));
                    assert!(credential.certificate.is_some() && credential.key.is_some());
                }
                Told::Notice(number) => {
                    assert_eq!(number, *id);
                    assert!(logs::schannel_event(*id).unwrap().voice.is_none(), "{id}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(rows, 56);
}

/// An event says for itself which side this machine was, or its field or its state does.
#[test]
fn which_side_this_machine_was() {
    let side = |record: &Record| failure_of(record).role;
    assert_eq!(side(&record(36874, &[("Protocol", "TLS 1.2")])), SERVER);
    assert_eq!(side(&record(36875, &[])), CLIENT);
    assert_eq!(side(&record(36871, &[("Type", "client"), ("ErrorState", "10013")])), CLIENT);
    assert_eq!(side(&record(36871, &[("Type", "Serveur"), ("ErrorState", "10013")])), None);
    let alert = |state: &str| record(36888, &[("AlertDesc", "40"), ("ErrorState", state)]);
    assert_eq!(side(&alert("1205")), SERVER);
    assert_eq!(side(&alert("808")), CLIENT);
    assert_eq!(side(&alert("960")), None);
    assert_eq!(side(&alert("77")), None);
}

/// What each combination of an alert and a state points at first.
#[test]
fn alerts_and_states() {
    let first = |alert: &str, state: &str| {
        let fields = [("AlertDesc", alert), ("ErrorState", state)];
        causes(&failure_of(&record(36888, &fields))).first().copied()
    };
    for (alert, state, cause, sure) in [
        ("40", "1205", "no-shared-cipher", Sure::Likely),
        ("80", "1250", "schannel-keyspec", Sure::Likely),
        ("80", "1051", "schannel-keyspec", Sure::Likely),
        ("20", "960", "dhe-leading-zero", Sure::Possible),
        ("10", "1203", "plaintext-http-on-tls-port", Sure::Possible),
        ("70", "105", "client-min-version-above-server-max", Sure::Likely),
        ("40", "252", "chain-sigalg-not-offered", Sure::Likely),
        ("120", "1208", "alpn-no-overlap", Sure::Certain),
        ("46", "553", "hostname-mismatch", Sure::Likely),
    ] {
        assert_eq!(first(alert, state), Some((cause, sure)), "{alert}, {state}");
    }
    assert_eq!(first("40", "4711"), None);
}

/// What events without an alert point at first.
#[test]
fn events_alone() {
    let key = [("Type", "server"), ("ErrorCode", "0x8009030D"), ("ErrorStatus", "10001")];
    for (id, fields, cause) in [
        (36870, &key[..], "private-key-permission"),
        (36871, &[("Type", "client"), ("ErrorState", "10013")], "no-protocol-enabled-locally"),
        (36873, &[], "no-protocol-enabled-locally"),
        (36869, &[("Type", "server")], "server-has-no-usable-certificate"),
        (36869, &[("Type", "client")], "client-cert-not-selected"),
        (36874, &[("Protocol", "TLS 1.2")], "no-shared-cipher"),
        (36874, &[("Protocol", "TLS 1.0")], "client-max-version-below-server-min"),
        (36875, &[], "client-cert-not-selected"),
        (36876, &[("ErrorCode", "0x80092010")], "revoked"),
        (36879, &[("ErrorCode", "0x0")], "client-cert-not-mapped"),
        (36885, &[], "issuer-list-too-long"),
        (36886, &[], "server-has-no-usable-certificate"),
    ] {
        let found = causes(&failure_of(&record(id, fields)));
        assert_eq!(found.first().map(|(cause, _)| *cause), Some(cause), "{id}: {found:?}");
    }
}

/// The certificate in an event, the time and the name that was expected say what the event leaves
/// open.
#[test]
fn what_the_certificate_says() {
    let expired = with_certificate(36881, "certificateContext", &[], attached::tests::context());
    assert_eq!(
        causes(&failure_of(&expired)),
        [
            ("expired-chain-member", Sure::Likely),
            ("expired-leaf", Sure::Likely),
            ("clock-skew", Sure::Possible),
            ("not-yet-valid", Sure::Possible),
            ("client-cert-expired", Sure::Possible),
        ]
    );
    let at = |year: i64, zone: bool| {
        let nanoseconds = (year - 1970) * 31_556_952 * 1_000_000_000;
        Record { time: Some(Stamp { nanoseconds, zone }), ..expired.clone() }
    };
    let later = failure_of(&at(2028, false));
    assert_eq!(causes(&later), [("expired-leaf", Sure::Certain)]);
    assert_eq!(causes(&failure_of(&at(2025, true)))[0], ("not-yet-valid", Sure::Likely));

    let named = |name: &str| {
        let fields = [("Name", name)];
        with_certificate(36884, "certificateContext", &fields, attached::tests::der())
    };
    let other = failure_of(&named("www.example.test"));
    assert_eq!(other.name.as_deref(), Some("www.example.test"));
    assert_eq!(other.words, "36884 name www.example.test");
    assert_eq!(causes(&other), [("hostname-mismatch", Sure::Certain)]);
    assert_eq!(causes(&failure_of(&named("MAIL.example.test")))[0].1, Sure::Likely);

    let own = with_certificate(36882, "certificateContext", &[], attached::tests::der());
    assert_eq!(causes(&failure_of(&own))[0], ("self-signed-server", Sure::Likely));
    let none = failure_of(&with_certificate(36882, "certificateContext", &[], vec![7; 9]));
    let event = none.event.unwrap();
    let fact = ("attached bytes", "9 bytes that are no certificate".to_owned());
    assert!(event.certificate.is_none() && event.facts.contains(&fact));
}

/// The process that speaks TLS, the code with its sign, and what an event tells beside.
#[test]
fn what_else_an_event_tells() {
    let key = failure_of(&record(
        36870,
        &[
            ("CallerProcessId", "696"),
            ("CallerProcessImageName", "w3wp.exe"),
            ("Type", "server"),
            ("ErrorCode", "-2146893043"),
            ("ErrorStatus", "10001"),
        ],
    ));
    assert_eq!(key.words, "36870 server credential, error 0x8009030D, error state 10001");
    let event = key.event.unwrap();
    let process = Process { id: Some(696), image: Some("w3wp.exe".into()) };
    assert_eq!(event.process, Some(process));
    let fact = |label: &str| event.facts.iter().find(|(known, _)| *known == label).unwrap();
    assert!(fact("error state").1.contains("Cred_GetServerPrivateKeyFailed"));
    assert!(fact("error code").1.contains("SEC_E_UNKNOWN_CREDENTIALS"));
    let named = [("AlertDesc", "46"), ("ErrorState", "552"), ("TargetName", "a.test")];
    let alert = failure_of(&record(36888, &named));
    assert_eq!(alert.name.as_deref(), Some("a.test"));
    assert!(alert.event.unwrap().facts.iter().any(|(label, _)| *label == "on the wire"));
}

/// A server that judged a client's certificate: whatever the error is, the causes are the client's,
/// and where no account was found, that comes first.
#[test]
fn a_clients_certificate_has_a_clients_faults() {
    let causes = |id: u32, error: &str| {
        let failure = failure_of(&record(id, &[("ErrorCode", error)]));
        let causes = failure.suspects.iter().map(|suspect| suspect.cause);
        causes.map(str::to_owned).collect::<Vec<_>>()
    };
    for error in
        ["0x800B0109", "0x80090325", "0x80092004", "0x800B0101", "0x800B010F", "0x800B010C"]
    {
        for id in [36877, 36878, 36879] {
            let causes = causes(id, error);
            let of_servers = logs::FAULTS.iter().map(|(server, _)| *server);
            let of_servers = of_servers.chain([
                "hostname-mismatch",
                "key-usage-mismatch",
                "server-has-no-usable-certificate",
            ]);
            for cause in of_servers {
                assert!(!causes.contains(&cause.to_owned()), "{id} {error} {causes:?}");
            }
            let unmapped = causes.first().is_some_and(|cause| cause == "client-cert-not-mapped");
            assert_eq!(unmapped, id != 36877, "{id} {error} {causes:?}");
        }
    }
    assert_eq!(causes(36877, "0x800B0109")[0], "server-does-not-trust-client-ca");
    assert_eq!(causes(36876, "0x800B0109")[0], "untrusted-root");
}

/// Times are told in the form that people read, and what is no time as it is.
#[test]
fn times_are_plain() {
    assert_eq!(plain("2026-11-12T00:00:00.0000000Z"), "2026-11-12 00:00:00 UTC");
    for other in ["http://ocsp.example.test/TOZ", "TZ", "", "C:\\key.bin"] {
        assert_eq!(plain(other), other);
    }
}

/// Another provider's event of the same number is not SChannel's, and a text without a provider is.
#[test]
fn whose_event_it_is() {
    let mut other = record(36887, &[("AlertDesc", "48")]);
    other.provider = "Application Error".into();
    assert!(told(&other).is_none());
    other.provider = String::new();
    assert!(told(&other).is_some());
    other.id = 4624;
    assert!(told(&other).is_none());
}

/// Every state has words for the one who reads them, and both halves agree about the side.
#[test]
fn every_state_has_words() {
    let mut states = 0;
    for state in 0..=10_015 {
        let Some(spelled) = logs::schannel_state(state) else { continue };
        states += 1;
        let Some(refusal) = spelled.refusal else {
            assert_eq!(state, 0);
            continue;
        };
        let says = refusal.says;
        let verb = says.split(' ').next().unwrap();
        assert!(["received", "found", "could", "was", "saw", "built"].contains(&verb), "{says}");
        assert!(says.len() < 90 && !says.ends_with('.'), "{says}");
        let name = spelled.says.split(' ').nth(1).unwrap();
        let by_name = SIDES.iter().find(|(front, _)| name.starts_with(front)).map(|(_, side)| side);
        assert_eq!(refusal.role.as_ref(), by_name, "{name}");
    }
    assert_eq!(states, 171);
}

/// How the names of states begin that one side alone has.
const SIDES: &[(&str, Side)] = &[
    ("ServerHello", Side::Client),
    ("SrvHelloRsp", Side::Client),
    ("CertStatus", Side::Client),
    ("GenVerify", Side::Client),
    ("DigestCertReq", Side::Client),
    ("ServerCert", Side::Client),
    ("ClientCke", Side::Client),
    ("SessionTicket_Cli", Side::Client),
    ("HelloReq_Wrap", Side::Server),
    ("SrvReconnect", Side::Server),
    ("CliHelloRsp", Side::Server),
    ("NewSessionTicket_Wrap", Side::Server),
    ("ServerSke", Side::Server),
    ("SrvCli", Side::Server),
    ("ValidateCertVerify", Side::Server),
    ("NextProtocol_Unexpected", Side::Server),
    ("NextProtocol_Invalid", Side::Server),
];

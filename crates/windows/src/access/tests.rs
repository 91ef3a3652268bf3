//! Events as NPS, EAP methods and stations write them.

use super::*;

fn nps(id: u32, method: &str, reason: &str) -> Option<Told> {
    let fields = [
        ("SubjectUserName", "host/pc7.example"),
        ("FullyQualifiedSubjectUserName", "EXAMPLE\\pc7$"),
        ("SubjectMachineName", "-"),
        ("CalledStationID", "00-19-92-0C-E4-E9:office"),
        ("CallingStationID", "B8-E8-56-A8-D4-D9"),
        ("NASIPv4Address", "192.0.2.15"),
        ("NASIdentifier", "-"),
        ("ClientName", "switch 3"),
        ("ClientIPAddress", "192.0.2.15"),
        ("NetworkPolicyName", "wired"),
        ("AuthenticationType", method),
        ("EAPType", "Microsoft: Smartcard- oder anderes Zertifikat"),
        ("ReasonCode", reason),
        ("Reason", "In der Sprache des Rechners."),
    ];
    told(&Record::built(SECURITY, id, &fields))
}

fn failure(told: Option<Told>) -> Sighting {
    match told {
        Some(Told::Failure(sighting)) => *sighting,
        other => panic!("{other:?}"),
    }
}

fn first(sighting: &Sighting) -> Option<(&'static str, Sure)> {
    sighting.suspects.first().map(|suspect| (suspect.cause, suspect.sure))
}

/// NPS says by a number what was wrong with the station's certificate, and who the station is.
#[test]
fn nps_denies_by_number() {
    let denied = failure(nps(DENIED, "EAP", "265"));
    assert_eq!(first(&denied), Some(("server-does-not-trust-client-ca", Sure::Certain)));
    assert_eq!((denied.voice, denied.role), (Voice::Refused, Some(Side::Server)));
    assert_eq!(denied.peer.unwrap().name.as_deref(), Some("B8-E8-56-A8-D4-D9"));
    assert!(denied.words.starts_with("6273 reason 265: the station's certificate ends at a root"));
    let event = denied.event.unwrap();
    let fact = |label: &str| {
        event.facts.iter().find(|(own, _)| *own == label).map(|(_, text)| text.as_str())
    };
    assert_eq!(fact("Windows says"), Some("In der Sprache des Rechners."));
    assert_eq!(fact("account"), Some("EXAMPLE\\pc7$"));
    assert_eq!(fact("RADIUS client"), Some("switch 3, 192.0.2.15"));
    assert_eq!(fact("NAS"), Some("192.0.2.15"));
    assert!(fact("what to do").is_some_and(|remedy| remedy.contains("NTAuth")));
}

/// A name that fits no account is a certificate's in EAP-TLS, and a password's in PEAP.
#[test]
fn the_method_decides() {
    assert_eq!(first(&failure(nps(DENIED, "EAP", "16"))).unwrap().0, "client-cert-not-mapped");
    assert_eq!(first(&failure(nps(DENIED, "PEAP", "16"))).unwrap().0, INNER);
    // A reason out of TLS is one whatever the method's name is called.
    assert!(nps(DENIED, "-", "268").is_some());
}

/// Without EAP there is no TLS, and what has no number that concerns it is not told.
#[test]
fn other_denials_are_left_out() {
    assert!(nps(DENIED, "MS-CHAPv2", "16").is_none());
    assert!(nps(DENIED, "-", "48").is_none());
    assert!(nps(DENIED, "EAP", "113").is_none());
    assert!(nps(DENIED, "EAP", "no number").is_none());
    assert!(nps(4625, "EAP", "16").is_none());
}

/// Who was let in is the control group; who got no answer was not refused.
#[test]
fn granted_and_discarded() {
    assert!(matches!(nps(GRANTED, "EAP", "0"), Some(Told::Handshake(_))));
    assert!(nps(GRANTED, "PAP", "0").is_none());
    let discarded = failure(nps(DISCARDED, "EAP", "262"));
    assert_eq!((discarded.voice, first(&discarded).unwrap().0), (Voice::Lost, "eap-fragment-loss"));
}

/// Numbers are told once, in their order, with words that fit into a sentence.
#[test]
fn the_table_is_in_order() {
    assert!(reasons::REASONS.is_sorted_by(|one, next| one.code < next.code));
    for reason in reasons::REASONS {
        assert!(!reason.says.ends_with('.') && !reason.remedy.ends_with('.'), "{}", reason.code);
        assert!(reason.causes.is_sorted_by_key(|suspect| suspect.sure), "{}", reason.code);
    }
}

/// The EAP method tells what was wrong, by event and by error, with and without names of fields.
#[test]
fn methods_fail() {
    let method =
        |id, error| told(&Record::built(METHODS, id, &[("uint1", "13"), ("uint2", error)]));
    let untrusted = failure(method(UNTRUSTED, "2148204809"));
    assert_eq!(first(&untrusted).unwrap().0, "untrusted-root");
    let event = untrusted.event.unwrap();
    assert_eq!(event.error, Some(0x800B_0109));
    assert_eq!(event.facts, [("EAP type", "EAP-TLS".to_owned())]);
    assert_eq!(first(&failure(method(REVOKED, "0"))), Some(("revoked", Sure::Certain)));
    // 0x80090331: no cipher suite in common.
    assert_eq!(first(&failure(method(FAILED, "2148074289"))).unwrap().0, "no-shared-cipher");
    assert!(method(FAILED, "1168").is_none());
    let mut nameless = Record::built(METHODS, FAILED, &[("", "25"), ("", "2148074289")]);
    nameless.fields.iter_mut().for_each(|field| field.name = None);
    assert_eq!(first(&failure(told(&nameless))).unwrap().0, "no-shared-cipher");
    assert!(matches!(method(SUCCEEDED, "0"), Some(Told::Handshake(_))));
    let fields = [("CAThumbprint", "AB01"), ("ServerName", "nps.example")];
    let Some(Told::Chain(chain)) = told(&Record::built(METHODS, CERTIFICATE, &fields)) else {
        panic!("no certificate");
    };
    assert_eq!(chain.thumbprint.as_deref(), Some("AB01"));
    assert_eq!(chain.certificate.unwrap().subject, "nps.example");
}

/// A station says whether it refused the server or was refused.
#[test]
fn stations_say_who_refused() {
    let radio = |reason: &str, eap: &str, error: &str| {
        let fields = [
            ("SSID", "office"),
            ("Identity", "host/pc7.example"),
            ("ReasonText", "x"),
            ("ReasonCode", reason),
            ("ErrorCode", error),
            ("EAPReasonCode", eap),
        ];
        told(&Record::built("Microsoft-Windows-WLAN-AutoConfig", 12013, &fields))
    };
    let refused = failure(radio("0x50005", "0x80420400", "0x80420400"));
    assert_eq!(first(&refused), Some(("untrusted-root", Sure::Certain)));
    assert_eq!(refused.refused_by(), Some(Side::Client));
    let own = failure(radio("0x50005", "0x80420102", "0x0"));
    assert_eq!((first(&own).unwrap().0, own.refused_by()), ("client-cert-expired", None));
    let by_code = failure(radio("0x50005", "0x0", "0x800B0109"));
    assert_eq!(first(&by_code).unwrap().0, "untrusted-root");
    let of_server = |suspect: &Suspect| suspect.cause != "server-does-not-trust-client-ca";
    assert!(by_code.suspects.iter().all(of_server));
    let denied = failure(radio("0x50005", "0x0", "0x0"));
    assert_eq!((denied.voice, denied.suspects.len()), (Voice::Heard, 3));
    assert!(radio("0x50001", "0x0", "0x525").is_none());
    assert!(radio("0x0", "0x0", "0x0").is_none());
}

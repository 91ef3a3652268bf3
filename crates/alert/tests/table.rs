//! What holds for every entry of the table, and the facts that are easily got wrong.

use std::collections::BTreeSet;

use tls_alert::{
    Alert, Assignment, Level, LevelRule, LevelVerdict, Senders, Side, Stage, Status, Version,
};

/// The table and its list of unregistered codes are in order, without doubles, and apart.
#[test]
fn codes_are_in_order_and_unique() {
    let registered: Vec<_> = Alert::all().collect();
    let field: Vec<_> = Alert::unregistered().collect();
    assert_eq!(registered.len(), 37);
    assert!(registered.is_sorted_by(|a, b| a < b));
    assert!(field.is_sorted_by(|a, b| a < b));
    assert!(field.iter().all(|alert| !registered.contains(alert)));
    let names: BTreeSet<_> = registered.iter().chain(&field).filter_map(|a| a.name()).collect();
    assert_eq!(names.len(), registered.len() + field.len());
}

/// No byte makes any of the answers panic, and each is printed with its number.
#[test]
fn every_byte_has_answers() {
    for code in 0..=u8::MAX {
        let alert = Alert::from(code);
        assert!(alert.to_string().starts_with(&format!("{code} ")), "{alert}");
        let known = alert.assignment() != Assignment::Unassigned;
        assert_eq!(alert.name().is_some(), known, "{alert}");
        assert_eq!(alert.meaning().is_empty(), !known, "{alert}");
        for version in Version::ALL {
            let _ = (alert.status(version), alert.senders(version), alert.level_rule(version));
            for level in 0..=u8::MAX {
                let _ = alert.level_verdict(Level::from(level), version);
            }
        }
    }
    assert_eq!(Alert(48).to_string(), "48 unknown_ca");
    assert_eq!(Alert(99).to_string(), "99 (unassigned)");
    assert_eq!(Alert(200).to_string(), "200 unsupported_site2site (unregistered)");
}

/// `says` completes "the client ...": lower case, past tense, one clause without a full stop, and
/// different for each alert.
#[test]
fn says_completes_a_sentence_about_a_side() {
    let irregular = ["found", "said", "had", "did", "was", "could"];
    let mut seen = BTreeSet::new();
    for alert in (0..=u8::MAX).map(Alert).filter(|a| a.assignment() != Assignment::Unassigned) {
        let says = alert.says();
        let verb = says.split(' ').next().unwrap();
        assert!(verb.ends_with("ed") || irregular.contains(&verb), "past tense: {alert} {says}");
        assert!(verb.bytes().all(|b| b.is_ascii_lowercase()), "lower case: {alert} {says}");
        assert!(!says.ends_with(['.', '!', ' ']) && !says.contains("  "), "{alert} {says}");
        assert!(says.len() <= 80, "short: {alert} {says}");
        assert!(seen.insert(says), "its own: {alert} {says}");
    }
}

/// Meanings and remarks are whole sentences, with single spaces.
#[test]
fn meanings_and_remarks_are_sentences() {
    for alert in (0..=u8::MAX).map(Alert) {
        let meaning = Some(alert.meaning()).filter(|text| !text.is_empty());
        for text in meaning.into_iter().chain(alert.remark()) {
            assert!(text.ends_with('.') && !text.contains("  ") && text.trim() == text, "{text}");
            assert!(!text.starts_with(|c: char| c.is_lowercase()), "{text}");
        }
    }
}

/// A reader may type a name in any of the usual spellings, with or without the suffix.
#[test]
fn names_are_found_in_any_spelling() {
    for alert in Alert::all().chain(Alert::unregistered()) {
        let name = alert.name().unwrap();
        for spelling in [
            name.to_owned(),
            name.to_uppercase(),
            name.replace('_', "-"),
            name.replace('_', " "),
            name.replace('_', ""),
            name.trim_end_matches("_RESERVED").to_owned(),
        ] {
            assert_eq!(Alert::from_name(&spelling), Some(alert), "{spelling}");
        }
    }
    for nonsense in ["", "_", "_RESERVED", "reserved", "certifcate_expired", "unknown_ca\0", "48"] {
        assert_eq!(Alert::from_name(nonsense), None, "{nonsense:?}");
    }
}

/// Each alert has documents, the one in force last, and moments in the order of a handshake.
#[test]
fn every_alert_has_documents_and_stages() {
    for alert in Alert::all() {
        let references = alert.references();
        let newest = references.iter().map(|reference| reference.rfc).max();
        assert!(newest.is_some(), "{alert}");
        assert_eq!(references.last().map(|last| last.rfc), newest, "{alert}");
        assert!(references.iter().all(|r| !r.section.is_empty()), "{alert}");
        assert!(!alert.stages().is_empty(), "{alert}");
        assert!(alert.stages().is_sorted_by(|a, b| a < b), "{alert}");
    }
    assert!(Stage::ALL.is_sorted());
    let last = Alert::UNKNOWN_CA.references().last().unwrap();
    assert_eq!(last.to_string(), "RFC 9846 §6.2");
}

/// SSL 3.0 knows twelve alerts, all with one number per meaning to this day.
#[test]
fn ssl3_knows_twelve_alerts() {
    assert_eq!(
        with(Version::Ssl30, Status::Defined),
        [0, 10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47]
    );
    assert!(with(Version::Ssl30, Status::Extension).is_empty());
}

/// TLS 1.2 has reserved three alerts; TLS 1.3 has reserved seven, and adds five, one by extension.
#[test]
fn versions_reserve_and_add_alerts() {
    assert_eq!(with(Version::Tls12, Status::Reserved), [21, 41, 60]);
    assert_eq!(with(Version::Tls13, Status::Reserved), [21, 30, 41, 60, 100, 111, 114]);
    assert_eq!(with(Version::Tls13, Status::Extension), [121]);
    assert_eq!(with(Version::Tls13, Status::Undefined), [52]);
    assert_eq!(with(Version::Tls12, Status::Undefined), [52, 109, 116, 117, 121]);
    assert!(with(Version::Dtls13, Status::Undefined).is_empty());
}

/// DTLS 1.0 and 1.2 know what TLS 1.1 and 1.2 know.
#[test]
fn dtls_follows_its_tls() {
    for alert in (0..=u8::MAX).map(Alert) {
        for (datagram, stream) in
            [(Version::Dtls10, Version::Tls11), (Version::Dtls12, Version::Tls12)]
        {
            assert_eq!(alert.status(datagram), alert.status(stream));
            assert_eq!(alert.level_rule(datagram), alert.level_rule(stream));
        }
    }
}

/// In TLS 1.3 every alert but the two of closure is fatal, unknown ones included, and a wrong level
/// is ignored, never forbidden.
#[test]
fn tls13_goes_by_the_code() {
    for alert in (0..=u8::MAX).map(Alert) {
        let expected = match alert {
            Alert::CLOSE_NOTIFY => LevelRule::Warning,
            Alert::USER_CANCELED => LevelRule::MostlyWarning,
            _ => LevelRule::Fatal,
        };
        assert_eq!(alert.level_rule(Version::Tls13), expected, "{alert}");
        for level in [Level::Warning, Level::Fatal, Level::Unknown(0)] {
            let verdict = alert.level_verdict(level, Version::Tls13);
            assert!(matches!(verdict, LevelVerdict::Allowed | LevelVerdict::Ignored), "{alert}");
        }
    }
}

/// The level rules that depend on the version or are unlike those of their neighbours.
#[test]
fn level_rules_before_tls13() {
    use LevelVerdict::{Allowed, Discouraged, Forbidden};
    let warning = |alert: Alert, version| alert.level_verdict(Level::Warning, version);
    assert_eq!(warning(Alert::DECRYPT_ERROR, Version::Tls11), Allowed);
    assert_eq!(warning(Alert::DECRYPT_ERROR, Version::Tls12), Forbidden);
    assert_eq!(warning(Alert::UNRECOGNIZED_NAME, Version::Tls12), Discouraged);
    assert_eq!(warning(Alert::BAD_CERTIFICATE, Version::Tls12), Allowed);
    assert_eq!(warning(Alert::UNKNOWN_CA, Version::Tls12), Forbidden);
    assert_eq!(warning(Alert(99), Version::Tls12), Allowed);
    let fatal = Alert::NO_RENEGOTIATION.level_verdict(Level::Fatal, Version::Tls12);
    assert_eq!(fatal, Forbidden);
}

/// The alerts with one sender, and the two for which the version decides.
#[test]
fn senders_follow_the_version() {
    let only = |senders| -> Vec<u8> {
        Alert::all().filter(|a| a.senders(Version::Tls13) == senders).map(Alert::code).collect()
    };
    assert_eq!(only(Senders::Client), [41, 113, 121]);
    assert_eq!(only(Senders::Server), [71, 86, 111, 112, 114, 115, 116, 120]);
    assert_eq!(Alert::UNSUPPORTED_EXTENSION.senders(Version::Tls12), Senders::Client);
    assert_eq!(Alert::INSUFFICIENT_SECURITY.senders(Version::Tls12), Senders::Both);
    assert!(Senders::Client.includes(Side::Client) && !Senders::Client.includes(Side::Server));
}

/// The numbers outside the registry that people ask about have an answer.
#[test]
fn numbers_outside_the_registry_are_explained() {
    let field: Vec<_> = Alert::unregistered().map(Alert::code).collect();
    assert_eq!(field, [1, 200, 201, 202, 203, 204, 205]);
    assert!(Alert(128).remark().unwrap().contains("SSLv2"));
    assert!(Alert(255).remark().unwrap().contains("110"));
    assert_eq!(Alert(128).assignment(), Assignment::Unassigned);
    assert_eq!(Alert(99).remark(), None);
}

/// The codes that have this status in this version.
fn with(version: Version, status: Status) -> Vec<u8> {
    Alert::all().filter(|alert| alert.status(version) == status).map(Alert::code).collect()
}

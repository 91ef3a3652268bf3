//! Words that people paste, and what they mean.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads the tables beside the repository, and says when they are not there"
)]

use std::fs;

use alert::Alert;
use tlswhy_logs::{
    Dialect, Voice, constants, meanings, schannel_event, schannel_state, spelled, spellings,
};

/// The code of the one alert that a word names, most likely.
fn code(word: &str) -> Option<u8> {
    spelled(word)?.alerts.single().map(Alert::code)
}

/// The codes of the alerts that a word stands for.
fn codes(word: &str) -> Vec<u8> {
    spelled(word).map(|one| one.alerts.iter().map(Alert::code).collect()).unwrap_or_default()
}

/// The codes that the refusal behind a word sends, and its first cause.
fn refusal(word: &str) -> Option<(Vec<u8>, Option<&'static str>)> {
    let one = spelled(word)?;
    assert!(one.alerts.is_empty(), "{word} names an alert: {}", one.says);
    let refusal = one.refusal?;
    let sends = refusal.sends.iter().map(Alert::code).collect();
    Some((sends, refusal.causes.first().map(|suspect| suspect.cause)))
}

/// One alert in all its clothes.
#[test]
fn unknown_ca_is_read_in_every_spelling() {
    for word in [
        "48",
        "048",
        "0x30",
        "0X30",
        "unknown_ca",
        "Unknown CA",
        "UNKNOWN-CA",
        "UnknownCA",
        "SSL_AD_UNKNOWN_CA",
        "TLS1_AD_UNKNOWN_CA",
        "TLS1_ALERT_UNKNOWN_CA",
        "TLSV1_ALERT_UNKNOWN_CA",
        "SSL_R_TLSV1_ALERT_UNKNOWN_CA",
        "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
        "tlsv1 alert unknown ca",
        "GNUTLS_A_UNKNOWN_CA",
        "CA is unknown",
        "MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA",
        "SSL_ERROR_UNKNOWN_CA_ALERT",
        "-12195",
        "errSSLPeerUnknownCA",
        "-9831",
        "(-9831)",
        "SEC_E_UNTRUSTED_ROOT",
        "0x80090325",
        "2148074277",
        "-2146893019",
        "unknown certificate authority",
        "tls: unknown certificate authority",
        "AlertReceived(UnknownCA)",
        "AlertDescription::UnknownCA",
        "alert(48)",
        "reason(1048)",
        "1048",
        "304",
        "0x130",
        "0x0130",
        "CRYPTO_ERROR 0x130",
        "560",
        "0x230",
        "CA",
        "0A000418",
        "0x0A000418",
        "error:0A000418:SSL routines::tlsv1 alert unknown ca",
        "error:a000418",
        "00000A000418",
        "167773208",
        "14094418",
        "14077418",
        "336151576",
        "14004418",
        "10000418",
        "268436504",
    ] {
        assert_eq!(code(word), Some(48), "{word}: {:?}", spelled(word));
    }
}

/// Whose word it is, and who speaks in it.
#[test]
fn a_word_tells_who_speaks() {
    for (word, dialect, voice) in [
        ("48", Dialect::Registry, None),
        ("SSL_AD_UNKNOWN_CA", Dialect::OpenSsl, None),
        ("SSL_R_TLSV1_ALERT_UNKNOWN_CA", Dialect::OpenSsl, Some(Voice::Heard)),
        ("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", Dialect::Node, Some(Voice::Heard)),
        ("0A000418", Dialect::OpenSsl, Some(Voice::Heard)),
        ("1400444C", Dialect::LibreSsl, Some(Voice::Heard)),
        ("10000416", Dialect::BoringSsl, Some(Voice::Heard)),
        ("-12195", Dialect::Nss, Some(Voice::Heard)),
        ("0x80090325", Dialect::Windows, Some(Voice::Unclear)),
        ("0A0000C1", Dialect::OpenSsl, Some(Voice::Refused)),
        ("0A000126", Dialect::OpenSsl, Some(Voice::Lost)),
        ("CERT_HAS_EXPIRED", Dialect::X509, Some(Voice::Refused)),
        ("MOZILLA_PKIX_ERROR_MITM_DETECTED", Dialect::Firefox, Some(Voice::Refused)),
        ("36888", Dialect::SChannel, Some(Voice::Said)),
        ("36887", Dialect::SChannel, Some(Voice::Heard)),
        ("-1200", Dialect::Foundation, None),
        ("0x0178", Dialect::Quic, None),
    ] {
        let one = spelled(word).unwrap();
        assert_eq!((one.dialect, one.voice), (dialect, voice), "{word}: {}", one.says);
    }
}

/// The codes of all generations of OpenSSL and its children, taken apart.
#[test]
fn packed_codes_are_taken_apart() {
    assert_eq!(code("14094410"), Some(40));
    assert_eq!(code("14077410"), Some(40));
    assert_eq!(code("1400444C"), Some(100));
    assert_eq!(code("10000416"), Some(46));
    assert_eq!(code("268436502"), Some(46));
    assert_eq!(code("167773160"), Some(0));
    assert_eq!(code("error:14094438:lib(20):func(148):reason(1080)"), Some(80));
    assert_eq!(code("0A000461"), Some(121));
    assert_eq!(refusal("1408F10B"), Some((vec![], Some("tls-to-plaintext-port"))));
    assert_eq!(refusal("336130315"), refusal("1408F10B"));
    assert_eq!(refusal("0A00010B"), refusal("1408F10B"));
    assert_eq!(refusal("140760FC").unwrap().0, [70]);
    assert_eq!(refusal("140260FC").unwrap().0, [70]);
    assert_eq!(refusal("0A000152").unwrap().1, Some("legacy-renegotiation-peer"));
    assert_eq!(refusal("0A00009C").unwrap().1, Some("plaintext-http-on-tls-port"));
    assert_eq!(refusal("268435581").unwrap().1, Some("untrusted-root"));
    assert_eq!(refusal("1000007D"), refusal("0A000086"));
    assert_eq!(refusal("0A0C0103").unwrap().0, [80]);
    assert_eq!(refusal("14094044").unwrap().0, [80]);
    assert_eq!(refusal("0B080074").unwrap().1, Some("key-cert-mismatch"));
    assert_eq!(refusal("05800074").unwrap().1, Some("key-cert-mismatch"));
    assert_eq!(refusal("80000068").unwrap().1, Some("lb-or-server-rst"));
    assert_eq!(refusal("02001068").unwrap().1, Some("lb-or-server-rst"));
    // The second line after a received alert is no alert 40.
    for word in ["140940E5", "1409E0E5", "140040E5", "100000d7"] {
        let one = spelled(word).unwrap();
        assert!(one.alerts.is_empty() && one.refusal.is_none(), "{word}: {}", one.says);
    }
    // Numbers of other libraries, and of nothing.
    assert!(spelled("0906D06C").unwrap().says.contains("not an alert"));
    for word in ["error:00000000:lib(0)", "error:00000001", "deadbeef", "FFFFFFFF"] {
        assert_eq!(spelled(word), None, "{word}");
    }
}

/// Where a code stands for many alerts, all of them are given.
#[test]
fn many_alerts_may_share_a_code() {
    assert_eq!(codes("SEC_E_CERT_UNKNOWN"), [42, 43, 46]);
    assert_eq!(codes("-2146893017"), [42, 43, 46]);
    assert_eq!(codes("0x80090330"), [21, 51]);
    assert_eq!(codes("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"), [40, 70, 71]);
    assert!(codes("net::ERR_SSL_PROTOCOL_ERROR").contains(&40));
    assert_eq!(codes("-117"), codes("ERR_BAD_SSL_CLIENT_AUTH_CERT"));
    let heard = spelled("GNUTLS_E_FATAL_ALERT_RECEIVED").unwrap();
    assert!(heard.alerts.is_empty() && heard.voice == Some(Voice::Heard));
    assert_eq!(spelled("-12"), Some(heard));
    assert_eq!(spelled("-0x7780").unwrap().voice, Some(Voice::Heard));
    assert_eq!(spelled("-30592"), spelled("-0x7780"));
    assert_eq!(spelled("0x7780"), spelled("-0x7780"));
    assert_eq!(spelled("-313").unwrap().voice, Some(Voice::Heard));
}

/// Codes that are refusals of this side say what is sent, and why.
#[test]
fn refusals_send_alerts() {
    for (word, sends, cause) in [
        ("CERT_HAS_EXPIRED", vec![45], "expired-leaf"),
        ("X509_V_ERR_CERT_HAS_EXPIRED", vec![45], "expired-leaf"),
        ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", vec![48], "missing-intermediate"),
        ("DEPTH_ZERO_SELF_SIGNED_CERT", vec![48], "self-signed-server"),
        ("ERR_TLS_CERT_ALTNAME_INVALID", vec![], "hostname-mismatch"),
        ("NO_SHARED_CIPHER", vec![40], "no-shared-cipher"),
        ("no shared cipher", vec![40], "no-shared-cipher"),
        ("ERR_SSL_NO_SHARED_CIPHER", vec![40], "no-shared-cipher"),
        ("SEC_ERROR_UNKNOWN_ISSUER", vec![48], "missing-intermediate"),
        ("-8179", vec![48], "missing-intermediate"),
        ("SSL_ERROR_BAD_CERT_DOMAIN", vec![42], "hostname-mismatch"),
        ("SSL_ERROR_RX_RECORD_TOO_LONG", vec![22], "tls-to-plaintext-port"),
        ("net::ERR_CERT_DATE_INVALID", vec![46], "expired-leaf"),
        ("-201", vec![46], "expired-leaf"),
        ("CERT_E_CN_NO_MATCH", vec![], "hostname-mismatch"),
        ("0x800B0109", vec![], "untrusted-root"),
        ("errSSLHostNameMismatch", vec![], "hostname-mismatch"),
        ("MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", vec![42, 43, 44, 45, 46, 48, 49], "untrusted-root"),
        ("DOMAIN_NAME_MISMATCH", vec![42], "hostname-mismatch"),
        ("GNUTLS_E_NO_CIPHER_SUITES", vec![40], "no-shared-cipher"),
        ("-110", vec![], "eof-without-close-notify"),
        ("ECONNRESET", vec![], "lb-or-server-rst"),
        ("0x80072F8F", vec![], "untrusted-root"),
        ("12175", vec![], "untrusted-root"),
    ] {
        assert_eq!(refusal(word), Some((sends, Some(cause))), "{word}: {:?}", spelled(word));
    }
}

/// A number that may be many things is all of them, and never an alert where it is none.
#[test]
fn bare_numbers_are_many_things() {
    let dialects = |word: &str| meanings(word).iter().map(|one| one.dialect).collect::<Vec<_>>();
    assert_eq!(dialects("20"), [Dialect::Registry, Dialect::X509]);
    assert_eq!(dialects("35"), [Dialect::Curl, Dialect::Registry]);
    assert_eq!(dialects("18"), [Dialect::X509, Dialect::Registry]);
    assert_eq!(dialects("60"), [Dialect::Registry, Dialect::Curl]);
    assert_eq!(dialects("48"), [Dialect::Registry]);
    assert_eq!(dialects("560"), [Dialect::Curl]);
    assert_eq!(dialects("256"), [Dialect::Curl]);
    assert_eq!(dialects("1205"), [Dialect::SChannel, Dialect::OpenSsl]);
    assert_eq!(dialects("1051"), [Dialect::OpenSsl, Dialect::SChannel]);
    assert_eq!(dialects("36887"), [Dialect::SChannel]);
    assert_eq!(dialects("-113"), [Dialect::Chromium]);
    assert_eq!(dialects("304"), [Dialect::Quic, Dialect::SChannel]);
    // The same number meant one thing in Mbed TLS 2 and another in 3.
    assert_eq!(dialects("-0x7800"), [Dialect::MbedTls, Dialect::MbedTls]);
    for word in ["300000", "99999999999999999999", "-7", "0x", "-", "", "ünknown", "(", "error:"] {
        let all = meanings(word);
        assert!(all.iter().all(|one| one.alerts.is_empty()), "{word}: {all:?}");
    }
}

/// Ordinary words are no spellings.
#[test]
fn ordinary_words_are_nothing() {
    for word in [
        "alert",
        "ca",
        "ok",
        "error",
        "the",
        "handshake",
        "certificate",
        "warning",
        "fatal",
        "fatal error",
        "parse error",
        "quic",
        "nginx",
        "tls",
        "connection",
        "0xzz",
        "-x",
        "48a",
        "4 8",
        "1.2.3.4",
    ] {
        assert_eq!(spelled(word), None, "{word}");
    }
    assert_eq!(spelled(&"A".repeat(100_000)), None);
}

/// Events and states of SChannel are read where the caller says that they are.
#[test]
fn schannel_is_read_on_request() {
    assert_eq!(schannel_event(36_887).unwrap().voice, Some(Voice::Heard));
    assert_eq!(schannel_event(36_888).unwrap().voice, Some(Voice::Said));
    assert_eq!(
        schannel_event(36_874).unwrap().refusal.unwrap().causes[0].cause,
        "no-shared-cipher"
    );
    assert_eq!(schannel_event(36_890), None);
    let state = schannel_state(960).unwrap();
    assert!(state.says.contains("Unwrap_DecryptFailure"), "{}", state.says);
    assert_eq!(
        schannel_state(10).unwrap().refusal.unwrap().causes[0].cause,
        "tls-to-plaintext-port"
    );
    assert_eq!(schannel_state(12_345), None);
}

/// What is written for an alert is read as that alert.
#[test]
fn spellings_are_read_again() {
    for alert in Alert::all() {
        let mut count = 0;
        for (dialect, text, voice) in spellings(alert) {
            let all = meanings(&text);
            let mut own = all.iter().filter(|one| one.alerts.contains(alert));
            assert!(own.next().is_some(), "{alert}: {dialect:?} {text}: {all:?}");
            let spoken = |one: &&tlswhy_logs::Spelled| one.voice == voice;
            let found = all.iter().filter(|one| one.alerts.contains(alert)).any(|one| spoken(&one));
            assert!(found, "{alert}: {text} by {voice:?}: {all:?}");
            count += 1;
        }
        assert!(count >= 9, "{alert} has {count} spellings");
    }
}

/// Every constant is read, and says something.
#[test]
fn constants_are_read() {
    let mut count = 0;
    for constant in constants() {
        let all = meanings(&constant);
        assert!(!all.is_empty(), "{constant}");
        assert!(all.iter().all(|one| !one.says.ends_with('.')), "{constant}");
        count += 1;
    }
    assert!(count > 900, "{count}");
}

/// No word of any bytes makes it fall.
#[test]
fn any_word_is_answered() {
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u32
    };
    let marks = [
        "error:",
        "0x",
        "-",
        "(",
        ")",
        "_",
        " ",
        "alert",
        "reason",
        "TLSV1_",
        "é",
        "\0",
        "🦀",
        "9",
        "0",
        "A",
        "F",
        "SSL_R_",
        "CRYPTO_ERROR ",
        ":",
        "unknown_ca",
    ];
    for _ in 0..20_000 {
        let count = next() % 7;
        let word: String = (0..count).map(|_| marks[next() as usize % marks.len()]).collect();
        let _ = meanings(&word);
    }
    for number in (0..2_000).chain((2_000..40_000).step_by(11)).chain([
        u32::MAX,
        1 << 31,
        0x0A00_0000,
        0x1400_0000,
    ]) {
        for word in [format!("{number}"), format!("-{number}"), format!("{number:#x}")] {
            let _ = meanings(&word);
        }
    }
}

/// The rows of a table beside the repository, if it is there.
fn beside(name: &str) -> Option<Vec<Vec<String>>> {
    let path = format!("../../../shared/data/{name}");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("{name} is not beside the repository");
        return None;
    };
    let rows = text.lines().skip(1);
    Some(rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect())
}

/// Every error state and every event that is known has an answer.
#[test]
fn every_state_and_event_is_known() {
    for row in beside("schannel_error_state.tsv").into_iter().flatten() {
        let state = schannel_state(row[0].parse().unwrap()).unwrap();
        assert!(state.says.contains(&row[1]), "{row:?}: {}", state.says);
    }
    for row in beside("schannel_events.tsv").into_iter().flatten() {
        assert!(schannel_event(row[0].parse().unwrap()).is_some(), "{row:?}");
    }
}

/// HRESULTs by name and by number are the same; those that are not of TLS are told so.
#[test]
fn hresults_agree() {
    let (mut listed, mut told) = (0, 0);
    for row in beside("hresult_sec_cert.tsv").into_iter().flatten() {
        let (number, name) = (&row[0], &row[1]);
        let by_number = spelled(number);
        match spelled(name) {
            Some(by_name) => {
                assert_eq!(by_number.unwrap(), by_name, "{name}");
                listed += 1;
            }
            None if number.starts_with("0x8") => {
                let says = by_number.unwrap().says;
                assert!(says.contains("not one of TLS"), "{name}: {says}");
                told += 1;
            }
            None => {}
        }
    }
    println!("{listed} listed, {told} told to be others");
}

/// The packed codes, numbers and names in what stacks printed for each alert name that alert.
#[test]
fn printed_codes_are_read() {
    let mut read = 0;
    for row in beside("alerts_by_stack.tsv").into_iter().flatten() {
        let wanted = Alert(row[1].parse().unwrap());
        for text in row.iter().skip(2) {
            for word in text
                .split(|letter: char| !(letter.is_ascii_alphanumeric() || "_/".contains(letter)))
            {
                let packed = word.len() == 8
                    && ["0A000", "10000", "140"].iter().any(|head| word.starts_with(head))
                    && !word.ends_with("0E5");
                let named = ["TLSV1", "SSLV3", "SSL_ERROR_", "ERR_SSL_"];
                let named = named.iter().any(|head| word.starts_with(head));
                let other = ["SSL_ERROR_SSL", "SSL_ERROR_RX_RECORD_TOO_LONG"].contains(&word);
                if !(packed || named) || other {
                    continue;
                }
                let all = meanings(word);
                let unnamed = "SSL_ERROR_RX_UNKNOWN_ALERT";
                let found = all.iter().any(|one| one.alerts.contains(wanted));
                assert!(found || word == unnamed, "{row:?}: {word}: {all:?}");
                read += 1;
            }
        }
    }
    println!("{read} words read");
}

//! What administrators of Windows ask when they have nothing but a number from an event, and what
//! an answer must hold: who refused whom, the causes, and the next step.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test runs the command, and a panic is how it fails"
)]

use std::process::{Command, Stdio};

/// A question as it is typed, and what its answer must hold, line breaks aside.
struct Asked {
    words: &'static [&'static str],
    direction: &'static [&'static str],
    causes: &'static [&'static str],
    next: &'static [&'static str],
}

const RECEIVED: &str = "This machine RECEIVED an alert: the other side refused";
const GENERATED: &str = "This machine GENERATED an alert";
const BOTH_EVENTS: &str = "event 36887 is an alert that was received, 36888 one that was generated";
const JOIN: &str = "tlswhy System.evtx tls.pcapng";
const WHO: &str = "Security 5156";

/// The questions that stand under the best known article on the subject, in other words.
const ASKED: &[Asked] = &[
    // The key of an authority is no trust, and the event says whose trust it is about.
    Asked {
        words: &["what can I do about #48? The CA key is installed here"],
        direction: &["the client refused the server's certificate", BOTH_EVENTS],
        causes: &[
            "untrusted-root",
            "missing-intermediate",
            "server-does-not-trust-client-ca",
            "crl-missing",
        ],
        next: &["The authority's key plays no part", "that of the machine", JOIN],
    },
    Asked {
        words: &["36887", "48"],
        direction: &[
            RECEIVED,
            "If this machine was the server: its client refused the server's certificate.",
            "If this machine was the client: its server refused the client's certificate",
        ],
        causes: &["likely untrusted-root", "possible missing-intermediate"],
        next: &[
            "client, windows: certutil -addstore -f Root",
            "certutil -addstore -f CA intermediate.cer",
        ],
    },
    Asked {
        words: &["36888 48"],
        direction: &[
            GENERATED,
            "If this machine was the client: it refused the server's certificate.",
            "If this machine was the server: it refused the client's certificate",
        ],
        causes: &["untrusted-root", "server-does-not-trust-client-ca"],
        next: &["some programs close without sending it", JOIN],
    },
    // One cable, one radio: two profiles.
    Asked {
        words: &["his notebook gets 42 and 43 on the USB Ethernet dock, Wi-Fi is fine"],
        direction: &["42: If a client sent it", "43: If a server sent it", "different problems"],
        causes: &["client-cert-wrong-eku", "untrusted-root", "hostname-mismatch"],
        next: &["netsh lan export profile", "netsh wlan export profile", "6272 to 6274", "802.1x:"],
    },
    Asked {
        words: &["which certificate and which client is meant by event 36887?"],
        direction: &[RECEIVED],
        causes: &[],
        next: &["neither an address nor a certificate", "36876 to 36884", WHO, JOIN],
    },
    // The caller refused before it asked for anything.
    Asked {
        words: &["#46 on IIS, the log has no requests from the other server"],
        direction: &[
            "Most likely on IIS, if a client sent it (event 36887 on the server",
            "The handshake comes before the request",
        ],
        causes: &["likely untrusted-root", "hostname-mismatch", "tls-interception-untrusted"],
        next: &["Java says 46 for nearly everything", JOIN],
    },
    Asked {
        words: &["115"],
        direction: &[
            "sent by the server",
            "RFC 4279",
            "did not know the identity of the pre-shared key",
        ],
        causes: &["psk-identity-unknown"],
        next: &["trailing NUL", "psk-identity-unknown"],
    },
    Asked {
        words: &["how is error #40 solved?"],
        direction: &["If a server sent it", "If a client sent it", BOTH_EVENTS],
        causes: &[
            "no-shared-cipher",
            "client-cert-missing",
            "weak-dh",
            "legacy-renegotiation-peer",
            "chain-sigalg-not-offered",
        ],
        next: &["36874", JOIN],
    },
    Asked {
        words: &["fatal alert 20 was generated, the error state is 960"],
        direction: &[
            "Unwrap_DecryptFailure",
            "this machine received a record that did not decrypt",
        ],
        causes: &["dhe-leading-zero", "middlebox-corruption", "psk-wrong-secret"],
        next: &["TLS_DHE_RSA_*", JOIN],
    },
    Asked {
        words: &["36888", "20", "960"],
        direction: &[GENERATED, "alert 20: bad_record_mac", "state 960:"],
        causes: &["dhe-leading-zero"],
        next: &["TLS_DHE_RSA_*"],
    },
    Asked {
        words: &["which machine sends alert 49 to this file server, there is no web server on it"],
        direction: &["was the client of that connection, whatever else it serves"],
        causes: &["sni-unknown", "client-cert-not-mapped", "server-does-not-trust-client-ca"],
        next: &["OpenSSL never sends 49 by itself", WHO, JOIN],
    },
    Asked {
        words: &["36887 49"],
        direction: &[RECEIVED, "so this machine was the client: its server refused"],
        causes: &["sni-unknown"],
        next: &[WHO],
    },
    // The text of an event, as it is copied, with words around it.
    Asked {
        words: &["we get: The following fatal alert was received: 70. It is an Exchange 2010 CAS"],
        direction: &[RECEIVED, "If this machine was the client: its server refused"],
        causes: &["client-max-version-below-server-min"],
        next: &["SP3 RU19", JOIN],
    },
    Asked {
        words: &[
            "A fatal alert was generated and sent to the remote endpoint. This may result in \
             termination of the connection. The TLS protocol defined fatal error code is 80. The \
             Windows SChannel error state is 1250.",
        ],
        direction: &[GENERATED, "SrvCliResp_SkeFailed"],
        causes: &["likely schannel-keyspec"],
        next: &["certutil -v -store My", JOIN],
    },
    // Only servers say 112: this host was a client there.
    Asked {
        words: &["112 and 40 received on a server with IIS"],
        direction: &[
            "112: Only a server sends it, so this machine was the client",
            "40: If this machine was the server: its client refused",
            "different problems",
        ],
        causes: &["sni-unknown", "sni-missing", "weak-dh"],
        next: &["which name does it ask for?"],
    },
    Asked {
        words: &["lots of 70 on an Exchange 2010 CAS, and Outlook loses its connections"],
        direction: &["If a server sent it", "If a client sent it", "a client where it sends mail"],
        causes: &["client-max-version-below-server-min", "client-min-version-above-server-max"],
        next: &["exchange:", "compare the times and addresses"],
    },
    Asked {
        words: &["message type id 128, what is that?"],
        direction: &["This is no alert", "the form of SSL 2.0"],
        causes: &["sslv2-hello", "scanner-noise"],
        next: &["the address of who sent them"],
    },
    Asked {
        words: &["36887 comes only when the service account is taken out of Administrators"],
        direction: &[RECEIVED, "what that account may read"],
        causes: &["likely private-key-permission"],
        next: &[
            "Manage Private Keys: give the account Read",
            "36870",
            "40 (TLS 1.2) or 116 (TLS 1.3)",
        ],
    },
    Asked {
        words: &["event", "36874"],
        direction: &[
            "this machine, as the server, found no cipher suite in the ClientHello that it accepts",
        ],
        causes: &["no-shared-cipher"],
        next: &[JOIN],
    },
    Asked {
        words: &["state", "1203"],
        direction: &["this machine"],
        causes: &["plaintext-http-on-tls-port"],
        next: &[JOIN],
    },
    Asked {
        words: &["36871 10013"],
        direction: &["Cred_InitEnabledProtocolsFailed"],
        causes: &["no-protocol-enabled-locally"],
        next: &["SchUseStrongCrypto"],
    },
    Asked {
        words: &["36888 80 1250"],
        direction: &[GENERATED, "SrvCliResp_SkeFailed"],
        causes: &["schannel-keyspec"],
        next: &["KeySpec"],
    },
];

/// What the command says, on which it exits with what.
fn ask(words: &[&str]) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    let output = command.args(words).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Every question is answered: who refused whom, the causes, and what to do or to look for next.
#[test]
fn questions_are_answered() {
    let mut wrong = Vec::new();
    for asked in ASKED {
        let (out, err, exit) = ask(asked.words);
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = asked.direction.iter().chain(asked.causes).chain(asked.next);
        for part in parts.filter(|part| !flat.contains(**part)) {
            wrong.push(format!("{:?}: no \"{part}\"", asked.words));
        }
        if exit != Some(0) || !err.is_empty() {
            wrong.push(format!("{:?}: exit {exit:?}, {err}", asked.words));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is no question is not answered as one, and says what would help.
#[test]
fn what_is_no_question_is_refused() {
    for words in ["why is my network so slow", "I have 48 apples", "it fails since monday"] {
        let (out, err, exit) = ask(&[words]);
        assert_eq!((out.as_str(), exit), ("", Some(2)), "{words}");
        assert!(err.contains("no failure of TLS"), "{words}: {err}");
    }
}

/// A line of a program stays a line, though numbers and names stand in it; and codes without an
/// event are answered one by one.
#[test]
fn lines_and_codes_stay_what_they_are() {
    let (line, ..) = ask(&["remote error: tls: bad certificate"]);
    assert!(line.starts_with("read as: log line"), "{line}");
    let (codes, ..) = ask(&["48", "70"]);
    assert!(
        codes.starts_with("48 unknown_ca") && codes.contains("\n70 protocol_version"),
        "{codes}"
    );
}

/// Every event of SChannel has its answer, and a number beside them has none.
#[test]
fn every_event_is_answered() {
    let answered = (36_864..=36_928).filter(|event| {
        let (out, _, exit) = ask(&[&event.to_string()]);
        if exit == Some(0) {
            assert!(out.starts_with(&format!("event {event}:")), "{event}: {out}");
            let asks_for_the_log = out.contains("wevtutil epl System System.evtx");
            assert_eq!(asks_for_the_log, !NO_FAILURES.contains(event), "{event}: {out}");
            // A capture shows nothing of what a machine has with itself.
            let has_another_side = asks_for_the_log && !OWN_TROUBLE.contains(event);
            assert_eq!(out.contains(JOIN), has_another_side, "{event}: {out}");
        }
        exit == Some(0)
    });
    assert_eq!(answered.count(), 32);
}

/// Events before which nothing was sent.
const OWN_TROUBLE: &[u32] = &[36_865, 36_866, 36_869, 36_871, 36_873, 36_912];

/// Events that tell of no failure, so that there is nothing more to look for.
const NO_FAILURES: &[u32] = &[36_864, 36_867, 36_868, 36_880, 36_896, 36_897, 36_898, 36_899];

/// A line that was pasted without quotation marks is the same as with them, also where one of its
/// words looks like the name of a host; files that do not exist are still missed.
#[test]
fn quotation_marks_may_be_left_out() {
    for line in [
        "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert \
         code is 46.",
        "A fatal error occurred while creating a TLS client credential. The internal error state is \
         10013.",
        "remote error: tls: bad certificate",
    ] {
        let quoted = ask(&[line]);
        assert_eq!(quoted.2, Some(0), "{line}");
        assert_eq!(ask(&line.split(' ').collect::<Vec<_>>()), quoted, "{line}");
    }
    for files in [&["a.pcap", "b.pcap", "c.pcap"][..], &["48", "70", "x.pcap"]] {
        let (out, err, exit) = ask(files);
        assert_eq!((out.as_str(), exit), ("", Some(2)));
        assert!(err.contains("no such file"), "{err}");
    }
}

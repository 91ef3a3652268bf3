//! The rules against what really happened: every case of `corpus/` was recorded from real servers
//! and clients, and its `truth.json` says what was wrong.
#![allow(missing_docs, clippy::disallowed_methods, clippy::panic)]
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tlswhy_diagnosis::{Confidence, Docket, Judged};
use trace::Tracer;
use wire::{KeyLog, Next, Packets};

/// Cases in which another cause comes first, by reason.
const NOT_FIRST: &[(&str, &[&str])] = &[
    (
        "TLS 1.2 alone on offer and 70 in answer: the server may be too new or too old, and nobody \
         can tell which without another handshake",
        &[
            "client-min-version-above-server-max/go-tls12-openssl-tls10",
            "client-min-version-above-server-max/java-tls12-openssl-tls10",
        ],
    ),
    (
        "40 to a sound offer of TLS 1.2: a server that wants TLS 1.3 says the same",
        &[
            "ems-required-fips/gnutls-tls12-java",
            "ems-required-fips/java-tls12-java",
            "no-shared-cipher/curl-tls12-vsftpd",
            "server-has-no-usable-certificate/openssl-openssl",
        ],
    ),
];

/// Cases in which the cause is not found at all, by reason.
const NOT_FOUND: &[(&str, &[&str])] = &[
    (
        "nothing fails in TLS: nginx completes the handshake and answers HTTP 400, encrypted",
        &[
            "client-cert-missing/openssl-tls12-nginx",
            "client-cert-missing/openssl-tls13-nginx",
            "server-does-not-trust-client-ca/openssl-tls12-nginx",
            "server-does-not-trust-client-ca/openssl-tls13-nginx",
        ],
    ),
    (
        "nothing fails in TLS: Apache answers HTTP 403, encrypted",
        &[
            "client-cert-policy-denied/openssl-tls12-apache",
            "post-handshake-auth-unsupported/curl-tls13-apache",
            "post-handshake-auth-unsupported/go-tls13-apache",
            "post-handshake-auth-unsupported/java-tls13-apache",
        ],
    ),
    (
        "an encrypted alert in the middle of data may be a goodbye: only the key log or the server's \
         log tells",
        &["shared-connection-fork-or-thread/ruby-tls12-nginx"],
    ),
    (
        "Dovecot, OpenLDAP's server and OpenVPN close the connection without an alert",
        &[
            "client-max-version-below-server-min/openvpn-tcp",
            "client-max-version-below-server-min/openvpn-udp",
            "client-max-version-below-server-min/openssl-dovecot-imap",
            "client-max-version-below-server-min/openssl-slapd",
        ],
    ),
    (
        "the server takes TLS without Network Level Authentication, and the client that wants more \
         leaves without a word",
        &["rdp-negotiation-failure/freerdp-nla-xrdp"],
    ),
    (
        "lftp looks at the certificate after the handshake, and says goodbye as if all were well",
        &["untrusted-root/lftp-vsftpd"],
    ),
    (
        "ldapsearch looks at the certificate after the handshake, and says goodbye in the clear",
        &["untrusted-root/ldapsearch-tls12-slapd"],
    ),
    (
        "curl completes TLS 1.3 and leaves in good order: found as client-left-after-handshake",
        &["hostname-mismatch/curl-tls13-haproxy"],
    ),
];

/// Cases with newer stacks, or with half of them recorded, whose misses `cargo xtask lab judge` holds
/// with their reasons: here they may be missed, and never be certain and wrong.
const JUDGED: &[&str] = &[
    "alpn-no-overlap/python-tls13-go-cut-packets",
    "cert-bad-signature/chromium-tls12-openssl",
    "cert-bad-signature/erlang-tls12-openssl",
    "cert-bad-signature/mbedtls-tls12-openssl",
    "cert-bad-signature/modern-tls12-openssl",
    "client-cert-expired/openssl-tls13-bouncy-keys",
    "client-cert-missing/openssl-tls12-openssl-server-side-only",
    "client-cert-missing/openssl-tls13-openssl-begun-late",
    "client-cert-wrong-eku/openssl-tls13-modern-keys",
    "client-max-version-below-server-min/openssl-tls12-openssl-client-side-only",
    "clock-skew/rustls-tls12-nginx-slow",
    "ech-rejected/go-tls13-nss",
    "ems-required-fips/gnutls-tls12-java-11",
    "ems-required-fips/gnutls-tls12-java-25",
    "established/erlang-tls13-openssl",
    "expired-leaf/openssl-tls12-openssl-begun-after-certificate",
    "hostname-mismatch/go-tls12-nginx-address",
    "hostname-mismatch/java-25-tls12-nginx-address",
    "hostname-mismatch/python-tls12-nginx-address",
    "hostname-mismatch/rustls-tls12-nginx-address",
    "hsm-bad-signature/go-tls12-erlang",
    "issuer-not-a-ca/erlang-tls12-openssl",
    "malformed-clienthello/twice-erlang",
    "middlebox-corruption/java-25-tls12-rustls",
    "no-shared-cipher/curl-cffi-tls12-nginx",
    "no-shared-cipher/curl-cffi-tls12-openssl-dhe",
    "no-shared-cipher/modern-tls12-nginx",
    "no-shared-cipher/modern-tls12-openssl-dhe",
    "no-shared-cipher/openssl-tls12-nginx-server-side-only",
    "no-shared-cipher/rustls-tls12-nginx",
    "no-shared-cipher/rustls-tls12-openssl-dhe",
    "no-shared-cipher/s2n-tls12-nginx",
    "no-shared-cipher/s2n-tls12-openssl-dhe",
    "quic-transport-parameters-missing/aioquic-quic-ngtcp2",
    "rsa-1024-rejected/rustls-tls12-openssl",
    "server-does-not-trust-client-ca/openssl-tls13-java-25-keys",
    "server-has-no-usable-certificate/rustls-tls12-openssl",
    "several/appliances",
    "sha1-signature-rejected/rustls-tls12-openssl",
    "sni-invalid-syntax/openssl-tls12-bouncy",
    "sni-invalid-syntax/openssl-tls12-erlang",
    "untrusted-root/curl-cffi-tls12-rustls",
    "untrusted-root/curl-gnutls-tls13-openssl",
    "untrusted-root/python-tls12-openssl-server-side-only",
    "version-intolerant-middlebox/rustls-tls13-openssl",
    "wrong-eku-server/erlang-tls12-openssl",
    "x509-strict/erlang-tls12-openssl",
];

/// What a case is called in which nothing failed: there must be no finding. Two of them have pages,
/// because the alert that goes with them frightens people.
const GOOD: [&str; 4] =
    ["established", "not-tls", "eof-without-close-notify", "user-canceled-java"];

/// What comes first where a certificate was refused that TLS 1.3 hides: it names what cannot be
/// seen, and the possible reasons follow. Such a case is not right, but it is no mistake either.
const HIDDEN: [&str; 2] = ["hidden-server-certificate", "hidden-client-certificate"];

/// One recorded case.
struct Recorded {
    /// `cause/case`, with the number of the connection where there are several.
    name: String,
    /// The capture.
    input: PathBuf,
    /// What was wrong: a slug, or `established` or `not-tls` where nothing was.
    cause: String,
    /// What else may be said first, because no capture could tell the difference.
    also: Vec<String>,
    /// The client's port.
    port: u64,
    /// Whether TLS 1.3 was, or would have been, spoken.
    tls13: bool,
}

impl Recorded {
    /// The key log that was recorded with it.
    fn keys(&self) -> Option<Vec<u8>> {
        fs::read(self.input.with_file_name("keys.log")).ok()
    }

    /// Whether it is this connection that was judged.
    fn is_of(&self, judged: &Judged) -> bool {
        u64::from(judged.session.client.port().unwrap_or(0)) == self.port
    }

    /// Whether a cause is the one, or cannot be told from it.
    fn is(&self, slug: &str) -> bool {
        slug == self.cause || self.also.iter().any(|also| also == slug)
    }

    /// Whether its misses are the judge's.
    fn is_judged(&self) -> bool {
        let name = self.name.split('[').next().unwrap_or_default();
        JUDGED.contains(&name)
    }
}

/// What a key log opens makes the answer better and never worse: without it nothing is certain and
/// wrong, with it the cause comes first, and as sure as before at least.
#[test]
fn a_key_log_makes_it_surer() {
    let cases: Vec<Recorded> = cases().into_iter().filter(|case| case.keys().is_some()).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let [closed, opened] = [None, case.keys()].map(|keys| {
            let judged = judge(&case.input, keys.as_deref());
            let mut mine = judged.into_iter().filter(|judged| case.is_of(judged));
            mine.next().map_or(Vec::new(), |judged| judged.findings)
        });
        let wrong =
            closed.iter().find(|f| f.confidence == Confidence::Certain && !case.is(f.cause.slug));
        assert!(wrong.is_none(), "{}: {:?}", case.name, wrong.map(|f| f.cause.slug));
        let Some(first) = opened.first() else {
            assert!(GOOD.contains(&case.cause.as_str()), "{}", case.name);
            continue;
        };
        if case.is_judged() {
            continue;
        }
        assert!(case.is(first.cause.slug), "{}: {}", case.name, first.cause.slug);
        let before = closed.iter().find(|f| f.cause.slug == first.cause.slug);
        assert!(before.is_none_or(|f| f.confidence >= first.confidence), "{}", case.name);
    }
}

/// The right cause comes first, or at least is among the findings. What is missed is listed above
/// by name, with the reason, and nothing is listed that is not missed; only what TLS 1.3 hides is
/// counted without a name. No finding is certain and wrong.
#[test]
fn the_corpus_is_understood() {
    let mut table: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let (mut not_first, mut not_found, mut lies) = (Vec::new(), Vec::new(), Vec::new());
    for case in cases() {
        let judged = judge(&case.input, case.keys().as_deref());
        let mine = judged.iter().find(|judged| case.is_of(judged));
        let found: Vec<(&str, Confidence)> = mine
            .map(|judged| judged.findings.iter().map(|f| (f.cause.slug, f.confidence)).collect())
            .unwrap_or_default();
        let right = |slug: &str| case.is(slug);
        let first = match found.first() {
            Some((slug, _)) => right(slug),
            None => GOOD.contains(&case.cause.as_str()),
        };
        let any = first || found.iter().any(|(slug, _)| right(slug));
        let row = table.entry(case.cause.clone()).or_default();
        let hidden = !first && found.first().is_some_and(|(slug, _)| HIDDEN.contains(slug));
        for (cell, counts) in row.iter_mut().zip([true, first, hidden, any]) {
            *cell += u32::from(counts);
        }
        let outcome = mine.map(|judged| judged.session.outcome);
        let says = format!("{}: {outcome:?}, {found:?}", case.name);
        if found.iter().any(|(slug, sure)| *sure == Confidence::Certain && !right(slug)) {
            lies.push(says.clone());
        }
        if case.is_judged() {
            continue;
        }
        if !any {
            not_found.push((case.name, says));
        } else if !(first || hidden && case.tls13) {
            not_first.push((case.name, says));
        }
    }
    println!("{:40} cases first hidden any", "cause");
    for (cause, [cases, first, hidden, any]) in &table {
        println!("{cause:40} {cases:5} {first:5} {hidden:6} {any:3}");
    }
    let sum = |column: usize| table.values().map(|row| row[column]).sum::<u32>();
    println!("{:40} {:5} {:5} {:6} {:3}", "all", sum(0), sum(1), sum(2), sum(3));
    let complaints = [
        lies.iter().map(|says| format!("certain and wrong: {says}")).collect(),
        compare("come first", &not_first, NOT_FIRST),
        compare("be found", &not_found, NOT_FOUND),
    ];
    let complaints: Vec<String> = complaints.concat();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// What is missed must be what the list says.
fn compare(what: &str, missed: &[(String, String)], listed: &[(&str, &[&str])]) -> Vec<String> {
    let listed: Vec<&str> = listed.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let new = missed
        .iter()
        .filter(|(name, _)| !listed.contains(&name.as_str()))
        .map(|(_, says)| format!("should {what}: {says}"));
    let stale = listed
        .iter()
        .filter(|known| missed.iter().all(|(name, _)| name != *known))
        .map(|known| format!("does {what} now or is gone, strike it: {known}"));
    new.chain(stale).collect()
}

/// What happened in each capture: one connection, or several.
fn cases() -> Vec<Recorded> {
    let root = Path::new("../../corpus");
    let mut all = Vec::new();
    for case in folders(root).iter().flat_map(|cause| folders(cause)) {
        let forms = ["input.pcap", "input.pcapng", "input.pcap.gz"];
        let Some(input) = forms.iter().map(|form| case.join(form)).find(|path| path.exists())
        else {
            continue;
        };
        let truth = fs::read_to_string(case.join("truth.json")).unwrap();
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let name = case.strip_prefix(root).unwrap().display().to_string();
        match truth {
            Value::Array(list) => all.extend(
                list.iter()
                    .enumerate()
                    .map(|(index, truth)| recorded(format!("{name}[{index}]"), &input, truth)),
            ),
            truth => all.push(recorded(name, &input, &truth)),
        }
    }
    assert!(!all.is_empty(), "no corpus in {}", root.display());
    all
}

fn recorded(name: String, input: &Path, truth: &Value) -> Recorded {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Recorded {
        name,
        input: input.to_owned(),
        cause: text(&truth["cause"]),
        also: truth["also"].as_array().unwrap().iter().map(text).collect(),
        port: truth["client_port"].as_u64().unwrap(),
        tls13: truth["tls"] == "1.3",
    }
}

/// The findings for every session of a capture that needs some.
fn judge(input: &Path, keys: Option<&[u8]>) -> Vec<Judged> {
    let mut bytes = fs::read(input).unwrap();
    if input.extension().is_some_and(|extension| extension == "gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    }
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    if let Some(keys) = keys {
        tracer.add_keys(KeyLog::read(keys));
    }
    loop {
        match packets.next(&bytes, true) {
            Next::Packet(packet) => tracer.packet(&packet),
            Next::Secrets(text) => tracer.add_keys(KeyLog::read(text)),
            Next::Damaged(damage) => panic!("{}: {damage:?}", input.display()),
            Next::NeedMore | Next::End => break,
        }
    }
    tracer.finish();
    let mut docket = Docket::default();
    while let Some(session) = tracer.ended() {
        docket.add(session);
    }
    docket.finish();
    std::iter::from_fn(|| docket.judged()).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

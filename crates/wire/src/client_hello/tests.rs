//! ClientHellos built by hand: whole, cut, damaged, and each fault once.

use super::*;
use crate::problem::{Fault, Problem};

/// The parts of a ClientHello, put together by [`Parts::body`].
struct Parts {
    suites: Vec<u16>,
    compression: Vec<u8>,
    extensions: Vec<(u16, Vec<u8>)>,
}

impl Parts {
    /// What a modern client offers.
    fn modern() -> Self {
        Self {
            suites: vec![0x3a3a, 0x1301, 0xc02f, 0x00ff],
            compression: vec![0],
            extensions: vec![
                (0x1a1a, vec![]),
                (0, list16(&[&[0][..], &list16(b"mail.contoso.test")].concat())),
                (16, list16(b"\x02h2\x08http/1.1")),
                (43, list8(&[0x2a, 0x2a, 3, 4, 3, 3])),
                (10, list16(&[0x4a, 0x4a, 0, 29, 0, 23])),
                (13, list16(&[4, 3, 8, 4])),
                (51, list16(&[&[0, 29][..], &list16(&[9; 32])].concat())),
                (45, list8(&[1])),
                (35, vec![]),
                (28, vec![0x40, 1]),
            ],
        }
    }

    fn without(mut self, kind: u16) -> Self {
        self.extensions.retain(|extension| extension.0 != kind);
        self
    }

    fn with(mut self, kind: u16, body: &[u8]) -> Self {
        self.extensions.push((kind, body.to_vec()));
        self
    }

    fn body(&self) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend(list8(&[8; 32]));
        let suites: Vec<u8> = self.suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
        body.extend(list16(&suites));
        body.extend(list8(&self.compression));
        let mut block = Vec::new();
        for (kind, extension) in &self.extensions {
            block.extend(kind.to_be_bytes());
            block.extend(list16(extension));
        }
        body.extend(list16(&block));
        body
    }

    fn faults(&self) -> Vec<Fault> {
        let body = self.body();
        let problems = ClientHello::read(&body).unwrap().problems();
        assert!(problems.iter().all(|problem| problem.at <= body.len()));
        problems.into_iter().map(|problem| problem.fault).collect()
    }
}

fn list8(content: &[u8]) -> Vec<u8> {
    [&[u8::try_from(content.len()).unwrap()][..], content].concat()
}

fn list16(content: &[u8]) -> Vec<u8> {
    [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], content].concat()
}

/// Everything a modern hello says can be asked for.
#[test]
fn a_modern_hello_is_read() {
    let body = Parts::modern().body();
    let hello = ClientHello::read(&body).unwrap();
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS_1_2);
    assert_eq!((hello.random, hello.session_id), (&[7; 32][..], &[8; 32][..]));
    assert_eq!(hello.cipher_suites().count(), 4);
    assert_eq!(hello.cipher_suites().filter(|suite| suite.is_grease()).count(), 1);
    assert_eq!(hello.compression_methods(), [0]);
    assert_eq!(hello.server_name(), Some(&b"mail.contoso.test"[..]));
    assert_eq!(hello.alpn().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
    assert_eq!(hello.supported_versions().count(), 3);
    assert_eq!(hello.offered_versions().count(), 2);
    assert_eq!(hello.highest_version(), ProtocolVersion::TLS_1_3);
    assert_eq!(hello.lowest_version(), Some(ProtocolVersion::TLS_1_2));
    assert!(hello.offers_tls13() && hello.has_renegotiation_info());
    assert_eq!(hello.supported_groups().nth(1), Some(Group::X25519));
    assert_eq!(hello.signature_algorithms().nth(1), Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
    assert_eq!(hello.key_shares().collect::<Vec<_>>(), [(Group::X25519, &[9; 32][..])]);
    assert_eq!(hello.session_ticket(), Some(&[][..]));
    assert_eq!(hello.record_size_limit(), Some(0x4001));
    assert!(!hello.has_pre_shared_key() && !hello.has_fallback_scsv());
    assert_eq!(hello.problems(), []);
    let name = hello.extension(ExtensionType::SERVER_NAME).unwrap();
    assert_eq!(body[name.at..name.at + 2], [0, 0]);
    assert!(body[name.at + 4..].starts_with(name.body));
}

/// A hello of SSL 3.0's age, without extensions, tells its highest version only.
#[test]
fn an_old_hello_is_read() {
    let mut body = vec![3, 1];
    body.extend([7; 32]);
    body.extend([0, 0, 4, 0x56, 0, 0, 5, 1, 0]);
    let hello = ClientHello::read(&body).unwrap();
    assert_eq!(hello.highest_version(), ProtocolVersion::TLS_1_0);
    assert_eq!((hello.lowest_version(), hello.server_name()), (None, None));
    assert!(hello.has_fallback_scsv() && !hello.has_server_name_extension());
    assert_eq!(hello.problems(), []);
}

/// Cut anywhere, the hello keeps what stands before the cut and says where it ended.
#[test]
fn any_cut_keeps_what_is_before_it() {
    let body = Parts::modern().body();
    // A cut exactly in front of the extensions cannot be told from a hello that has none.
    for length in (0..body.len()).filter(|&length| length != 79) {
        assert!(ClientHello::read(&body[..length]).is_err(), "cut at {length}");
        let hello = ClientHello::read_cut(&body[..length]);
        assert!(hello.cut.unwrap().is_short());
        ask_everything(&hello);
        // Fixed fields take 69 bytes; the suites follow behind their length.
        assert_eq!(hello.cipher_suites().count(), length.saturating_sub(69).min(8) / 2);
    }
    let hello = ClientHello::read_cut(&body[..120]);
    assert_eq!(hello.server_name(), Some(&b"mail.contoso.test"[..]));
    assert_eq!(hello.problems(), []);
}

/// No single changed byte makes any question panic.
#[test]
fn damage_is_survived() {
    let whole = Parts::modern().body();
    for at in 0..whole.len() {
        for value in 0..=255 {
            let mut damaged = whole.clone();
            damaged[at] = value;
            ask_everything(&ClientHello::read_cut(&damaged));
        }
    }
}

/// Each fault is found where it is planted, and alone.
#[test]
fn faults_are_found() {
    let check = |parts: Parts, fault| assert_eq!(parts.faults(), [fault]);
    let modern = Parts::modern;
    check(Parts { suites: vec![], ..modern() }, Fault::CipherSuites);
    check(Parts { compression: vec![1], ..modern() }, Fault::NoNullCompression);
    check(Parts { compression: vec![0, 1], ..modern() }, Fault::Compression);
    check(modern().with(35, &[]), Fault::Duplicate(ExtensionType::SESSION_TICKET));
    check(modern().with(23, &[1]), Fault::Lengths(ExtensionType::EXTENDED_MASTER_SECRET));
    check(modern().without(16).with(16, &list16(&[9, b'x'])), Fault::Lengths(ExtensionType::ALPN));
    check(modern().with(41, &[]).with(42, &[]), Fault::PreSharedKeyNotLast);
    check(
        modern().without(45).with(41, &[]),
        Fault::Missing(ExtensionType::PSK_KEY_EXCHANGE_MODES),
    );
    check(modern().without(13), Fault::Missing(ExtensionType::SIGNATURE_ALGORITHMS));
    check(modern().without(51), Fault::Missing(ExtensionType::KEY_SHARE));
    let share = |group: u8| [&[0, group][..], &list16(&[9])].concat();
    check(
        modern().without(51).with(51, &list16(&share(24))),
        Fault::ShareWithoutGroup(Group::SECP384R1),
    );
    check(
        modern().without(51).with(51, &list16(&[share(29), share(29)].concat())),
        Fault::DuplicateShare(Group::X25519),
    );
    let name = |name: &[u8]| list16(&[&[0][..], &list16(name)].concat());
    check(modern().without(0).with(0, &name(b"192.0.2.7")), Fault::ServerNameIsAddress);
    check(modern().without(0).with(0, &name(b"contoso.test.")), Fault::ServerNameSpelling);
    check(modern().without(0).with(0, &name(b"\xff\x1b[0m")), Fault::ServerNameSpelling);
}

/// A second extension of one kind is named and not looked into: otherwise a hello full of them
/// costs the square of its size, in time and in faults.
#[test]
fn the_second_of_a_kind_is_not_read() {
    let shares = list16(&[0, 29, 0, 0].repeat(1000));
    let mut hello = Parts::modern().without(51).with(51, &shares);
    for _ in 0..1000 {
        hello = hello.with(51, &[]);
    }
    let faults = hello.faults();
    let count = |wanted| faults.iter().filter(|fault| **fault == wanted).count();
    assert_eq!(count(Fault::DuplicateShare(Group::X25519)), 999);
    assert_eq!(count(Fault::Duplicate(ExtensionType::KEY_SHARE)), 1000);
    assert_eq!(faults.len(), 1999);
}

/// An extension that runs over the block, and bytes behind the block, with their places.
#[test]
fn overrun_and_trailing_bytes_are_found() {
    let mut body = Parts::modern().body();
    let end = body.len();
    body.push(0);
    let problems = ClientHello::read(&body).unwrap().problems();
    assert_eq!(problems, [Problem { fault: Fault::Trailing, at: end }]);

    let mut body = Parts::modern().body();
    body[end - 3] = 9; // The length of record_size_limit, the last extension.
    let problems = ClientHello::read(&body).unwrap().problems();
    assert_eq!(problems, [Problem { fault: Fault::Overrun, at: end - 6 }]);
}

/// Asks all there is to ask.
fn ask_everything(hello: &ClientHello<'_>) {
    let _ = (hello.server_name(), hello.highest_version(), hello.lowest_version());
    let _ = (hello.alpn().count(), hello.key_shares().count(), hello.supported_groups().count());
    let _ = (hello.signature_algorithms().count(), hello.signature_algorithms_cert().count());
    let _ = (hello.record_size_limit(), hello.session_ticket(), hello.has_renegotiation_info());
    for problem in hello.problems() {
        let _ = problem.fault.to_string();
    }
}

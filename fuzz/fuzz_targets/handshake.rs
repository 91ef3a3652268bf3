//! Any bytes as the body of every handshake message and as a certificate, with every reading asked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{
    Certificate, CertificateMessage, CertificateRequest, CipherSuite, ClientHello, ProtocolVersion,
    ServerHello, ServerKeyExchange,
};

fuzz_target!(|input: (u16, &[u8])| {
    let (suite, bytes) = input;
    let hello = ClientHello::read_cut(bytes);
    let _ = ClientHello::read(bytes).map(|hello| format!("{hello:?}"));
    let offer = (
        hello.cipher_suites().map(|suite| suite.to_string()).collect::<Vec<_>>(),
        hello.offered_versions().collect::<Vec<_>>(),
        hello.supported_groups().collect::<Vec<_>>(),
        hello.signature_algorithms().collect::<Vec<_>>(),
        hello.signature_algorithms_cert().collect::<Vec<_>>(),
        hello.key_shares().collect::<Vec<_>>(),
        hello.alpn().collect::<Vec<_>>(),
        hello.server_name(),
        (hello.highest_version(), hello.lowest_version(), hello.session_ticket()),
        (hello.record_size_limit(), hello.has_fallback_scsv(), hello.has_renegotiation_info()),
    );
    let _ = format!("{offer:?} {:?}", hello.problems());
    if let Ok(hello) = ServerHello::read(bytes) {
        let choice = (hello.version(), hello.group(), hello.alpn(), hello.downgrade_sentinel());
        let _ = format!("{hello:?} {choice:?} {}", hello.is_hello_retry_request());
    }
    for version in [ProtocolVersion::TLS_1_0, ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3] {
        for entry in CertificateMessage::read_cut(bytes, version).certificates() {
            certificate(entry.der);
        }
        if let Ok(request) = CertificateRequest::read(bytes, version) {
            for name in request.authorities() {
                let _ = name.text();
            }
            let _ = format!("{:?}", request.signature_algorithms().collect::<Vec<_>>());
        }
        let _ = ServerKeyExchange::read(bytes, CipherSuite(suite), version)
            .map(|exchange| format!("{exchange:?}"));
    }
    certificate(bytes);
});

fn certificate(der: &[u8]) {
    let Ok(certificate) = Certificate::read(der) else { return };
    let facts = (
        certificate.serial(),
        certificate.common_name(),
        certificate.not_before(),
        certificate.not_after(),
        certificate.matches_host("www.example.org"),
        certificate.common_name_matches_host("10.0.0.1"),
        certificate.is_issued_by(&certificate),
    );
    let uses = (
        certificate.extended_key_usage().is_some(),
        certificate.key_usage().is_some(),
        certificate.basic_constraints().is_some(),
        certificate.must_staple(),
        certificate.unknown_critical(),
        (certificate.ca_issuers(), certificate.ocsp(), certificate.revocation_lists()),
    );
    let _ = format!("{facts:?} {uses:?} {} {}", certificate.serial(), certificate.version());
    let _ = (certificate.subject().text(), certificate.issuer().text());
    let _ = format!("{} {:?}", certificate.public_key(), certificate.signature_algorithm());
}

//! Any bytes as the body of every handshake message and as a certificate, with every reading asked.
use crate::Corpus;
use wire::{
    Certificate, CertificateMessage, CertificateRequest, CipherSuite, ClientHello, ProtocolVersion,
    ServerHello, ServerKeyExchange,
};

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u16, &[u8])>(bytes) else { return };
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
}

fn certificate(der: &[u8]) {
    if let Ok(read) = Certificate::read(der) {
        super::certificate::read(&read);
    }
}

/// The bodies of messages that sides have sent, behind a cipher suite.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let bodies = corpus.messages().into_iter();
    bodies.map(|(_, body)| [&[0x2f, 0xc0][..], &body].concat()).collect()
}

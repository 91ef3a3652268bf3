//! The moments of a handshake at which an alert makes sense.

use core::fmt;

/// What the sender of an alert had just received, or was waiting for.
///
/// In the order of a handshake. TLS 1.2 and 1.3 share the list: where the messages differ, those of
/// the other version simply do not occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The client's offer: versions, cipher suites, groups, SNI, ALPN, PSK binders.
    ClientHello,
    /// The server's choice, or its HelloRetryRequest.
    ServerHello,
    /// The answers to the client's extensions (TLS 1.3).
    EncryptedExtensions,
    /// The certificate chain of the other side, with what is stapled to it in TLS 1.3.
    Certificate,
    /// The address of a client certificate instead of the certificate itself (RFC 6066 §5).
    CertificateUrl,
    /// The stapled OCSP response (RFC 6066 §8; up to TLS 1.2 a message of its own).
    CertificateStatus,
    /// The server's ephemeral key and its signature (up to TLS 1.2).
    ServerKeyExchange,
    /// The server's wish for a client certificate.
    CertificateRequest,
    /// The client's part of the key exchange (up to TLS 1.2).
    ClientKeyExchange,
    /// The proof that the other side has the private key of its certificate.
    CertificateVerify,
    /// The checksum over the whole handshake.
    Finished,
    /// The server's wish to negotiate anew (up to TLS 1.2).
    HelloRequest,
    /// Anything once the handshake is done: data, tickets, key updates.
    Established,
}

impl Stage {
    /// All stages, in the order of a handshake.
    pub const ALL: [Self; 13] = [
        Self::ClientHello,
        Self::ServerHello,
        Self::EncryptedExtensions,
        Self::Certificate,
        Self::CertificateUrl,
        Self::CertificateStatus,
        Self::ServerKeyExchange,
        Self::CertificateRequest,
        Self::ClientKeyExchange,
        Self::CertificateVerify,
        Self::Finished,
        Self::HelloRequest,
        Self::Established,
    ];

    /// The name of the message in its RFC; `established` when the handshake is over.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientHello => "ClientHello",
            Self::ServerHello => "ServerHello",
            Self::EncryptedExtensions => "EncryptedExtensions",
            Self::Certificate => "Certificate",
            Self::CertificateUrl => "CertificateURL",
            Self::CertificateStatus => "CertificateStatus",
            Self::ServerKeyExchange => "ServerKeyExchange",
            Self::CertificateRequest => "CertificateRequest",
            Self::ClientKeyExchange => "ClientKeyExchange",
            Self::CertificateVerify => "CertificateVerify",
            Self::Finished => "Finished",
            Self::HelloRequest => "HelloRequest",
            Self::Established => "established",
        }
    }
}

/// The [name](Stage::name).
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

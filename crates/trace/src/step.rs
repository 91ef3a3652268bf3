//! Where in the handshake something happened.

/// What the acting side had in hand when it acted: the step at which a handshake failed.
///
/// [`Step::phrase`] fits after "while": "the client ... while *reading the server's certificate*".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Nothing of TLS had been said yet.
    Connect,
    /// The server had the ClientHello.
    ClientHello,
    /// The client had the ServerHello or a HelloRetryRequest.
    ServerHello,
    /// The client had the server's certificate.
    ServerCertificate,
    /// The client had the server's ephemeral key.
    ServerKeyExchange,
    /// The client had the request for its certificate.
    CertificateRequest,
    /// The server had the client's certificate, or its empty answer.
    ClientCertificate,
    /// The server had the client's key and its Finished.
    ClientFinished,
    /// The client had the server's Finished.
    ServerFinished,
    /// The handshake was complete.
    ApplicationData,
}

impl Step {
    /// Fits after "while".
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Connect => "waiting for the first TLS message",
            Self::ClientHello => "reading the ClientHello",
            Self::ServerHello => "reading the ServerHello",
            Self::ServerCertificate => "checking the server's certificate",
            Self::ServerKeyExchange => "checking the server's key exchange",
            Self::CertificateRequest => "answering the request for a client certificate",
            Self::ClientCertificate => "checking the client's certificate",
            Self::ClientFinished => "checking the client's Finished",
            Self::ServerFinished => "checking the server's Finished",
            Self::ApplicationData => "exchanging application data",
        }
    }

    /// Stable name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::ClientHello => "client_hello",
            Self::ServerHello => "server_hello",
            Self::ServerCertificate => "server_certificate",
            Self::ServerKeyExchange => "server_key_exchange",
            Self::CertificateRequest => "certificate_request",
            Self::ClientCertificate => "client_certificate",
            Self::ClientFinished => "client_finished",
            Self::ServerFinished => "server_finished",
            Self::ApplicationData => "application_data",
        }
    }
}

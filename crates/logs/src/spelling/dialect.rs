//! Whose spelling a word is.

/// The library, system or protocol that writes alerts in a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// The registry and the RFCs: names and numbers as they stand there.
    Registry,
    /// OpenSSL, and the many programs and languages that print what it says.
    OpenSsl,
    /// The verification results of OpenSSL, which are no alerts.
    X509,
    /// LibreSSL.
    LibreSsl,
    /// BoringSSL: Chromium, Envoy, Android, and what is built with it.
    BoringSsl,
    /// Node.js.
    Node,
    /// GnuTLS.
    GnuTls,
    /// NSS: Firefox, Thunderbird, and servers on it.
    Nss,
    /// NSPR, the system's side of NSS.
    Nspr,
    /// The certificate verifier of Firefox.
    Firefox,
    /// Chromium and the browsers made of it.
    Chromium,
    /// Go's `crypto/tls`.
    Go,
    /// Java's JSSE.
    Java,
    /// rustls.
    Rustls,
    /// Erlang/OTP.
    Erlang,
    /// Mbed TLS.
    MbedTls,
    /// wolfSSL.
    WolfSsl,
    /// Windows: HRESULTs of SSPI, and of certificates.
    Windows,
    /// SChannel: events and error states.
    SChannel,
    /// Apple's SecureTransport.
    SecureTransport,
    /// Apple's Foundation: `NSURLErrorDomain`.
    Foundation,
    /// QUIC.
    Quic,
    /// curl.
    Curl,
    /// The operating system.
    System,
}

impl Dialect {
    /// The name that people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "TLS",
            Self::OpenSsl => "OpenSSL",
            Self::X509 => "OpenSSL verification",
            Self::LibreSsl => "LibreSSL",
            Self::BoringSsl => "BoringSSL",
            Self::Node => "Node",
            Self::GnuTls => "GnuTLS",
            Self::Nss => "NSS",
            Self::Nspr => "NSPR",
            Self::Firefox => "Firefox",
            Self::Chromium => "Chromium",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Rustls => "rustls",
            Self::Erlang => "Erlang",
            Self::MbedTls => "Mbed TLS",
            Self::WolfSsl => "wolfSSL",
            Self::Windows => "Windows",
            Self::SChannel => "SChannel",
            Self::SecureTransport => "SecureTransport",
            Self::Foundation => "Apple Foundation",
            Self::Quic => "QUIC",
            Self::Curl => "curl",
            Self::System => "the system",
        }
    }
}

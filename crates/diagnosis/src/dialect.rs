//! Who speaks like this: the stack behind a hello or an alert, as a guess and never as proof.

use trace::Side;

use crate::Case;

/// A family of TLS implementations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stack {
    /// OpenSSL and what is built on it (curl, Python, nginx, Apache ...).
    OpenSsl,
    /// GnuTLS.
    GnuTls,
    /// Go crypto/tls.
    Go,
    /// Java JSSE.
    Java,
    /// Node.js.
    Node,
    /// Windows SChannel.
    Schannel,
    /// NSS (Firefox).
    Nss,
    /// BoringSSL (Chrome).
    BoringSsl,
    /// rustls.
    Rustls,
    /// Mbed TLS.
    MbedTls,
}

/// A guess and what it rests on.
#[derive(Clone, Debug)]
pub struct Guess {
    /// The stack.
    pub stack: Stack,
    /// Why: one short phrase.
    pub why: &'static str,
}

impl Stack {
    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::GnuTls => "GnuTLS",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Node => "Node.js",
            Self::Schannel => "Windows SChannel",
            Self::Nss => "NSS",
            Self::BoringSsl => "BoringSSL",
            Self::Rustls => "rustls",
            Self::MbedTls => "Mbed TLS",
        }
    }
}

impl Case<'_> {
    /// Which stack a side speaks like, by its hello and by the alert it chose.
    #[must_use]
    pub fn stack(&self, side: Side) -> Option<Guess> {
        let _ = side;
        None
    }
}

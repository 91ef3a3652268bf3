//! How QUIC ends a connection, and refuses to begin one.

use wire::QuicVersion;

/// A CONNECTION_CLOSE frame (RFC 9000, 19.19), as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The error: of QUIC itself (RFC 9000, 20.1), or of what it carries.
    pub error: u64,
    /// The type of the frame that is at fault, 0 if none; `None` where what QUIC carries closes,
    /// which then has error codes of its own.
    pub frame_type: Option<u64>,
    /// The name of the error, if it is one of QUIC itself and registered.
    pub name: Option<&'static str>,
    /// The reason in words, as far as kept: written by whoever sent it, so escape it before it is
    /// shown.
    pub reason: Box<str>,
    /// Whether only the peer can have said it. What comes in an Initial packet anybody on the way
    /// can have written (RFC 9000, 10.2.3): its keys are no secret.
    pub authenticated: bool,
}

/// A Version Negotiation packet (RFC 9000, 6): the server does not speak the client's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionNegotiation {
    /// What the client asked for.
    pub asked: QuicVersion,
    /// What the server speaks, as far as kept.
    pub speaks: Box<[QuicVersion]>,
}

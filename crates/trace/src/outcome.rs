//! How a conversation ended.

use alert::Side;

/// How a conversation ended, as far as the capture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The handshake was completed and nothing shows that it failed afterwards.
    Established,
    /// A side sent a fatal alert in the clear: its position in [`Session::events`](crate::Session::events).
    Alert(usize),
    /// A side sent an encrypted record that its size and place make an alert: its position in
    /// [`Session::events`](crate::Session::events).
    AlertLikely(usize),
    /// A side tore the connection down before the handshake was complete.
    Reset(Side),
    /// A side closed the connection before the handshake was complete.
    Closed(Side),
    /// The named side never answered, up to the end of the capture.
    Silent(Side),
    /// The named side left after waiting for an answer that never came.
    GaveUp(Side),
    /// The named side spoke plaintext to a peer that speaks TLS.
    Plaintext(Side),
    /// The handshake was completed, and then the server denied the access that it was for: EAP
    /// alone has this.
    Denied,
    /// Neither side spoke TLS.
    NotTls,
    /// The capture begins or ends inside the handshake, or lost what would tell.
    Truncated,
    /// Only the named side was captured.
    OneSided(Side),
}

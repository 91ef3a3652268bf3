//! What a verifier asks of a chain.

use wire::Time;

use crate::Anchors;

/// What a verifier asks of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The name or the address that the leaf must be for; `None` where nobody knows, or asks.
    pub host: Option<&'q str>,
    /// The moment at which it must be in date.
    pub moment: Time,
    /// What the leaf is shown for.
    pub purpose: Purpose,
    /// What its key is used for.
    pub exchange: Exchange,
    /// What the verifier trusts, where that is known.
    pub anchors: Option<&'q Anchors>,
}

/// What a certificate is shown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To be a TLS server.
    Server,
    /// To be a TLS client.
    Client,
}

/// What TLS does with the key of the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exchange {
    /// It signs the handshake: TLS 1.3, DHE and ECDHE, every client.
    Signs,
    /// It decrypts a secret: the RSA key exchange.
    Decrypts,
    /// Nobody saw.
    Unknown,
}

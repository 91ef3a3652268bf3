//! Whether a stream carries TLS, and from where on.
//!
//! Each carrier looks at the first bytes of a direction and answers *certain*, *unsure* or *not
//! mine*. So far there is one: TLS with nothing around it, on any port.

mod bare;

pub(crate) use bare::{LOOKED_AT, find, goes_on, may_be_tls, sniff};

/// What the first bytes of a direction are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// TLS records from the first byte.
    Records,
    /// A ClientHello in SSLv2 format with this many bytes behind its 2-byte header.
    Sslv2(u16),
    /// Something else.
    NotTls,
}

/// Bytes that a verdict needs.
pub(crate) const SNIFFED: usize = wire::RECORD_HEADER;

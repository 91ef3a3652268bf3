//! A good client certificate that belongs to no account.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "client-cert-not-mapped",
    because: "a client certificate for which the server finds no account",
    page: include_str!("client-cert-not-mapped.md"),
    // The handshake goes well, and what follows is encrypted: only the server's log tells.
    judge: |_| None,
};

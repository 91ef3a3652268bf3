//! A program that may not read the private key of its certificate.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "private-key-permission",
    because: "a private key that the program's account may not read",
    page: include_str!("private-key-permission.md"),
    // On the wire it looks like a server without a certificate, or a client without one: only the
    // machine's own log tells the difference.
    judge: |_| None,
};

//! A certificate that is no root stands among the roots of Windows.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "non-root-in-root-store",
    because: "a certificate among the server's trusted roots that is no root",
    page: include_str!("non-root-in-root-store.md"),
    // The handshake goes well, and IIS says 403.16 inside it: only its log tells.
    judge: |_| None,
};

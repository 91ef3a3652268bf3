//! TCP was closed without a goodbye, and the other side complains of that.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "eof-without-close-notify",
    because: "a peer that closed TCP without close_notify",
    page: include_str!("eof-without-close-notify.md"),
    // It is no failure: an alert that only follows a FIN is left out where the end of a session is
    // read, and a connection that ends so counts as a good one.
    judge: |_| None,
};

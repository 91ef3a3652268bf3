//! A server's key that Windows has registered so that SChannel cannot sign with it.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "schannel-keyspec",
    because: "a server key whose registered use (KeySpec) does not fit its provider",
    page: include_str!("schannel-keyspec.md"),
    // The wire shows a reset after the ClientHello, as of any server that fails inside: the two
    // error states of the event are what tells.
    judge: |_| None,
};

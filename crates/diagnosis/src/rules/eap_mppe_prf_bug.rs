//! EAP-TLS succeeds, and the keys for the network that come of it are wrong.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-mppe-prf-bug",
    because: "keys of the network that one side derives wrongly after EAP-TLS",
    page: include_str!("eap-mppe-prf-bug.md"),
    // Everything that can be seen of EAP and RADIUS is a success.
    judge: |_| None,
};

//! Java says user_canceled in front of its close_notify.

use crate::Cause;

pub(super) const CAUSE: Cause = Cause {
    slug: "user-canceled-java",
    because: "the way in which Java closes a connection",
    page: include_str!("user-canceled-java.md"),
    // It is no failure: this warning is none of those that make a good session worth a look.
    judge: |_| None,
};

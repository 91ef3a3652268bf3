//! Numbers outside the registry: codes that somebody sends all the same, and numbers that are taken
//! for codes.

use crate::Alert;

/// A code outside the registry.
pub(crate) struct FieldEntry {
    pub(crate) alert: Alert,
    pub(crate) name: &'static str,
    pub(crate) from: &'static str,
    pub(crate) says: &'static str,
    pub(crate) meaning: &'static str,
}

/// Where 200 to 205 come from.
const TLCP: &str = "TLCP, the Chinese national standard GB/T 38636";

/// Codes that are sent without being registered.
pub(crate) static FIELD: &[FieldEntry] = &[
    FieldEntry {
        alert: Alert(1),
        name: "end_of_early_data",
        from: "drafts of TLS 1.3",
        says: "ended its early data",
        meaning: "The client has sent all its 0-RTT data. It became a handshake message before \
                  TLS 1.3 was published.",
    },
    FieldEntry {
        alert: Alert(200),
        name: "unsupported_site2site",
        from: TLCP,
        says: "did not support site-to-site protection",
        meaning: "The sender does not support a connection between two sites.",
    },
    FieldEntry {
        alert: Alert(201),
        name: "no_area",
        from: TLCP,
        says: "had no protected area to offer",
        meaning: "There is no protected area behind the sender.",
    },
    FieldEntry {
        alert: Alert(202),
        name: "unsupported_areatype",
        from: TLCP,
        says: "did not support that type of protected area",
        meaning: "The sender does not support the type of protected area that was named.",
    },
    FieldEntry {
        alert: Alert(203),
        name: "bad_ibcparam",
        from: TLCP,
        says: "received an invalid parameter of identity-based cryptography",
        meaning: "A public parameter of identity-based cryptography (IBC) is invalid.",
    },
    FieldEntry {
        alert: Alert(204),
        name: "unsupported_ibcparam",
        from: TLCP,
        says: "did not support the parameters of identity-based cryptography",
        meaning: "The sender does not support the public parameters of identity-based \
                  cryptography (IBC).",
    },
    FieldEntry {
        alert: Alert(205),
        name: "identity_need",
        from: TLCP,
        says: "lacked the identity of the other side",
        meaning: "Identity-based cryptography (IBC) needs the identity of the other side, which is \
                  missing.",
    },
];

/// Numbers that people meet in the place of a code and that are none.
pub(crate) const NOT_CODES: [(u8, &str); 2] = [
    (
        128,
        "128 (0x80) is how a ClientHello in SSLv2 format begins. Read as TLS it looks like an \
         unknown type of record or message, not like an alert: an old client, or a scanner.",
    ),
    (
        255,
        "255 is the upper bound of the enum in RFC 5246, written to say that a code takes one \
         byte. Nobody assigned it; lists that call it unsupported_extension mean 110.",
    ),
];

//! Which causes show as which code, the most reported first.

/// Causes of each code, by slug.
pub(super) const CAUSES_OF: &[(u8, &[&str])] = &[
    (0, &["close-notify-during-handshake", "untrusted-root", "user-canceled-java"]),
    (
        10,
        &[
            "plaintext-http-on-tls-port",
            "sni-invalid-syntax",
            "malformed-clienthello",
            "renegotiation-refused",
            "middlebox-corruption",
        ],
    ),
    (
        20,
        &[
            "shared-connection-fork-or-thread",
            "dhe-leading-zero",
            "psk-wrong-secret",
            "middlebox-corruption",
        ],
    ),
    (21, &["shared-connection-fork-or-thread", "dhe-leading-zero", "middlebox-corruption"]),
    (22, &["plaintext-http-on-tls-port", "middlebox-corruption"]),
    (
        40,
        &[
            "client-cert-missing",
            "no-shared-cipher",
            "server-has-no-usable-certificate",
            "server-cert-type-mismatch",
            "sni-unknown",
            "sni-missing",
            "legacy-renegotiation-peer",
            "weak-dh",
            "chain-sigalg-not-offered",
            "no-shared-group",
            "sigalg-no-overlap",
            "scanner-noise",
        ],
    ),
    (
        42,
        &[
            "untrusted-root",
            "clock-skew",
            "not-yet-valid",
            "hostname-mismatch",
            "san-missing",
            "client-cert-missing",
            "sha1-signature-rejected",
            "rsa-1024-rejected",
            "tls-interception-untrusted",
            "cert-bad-signature",
        ],
    ),
    (
        43,
        &[
            "wrong-eku-server",
            "client-cert-wrong-eku",
            "key-usage-mismatch",
            "sha1-signature-rejected",
        ],
    ),
    (44, &["revoked"]),
    (
        45,
        &[
            "expired-leaf",
            "expired-chain-member",
            "crl-expired",
            "clock-skew",
            "client-cert-expired",
        ],
    ),
    (
        46,
        &[
            "tls-interception-untrusted",
            "pinning",
            "untrusted-root",
            "self-signed-server",
            "x509-strict",
            "platform-cert-policy",
            "expired-leaf",
            "hostname-mismatch",
            "server-does-not-trust-client-ca",
        ],
    ),
    (
        47,
        &[
            "malformed-clienthello",
            "sni-invalid-syntax",
            "psk-wrong-secret",
            "sigalg-no-overlap",
            "no-shared-cipher",
        ],
    ),
    (
        48,
        &[
            "untrusted-root",
            "missing-intermediate",
            "self-signed-server",
            "server-does-not-trust-client-ca",
            "missing-client-intermediate",
            "crl-missing",
            "tls-interception-untrusted",
        ],
    ),
    (49, &["sni-unknown", "client-cert-policy-denied", "sni-missing"]),
    (
        50,
        &[
            "eof-without-close-notify",
            "sni-invalid-syntax",
            "client-cert-missing",
            "malformed-clienthello",
            "tls-to-plaintext-port",
            "wrong-starttls-mode",
        ],
    ),
    (51, &["hsm-bad-signature", "cert-bad-signature", "psk-wrong-secret"]),
    (
        70,
        &[
            "client-max-version-below-server-min",
            "client-min-version-above-server-max",
            "sslv2-hello",
            "middlebox-corruption",
        ],
    ),
    (71, &["no-shared-cipher", "server-cert-type-mismatch", "nonstandard-dh-group"]),
    (
        80,
        &[
            "sni-missing",
            "session-id-context-uninitialized",
            "sni-unknown",
            "server-internal-error",
        ],
    ),
    (86, &["fallback-scsv"]),
    (90, &["user-canceled-java"]),
    (100, &["renegotiation-for-client-cert", "renegotiation-refused"]),
    (109, &["sigalg-ext-missing", "malformed-clienthello"]),
    (112, &["sni-unknown-warning", "sni-unknown", "sni-missing"]),
    (115, &["psk-identity-unknown"]),
    (116, &["client-cert-missing"]),
    (120, &["alpn-no-overlap"]),
    (121, &["ech-rejected"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every slug in the table has a page.
    #[test]
    fn every_slug_is_known() {
        for slug in CAUSES_OF.iter().flat_map(|(_, slugs)| slugs.iter()) {
            assert!(diagnosis::cause(slug).is_some(), "{slug}");
        }
    }

    /// The codes stand in order, each once, and no code names a cause twice.
    #[test]
    fn codes_are_in_order() {
        assert!(CAUSES_OF.is_sorted_by(|a, b| a.0 < b.0));
        for (code, slugs) in CAUSES_OF {
            let mut sorted = slugs.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), slugs.len(), "{code}");
        }
    }
}

//! The grounds on which a side refuses, whatever its library calls them.
//!
//! Libraries number the same few dozen complaints in different ways. A complaint stands here once,
//! with the causes behind it; the tables of the libraries say which of their codes is which.

use crate::sighting::{Sure, Suspect};

/// One complaint.
pub(super) struct Ground {
    /// What the side that complains did: past tense, fits after "this side".
    pub(super) says: &'static str,
    /// The causes behind it, the most likely first.
    pub(super) causes: &'static [Suspect],
}

/// Writes the grounds: a name, what the side did, and its causes by how sure they are.
macro_rules! grounds {
    ($($name:ident $says:literal $($sure:ident $cause:literal)*;)+) => {
        $(
            pub(super) static $name: Ground = Ground {
                says: $says,
                causes: &[$(Suspect { cause: $cause, sure: Sure::$sure }),*],
            };
        )+

        /// All of them.
        #[cfg(test)]
        pub(super) static GROUNDS: &[&Ground] = &[$(&$name),+];
    };
}

grounds! {
    // The certificate of the other side.
    VERIFY "did not accept the certificate"
        Possible "untrusted-root" Possible "missing-intermediate" Possible "expired-leaf"
        Possible "hostname-mismatch" Possible "server-does-not-trust-client-ca";
    EXPIRED "found that a certificate has expired"
        Likely "expired-leaf" Possible "expired-chain-member" Possible "client-cert-expired"
        Possible "clock-skew";
    ISSUER_EXPIRED "found that the certificate of an issuer has expired"
        Likely "expired-chain-member" Possible "clock-skew";
    NOT_YET_VALID "found a certificate that is not valid yet"
        Likely "clock-skew" Possible "not-yet-valid";
    DATES "found a certificate that has expired or is not valid yet"
        Likely "expired-leaf" Possible "clock-skew" Possible "not-yet-valid"
        Possible "expired-chain-member" Possible "client-cert-expired";
    UNTRUSTED "found no trusted authority behind the certificate"
        Likely "untrusted-root" Possible "missing-intermediate" Possible "self-signed-server"
        Possible "tls-interception-untrusted" Possible "server-does-not-trust-client-ca"
        Possible "missing-client-intermediate";
    NO_ISSUER "did not find the issuer of a certificate"
        Likely "missing-intermediate" Likely "untrusted-root"
        Possible "tls-interception-untrusted" Possible "server-does-not-trust-client-ca"
        Possible "missing-client-intermediate";
    LEAF_ALONE "was shown one certificate, and knows no issuer of it"
        Likely "missing-intermediate" Possible "untrusted-root"
        Possible "missing-client-intermediate";
    SELF_SIGNED "was shown a certificate that signs itself and is not trusted"
        Likely "self-signed-server" Possible "server-does-not-trust-client-ca";
    ROOT_IN_CHAIN "was shown a chain up to a root that it does not trust"
        Likely "untrusted-root" Possible "tls-interception-untrusted"
        Possible "server-does-not-trust-client-ca";
    HOST_NAME "found a certificate that is not for the name it had asked for"
        Likely "hostname-mismatch" Possible "san-missing" Possible "sni-missing"
        Possible "sni-unknown";
    REVOKED "found the certificate revoked"
        Certain "revoked";
    REVOCATION "could not find out whether the certificate is revoked"
        Likely "revocation-unreachable" Possible "crl-missing";
    NO_CRL "has no list of revoked certificates of this issuer"
        Certain "crl-missing";
    CRL_EXPIRED "found its list of revoked certificates too old"
        Certain "crl-expired";
    PURPOSE "found a certificate that is not meant for this use"
        Likely "wrong-eku-server" Likely "client-cert-wrong-eku" Possible "key-usage-mismatch";
    KEY_USAGE "found a key that its certificate does not allow to be used so"
        Certain "key-usage-mismatch";
    NOT_A_CA "found a certificate that was issued by one that is no authority"
        Likely "issuer-not-a-ca";
    CHAIN_RULES "found a chain that breaks the limits which its own authorities set";
    CERT_SIGNATURE "found a certificate whose signature does not verify"
        Likely "cert-bad-signature";
    WEAK_KEY "found the key of a certificate too small"
        Likely "rsa-1024-rejected";
    WEAK_HASH "found a certificate that is signed with an outdated hash"
        Likely "sha1-signature-rejected";
    STRICT "found a certificate that strict reading of the standard does not allow"
        Likely "x509-strict";
    PLATFORM "found a certificate that the rules of its platform forbid"
        Likely "platform-cert-policy";
    PINNED "expected another key, which it has pinned"
        Certain "pinning";
    INTERCEPTED "found a certificate that is known from an inspecting proxy"
        Likely "tls-interception-untrusted";
    BAD_CERTIFICATE "could not read the certificate";
    STAPLE "found the stapled OCSP response missing or no good"
        Likely "ocsp-must-staple-missing";
    DENIED "accepted the certificate, and refused access"
        Likely "client-cert-policy-denied";

    // What this side has, or has not.
    NO_CLIENT_CERTIFICATE "required a client certificate and received none"
        Certain "client-cert-missing";
    CLIENT_CERTIFICATE_WANTED "was asked for a client certificate and has none that fits"
        Likely "client-cert-missing";
    NO_CLIENT_CERTIFICATE_FITS "was asked for a client certificate and found none that fits"
        Likely "client-cert-not-selected" Possible "client-cert-missing";
    NO_SERVER_CERTIFICATE "has no certificate that it could use"
        Likely "server-has-no-usable-certificate";
    KEY_MISMATCH "holds a key that does not belong to its certificate"
        Certain "key-cert-mismatch";
    PRIVATE_KEY "could not use its private key"
        Possible "private-key-permission" Possible "hsm-bad-signature"
        Possible "server-has-no-usable-certificate";
    CLIENT_KEY "could not sign with the key of its client certificate"
        Possible "private-key-permission" Possible "hsm-bad-signature";
    CERTIFICATE_TYPE "found another kind of key in the certificate than the cipher suite takes"
        Possible "server-cert-type-mismatch";
    PROTOCOLS_OFF "found none of the versions enabled that it was to use"
        Likely "no-protocol-enabled-locally" Possible "private-key-permission";
    KEY_ACCESS "could not get at its private key"
        Likely "private-key-permission" Possible "server-has-no-usable-certificate";
    KEY_SPEC "could not sign with the key of its certificate"
        Likely "schannel-keyspec" Possible "private-key-permission";
    OWN_CHAIN "could not build the chain of its own certificate"
        Possible "server-has-no-usable-certificate";
    NO_DEFAULT "has no default certificate"
        Possible "server-has-no-usable-certificate";
    NOT_STAPLED "could not get the OCSP response that it staples"
        Possible "revocation-unreachable" Possible "ocsp-must-staple-missing";
    NOT_MAPPED "found no account for the client certificate"
        Likely "client-cert-not-mapped" Possible "server-does-not-trust-client-ca";
    ISSUER_LIST "had to cut the list of authorities that it asks clients with"
        Likely "issuer-list-too-long";
    NOTHING_ENABLED "had nothing enabled that it could offer"
        Likely "no-protocol-enabled-locally";
    SETUP "could not begin: its own settings do not allow it";
    OWN_CRYPTOGRAPHY "failed inside its own cryptography";
    INTERNAL "failed for a reason of its own"
        Possible "server-internal-error";
    SESSION_CONTEXT "could not resume: no session id context is set"
        Certain "session-id-context-uninitialized";

    // What both sides have in common.
    CIPHERS "found no cipher suite that both sides accept"
        Likely "no-shared-cipher" Possible "server-cert-type-mismatch"
        Possible "server-has-no-usable-certificate" Possible "no-shared-group";
    VERSIONS "found no protocol version that both sides accept"
        Likely "client-max-version-below-server-min"
        Possible "client-min-version-above-server-max";
    VERSIONS_OR_CIPHERS "found no version or no cipher suite that both sides accept"
        Likely "no-shared-cipher" Possible "client-min-version-above-server-max"
        Possible "client-max-version-below-server-min";
    SERVER_TOO_OLD "was answered in a version that it does not accept"
        Likely "client-min-version-above-server-max";
    CHOSEN_CIPHER "could not use the cipher suite that the server chose"
        Possible "no-shared-cipher" Possible "middlebox-corruption";
    OLD_HELLO_CIPHERS "found no cipher suite it accepts in a ClientHello of the old format"
        Likely "sslv2-hello" Possible "no-shared-cipher";
    CHAIN_SCHEME "was shown a chain with a signature algorithm that it does not accept"
        Likely "chain-sigalg-not-offered" Possible "sha1-signature-rejected"
        Possible "sigalg-no-overlap";
    DHE "could not use the Diffie-Hellman group of the other side"
        Likely "weak-dh" Possible "dhe-leading-zero";
    DHE_KEY "could not use the Diffie-Hellman key of the other side"
        Possible "weak-dh" Possible "dhe-leading-zero";
    RENEGOTIATION_INFO "found the renegotiation_info of the other side wrong or missing"
        Likely "legacy-renegotiation-peer" Possible "middlebox-corruption";
    OLDER_CLIENT "saw a client fall back to an older version"
        Possible "version-intolerant-middlebox" Possible "fallback-scsv";
    PSK "could not use the pre-shared key"
        Possible "psk-wrong-secret" Possible "psk-identity-unknown";
    CURVE "was given a curve that it does not accept"
        Likely "no-shared-group" Possible "middlebox-corruption";
    GROUPS "found no group that both sides accept"
        Likely "no-shared-group" Possible "malformed-clienthello";
    SCHEMES "found no signature algorithm that both sides accept"
        Likely "sigalg-no-overlap" Possible "chain-sigalg-not-offered"
        Possible "sha1-signature-rejected";
    PARAMETERS "found no settings that both sides accept"
        Possible "no-shared-cipher" Possible "no-shared-group" Possible "sigalg-no-overlap"
        Possible "client-cert-missing";
    WEAK_DH "found the Diffie-Hellman group of the other side too small"
        Certain "weak-dh";
    WEAK "found what the other side chose too weak"
        Possible "weak-dh" Possible "rsa-1024-rejected" Possible "sha1-signature-rejected";
    PROTOCOLS "found no application protocol that both sides speak"
        Certain "alpn-no-overlap";
    FALLBACK "saw the other side fall back to an older version without need"
        Certain "fallback-scsv";
    DOWNGRADE "saw that something had lowered the version on the way"
        Likely "version-intolerant-middlebox";
    OLD_RENEGOTIATION "does not talk to sides that cannot renegotiate securely"
        Certain "legacy-renegotiation-peer";
    RENEGOTIATION "was asked to renegotiate, which it does not do"
        Certain "renegotiation-refused";
    EXTENDED_MASTER_SECRET "requires the extended master secret, or found it inconsistent"
        Likely "ems-required-fips";
    SERVER_NAME "serves nothing under the name it was asked for"
        Likely "sni-unknown" Possible "sni-missing";
    PSK_IDENTITY "did not know the identity of the pre-shared key"
        Certain "psk-identity-unknown";
    PSK_SECRET "holds another pre-shared key than the other side"
        Likely "psk-wrong-secret";
    LATE_CERTIFICATE "wanted a client certificate after the handshake, which was not agreed"
        Certain "post-handshake-auth-unsupported";
    ECH "did not take up the encrypted ClientHello"
        Likely "ech-rejected";
    NO_STARTTLS "was not offered TLS by a server that begins in clear"
        Likely "starttls-missing" Possible "starttls-stripped" Possible "starttls-refused";
    QUIC_ERROR "gave the connection over QUIC up"
        Possible "quic-transport-error" Possible "quic-version-mismatch" Possible "udp-blocked";
    QUIC_PARAMETERS "was not sent the transport parameters of QUIC"
        Certain "quic-transport-parameters-missing";

    // What the other side sent.
    NOT_TLS "received bytes that are not TLS"
        Likely "tls-to-plaintext-port" Possible "plaintext-http-on-tls-port"
        Possible "wrong-starttls-mode" Possible "proxy-protocol-mismatch";
    PLAIN_HTTP "received a plain HTTP request"
        Certain "plaintext-http-on-tls-port";
    OLD_HELLO "received a ClientHello in a format that it does not read"
        Likely "sslv2-hello" Possible "plaintext-http-on-tls-port";
    TOO_LONG "received a record longer than allowed"
        Likely "tls-to-plaintext-port" Possible "plaintext-http-on-tls-port"
        Possible "middlebox-corruption";
    BAD_RECORD "received a record that did not decrypt or was altered"
        Possible "shared-connection-fork-or-thread" Possible "middlebox-corruption"
        Possible "dhe-leading-zero" Possible "psk-wrong-secret";
    NO_HELLO "received first bytes that are no ClientHello"
        Possible "plaintext-http-on-tls-port" Possible "scanner-noise" Possible "sslv2-hello";
    UNDECRYPTED "received a record that its keys do not open"
        Possible "dhe-leading-zero" Possible "middlebox-corruption"
        Possible "psk-wrong-secret";
    FINISHED "received a Finished that does not fit what it saw of the handshake"
        Possible "middlebox-corruption" Possible "dhe-leading-zero" Possible "psk-wrong-secret";
    BAD_ANSWER "received an answer of the server that is not right"
        Possible "middlebox-corruption" Possible "version-intolerant-middlebox";
    BAD_EXTENSION "received an extension of the server that is not right"
        Possible "unsolicited-extension" Possible "middlebox-corruption";
    SECRET "could not take the shared secret out of the key exchange"
        Possible "middlebox-corruption" Possible "hsm-bad-signature";
    MALFORMED "received a message that does not parse"
        Possible "malformed-clienthello" Possible "middlebox-corruption";
    ILLEGAL "received a value that is not allowed there"
        Possible "malformed-clienthello";
    OUT_OF_TURN "received a message that had no place there"
        Possible "plaintext-http-on-tls-port" Possible "middlebox-corruption";
    UNSOLICITED "received an extension that it had not asked for"
        Certain "unsolicited-extension";
    MISSING_EXTENSION "missed an extension that has to be there"
        Possible "sigalg-ext-missing" Possible "malformed-clienthello";
    HANDSHAKE_SIGNATURE "received a signature, or a Finished, that does not verify"
        Likely "hsm-bad-signature" Possible "key-cert-mismatch" Possible "middlebox-corruption";
    WARNINGS "received more warnings in a row than it bears";

    // How a connection ends without a word.
    END_OF_FILE "saw the other side close the connection without an alert"
        Possible "eof-without-close-notify" Possible "health-probe-eof"
        Possible "lb-or-server-rst";
    RESET "saw the connection reset"
        Possible "lb-or-server-rst" Possible "sni-filter-rst";
    TIMEOUT "waited in vain"
        Possible "silent-server" Possible "silent-drop" Possible "pmtu-blackhole";
    NO_CONNECTION "reached nobody: there was no connection, and no TLS";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grounds read as the end of a sentence, and no two say the same.
    #[test]
    fn grounds_are_phrases() {
        let mut said: Vec<&str> = GROUNDS.iter().map(|ground| ground.says).collect();
        for says in &said {
            assert!(says.starts_with(char::is_lowercase) && !says.ends_with('.'), "{says}");
        }
        said.sort_unstable();
        assert!(said.windows(2).all(|pair| pair[0] != pair[1]));
    }

    /// What is certain stands alone: two causes cannot both be.
    #[test]
    fn certain_causes_stand_alone() {
        for ground in GROUNDS {
            let certain = ground.causes.iter().any(|suspect| suspect.sure == Sure::Certain);
            assert!(!certain || ground.causes.len() == 1, "{}", ground.says);
        }
    }
}

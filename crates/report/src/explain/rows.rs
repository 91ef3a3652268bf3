//! What to make of the codes that people meet: who refuses what with them, and where to look first.

/// What is said about one code beyond the registry.
pub(super) struct Row {
    pub(super) code: u8,
    /// Fits after "The side that RECEIVED it": no full stop.
    pub(super) received: &'static str,
    pub(super) refusals: &'static [Refusal],
    /// The same cause under other codes; may be empty.
    pub(super) other: &'static str,
    /// Codes it is taken for; may be empty.
    pub(super) not_this: &'static str,
}

/// One side refusing one thing.
pub(super) struct Refusal {
    pub(super) by: &'static str,
    pub(super) what: &'static str,
    /// Each a side to look at and the first thing to check there.
    pub(super) checks: &'static [(&'static str, &'static str)],
}

/// The row of a code.
pub(super) fn row(code: u8) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code == code)
}

const CERT_OF_SERVER: &str = "the server's certificate";
const CERT_OF_CLIENT: &str = "the client's certificate";

const ROWS: &[Row] = &[
    Row {
        code: 0,
        received: "has had everything; during a handshake it was given up without a reason",
        refusals: &[
            Refusal {
                by: "either",
                what: "nothing: an ordinary end",
                checks: &[("nobody", "after application data there is nothing to look for")],
            },
            Refusal {
                by: "client",
                what: "to go on, before Finished",
                checks: &[("client", "its log: a timeout, a cancelled request, a health check")],
            },
        ],
        other: "",
        not_this: "a FIN without it may be a truncation; 90 says that somebody called it off",
    },
    Row {
        code: 10,
        received: "spoke out of turn, or not TLS at all",
        refusals: &[
            Refusal {
                by: "server",
                what: "the first bytes",
                checks: &[
                    ("client", "does it speak plain HTTP, or another protocol, to this port?"),
                    ("between", "a load balancer that puts PROXY in front?"),
                ],
            },
            Refusal {
                by: "either",
                what: "a message out of order",
                checks: &[("both", "renegotiation, a very old or hand-made stack")],
            },
        ],
        other: "most servers just close on plain HTTP; OpenSSL 3.2 to 3.6 may send 22",
        not_this: "50 a message that does not parse · 70 the version",
    },
    Row {
        code: 20,
        received: "sent a record that did not decrypt on the other side",
        refusals: &[
            Refusal {
                by: "either",
                what: "a record, in mid-connection",
                checks: &[("sender", "one connection used by two threads or processes?")],
            },
            Refusal {
                by: "server",
                what: "the client's Finished",
                checks: &[
                    ("both", "a TLS_DHE_RSA suite and only now and then: remove those suites"),
                    ("client", "a pre-shared key: is it the same on both sides?"),
                ],
            },
        ],
        other: "a wrong pre-shared key: 20 in TLS 1.2, 47 or 51 in TLS 1.3",
        not_this: "51 a signature or Finished that does not verify",
    },
    Row {
        code: 22,
        received: "sent a record that is too long, or no TLS at all",
        refusals: &[Refusal {
            by: "either",
            what: "the length of a record",
            checks: &[
                ("client", "plain HTTP to this port? \"POST\" reads as a record of 21536 bytes"),
                ("between", "a device that alters or loses data"),
            ],
        }],
        other: "",
        not_this: "Go's \"oversized record received\" is its own finding, not this alert",
    },
    Row {
        code: 40,
        received: "offered, or chose, what the other side cannot accept",
        refusals: &[
            Refusal {
                by: "server",
                what: "the ClientHello",
                checks: &[
                    ("both", "cipher suites, groups, signature algorithms: any in common?"),
                    ("server", "a certificate for this name, of a type the client can use?"),
                    ("client", "does it send SNI?"),
                ],
            },
            Refusal {
                by: "server",
                what: "a missing client certificate",
                checks: &[("client", "TLS 1.2: is one configured, and its key readable?")],
            },
            Refusal {
                by: "client",
                what: "the server's choice",
                checks: &[("server", "weak DH key, no secure renegotiation, SHA-1 in the chain")],
            },
        ],
        other: "Erlang and GmSSL say 71 · rustls 49 and nginx 112 for an unknown name",
        not_this: "70 the version · 116 no client certificate in TLS 1.3",
    },
    Row {
        code: 42,
        received: "owns that certificate",
        refusals: &[
            Refusal {
                by: "client",
                what: CERT_OF_SERVER,
                checks: &[
                    ("server", "names (SAN), dates, key size, signature algorithm"),
                    ("client", "a Go or GnuTLS client says 42 for every fault: is the root there?"),
                    ("client", "its clock"),
                ],
            },
            Refusal {
                by: "server",
                what: CERT_OF_CLIENT,
                checks: &[("client", "Java and Go servers say 42 when none was sent")],
            },
        ],
        other: "Java says 46 for most of these · OpenSSL says 48 for an untrusted root",
        not_this: "45 expired · 43 wrong purpose · 48 no trusted authority",
    },
    Row {
        code: 43,
        received: "owns that certificate",
        refusals: &[
            Refusal {
                by: "client",
                what: CERT_OF_SERVER,
                checks: &[("server", "extended key usage must hold serverAuth")],
            },
            Refusal {
                by: "server",
                what: CERT_OF_CLIENT,
                checks: &[
                    ("client", "extended key usage must hold clientAuth"),
                    ("client", "the right one of several picked? (machine or user)"),
                ],
            },
        ],
        other: "wrong purpose: Java 46 · Go and GnuTLS 42",
        not_this: "it does not mean a certificate format that nobody knows",
    },
    Row {
        code: 44,
        received: "owns that certificate",
        refusals: &[Refusal {
            by: "either",
            what: "the peer's certificate",
            checks: &[
                ("owner", "get a new certificate; the old one is on its issuer's list"),
                ("owner", "does the server still present the old file? reload it"),
            ],
        }],
        other: "113 when a stapled answer says so",
        not_this: "a list that cannot be fetched or has expired: 48 or 45 from OpenSSL",
    },
    Row {
        code: 45,
        received: "owns that certificate",
        refusals: &[
            Refusal {
                by: "client",
                what: CERT_OF_SERVER,
                checks: &[
                    ("server", "dates of every certificate it sends: openssl x509 -noout -dates"),
                    ("server", "renewed, but not reloaded?"),
                    ("client", "its clock; an old root in its store; an expired CRL"),
                ],
            },
            Refusal {
                by: "server",
                what: CERT_OF_CLIENT,
                checks: &[("client", "renew it, and make the program load the new one")],
            },
        ],
        other: "not yet valid: 42 from most · Java in TLS 1.3 46 · Go and GnuTLS 42",
        not_this: "44 revoked",
    },
    Row {
        code: 46,
        received: "owns that certificate",
        refusals: &[
            Refusal {
                by: "client",
                what: CERT_OF_SERVER,
                checks: &[
                    ("client", "Java says 46 for nearly everything: its log names the reason"),
                    ("client", "an inspecting proxy whose root it lacks, or a pinned certificate"),
                    ("server", "intermediate sent? name in the SAN?"),
                ],
            },
            Refusal {
                by: "server",
                what: CERT_OF_CLIENT,
                checks: &[("server", "Java: any fault of a client certificate; trust store")],
            },
        ],
        other: "the same faults: OpenSSL 48, 42, 43, 45 · Go and GnuTLS 42",
        not_this: "despite the name: not \"a certificate that nobody knows\"",
    },
    Row {
        code: 47,
        received: "sent a value that its own offer or the RFC forbids",
        refusals: &[
            Refusal {
                by: "server",
                what: "the ClientHello",
                checks: &[
                    ("client", "key_share for a group it does not list; an address in SNI"),
                    ("both", "a pre-shared key: OpenSSL 3.0 says 47 when the secret differs"),
                ],
            },
            Refusal {
                by: "client",
                what: "the server's choice",
                checks: &[("server", "a suite or group that was not offered; a middlebox")],
            },
        ],
        other: "OpenSSL 1.0.2 and 1.1.0 sent 47 for no common signature algorithm",
        not_this: "50 a message that does not even parse",
    },
    Row {
        code: 48,
        received: "owns that certificate",
        refusals: &[
            Refusal {
                by: "client",
                what: CERT_OF_SERVER,
                checks: &[
                    ("server", "intermediate sent?  openssl s_client -connect HOST:443 -showcerts"),
                    ("client", "private CA or inspecting proxy: is its root installed?"),
                ],
            },
            Refusal {
                by: "server",
                what: "the client's certificate (mutual TLS, 802.1X)",
                checks: &[
                    ("server", "issuing CA in the list of client CAs?"),
                    ("client", "right certificate picked? intermediates sent?"),
                ],
            },
        ],
        other: "Go and GnuTLS clients send 42 · Java 46 · Node just closes",
        not_this: "45 expired · 44 revoked · 116 none sent · 112 name not served here",
    },
    Row {
        code: 49,
        received: "was recognised and is not allowed in",
        refusals: &[
            Refusal {
                by: "server",
                what: "the name asked for",
                checks: &[("server", "rustls: no certificate for this SNI, or none was sent")],
            },
            Refusal {
                by: "server",
                what: CERT_OF_CLIENT,
                checks: &[
                    ("server", "an access rule; GnuTLS says 49 for any bad client certificate"),
                    ("client", "which program? OpenSSL never sends 49 by itself"),
                ],
            },
        ],
        other: "unknown name: nginx 112 · Go 80 · some 40",
        not_this: "48 the authority is not trusted",
    },
    Row {
        code: 50,
        received: "sent a message that does not parse, or closed too early",
        refusals: &[
            Refusal {
                by: "client",
                what: "the end of the connection",
                checks: &[("server", "OpenSSL 3 says 50 after a FIN: why did the server close?")],
            },
            Refusal {
                by: "server",
                what: "the ClientHello",
                checks: &[("client", "an unusual SNI; a hand-made client")],
            },
            Refusal {
                by: "server",
                what: "a missing client certificate",
                checks: &[("client", "GnuTLS servers say 50 in TLS 1.2 when none was sent")],
            },
        ],
        other: "Go says 10 for a ClientHello that it cannot parse",
        not_this: "47 it parses, but a value is forbidden",
    },
    Row {
        code: 51,
        received: "signed, or computed, something that does not verify",
        refusals: &[
            Refusal {
                by: "server",
                what: "the client's signature",
                checks: &[("client", "a TPM or smart card that cannot do RSA-PSS: update it")],
            },
            Refusal {
                by: "client",
                what: "a signature in the chain",
                checks: &[("client", "an old root of the same name as the new one?")],
            },
            Refusal {
                by: "server",
                what: "a pre-shared key's binder",
                checks: &[("both", "the same secret on both sides?")],
            },
        ],
        other: "a bad signature in the chain: Go, Java and GnuTLS 42",
        not_this: "20 a record that does not decrypt",
    },
    Row {
        code: 70,
        received: "speaks only versions that the other side does not",
        refusals: &[
            Refusal {
                by: "server",
                what: "the client's versions",
                checks: &[
                    ("client", "old program or system: can it speak TLS 1.2?"),
                    ("server", "openssl s_client -connect HOST:443 -tls1_2, then -tls1_3"),
                ],
            },
            Refusal {
                by: "client",
                what: "the server's version",
                checks: &[("server", "too old for this client: enable TLS 1.2")],
            },
        ],
        other: "some servers say 40, or reset the connection",
        not_this: "86 a client that came back with less than it can",
    },
    Row {
        code: 71,
        received: "offers nothing strong enough",
        refusals: &[
            Refusal {
                by: "server",
                what: "the ClientHello",
                checks: &[
                    ("both", "cipher suites in common? Erlang and GmSSL say 71 for none"),
                    ("server", "does its certificate fit the suites offered (RSA, ECDSA)?"),
                ],
            },
            Refusal {
                by: "client",
                what: "the server's DH group",
                checks: &[("server", "use a group of RFC 7919, or ECDHE")],
            },
        ],
        other: "most stacks say 40 for the same",
        not_this: "70 the version",
    },
    Row {
        code: 80,
        received: "need not have done anything wrong",
        refusals: &[Refusal {
            by: "server",
            what: "to go on, after the ClientHello",
            checks: &[
                ("client", "does it send SNI? many edges (Cloudflare, Caddy, AWS) say 80 without"),
                ("server", "a certificate for this name? its log has the reason"),
                ("client", "a resumed session: OpenSSL without a session ID context"),
            ],
        }],
        other: "unknown name: nginx 112 · rustls 49",
        not_this: "it says nothing about the peer's certificate",
    },
    Row {
        code: 86,
        received: "came back with a lower version than it can speak, and said so",
        refusals: &[Refusal {
            by: "server",
            what: "the client's second attempt",
            checks: &[
                ("client", "why did its first attempt fail? look just before this one"),
                ("between", "packet loss, or a box that drops modern hellos"),
            ],
        }],
        other: "F5 was seen to say 40",
        not_this: "70 versions that do not meet at all",
    },
    Row {
        code: 90,
        received: "need not do anything",
        refusals: &[Refusal {
            by: "client",
            what: "to go on, or nothing",
            checks: &[
                ("client", "Java sends 90, then 0, when it closes in TLS 1.3: harmless"),
                ("client", "during the handshake: a person or a timeout cancelled it"),
            ],
        }],
        other: "",
        not_this: "0 an ordinary end",
    },
    Row {
        code: 100,
        received: "asked to negotiate anew within the connection",
        refusals: &[
            Refusal {
                by: "client",
                what: "the server's HelloRequest",
                checks: &[(
                    "server",
                    "IIS asks late for a client certificate: turn \"negotiate client \
                     certificate\" on for the binding",
                )],
            },
            Refusal {
                by: "server",
                what: "the client's second ClientHello",
                checks: &[("client", "switch renegotiation off, or use TLS 1.3")],
            },
        ],
        other: "TLS 1.3 has no renegotiation: 10",
        not_this: "40 from an OpenSSL 3 client: the server lacks secure renegotiation",
    },
    Row {
        code: 109,
        received: "left out an extension that TLS 1.3 needs",
        refusals: &[Refusal {
            by: "server",
            what: "the ClientHello",
            checks: &[
                ("client", "signature_algorithms, supported_groups and key_share must be there"),
                ("client", "SNI, where the server insists on it"),
            ],
        }],
        other: "OpenSSL says 40 for it up to TLS 1.2",
        not_this: "110 an extension too many",
    },
    Row {
        code: 110,
        received: "answered with an extension that was not asked for",
        refusals: &[Refusal {
            by: "client",
            what: "the ServerHello",
            checks: &[(
                "server",
                "a hand-made or broken stack: compare its extensions with the offer",
            )],
        }],
        other: "",
        not_this: "109 an extension missing · 255 in some lists is a misprint for 110",
    },
    Row {
        code: 112,
        received: "asked for a name that is not served here, or for none",
        refusals: &[Refusal {
            by: "server",
            what: "the name in the ClientHello (SNI)",
            checks: &[
                ("client", "which name does it ask for? an alias, an address, an old name"),
                ("server", "server_name, SNI binding, ssl_reject_handshake of the default server"),
                ("client", "as a warning: only Java 7 and a few others stop for it"),
            ],
        }],
        other: "rustls says 49 · Go and many edges 80 · others 40",
        not_this: "42, 46 the name is not in the certificate: that is the client's refusal",
    },
    Row {
        code: 115,
        received: "gave an identity that the server does not know",
        refusals: &[Refusal {
            by: "server",
            what: "the pre-shared key's identity",
            checks: &[
                ("server", "is this identity in its table, byte for byte? mind a trailing NUL"),
                ("client", "encoding and length of the identity"),
            ],
        }],
        other: "51 or 20 when the server hides which part was wrong",
        not_this: "20, 47, 51 the identity is known and the secret differs",
    },
    Row {
        code: 116,
        received: "was asked for a certificate and sent none",
        refusals: &[Refusal {
            by: "server",
            what: "a missing client certificate",
            checks: &[
                ("client", "is one configured? is its private key readable by this account?"),
                ("client", "does its issuer stand in the server's list?"),
                ("server", "ask optionally if it is not needed everywhere"),
            ],
        }],
        other: "TLS 1.2: 40 · GnuTLS 50 · Java and Go 42 · nginx answers HTTP 400, no alert",
        not_this: "48 one was sent, and its authority is not trusted",
    },
    Row {
        code: 120,
        received: "offers only application protocols that the server does not speak",
        refusals: &[Refusal {
            by: "server",
            what: "the protocols in the ClientHello (ALPN)",
            checks: &[
                ("client", "exact tokens: h2, http/1.1, h3 (not \"h1\" or \"http2\")"),
                ("server", "is HTTP/2 switched on for this name?"),
            ],
        }],
        other: "many servers ignore it and go on without a protocol · QUIC 0x178",
        not_this: "112 the name",
    },
    Row {
        code: 121,
        received: "did not accept Encrypted ClientHello",
        refusals: &[Refusal {
            by: "client",
            what: "a handshake with the outer name",
            checks: &[
                ("server", "ECH keys and the HTTPS record in DNS must match"),
                ("client", "a good client tries again with the keys it was just given"),
            ],
        }],
        other: "",
        not_this: "112 the name is not served",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows stand in the order of the codes, each for a registered code.
    #[test]
    fn rows_are_in_order() {
        assert!(ROWS.is_sorted_by(|a, b| a.code < b.code));
        for row in ROWS {
            assert!(alert::Alert(row.code).name().is_some(), "{}", row.code);
            assert!(!row.received.ends_with('.'), "{}", row.code);
            assert!(row.refusals.iter().all(|refusal| !refusal.checks.is_empty()));
        }
    }

    /// The codes that people meet have a row.
    #[test]
    fn the_codes_that_matter_have_a_row() {
        for code in [
            0, 10, 20, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90, 100, 109,
            110, 112, 115, 116, 120, 121,
        ] {
            assert!(row(code).is_some(), "{code}");
        }
    }
}

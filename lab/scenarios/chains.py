"""What a client may dislike about the server's chain beside dates, names and authorities."""

import clients
import servers
from case import case

_PLAIN = {"openssl": "nginx", "gnutls": "go", "java": "openssl", "go": "java", "python": "apache",
          "curl": "haproxy"}


def cases():
    yield from _strict()
    yield from _usage()
    yield from _staple()
    yield from _no_authority()
    yield from _limits()
    yield from _algorithm()
    yield from _other_key()


def _refused(cause, purpose, certificate, client, tls="1.2", called="", server=None, **truth):
    name = server or _PLAIN[client.stack]
    return case(f"{cause}/{client.stack}-tls{tls.replace('.', '')}-{name}{called}", purpose,
                servers.ALL[name](cert=certificate, tls=tls), client, "client", tls=tls, **truth)


def _strict():
    cause = "x509-strict"
    purpose = "The certificate has no authorityKeyIdentifier; the client verifies strictly."
    for client in (clients.openssl("-x509_strict", tls="1.2"),
                   clients.python("--strict", tls="1.2")):
        yield _refused(cause, purpose, "no-key-id", client)
    purpose = "The certificate has a critical extension that nobody knows."
    for name in ("openssl", "gnutls", "go", "java"):
        yield _refused(cause, purpose, "critical", clients.ALL[name](tls="1.2"), called="-critical",
                       also=["untrusted-root"] if name == "gnutls" else [])


def _usage():
    purpose = "The key of the certificate may encrypt and not sign, and the suite wants it to sign."
    for client, server in (("gnutls", "go"), ("java", "openssl")):
        yield _refused("key-usage-mismatch", purpose, "encrypts", clients.ALL[client](tls="1.2"),
                       server=server)


def _staple():
    cause = "ocsp-must-staple-missing"
    purpose = "The certificate promises a stapled OCSP response, and the server sends none."
    for server in ("nginx", "openssl", "go"):
        yield _refused(cause, purpose, "must-staple", clients.gnutls(tls="1.2"), server=server)


    stale = servers.openssl("-status_file", "must-staple.ocsp", cert="must-staple", tls="1.2")
    yield case(f"{cause}/gnutls-tls12-openssl-stale",
               "The certificate promises a stapled OCSP response; the one that comes ended weeks "
               "before.", stale, clients.gnutls(tls="1.2"), "client", tls="1.2")
    for client in (clients.gnutls(tls="1.2"), clients.curl("--cert-status", tls="1.2")):
        yield case(f"revoked/{client.stack}-tls12-openssl-stapled",
                   "The server staples that its certificate is revoked.",
                   servers.openssl("-status_file", "revoked.ocsp", cert="revoked", tls="1.2"),
                   client, "client", tls="1.2")


def _no_authority():
    cause = "issuer-not-a-ca"
    purpose = "The server's certificate was issued by another server's certificate."
    for name in ("openssl", "python", "java", "go", "gnutls"):
        yield _refused(cause, purpose, "by-a-leaf", clients.ALL[name](tls="1.2"))


def _limits():
    for name in ("openssl", "java", "go", "gnutls"):
        yield _refused("path-length-exceeded", "The chain holds an authority below one that allows "
                       "none below it.", "too-deep", clients.ALL[name](tls="1.2"))
        yield _refused("name-constraint-violated", "The authority may issue for names below "
                       "intern.example.test only; the certificate is for www.example.test.",
                       "not-permitted", clients.ALL[name](tls="1.2"))


def _algorithm():
    purpose = "The certificate is signed with SHA-512, which the client does not offer."
    schemes = "ecdsa_secp256r1_sha256,rsa_pss_rsae_sha256,rsa_pkcs1_sha256"
    client = clients.java(tls="1.2", machine=[f"-Djdk.tls.client.SignatureSchemes={schemes}"])
    # OpenSSL as a server would not send such a chain to such a client.
    for server in ("go", "gnutls"):
        yield _refused("chain-sigalg-not-offered", purpose, "sha512", client, server=server)


def _other_key():
    purpose = "The server signs with a key that does not belong to its certificate."
    also = ["cert-bad-signature", "untrusted-root", "ems-required-fips"]
    for name in ("openssl", "java", "gnutls", "go"):
        for tls in ("1.2", "1.3"):
            yield case(f"key-cert-mismatch/{name}-tls{tls.replace('.', '')}-go", purpose,
                       servers.go("-key", "shop", tls=tls), clients.ALL[name](tls=tls), "client",
                       tls=tls, also=also)
    purpose = "The client signs with a key that does not belong to its certificate."
    for name, words in (("openssl", ["-Verify", "2", "-verify_return_error", "-CAfile",
                                     "clients.crt"]),
                        ("gnutls", ["--x509cafile", "clients.crt", "--require-client-cert",
                                    "--verify-client-cert"]),
                        ("java", ["-clients", "clients.crt"]), ("go", ["-clients", "clients.crt"])):
        yield case(f"hsm-bad-signature/go-tls12-{name}", purpose,
                   servers.ALL[name](*words, tls="1.2"),
                   clients.go("-key", "alice-deep", cert="alice", tls="1.2"), "server", tls="1.2",
                   notes="The key is a file here: from outside it makes no difference whether a "
                   "chip signs wrongly or another key signs.")

"""The client refuses the server's certificate."""

import clients
import servers
from case import case

# What the client is shown, by cause: the purpose, the server's certificate, the name asked for.
_FLAWS = {
    "untrusted-root": ("The chain ends at a root the client does not trust.", "untrusted"),
    "self-signed-server": ("The server's only certificate is signed by itself.", "selfsigned"),
    "missing-intermediate": ("The server sends its certificate without the intermediate.", "short"),
    "expired-leaf": ("The server's certificate expired 40 days before.", "expired"),
    "not-yet-valid": ("The server's certificate becomes valid ten days later.", "future"),
    "hostname-mismatch": ("The certificate is for shop.example.test, the client asked for "
                          "www.example.test.", "shop"),
    "wrong-eku-server": ("The certificate allows only client authentication.", "client-usage"),
    "sha1-signature-rejected": ("The server's certificate is signed with SHA-1.", "sha1"),
    "rsa-1024-rejected": ("The server's certificate has an RSA key of 1024 bits.", "rsa1024"),
    "cert-bad-signature": ("The signature of the server's certificate is damaged.", "damaged"),
}

# Stacks that take a flaw as good (measured): they cannot show the failure.
_ACCEPTS = {"sha1-signature-rejected": {"java"}, "rsa-1024-rejected": {"gnutls", "java", "go"}}

# Node.js leaves in the same way whatever is wrong: three causes are enough.
_SHOWN_BY_NODE = ("untrusted-root", "expired-leaf", "hostname-mismatch")

# Which client meets which server, at which version, and how it is recorded.
_MEETINGS = [
    ("openssl", "openssl", "1.2", {}),
    ("openssl", "nginx", "1.3", {"form": "pcapng"}),
    ("gnutls", "go", "1.2", {}),
    ("gnutls", "openssl", "1.3", {}),
    ("java", "openssl", "1.2", {}),
    ("java", "openssl", "1.3", {}),
    ("go", "java", "1.2", {"host": "127.0.0.3"}),
    ("go", "openssl", "1.3", {}),
    ("curl", "haproxy", "1.3", {"port": 443}),
    ("python", "apache", "1.2", {"host": "::1"}),
    ("node", "openssl", "1.3", {}),
]

_FAMILY = [*_FLAWS, "revoked"]
# Causes that OpenSSL gives the same code (measured), which is all that TLS 1.3 lets be seen.
_SAME_CODE = [
    {"untrusted-root", "self-signed-server", "missing-intermediate"},
    {"not-yet-valid", "hostname-mismatch", "sha1-signature-rejected", "rsa-1024-rejected"},
]
_ALERT_IN_THE_CLEAR = {"openssl", "curl", "python"}
_NEAR = {
    "self-signed-server": ["untrusted-root"],
    "untrusted-root": ["missing-intermediate"],
    "missing-intermediate": ["untrusted-root"],
}
_DARK = ("In TLS 1.3 the certificate is encrypted: who reads along sees at most the alert, and of "
         "some clients not even that.")


def cases():
    for cause, (purpose, certificate) in _FLAWS.items():
        for client, server, tls, place in _MEETINGS:
            if client in _ACCEPTS.get(cause, ()):
                continue
            if client != "node" or cause in _SHOWN_BY_NODE:
                yield _refused(cause, purpose, certificate, client, server, tls, place)
    yield from _revoked()
    yield from _outdated_list()
    yield from _chain_and_names()


def _refused(cause, purpose, certificate, client, server, tls, place):
    options = {"cert": certificate, "tls": tls}
    if certificate in ("sha1", "rsa1024") and server not in ("go", "java"):
        # HAProxy does not even load such a certificate.
        server = "openssl" if server == "haproxy" else server
        options["level"] = 0
    listener = servers.ALL[server](**options)
    short = tls.replace(".", "")
    return case(f"{cause}/{client}-tls{short}-{server}", purpose, listener,
                clients.ALL[client](tls=tls), "client", tls=tls, **place,
                **_judged(cause, client, tls))


def _judged(cause, client, tls):
    if client == "node":
        return {"also": [other for other in _FAMILY if other != cause], "outcome": "closed",
                "notes": "Node.js judges the certificate in JavaScript and closes TCP without any "
                "alert; an alert 50 from the server is only its answer to that. " + _DARK}
    if (cause, client) == ("hostname-mismatch", "curl"):
        return {"also": [other for other in _FAMILY if other != cause], "outcome": "closed",
                "notes": "curl compares the name after the handshake and closes in good order, "
                "without an alert. " + _DARK}
    if tls == "1.2":
        return {"also": _NEAR.get(cause, [])}
    alike = set(_FAMILY)
    if client in _ALERT_IN_THE_CLEAR:
        alike = next((group for group in _SAME_CODE if cause in group), set())
    return {"also": sorted(alike - {cause}), "notes": _DARK}


def _revoked():
    for tls in ("1.2", "1.3"):
        client = clients.openssl("-crl_check", "-CRL", "issuing.crl", tls=tls)
        yield case(f"revoked/openssl-tls{tls.replace('.', '')}-openssl",
                   "The client has a revocation list that names the server's certificate.",
                   servers.openssl(cert="revoked"), client, "client", tls=tls,
                   **_judged("revoked", "openssl", tls))
    curl = clients.curl("--crlfile", "root-and-crls.pem", tls="1.2")
    yield case("revoked/curl-tls12-go",
               "curl has a revocation list that names the server's certificate.",
               servers.go(cert="revoked"), curl, "client", tls="1.2")


def _outdated_list():
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        yield case(f"crl-expired/openssl-tls{short}-openssl",
                   "All certificates are good; the client's revocation list is out of date.",
                   servers.openssl(),
                   clients.openssl("-crl_check", "-CRL", "issuing-old.crl", tls=tls), "client",
                   tls=tls, also=["expired-leaf"] if tls == "1.3" else [])
        yield case(f"crl-missing/openssl-tls{short}-openssl",
                   "All certificates are good; the client wants a revocation list and has none.",
                   servers.openssl(), clients.openssl("-crl_check", tls=tls), "client", tls=tls,
                   also=["untrusted-root"])


def _chain_and_names():
    for client, tls in (("openssl", "1.2"), ("python", "1.3"), ("go", "1.2"), ("gnutls", "1.2"),
                        ("java", "1.2")):
        yield case(f"expired-chain-member/{client}-tls{tls.replace('.', '')}-openssl",
                   "The server's certificate is good, its intermediate expired 20 days before.",
                   servers.openssl(cert="old-chain"), clients.ALL[client](tls=tls), "client",
                   tls=tls, also=["expired-leaf"] if tls == "1.3" else [])
    for client, tls in (("go", "1.2"), ("go", "1.3")):
        yield case(f"san-missing/{client}-tls{tls.replace('.', '')}-openssl",
                   "The certificate has its name in the subject alone.",
                   servers.openssl(cert="no-san"), clients.ALL[client](tls=tls), "client",
                   tls=tls, also=["hostname-mismatch"] if tls == "1.2" else _FAMILY)

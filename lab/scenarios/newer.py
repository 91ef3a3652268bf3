"""The frequent failures once more, with stacks that are newer than Debian's or not in it at all:
the certificates of servers and of clients. `newer_hellos.py` has what fails before them."""

import clients
import newer
import servers
from case import Attempt, Case, Server, case
from scenarios import client_certificates

# What the client is shown, by cause: the purpose and the server's certificate.
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
    "expired-chain-member": ("The server's certificate is good, its intermediate expired 20 days "
                             "before.", "old-chain"),
    "san-missing": ("The certificate has its name in the subject alone.", "no-san"),
    "issuer-not-a-ca": ("The server's certificate was issued by another server's certificate.",
                        "by-a-leaf"),
    "x509-strict": ("The certificate has a critical extension that nobody knows.", "critical"),
    "key-usage-mismatch": ("The key of the certificate may encrypt and not sign, and the suite "
                           "wants it to sign.", "encrypts"),
    "tls-interception-untrusted": ("The server's certificate is by an authority that has the name "
                                   "of an inspecting proxy, mitmproxy; the client does not know "
                                   "it.", "intercepted"),
    "ocsp-must-staple-missing": ("The certificate promises a stapled OCSP response, and the server "
                                 "sends none.", "must-staple"),
}
_FREQUENT = list(_FLAWS)[:7]

# Clients that say what they think of a certificate, and those that leave without an alert
# (measured). Each meets the frequent flaws, in one version of TLS or the other.
_SPEAKING = ["rustls", "modern", "openssl-4", "java-25", "bouncy", "nss", "erlang", "chromium"]
_SILENT = ["node-24", "s2n", "curl-cffi", "curl-gnutls"]
_SHOWN_BY_SILENT = ["untrusted-root", "expired-leaf", "hostname-mismatch"]
# Both versions, because the two differ most there.
_TWICE = {(cause, client) for cause in ("untrusted-root", "expired-leaf")
          for client in ("rustls", "modern", "openssl-4", "java-25", "node-24")}
# pyOpenSSL looks at no name: that is left to the program.
_ACCEPTS = {("hostname-mismatch", "openssl-4")}
# Who refuses the rarer flaws (measured: the others take them), and in which version.
_RARE = {
    "sha1-signature-rejected": "rustls:1.2 rustls:1.3 modern:1.3 openssl-4:1.2 bouncy:1.3 "
                               "mbedtls:1.2",
    "rsa-1024-rejected": "rustls:1.2 rustls:1.3 openssl-4:1.2 openssl-4:1.3 mbedtls:1.2",
    "cert-bad-signature": "rustls:1.2 modern:1.2 openssl-4:1.3 java-25:1.2 nss:1.2 mbedtls:1.2 "
                          "erlang:1.2 chromium:1.2",
    "expired-chain-member": "rustls:1.2 modern:1.3 openssl-4:1.2 java-25:1.2 bouncy:1.2 nss:1.2 "
                            "erlang:1.3 chromium:1.2",
    "san-missing": "rustls:1.2 rustls:1.3 modern:1.2 modern:1.3 chromium:1.2 chromium:1.3",
    "issuer-not-a-ca": "rustls:1.2 openssl-4:1.2 java-25:1.2 nss:1.3 mbedtls:1.2 erlang:1.2 "
                       "bouncy:1.2 chromium:1.2",
    "x509-strict": "rustls:1.2 modern:1.2 openssl-4:1.2 java-25:1.2 nss:1.2 erlang:1.2 "
                   "mbedtls:1.2 bouncy:1.3",
    "key-usage-mismatch": "java-11:1.2 java-25:1.3 bouncy:1.2 mbedtls:1.2 curl-wolfssl:1.2 "
                          "curl-cffi:1.3 chromium:1.3",
    "tls-interception-untrusted": "rustls:1.2 modern:1.2 openssl-4:1.2 java-25:1.2 nss:1.2 "
                                  "chromium:1.2",
    "ocsp-must-staple-missing": "bouncy:1.2 bouncy:1.3",
}
# Stacks that are shown a few times only: Java 11 differs from 17 and 25 in a few codes.
_FEW = {
    "untrusted-root": "java-11:1.2 mbedtls:1.2 curl-wolfssl:1.3 curl-mbedtls:1.2 curl-nss:1.2",
    "self-signed-server": "mbedtls:1.2 curl-wolfssl:1.2",
    "expired-leaf": "java-11:1.3 mbedtls:1.2 curl-wolfssl:1.2",
    "not-yet-valid": "java-11:1.3 mbedtls:1.2",
    "hostname-mismatch": "java-11:1.2 mbedtls:1.2 curl-wolfssl:1.2",
    "wrong-eku-server": "mbedtls:1.2",
}

# Which server a client meets, if not OpenSSL's.
_MEETS = {"rustls": "modern", "modern": "java-25", "openssl-4": "rustls", "java-25": "envoy",
          "s2n": "modern", "curl-cffi": "rustls"}
_NEAR = {
    "self-signed-server": ["untrusted-root"],
    "untrusted-root": ["missing-intermediate"],
    "missing-intermediate": ["untrusted-root"],
    "issuer-not-a-ca": ["untrusted-root"],
    "tls-interception-untrusted": ["untrusted-root"],
}
_ONLY_OLD = ("mbedtls", "curl-mbedtls")
_DARK = "In TLS 1.3 the certificate is encrypted, and of most clients the alert is, too."
_SILENCE = "The client judges the certificate when the handshake is over, or says nothing: it leaves."

# Servers that ask for a certificate, and what they meet.
_ASKING = ["rustls", "modern", "openssl-4", "java-25", "bouncy", "nss", "erlang", "envoy",
           "mbedtls"]
_CLIENT_FLAWS = {
    "client-cert-missing": None,
    "server-does-not-trust-client-ca": "alice-untrusted",
    "client-cert-expired": "alice-expired",
    "client-cert-wrong-eku": "alice-server-usage",
    "missing-client-intermediate": "alice-short",
}


def cases():
    for row, cause in enumerate(_FREQUENT):
        for column, client in enumerate(_SPEAKING):
            yield from _frequent(cause, client, row + column)
        if cause in _SHOWN_BY_SILENT:
            for column, client in enumerate(_SILENT):
                yield from _frequent(cause, client, row + column)
    for rows in (_FEW, _RARE):
        for cause, who in rows.items():
            for word in who.split():
                yield _refused(cause, *word.split(":"))
    for row, cause in enumerate(_CLIENT_FLAWS):
        for column, server in enumerate(_ASKING):
            yield from _refused_by(server, cause, row + column)
    for server, cause, tls in (("node-24", "client-cert-missing", "1.2"),
                               ("node-24", "client-cert-missing", "1.3"),
                               ("node-24", "client-cert-wrong-eku", "1.2"),
                               ("java-11", "client-cert-missing", "1.2"),
                               ("java-11", "client-cert-missing", "1.3"),
                               ("java-11", "client-cert-expired", "1.2")):
        yield _asked(server, cause, tls)
    yield from _good()
    yield from _without_certificates()
    yield from _signed_wrongly()
    yield from _revoked()


def _frequent(cause, client, place):
    if (cause, client) in _ACCEPTS:
        return
    versions = ("1.2", "1.3") if (cause, client) in _TWICE else (("1.2", "1.3")[place % 2],)
    if client in _ONLY_OLD:
        versions = ("1.2",)
    for tls in versions:
        yield _refused(cause, client, tls)


def _refused(cause, client, tls):
    purpose, certificate = _FLAWS[cause]
    server = _MEETS.get(client, "openssl")
    # Not every server loads a certificate that is old, or says the name of the certificate's issuer.
    if cause in ("sha1-signature-rejected", "rsa-1024-rejected"):
        listener, server = servers.openssl(cert=certificate, tls=tls, level=0), "openssl"
    elif server == "openssl" or cause in ("cert-bad-signature", "x509-strict"):
        listener, server = servers.openssl(cert=certificate, tls=tls), "openssl"
    else:
        listener = newer.SERVERS[server](cert=certificate, tls=tls)
    family = [other for other in _FLAWS if other != cause]
    truth = {"also": _NEAR.get(cause, [])}
    if tls == "1.3":
        truth = {"also": family, "notes": _DARK}
    if client == "nss" and tls == "1.2":
        truth["also"] = [*truth["also"], "client-left-after-handshake"]
        truth["notes"] = "NSS completes the handshake first; its alert is encrypted."
    if (client, server, tls) == ("modern", "java-25", "1.3"):
        # Java has written its answer before it reads the alert, and does not tell it.
        truth |= {"alert": 42, "outcome": "alert, encrypted"}
    if client in (*_SILENT, "curl-mbedtls"):
        truth = {"also": [*family, "client-left-after-handshake"], "notes": _SILENCE}
    return case(f"{cause}/{client}-tls{tls.replace('.', '')}-{server}", purpose, listener,
                newer.CLIENTS[client](tls=tls), "client", tls=tls, again=client == "chromium",
                **truth)


def _refused_by(server, cause, place):
    twice = cause == "client-cert-missing"
    versions = ("1.2", "1.3") if twice else (("1.2", "1.3")[place % 2],)
    for tls in ("1.2",) if server in _ONLY_OLD else versions:
        yield _asked(server, cause, tls)


def _also(cause, tls):
    if tls == "1.2":
        return client_certificates.near(cause)
    return [other for other in _CLIENT_FLAWS if other != cause]


def _asked(server, cause, tls):
    return case(f"{cause}/openssl-tls{tls.replace('.', '')}-{server}",
                client_certificates.purpose(cause),
                newer.SERVERS[server](tls=tls, clients="clients.crt"),
                clients.openssl(tls=tls, cert=_CLIENT_FLAWS[cause]), "server", tls=tls,
                also=_also(cause, tls))


def _good():
    """Each of these stacks as it is when all is well."""
    for place, (name, client) in enumerate(newer.CLIENTS.items()):
        tls = "1.2" if name in _ONLY_OLD else ("1.2", "1.3")[place % 2]
        server = _MEETS.get(name, "openssl")
        listener = newer.SERVERS[server](tls=tls) if server in newer.SERVERS else servers.openssl(
            tls=tls)
        # A browser asks for more than the page, over as many connections as it likes.
        yield case(f"established/{name}-tls{tls.replace('.', '')}-{server}",
                   "A connection without any failure.", listener, client(tls=tls), "nobody",
                   tls=tls, again=name == "chromium", outcome="established")
    for place, (name, server) in enumerate(newer.SERVERS.items()):
        tls = "1.2" if name in _ONLY_OLD else ("1.3", "1.2")[place % 2]
        yield case(f"established/openssl-tls{tls.replace('.', '')}-{name}-mutual",
                   "Both sides show a certificate that the other trusts.",
                   server(tls=tls, clients="clients.crt"), clients.openssl(tls=tls, cert="alice"),
                   "nobody", tls=tls)


def _without_certificates():
    """Newer clients that have none, and that have one which the server does not know."""
    cause = "client-cert-missing"
    for client, tls in (("rustls", "1.2"), ("modern", "1.3"), ("java-25", "1.2"),
                        ("curl-cffi", "1.2"), ("s2n", "1.3")):
        yield case(f"{cause}/{client}-tls{tls.replace('.', '')}-haproxy",
                   client_certificates.purpose(cause),
                   servers.haproxy("ca-file clients.crt verify required", tls=tls),
                   newer.CLIENTS[client](tls=tls), "server", tls=tls, also=_also(cause, tls))
    for client in (newer.java25, newer.java11):
        called = client().stack
        there = servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile", "stranger.crt",
                                tls="1.2")
        here = servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt",
                               tls="1.2")
        yield Case(f"client-cert-not-selected/{called}-tls12-openssl",
                   "One server takes the client's certificate; the other names another authority, "
                   "and the client sends none.",
                   [Server(here, port=8443), Server(there, port=8444)],
                   [Attempt(client(tls="1.2", cert="alice-untrusted"), "established", "nobody",
                            "1.2", server=1),
                    Attempt(client(tls="1.2", cert="alice-untrusted"), "client-cert-not-selected",
                            "server", "1.2", also=["client-cert-missing"])])


def _signed_wrongly():
    """Keys that do not belong to their certificates."""
    also = ["cert-bad-signature", "untrusted-root", "ems-required-fips"]
    for client, tls in (("rustls", "1.2"), ("rustls", "1.3"), ("modern", "1.2"), ("modern", "1.3"),
                        ("openssl-4", "1.3"), ("java-25", "1.2"), ("bouncy", "1.3"),
                        ("nss", "1.2"), ("erlang", "1.2"), ("curl-cffi", "1.2")):
        yield case(f"key-cert-mismatch/{client}-tls{tls.replace('.', '')}-go",
                   "The server signs with a key that does not belong to its certificate.",
                   servers.go("-key", "shop", tls=tls), newer.CLIENTS[client](tls=tls), "client",
                   tls=tls, also=also)
    for server, tls in (("rustls", "1.2"), ("rustls", "1.3"), ("modern", "1.2"),
                        ("node-24", "1.2"), ("openssl-4", "1.2"), ("java-25", "1.2"),
                        ("bouncy", "1.2"), ("nss", "1.2"), ("erlang", "1.2"), ("envoy", "1.3")):
        yield case(f"hsm-bad-signature/go-tls{tls.replace('.', '')}-{server}",
                   "The client signs with a key that does not belong to its certificate.",
                   newer.SERVERS[server](tls=tls, clients="clients.crt"),
                   clients.go("-key", "alice-deep", cert="alice", tls=tls), "server", tls=tls,
                   also=list(_CLIENT_FLAWS) if tls == "1.3" else [],
                   notes="The key is a file here: from outside it makes no difference whether a "
                   "chip signs wrongly or another key signs.")


def _revoked():
    """Lists of revoked certificates: one that has the server's, one too old, and none."""
    purpose = "The client has a revocation list that names the server's certificate."
    for client, tls in ((clients.curl("--crlfile", "root-and-crls.pem", tls="1.3"), "1.3"),
                        (newer.curl_mbedtls("--crlfile", "issuing.crl", tls="1.2"), "1.2")):
        also = [*_FLAWS, "client-left-after-handshake"]
        yield case(f"revoked/{client.stack}-tls{tls.replace('.', '')}-nginx", purpose,
                   servers.nginx(cert="revoked", tls=tls), client, "client", tls=tls,
                   also=also if tls == "1.3" or "curl-" in client.stack else [])
    for tls in ("1.2", "1.3"):
        also = list(_FLAWS) if tls == "1.3" else []
        yield case(f"crl-missing/curl-tls{tls.replace('.', '')}-nginx",
                   "curl was given a revocation list, and none of the issuer of the server's "
                   "certificate.", servers.nginx(tls=tls),
                   clients.curl("--crlfile", "root.crl", tls=tls), "client", tls=tls,
                   also=["untrusted-root", *also])
        yield case(f"crl-expired/curl-tls{tls.replace('.', '')}-nginx",
                   "All certificates are good; curl's revocation list is out of date.",
                   servers.nginx(tls=tls), clients.curl("--crlfile", "issuing-old.crl", tls=tls),
                   "client", tls=tls, also=["expired-leaf", *also])

"""Failures beside successes: what others, or the same client at other times, got in with.

Each client here fails for one reason and is like those that succeed in all else; some are recorded
alone as well, so that both answers can be compared. Recoveries are clients that come back at once.
"""

import clients
import servers
from case import Attempt, Case, Server

_REJECT = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"
_GCM = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
_GCM_JAVA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
# The failing client's address, and those of two others.
_HERE, _OTHER, _THIRD = "198.51.100.1", "198.51.100.2", "198.51.100.3"


def cases():
    yield from _suites()
    yield from _names()
    yield from _versions()
    yield from _extensions()
    yield from _certificates()
    yield from _recoveries()
    yield _several_groups()


def _good(client, tls):
    return Attempt(client, "established", "nobody", tls)


def _beside(cause, called, purpose, server, failing, good, tls, **truth):
    """The failing client, with the others around it."""
    before, after = good[:-1] or good, good[-1:]
    attempts = [_good(client, tls) for client in before]
    attempts += [Attempt(failing, cause, "server", tls, **truth)]
    attempts += [_good(client, tls) for client in after if len(good) > 1]
    return Case(f"{cause}/beside-others-{called}", purpose, [Server(server, "192.0.2.10", 443)],
                attempts)


def _alone(cause, called, purpose, server, failing, tls, **truth):
    return Case(f"{cause}/alone-{called}", purpose, [Server(server, "192.0.2.10", 443)],
                [Attempt(failing, cause, "server", tls, **truth)])


def _suites():
    cause = "no-shared-cipher"
    alone = "The client offers two good cipher suites, and the server has another one alone."
    beside = alone + " Others get in, which differ from it in nothing but their suites."
    near = ["server-cert-type-mismatch", "no-shared-group"]
    openssl = clients.openssl("-cipher", _GCM, tls="1.2", source=_HERE)
    server = servers.nginx("ssl_ciphers ECDHE-ECDSA-CHACHA20-POLY1305;", tls="1.2")
    yield _alone(cause, "openssl-tls12-nginx", alone, server, openssl, "1.2", also=near)
    yield _beside(cause, "openssl-tls12-nginx", beside, server, openssl,
                  [clients.openssl(tls="1.2", source=_OTHER), clients.go(tls="1.2", source=_THIRD),
                   clients.openssl(tls="1.2", source=_THIRD)], "1.2")
    java = clients.java("-suites", _GCM_JAVA, tls="1.2", source=_HERE)
    server = servers.haproxy("ciphers ECDHE-ECDSA-CHACHA20-POLY1305", tls="1.2")
    yield _alone(cause, "java-tls12-haproxy", alone, server, java, "1.2", also=near)
    yield _beside(cause, "java-tls12-haproxy", beside, server, java,
                  [clients.java(tls="1.2", source=_OTHER), clients.python(tls="1.2", source=_THIRD)],
                  "1.2")
    cbc = clients.gnutls(tls="1.2", priority="NORMAL:-CIPHER-ALL:+AES-256-CBC")
    yield _beside(cause, "gnutls-tls12-apache", beside, servers.apache("SSLCipherSuite AESGCM"), cbc,
                  [clients.gnutls(tls="1.2"), clients.node(tls="1.2")], "1.2")
    cause = "no-shared-group"
    yield _beside(cause, "openssl-tls13-nginx",
                  "The client has one curve, which the server does not take; others have more.",
                  servers.nginx("ssl_ecdh_curve X25519;"),
                  clients.openssl("-groups", "P-521:P-384", tls="1.3", source=_HERE),
                  [clients.openssl(tls="1.3", source=_OTHER), clients.curl(tls="1.3", source=_THIRD)],
                  "1.3")


def _names():
    cause = "sni-missing"
    purpose = "The client sends no server name, which the server insists on; others send it."
    yield _beside(cause, "openssl-tls13-haproxy", purpose, servers.haproxy("strict-sni"),
                  clients.openssl(tls="1.3", name=None, source=_HERE),
                  [clients.openssl(tls="1.3", source=_OTHER), clients.python(tls="1.3", source=_THIRD)],
                  "1.3")
    yield _beside(cause, "gnutls-tls12-nginx", purpose, servers.nginx(more=_REJECT),
                  clients.gnutls(tls="1.2", name=None),
                  [clients.gnutls(tls="1.2"), clients.go(tls="1.2", source=_THIRD)], "1.2")


def _versions():
    cause = "client-max-version-below-server-min"
    purpose = "The client ends at TLS 1.2, the server begins at TLS 1.3; others offer both."
    for client in ("java", "gnutls"):
        yield _beside(cause, f"{client}-tls12-gnutls", purpose, servers.gnutls(tls="1.3"),
                      clients.ALL[client](tls="1.2"), [clients.ALL[client](), clients.go()], "1.2",
                      also=["ems-required-fips"])


def _extensions():
    cause = "ems-required-fips"
    purpose = ("The server insists on the extended master secret, and one client does not know it; "
               "others do.")
    server = servers.java(tls="1.2")
    server.argv.insert(1, "-Djdk.tls.allowLegacyMasterSecret=false")
    yield _beside(cause, "gnutls-tls12-java", purpose, server,
                  clients.gnutls(tls="1.2", priority="NORMAL:%NO_SESSION_HASH"),
                  [clients.gnutls(tls="1.2"), clients.openssl(tls="1.2", source=_THIRD)], "1.2")
    yield _beside(cause, "java-tls12-java", purpose, server,
                  clients.java(tls="1.2", machine=["-Djdk.tls.useExtendedMasterSecret=false"]),
                  [clients.java(tls="1.2"), clients.curl(tls="1.2", source=_THIRD)], "1.2")
    yield _beside("alpn-no-overlap", "python-tls13-go",
                  "The client speaks an application protocol that the server does not have; others "
                  "speak one that it has. The alert is encrypted.",
                  servers.go("-alpn", "h2,http/1.1"),
                  clients.python("--alpn", "h1", tls="1.3", source=_HERE),
                  [clients.python("--alpn", "http/1.1", tls="1.3", source=_OTHER),
                   clients.openssl(tls="1.3", source=_THIRD)], "1.3")


def _certificates():
    cause = "client-cert-missing"
    purpose = "The client shows no certificate, which the server insists on; others show one."
    for name, server in (("curl", servers.haproxy("ca-file clients.crt", "verify required")),
                         ("go", servers.go("-clients", "clients.crt"))):
        make = clients.ALL[name]
        yield _beside(cause, f"{name}-tls13-{server.stack}", purpose, server,
                      make(tls="1.3", source=_HERE),
                      [make(tls="1.3", source=_OTHER, cert="alice"),
                       make(tls="1.3", source=_THIRD, cert="alice")], "1.3",
                      also=["hidden-client-certificate"])


def _recoveries():
    cause = "client-min-version-above-server-max"
    purpose = ("The client offers TLS 1.3 alone, is refused, and comes back at once with TLS 1.2, "
               "which the server takes.")
    for name, server in (("openssl", servers.haproxy(tls="1.2")), ("gnutls", servers.nginx(tls="1.2")),
                         ("java", servers.go(tls="1.2"))):
        make = clients.ALL[name]
        yield _returning(cause, f"{name}-tls13-{server.stack}", purpose, server,
                         Attempt(make(tls="1.3"), cause, "server", "1.3"), make(tls="1.2"), "1.2")
    cause = "client-max-version-below-server-min"
    yield _returning(cause, "python-tls12-openssl",
                     "The client ends at TLS 1.2, is refused, and comes back at once with TLS 1.3.",
                     servers.openssl(tls="1.3"),
                     Attempt(clients.python(tls="1.2"), cause, "server", "1.2"),
                     clients.python(tls="1.3"), "1.3")
    cause = "fallback-scsv"
    narrow = ("-groups", "P-521:P-384")
    yield Case(f"{cause}/second-attempt-openssl-nginx",
               "TLS 1.3 fails because the two have no group in common; the client comes back with "
               "TLS 1.2 and marks this as a fallback, which is refused.",
               [Server(servers.nginx("ssl_ecdh_curve X25519;"))],
               [Attempt(clients.openssl(*narrow, tls="1.3"), "no-shared-group", "server", "1.3",
                        also=["no-shared-cipher"]),
                Attempt(clients.openssl(*narrow, "-fallback_scsv", tls="1.2"), cause, "server",
                        "1.2")])


def _returning(cause, called, purpose, server, first, second, tls):
    return Case(f"{cause}/recovered-{called}", purpose, [Server(server)],
                [first, _good(second, tls)])


def _several_groups():
    """What all failures of a group have in common is said once."""
    cause = "no-shared-cipher"
    narrow = ["--ciphers", _GCM]
    attempts = [_good(clients.curl(tls="1.2", source=_OTHER), "1.2"),
                _good(clients.curl(tls="1.2", source=_THIRD), "1.2")]
    for last in range(4, 8):
        attempts.append(Attempt(clients.curl(*narrow, tls="1.2", source=f"198.51.100.{last}"),
                                cause, "server", "1.2"))
    return Case(f"{cause}/group-curl-tls12-nginx",
                "Four clients offer suites that the server does not have; two like them in all else "
                "get in.",
                [Server(servers.nginx("ssl_ciphers ECDHE-ECDSA-CHACHA20-POLY1305;", tls="1.2"),
                        "192.0.2.10", 443)], attempts)

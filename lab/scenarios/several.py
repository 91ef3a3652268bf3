"""Captures with several failures in them, as a real one has: the README's example is the first."""

import clients
import servers
from case import Attempt, Case, Server

_OLD = ("--ciphers", "DEFAULT@SECLEVEL=0")
_REJECT = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"


def cases():
    yield _office()
    yield _mutual()
    yield _ports()
    yield _ring()


def _office():
    """Two web servers and nine clients; six things are wrong, and most connections are fine."""
    web = servers.nginx("ssl_ciphers AESGCM;", more=_REJECT)
    billing = servers.haproxy("ca-file clients.crt", "verify required", cert="expired")
    here = [f"198.51.100.{last}" for last in range(10)]
    old, stranger, renamed = (here[1], here[2]), (here[3], here[4]), (here[5], here[6])
    attempts = [_good(clients.openssl(tls="1.3", source=here[7]), "1.3")]
    for source in (*old, old[0], old[1], old[0]):
        attempts += [Attempt(clients.curl(*_OLD, tls="1.0", source=source),
                             "client-max-version-below-server-min", "server", "1.0"),
                     _good(clients.python(tls="1.2", source=here[8]), "1.2")]
    for source in (*stranger, stranger[0], stranger[1]):
        attempts.append(Attempt(clients.python(tls="1.2", source=source, ca="stranger.crt"),
                                "untrusted-root", "client", "1.2", also=["missing-intermediate"]))
    attempts.append(_good(clients.go(tls="1.2", source=stranger[0]), "1.2"))
    for source in (*renamed, renamed[0]):
        attempts.append(Attempt(clients.go(name="old.example.test", tls="1.2", source=source),
                                "sni-unknown", "server", "1.2"))
    for source in (here[1], here[8]):
        attempts.append(Attempt(clients.raw("http", source=source), "plaintext-http-on-tls-port",
                                "server", outcome="plaintext on a TLS port"))
    attempts.append(_good(clients.curl(tls="1.3", source=here[8]), "1.3"))
    for source in (here[7], here[8], here[7]):
        attempts.append(Attempt(clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA", tls="1.2",
                                                source=source),
                                "no-shared-cipher", "server", "1.2"))
    for client in (clients.openssl(tls="1.2", source=here[3]),
                   clients.curl(tls="1.3", source=here[7]), clients.go(tls="1.2", source=here[4]),
                   clients.java(tls="1.2", source=here[6])):
        attempts.append(Attempt(client, "expired-leaf", "client", server=1,
                                tls="1.3" if "--tlsv1.3" in client.argv else "1.2"))
    for _ in range(3):
        attempts.append(Attempt(clients.raw("nothing", source=here[9]), "health-probe-eof",
                                "nobody", outcome="closed"))
    attempts.append(_good(clients.go(tls="1.3", source=here[7]), "1.3"))
    return Case("several/office",
                "Two servers, nine clients: six things are wrong, the other connections are fine.",
                [Server(web, "192.0.2.10", 443), Server(billing, "192.0.2.20", 8443)], attempts)


def _mutual():
    """One server that wants client certificates, and every kind of client certificate."""
    server = servers.haproxy("ca-file clients.crt", "verify required")
    missing = "client-cert-missing"
    trust = "server-does-not-trust-client-ca"
    attempts = []
    for tls in ("1.2", "1.3"):
        for client, cause, near in [
            (clients.openssl(tls=tls, cert="alice"), "established", []),
            (clients.openssl(tls=tls), missing, []),
            (clients.go(tls=tls), missing, []),
            (clients.openssl(tls=tls, cert="alice-expired"), "client-cert-expired", []),
            (clients.python(tls=tls, cert="alice-untrusted"), trust,
             ["missing-client-intermediate"]),
            (clients.curl(tls=tls, cert="alice-server-usage"), "client-cert-wrong-eku", []),
            (clients.openssl(tls=tls, cert="alice-short"), "missing-client-intermediate", [trust]),
            (clients.go(tls=tls, cert="alice"), "established", []),
        ]:
            by = "nobody" if cause == "established" else "server"
            if tls == "1.3" and by == "server":
                near = [other for other in (missing, "client-cert-expired", trust,
                                            "client-cert-wrong-eku",
                                            "missing-client-intermediate") if other != cause]
            attempts.append(Attempt(client, cause, by, tls, also=near))
    return Case("several/mutual",
                "One server that requires client certificates: good, missing, expired, untrusted, "
                "for another use, and without the intermediate; over IPv6.",
                [Server(server, "::1", 8443)], attempts, form="pcapng")


def _ports():
    """Services that are mistaken for one another, in a capture on every device."""
    web, mail, dead = servers.nginx(), servers.raw("smtp"), servers.raw("reset")
    attempts = [_good(clients.node(tls="1.2", source="127.0.0.5"), "1.2")]
    for client in (clients.openssl(source="127.0.0.5"), clients.go(source="127.0.0.6")):
        attempts.append(Attempt(client, "wrong-starttls-mode", "client", "1.3", server=1,
                                also=["tls-to-plaintext-port"], outcome="TLS on a plaintext port"))
    for client in (clients.curl(source="127.0.0.5"), clients.java(source="127.0.0.6")):
        attempts.append(Attempt(client, "lb-or-server-rst", "server", "1.3", server=2))
    for words in ("sslv2", "sslv2_tls10"):
        attempts.append(Attempt(clients.raw(words, source="127.0.0.7"), "sslv2-hello", "server",
                                "SSL 2.0 form"))
    attempts.append(Attempt(clients.raw("smtp", source="127.0.0.6"), "plaintext-http-on-tls-port",
                            "server", outcome="plaintext on a TLS port"))
    attempts.append(Attempt(clients.go(tls="1.3", name="shop.example.test", source="127.0.0.6"),
                            "hostname-mismatch", "client", "1.3",
                            also=["untrusted-root", "expired-leaf", "missing-intermediate",
                                  "self-signed-server", "not-yet-valid", "wrong-eku-server"]))
    attempts.append(_good(clients.java(tls="1.3", source="127.0.0.5"), "1.3"))
    return Case("several/ports",
                "TLS where mail is spoken, mail where TLS is spoken, old hellos, a server that "
                "resets, a wrong name, and two good connections.",
                [Server(web, "127.0.0.1", 443), Server(mail, "127.0.0.1", 25),
                 Server(dead, "127.0.0.1", 636)], attempts, form="cooked")


def _ring():
    """A few connections in a ring of files: those that fail begin in one file and end in the next."""
    attempts = [_good(clients.curl(tls="1.2", source="127.0.0.5"), "1.2"),
                Attempt(clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA", tls="1.2",
                                        source="127.0.0.6"), "no-shared-cipher", "server", "1.2"),
                Attempt(clients.python(tls="1.2", source="127.0.0.7", ca="stranger.crt"),
                        "untrusted-root", "client", "1.2", also=["missing-intermediate"]),
                _good(clients.go(tls="1.3", source="127.0.0.5"), "1.3")]
    return Case("several/ring",
                "Two failures between two good connections, in a ring of files of eight packets: "
                "conversations begin in one file and end in another.",
                [Server(servers.nginx("ssl_ciphers AESGCM;"), "127.0.0.1", 443)], attempts,
                form="ring")


def _good(client, tls):
    return Attempt(client, "established", "nobody", tls)

"""Hellos that newer stacks send and refuse: versions, suites, groups, names, and what is no TLS."""

import clients
import newer
import servers
from case import Attempt, Case, Server, case
from scenarios import quic

_OLD = ("-cipher", "ALL:@SECLEVEL=0")
_ONE_SUITE = "The client offers one cipher suite that the server does not have."
_ONE_GROUP = "The client offers one group that the server does not have."


def cases():
    yield from _versions()
    yield from _suites()
    yield from _groups()
    yield from _signatures()
    yield from _names()
    yield from _protocols()
    yield from _strangers()
    yield from _afterwards()
    yield from _weak()
    yield from _boxes()
    yield from _datagrams()


def _server(name, tls, **asks):
    """A server of that version alone; Mbed TLS has one only."""
    return newer.SERVERS[name](tls=None if name == "mbedtls" else tls, **asks)


def _path(cause, client, tls, server):
    return f"{cause}/{client}-tls{tls.replace('.', '')}-{server}"


def _at(cause, purpose, words, tls, server, listener, **truth):
    """openssl's client, told these words, is refused by a newer server."""
    return case(_path(cause, "openssl", tls, server), purpose, listener,
                clients.openssl(*words, tls=tls), "server", tls=tls, **truth)


def _versions():
    cause = "client-max-version-below-server-min"
    for server in ("rustls", "modern", "openssl-4", "java-25", "erlang", "envoy"):
        yield _at(cause, "The client's newest version is TLS 1.0, the server begins at TLS 1.2.",
                  _OLD, "1.0", server, newer.SERVERS[server]())
    for server in ("rustls", "modern", "node-24", "openssl-4", "java-11", "java-25", "bouncy",
                   "nss", "erlang", "envoy"):
        yield _at(cause, "The client's newest version is TLS 1.2, the server begins at TLS 1.3.",
                  (), "1.2", server, _server(server, "1.3"))
    for client in ("rustls", "java-25", "mbedtls"):
        yield case(_path(cause, client, "1.2", "nginx"),
                   "The client's newest version is TLS 1.2, the server begins at TLS 1.3.",
                   servers.nginx(tls="1.3"), newer.CLIENTS[client](tls="1.2"), "server", tls="1.2")
    cause = "client-min-version-above-server-max"
    for server in ("rustls", "modern", "node-24", "openssl-4", "java-25", "bouncy", "nss",
                   "erlang", "envoy", "mbedtls"):
        yield _at(cause, "The client offers TLS 1.3 alone, the server ends at TLS 1.2.", (), "1.3",
                  server, _server(server, "1.2"))
    for client in ("rustls", "java-25", "s2n"):
        yield case(_path(cause, client, "1.3", "nginx"),
                   "The client offers TLS 1.3 alone, the server ends at TLS 1.2.",
                   servers.nginx(tls="1.2"), newer.CLIENTS[client](tls="1.3"), "server", tls="1.3")
    for client in ("node-24", "openssl-4", "bouncy", "nss", "curl-nss"):
        yield case(_path(cause, client, "1.2", "openssl") + "-tls10",
                   "The server knows TLS 1.0 alone, which the client no longer takes.",
                   servers.openssl(tls="1", level=0), newer.CLIENTS[client](tls="1.2"), "client",
                   tls="1.2")
    purpose = ("The client tries again with TLS 1.2 and marks this as a fallback, though the "
               "server knows TLS 1.3.")
    for server in ("modern", "node-24", "openssl-4", "bouncy", "nss", "erlang", "envoy"):
        yield _at("fallback-scsv", purpose, ["-fallback_scsv"], "1.2", server,
                  newer.SERVERS[server]())


def _suites():
    cause = "no-shared-cipher"
    for server in ("rustls", "modern", "java-11", "java-25", "bouncy", "nss", "mbedtls", "erlang",
                   "envoy"):
        yield _at(cause, _ONE_SUITE, ["-cipher", "ECDHE-ECDSA-ARIA128-GCM-SHA256"], "1.2", server,
                  _server(server, "1.2"))
    for server in ("rustls", "modern", "node-24", "java-25", "bouncy", "nss", "envoy"):
        yield _at(cause, _ONE_SUITE, ["-ciphersuites", "TLS_AES_128_CCM_SHA256"], "1.3", server,
                  _server(server, "1.3"))
    for client in ("rustls", "modern", "curl-cffi", "s2n"):
        yield case(_path(cause, client, "1.2", "nginx"),
                   "The server has one cipher suite, and the client does not offer it.",
                   servers.nginx("ssl_ciphers ECDHE-ECDSA-ARIA128-GCM-SHA256;", tls="1.2"),
                   newer.CLIENTS[client](tls="1.2"), "server", tls="1.2")
    for server in ("rustls", "modern", "java-25", "nss", "erlang", "envoy"):
        yield _at("server-cert-type-mismatch", "The server has an ECDSA certificate alone, the "
                  "client offers suites for RSA alone.", ["-cipher", "aRSA"], "1.2", server,
                  _server(server, "1.2"), also=[cause])


def _groups():
    cause = "no-shared-group"
    for server, tls in (("rustls", "1.2"), ("rustls", "1.3"), ("modern", "1.2"), ("modern", "1.3"),
                        ("nss", "1.2"), ("nss", "1.3"),
                        ("envoy", "1.2"), ("envoy", "1.3"), ("mbedtls", "1.2"), ("erlang", "1.2")):
        yield _at(cause, _ONE_GROUP, ["-groups", "X448"], tls, server, _server(server, tls),
                  also=["no-shared-cipher"] if tls == "1.2" else [])
    for server in ("java-11", "java-25", "node-24", "openssl-4"):
        yield _at(cause, _ONE_GROUP, ["-groups", "brainpoolP384r1"], "1.2", server,
                  _server(server, "1.2"), also=["no-shared-cipher"])


def _signatures():
    for server, tls in (("rustls", "1.2"), ("rustls", "1.3"), ("modern", "1.3"),
                        ("node-24", "1.3"), ("java-25", "1.3"), ("bouncy", "1.3"), ("nss", "1.3"),
                        ("mbedtls", "1.2"), ("erlang", "1.3"), ("envoy", "1.3")):
        wanted = "RSA+SHA256" if tls == "1.2" else "RSA-PSS+SHA256"
        yield _at("sigalg-no-overlap", "The client takes no signature that the server's key can "
                  "make.", ["-sigalgs", wanted], tls, server, _server(server, tls),
                  also=["server-cert-type-mismatch"])


def _names():
    for server in ("rustls", "modern"):
        for tls in ("1.2", "1.3"):
            made = clients.openssl(tls=tls, name="shop.example.test")
            yield case(_path("sni-unknown", "openssl", tls, server),
                       "The server has no certificate for the name and refuses it.",
                       _server(server, tls, only="www.example.test"), made, "server", tls=tls)
            yield case(_path("sni-missing", "openssl", tls, server),
                       "The client sends no server name, the server does without none.",
                       _server(server, tls, only="www.example.test"),
                       clients.openssl(tls=tls, name=None), "server", tls=tls)
    for server, tls in (("modern", "1.2"), ("modern", "1.3"), ("java-11", "1.2"),
                        ("java-25", "1.3"), ("bouncy", "1.2"), ("erlang", "1.2")):
        yield case(_path("sni-invalid-syntax", "openssl", tls, server),
                   "The server name ends in a dot.", _server(server, tls),
                   clients.openssl(tls=tls, name="www.example.test."), "server", tls=tls,
                   also=["malformed-clienthello"])


def _protocols():
    purpose = "The client speaks one application protocol by ALPN, the server another."
    for server, tls in (("rustls", "1.2"), ("rustls", "1.3"), ("modern", "1.2"), ("modern", "1.3"),
                        ("java-11", "1.2"), ("java-25", "1.3"), ("bouncy", "1.2"),
                        ("bouncy", "1.3"), ("mbedtls", "1.2")):
        yield _at("alpn-no-overlap", purpose, ["-alpn", "imap"], tls, server,
                  _server(server, tls, alpn="h2"))


def _strangers():
    for server in ("rustls", "modern", "node-24", "java-25", "bouncy", "nss", "erlang", "envoy",
                   "mbedtls"):
        yield case(f"plaintext-http-on-tls-port/raw-{server}",
                   "The client speaks HTTP in the clear to a server that expects TLS.",
                   newer.SERVERS[server](), clients.raw("http"), "server",
                   outcome="plaintext on a TLS port")
        if server not in ("bouncy", "node-24", "modern"):
            yield case(f"malformed-clienthello/twice-{server}",
                       "The ClientHello has one extension two times.", newer.SERVERS[server](),
                       clients.raw("twice"), "server", tls="1.3")
    for client in ("rustls", "modern", "java-25", "nss", "erlang", "curl-cffi", "mbedtls"):
        yield case(f"tls-to-plaintext-port/{client}-http",
                   "The client begins TLS on a port where HTTP is spoken.", servers.http(),
                   newer.CLIENTS[client](), "client", port=8080, tls="1.3",
                   outcome="TLS on a plaintext port")
    for client in ("rustls", "modern", "java-25", "bouncy", "nss", "mbedtls"):
        yield case(_path("unsolicited-extension", client, "1.2", "raw"),
                   "The ServerHello has an extension that the client did not ask for.",
                   servers.raw("unasked"), newer.CLIENTS[client](tls="1.2"), "client", tls="1.2",
                   notes="The ServerHello was put together by hand; nothing follows it.")


def _afterwards():
    """What is asked for when the handshake is over."""
    for client in ("rustls", "modern", "java-25", "bouncy", "curl-cffi", "nss"):
        yield case(_path("post-handshake-auth-unsupported", client, "1.3", "python"),
                   "The server asks for the client's certificate after the request.",
                   servers.late(), newer.CLIENTS[client](tls="1.3"), "server", tls="1.3",
                   outcome="established",
                   notes="The ClientHello has no post_handshake_auth; the server's program gives "
                   "up.")
    hidden = "Both handshakes but the first, and the alert, are encrypted records of TLS 1.2."
    for server in ("rustls", "modern", "openssl-4", "mbedtls", "envoy"):
        client = clients.openssl(tls="1.2", feed=[(0.6, "R\n"), (1.0, "")])
        yield case(_path("renegotiation-refused", "openssl", "1.2", server),
                   "The client begins a second handshake inside the connection.",
                   _server(server, "1.2"), client, "server", tls="1.2", notes=hidden)
    lines = ["SSLCACertificateFile clients.crt", "SSLVerifyDepth 3", "<Location />",
             "SSLVerifyClient require", "</Location>"]
    for client in ("rustls", "modern", "bouncy"):
        yield case(_path("renegotiation-for-client-cert", client, "1.2", "apache"),
                   "Apache asks for the client's certificate after the request, for this page "
                   "alone.", servers.apache(*lines, tls="1.2"),
                   newer.CLIENTS[client](tls="1.2", cert="alice"), "client", tls="1.2",
                   also=["renegotiation-refused"],
                   outcome="alert, encrypted", notes=hidden)


def _weak():
    weak = ["-cipher", "DHE:@SECLEVEL=0", "-dhparam", "dh1024.pem"]
    for client in ("node-24", "openssl-4", "bouncy"):
        yield case(_path("weak-dh", client, "1.2", "openssl"),
                   "The server does Diffie-Hellman with a prime of 1024 bits.",
                   servers.openssl(*weak, cert="good-rsa", tls="1.2"),
                   newer.CLIENTS[client](tls="1.2"), "client", tls="1.2")
    for client in ("rustls", "modern", "curl-cffi", "s2n"):
        yield case(_path("no-shared-cipher", client, "1.2", "openssl") + "-dhe",
                   "The server has suites with finite-field Diffie-Hellman alone, the client none.",
                   servers.openssl("-cipher", "DHE", cert="good-rsa", tls="1.2"),
                   newer.CLIENTS[client](tls="1.2"), "server", tls="1.2")
    for client in ("node-24", "openssl-4"):
        yield case(_path("legacy-renegotiation-peer", client, "1.2", "gnutls"),
                   "The server does not know secure renegotiation (RFC 5746).",
                   servers.gnutls(priority="NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION"),
                   newer.CLIENTS[client](tls="1.2"), "client", tls="1.2")


def _boxes():
    """Boxes that take the first segment for all of a hello, or do not like TLS 1.3."""
    large = ("A box in front of the server takes the first segment for the whole ClientHello; a "
             "post-quantum key share makes it longer than that.")
    for client in ("rustls", "curl-cffi", "openssl-4"):
        box, behind = Server(servers.box("one_segment", 8500)), Server(servers.nginx(), port=8500)
        yield Case(_path("pq-clienthello-split", client, "1.3", "nginx"), large, [box, behind],
                   [Attempt(newer.CLIENTS[client](), "pq-clienthello-split", "server", "1.3",
                            outcome="closed", also=["lb-or-server-rst"],
                            notes="The box is a small program of ours that reads one segment; "
                            "client and server are real.")], taken="tcp and port 8443")
    for client in ("rustls", "java-25", "nss"):
        box = Server(servers.box("no_tls13", 8500))
        behind = Server(servers.openssl(tls="1.2"), port=8500)
        yield Case(_path("version-intolerant-middlebox", client, "1.3", "openssl"),
                   "A box in front of the server gives up when TLS 1.3 is on offer.", [box, behind],
                   [Attempt(newer.CLIENTS[client](), "version-intolerant-middlebox", "server",
                            "1.2", outcome="closed", also=["lb-or-server-rst"],
                            notes="The box is a small program of ours; client and server are "
                            "real."),
                    Attempt(newer.CLIENTS[client](tls="1.2"), "established", "nobody", "1.2")],
                   taken="tcp and port 8443")


def _datagrams():
    """The same flaws of certificates in QUIC, with the secrets beside the recording."""
    hidden = {"outcome": "alert, encrypted"}
    for cause, cert, by_quinn, by_aioquic in (("self-signed-server", "selfsigned", 46, 42),
                                              ("missing-intermediate", "short", 48, None),
                                              ("not-yet-valid", "future", 45, 45),
                                              ("wrong-eku-server", "client-usage", 43, None)):
        purpose = "The client refuses the server's certificate."
        hidden["also"] = ["untrusted-root"] if cert in ("selfsigned", "short") else []
        yield quic.opened(f"{cause}/quinn-quic-quinn", purpose, servers.quinn(cert=cert),
                          clients.quinn(), "client", alert=by_quinn, **hidden)
        if by_aioquic:
            yield quic.opened(f"{cause}/aioquic-quic-aioquic", purpose,
                              servers.quic("--cert", cert), clients.quic(), "client",
                              **hidden | {"alert": by_aioquic}
                              | ({"outcome": "alert"} if cert == "selfsigned" else {}))
    del hidden["also"]
    for cause, cert, alert in (("client-cert-expired", "alice-expired", 45),
                               ("client-cert-wrong-eku", "alice-server-usage", 43),
                               ("missing-client-intermediate", "alice-short", 48)):
        yield quic.opened(f"{cause}/quinn-quic-quinn",
                          "The server refuses the client's certificate.",
                          servers.quinn("ca=clients"), clients.quinn(f"cert={cert}"), "server",
                          alert=alert, **hidden)
    yield quic.opened("untrusted-root/quinn-quic-aioquic", "rustls refuses what aioquic shows.",
                      servers.quic("--cert", "untrusted"), clients.quinn(), "client", alert=48,
                      also=["missing-intermediate"], **hidden)

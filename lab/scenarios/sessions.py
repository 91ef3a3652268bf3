"""Keys, renegotiation and leaving: what fails later than in the two hellos."""

import clients
import servers
from case import case

_KEY, _OTHER_KEY = "000102030405060708090a0b0c0d0e0f", "0f0e0d0c0b0a09080706050403020100"


def cases():
    yield from _weak_groups()
    yield from _old_renegotiation()
    yield from _refused_renegotiation()
    yield from _shared_keys()
    yield from _left_early()
    yield from _left_without_a_word()


def _weak_groups():
    for client in (clients.openssl(tls="1.2"), clients.curl(tls="1.2"), clients.python(tls="1.2"),
                   clients.gnutls("--dh-bits", "2048", tls="1.2")):
        server = servers.openssl("-cipher", "DHE:@SECLEVEL=0", "-dhparam", "dh1024.pem",
                                 cert="good-rsa", tls="1.2")
        yield case(f"weak-dh/{client.stack}-tls12-openssl",
                   "The server does Diffie-Hellman with a prime of 1024 bits.", server, client,
                   "client", tls="1.2")


def _old_renegotiation():
    purpose = "The server does not know secure renegotiation (RFC 5746)."
    old = "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION"
    for client in (clients.openssl(tls="1.2"), clients.curl(), clients.python(tls="1.2"),
                   clients.node(tls="1.2"), clients.gnutls(priority="NORMAL:%SAFE_RENEGOTIATION"),
                   _strict_java()):
        yield case(f"legacy-renegotiation-peer/{client.stack}-tls12-gnutls", purpose,
                   servers.gnutls(priority=old), client, "client", tls="1.2")
    yield case("legacy-renegotiation-peer/openssl-tls12-raw", purpose, servers.raw("old"),
               clients.openssl(tls="1.2"), "client", tls="1.2",
               notes="The ServerHello was put together by hand; nothing follows it.")


def _strict_java():
    client = clients.java(tls="1.2")
    client.argv.insert(1, "-Dsun.security.ssl.allowLegacyHelloMessages=false")
    return client


def _refused_renegotiation():
    cause = "renegotiation-refused"
    hidden = "Both handshakes but the first, and the alert, are encrypted records of TLS 1.2."
    for called, server in [
        ("go", servers.go(tls="1.2")),
        ("nginx", servers.nginx(tls="1.2")),
        ("haproxy", servers.haproxy(tls="1.2")),
        ("openssl", servers.openssl("-no_renegotiation", tls="1.2")),
    ]:
        client = clients.openssl(tls="1.2", feed=[(0.6, "R\n"), (1.0, "")])
        yield case(f"{cause}/openssl-tls12-{called}",
                   "The client begins a second handshake inside the connection.", server, client,
                   "server", tls="1.2", notes=hidden)
    for client in (clients.go("-hold", "2500ms", tls="1.2"),
                   clients.python("--hold", "2.5", "--no-renegotiation", tls="1.2")):
        server = servers.openssl(tls="1.2", feed=[(1.5, "r\n"), (4.0, "")])
        yield case(f"{cause}/{client.stack}-tls12-openssl-hello-request",
                   "The server asks for a second handshake (HelloRequest), the client refuses.",
                   server, client, "client", tls="1.2", also=["renegotiation-for-client-cert"],
                   notes=hidden)


def _shared_keys():
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        server = servers.openssl("-nocert", "-psk", _KEY, "-cipher", "PSK", tls=tls)
        yield case(f"psk-wrong-secret/openssl-tls{short}-openssl",
                   "The two sides have different pre-shared keys.", server,
                   clients.openssl("-psk", _OTHER_KEY, "-cipher", "PSK", tls=tls, name=None),
                   "server", tls=tls)
        for cause, user, key in (("psk-wrong-secret", "alice", _OTHER_KEY),
                                 ("psk-identity-unknown", "bob", _KEY)):
            server = servers.gnutls("--pskpasswd", "psk.txt", tls=tls,
                                    priority="NORMAL:-KX-ALL:+PSK:+DHE-PSK:+ECDHE-PSK")
            server.files["psk.txt"] = f"alice:{_KEY}\n"
            client = clients.gnutls("--pskusername", user, "--pskkey", key, tls=tls,
                                    priority="NORMAL:-KX-ALL:+PSK:+DHE-PSK:+ECDHE-PSK")
            yield case(f"{cause}/gnutls-tls{short}-gnutls",
                       "The client's pre-shared key is not the one the server has for it."
                       if cause == "psk-wrong-secret" else
                       "The server has no pre-shared key for the client's identity.",
                       server, client, "server", tls=tls,
                       also=["psk-wrong-secret", "psk-identity-unknown"])
    server = servers.gnutls("--pskpasswd", "psk.txt", tls="1.2", priority="NORMAL:-KX-ALL:+PSK")
    server.files["psk.txt"] = f"alice:{_KEY}\n"
    yield case("psk-identity-unknown/openssl-tls12-gnutls",
               "The server has no pre-shared key for the client's identity.", server,
               clients.openssl("-psk", _KEY, "-psk_identity", "bob", "-cipher", "PSK", tls="1.2",
                               name=None), "server", tls="1.2", also=["psk-wrong-secret"])


def _left_early():
    for called, server, tls in [
        ("openssl", servers.openssl(), "1.2"), ("nginx", servers.nginx(), "1.2"),
        ("go", servers.go(), "1.2"), ("java", servers.java(), "1.2"),
        ("gnutls", servers.gnutls(), "1.2"), ("openssl", servers.openssl(), "1.3"),
    ]:
        yield case(f"close-notify-during-handshake/python-tls{tls.replace('.', '')}-{called}",
                   "The client says goodbye after the server's first flight, as a cancelled "
                   "dialogue does.", server, clients.python("--give-up", tls=tls), "client",
                   tls=tls, alert=0, outcome="closed", notes="The close_notify was put together by hand: OpenSSL "
                   "has no call that sends one in the middle of a handshake.")


def _left_without_a_word():
    for tls in ("1.2", "1.3"):
        server = servers.openssl(tls=tls, feed=[(1.5, "hello\n"), (4.0, "")])
        yield case(f"eof-without-close-notify/python-tls{tls.replace('.', '')}-openssl",
                   "The client reads its answer and closes TCP without close_notify.", server,
                   clients.python("--leave", tls=tls), "server", tls=tls, also=["established"],
                   alert=50, outcome="established",
                   notes="The server's encrypted alert 50 is only its answer to the client's FIN.")

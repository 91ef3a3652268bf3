"""DTLS with the secrets of the conversation: what was encrypted can be read."""

import clients
import servers
from case import KEY_LOG, case

_DARK = "Without the key log the alert cannot be seen."
_RENEWED = ("The server's HelloRequest, the client's warning 100 and what the server answers are "
            "encrypted.")


def cases():
    yield from _renegotiation()
    yield from _old()
    yield from _new()
    yield from _identified()


def _renegotiation():
    """In DTLS 1.2 what comes behind the first handshake is encrypted: one case for each way."""
    ways = [
        ("gcm", "ECDHE-ECDSA-AES128-GCM-SHA256", []),
        ("cbc", "ECDHE-ECDSA-AES128-SHA", ["-no_etm"]),
        ("etm", "ECDHE-ECDSA-AES256-SHA384", []),
        ("chacha20", "ECDHE-ECDSA-CHACHA20-POLY1305", []),
        ("ccm8", "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0", []),
    ]
    for way, suite, extra in ways:
        yield _case(f"renegotiation-refused/openssl-dtls12-{way}-openssl-keys",
                    f"The server asks for the client's certificate later, under {suite}.",
                    servers.openssl_dtls("-cipher", suite, *extra,
                                         feed=[(0.6, "R\n"), (9, "")]),
                    clients.openssl_dtls("-cipher", suite, *extra, "-no_renegotiation",
                                         "-keylogfile", KEY_LOG),
                    "client", "1.2", also=["renegotiation-for-client-cert"], notes=_RENEWED,
                    outcome="alert, encrypted", alert=40)


def _old():
    """Handshakes that succeed, under suites that only some stacks have."""
    suites = "NORMAL:-CIPHER-ALL:+AES-128-CCM"
    yield _case("established/gnutls-dtls12-ccm-gnutls-keys", "Nothing fails, under AES-CCM.",
                servers.gnutls_dtls(priority=suites),
                _written(clients.gnutls_dtls(priority=suites)), "nobody", "1.2")
    yield _case("established/openssl-dtls12-renewed-openssl-keys",
                "A second handshake is sealed with the keys of the first and succeeds.",
                servers.openssl_dtls(feed=[(0.4, "r\n"), (0.4, "hello\n"), (9, "")]),
                clients.openssl_dtls("-keylogfile", KEY_LOG, feed=[(1.4, "")]), "nobody", "1.2")


def _new():
    """In DTLS 1.3 the certificates are encrypted, and the alerts about them."""
    chacha20 = "suite=TLS13-CHACHA20-POLY1305-SHA256"
    meetings = [
        ("untrusted-root", "client", [], {"cert": "untrusted"}, {}, ["missing-intermediate"]),
        ("expired-leaf", "client", [chacha20], {"cert": "expired"}, {}, []),
        ("client-cert-missing", "server", ["suite=TLS13-AES256-GCM-SHA384"], {"ca": "clients"}, {}, []),
        ("server-does-not-trust-client-ca", "server", [], {"ca": "clients"},
         {"cert": "alice-untrusted"}, ["missing-client-intermediate"]),
    ]
    for cause, by, words, serving, asking, also in meetings:
        asked = [f"ca={serving.pop('ca')}"] if "ca" in serving else []
        yield _case(f"{cause}/wolfssl-dtls13-wolfssl-keys", _PURPOSES[cause],
                    servers.wolfssl(*words, *asked, **serving),
                    _written(clients.wolfssl(*words, **asking)), by, "1.3", also=also, notes=_DARK)
    yield _case("established/wolfssl-dtls13-wolfssl-keys", "Nothing fails; the client takes new keys.",
                servers.wolfssl(), _written(clients.wolfssl("update")), "nobody", "1.3")


def _identified():
    """Records with the connection ids that each side asks the other for (RFC 9146)."""
    server, client = "id=at-the-server", "id=cl"
    for number, words in (("1.3", []), ("1.2", ["version=1.2"])):
        name = f"wolfssl-dtls{number.replace('.', '')}-id-wolfssl-keys"
        yield _case(f"established/{name}", "Each side asks for a connection id, and nothing fails.",
                    servers.wolfssl(server, *words), _written(clients.wolfssl(client, *words)),
                    "nobody", number)
    yield _case("client-cert-missing/wolfssl-dtls13-id-wolfssl-keys",
                "The refusal travels in a record with a connection id.",
                servers.wolfssl(server, "ca=clients"), _written(clients.wolfssl(client)), "server",
                "1.3", notes=_DARK)


_PURPOSES = {
    "untrusted-root": "The client does not know the server's authority.",
    "expired-leaf": "The server's certificate has expired.",
    "client-cert-missing": "The server wants a client certificate, the client has none.",
    "server-does-not-trust-client-ca":
        "The server does not know the authority of the client's certificate.",
}


def _written(client):
    """A client that writes what SSLKEYLOGFILE names."""
    client.argv = ["env", f"SSLKEYLOGFILE={KEY_LOG}", *client.argv]
    return client


def _case(path, purpose, server, client, refused_by, number, **truth):
    return case(path, purpose, server, client, refused_by, port=4433, tls=f"DTLS {number}",
                taken="udp", keys="beside", **truth)

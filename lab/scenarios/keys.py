"""The same failures, with the secrets of the connection: what was encrypted can be read."""

import clients
import servers
from case import KEY_LOG, case
from scenarios import client_certificates

_DARK = "Without the key log the alert and the certificates cannot be seen."


def cases():
    yield from _client_certificates()
    yield from _server_certificates()
    yield from _other_key()
    yield from _renegotiation()
    yield _new_keys()


def _written(client):
    """A client that writes what SSLKEYLOGFILE names."""
    client.argv = ["env", f"SSLKEYLOGFILE={KEY_LOG}", *client.argv]
    return client


def _openssl(*extra, **rest):
    return clients.openssl("-keylogfile", KEY_LOG, *extra, **rest)


def _go(*extra, **rest):
    return clients.go("-keylog", KEY_LOG, *extra, **rest)


def _client_certificates():
    """The server's alert, and what the client gave, are encrypted in TLS 1.3."""
    chacha20 = ["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]
    ccm8 = ["-ciphersuites", "TLS_AES_128_CCM_8_SHA256"]
    meetings = [
        ("client-cert-missing", "openssl-tls13-openssl-keys", [], _openssl()),
        ("client-cert-missing", "python-tls13-openssl-secrets", [], _written(clients.python())),
        ("server-does-not-trust-client-ca", "curl-tls13-openssl-keys", [],
         _written(clients.curl(tls="1.3", cert="alice-untrusted"))),
        ("client-cert-expired", "openssl-tls13-chacha20-openssl-keys", chacha20,
         _openssl(cert="alice-expired")),
        ("client-cert-wrong-eku", "go-tls13-openssl-keys", [], _go(cert="alice-server-usage")),
        ("missing-client-intermediate", "openssl-tls13-ccm8-openssl-keys", ccm8,
         _openssl(*ccm8, cert="alice-short")),
    ]
    for cause, name, suite, client in meetings:
        server = servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt",
                                 *suite, tls="1.3")
        inside = name.endswith("secrets")
        yield case(f"{cause}/{name}", client_certificates.purpose(cause), server, client, "server",
                   tls="1.3", keys="inside" if inside else "beside",
                   form="pcapng" if inside else "pcap", also=client_certificates.near(cause),
                   notes=_DARK)


def _server_certificates():
    """The server's certificate is encrypted in TLS 1.3, and mostly the client's alert, too."""
    meetings = [
        ("expired-leaf", "expired", _go(), "The server's certificate expired 40 days before.", []),
        ("untrusted-root", "untrusted", _written(clients.gnutls()),
         "The chain ends at a root the client does not trust.", ["missing-intermediate"]),
        ("hostname-mismatch", "shop", _go(),
         "The certificate is for shop.example.test, the client asked for www.example.test.", []),
        ("untrusted-root", "untrusted", _openssl(tls="1.3"),
         "The chain ends at a root the client does not trust.", ["missing-intermediate"]),
        ("missing-intermediate", "short", _openssl(tls="1.3"),
         "The server sends its certificate without the intermediate.", ["untrusted-root"]),
        ("missing-intermediate", "short", _written(clients.gnutls()),
         "The server sends its certificate without the intermediate.", ["untrusted-root"]),
        ("revoked", "revoked", _written(clients.gnutls()),
         "The server staples that its certificate is revoked.", []),
        ("cert-bad-signature", "damaged", _go(),
         "The signature of the server's certificate is damaged.", []),
        ("path-length-exceeded", "too-deep", _go(),
         "The chain holds an authority below one that allows none below it.", []),
        ("name-constraint-violated", "not-permitted", _openssl(tls="1.3"),
         "The authority may issue for names below intern.example.test only; the certificate is for "
         "www.example.test.", []),
    ]
    for cause, certificate, client, purpose, also in meetings:
        staple = ["-status_file", "revoked.ocsp"] if certificate == "revoked" else []
        yield case(f"{cause}/{client.stack}-tls13-openssl-keys", purpose,
                   servers.openssl(*staple, cert=certificate, tls="1.3"), client, "client",
                   tls="1.3", keys="beside", also=also, notes=_DARK)


def _other_key():
    """Who signs the handshake with another key than the certificate's, which only the keys show."""
    for client in (_openssl(tls="1.3"), _go(tls="1.3")):
        yield case(f"key-cert-mismatch/{client.stack}-tls13-go-keys",
                   "The server signs with a key that does not belong to its certificate.",
                   servers.go("-key", "shop", tls="1.3"), client, "client", tls="1.3",
                   keys="beside", notes=_DARK)
    yield case("hsm-bad-signature/go-tls13-openssl-keys",
               "The client signs with a key that does not belong to its certificate.",
               servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt",
                               tls="1.3"),
               _go("-key", "alice-deep", cert="alice", tls="1.3"), "server", tls="1.3",
               keys="beside", notes=_DARK)


def _renegotiation():
    """In TLS 1.2 what comes after the first handshake is encrypted: one case for each way."""
    lines = ["SSLCACertificateFile clients.crt", "SSLVerifyDepth 3",
             "<Location />", "SSLVerifyClient require", "</Location>"]
    ways = [
        ("gcm", "ECDHE-ECDSA-AES128-GCM-SHA256", _go(tls="1.2", cert="alice")),
        ("cbc", "ECDHE-ECDSA-AES128-SHA", _go(tls="1.2", cert="alice")),
        ("etm", "ECDHE-ECDSA-AES256-SHA384",
         _written(clients.python("--no-renegotiation", tls="1.2", cert="alice"))),
        ("chacha20", "ECDHE-ECDSA-CHACHA20-POLY1305",
         _written(clients.python("--no-renegotiation", tls="1.2", cert="alice"))),
    ]
    for way, suite, client in ways:
        yield case(f"renegotiation-for-client-cert/{client.stack}-tls12-{way}-apache-keys",
                   f"Apache asks for the client's certificate after the request, under {suite}.",
                   servers.apache(*lines, f"SSLCipherSuite {suite}", tls="1.2"), client, "client",
                   tls="1.2", keys="beside", also=["renegotiation-refused"], alert=100,
                   outcome="alert, encrypted",
                   notes="The HelloRequest, the client's warning 100 and the alert 40 by which the "
                   "server then ends the connection are encrypted.")


def _new_keys():
    feed = [(0.4, "K\n"), (0.4, "GET / HTTP/1.0\r\n\r\n"), (0.8, "")]
    return case("established/openssl-tls13-new-keys-openssl",
                "A handshake, a KeyUpdate that asks for another, a request, and an orderly end.",
                servers.openssl(tls="1.3"), _openssl(tls="1.3", feed=feed), "nobody", tls="1.3",
                keys="beside")

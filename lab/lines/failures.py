"""The ways to fail: what a server meets from its clients, and a client from its servers.

Each function answers the whole list, made anew; a part of a program takes what it can meet.
"""

import clients
import servers
from lines.subject import Failure

# What no server with a certificate for ECDSA can choose.
_RSA_ALONE = ["-cipher", "AES128-SHA256:AES128-SHA"]
_OLD = ["-cipher", "DEFAULT@SECLEVEL=0"]


def met_by_servers():
    """What clients do to a server."""
    return [*_certificates_refused_by_clients(), *_nothing_in_common(), *_no_tls(), *_broken_off(),
            *_client_certificates()]


def _certificates_refused_by_clients():
    def one(slug, purpose, cause, peer, alert=None, **asks):
        return Failure(f"client-refuses-{slug}", purpose, "client", cause, peer, asks, alert)
    stranger = "The client does not know the authority of the server's certificate"
    yield one("unknown-ca", f"{stranger}.", "untrusted-root", clients.openssl(ca="stranger.crt"))
    yield one("unknown-ca-tls12", f"{stranger}; TLS 1.2.", "untrusted-root",
              clients.openssl(ca="stranger.crt", tls="1.2"))
    yield one("unknown-ca-go", f"{stranger}; the client is Go's.", "untrusted-root",
              clients.go(tls="1.2"), cert="untrusted")
    yield one("unknown-ca-java", f"{stranger}; the client is Java's.", "untrusted-root",
              clients.java(tls="1.2"), cert="untrusted")
    yield one("unknown-ca-java-tls13", f"{stranger}; the client is Java's, TLS 1.3.",
              "untrusted-root", clients.java(tls="1.3"), 46, cert="untrusted")
    yield one("self-signed", "The server's certificate is signed by itself.", "self-signed-server",
              clients.openssl(), cert="selfsigned")
    yield one("expired", "The server's certificate expired 40 days before.", "expired-leaf",
              clients.openssl(), cert="expired")
    yield one("not-yet-valid", "The server's certificate becomes valid in ten days.",
              "not-yet-valid", clients.openssl(), cert="future")
    yield one("name", "The server's certificate is for another name.", "hostname-mismatch",
              clients.openssl(), cert="shop")
    yield one("usage", "The server's certificate is for clients alone.", "wrong-eku-server",
              clients.openssl("-purpose", "sslserver"), cert="client-usage")
    yield one("revoked", "The server's certificate is revoked, and the client has the list.",
              "revoked", clients.openssl("-crl_check_all", ca="root-and-crls.pem"), cert="revoked")


def _nothing_in_common():
    yield Failure("no-shared-cipher", "The client offers RSA key exchange alone, and the "
                  "certificate has an ECDSA key.", "server", "no-shared-cipher",
                  clients.openssl(*_RSA_ALONE, tls="1.2"))
    yield Failure("version-too-low", "The client offers TLS 1.1 at most.", "server",
                  "client-max-version-below-server-min",
                  clients.openssl("-tls1_1", *_OLD), {"tls": "1.2"})
    yield Failure("version-too-high", "The client offers TLS 1.3 alone, the server 1.2.", "server",
                  "client-min-version-above-server-max", clients.openssl(tls="1.3"),
                  {"tls": "1.2"})
    yield Failure("fallback", "A client that could do better says that it comes with less.",
                  "server", "fallback-scsv", clients.openssl("-fallback_scsv", tls="1.2"))
    yield Failure("alpn-no-overlap", "The client offers by ALPN what the server has not.",
                  "server", "alpn-no-overlap", clients.openssl("-alpn", "postgresql"),
                  {"alpn": True})
    yield Failure("unknown-name", "The client asks for a name that the server does not have.",
                  "server", "sni-unknown", clients.openssl(name="other.example.test"),
                  {"strict": True})
    yield Failure("bad-key-share", "The client's key share is for a group that it does not offer.",
                  "server", "malformed-clienthello", clients.raw("foreign_key_share"))
    yield Failure("missing-extension", "A ClientHello of TLS 1.3 without groups and signature "
                  "algorithms.", "server", None, clients.raw("no_key_share"))
    yield Failure("bad-length", "A ClientHello whose extensions claim more bytes than there are.",
                  "server", "malformed-clienthello", clients.raw("bad_length"))
    yield Failure("sslv2-hello", "A ClientHello in the form of SSL 2.0.", "server", "sslv2-hello",
                  clients.raw("sslv2"))


def _no_tls():
    yield Failure("plain-http", "The client speaks HTTP, not TLS.", "server",
                  "plaintext-http-on-tls-port", clients.raw("http"))
    yield Failure("garbage", "The client speaks SSH, not TLS.", "server", None, clients.raw("ssh"))
    yield Failure("proxy-header", "A balancer puts a PROXY line in front, which the server does "
                  "not expect.", "server", "proxy-protocol-mismatch", clients.raw("proxy"))


def _broken_off():
    yield Failure("probe", "The client connects and leaves without a byte.", None,
                  "health-probe-eof", clients.raw("nothing"))
    yield Failure("client-leaves", "The client leaves (FIN) after the server's flight.", None,
                  None, injected_client("fin"))
    yield Failure("reset", "The client resets the connection after the server's flight.", None,
                  None, injected_client("reset"))
    for code, name in ((46, "certificate_unknown"), (51, "decrypt_error"), (80, "internal_error"),
                       (90, "user_canceled"), (0, "close_notify")):
        # These two are no refusals, but farewells.
        farewell = code in (0, 90)
        yield Failure(f"client-sends-alert-{code}",
                      f"The client answers the server's flight with {code} {name}.",
                      None if farewell else "client",
                      "close-notify-during-handshake" if code == 0 else None,
                      injected_client(f"{'warning' if farewell else 'alert'}-{code}"),
                      alert=code if farewell else None)


def _client_certificates():
    flaws = (("no-client-certificate", "The client has no certificate", "client-cert-missing",
              None),
             ("client-certificate-unknown-ca", "The client's certificate is from an authority that "
              "the server does not know", "server-does-not-trust-client-ca", "alice-untrusted"),
             ("client-certificate-expired", "The client's certificate expired 40 days before",
              "client-cert-expired", "alice-expired"),
             ("client-certificate-usage", "The client's certificate is for servers alone",
              "client-cert-wrong-eku", "alice-server-usage"))
    for slug, purpose, cause, cert in flaws:
        for tls, end in (("1.3", ""), ("1.2", "-tls12")):
            yield Failure(slug + end, f"{purpose}; TLS {tls}.", "server", cause,
                          clients.openssl(tls=tls, cert=cert), {"clients": "clients.crt"})


def injected_client(what):
    """See programs/injector.py."""
    return clients.Program("raw", ["python3", "injector.py", "client", what, "{host}", "{port}"])


def injected_server(what):
    """See programs/injector.py."""
    return servers.Program("raw", ["python3", "injector.py", "server", what, "{host}", "{port}"])


# What a client that is told of it says in no word of TLS: `EOF`, `connection reset by peer`.
NOT_A_WORD_OF_TLS = ("server-closes", "server-resets", "server-sends-alert-0")


def met_by_clients():
    """What servers do to a client."""
    return [*_certificates_refused_by_the_client(), *_refused_by_servers(), *_no_tls_answered(),
            *_alerts_of_servers()]


def _certificates_refused_by_the_client():
    def one(slug, purpose, cause, server, **asks):
        return Failure(f"server-{slug}", purpose, "client", cause, server, asks)
    own = servers.openssl
    yield one("unknown-ca", "The client does not know the authority of the server's certificate.",
              "untrusted-root", own(cert="untrusted"))
    yield one("unknown-ca-tls12", "The client does not know the authority of the server's "
              "certificate; TLS 1.2.", "untrusted-root", own(cert="untrusted", tls="1.2"))
    yield one("self-signed", "The server's certificate is signed by itself.", "self-signed-server",
              own(cert="selfsigned"))
    yield one("incomplete-chain", "The server sends its certificate without the intermediate.",
              "missing-intermediate",
              servers.Program("openssl", ["openssl", "s_server", "-accept", "{at}", "-msg",
                                          "-cert", "short.crt", "-key", "short.key", "-www"]))
    yield one("expired", "The server's certificate expired 40 days before.", "expired-leaf",
              own(cert="expired"))
    yield one("not-yet-valid", "The server's certificate becomes valid in ten days.",
              "not-yet-valid", own(cert="future"))
    yield one("name-mismatch", "The server's certificate is for another name.",
              "hostname-mismatch", own(cert="shop"))
    yield one("usage", "The server's certificate is for clients alone.", "wrong-eku-server",
              own(cert="client-usage"))
    yield one("weak-key", "The server's certificate has an RSA key of 1024 bits.",
              "rsa-1024-rejected", own(cert="rsa1024", level=0))
    yield one("weak-dh", "The server's Diffie-Hellman group has 1024 bits.", "weak-dh",
              own("-dhparam", "dh1024.pem", "-cipher", "DHE-RSA-AES128-GCM-SHA256@SECLEVEL=0",
                  cert="good-rsa", tls="1.2"), tls="1.2")
    yield one("too-old", "The server answers with TLS 1.1 to a client that wants 1.2.",
              "client-min-version-above-server-max", injected_server("old"), tls="1.2")
    yield one("without-renegotiation-info", "The server knows nothing of RFC 5746.",
              "legacy-renegotiation-peer", servers.raw("old"), tls="1.2")


def _refused_by_servers():
    def one(slug, purpose, cause, server, **asks):
        return Failure(f"server-{slug}", purpose, "server", cause, server, asks)
    own = servers.openssl
    asking = ("-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt")
    yield one("has-no-shared-cipher", "The server has an RSA key exchange alone, the client none "
              "of it.", "no-shared-cipher",
              own("-cipher", "PSK-AES128-GCM-SHA256", tls="1.2"), tls="1.2")
    yield one("too-new", "The server wants TLS 1.3, the client speaks 1.2.",
              "client-max-version-below-server-min", own(tls="1.3"), tls="1.2")
    yield one("knows-no-version", "The server speaks TLS 1.1 at most, and says so.",
              "client-min-version-above-server-max", own("-tls1_1", *_OLD))
    yield one("does-not-know-name", "The server has no site of that name.", "sni-unknown",
              servers.nginx("ssl_reject_handshake on;"))
    for tls, end in (("1.3", ""), ("1.2", "-tls12")):
        yield one(f"wants-certificate{end}", f"The server wants a client certificate; TLS {tls}.",
                  "client-cert-missing", own(*asking, tls=tls))
        yield one(f"refuses-certificate{end}", "The server does not know the authority of the "
                  f"client's certificate; TLS {tls}.", "server-does-not-trust-client-ca",
                  own(*asking, tls=tls), cert="alice-untrusted")
    yield one("refuses-expired-certificate", "The client's certificate expired 40 days before.",
              "client-cert-expired", own(*asking, tls="1.2"), cert="alice-expired")


def _no_tls_answered():
    def one(slug, purpose, cause, server):
        return Failure(f"server-{slug}", purpose, None, cause, server)
    yield one("closes", "The server closes after the ClientHello.", None, servers.raw("close"))
    yield one("resets", "The server resets the connection after the ClientHello.",
              "lb-or-server-rst", servers.raw("reset"))
    yield one("speaks-http", "The server speaks HTTP, not TLS.", "tls-to-plaintext-port",
              servers.raw("http"))
    yield one("speaks-smtp", "The server greets as a mail server.", "tls-to-plaintext-port",
              servers.raw("smtp"))
    yield one("silent", "The server takes the ClientHello and never answers.", "silent-server",
              injected_server("silent"))


_ALERTS = ((0, "close_notify"), (10, "unexpected_message"), (40, "handshake_failure"),
           (42, "bad_certificate"), (48, "unknown_ca"), (70, "protocol_version"),
           (80, "internal_error"), (112, "unrecognized_name"), (116, "certificate_required"),
           (120, "no_application_protocol"))


def _alerts_of_servers():
    for code, name in _ALERTS:
        yield Failure(f"server-sends-alert-{code}",
                      f"The server answers the ClientHello with {code} {name}.",
                      "server" if code else None,
                      None if code else "close-notify-during-handshake",
                      injected_server(f"{'alert' if code else 'warning'}-{code}"),
                      alert=None if code else 0)


def quiet_clients():
    """Clients of which nothing may be read as a failure."""
    return [clients.openssl(tls="1.3"), clients.openssl(tls="1.2"), clients.curl(),
            clients.python(), clients.go()]


def quiet_servers():
    """Servers of which nothing may be read as a failure."""
    return [servers.openssl(tls="1.3"), servers.openssl(tls="1.2"), servers.nginx(), servers.go()]


def those(failures, *, but=(), alone=()):
    """The failures a part can meet: all but those named, or those named alone."""
    names = {failure.slug for failure in failures}
    if unknown := {*but, *alone} - names:
        raise ValueError(f"there is no failure {sorted(unknown)}")
    return [failure for failure in failures
            if failure.slug not in but and (not alone or failure.slug in alone)]

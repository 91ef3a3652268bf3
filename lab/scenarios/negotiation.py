"""The two sides find no version, cipher suite, group, signature algorithm or protocol in common."""

import clients
import servers
from case import case


def cases():
    yield from _too_old()
    yield from _too_new()
    yield from _nothing_left()
    yield from _fallback()
    yield from _ciphers()
    yield from _groups()
    yield from _signatures()
    yield from _protocols()


def _too_old():
    cause = "client-max-version-below-server-min"
    purpose = "The client's newest version is {}, the server begins at TLS {}."
    old = ["-cipher", "ALL:@SECLEVEL=0"]
    for client, server, tls, least in [
        (clients.openssl(*old, tls="1.0"), servers.nginx(), "1.0", "1.2"),
        (clients.openssl(*old, tls="1.1"), servers.openssl(), "1.1", "1.2"),
        (clients.openssl(*old, tls="1.0"), servers.haproxy(), "1.0", "1.2"),
        (clients.openssl(*old, tls="1.1"), servers.java(), "1.1", "1.2"),
        (clients.go(tls="1.0"), servers.apache(), "1.0", "1.2"),
        (clients.python(tls="1.1"), servers.go(tls="1.2"), "1.1", "1.2"),
        (clients.curl("--ciphers", "DEFAULT@SECLEVEL=0", tls="1.0"), servers.nginx(), "1.0", "1.2"),
        (clients.gnutls(tls="1.1"), servers.gnutls(tls="1.2"), "1.1", "1.2"),
        (clients.openssl(tls="1.2"), servers.openssl(tls="1.3"), "1.2", "1.3"),
        (clients.java(tls="1.2"), servers.go(tls="1.3"), "1.2", "1.3"),
        (clients.openssl(tls="1.2"), servers.gnutls(tls="1.3"), "1.2", "1.3"),
        (clients.go(tls="1.2"), servers.java(tls="1.3"), "1.2", "1.3"),
    ]:
        yield case(_path(cause, client, tls, server), purpose.format(f"TLS {tls}", least), server,
                   client, "server", tls=tls, **_internal(server, tls))


def _internal(server, tls):
    """OpenSSL 3 by default allows TLS 1.0 and 1.1 but has no signature algorithm left for them."""
    if tls == "1.2" or server.stack not in ("openssl", "apache"):
        return {}
    return {"also": ["server-internal-error", "sigalg-no-overlap"],
            "notes": "The version itself is not refused: at OpenSSL's security level 2 no "
            "signature algorithm is left for it, hence alert 80 and not 70."}


def _too_new():
    cause = "client-min-version-above-server-max"
    for client, server in [
        (clients.openssl(tls="1.3"), servers.openssl(tls="1.2")),
        (clients.gnutls(tls="1.3"), servers.nginx(tls="1.2")),
        (clients.go(tls="1.3"), servers.gnutls(tls="1.2")),
        (clients.java(tls="1.3"), servers.go(tls="1.2")),
        (clients.curl(tls="1.3"), servers.java(tls="1.2")),
        (clients.openssl(tls="1.3"), servers.haproxy(tls="1.2")),
    ]:
        yield case(_path(cause, client, "1.3", server),
                   "The client offers TLS 1.3 alone, the server ends at TLS 1.2.", server, client,
                   "client" if server.stack == "gnutls" else "server", tls="1.3",
                   notes="GnuTLS answers with TLS 1.2 though it was not offered; the client "
                   "refuses that." if server.stack == "gnutls" else "")
    for client in (clients.openssl(tls="1.2"), clients.go(tls="1.2"), clients.gnutls(tls="1.2"),
                   clients.java(tls="1.2")):
        server = servers.openssl(tls="1", level=0)
        yield case(_path(cause, client, "1.2", server) + "-tls10",
                   "The server knows TLS 1.0 alone, which the client no longer takes.", server,
                   client, "client" if client.stack in ("openssl", "gnutls") else "server",
                   tls="1.2")


def _nothing_left():
    """Settings of the client's own that allow no version at all."""
    upside_down = ["-min_protocol", "TLSv1.3", "-max_protocol", "TLSv1.2"]
    for server in (servers.openssl(), servers.nginx()):
        yield case(f"no-protocol-enabled-locally/openssl-{server.stack}",
                   "The client's oldest version is newer than its newest one: it has nothing to "
                   "offer.", server, clients.openssl(*upside_down), "client", alert=70,
                   notes="OpenSSL says so to the server too, before it has said hello.")


def _fallback():
    for server in (servers.openssl(), servers.nginx(), servers.gnutls(), servers.go(),
                   servers.haproxy()):
        client = clients.openssl("-fallback_scsv", tls="1.2")
        yield case(_path("fallback-scsv", client, "1.2", server),
                   "The client tries again with TLS 1.2 and marks this as a fallback, though the "
                   "server knows TLS 1.3.", server, client, "server", tls="1.2")


def _ciphers():
    cause = "no-shared-cipher"
    purpose = "The client offers one cipher suite that the server does not have."
    cbc = "ECDHE-ECDSA-AES128-SHA256"
    for client, server in [
        (clients.openssl("-cipher", cbc, tls="1.2"), servers.openssl("-cipher", "AESGCM")),
        (clients.openssl("-cipher", cbc, tls="1.2"), servers.nginx("ssl_ciphers AESGCM;")),
        (clients.openssl("-cipher", cbc, tls="1.2"), servers.go(tls="1.2")),
        (clients.openssl("-cipher", cbc, tls="1.2"),
         servers.java("-suites", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", tls="1.2")),
        (clients.gnutls(tls="1.2", priority="NORMAL:-CIPHER-ALL:+AES-256-CBC"),
         servers.haproxy("ciphers AESGCM")),
        (clients.curl("--ciphers", cbc, tls="1.2"),
         servers.gnutls(tls="1.2", priority="NORMAL:-CIPHER-ALL:+AES-128-GCM")),
        (clients.go("-suite", str(0xC02B), tls="1.2"), servers.apache("SSLCipherSuite CHACHA20")),
        (clients.java("-suites", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", tls="1.2"),
         servers.openssl("-cipher", "AESGCM", tls="1.2")),
    ]:
        yield case(_path(cause, client, "1.2", server), purpose, server, client, "server",
                   tls="1.2")
    for client, server in [
        (clients.openssl("-ciphersuites", "TLS_AES_128_GCM_SHA256", tls="1.3"),
         servers.openssl("-ciphersuites", "TLS_AES_256_GCM_SHA384")),
        (clients.openssl("-ciphersuites", "TLS_AES_128_CCM_SHA256", tls="1.3"), servers.go()),
        (clients.openssl("-ciphersuites", "TLS_AES_128_CCM_SHA256", tls="1.3"), servers.java()),
        (clients.gnutls(tls="1.3", priority="NORMAL:-CIPHER-ALL:+AES-128-CCM"), servers.nginx()),
        (clients.java("-suites", "TLS_CHACHA20_POLY1305_SHA256", tls="1.3"),
         servers.gnutls(tls="1.3", priority="NORMAL:-CIPHER-ALL:+AES-128-GCM")),
    ]:
        yield case(_path(cause, client, "1.3", server), purpose, server, client, "server",
                   tls="1.3")
    for client in (clients.openssl(tls="1.2"), clients.curl(), clients.go()):
        yield case(f"server-has-no-usable-certificate/{client.stack}-openssl",
                   "The server has no certificate at all: it refuses everybody.",
                   servers.openssl("-nocert"), client, "server",
                   tls="1.2" if client.stack == "openssl" else "1.3", also=["no-shared-cipher"])


def _groups():
    cause = "no-shared-group"
    purpose = "The client offers one group that the server does not have."
    modern = servers.openssl("-groups", "X25519")
    for client, server, tls in [
        (clients.openssl("-groups", "P-521", tls="1.2"), modern, "1.2"),
        (clients.openssl("-groups", "P-521", tls="1.3"), modern, "1.3"),
        (clients.openssl("-groups", "X448", tls="1.2"), servers.go(), "1.2"),
        (clients.openssl("-groups", "X448", tls="1.3"), servers.go(), "1.3"),
        (clients.go("-group", "25", tls="1.3"), servers.nginx("ssl_ecdh_curve X25519;"), "1.3"),
        (clients.go("-group", "25", tls="1.2"), servers.apache("SSLOpenSSLConfCmd Curves X25519"),
         "1.2"),
        (clients.gnutls(tls="1.3", priority="NORMAL:-GROUP-ALL:+GROUP-SECP521R1"),
         servers.haproxy("curves X25519"), "1.3"),
        (clients.curl("--curves", "P-521", tls="1.3"),
         servers.gnutls(priority="NORMAL:-GROUP-ALL:+GROUP-X25519"), "1.3"),
    ]:
        yield case(_path(cause, client, tls, server), purpose, server, client, "server", tls=tls,
                   also=["no-shared-cipher"] if tls == "1.2" else [])


def _signatures():
    purpose = "The client takes no signature that the server's key can make."
    for client, server, tls in [
        (clients.openssl("-sigalgs", "RSA+SHA256", tls="1.3"), servers.openssl(), "1.3"),
        (clients.openssl("-sigalgs", "ECDSA+SHA512", tls="1.3"), servers.openssl(), "1.3"),
        (clients.openssl("-sigalgs", "RSA+SHA256", tls="1.3"), servers.openssl(cert="good-rsa"),
         "1.3"),
        (clients.openssl("-sigalgs", "ECDSA+SHA384", tls="1.3"), servers.go(), "1.3"),
        (clients.openssl("-sigalgs", "RSA-PSS+SHA256", tls="1.3"), servers.java(), "1.3"),
        (clients.gnutls(tls="1.3", priority="NORMAL:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256"),
         servers.nginx(), "1.3"),
        (clients.openssl("-sigalgs", "ECDSA+SHA256", tls="1.2"), servers.openssl(cert="good-rsa"),
         "1.2"),
    ]:
        name = _path("sigalg-no-overlap", client, tls, server)
        if "good-rsa.pem" in server.argv:
            name += "-rsa"
        if "ECDSA+SHA512" in client.argv:
            name += "-sha512"
        yield case(name, purpose, server, client, "server", tls=tls,
                   also=["server-cert-type-mismatch"])
    cause = "server-cert-type-mismatch"
    purpose = "The server has an ECDSA certificate alone, the client offers suites for RSA alone."
    for client, server in [
        (clients.openssl("-cipher", "aRSA", tls="1.2"), servers.openssl(tls="1.2")),
        (clients.openssl("-cipher", "aRSA", tls="1.2"), servers.java(tls="1.2")),
        (clients.go("-suite", str(0xC02F), tls="1.2"), servers.nginx()),
        (clients.curl("--ciphers", "aRSA", tls="1.2"), servers.go()),
        (clients.gnutls(tls="1.2", priority="NORMAL:-KX-ALL:+ECDHE-RSA"), servers.haproxy()),
        (clients.java("-suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", tls="1.2"),
         servers.gnutls()),
    ]:
        yield case(_path(cause, client, "1.2", server), purpose, server, client, "server",
                   tls="1.2", also=["no-shared-cipher"])


def _protocols():
    purpose = "The client speaks one application protocol by ALPN, the server another."
    for client, server, tls in [
        (clients.openssl("-alpn", "imap", tls="1.2"), servers.openssl("-alpn", "http/1.1"), "1.2"),
        (clients.openssl("-alpn", "imap", tls="1.3"), servers.openssl("-alpn", "http/1.1"), "1.3"),
        (clients.python("--alpn", "h1", tls="1.3"), servers.go("-alpn", "h2,http/1.1"), "1.3"),
        (clients.python("--alpn", "h1", tls="1.2"), servers.java("-alpn", "h2", tls="1.2"), "1.2"),
        (clients.go("-alpn", "h2", tls="1.2"), servers.nginx(), "1.2"),
        (clients.java("-alpn", "h2", tls="1.3"), servers.nginx(), "1.3"),
        (clients.gnutls("--alpn", "h2", tls="1.3"), servers.go("-alpn", "http/1.1"), "1.3"),
    ]:
        yield case(_path("alpn-no-overlap", client, tls, server), purpose, server, client,
                   "server", tls=tls)


def _path(cause, client, tls, server):
    return f"{cause}/{client.stack}-tls{tls.replace('.', '')}-{server.stack}"

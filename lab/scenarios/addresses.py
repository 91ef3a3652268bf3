"""Names that certificates do not have: an address, a name below a wildcard; and a few that are rare."""

import clients
import newer
import servers
from case import case

_FAMILY = ["untrusted-root", "missing-intermediate", "self-signed-server", "expired-leaf",
           "not-yet-valid", "wrong-eku-server"]


def cases():
    yield from _addresses()
    yield from _wildcards()
    yield from _nothing_to_offer()
    yield from _monitors()
    yield from _without_certificate()
    yield from _blocked()


def _path(cause, client, tls, server, called=""):
    return f"{cause}/{client}-tls{tls.replace('.', '')}-{server}{called}"


def _addresses():
    """The client was given an address, so that it sends no name and finds none that fits."""
    address = "127.0.0.1"
    for client, tls in ((clients.curl(tls="1.2", name=address), "1.2"),
                        (clients.go(tls="1.2", name=address), "1.2"),
                        (clients.python(tls="1.2", name=address), "1.2"),
                        (newer.rustls(tls="1.2", name=address), "1.2"),
                        (newer.modern(tls="1.3", name=address), "1.3"),
                        (newer.java25(tls="1.2", name=address), "1.2"),
                        (newer.nss(tls="1.3", name=address), "1.3")):
        also = _FAMILY if tls == "1.3" else []
        if client.stack == "curl":
            also = ["client-left-after-handshake"]
        yield case(_path("hostname-mismatch", client.stack, tls, "nginx", "-address"),
                   "The client was given an address; the certificate has names alone.",
                   servers.nginx(tls=tls), client, "client", tls=tls, also=also)


def _wildcards():
    for client, name, called in (
            (clients.openssl, "api.www.example.test", "-wildcard-below"),
            (clients.go, "api.www.example.test", "-wildcard-below"),
            (newer.rustls, "example.test", "-wildcard-above"),
            (newer.java25, "example.test", "-wildcard-above")):
        made = client(tls="1.2", name=name)
        yield case(_path("hostname-mismatch", made.stack, "1.2", "nginx", called),
                   "The certificate is for *.example.test, which holds one label and not two or "
                   "none.", servers.nginx(cert="wildcard", tls="1.2"), made, "client", tls="1.2")
    for client, tls in ((clients.go, "1.3"), (newer.java25, "1.2")):
        made = client(tls=tls)
        yield case(_path("established", made.stack, tls, "nginx", "-wildcard"),
                   "The certificate is for *.example.test, and that is enough.",
                   servers.nginx(cert="wildcard", tls=tls), made, "nobody", tls=tls)


def _nothing_to_offer():
    upside_down = ["-min_protocol", "TLSv1.3", "-max_protocol", "TLSv1.2"]
    for server, made in (("go", servers.go()), ("gnutls", servers.gnutls()),
                         ("rustls", newer.rustls_server())):
        yield case(f"no-protocol-enabled-locally/openssl-{server}",
                   "The client's oldest version is newer than its newest one: it has nothing to "
                   "offer.", made, clients.openssl(*upside_down), "client", alert=70,
                   notes="OpenSSL says so to the server too, before it has said hello.")


def _monitors():
    for server, tls in (("rustls", "1.2"), ("java-25", "1.3"), ("envoy", "1.3")):
        yield case(_path("client-left-after-handshake", "haproxy", tls, server),
                   "HAProxy's health check completes the handshake and leaves; all is well.",
                   newer.SERVERS[server](tls=tls), clients.haproxy_check(tls), "client", tls=tls)


def _without_certificate():
    # OpenSSL without a certificate has no TLS 1.3: to who wants nothing else it says 70.
    version = "client-min-version-above-server-max"
    for client, tls, also in (("rustls", "1.2", []), ("java-25", "1.3", [version]),
                              ("curl-cffi", "1.3", [])):
        yield case(_path("server-has-no-usable-certificate", client, tls, "openssl"),
                   "The server has no certificate at all: it refuses everybody.",
                   servers.openssl("-nocert"), newer.CLIENTS[client](tls=tls), "server", tls=tls,
                   also=["no-shared-cipher", *also])


def _blocked():
    for client in (clients.ngtcp2(), clients.quic("--versions", "v2")):
        called = "-v2" if client.stack == "aioquic" else ""
        yield case(f"udp-blocked/{client.stack}-quic{called}-silent",
                   "Nothing ever comes back from the server's port.", servers.quic("--silent"),
                   client, "nobody", port=8443, taken="udp", tls="1.3", outcome="silent")

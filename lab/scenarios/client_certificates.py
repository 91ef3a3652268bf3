"""The server asks for a client certificate and does not like what it gets."""

import clients
import servers
from case import Attempt, Case, Server, case

_FLAWS = {
    "client-cert-missing": ("The server asks for a client certificate, the client has none.", None),
    "server-does-not-trust-client-ca": ("The client's certificate is from a root the server does "
                                        "not trust.", "alice-untrusted"),
    "client-cert-expired": ("The client's certificate expired 40 days before.", "alice-expired"),
    "client-cert-wrong-eku": ("The client's certificate allows only server authentication.",
                              "alice-server-usage"),
    "missing-client-intermediate": ("The client sends its certificate without the intermediate.",
                                    "alice-short"),
}
_NEAR = {
    "missing-client-intermediate": ["server-does-not-trust-client-ca"],
    "server-does-not-trust-client-ca": ["missing-client-intermediate"],
}
_ACCEPTS = {("client-cert-wrong-eku", "gnutls")}
_DARK = "In TLS 1.3 the client's certificate and the server's alert are encrypted."


def cases():
    for cause, (purpose, certificate) in _FLAWS.items():
        for server in ("openssl", "gnutls", "java", "go", "haproxy"):
            if (cause, server) in _ACCEPTS:
                continue
            for tls in ("1.2", "1.3"):
                # HAProxy and OpenSSL are one stack here: once more for the most frequent cause.
                if server != "haproxy" or cause == "client-cert-missing":
                    yield _refused(cause, purpose, certificate, "openssl", server, tls)
        for client, tls in (("curl", "1.3"), ("python", "1.2"), ("go", "1.2"), ("java", "1.3"),
                            ("gnutls", "1.3"), ("java", "1.2")):
            # Java and GnuTLS send none at all if none fits the server's list of authorities.
            if client in ("java", "gnutls") and cause != "client-cert-missing":
                continue
            yield _refused(cause, purpose, certificate, client, "openssl", tls)
    yield from _left_without_a_word()
    yield from _answered_in_http()
    yield from _asked_late()
    yield from _kept_back()


def _asking(server, tls):
    """The server as one that requires a client certificate."""
    words = {
        "openssl": ["-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt"],
        "gnutls": ["--x509cafile", "clients.crt", "--require-client-cert", "--verify-client-cert"],
        "java": ["-clients", "clients.crt"],
        "go": ["-clients", "clients.crt"],
        "haproxy": ["ca-file clients.crt verify required"],
    }
    return servers.ALL[server](*words[server], tls=tls)


def _refused(cause, purpose, certificate, client, server, tls):
    also = list(_NEAR.get(cause, []))
    if tls == "1.3":
        also = [other for other in _FLAWS if other != cause]
    return case(f"{cause}/{client}-tls{tls.replace('.', '')}-{server}", purpose,
                _asking(server, tls), clients.ALL[client](tls=tls, cert=certificate), "server",
                tls=tls, also=also, notes=_DARK if tls == "1.3" else "")


def _left_without_a_word():
    """Node.js completes the handshake, does not like the certificate and closes."""
    for cause, certificate in (("server-does-not-trust-client-ca", "alice-untrusted"),
                               ("client-cert-expired", "alice-expired")):
        for tls in ("1.2", "1.3"):
            also = [other for other in _FLAWS if other != cause] if tls == "1.3" else []
            yield case(f"{cause}/openssl-tls{tls.replace('.', '')}-node", _FLAWS[cause][0],
                       servers.node(tls=tls, clients="clients.crt"),
                       clients.openssl(cert=certificate, tls=tls), "server", tls=tls, also=also,
                       outcome="closed", notes="Node.js sends no alert.")


def _answered_in_http():
    """nginx finishes the handshake and answers 400; Apache sends an alert or renegotiates."""
    lines = ["ssl_client_certificate clients.crt;", "ssl_verify_client on;"]
    for cause in ("client-cert-missing", "server-does-not-trust-client-ca"):
        certificate = _FLAWS[cause][1]
        for tls in ("1.2", "1.3"):
            yield case(f"{cause}/openssl-tls{tls.replace('.', '')}-nginx",
                       "nginx finishes the handshake and says in HTTP what it misses.",
                       servers.nginx(*lines, tls=tls),
                       clients.openssl(tls=tls, cert=certificate), "server", tls=tls,
                       also=["established"], outcome="established",
                       notes="There is no alert: nginx answers HTTP 400 inside the encrypted "
                             "connection.")
            yield case(f"{cause}/openssl-tls{tls.replace('.', '')}-apache",
                       _FLAWS[cause][0],
                       servers.apache("SSLVerifyClient require", "SSLVerifyDepth 3",
                                      "SSLCACertificateFile clients.crt", tls=tls),
                       clients.openssl(tls=tls, cert=certificate), "server", tls=tls,
                       also=[other for other in _FLAWS if other != cause] if tls == "1.3" else [],
                       notes=_DARK if tls == "1.3" else "")


def _asked_late():
    """Apache asks for a certificate only when it has read which page is wanted."""
    lines = ["SSLCACertificateFile clients.crt", "SSLVerifyDepth 3",
             "<Location />", "SSLVerifyClient require", "</Location>"]
    purpose = "Apache asks for the client's certificate after the request, for this page alone."
    for client in (clients.go(tls="1.2", cert="alice"),
                   clients.python("--no-renegotiation", tls="1.2", cert="alice")):
        yield case(f"renegotiation-for-client-cert/{client.stack}-tls12-apache", purpose,
                   servers.apache(*lines, tls="1.2"), client, "client", tls="1.2",
                   also=["renegotiation-refused"], alert=100, outcome="alert, encrypted",
                   notes="The HelloRequest, the client's warning 100 and the alert 40 by which the "
                   "server then ends the connection are encrypted.")
    for client in (clients.go(tls="1.3", cert="alice"), clients.curl(tls="1.3", cert="alice"),
                   clients.java(tls="1.3", cert="alice")):
        yield case(f"post-handshake-auth-unsupported/{client.stack}-tls13-apache", purpose,
                   servers.apache(*lines, tls="1.3"), client, "server", tls="1.3",
                   also=["established"], outcome="established",
                   notes="The ClientHello has no post_handshake_auth; Apache answers HTTP 403.")


def _kept_back():
    """Clients that choose their certificate by the authorities that the server names."""
    def java(cert):
        return clients.java(tls="1.2", cert=cert)
    there = servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile", "stranger.crt",
                            tls="1.2")
    yield Case("client-cert-not-selected/java-tls12-openssl",
               "One server takes the client's certificate; the other names another authority, "
               "and the client sends none.",
               [Server(_asking("openssl", "1.2"), port=8443), Server(there, port=8444)],
               [Attempt(java("alice-untrusted"), "established", "nobody", "1.2", server=1),
                Attempt(java("alice-untrusted"), "client-cert-not-selected", "server", "1.2",
                        also=["client-cert-missing"])])
    cut = servers.apache("SSLVerifyClient require", "SSLVerifyDepth 3",
                         "SSLCACertificateFile clients.crt", "SSLCADNRequestFile crowd.crt",
                         tls="1.2")
    yield case("issuer-list-too-long/java-tls12-apache",
               "The server's list of authorities ends where Windows would have cut it, without the "
               "client's.", cut, java("alice"), "server", tls="1.2",
               also=["client-cert-missing", "client-cert-not-selected"],
               notes="Apache cuts no list: it was told which authorities to name.")


def purpose(cause):
    """What a case of this cause shows."""
    return _FLAWS[cause][0]


def near(cause):
    """Causes that nobody can tell from this one."""
    return list(_NEAR.get(cause, []))

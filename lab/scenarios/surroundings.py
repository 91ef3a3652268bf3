"""The reason is outside of the two sides' words: a proxy, a clock, a fault, a monitor."""

import clients
import servers
from case import Attempt, Case, Server, case
from pki import REVOCATION


def cases():
    yield from _interception()
    yield from _wrong_clock()
    yield from _revocation()
    yield from _internal_error()
    yield from _monitors()


def _interception():
    for client, server in (("curl", "nginx"), ("go", "haproxy"), ("java", "openssl"),
                           ("gnutls", "go")):
        yield case(f"tls-interception-untrusted/{client}-tls12-{server}",
                   "The server's certificate is by an authority that has the name of an inspecting "
                   "proxy, mitmproxy; the client does not know it.",
                   servers.ALL[server](cert="intercepted", tls="1.2"),
                   clients.ALL[client](tls="1.2"), "client", tls="1.2",
                   also=["untrusted-root"],
                   notes="There is no proxy in this recording: it is the name of the authority "
                   "that tells of one.")


def _wrong_clock():
    slow = "The certificate was issued today, and the client's clock is two days slow."
    fast = "The certificate is valid for another year, and the client's clock is two years fast."
    for called, purpose, certificate, client in (
        ("openssl-tls12-nginx-fast", fast, "good",
         clients.with_clock("+730d", clients.openssl(tls="1.2"))),
        ("curl-tls12-nginx-slow", slow, "young",
         clients.with_clock("-2d", clients.curl(tls="1.2"))),
        ("go-tls12-nginx-slow", slow, "young", clients.go("-clock", "-48h", tls="1.2")),
        ("java-tls12-nginx-slow", slow, "young",
         clients.with_clock("-2d", clients.java(tls="1.2"))),
    ):
        yield case(f"clock-skew/{called}", purpose, servers.nginx(cert=certificate, tls="1.2"),
                   client, "client", tls="1.2",
                   also=["crl-expired"] if client.stack == "openssl"
                   else ["untrusted-root", "cert-bad-signature"],
                   notes="The clock of the recording is right.")


def _revocation():
    """Java asks a service that never answers; it waits for 15 seconds unless told otherwise."""
    quiet = "The connection to the service is not in the recording."
    for called, certificate, option, notes in (
        ("list", "listed", "-Dcom.sun.security.enableCRLDP=true", quiet),
        ("ocsp", "asked", "-Djava.security.properties=ocsp.properties",
         quiet + " `ocsp.properties` is `ocsp.enable=true`."),
    ):
        java = clients.java(tls="1.2", machine=["-Dcom.sun.net.ssl.checkRevocation=true", option],
                            patience=20.0, files={"ocsp.properties": "ocsp.enable=true\n"})
        yield Case(f"revocation-unreachable/java-tls12-nginx-{called}",
                   "The client must know whether the certificate was revoked, and the service that "
                   "knows it does not answer.",
                   [Server(servers.nginx(cert=certificate, tls="1.2")),
                    Server(servers.raw("silent"), REVOCATION, 80)],
                   [Attempt(java, "revocation-unreachable", "client", "1.2",
                            also=["untrusted-root"], notes=notes)],
                   taken="tcp and port 8443")


def _internal_error():
    # Servers say the same of a name or a certificate they do not have.
    near = ["sni-unknown", "server-has-no-usable-certificate"]
    for client, tls in (("openssl", "1.2"), ("java", "1.3")):
        yield case(f"server-internal-error/{client}-tls{tls.replace('.', '')}-go",
                   "The server's GetConfigForClient answers with an error.",
                   servers.go("-broken", tls=tls), clients.ALL[client](tls=tls), "server", tls=tls,
                   also=near)
    for client, tls in (("go", "1.2"), ("gnutls", "1.3")):
        yield case(f"server-internal-error/{client}-tls{tls.replace('.', '')}-openssl",
                   "The server cannot read the file of the OCSP answer it is to staple.",
                   servers.openssl("-status_file", "missing.der", tls=tls),
                   clients.ALL[client](tls=tls), "server", tls=tls, also=near)


def _monitors():
    for tls in ("1.2", "1.3"):
        yield case(f"client-left-after-handshake/haproxy-tls{tls.replace('.', '')}-nginx",
                   "HAProxy's health check completes the handshake and leaves; all is well.",
                   servers.nginx(tls=tls), clients.haproxy_check(tls), "client", tls=tls)
    yield case("client-left-after-handshake/openssl-tls13-nginx",
               "s_client without anything to say: the handshake is tried by hand, and all is well.",
               servers.nginx(tls="1.3"), clients.openssl(tls="1.3", feed=[(0, "")]), "client",
               tls="1.3")

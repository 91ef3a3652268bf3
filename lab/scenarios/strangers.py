"""One side does not speak TLS, or not as it should."""

import clients
import servers
from case import case


def _each():
    return [("openssl", servers.openssl()), ("gnutls", servers.gnutls()),
            ("java", servers.java()), ("go", servers.go()), ("nginx", servers.nginx()),
            ("apache", servers.apache()), ("haproxy", servers.haproxy())]


def cases():
    for called, server in _each():
        yield case(f"plaintext-http-on-tls-port/curl-{called}",
                   "The client speaks HTTP to a port where TLS is spoken.", server,
                   clients.curl_in_the_clear(), "server", outcome="plaintext on a TLS port",
                   host="127.0.0.4")
    for words in ("smtp", "ssh", "postgres"):
        for called, server in _each()[:4]:
            yield case(f"plaintext-http-on-tls-port/{words}-{called}",
                       f"The client begins with the words of {words} on a port where TLS is "
                       "spoken.", server, clients.raw(words), "server",
                       outcome="plaintext on a TLS port")
    for called, server in _each():
        if called != "apache":
            yield case(f"proxy-protocol-mismatch/raw-{called}",
                       "A balancer begins with a PROXY line that the server does not expect.",
                       server, clients.raw("proxy"), "server", outcome="plaintext on a TLS port",
                       also=["plaintext-http-on-tls-port"])
    yield case("proxy-protocol-mismatch/openssl-tls13-haproxy",
               "The server expects a PROXY line and gets a ClientHello.",
               servers.haproxy("accept-proxy"), clients.openssl(), "server", tls="1.3",
               also=["lb-or-server-rst"])
    yield from _plaintext_servers()
    for hello in ("sslv2", "sslv2_tls10"):
        for called, server in _each()[:5]:
            yield case(f"sslv2-hello/{hello.replace('_', '-')}-{called}",
                       "The client begins with a hello in the form of SSL 2.0.", server,
                       clients.raw(hello), "server", tls="SSL 2.0 form")
    yield from _malformed()
    for client, server, port in ((clients.curl_in_the_clear("nothing"), servers.http(), 8080),
                                 (clients.raw("smtp"), servers.raw("smtp"), 25),
                                 (clients.raw("ssh"), servers.raw("ssh"), 22)):
        yield case(f"not-tls/{client.stack}-{server.argv[-3] if server.stack == 'raw' else 'http'}",
                   "A conversation without any TLS, of two sides that agree on that.", server,
                   client, "nobody", outcome="not TLS", port=port)
    for called, server in _each():
        yield case(f"health-probe-eof/raw-{called}",
                   "A monitor connects and leaves without a byte.", server,
                   clients.raw("nothing"), "nobody", outcome="closed",
                   notes="Nothing failed: this is what a TCP health check looks like. Some stacks "
                   "still answer the early end with a fatal alert.")


def _plaintext_servers():
    purpose = "The client begins TLS on a port where {} is spoken."
    for client in (clients.openssl(), clients.curl(), clients.go(), clients.java(),
                   clients.gnutls(), clients.python(), clients.node()):
        yield case(f"tls-to-plaintext-port/{client.stack}-http", purpose.format("HTTP"),
                   servers.http(), client, "client", port=8080, tls="1.3",
                   outcome="TLS on a plaintext port")
    for words, port in (("smtp", 25), ("imap", 143), ("ssh", 22)):
        for client in (clients.openssl(), clients.go(), clients.java(), clients.gnutls()):
            cause = "tls-to-plaintext-port" if words == "ssh" else "wrong-starttls-mode"
            yield case(f"{cause}/{client.stack}-{words}",
                       purpose.format(words.upper()), servers.raw(words), client, "client",
                       port=port, tls="1.3", outcome="TLS on a plaintext port",
                       also=["tls-to-plaintext-port"] if words != "ssh" else [],
                       notes="The server's words were put together by hand.")


def _malformed():
    for flaw, purpose in (
        ("bad_length", "The ClientHello claims more extensions than it has."),
        ("twice", "The ClientHello has one extension two times."),
        ("no_key_share", "The ClientHello offers TLS 1.3 without key share, groups and "
                         "signature algorithms."),
        ("foreign_key_share", "The key share is for a group the ClientHello does not list."),
    ):
        for called, server in _each()[:4]:
            yield case(f"malformed-clienthello/{flaw.replace('_', '-')}-{called}", purpose,
                       server, clients.raw(flaw), "server", tls="1.3",
                       also=["malformed-clienthello-keyshare"] if "foreign" in flaw else [])

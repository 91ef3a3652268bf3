"""The network, or a box in it, ends the connection or lets nothing through."""

import clients
import network
import servers
from case import case


_ANSWER = "An alert from the client after the server's FIN is only its answer to that."


def cases():
    yield from _reset()
    yield from _silent()
    yield from _black_hole()


def _reset():
    for client, tls in ((clients.openssl(tls="1.2"), "1.2"), (clients.openssl(), "1.3"),
                        (clients.curl(), "1.3"), (clients.go(), "1.3"), (clients.java(), "1.3"),
                        (clients.gnutls(), "1.3")):
        yield case(f"lb-or-server-rst/{client.stack}-tls{tls.replace('.', '')}-raw",
                   "The server resets the connection as soon as it has the ClientHello.",
                   servers.raw("reset"), client, "server", tls=tls)
    yield case("lb-or-server-rst/openssl-tls13-haproxy-reject",
               "A balancer that passes TLS on has a rule to refuse the client.",
               servers.haproxy_tcp("tcp-request inspect-delay 2s\n"
                                   "    tcp-request content reject if { req.ssl_hello_type 1 }"),
               clients.openssl(), "server", tls="1.3", outcome="closed", notes=_ANSWER)
    yield case("lb-or-server-rst/curl-tls13-haproxy-no-backend",
               "A balancer that passes TLS on has no server behind it that lives.",
               servers.haproxy_tcp("default_backend none\nbackend none\n    mode tcp\n"
                                   "    server gone 127.0.0.1:9 disabled"),
               clients.curl(), "server", tls="1.3")
    for client in (clients.openssl(), clients.gnutls(), clients.java()):
        yield case(f"lb-or-server-rst/{client.stack}-tls13-raw-fin",
                   "The server closes the connection without a word after the ClientHello.",
                   servers.raw("close"), client, "server", tls="1.3",
                   outcome="closed", also=["tls-to-plaintext-port"], notes=_ANSWER)


def _silent():
    yield case("silent-server/openssl-tls13-raw",
               "The server's machine takes the ClientHello, its program never answers.",
               servers.raw("silent"), clients.openssl(patience=3.0), "nobody", tls="1.3",
               outcome="silent")
    yield case("silent-server/curl-tls13-raw",
               "The server's machine takes the ClientHello, the client gives up after two seconds.",
               servers.raw("silent"), clients.curl("--max-time", "2"), "client", tls="1.3",
               outcome="gave up")
    lost = "-p tcp -d {} --dport 443 -m length --length 100:65535".format(network.SERVER_ADDRESS)
    yield _routed("silent-drop/openssl-tls13-dropped",
                  "A firewall lets the TCP connection come about and drops the ClientHello.",
                  servers.openssl(), clients.openssl(patience=4.0), lost, outcome="silent")
    yield _routed("silent-drop/curl-tls13-dropped",
                  "A firewall lets the TCP connection come about and drops the ClientHello; the "
                  "client gives up.",
                  servers.nginx(), clients.curl("--max-time", "4"), lost, outcome="gave up")


def _black_hole():
    big = "-p tcp --sport 443 -m length --length 1301:65535"
    for tls in ("1.2", "1.3"):
        for where, host in (("client", network.CLIENT), ("server", network.SERVER)):
            yield _routed(f"pmtu-blackhole/openssl-tls{tls.replace('.', '')}-seen-by-{where}",
                          "Packets of more than 1300 bytes from the server are lost and no router "
                          f"tells; recorded at the {where}.",
                          servers.openssl(cert="good-rsa", tls=tls),
                          clients.openssl(tls=tls, patience=3.0), big, seen_by=host, tls=tls,
                          outcome="silent", also=["silent-drop"])
    names = ",".join(f"a-protocol-with-quite-a-long-name/{number}" for number in range(30))
    yield _routed("pmtu-blackhole/openssl-tls13-large-hello",
                  "The ClientHello has more than 1300 bytes; such packets are lost on the way to "
                  "the server.",
                  servers.openssl(), clients.openssl("-alpn", names, patience=3.0),
                  big.replace("--sport", "--dport"), outcome="silent", also=["silent-drop"])
    yield _routed("established/openssl-tls13-routed", "The same three hosts, and nothing is lost.",
                  servers.openssl(), clients.openssl(), "", outcome="established")


def _routed(path, purpose, server, client, lost, *, seen_by=network.CLIENT, tls="1.3", **truth):
    """A case between the three hosts, recorded on the wire of one of them."""
    server.namespace, client.namespace = network.SERVER, network.CLIENT
    made = case(path, purpose, server, client, "nobody", tls=tls, host=network.SERVER_ADDRESS,
                port=443, device="eth0", namespace=seen_by, **truth)
    made.lost = lost
    return made

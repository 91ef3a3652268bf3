"""TLS that another protocol carries, and what goes wrong in front of it."""

import clients
import servers
from case import Attempt, Case, Server, case
from services import dialogues, mail

_WORDS = "The server's words were put together by hand."
_PORTS = {"imap": 143, "pop3": 110}


def cases():
    for protocol, port in _PORTS.items():
        client = mail.curl(protocol)
        yield case(f"starttls-refused/{client.stack}-{protocol}",
                   f"The client asks for TLS inside {protocol}, which the server offers, and the "
                   "server says no.", dialogues.lines(protocol, "refuses"), client, "server",
                   port=port, outcome="not TLS", notes=_WORDS)
    for called, line, host, purpose in (
        ("port", "ConnectPort 443", "127.0.0.1:8443", "The proxy does not allow this port."),
        ("unreachable", "ConnectPort 8443", "127.0.0.9:8443",
         "The proxy cannot reach the server."),
        ("login", "BasicAuth name word", "127.0.0.1:8443", "The proxy wants a name and password."),
    ):
        yield case(f"proxy-connect-error/curl-tinyproxy-{called}", purpose,
                   servers.tinyproxy(line), clients.curl_by_proxy(host), "server", port=8888,
                   outcome="not TLS", taken="tcp port 8888")
    for called, server in (("nginx", servers.nginx()), ("openssl", servers.openssl()),
                           ("java", servers.java())):
        for word in ("send-proxy", "send-proxy-v2"):
            balancer = servers.haproxy_tcp("default_backend web\nbackend web\n    mode tcp\n"
                                           f"    server web 127.0.0.1:8443 {word}")
            attempt = Attempt(clients.openssl(), "proxy-protocol-mismatch", "server", "1.3",
                              server=1, also=["lb-or-server-rst"],
                              outcome="closed" if called == "openssl" else None, notes="HAProxy passes "
                              "the client's bytes on to the server, behind a PROXY header.")
            yield Case(f"proxy-protocol-mismatch/openssl-{word[5:]}-{called}",
                       "A balancer puts a PROXY header in front of a ClientHello, and the server "
                       "does not expect it.", [Server(server), Server(balancer, port=8080)],
                       [attempt], taken="tcp port 8443")
    yield case("rdp-negotiation-failure/raw-rdp",
               "The client offers TLS, and the server wants Network Level Authentication.",
               servers.raw("rdp"), clients.raw("rdp"), "server", port=3389, outcome="not TLS",
               notes="Both packets were put together by hand after MS-RDPBCGR.")

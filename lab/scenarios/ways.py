"""Proxies, the PROXY protocol, OpenVPN and remote desktops: TLS behind them, and why it is not."""

import clients
import servers
from case import Attempt, Case, Server, case, cases_with
from services import ways

_WWW = "www.example.test:8443"


def cases():
    yield from _proxies()
    yield from _headers()
    yield from _openvpn()
    yield from _openvpn_datagrams()
    yield from _desktops()


def _behind(path, purpose, server, proxy, client, refused_by, *, port, tls, also=(), **truth):
    """Two servers, of which the recording has the connection to the second."""
    attempt = Attempt(client, path.split("/")[0], refused_by, tls, server=1, also=list(also),
                      **truth)
    return Case(path, purpose, [Server(server), Server(proxy, port=port)], [attempt],
                taken=f"tcp port {port}")


def _proxies():
    old = ("--tls-max", "1.2")
    for called, kind, port, proxy in (("squid", "http", 3128, ways.squid),
                                      ("microsocks", "socks5h", 1080, ways.microsocks)):
        yield _behind(f"established/curl-{called}", "A tunnel through a proxy, and all is well.",
                      servers.nginx(), proxy(), ways.curl(kind, _WWW), "nobody", port=port,
                      tls="1.3")
        yield _behind(f"expired-leaf/curl-tls12-{called}",
                      "The certificate of the server behind the proxy has expired.",
                      servers.nginx(cert="expired"), proxy(), ways.curl(kind, _WWW, *old),
                      "client", port=port, tls="1.2")
        yield case(f"proxy-connect-error/curl-{called}-unreachable",
                   "Nobody listens on the port that the proxy is to reach.", proxy(),
                   ways.curl(kind, _WWW), "server", port=port, outcome="not TLS",
                   taken=f"tcp port {port}")
    yield case("proxy-connect-error/curl-squid-port", "The proxy does not allow this port.",
               ways.squid(allowed=443), ways.curl("http", _WWW), "server", port=3128,
               outcome="not TLS", taken="tcp port 3128")
    login = ("auth_param basic program /usr/lib/squid/basic_fake_auth",
             "acl known proxy_auth REQUIRED", "http_access deny !known")
    yield case("proxy-connect-error/curl-squid-login", "The proxy wants a name and password.",
               ways.squid(*login), ways.curl("http", _WWW), "server", port=3128,
               outcome="not TLS", taken="tcp port 3128")
    yield case("proxy-connect-error/curl-microsocks-login", "The proxy wants a name and password.",
               ways.microsocks("-u", "lab", "-P", "word"), ways.curl("socks5h", _WWW), "server",
               port=1080, outcome="not TLS", taken="tcp port 1080")
    yield case("proxy-connect-error/curl-microsocks-password", "The password is wrong.",
               ways.microsocks("-u", "lab", "-P", "word"),
               ways.curl("socks5h", _WWW, "--proxy-user", "lab:other"), "server", port=1080,
               outcome="not TLS", taken="tcp port 1080")


def _headers():
    """A balancer that sends the header to a server that expects it, and one that does not."""
    for word in ("send-proxy", "send-proxy-v2"):
        for cause, cert, refused_by in (("established", "good", "nobody"),
                                        ("expired-leaf", "expired", "client")):
            balancer = servers.haproxy_tcp("default_backend web\nbackend web\n    mode tcp\n"
                                           f"    server web 127.0.0.1:8443 {word}")
            attempt = Attempt(clients.openssl(tls="1.2"), cause, refused_by, "1.2", server=1)
            yield Case(f"{cause}/openssl-tls12-{word[5:]}-nginx",
                       "A balancer puts a PROXY header in front of TLS, and the server expects it.",
                       [Server(servers.nginx(listen="ssl proxy_protocol", cert=cert)),
                        Server(balancer, port=8080)], [attempt], taken="tcp port 8443")
    yield case("proxy-protocol-mismatch/openssl-tls13-nginx",
               "The server expects a PROXY header and gets a ClientHello.",
               servers.nginx(listen="ssl proxy_protocol"), clients.openssl(), "server", tls="1.3",
               also=["lb-or-server-rst"])


def _openvpn():
    inside = cases_with("", 1194, tls="1.2")
    old = ("--tls-version-max", "1.2")
    yield inside("established", "openvpn-tcp", "The control channel comes about.",
                 ways.openvpn(), ways.openvpn_client(), "nobody", tls="1.3")
    yield inside("expired-leaf", "openvpn-tls12-tcp", "The server's certificate has expired.",
                 ways.openvpn(cert="expired"), ways.openvpn_client(*old), "client")
    yield inside("untrusted-root", "openvpn-tls13-tcp", "The client has the wrong authority.",
                 ways.openvpn(), ways.openvpn_client(ca="stranger.crt"), "client", tls="1.3")
    yield inside("client-cert-expired", "openvpn-tls12-tcp-tls-auth",
                 "The client's certificate has expired; tls-auth signs each packet.",
                 ways.openvpn("--tls-auth", "static.key"),
                 ways.openvpn_client("--tls-auth", "static.key", *old, cert="alice-expired"),
                 "server")
    yield inside("client-max-version-below-server-min", "openvpn-tcp",
                 "The server wants TLS 1.3, the client is set to TLS 1.2.",
                 ways.openvpn("--tls-version-min", "1.3"), ways.openvpn_client(*old), "server")


def _openvpn_datagrams():
    inside = cases_with("", 1194, taken="udp")
    udp = {"transport": "udp"}
    old = ("--tls-version-max", "1.2")
    yield inside("established", "openvpn-udp", "The control channel comes about over UDP.",
                 ways.openvpn(**udp), ways.openvpn_client(**udp), "nobody", tls="1.3",
                 outcome="established")
    yield inside("expired-leaf", "openvpn-tls12-udp", "The server's certificate has expired.",
                 ways.openvpn(cert="expired", **udp), ways.openvpn_client(*old, **udp), "client",
                 tls="1.2", outcome="silent")
    yield inside("client-cert-expired", "openvpn-tls12-udp-tls-auth",
                 "The client's certificate has expired; tls-auth signs each packet.",
                 ways.openvpn("--tls-auth", "static.key", **udp),
                 ways.openvpn_client("--tls-auth", "static.key", *old, cert="alice-expired", **udp),
                 "server", tls="1.2", outcome="silent")
    yield inside("client-max-version-below-server-min", "openvpn-udp",
                 "The server wants TLS 1.3, the client is set to TLS 1.2.",
                 ways.openvpn("--tls-version-min", "1.3", **udp),
                 ways.openvpn_client(*old, **udp), "server", tls="1.2", outcome="silent",
                 also=["silent-server"])


def _desktops():
    inside = cases_with("xrdp", 3389, tls="1.2")
    old = dict(versions="TLSv1.2")
    yield inside("expired-leaf", "freerdp-tls12", "The server's certificate has expired.",
                 ways.xrdp(cert="expired", **old), ways.freerdp("/sec:tls", "/cert:deny"),
                 "client", also=["client-left-after-handshake"])
    yield inside("established", "freerdp-tls12", "TLS begins inside RDP, and all is well.",
                 ways.xrdp(**old), ways.freerdp("/sec:tls", "/cert:ignore", "+auth-only"), "nobody")
    yield inside("no-shared-cipher", "freerdp-tls12",
                 "The client is set to one cipher suite, the server to another.",
                 ways.xrdp(ciphers="ECDHE-ECDSA-AES256-GCM-SHA384", **old),
                 ways.freerdp("/sec:tls", "/cert:ignore",
                              "/tls-ciphers:ECDHE-ECDSA-AES128-GCM-SHA256"), "server",
                 also=["server-has-no-usable-certificate"])
    yield inside("rdp-negotiation-failure", "freerdp-tls",
                 "The server takes RDP's own encryption only, the client wants TLS.",
                 ways.xrdp("rdp"), ways.freerdp("/sec:tls"), "server", tls="", outcome="not TLS",
                 also=["starttls-missing"])
    yield inside("rdp-negotiation-failure", "freerdp-nla",
                 "The client wants Network Level Authentication, which the server has not.",
                 ways.xrdp("tls"), ways.freerdp("/sec:nla"), "client", tls="", outcome="not TLS",
                 notes="The server's alert is only its answer to the client's FIN.")

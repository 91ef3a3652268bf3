"""Every other way to agree on TLS inside a protocol: one case in which TLS begins and fails, and what
goes wrong before that.

Where no server or client of a protocol is at hand, its words are put together by hand; each case
says so.
"""

import clients
import servers
from case import Attempt, Case, Server, case
from services import data, dialogues, mail, talk

_SERVER = "The server's words were put together by hand; its TLS is Python's."
_BOTH = "The packets of both sides were put together by hand; their TLS is Python's."
_PROXY = "The proxy in between was written for this."

# Protocols of lines that OpenSSL's client knows: their ports.
_LINES = {"nntp": 119, "irc": 6667, "telnet": 23}
# Protocols of packets: their ports, and how their servers refuse.
_PACKETS = {"rdp": 3389, "vnc": 5900, "amqp": 5672, "diameter": 3868, "http": 631}


def cases():
    yield from _that_begin()
    yield from _that_are_refused()
    yield from _through_a_proxy()
    yield from _by_the_wrong_way()
    yield from _that_are_stripped()
    yield from _that_are_demanded()


def _that_begin():
    def expired(name, server, client, port, notes, **truth):
        return case(f"expired-leaf/{name}", "TLS begins inside another protocol, and the server's "
                    "certificate has expired.", server, client, "client", port=port, tls="1.2",
                    notes=notes, **{"alert": 45, **truth})
    for protocol, port in _LINES.items():
        yield expired(f"openssl-{protocol}", dialogues.lines(protocol, "takes", cert="expired"),
                      clients.openssl("-starttls", protocol), port, _SERVER)
    for protocol, port in _PACKETS.items():
        yield expired(f"python-{protocol}", dialogues.server(protocol, "takes", cert="expired"),
                      dialogues.client(protocol), port, _BOTH, alert=45)
    for alpn, called, port in (("tds/8.0", "tds8", 1433), ("postgresql", "postgres-direct", 5432)):
        yield expired(f"openssl-{called}",
                      servers.openssl("-alpn", alpn, cert="expired", tls="1.2"),
                      clients.openssl("-alpn", alpn), port,
                      "Both sides are OpenSSL's: only ALPN is that of the database.")


def _that_are_refused():
    for protocol, port in (("lmtp", 24), ("nntp", 119), ("irc", 6667)):
        yield case(f"starttls-refused/python-{protocol}",
                   f"The client asks for TLS inside {protocol}, and the server says no.",
                   dialogues.lines(protocol, "refuses"), dialogues.client(protocol), "server",
                   port=port, outcome="not TLS", notes=_SERVER)
    yield case("starttls-refused/openssl-smtp",
               "The server refuses STARTTLS, and the client begins TLS all the same.",
               dialogues.lines("smtp", "refuses"),
               clients.openssl("-starttls", "smtp", tls="1.2"), "server", port=25,
               outcome="closed", also=["lb-or-server-rst"], notes=_SERVER)
    for protocol in ("vnc", "amqp", "diameter", "http"):
        yield case(f"starttls-refused/python-{protocol}",
                   f"The client asks for TLS inside {protocol}, and the server says no.",
                   dialogues.server(protocol, "refuses"), dialogues.client(protocol), "server",
                   port=_PACKETS[protocol], outcome="not TLS", notes=_BOTH)
    for protocol, port, server in (("sieve", 4190, dialogues.lines("sieve", "hides")),
                                   ("irc", 6667, dialogues.lines("irc", "hides")),
                                   ("vnc", 5900, dialogues.server("vnc", "hides"))):
        yield case(f"starttls-missing/python-{protocol}",
                   f"The client needs TLS inside {protocol}, and the server does not offer it.",
                   server, dialogues.client(protocol), "nobody", port=port, outcome="not TLS",
                   notes=_SERVER)
    for code in range(1, 7):
        client = {1: "rdp_old", 5: "rdp_tls", 6: "rdp_tls"}.get(code, "rdp")
        yield case(f"rdp-negotiation-failure/python-code-{code}",
                   f"The server answers the client's request with the failure code {code}.",
                   dialogues.server("rdp", str(code)), dialogues.client(client), "server",
                   port=3389, outcome="not TLS", notes=_BOTH)
    yield case("rdp-negotiation-failure/python-plain",
               "The client wants TLS, and the server takes only RDP's own encryption.",
               dialogues.server("rdp", "plain"), dialogues.client("rdp"), "server", port=3389,
               outcome="not TLS", notes=_BOTH)


def _through_a_proxy():
    web = ["https://www.example.test:8443/"]
    nginx = Server(servers.nginx(cert="expired"), port=8443)

    def through(name, proxy, port, *words, notes="", more=()):
        attempt = Attempt(dialogues.curl_through(*words, *web), "expired-leaf", "client", "1.2",
                          server=1, alert=45, notes=notes)
        return Case(f"expired-leaf/curl-{name}", "TLS goes through a proxy, and the server's "
                    "certificate has expired.", [nginx, Server(proxy, port=port), *more],
                    [attempt], taken=f"tcp port {port}")
    yield through("http-connect", servers.tinyproxy("ConnectPort 8443"), 8888, "--proxy",
                  "http://{at}")
    yield through("socks5", dialogues.server("socks", "takes"), 1080, "--socks5-hostname", "{at}",
                  notes=_PROXY)
    yield through("socks4", dialogues.server("socks", "takes"), 1080, "--socks4", "{at}",
                  notes=_PROXY)
    yield case("expired-leaf/curl-proxy-protocol-haproxy",
               "A PROXY header stands in front of TLS, the server expects it, and its certificate "
               "has expired.", servers.haproxy("accept-proxy", cert="expired"),
               dialogues.curl_through("--haproxy-protocol", *web), "client", tls="1.2", alert=45)
    for name, words, port in (("socks5-smtp", ["--socks5-hostname", "{at}"], 1080),
                              ("http-connect-imap", ["--proxytunnel", "--proxy", "http://{at}"],
                               8888)):
        protocol = name.split("-")[-1]
        inner = {"smtp": 25, "imap": 143}[protocol]
        proxy = dialogues.server("socks", "takes") if port == 1080 else \
            servers.tinyproxy(f"ConnectPort {inner}")
        attempt = Attempt(dialogues.curl_through("--ssl-reqd", *words,
                                               f"{protocol}://www.example.test:{inner}/"),
                          "starttls-refused", "server", server=1, outcome="not TLS",
                          notes=_SERVER if port == 8888 else f"{_SERVER} {_PROXY}")
        yield Case(f"starttls-refused/curl-{name}", f"{protocol} goes through a proxy; the client "
                   "asks for TLS inside of it, and the server says no.",
                   [Server(dialogues.lines(protocol, "refuses"), port=inner),
                    Server(proxy, port=port)], [attempt], taken=f"tcp port {port}")
    for version, code, says in ((5, 1, "a general failure"), (5, 2, "that its rules forbid it"),
                                (5, 4, "that it cannot reach the host"),
                                (5, 5, "that the server refused it"),
                                (5, 255, "that it takes no such login"), (4, 91, "no")):
        yield case(f"proxy-connect-error/curl-socks{version}-code-{code}",
                   f"The SOCKS proxy says {says}.", dialogues.server("socks", str(code)),
                   dialogues.curl_through("--socks5-hostname" if version == 5 else "--socks4",
                                        "{at}", *web), "server", port=1080,
                   outcome="not TLS", notes=_PROXY)
    yield case("proxy-connect-error/curl-silent", "The proxy closes without an answer.",
               servers.raw("close"), dialogues.curl_through("--proxy", "http://{at}", *web), "server",
               port=8888, outcome="not TLS")


def _by_the_wrong_way():
    yield case("wrong-starttls-mode/openssl-nntp",
               "The client begins TLS on a port where NNTP is spoken.",
               dialogues.lines("nntp", "takes"), clients.openssl(), "client", port=119, tls="1.3",
               outcome="TLS on a plaintext port", also=["tls-to-plaintext-port"], notes=_SERVER)
    for alpn, called, port in (("postgresql", "postgres", 5432), ("tds/8.0", "tds", 1433)):
        yield case(f"wrong-starttls-mode/openssl-{called}-direct",
                   "The client begins TLS with the first byte, as newer servers allow it; this one "
                   "closes, as older ones do.", servers.raw("close"),
                   clients.openssl("-alpn", alpn), "server", port=port, tls="1.3",
                   outcome="closed", notes="The server only closes: see programs/raw_server.py.")
    yield case("wrong-starttls-mode/openssl-imap-waits",
               "The client waits for the greeting of IMAP, the server for a ClientHello.",
               servers.openssl(), clients.openssl("-starttls", "imap"), "nobody", port=993,
               outcome="not TLS", also=["health-probe-eof"])


def _that_are_stripped():
    def postfix(**rest):
        return Server(mail.postfix("smtpd_tls_security_level = may", **rest), port=2525)
    for called, mode, purpose, taken in (
        ("offer", "offer", "A middlebox writes X over the offer of STARTTLS.", 25),
        ("command", "command", "A middlebox writes X over the client's STARTTLS; seen from the "
         "server.", 2525),
    ):
        attempt = Attempt(mail.curl("smtp"), "starttls-stripped", "nobody", server=1,
                          outcome="not TLS", notes=_PROXY)
        yield Case(f"starttls-stripped/curl-postfix-{called}", purpose,
                   [postfix(), Server(dialogues.stripping_proxy(mode, 2525), port=25)], [attempt],
                   taken=f"tcp port {taken}")
    attempt = Attempt(mail.curl("smtp"), "starttls-stripped", "nobody", server=1,
                      outcome="not TLS", notes=f"{_SERVER} {_PROXY}")
    yield Case("starttls-stripped/curl-quoted", "A middlebox writes X over the client's STARTTLS; "
               "seen from the client, to whom the server quotes what came.",
               [Server(dialogues.lines("smtp", "takes"), port=2525),
                Server(dialogues.stripping_proxy("command", 2525), port=25)], [attempt],
               taken="tcp port 25")
    yield Case("starttls-stripped/curl-postfix-line", "A middlebox drops the offer of STARTTLS for "
               "one of two clients. The other begins TLS, and finds an expired certificate.",
               [postfix(cert="expired"),
                Server(dialogues.stripping_proxy("line", 2525, "198.51.100.2"), port=25)],
               [Attempt(mail.curl("smtp", "--tls-max", "1.2"), "expired-leaf", "client", "1.2",
                        server=1, alert=45, notes=_PROXY),
                Attempt(mail.curl("smtp", "--interface", "198.51.100.2"), "starttls-stripped",
                        "nobody", server=1, outcome="not TLS", notes=_PROXY)], taken="tcp port 25")


def _that_are_demanded():
    yield case("starttls-required/curl-postfix", "The server takes no mail before TLS, and the "
               "client does not begin it.", mail.postfix("smtpd_tls_security_level = encrypt"),
               dialogues.curl_mail(), "server", port=25, outcome="not TLS")
    yield case("starttls-required/curl-vsftpd", "The server lets nobody in before TLS, and the "
               "client does not begin it.", talk.vsftpd("ssl_enable=YES", "allow_anon_ssl=YES",
                                                       "force_anon_logins_ssl=YES"),
               dialogues.curl_through("-u", "ftp:word", "ftp://www.example.test:{port}/"), "server",
               port=21, outcome="not TLS")
    yield case("starttls-required/python-http", "The server answers 426 to a request without TLS.",
               dialogues.server("http", "demands"), dialogues.client("post"), "server", port=631,
               outcome="not TLS", notes=_BOTH)
    yield case("starttls-required/python-tds", "SQL Server demands encryption, which the client "
               "does not have.", data.tds("demands"), dialogues.client("tds_off"),
               "server", port=1433, outcome="not TLS", notes=_BOTH)

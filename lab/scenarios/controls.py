"""Connections that go well: every stack, TLS 1.2 and 1.3, and several ways to end."""

import clients
import servers
from case import Attempt, Case, Server, case

_PAIRS = [("openssl", "nginx"), ("gnutls", "gnutls"), ("java", "java"), ("go", "go"),
          ("curl", "apache"), ("python", "haproxy"), ("node", "go"), ("java", "nginx")]


def cases():
    for number, (client, server) in enumerate(_PAIRS):
        for tls in ("1.2", "1.3"):
            form = ["pcap", "pcapng", "nano", "cooked", "gzip", "cooked-v1", "pcap", "nano"][number]
            yield _good(f"{client}-tls{tls.replace('.', '')}-{server}",
                        "A connection without any failure.", servers.ALL[server](tls=tls),
                        clients.ALL[client](tls=tls), tls,
                        form=form if tls == "1.2" else "pcap",
                        host="::1" if number % 3 == 0 and server != "gnutls" else "127.0.0.1")
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        yield _good(f"python-tls{short}-go-no-close-notify",
                    "The client closes TCP without close_notify.", servers.go(tls=tls),
                    clients.python("--leave", tls=tls), tls)
        yield _good(f"wget-tls{short}-nginx", "A connection without any failure.",
                    servers.nginx(tls=tls), clients.wget(tls=tls), tls, port=443)
        lines = ["ssl_client_certificate clients.crt;", "ssl_verify_client on;"]
        yield _good(f"openssl-tls{short}-nginx-mutual",
                    "Both sides show a certificate that the other trusts.",
                    servers.nginx(*lines, tls=tls), clients.openssl(tls=tls, cert="alice"), tls)
        yield _good(f"go-tls{short}-go-mutual",
                    "Both sides show a certificate that the other trusts.",
                    servers.go("-clients", "clients.crt", tls=tls),
                    clients.go(tls=tls, cert="alice"), tls)
    for tls in ("1.2", "1.3"):
        first = clients.openssl("-sess_out", "session.pem", tls=tls)
        second = clients.openssl("-sess_in", "session.pem", tls=tls)
        yield Case(f"established/openssl-tls{tls.replace('.', '')}-nginx-resumed",
                   "The second connection resumes the session of the first.",
                   [Server(servers.nginx(tls=tls))],
                   [Attempt(client, "established", "nobody", tls) for client in (first, second)])
    again = clients.openssl(tls="1.2", feed=[(0.6, "R\n"), (0.6, clients.REQUEST), (1, "")])
    yield _good("openssl-tls12-gnutls-renegotiation",
                "The client begins a second handshake inside the connection; gnutls-serv takes it.",
                servers.gnutls(tls="1.2"), again, "1.2")
    yield _good("openssl-tls13-nginx-hello-retry",
                "The server asks for another key share (HelloRetryRequest).",
                servers.nginx("ssl_ecdh_curve P-384;"),
                clients.openssl("-groups", "X25519:P-384", tls="1.3"), "1.3")
    yield _good("openssl-tls12-nginx-rsa", "An RSA certificate and RSA key transport.",
                servers.nginx("ssl_ciphers AES128-GCM-SHA256;", cert="good-rsa", tls="1.2"),
                clients.openssl(tls="1.2"), "1.2")
    yield _good("openssl-tls12-nginx-chacha", "ChaCha20-Poly1305 in TLS 1.2.",
                servers.nginx("ssl_ciphers CHACHA20;", tls="1.2"), clients.openssl(tls="1.2"),
                "1.2")
    yield _good("openssl-tls12-nginx-cbc", "AES-CBC with encrypt-then-MAC in TLS 1.2.",
                servers.nginx("ssl_ciphers ECDHE-ECDSA-AES128-SHA;", tls="1.2"),
                clients.openssl(tls="1.2"), "1.2")
    yield from _partly_recorded()


def _partly_recorded():
    """The same kinds of connection, recorded with half of it missing."""
    for side, taken in (("client", "dst port 8443"), ("server", "src port 8443")):
        yield _good(f"openssl-tls12-nginx-{side}-side-only",
                    f"Only what the {side} sent was recorded.", servers.nginx(tls="1.2"),
                    clients.openssl(tls="1.2"), "1.2", taken=f"tcp and {taken}",
                    outcome="one-sided")
        yield case(f"expired-leaf/openssl-tls12-openssl-{side}-side-only",
                   f"An expired certificate; only what the {side} sent was recorded.",
                   servers.openssl(cert="expired"), clients.openssl(tls="1.2"), "client",
                   tls="1.2", taken=f"tcp and {taken}", outcome="one-sided",
                   alert=45, also=["one-sided"])
    yield case("expired-leaf/openssl-tls12-openssl-cut-packets",
               "An expired certificate; tcpdump kept 200 bytes of each packet.",
               servers.openssl(cert="expired"), clients.openssl(tls="1.2"), "client", tls="1.2",
               snaplen=200, outcome="alert", also=["untrusted-root", "missing-intermediate"])


def _good(name, purpose, server, client, tls, **rest):
    return case(f"established/{name}", purpose, server, client, "nobody", tls=tls, **rest)

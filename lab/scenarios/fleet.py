"""Captures as they are brought: several servers, clients and protocols, and more than one reason."""

import access
import clients
import newer
import servers
from case import Attempt, Case, Server
from program import Program
from services import data, mail

_BILLING, _SHOP, _NEWS = "198.51.100.1", "198.51.100.2", "198.51.100.3"
_HERE = [f"198.51.100.{last}" for last in range(10)]
_ASKING = "ca-file clients.crt verify required"


def cases():
    yield _campus()
    yield _backends()
    yield _renewal()
    yield _partners()
    yield _both_addresses()
    yield _appliances()


def _good(client, tls, **rest):
    return Attempt(client, "established", "nobody", tls, **rest)


def _campus():
    """802.1X, mail, a database and the web, with one thing wrong in each."""
    postgres = data.postgres("ssl_max_protocol_version=TLSv1.2", cert="expired")
    attempts = [
        Attempt(access.eapol_test("PEAP", ca="stranger.crt", host="127.0.0.1", source="127.0.0.1",
                                  patience=3.0),
                "untrusted-root", "client", "1.2", server=4, also=["missing-intermediate"],
                alert=48, outcome="alert"),
        _good(clients.openssl(tls="1.3", source=_HERE[7]), "1.3"),
        Attempt(mail.openssl("smtp", tls="1.2"), "missing-intermediate", "client", "1.2", server=1,
                also=["untrusted-root"]),
        _good(mail.python("imap"), "1.3", server=2),
        Attempt(clients.openssl(source=_HERE[6]), "wrong-starttls-mode", "client", "1.3", server=2,
                also=["tls-to-plaintext-port"], outcome="TLS on a plaintext port"),
        Attempt(data.psql(), "expired-leaf", "client", "1.2", server=3),
        _good(clients.curl(tls="1.2", source=_HERE[8]), "1.2"),
        Attempt(data.psql(), "expired-leaf", "client", "1.2", server=3),
        Attempt(clients.go(name="old.example.test", tls="1.2", source=_HERE[5]),
                "hostname-mismatch", "client", "1.2"),
        Attempt(mail.openssl("smtp", tls="1.2"), "missing-intermediate", "client", "1.2", server=1,
                also=["untrusted-root"]),
        _good(clients.python(tls="1.3", source=_HERE[7]), "1.3"),
    ]
    return Case("several/campus",
                "A station that does not know the RADIUS server's authority, mail without its "
                "intermediate certificate, a database whose certificate has expired, a client that "
                "begins IMAP with TLS, and one that asks the web server for another name.",
                [Server(servers.nginx(), "127.0.0.1", 443),
                 Server(mail.postfix("smtpd_tls_security_level = may", cert="short"),
                        "127.0.0.1", 25),
                 Server(mail.dovecot("imap"), "127.0.0.1", 143),
                 Server(postgres, "127.0.0.1", 5432),
                 Server(access.freeradius("peap"), "127.0.0.1", access.RADIUS_PORT)],
                attempts, taken="")


def _backends():
    """HAProxy speaks TLS to three servers, of which one has an expired certificate."""
    checked = f"ssl verify required ca-file root.crt sni str({newer.SERVER_NAME})"
    places = [(_BILLING, 9443), (_SHOP, 9444), (_NEWS, 9445)]
    lines = "\n".join([
        "default_backend fleet", "backend fleet", "    balance roundrobin", "    retries 0",
        "    option httpclose", "    http-reuse never",
        *(f"    server s{number} {host}:{port} {checked}"
          for number, (host, port) in enumerate(places, 1))])
    front = servers.haproxy(lines=lines)
    balancer = Program("haproxy", ["haproxy"])
    attempts = []
    for number, (client, tls) in enumerate([
            (clients.curl(tls="1.3", source=_HERE[7]), "1.3"),
            (clients.go(tls="1.2", source=_HERE[8]), "1.2"),
            (clients.python(tls="1.3", source=_HERE[7]), "1.3"),
            (clients.openssl(tls="1.2", source=_HERE[9]), "1.2"),
            (clients.curl(tls="1.2", source=_HERE[8]), "1.2"),
            (clients.openssl(tls="1.3", source=_HERE[7]), "1.3")]):
        behind = number % 3
        if behind == 1:
            further = Attempt(balancer, "expired-leaf", "client", "1.2", server=2, alert=45)
            notes = "HAProxy answers 503, inside a good connection."
        else:
            further, notes = _good(balancer, "1.3", server=behind + 1), ""
        attempts.append(_good(client, tls, onward=[further], notes=notes))
    return Case("several/backends",
                "A balancer that ends TLS and speaks TLS to three servers behind it; one of them "
                "has an expired certificate, and every third request is answered by 503.",
                [Server(front, "192.0.2.10", 443),
                 Server(servers.nginx(), *places[0]),
                 Server(servers.go(cert="expired", tls="1.2"), *places[1]),
                 Server(servers.apache(), *places[2])], attempts)


def _renewal():
    """The certificate is renewed while clients come and go, and its intermediate is forgotten."""
    def put(cert):
        act = (f"cp {cert}.pem live.pem; cp {cert}.key live.key; kill -HUP $(cat nginx.pid); "
               "sleep 0.4")
        return Attempt(Program("nginx", ["sh", "-c", act]), "", "nobody", connects=False)
    begun = [["cp", "good.pem", "live.pem"], ["cp", "good.key", "live.key"]]
    lost = {"also": ["untrusted-root"]}
    knows = "issuing.crt"
    server = servers.nginx(cert="live", before=begun)
    # Only a master takes a new configuration as it should.
    server.files["nginx.conf"] = server.files["nginx.conf"].replace("master_process off;\n", "")
    attempts = [
        _good(clients.curl(tls="1.2", source=_HERE[1]), "1.2"),
        _good(clients.python(tls="1.2", source=_HERE[2]), "1.2"),
        _good(clients.java(tls="1.2", source=_HERE[3]), "1.2"),
        _good(clients.openssl("-partial_chain", tls="1.2", ca=knows, source=_HERE[4]), "1.2"),
        put("short"),
        *(Attempt(client, "missing-intermediate", "client", "1.2", **lost)
          for client in (clients.curl(tls="1.2", source=_HERE[1]),
                         clients.python(tls="1.2", source=_HERE[2]),
                         clients.java(tls="1.2", source=_HERE[3]))),
        _good(clients.openssl("-partial_chain", tls="1.2", ca=knows, source=_HERE[4]), "1.2"),
        Attempt(clients.curl(tls="1.2", source=_HERE[1]), "missing-intermediate", "client", "1.2",
                **lost),
        put("good"),
        _good(clients.curl(tls="1.2", source=_HERE[1]), "1.2"),
        _good(clients.java(tls="1.2", source=_HERE[3]), "1.2"),
    ]
    return Case("several/renewal",
                "The server's certificate is renewed and its intermediate forgotten: three clients "
                "fail, one that knows the intermediate does not; then it is put right.",
                [Server(server, "192.0.2.10", 443)], attempts)


def _partners():
    """Two servers that want certificates, over IPv4 and IPv6, and partners of every kind."""
    missing, trust = "client-cert-missing", "server-does-not-trust-client-ca"
    def near(cause):
        return [other for other in (missing, trust, "client-cert-expired",
                                    "client-cert-wrong-eku") if other != cause]
    attempts = []
    for server in (0, 1):
        for client, tls, cause in [
                (clients.openssl(tls="1.2", cert="alice"), "1.2", "established"),
                (newer.rustls(tls="1.3"), "1.3", missing),
                (newer.modern(tls="1.2", cert="alice-untrusted"), "1.2", trust),
                (newer.node(tls="1.2", cert="alice-expired"), "1.2", "client-cert-expired"),
                (newer.modern(tls="1.3", cert="alice"), "1.3", "established"),
                (clients.curl(tls="1.3", cert="alice-server-usage"), "1.3",
                 "client-cert-wrong-eku"),
                (clients.python(tls="1.2"), "1.2", missing)]:
            by = "nobody" if cause == "established" else "server"
            also = near(cause) if tls == "1.3" and by == "server" else []
            attempts.append(Attempt(client, cause, by, tls, server=server, also=also))
    return Case("several/partners",
                "Two servers that insist on client certificates, HAProxy over IPv4 and Java 25 "
                "over IPv6; partners come with a good one, none, an unknown, an expired, and one "
                "for servers.",
                [Server(servers.haproxy(_ASKING), "192.0.2.10", 443),
                 Server(newer.java25_server(clients="clients.crt"), "::1", 8443)], attempts,
                form="pcapng")


def _both_addresses():
    """A name with two addresses; what answers at the IPv6 one was forgotten."""
    attempts = []
    for client, tls in ((clients.curl, "1.2"), (clients.openssl, "1.2"), (clients.go, "1.2"),
                        (clients.python, "1.3")):
        attempts.append(Attempt(client(tls=tls), "expired-leaf", "client", tls, server=1,
                                also=["not-yet-valid", "untrusted-root"] if tls == "1.3" else []))
        attempts.append(_good(client(tls=tls), tls))
    attempts.append(Attempt(clients.raw("http"), "plaintext-http-on-tls-port", "server",
                            outcome="plaintext on a TLS port", server=1))
    attempts.append(Attempt(clients.gnutls("--alpn", "h2", tls="1.3"), "alpn-no-overlap", "server",
                            "1.3", server=2))
    return Case("several/both-addresses",
                "One name, two addresses: nginx answers at IPv4, at IPv6 an Apache whose "
                "certificate has expired; and a third server that speaks HTTP/1.1 alone.",
                [Server(servers.nginx(), "127.0.0.1", 443),
                 Server(servers.apache(cert="expired"), "::1", 443),
                 Server(servers.go("-alpn", "http/1.1"), "127.0.0.1", 8443)], attempts,
                form="cooked")


def _appliances():
    """After an upgrade of the clients: four old devices, each old in its own way."""
    old = "client-min-version-above-server-max"
    renegotiation = "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION"
    weak = servers.openssl("-cipher", "DHE:@SECLEVEL=0", "-dhparam", "dh1024.pem",
                           cert="good-rsa", tls="1.2")
    attempts = [
        Attempt(newer.openssl4(tls="1.2"), old, "client", "1.2", alert=70),
        Attempt(clients.openssl(tls="1.2"), old, "client", "1.2"),
        Attempt(newer.openssl4(), "weak-dh", "client", "1.2", server=1),
        Attempt(clients.curl(tls="1.2"), "weak-dh", "client", "1.2", server=1),
        _good(newer.rustls(), "1.3", server=4),
        Attempt(newer.openssl4(tls="1.2"), "sha1-signature-rejected", "client", "1.2", server=2),
        Attempt(newer.rustls(tls="1.2"), "sha1-signature-rejected", "client", "1.2", server=2),
        Attempt(newer.openssl4(), "legacy-renegotiation-peer", "client", "1.2", server=3),
        Attempt(clients.python(tls="1.2"), "legacy-renegotiation-peer", "client", "1.2", server=3),
        _good(newer.openssl4(), "1.3", server=4),
        _good(clients.curl(tls="1.3"), "1.3", server=4),
    ]
    return Case("several/appliances",
                "Clients were upgraded, and four old devices no longer suit them: one has TLS 1.0 "
                "alone, one a group of 1024 bits, one a certificate that is signed with SHA-1, one "
                "no secure renegotiation. A fifth is new.",
                [Server(servers.openssl(tls="1", level=0), _HERE[1], 443),
                 Server(weak, _HERE[2], 443),
                 Server(servers.openssl(cert="sha1", tls="1.2", level=0), _HERE[3], 443),
                 Server(servers.gnutls(priority=renegotiation), _HERE[4], 8443),
                 Server(servers.nginx(), _HERE[5], 443)], attempts)

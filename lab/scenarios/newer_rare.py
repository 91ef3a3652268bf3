"""Causes that few stacks had shown: resumption, clocks, services, boxes, lists, early leave, EAP,
and what TLS 1.3 hides, with the secrets beside."""

import clients
import newer
import servers
from access import Access, eapol_test, freeradius
from case import KEY_LOG, Attempt, Case, Server, case
from scenarios import client_certificates
from pki import REVOCATION

_BEHIND = 8500


def cases():
    yield from _lists()
    yield from _clocks()
    yield from _services()
    yield from _resumed()
    yield from _protocols()
    yield from _hidden()
    yield from _master_secret()
    yield from _changed()
    yield from _left()
    yield from _warned()
    yield from _silent()
    yield from _datagrams()
    yield from _access()
    yield from _opened()


def _path(cause, client, tls, server):
    return f"{cause}/{client}-tls{tls.replace('.', '')}-{server}"


def _good(client, tls):
    return Attempt(client, "established", "nobody", tls)


def _lists():
    """Clients that choose their certificate by the authorities that the server names."""
    missing = ["client-cert-missing"]
    for client in ("java-25", "java-11"):
        cut = servers.apache("SSLVerifyClient require", "SSLVerifyDepth 3",
                             "SSLCACertificateFile clients.crt", "SSLCADNRequestFile crowd.crt",
                             tls="1.2")
        yield case(_path("issuer-list-too-long", client, "1.2", "apache"),
                   "The server's list of authorities ends where Windows would have cut it, without "
                   "the client's.", cut, newer.CLIENTS[client](tls="1.2", cert="alice"), "server",
                   tls="1.2", also=[*missing, "client-cert-not-selected"],
                   notes="Apache cuts no list: it was told which authorities to name.")
    verify = ("-Verify", "2", "-verify_return_error", "-CAfile")
    here = servers.openssl(*verify, "clients.crt", tls="1.2")
    there = servers.openssl(*verify, "stranger.crt", tls="1.2")
    yield Case("client-cert-not-selected/bouncy-tls12-openssl",
               "One server takes the client's certificate; the other names another authority, and "
               "the client sends none.", [Server(here, port=8443), Server(there, port=8444)],
               [Attempt(newer.bouncy(tls="1.2", cert="alice-untrusted"), "established", "nobody",
                        "1.2", server=1),
                Attempt(newer.bouncy(tls="1.2", cert="alice-untrusted"),
                        "client-cert-not-selected", "server", "1.2", also=missing)])
    schemes = "ecdsa_secp256r1_sha256,rsa_pss_rsae_sha256,rsa_pkcs1_sha256"
    client = newer.java25(tls="1.2")
    client.argv.insert(1, f"-Djdk.tls.client.SignatureSchemes={schemes}")
    yield case("chain-sigalg-not-offered/java-25-tls12-go",
               "The certificate is signed with SHA-512, which the client does not offer.",
               servers.go(cert="sha512", tls="1.2"), client, "client", tls="1.2")


def _clocks():
    slow = "The certificate was issued today, and the client's clock is two days slow."
    for client in (newer.rustls(tls="1.2"), newer.nss(tls="1.2"), clients.node(tls="1.2"),
                   clients.gnutls(tls="1.2"), clients.python(tls="1.2"), newer.modern(
                       "-clock", "-48h", tls="1.2")):
        late = ["client-left-after-handshake"] if client.stack in ("nss", "node") else []
        if client.stack != "modern":
            clients.with_clock("-2d", client)
        yield case(f"clock-skew/{client.stack}-tls12-nginx-slow", slow,
                   servers.nginx(cert="young", tls="1.2"), client, "client", tls="1.2",
                   also=["untrusted-root", "cert-bad-signature", *late],
                   notes="The clock of the recording is right.")


def _services():
    """Java asks a service that never answers."""
    quiet = "The connection to the service is not in the recording."
    for client, called, certificate, option in (
            ("java-25", "list", "listed", "-Dcom.sun.security.enableCRLDP=true"),
            ("java-11", "ocsp", "asked", "-Djava.security.properties=ocsp.properties")):
        java = newer.CLIENTS[client](tls="1.2")
        java.argv[1:1] = ["-Dcom.sun.net.ssl.checkRevocation=true", option]
        java.patience, java.files = 20.0, {"ocsp.properties": "ocsp.enable=true\n"}
        yield Case(f"revocation-unreachable/{client}-tls12-nginx-{called}",
                   "The client must know whether the certificate was revoked, and the service that "
                   "knows it does not answer.",
                   [Server(servers.nginx(cert=certificate, tls="1.2")),
                    Server(servers.raw("silent"), REVOCATION, 80)],
                   [Attempt(java, "revocation-unreachable", "client", "1.2",
                            also=["untrusted-root"], notes=quiet)], taken="tcp and port 8443")


def _resumed():
    """A program that has set no context for its sessions, with OpenSSL 4."""
    cause = "session-id-context-uninitialized"
    for tls in ("1.2", "1.3"):
        server = newer.openssl4_server("--forgetful", tls=tls, clients="clients.crt")
        first = clients.openssl("-sess_out", "session.pem", cert="alice", tls=tls)
        second = clients.openssl("-sess_in", "session.pem", cert="alice", tls=tls)
        yield Case(_path(cause, "openssl", tls, "openssl-4"),
                   "The server's program has set no context for its sessions; a client resumes one.",
                   [Server(server)],
                   [_good(first, tls),
                    Attempt(second, cause, "server", tls, also=["server-internal-error"])])
    for client, tls in (("rustls", "1.2"), ("java-25", "1.3"), ("node-24", "1.2")):
        yield Case(_path("server-internal-error", client, tls, "modern"),
                   "The server serves one client and then fails in GetConfigForClient.",
                   [Server(newer.modern_server("-broken", "-healthy", "1", tls=tls))],
                   [_good(clients.openssl(tls=tls), tls),
                    Attempt(newer.CLIENTS[client](tls=tls), "server-internal-error", "server", tls,
                            also=["sni-unknown", "server-has-no-usable-certificate"])])


def _protocols():
    """Clients that insist on an application protocol, and servers that choose none."""
    cause = "alpn-not-selected"
    purpose = "The client speaks HTTP/2 alone and leaves when the server chooses no protocol."
    for server, listener, tls in (("gnutls", servers.gnutls(tls="1.2"), "1.2"),
                                  ("rustls", newer.rustls_server(tls="1.2"), "1.2"),
                                  ("node-24", newer.node_server(tls="1.2"), "1.2"),
                                  ("java-25", newer.java25_server(tls="1.3"), "1.3")):
        yield case(_path(cause, "python", tls, server), purpose, listener,
                   clients.python("--alpn", "h2", "--insist", tls=tls), "client", tls=tls,
                   outcome="established", also=["client-left-after-handshake"],
                   notes="The client does what gRPC does.")
    for tls in ("1.2", "1.3"):
        yield case(_path(cause, "grpc", tls, "openssl"),
                   "gRPC needs HTTP/2 to be chosen by ALPN, and the server chooses nothing.",
                   servers.openssl(tls=tls), newer.grpc(), "client", tls=tls, again=True, taken="ip and tcp",
                   outcome="established", also=["client-left-after-handshake"])


def _hidden():
    purpose = "The client hides the name it wants with a key that the server does not have."
    for server in ("rustls", "java-25", "nss", "envoy"):
        yield case(_path("ech-rejected", "go", "1.3", server), purpose,
                   newer.SERVERS[server](tls="1.3"),
                   clients.modern("-ech", "www.example.test", name="hidden.example.test"),
                   "client", tls="1.3", alert=121, outcome="established",
                   also=["client-left-after-handshake"],
                   notes="The alert is encrypted. The handshake that is completed is that of the "
                   "outer hello.")


def _master_secret():
    cause = "ems-required-fips"
    bare = "NORMAL:%NO_SESSION_HASH"
    insists = "-Djdk.tls.allowLegacyMasterSecret=false"
    for version in ("11", "25"):
        client = newer.CLIENTS[f"java-{version}"](tls="1.2")
        client.argv.insert(1, insists)
        yield case(_path(cause, client.stack, "1.2", "gnutls"),
                   "The client insists on the extended master secret, the server does not know it.",
                   servers.gnutls(tls="1.2", priority=bare), client, "client", tls="1.2",
                   also=["key-cert-mismatch"])
        server = newer.SERVERS[f"java-{version}"](tls="1.2")
        server.argv.insert(1, insists)
        yield case(_path(cause, "gnutls", "1.2", server.stack),
                   "The server insists on the extended master secret, the client does not know it.",
                   server, clients.gnutls(tls="1.2", priority=bare), "server", tls="1.2")


def _changed():
    for client, server in (("rustls", "modern"), ("java-25", "rustls"), ("nss", "node-24"),
                           ("modern", "envoy")):
        box = Server(servers.box("damage", _BEHIND))
        behind = Server(newer.SERVERS[server](tls="1.2"), port=_BEHIND)
        yield Case(_path("middlebox-corruption", client, "1.2", server),
                   "A box flips one bit of the client's Finished.", [box, behind],
                   [Attempt(newer.CLIENTS[client](tls="1.2"), "middlebox-corruption", "server",
                            "1.2", notes="The box is a small program of ours; client and server "
                            "are real.")], taken="tcp and port 8443")


def _left():
    for server in ("rustls", "modern", "nss", "erlang", "envoy", "mbedtls"):
        tls = None if server == "mbedtls" else "1.2"
        yield case(_path("close-notify-during-handshake", "python", "1.2", server),
                   "The client says goodbye after the server's first flight, as a cancelled "
                   "dialogue does.", newer.SERVERS[server](tls=tls),
                   clients.python("--give-up", tls="1.2"), "client", tls="1.2", alert=0,
                   outcome="closed", notes="The close_notify was put together by hand: OpenSSL "
                   "has no call that sends one in the middle of a handshake.")


def _warned():
    """A server that warns that it does not know the name, and goes on."""
    warns = ("-servername", "www.example.test", "-cert2", "shop.pem", "-key2", "shop.key")
    for client in ("rustls", "modern", "node-24", "java-25", "java-11", "bouncy"):
        strict = client.startswith("java")
        yield case(f"sni-unknown-warning/{client}-tls12-openssl",
                   "The server warns that it does not know the name and goes on; the certificate "
                   "it then shows does fit.",
                   servers.openssl(*warns, cert="shop"),
                   newer.CLIENTS[client](tls="1.2", name="shop.example.test"),
                   "client" if strict else "nobody", tls="1.2", alert=None if strict else 112,
                   notes="The alert 112 is a warning: RFC 6066, section 3, advises against "
                   "sending it, and a client may go on or not.")


def _silent():
    for client in ("rustls", "modern", "java-25"):
        yield case(f"silent-server/{client}-tls13-raw",
                   "The server's machine takes the ClientHello, the client gives up.",
                   servers.raw("silent"), _patient(newer.CLIENTS[client]()), "client", tls="1.3",
                   outcome="gave up", also=["silent-drop"])


def _patient(client):
    client.patience = 7.0
    return client


def _datagrams():
    def one(path, purpose, server, client, refused_by, **truth):
        return case(path, purpose, server, client, refused_by, port=8443, taken="udp", tls="1.3",
                    **truth)
    yield one("quic-version-mismatch/aioquic-v2-quinn", "The client speaks QUIC v2 alone, the "
              "server v1.", servers.quinn(), clients.quic("--versions", "v2"), "server",
              outcome="closed")
    yield one("quic-version-mismatch/ngtcp2-reserved-quinn",
              "A client that asks for a version nobody speaks, to see whether the server "
              "negotiates.", servers.quinn(), clients.ngtcp2("--version=0x1a2a3a4a"), "server",
              outcome="closed")
    # GnuTLS calls it an internal error.
    for server, alert in ((servers.quinn(), 109), (servers.ngtcp2(), 80)):
        yield one(f"quic-transport-parameters-missing/aioquic-quic-{server.stack}",
                  "A ClientHello without quic_transport_parameters.", server,
                  clients.quic("--no-parameters"), "server", alert=alert, outcome="alert")
    for client in (clients.quic("--alpn", "h3-29"), clients.ngtcp2()):
        yield one(f"alpn-no-overlap/{client.stack}-quic-quinn-doq",
                  "The client speaks one application protocol by ALPN, the server another.",
                  servers.quinn("alpn=doq"), client, "server", alert=120, outcome="alert")


def _access():
    policy = ("if (1) {\n            update reply {\n                Reply-Message := "
              "\"not at this hour\"\n            }\n            reject\n        }")
    def one(path, purpose, server, station, refused_by, **truth):
        return Access(path, purpose, [server], station, refused_by, **{"tls": "1.2", **truth})
    for method in ("PEAP", "TTLS"):
        yield one(f"eap-access-denied/eapol-test-{method.lower()}-tls12-freeradius",
                  "TLS and the password go well, and a policy of the RADIUS server denies access.",
                  freeradius(policy=policy), eapol_test(method), "server", outcome="denied",
                  also=["eap-inner-authentication-refused"])
    for method, offered in (("TTLS", "tls"), ("TLS", "peap")):
        yield one(f"eap-method-refused/eapol-test-{method.lower()}-freeradius-{offered}",
                  "The RADIUS server has one EAP method alone, and the station's profile another.",
                  freeradius(offered), eapol_test(method), "client", tls="", outcome="not TLS")
    yield one("eap-inner-authentication-refused/eapol-test-peap-tls12-freeradius-unknown-user",
              "TLS goes well, and the station has another password inside PEAP.",
              freeradius("peap"), eapol_test("PEAP", 'password="forgotten"'), "server",
              outcome="denied")
    yield one("missing-intermediate/eapol-test-peap-tls12-freeradius",
              "The RADIUS server does not send its intermediate certificate.",
              freeradius("peap", cert="short"), eapol_test("PEAP"), "client",
              also=["untrusted-root"])
    yield one("not-yet-valid/eapol-test-peap-tls12-freeradius",
              "The RADIUS server's certificate becomes valid ten days later.",
              freeradius("peap", cert="future"), eapol_test("PEAP"), "client")
    yield one("self-signed-server/eapol-test-peap-tls12-freeradius",
              "The RADIUS server's only certificate is signed by itself.",
              freeradius("peap", cert="selfsigned"), eapol_test("PEAP"), "client",
              also=["untrusted-root"])
    yield one("missing-client-intermediate/eapol-test-eap-tls-tls12-freeradius",
              "The station sends its certificate without the intermediate.",
              freeradius("tls"), eapol_test("TLS", cert="alice-short"), "server",
              outcome="denied", also=["server-does-not-trust-client-ca"])


def _opened():
    """TLS 1.3 between newer stacks, with the secrets of the client beside the recording."""
    for server, cause, cert in (
            ("rustls", "client-cert-missing", None),
            ("modern", "client-cert-wrong-eku", "alice-server-usage"),
            ("java-25", "server-does-not-trust-client-ca", "alice-untrusted"),
            ("openssl-4", "server-does-not-trust-client-ca", "alice-untrusted"),
            ("erlang", "client-cert-expired", "alice-expired"),
            ("bouncy", "client-cert-expired", "alice-expired"),
            ("nss", "missing-client-intermediate", "alice-short"),
            ("envoy", "client-cert-wrong-eku", "alice-server-usage")):
        yield case(_path(cause, "openssl", "1.3", server) + "-keys",
                   client_certificates.purpose(cause),
                   newer.SERVERS[server](tls="1.3", clients="clients.crt"),
                   clients.openssl("-keylogfile", KEY_LOG, tls="1.3", cert=cert), "server",
                   tls="1.3", keys="beside", also=client_certificates.near(cause))
    for cause, cert, also in (("self-signed-server", "selfsigned", ["untrusted-root"]),
                              ("not-yet-valid", "future", []),
                              ("wrong-eku-server", "client-usage", []),
                              ("expired-chain-member", "old-chain", []),
                              ("san-missing", "no-san", [])):
        yield case(_path(cause, "modern", "1.3", "openssl") + "-keys",
                   "Go refuses a certificate that TLS 1.3 hides; the secrets are beside.",
                   servers.openssl(cert=cert, tls="1.3"),
                   newer.modern("-keylog", KEY_LOG, tls="1.3"), "client", tls="1.3",
                   keys="beside", also=also)

"""DTLS: what fails over UDP, where nobody says that a side has left."""

import clients
import network
import servers
from case import Attempt, Case, Server, case

_KEY, _OTHER_KEY = "000102030405060708090a0b0c0d0e0f", "0f0e0d0c0b0a09080706050403020100"
_SILENT = ("A record that does not decrypt is dropped in silence (RFC 6347, 4.1.2.7), so that nobody "
           "can end a conversation with a forged one.")


def cases():
    yield from _good()
    yield from _certificates()
    yield from _negotiation()
    yield from _shared_keys()
    yield from _lossy()
    yield from _carried()
    yield _balanced()
    yield from _java()


def _good():
    for number in ("1.0", "1.2"):
        old = ["-cipher", "DEFAULT@SECLEVEL=0"] if number == "1.0" else []
        yield _case(f"established/openssl-dtls{_short(number)}-openssl", "Nothing fails.",
                    servers.openssl_dtls(*old, dtls=number),
                    clients.openssl_dtls(*old, dtls=number), "nobody", number)
        yield _case(f"established/gnutls-dtls{_short(number)}-gnutls", "Nothing fails.",
                    servers.gnutls_dtls(dtls=number), clients.gnutls_dtls(dtls=number), "nobody",
                    number)
    yield _case("established/openssl-dtls12-openssl-cookie",
                "The server asks for a cookie before it remembers anything of the client.",
                servers.openssl_dtls(cookies=True), clients.openssl_dtls(), "nobody", "1.2")
    yield _case("established/openssl-dtls12-openssl-mutual",
                "Both sides show a certificate that the other trusts.",
                servers.openssl_dtls("-Verify", "3", "-CAfile", "clients.crt",
                                     "-verify_return_error"),
                clients.openssl_dtls(cert="alice"), "nobody", "1.2")
    yield _case("established/openssl-dtls12-openssl-cbc", "AES-CBC with encrypt-then-MAC.",
                servers.openssl_dtls("-cipher", "ECDHE-ECDSA-AES128-SHA"),
                clients.openssl_dtls(), "nobody", "1.2")


def _certificates():
    for stack, client, server in _pairs():
        name = f"{stack}-dtls12-{stack}"
        yield _case(f"untrusted-root/{name}", "The client does not know the server's authority.",
                    server(cert="untrusted"), client(), "client", "1.2",
                    also=["missing-intermediate"])
        yield _case(f"expired-leaf/{name}", "The server's certificate has expired.",
                    server(cert="expired"), client(), "client", "1.2",
                    also=["untrusted-root", "missing-intermediate"])
        yield _case(f"hostname-mismatch/{name}", "The certificate is for another name.",
                    server(), client(name="other.example.test"), "client", "1.2")
    yield _case("client-cert-missing/openssl-dtls12-openssl",
                "The server wants a client certificate, the client has none.",
                servers.openssl_dtls("-Verify", "3", "-CAfile", "clients.crt",
                                     "-verify_return_error"),
                clients.openssl_dtls(), "server", "1.2")
    yield _case("client-cert-missing/gnutls-dtls12-gnutls",
                "The server wants a client certificate, the client has none.",
                servers.gnutls_dtls("--require-client-cert", "--x509cafile", "clients.crt"),
                clients.gnutls_dtls(), "server", "1.2")
    yield _case("server-does-not-trust-client-ca/openssl-dtls12-openssl",
                "The server does not know the authority of the client's certificate.",
                servers.openssl_dtls("-Verify", "3", "-CAfile", "clients.crt",
                                     "-verify_return_error"),
                clients.openssl_dtls(cert="alice-untrusted"), "server", "1.2",
                also=["missing-client-intermediate"])


def _java():
    yield _case("established/java-dtls12-java", "Nothing fails.", servers.java_dtls(),
                clients.java_dtls(), "nobody", "1.2")
    yield _case("untrusted-root/java-dtls12-java", "The client does not know the server's authority.",
                servers.java_dtls(cert="untrusted"), clients.java_dtls(), "client", "1.2",
                also=["missing-intermediate"])
    yield _case("expired-leaf/java-dtls12-java", "The server's certificate has expired.",
                servers.java_dtls(cert="expired"), clients.java_dtls(), "client", "1.2",
                also=["untrusted-root", "missing-intermediate"])
    yield _case("client-cert-missing/java-dtls12-java",
                "The server wants a client certificate, the client has none.",
                servers.java_dtls(clients="clients.crt"), clients.java_dtls(), "server", "1.2")


def _negotiation():
    yield _case("no-shared-cipher/openssl-dtls12-openssl", "The two have no cipher suite in common.",
                servers.openssl_dtls("-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"),
                clients.openssl_dtls("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), "server", "1.2")
    yield _case("no-shared-cipher/gnutls-dtls12-gnutls", "The two have no cipher suite in common.",
                servers.gnutls_dtls(priority="NORMAL:-CIPHER-ALL:+AES-256-GCM"),
                clients.gnutls_dtls(priority="NORMAL:-CIPHER-ALL:+AES-128-GCM"), "server", "1.2")
    old = ["-cipher", "DEFAULT@SECLEVEL=0"]
    yield _case("client-max-version-below-server-min/openssl-dtls10-openssl",
                "The client knows DTLS 1.0, the server wants DTLS 1.2.",
                servers.openssl_dtls(*old), clients.openssl_dtls(*old, dtls="1.0"), "server", "1.0")
    yield _case("client-max-version-below-server-min/gnutls-dtls10-gnutls",
                "The client knows DTLS 1.0, the server wants DTLS 1.2.",
                servers.gnutls_dtls(), clients.gnutls_dtls(dtls="1.0"), "server", "1.0")
    yield _case("client-min-version-above-server-max/openssl-dtls12-openssl",
                "The client wants DTLS 1.2, the server knows DTLS 1.0.",
                servers.openssl_dtls(*old, dtls="1.0"), clients.openssl_dtls(*old), "client", "1.2")


def _shared_keys():
    server = servers.openssl_dtls("-psk", _KEY, "-cipher", "PSK", cert=None)
    client = clients.openssl_dtls("-psk", _OTHER_KEY, "-cipher", "PSK", name=None, patience=7.5,
                                  feed=[(9, "")])
    yield _case("psk-wrong-secret/openssl-dtls12-openssl",
                "The two sides have different pre-shared keys.", server, client, "server", "1.2",
                notes=_SILENT)
    for cause, user, key in (("psk-wrong-secret", "alice", _OTHER_KEY),
                             ("psk-identity-unknown", "bob", _KEY)):
        suites = "NORMAL:-KX-ALL:+PSK:+DHE-PSK:+ECDHE-PSK"
        server = servers.gnutls_dtls("--pskpasswd", "psk.txt", priority=suites)
        server.files["psk.txt"] = f"alice:{_KEY}\n"
        client = clients.gnutls_dtls("--pskusername", user, "--pskkey", key, priority=suites,
                                     patience=7.5)
        yield _case(f"{cause}/gnutls-dtls12-gnutls",
                    "The client's pre-shared key is not the one the server has for it."
                    if cause == "psk-wrong-secret" else
                    "The server has no pre-shared key for the client's identity.",
                    server, client, "server", "1.2",
                    also=["psk-wrong-secret", "psk-identity-unknown"])


def _lossy():
    to, back = "-p udp --dport 443", "-p udp --sport 443"
    patient = {"patience": 7.5, "feed": [(9, "")]}
    yield _routed("udp-blocked/openssl-dtls12-dropped",
                  "A firewall drops whatever goes to the server's port.", servers.openssl_dtls(),
                  clients.openssl_dtls(**patient), to, outcome="silent")
    yield _routed("pmtu-blackhole/openssl-dtls12-seen-by-server",
                  "Datagrams of more than 1000 bytes from the server are lost and no router tells.",
                  servers.openssl_dtls(cert="good-rsa"), clients.openssl_dtls(**patient),
                  f"{back} -m length --length 1001:65535", seen_by=network.SERVER,
                  outcome="silent", also=["silent-server"])
    yield _routed("pmtu-blackhole/openssl-dtls12-seen-by-client",
                  "Datagrams of more than 1000 bytes from the server are lost and no router tells.",
                  servers.openssl_dtls(cert="good-rsa"), clients.openssl_dtls(**patient),
                  f"{back} -m length --length 1001:65535", outcome="silent",
                  also=["silent-drop", "silent-server"])
    yield _routed("established/openssl-dtls12-one-flight-lost",
                  "The client's first flight is lost once, and comes again.",
                  servers.openssl_dtls(), clients.openssl_dtls(feed=[(3.0, "")]),
                  f"{to} -m statistic --mode nth --every 100 --packet 0", outcome="established")


def _carried():
    """DTLS between real programs, carried by two relays that add and take off what is around it."""
    notes = ("Between the programs stand two relays (lab/programs/relay.py), which were recorded: "
             "each {}. The DTLS is that of the programs, byte for byte.")
    capwap = notes.format("adds the preamble of CAPWAP (RFC 5415, 4.2) and takes it off again")
    rtp = notes.format("speaks STUN first, and mixes RTP with the DTLS (RFC 7983)")
    srtp = ["-use_srtp", "SRTP_AES128_CM_SHA1_80"]
    for name, mode, extra, port, text in (("capwap", "capwap", [], 5246, capwap),
                                          ("rtp", "rtp", srtp, 5004, rtp)):
        for cause, cert, by, also in (("established", "good", "nobody", []),
                                      ("expired-leaf", "expired", "client",
                                       ["untrusted-root", "missing-intermediate"])):
            inner = Server(servers.openssl_dtls(*extra, cert=cert), port=4434)
            outer = Server(servers.relay(mode, "outer", 4434), port=port)
            entry = Server(servers.relay(mode, "entry", port), port=4433)
            attempt = Attempt(clients.openssl_dtls(*extra), cause, by, "DTLS 1.2", also=also, notes=text,
                              server=2)
            yield Case(f"{cause}/openssl-dtls12-openssl-{name}",
                       "Nothing fails." if by == "nobody" else
                       "The server's certificate has expired.", [inner, outer, entry], [attempt],
                       taken=f"udp and port {port}")


def _balanced():
    ports = range(4434, 4439)
    backends = [Server(servers.gnutls_dtls(), port=port) for port in ports]
    balancer = Server(servers.relay("balance", "entry", *ports), port=4433)
    attempt = Attempt(clients.openssl_dtls(patience=8.0, feed=[(9, "")]), "dtls-cookie-loop",
                      "server", "DTLS 1.2", server=len(backends),
                      notes="The balancer is lab/programs/relay.py: each datagram of the client "
                      "goes to another server than the one before.")
    return Case("dtls-cookie-loop/openssl-dtls12-gnutls-balanced",
                "A balancer sends each datagram to another of five servers, which do not share the "
                "secret of their cookies.", [*backends, balancer], [attempt],
                taken="udp and port 4433")


def _routed(path, purpose, server, client, lost, *, seen_by=network.CLIENT, **truth):
    """A case between the three hosts, recorded on the wire of one of them."""
    server.namespace, client.namespace = network.SERVER, network.CLIENT
    made = _case(path, purpose, server, client, "nobody", "1.2", host=network.SERVER_ADDRESS,
                 port=443, device="eth0", namespace=seen_by, **truth)
    made.lost = lost
    return made


def _pairs():
    return [("openssl", clients.openssl_dtls, servers.openssl_dtls),
            ("gnutls", clients.gnutls_dtls, servers.gnutls_dtls)]


def _short(number):
    return number.replace(".", "")


def _case(path, purpose, server, client, refused_by, number, *, port=4433, **truth):
    return case(path, purpose, server, client, refused_by, port=port, tls=f"DTLS {number}",
                taken="udp", **truth)

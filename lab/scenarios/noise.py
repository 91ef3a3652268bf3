"""Failures among other traffic, on bad lines, and in recordings that have not all of it."""

import clients
import network
import newer
import servers
from case import Attempt, Case, Server, case
from program import Program

_ASKING = ("-Verify", "2", "-verify_return_error", "-CAfile", "clients.crt")


def cases():
    yield from _bad_lines()
    yield from _begun_late()
    yield from _one_way()
    yield from _cut()
    yield _crowd()
    yield _crowd_on_a_bad_line()


def _routed(path, purpose, server, client, refused_by, line, *, tls, **truth):
    """A case between the three hosts over a line that is as bad as `line` says."""
    server.namespace, client.namespace = network.SERVER, network.CLIENT
    client.patience = 12.0
    made = case(path, purpose, server, client, refused_by, tls=tls, host=network.SERVER_ADDRESS,
                port=443, device="eth0", namespace=network.CLIENT, **truth)
    made.lost, made.disturbed = "", line
    return made


def _bad_lines():
    losing, swapping = "lose=12 seed={}", "swap=40 seed={}"
    doubling, all_of_it = "twice=35 seed={}", "lose=6 swap=20 twice=20 seed={}"
    hidden = {"outcome": "alert, encrypted"}
    clear = {"outcome": "alert"}
    purpose = {
        losing: "Some packets are lost and sent again.",
        swapping: "Many packets are overtaken by the next.",
        doubling: "Many packets arrive twice.",
        all_of_it: "Packets are lost, overtaken and doubled.",
    }
    authority = ["missing-intermediate", "self-signed-server"]
    meetings = [
        ("untrusted-root", losing, 3, servers.openssl(cert="untrusted", tls="1.2"),
         clients.openssl(tls="1.2"), "1.2", "client", {**clear, "alert": 48}),
        ("expired-leaf", losing, 5, servers.nginx(cert="expired", tls="1.3"),
         clients.curl(tls="1.3"), "1.3", "client", {**clear, "alert": 45}),
        ("missing-intermediate", losing, 8, servers.openssl(cert="short", tls="1.3"),
         newer.modern(tls="1.3"), "1.3", "client",
         {**hidden, "also": ["untrusted-root", "self-signed-server"]}),
        ("hostname-mismatch", swapping, 2, servers.openssl(cert="shop", tls="1.2"),
         clients.go(tls="1.2"), "1.2", "client", {**clear, "alert": 42}),
        ("client-cert-missing", swapping, 4, servers.openssl(*_ASKING, tls="1.3"),
         clients.openssl(tls="1.3"), "1.3", "server", {**hidden, "alert": 116}),
        ("no-shared-cipher", doubling, 6, servers.nginx("ssl_ciphers AESGCM;"),
         clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA256", tls="1.2"), "1.2", "server",
         {**clear, "alert": 40}),
        ("alpn-no-overlap", doubling, 7, servers.go("-alpn", "h2,http/1.1"),
         clients.python("--alpn", "h1", tls="1.3"), "1.3", "server", {**clear, "alert": 120}),
        ("self-signed-server", all_of_it, 9, servers.openssl(cert="selfsigned", tls="1.2"),
         clients.gnutls(tls="1.2"), "1.2", "client", clear),
        ("server-does-not-trust-client-ca", all_of_it, 11,
         servers.openssl(*_ASKING, tls="1.2"),
         clients.openssl(tls="1.2", cert="alice-untrusted"), "1.2", "server",
         {**clear, "alert": 48, "also": ["missing-client-intermediate"]}),
        ("client-max-version-below-server-min", all_of_it, 12, servers.openssl(tls="1.3"),
         clients.openssl(tls="1.2"), "1.2", "server", {**clear, "alert": 70}),
    ]
    called = {losing: "lossy", swapping: "disordered", doubling: "doubled", all_of_it: "bad-line"}
    for cause, line, seed, server, client, tls, refused_by, truth in meetings:
        if cause == "untrusted-root":
            truth["also"] = authority[:1]
        yield _routed(f"{cause}/{client.stack}-tls{tls.replace('.', '')}-{server.stack}-"
                      f"{called[line]}", purpose[line], server, client, refused_by,
                      line.format(seed), tls=tls, **truth)
    for tls, line, seed, server in (("1.2", all_of_it, 21, servers.nginx(tls="1.2")),
                                    ("1.3", all_of_it, 22, servers.nginx(tls="1.3")),
                                    ("1.3", losing, 23, servers.go(tls="1.3"))):
        yield _routed(f"established/openssl-tls{tls.replace('.', '')}-{server.stack}-"
                      f"{called[line]}", purpose[line] + " The connection is good all the same.",
                      server, clients.openssl(tls=tls), "nobody", line.format(seed), tls=tls,
                      outcome="established")


def _begun_late():
    """On loopback the first three packets are TCP's, the fourth is the ClientHello."""
    for called, begins, what in (("after-syn", 3, "TCP's handshake"),
                                 ("after-hello", 5, "the ClientHello"),
                                 ("after-certificate", 7, "the server's first flight")):
        truth = {"alert": 45, "outcome": "alert"}
        if begins > 5:
            truth["also"] = ["established"]
        made = case(f"expired-leaf/openssl-tls12-openssl-begun-{called}",
                    f"The recording began after {what}.", servers.openssl(cert="expired"),
                    clients.openssl(tls="1.2"), "client", tls="1.2", **truth)
        made.begins = begins
        yield made
    for tls in ("1.2", "1.3"):
        made = case(f"client-cert-missing/openssl-tls{tls.replace('.', '')}-openssl-begun-late",
                    "The recording began after the ClientHello.",
                    servers.openssl(*_ASKING, tls=tls), clients.openssl(tls=tls), "server",
                    tls=tls, also=["hidden-client-certificate"] if tls == "1.3" else [])
        made.begins = 5
        yield made
    for tls in ("1.2", "1.3"):
        made = case(f"established/openssl-tls{tls.replace('.', '')}-nginx-begun-late",
                    "A good connection; the recording began after the ClientHello.",
                    servers.nginx(tls=tls), clients.openssl(tls=tls), "nobody", tls=tls)
        made.begins = 5
        yield made


def _one_way():
    for cause, server, client, tls, refused_by, side in (
            ("untrusted-root", servers.openssl(cert="untrusted"), clients.python(tls="1.2"), "1.2",
             "client", "client"),
            ("untrusted-root", servers.openssl(cert="untrusted"), clients.python(tls="1.2"), "1.2",
             "client", "server"),
            ("no-shared-cipher", servers.nginx("ssl_ciphers AESGCM;"),
             clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA256", tls="1.2"), "1.2", "server",
             "server"),
            ("client-cert-missing", servers.openssl(*_ASKING), clients.openssl(tls="1.2"), "1.2",
             "server", "server"),
            ("client-max-version-below-server-min", servers.openssl(tls="1.3"),
             clients.openssl(tls="1.2"), "1.2", "server", "client")):
        direction = "dst" if side == "client" else "src"
        yield case(f"{cause}/{client.stack}-tls12-{server.stack}-{side}-side-only",
                   f"Only what the {side} sent was recorded.", server, client, refused_by, tls=tls,
                   taken=f"tcp and {direction} port 8443", outcome="one-sided",
                   also=["one-sided"])


def _cut():
    for cause, server, client, tls, refused_by, truth in (
            ("missing-intermediate", servers.nginx(cert="short", tls="1.2"),
             clients.python(tls="1.2"), "1.2", "client",
             {"also": ["untrusted-root"], "outcome": "alert"}),
            ("no-shared-cipher", servers.nginx("ssl_ciphers AESGCM;"),
             clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA256", tls="1.2"), "1.2", "server",
             {"outcome": "alert", "alert": 40}),
            ("alpn-no-overlap", servers.go("-alpn", "h2,http/1.1"),
             clients.python("--alpn", "h1", tls="1.3"), "1.3", "server",
             {"outcome": "alert", "alert": 120}),
            ("client-cert-expired", servers.openssl(*_ASKING, tls="1.2"),
             clients.openssl(tls="1.2", cert="alice-expired"), "1.2", "server",
             {"outcome": "alert", "alert": 45})):
        yield case(f"{cause}/{client.stack}-tls{tls.replace('.', '')}-{server.stack}-cut-packets",
                   "tcpdump kept 200 bytes of each packet.", server, client, refused_by, tls=tls,
                   snaplen=200, **truth)


def neighbours(host="198.51.100.9", **rest):
    """What else is on the network; see programs/neighbours.py."""
    return Program("python", ["python3", "neighbours.py", host], **rest)


def _attempts():
    """Six connections, four of which fail, each for a reason of its own."""
    return [
        Attempt(clients.openssl(tls="1.3"), "established", "nobody", "1.3"),
        Attempt(clients.openssl(tls="1.2", ca="stranger.crt"), "untrusted-root", "client", "1.2",
                also=["missing-intermediate"], outcome="alert", alert=48),
        Attempt(clients.go(name="old.example.test", tls="1.2"), "sni-unknown", "server", "1.2",
                outcome="alert", alert=112),
        Attempt(clients.curl(tls="1.2"), "established", "nobody", "1.2"),
        Attempt(clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA256", tls="1.2"),
                "no-shared-cipher", "server", "1.2", outcome="alert", alert=40),
        Attempt(clients.curl("--ciphers", "DEFAULT@SECLEVEL=0", tls="1.0"),
                "client-max-version-below-server-min", "server", "1.0", outcome="alert",
                alert=70),
        Attempt(clients.python(tls="1.3"), "established", "nobody", "1.3"),
    ]


def _web():
    reject = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"
    return servers.nginx("ssl_ciphers AESGCM;", more=reject)


def _crowd():
    return Case("several/crowd",
                "Four failures of four kinds among good connections, names that are asked for, "
                "pages in the clear, logins, clocks and pings.",
                [Server(_web(), "192.0.2.10", 443)], _attempts(), taken="",
                beside=[neighbours()])


def _crowd_on_a_bad_line():
    web = _web()
    attempts = _attempts()
    web.namespace = network.SERVER
    for attempt in attempts:
        attempt.client.namespace = network.CLIENT
        attempt.client.patience = 12.0
        attempt.outcome = attempt.outcome or "established"
    made = Case("several/bad-line",
                "The same failures on a line that loses, swaps and doubles packets.",
                [Server(web, network.SERVER_ADDRESS, 443)], attempts, device="eth0",
                namespace=network.CLIENT)
    made.lost, made.disturbed = "", "lose=5 swap=15 twice=15 seed=5"
    return made

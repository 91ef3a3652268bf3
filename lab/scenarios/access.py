"""EAP-TLS and its relatives: stations that ask a switch for access, and RADIUS servers."""

import network
from access import (Access, eapol_test, freeradius, hostapd, silent_station, wifi, wpa_supplicant)

_ROOT = ["missing-intermediate"]
_SLOW = 11.0
_USERS = '"anonymous@example.test" PEAP,TTLS\n"alice@example.test" TLS\n' \
         '"alice@example.test" MSCHAPV2 "right" [2]\n'
_HIDDEN = {"tls": "1.3", "outcome": "alert, encrypted"}
_NEW = ("1.2", "1.3")
_NEW_HELLO = "tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_2=1 tls_disable_tlsv1_3=0"
_OLD_HELLO = "tls_disable_tlsv1_0=0 tls_disable_tlsv1_1=0 tls_disable_tlsv1_2=1"


def cases():
    yield from _station_refuses()
    yield from _server_refuses()
    yield from _versions()
    yield from _beyond_tls()
    yield from _lost()
    yield from _cable()
    yield from _fine()


def _radius(path, purpose, server, station, refused_by, **truth):
    truth.setdefault("tls", "1.2")
    return Access(path, purpose, [server], station, refused_by, **truth)


def _station_refuses():
    yield _radius("untrusted-root/eapol-test-peap-tls12-freeradius",
                  "The station's profile names another authority than the RADIUS server's.",
                  freeradius(), eapol_test("PEAP", ca="stranger.crt"), "client", also=_ROOT)
    yield _radius("untrusted-root/eapol-test-ttls-tls12-freeradius",
                  "The same with EAP-TTLS.",
                  freeradius(), eapol_test("TTLS", ca="stranger.crt"), "client", also=_ROOT)
    yield _radius("untrusted-root/eapol-test-eap-tls-tls12-freeradius",
                  "The same with EAP-TLS.",
                  freeradius(), eapol_test("TLS", ca="stranger.crt"), "client", also=_ROOT)
    yield _radius("untrusted-root/eapol-test-eap-tls-tls13-freeradius",
                  "The same with EAP-TLS 1.3, which hides certificate and alert.",
                  freeradius(tls=_NEW),
                  eapol_test("TLS", 'phase1="tls_disable_tlsv1_3=0"', ca="stranger.crt"), "client",
                  also=_ROOT, **_HIDDEN)
    yield _radius("expired-leaf/eapol-test-peap-tls12-freeradius",
                  "The RADIUS server's certificate has expired.",
                  freeradius(cert="expired"), eapol_test("PEAP"), "client")
    yield _radius("missing-intermediate/eapol-test-ttls-tls12-freeradius",
                  "The RADIUS server does not send its intermediate certificate.",
                  freeradius(cert="short"), eapol_test("TTLS"), "client")
    yield _radius("hostname-mismatch/eapol-test-peap-tls12-freeradius",
                  "The station's profile wants another name in the RADIUS server's certificate.",
                  freeradius(), eapol_test("PEAP", 'domain_match="radius.example.test"'),
                  "client", also=["untrusted-root", "missing-intermediate"],
                  notes="The name that the station wants is in its profile and on no wire.")
    yield _radius("eap-station-silent/python-peap-tls12-freeradius",
                  "The station says nothing more when it has the certificate, and tries again.",
                  freeradius("peap"), silent_station(patience=12.0), "client", outcome="silent",
                  notes="The station was written for this case: it does what supplicants do that "
                        "wait for their user. Its ClientHello is OpenSSL's.")


def _server_refuses():
    for cause, cert, purpose in (
            ("server-does-not-trust-client-ca", "alice-untrusted",
             "The station's certificate is from an authority that the RADIUS server does not know."),
            ("client-cert-expired", "alice-expired", "The station's certificate has expired."),
            ("client-cert-wrong-eku", "alice-server-usage",
             "The station's certificate is one for servers.")):
        yield _radius(f"{cause}/eapol-test-eap-tls-tls12-freeradius", purpose, freeradius(),
                      eapol_test("TLS", cert=cert), "server", outcome="denied")
    yield _radius("server-does-not-trust-client-ca/eapol-test-eap-tls-tls13-freeradius",
                  "The same in TLS 1.3.", freeradius(tls=_NEW),
                  eapol_test("TLS", 'phase1="tls_disable_tlsv1_3=0"', cert="alice-untrusted"),
                  "server", **_HIDDEN)


def _versions():
    yield _radius("client-max-version-below-server-min/eapol-test-peap-tls11-freeradius",
                  "The station offers TLS 1.1 at most, the RADIUS server takes TLS 1.2.",
                  freeradius(), eapol_test("PEAP", f'phase1="{_OLD_HELLO}"',
                                           'openssl_ciphers="DEFAULT@SECLEVEL=0"'),
                  "server", tls="1.1", outcome="denied")
    yield _radius("client-min-version-above-server-max/eapol-test-eap-tls-tls13-freeradius",
                  "The station offers TLS 1.3 alone, the RADIUS server takes TLS 1.2.",
                  freeradius(), eapol_test("TLS", f'phase1="{_NEW_HELLO}"'), "server", tls="1.3",
                  outcome="denied")
    yield _radius("no-shared-cipher/eapol-test-peap-tls12-freeradius",
                  "The station offers cipher suites that the server's certificate cannot be "
                  "used with.",
                  freeradius(), eapol_test("PEAP", 'openssl_ciphers="ECDHE-RSA-AES128-GCM-SHA256"'),
                  "server", also=["server-cert-type-mismatch"], outcome="denied")


def _beyond_tls():
    yield _radius("eap-method-refused/eapol-test-peap-freeradius-eap-tls",
                  "The RADIUS server has EAP-TLS alone, the station's profile PEAP.",
                  freeradius("tls"), eapol_test("PEAP"), "client", tls="", outcome="not TLS")
    yield _radius("eap-inner-authentication-refused/eapol-test-peap-tls12-freeradius",
                  "TLS goes well, and the password inside PEAP is wrong.",
                  freeradius(), eapol_test("PEAP", 'password="wrong"'), "server",
                  outcome="denied")
    yield _radius("eap-inner-authentication-refused/eapol-test-ttls-tls12-freeradius",
                  "TLS goes well, and the password inside EAP-TTLS is wrong.",
                  freeradius(), eapol_test("TTLS", 'password="wrong"'), "server",
                  outcome="denied")
    yield _radius("eap-access-denied/eapol-test-eap-tls-tls12-freeradius",
                  "TLS goes well, and a policy of the RADIUS server denies access.",
                  freeradius(policy='if (1) {\n            update reply {\n                Reply-Message := "not at this port"\n'
                                    '            }\n            reject\n        }'),
                  eapol_test("TLS"), "server", outcome="denied")


def _lost():
    """The three hosts of network.py, and a station whose answers are longer than a packet."""
    station = ("fragment_size=1398",)
    for where in (network.CLIENT, network.SERVER):
        side = "client" if where == network.CLIENT else "server"
        yield _routed(f"eap-fragment-loss/eapol-test-eap-tls-seen-by-{side}",
                      "The station's certificate makes Access-Requests of two IP fragments; the "
                      f"router drops all but first ones. Recorded at the RADIUS {side}.",
                      freeradius(), eapol_test("TLS", *station, cert="alice-rsa"), "-f", where)
        yield _routed(f"eap-fragment-loss/eapol-test-peap-large-challenge-seen-by-{side}",
                      "The RADIUS server's certificates make Access-Challenges of more than 1300 "
                      f"bytes, which the router drops. Recorded at the RADIUS {side}.",
                      freeradius(cert="good-rsa", fragment=1350), eapol_test("PEAP"),
                      "-p udp --sport 1812 -m length --length 1301:65535", where)
    yield _routed("established/eapol-test-eap-tls-routed-freeradius",
                  "The same three hosts and large fragments, and nothing is lost.",
                  freeradius(), eapol_test("TLS", *station, cert="alice-rsa"), "",
                  network.SERVER)


def _routed(path, purpose, server, station, lost, where):
    server.namespace, station.namespace, station.patience = network.SERVER, network.CLIENT, _SLOW
    argv = station.argv
    argv[argv.index("-a") + 1], argv[argv.index("-A") + 1] = network.SERVER_ADDRESS, "203.0.113.7"
    outcome = "established" if path.startswith("established/") else "silent"
    return Access(path, purpose, [server], station, "nobody", tls="1.2", outcome=outcome,
                  device="eth0", namespace=where, taken="udp", loss=lost,
                  also=["eap-station-silent"] if outcome == "silent" else [])


def _cable():
    """A switch (hostapd) and a station on a cable: EAPOL frames."""
    untrusting = wpa_supplicant("PEAP", ca="stranger.crt")
    yield _wired("untrusted-root/wpa-supplicant-peap-hostapd",
                 "A station on a cable does not trust the switch's own EAP server.",
                 [hostapd(users=_USERS)], untrusting, "client", also=_ROOT)
    yield _wired("untrusted-root/wpa-supplicant-peap-hostapd-wifi",
                 "The same, in Wi-Fi frames.",
                 [hostapd(users=_USERS)], untrusting, "client", also=_ROOT, wrap=wifi)
    yield _wired("server-does-not-trust-client-ca/wpa-supplicant-eap-tls-hostapd",
                 "A switch with an EAP server of its own does not know the authority of the "
                 "station's certificate.",
                 [hostapd(users=_USERS)], wpa_supplicant("TLS", cert="alice-untrusted"), "server",
                 outcome="denied")
    server = freeradius()
    server.namespace = network.SERVER
    yield _wired("untrusted-root/wpa-supplicant-eap-tls-hostapd-freeradius",
                 "A station on a cable does not trust the RADIUS server behind its switch; "
                 "recorded at the switch, where EAPOL and RADIUS are both seen.",
                 [server, hostapd(radius=network.SERVER_ADDRESS)],
                 wpa_supplicant("TLS", ca="stranger.crt"), "client", also=_ROOT,
                 form="cooked", namespace=network.ROUTER,
                 taken="ether proto 0x888e or udp port 1812", loss="")
    yield _wired("established/wpa-supplicant-eap-tls-hostapd", "A station on a cable is let in.",
                 [hostapd(users=_USERS)], wpa_supplicant("TLS"), "nobody")


def _wired(path, purpose, servers, station, refused_by, **rest):
    rest = {"device": "eth0", "namespace": network.CLIENT, "taken": "ether proto 0x888e",
            "tls": "1.2"} | rest
    return Access(path, purpose, servers, station, refused_by, **rest)


def _fine():
    for method in ("PEAP", "TTLS", "TLS"):
        name = "eap-tls" if method == "TLS" else method.lower()
        yield _radius(f"established/eapol-test-{name}-tls12-freeradius",
                      "The station is let in.", freeradius(), eapol_test(method), "nobody")
    yield _radius("established/eapol-test-eap-tls-tls13-freeradius",
                  "The station is let in with EAP-TLS 1.3 and its protected success indication.",
                  freeradius(tls=_NEW), eapol_test("TLS", 'phase1="tls_disable_tlsv1_3=0"'),
                  "nobody", tls="1.3")
    yield _radius("established/eapol-test-eap-tls-small-fragments-freeradius",
                  "The station is let in; both sides cut their messages into small fragments.",
                  freeradius(fragment=200), eapol_test("TLS", "fragment_size=150"), "nobody")

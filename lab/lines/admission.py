"""Network access: FreeRADIUS, hostapd as a RADIUS server, and wpa_supplicant."""

import dataclasses

import access
from lines.failures import those
from lines.recorder import Run
from lines.subject import CLIENT_HOST, SERVER_HOST, Failure, Part, Subject
from program import Program

_NEW = "tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_2=1 tls_disable_tlsv1_3=0"
_OLD = "tls_disable_tlsv1_0=0 tls_disable_tlsv1_1=0 tls_disable_tlsv1_2=1"
_USERS = (
    '"anonymous@example.test" PEAP,TTLS\n"alice@example.test" TLS\n'
    '"alice@example.test" MSCHAPV2 "right" [2]\n'
)


class Authentication(Run):
    """A meeting of a station and a server: TLS is in EAP, and that in RADIUS or in EAPOL."""

    def meet_clients(self, peers):
        running = self.program.start(self.folder, SERVER_HOST, self.part.port)
        try:
            access.wait_until_ready(running)
            self.command = running.command
            self.before = len(self.settled(running))
            for peer in peers:
                station = peer.start(self.folder, SERVER_HOST, self.part.port)
                access.wait_until_decided(station)
                station.stop()
                self.tell(station, station)
                self.after = len(self.settled(running))
        finally:
            running.stop()
        self.whole = self.written(running)

    def meet_servers(self, peers):
        for peer in peers:
            server = peer.start(self.folder, SERVER_HOST, self.part.port)
            try:
                access.wait_until_ready(server)
                running = self.program.start(self.folder, SERVER_HOST, self.part.port)
                self.command, self.before = running.command, 0
                access.wait_until_decided(running)
                running.stop()
            finally:
                server.stop()
            self.tell(server, running)
            self.after = len(running.said)
        self.whole = self.written(running)

    def tell(self, peer, station):
        self.peer_command = peer.command
        self.told.append(peer.output)
        self.greeted.append("SUCCESS" in station.output)

    def truth(self, failure):
        """What is known of the failure; the other end is known by no address of IP."""
        oddities = ["the station was let in"] if self.greeted[0] else []
        return self.entry(failure, failure.alert, None) | {"peer": None}, oddities


def _freeradius(*words):
    def freeradius(**asks):
        made = access.freeradius(**asks)
        made.argv += list(words)
        name = "radius.conf"
        made.files[name] = "log {\n    auth = yes\n}\n" + made.files[name]
        return made

    return freeradius


# A cable whose ends are both here.
_CABLE = [
    "sh",
    "-c",
    "ip link show port >/dev/null 2>&1 || { ip link add port type veth peer name "
    "station; ip link set port up; ip link set station up; }",
]


def _hostapd(*, cert="good", tls=("1.2", "1.2")):
    flags = "".join(
        f"[DISABLE-TLSv{it}]" for it in ("1.0", "1.1", "1.2", "1.3") if not tls[0] <= it <= tls[1]
    )
    text = (
        "interface=port\ndriver=wired\nieee8021x=1\nuse_pae_group_addr=1\neap_server=1\n"
        f"eap_user_file=users\nca_cert=clients.crt\nserver_cert={cert}.pem\n"
        f"private_key={cert}.key\ntls_flags={flags}\n"
    )
    return Program(
        "hostapd",
        ["hostapd", "switch.conf"],
        files={"switch.conf": text, "users": _USERS},
        before=[_CABLE],
        settings=[f"server_cert={cert}.pem", f"tls_flags={flags}"],
        ready="AP-ENABLED",
    )


def _supplicant(method="PEAP", *lines, **words):
    made = access.wpa_supplicant(method, *lines, **words)
    made.argv[made.argv.index("eth0")] = "station"
    made.namespace = ""
    made.before = [_CABLE]
    return made


def _asked(*, method="PEAP", lines=(), **words):
    """wpa_supplicant as a failure asks for it."""
    return _supplicant(method, *lines, **words)


def _station(method, *lines, **words):
    return access.eapol_test(method, *lines, host=SERVER_HOST, source=CLIENT_HOST, **words)


def met_by_servers(station):
    """What stations and servers refuse of one another; `station` makes a station."""
    for flaw in _flaws():
        yield Failure(
            flaw.slug,
            flaw.purpose,
            flaw.refused_by,
            flaw.cause,
            station(flaw.method, *flaw.lines, **flaw.words),
            flaw.asks,
            flaw.alert,
        )


def met_by_stations(server):
    """The same; `server` makes a server."""
    for flaw in _flaws():
        yield Failure(
            flaw.slug,
            flaw.purpose,
            flaw.refused_by,
            flaw.cause,
            server(**flaw.asks),
            {"method": flaw.method, "lines": flaw.lines, **flaw.words},
            flaw.alert,
        )


@dataclasses.dataclass
class _Flaw:
    """What is wrong between a station with `method`, `lines` and `words` and a server that is
    made with `asks`."""

    slug: str
    purpose: str
    refused_by: str
    cause: str
    alert: int
    method: str
    lines: tuple = ()
    words: dict = dataclasses.field(default_factory=dict)
    asks: dict = dataclasses.field(default_factory=dict)


def _flaws():
    stranger = "The station does not know the authority of the server's certificate"
    for method in ("PEAP", "TTLS", "TLS"):
        yield _Flaw(
            f"client-refuses-unknown-ca-{method.lower()}",
            f"{stranger}; EAP-{method}.",
            "client",
            "untrusted-root",
            48,
            method,
            words={"ca": "stranger.crt"},
        )
    yield _Flaw(
        "client-refuses-expired",
        "The server's certificate expired 40 days before.",
        "client",
        "expired-leaf",
        45,
        "PEAP",
        asks={"cert": "expired"},
    )
    yield _Flaw(
        "client-refuses-incomplete-chain",
        "The server does not send its intermediate.",
        "client",
        "missing-intermediate",
        48,
        "TTLS",
        asks={"cert": "short"},
    )
    yield _Flaw(
        "client-refuses-name",
        "The station's profile wants another name.",
        "client",
        "hostname-mismatch",
        80,
        "PEAP",
        ('domain_match="radius.example.test"',),
    )
    for slug, cause, cert, alert, purpose in (
        (
            "self-signed",
            "self-signed-server",
            "selfsigned",
            48,
            "The server's certificate is signed by itself.",
        ),
        (
            "not-yet-valid",
            "not-yet-valid",
            "future",
            42,
            "The server's certificate becomes valid in ten days.",
        ),
        (
            "weak-key",
            "rsa-1024-rejected",
            "rsa1024",
            42,
            "The server's certificate has an RSA key of 1024 bits.",
        ),
    ):
        yield _Flaw(
            f"client-refuses-{slug}",
            purpose,
            "client",
            cause,
            alert,
            "PEAP",
            ('openssl_ciphers="DEFAULT@SECLEVEL=1"',) if slug == "weak-key" else (),
            asks={"cert": cert},
        )
    for slug, cause, cert, alert, purpose in (
        (
            "client-certificate-unknown-ca",
            "server-does-not-trust-client-ca",
            "alice-untrusted",
            48,
            "The station's certificate is from an authority that the server does not know.",
        ),
        (
            "client-certificate-expired",
            "client-cert-expired",
            "alice-expired",
            45,
            "The station's certificate expired 40 days before.",
        ),
        (
            "client-certificate-usage",
            "client-cert-wrong-eku",
            "alice-server-usage",
            43,
            "The station's certificate is for servers alone.",
        ),
        (
            "client-certificate-incomplete-chain",
            "missing-client-intermediate",
            "alice-short",
            48,
            "The station does not send its intermediate.",
        ),
    ):
        yield _Flaw(slug, purpose, "server", cause, alert, "TLS", words={"cert": cert})
    yield _Flaw(
        "version-too-low",
        "The station offers TLS 1.1 at most.",
        "server",
        "client-max-version-below-server-min",
        70,
        "PEAP",
        (f'phase1="{_OLD}"', 'openssl_ciphers="DEFAULT@SECLEVEL=0"'),
    )
    yield _Flaw(
        "version-too-high",
        "The station offers TLS 1.3 alone, the server 1.2.",
        "server",
        "client-min-version-above-server-max",
        70,
        "TLS",
        (f'phase1="{_NEW}"',),
    )
    yield _Flaw(
        "no-shared-cipher",
        "The station offers suites that do not fit the key of the " "server's certificate.",
        "server",
        "no-shared-cipher",
        40,
        "PEAP",
        ('openssl_ciphers="ECDHE-RSA-AES128-GCM-SHA256"',),
    )


def _hidden():
    """What TLS 1.3 hides."""
    new = 'phase1="tls_disable_tlsv1_3=0"'
    yield Failure(
        "client-refuses-unknown-ca-tls13",
        "The station does not know the authority of " "the server's certificate; TLS 1.3.",
        "client",
        "untrusted-root",
        _station("TLS", new, ca="stranger.crt"),
        {"tls": ("1.2", "1.3")},
        48,
    )
    yield Failure(
        "client-certificate-unknown-ca-tls13",
        "The station's certificate is from an " "authority that the server does not know; TLS 1.3.",
        "server",
        "server-does-not-trust-client-ca",
        _station("TLS", new, cert="alice-untrusted"),
        {"tls": ("1.2", "1.3")},
        48,
    )


def subjects():
    def part(role, program, met, quiet, name=""):
        return Part(
            role, program, list(met), [quiet], name, port=access.RADIUS_PORT, meeting=Authentication
        )

    radius = [*met_by_servers(_station), *_hidden()]
    return [
        Subject(
            "freeradius",
            [
                part("server", _freeradius(), radius, _station("PEAP")),
                part(
                    "server",
                    _freeradius("-x"),
                    those(radius, alone=("no-shared-cipher", "version-too-low")),
                    _station("PEAP"),
                    "debug",
                ),
            ],
            "freeradius",
        ),
        Subject(
            "hostapd",
            [part("server", _hostapd, met_by_servers(_supplicant), _supplicant())],
            "hostapd",
        ),
        Subject(
            "wpa_supplicant",
            [
                part(
                    "client",
                    _asked,
                    (it for it in met_by_stations(_hostapd) if it.refused_by == "client"),
                    _hostapd(),
                )
            ],
            "wpasupplicant",
            ask=(["wpa_supplicant", "-v"], r"v([\d.]+)"),
        ),
    ]

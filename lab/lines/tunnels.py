"""OpenVPN at both ends."""

from lines.recorder import Run
from lines.subject import CLIENT_HOST, Failure, Part, Subject
from services import ways

# From where a client over UDP sends.
_OWN_PORT = 40001


class Tunnel(Run):
    """A meeting whose success is a tunnel."""

    def meet(self, *peers):
        super().meet(*peers)
        self.greeted = [b"Peer Connection Initiated" in self.whole] * len(peers)


class Datagrams(Tunnel):
    """The same over UDP, where no TCP connection tells of the TLS that is inside."""

    def truth(self, failure):
        truth = self.entry(failure, failure.alert, None)
        return (
            truth | {"peer": f"{CLIENT_HOST}:{_OWN_PORT}"},
            ["the tunnel was built"] * self.greeted[0],
        )


def _server(transport="tcp"):
    def openvpn(*, cert="good", lines=()):
        return ways.openvpn(
            "--verb", "3", "--hand-window", "3", *lines, cert=cert, transport=transport
        )

    return openvpn


def _client(transport="tcp"):
    def openvpn(*, cert="alice", ca="root.crt", lines=()):
        made = ways.openvpn_client(
            "--verb", "3", *lines, cert=cert or "alice", ca=ca, transport=transport
        )
        if not cert:
            at = made.argv.index("--cert")
            del made.argv[at : at + 4]
            made.files = {"password": "alice\nword\n"}
        made.patience = 7.0
        return made

    return openvpn


def _bound(made):
    """The same client with a port of its own."""
    made.argv = [word.replace("--nobind", f"--lport {_OWN_PORT}") for word in made.argv]
    return made


_SUITES = ("--tls-version-max", "1.2", "--tls-cipher", "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256")


def _flaws():
    """Slug, purpose, who refuses, cause, alert, what the server and what the client is asked."""
    yield (
        "client-refuses-unknown-ca",
        "The client does not know the authority of the server's " "certificate.",
        "client",
        "untrusted-root",
        48,
        {},
        {"ca": "stranger.crt"},
    )
    yield (
        "client-refuses-unknown-ca-tls12",
        "The same in TLS 1.2.",
        "client",
        "untrusted-root",
        48,
        {},
        {"ca": "stranger.crt", "lines": ("--tls-version-max", "1.2")},
    )
    yield (
        "client-refuses-expired",
        "The server's certificate expired 40 days before.",
        "client",
        "expired-leaf",
        45,
        {"cert": "expired"},
        {},
    )
    yield (
        "client-refuses-not-yet-valid",
        "The server's certificate becomes valid in ten days.",
        "client",
        "not-yet-valid",
        42,
        {"cert": "future"},
        {},
    )
    yield (
        "client-refuses-name",
        "The server's certificate is for another name.",
        "client",
        "hostname-mismatch",
        80,
        {"cert": "shop"},
        {},
    )
    yield (
        "client-refuses-usage",
        "The server's certificate is for clients alone.",
        "client",
        "wrong-eku-server",
        43,
        {"cert": "client-usage"},
        {},
    )
    yield (
        "client-refuses-incomplete-chain",
        "The server does not send its intermediate.",
        "client",
        "missing-intermediate",
        48,
        {"cert": "short"},
        {},
    )
    yield (
        "client-refuses-self-signed",
        "The server's certificate is signed by itself.",
        "client",
        "self-signed-server",
        48,
        {"cert": "selfsigned"},
        {},
    )
    yield (
        "client-refuses-weak-key",
        "The server's certificate has an RSA key of 1024 bits.",
        "client",
        "rsa-1024-rejected",
        42,
        {"cert": "rsa1024", "lines": ("--tls-cert-profile", "insecure")},
        {"lines": ("--tls-cert-profile", "preferred")},
    )
    yield (
        "client-certificate-usage",
        "The client's certificate is for servers alone.",
        "server",
        "client-cert-wrong-eku",
        43,
        {"lines": ("--remote-cert-tls", "client")},
        {"cert": "alice-server-usage"},
    )
    yield (
        "no-client-certificate",
        "The client has a password and no certificate.",
        "server",
        "client-cert-missing",
        116,
        {},
        {"cert": "", "lines": ("--auth-user-pass", "password")},
    )
    for slug, purpose, cause, alert, cert in (
        (
            "unknown-ca",
            "is from an authority that the server does not know",
            "server-does-not-trust-client-ca",
            48,
            "alice-untrusted",
        ),
        ("expired", "expired 40 days before", "client-cert-expired", 45, "alice-expired"),
        (
            "incomplete-chain",
            "comes without its intermediate",
            "missing-client-intermediate",
            48,
            "alice-short",
        ),
    ):
        yield (
            f"client-certificate-{slug}",
            f"The client's certificate {purpose}.",
            "server",
            cause,
            alert,
            {},
            {"cert": cert},
        )
    yield (
        "no-shared-cipher",
        "The client offers suites that do not fit the key of the server's " "certificate.",
        "server",
        "no-shared-cipher",
        40,
        {},
        {"lines": _SUITES},
    )
    yield (
        "version-too-low",
        "The client speaks TLS 1.2 at most, the server TLS 1.3.",
        "server",
        "client-max-version-below-server-min",
        70,
        {"lines": ("--tls-version-min", "1.3")},
        {"lines": ("--tls-version-max", "1.2")},
    )
    yield (
        "version-too-high",
        "The client wants TLS 1.3, the server speaks 1.2.",
        "server",
        "client-min-version-above-server-max",
        70,
        {"lines": ("--tls-version-max", "1.2")},
        {"lines": ("--tls-version-min", "1.3")},
    )


def _met_by_servers():
    for slug, purpose, refused_by, cause, alert, asks, words in _flaws():
        if refused_by == "server":
            yield Failure(slug, purpose, refused_by, cause, _client()(**words), asks, alert)


def _met_by_clients():
    for slug, purpose, refused_by, cause, alert, asks, words in _flaws():
        if refused_by == "client":
            yield Failure(slug, purpose, refused_by, cause, _server()(**asks), words, alert)


def subjects():
    silence = Failure(
        "client-refuses-unknown-ca",
        "The client does not know the authority of the "
        "server's certificate, and the server hears nothing of it.",
        "client",
        "untrusted-root",
        _bound(_client("udp")(ca="stranger.crt")),
        alert=48,
    )
    return [
        Subject(
            "openvpn",
            [
                Part(
                    "server",
                    _server(),
                    list(_met_by_servers()),
                    [_client()()],
                    port=1194,
                    meeting=Tunnel,
                ),
                Part(
                    "client",
                    _client(),
                    list(_met_by_clients()),
                    [_server()()],
                    "client",
                    port=1194,
                    meeting=Tunnel,
                ),
                Part(
                    "server",
                    _server("udp"),
                    [silence],
                    [_client("udp")()],
                    "udp",
                    port=1194,
                    meeting=Datagrams,
                ),
            ],
            "openvpn",
            notes="OpenVPN does not send its alert before it starts anew: only the end that "
            "refuses writes why.",
        )
    ]

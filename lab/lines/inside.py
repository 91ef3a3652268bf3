"""The ways to fail that a server meets where TLS begins inside a protocol of its own.

They are those of `failures.py`, as far as a client can meet them that speaks the protocol first;
the client is one program for all protocols, programs/failing_client.py.
"""

from lines.subject import Failure
from program import Program

# What no server with a certificate for ECDSA can choose.
_RSA_ALONE = "ECDHE-RSA-AES128-GCM-SHA256"


def client(what, protocol, **words):
    """See programs/failing_client.py."""
    told = [f"{word}={value}" for word, value in words.items()]
    return Program(
        "python",
        ["python3", "-W", "ignore", "failing_client.py", what, protocol, "{host}", "{port}", *told],
    )


def met_inside(protocol, suite=_RSA_ALONE, short=False):
    """What clients do to a server behind the first words of `protocol`; it has no `suite`. If
    `short`, their ClientHellos have few suites."""
    few = {"ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256"} if short else {}

    def one(slug, purpose, refused_by, cause, what="handshake", asks=None, alert=None, **words):
        return Failure(
            slug,
            purpose,
            refused_by,
            cause,
            client(what, protocol, **few | words),
            asks or {},
            alert,
        )

    return [
        *_refused_by_clients(one),
        *_nothing_in_common(one, suite),
        *_no_tls(one),
        *_broken_off(one),
        *_client_certificates(one),
    ]


def quiet_inside(protocol, **words):
    """A client that gets what it wants, and leaves in order."""
    return [client("handshake", protocol, **words)]


def _refused_by_clients(one):
    stranger = "The client does not know the authority of the server's certificate"
    yield one(
        "client-refuses-unknown-ca", f"{stranger}.", "client", "untrusted-root", ca="stranger.crt"
    )
    yield one(
        "client-refuses-unknown-ca-tls12",
        f"{stranger}; TLS 1.2.",
        "client",
        "untrusted-root",
        ca="stranger.crt",
        tls="1.2",
    )
    yield one(
        "client-refuses-expired",
        "The server's certificate expired 40 days before.",
        "client",
        "expired-leaf",
        asks={"cert": "expired"},
    )
    yield one(
        "client-refuses-name",
        "The server's certificate is for another name.",
        "client",
        "hostname-mismatch",
        asks={"cert": "shop"},
    )


def _nothing_in_common(one, suite):
    yield one(
        "no-shared-cipher",
        "The client offers suites that do not fit the key of " "the server's certificate.",
        "server",
        "no-shared-cipher",
        ciphers=suite,
        tls="1.2",
    )
    yield one(
        "version-too-low",
        "The client offers TLS 1.1 alone.",
        "server",
        "client-max-version-below-server-min",
        asks={"oldest": "1.2"},
        tls="1.1",
    )
    yield one(
        "version-too-high",
        "The client offers TLS 1.3 alone, the server 1.2.",
        "server",
        "client-min-version-above-server-max",
        asks={"newest": "1.2"},
        tls="1.3",
    )
    yield one(
        "bad-length",
        "A ClientHello whose extensions claim more bytes than there are.",
        "server",
        "malformed-clienthello",
        "bad_length",
    )
    yield one(
        "sslv2-hello", "A ClientHello in the form of SSL 2.0.", "server", "sslv2-hello", "sslv2"
    )
    yield one(
        "damaged-record",
        "After the handshake the client sends a record that nobody can " "open.",
        "server",
        None,
        "damaged",
        alert=20,
    )


def _no_tls(one):
    yield one(
        "plain-http",
        "The client speaks HTTP where TLS is expected.",
        "server",
        "plaintext-http-on-tls-port",
        "plain",
    )
    yield one(
        "garbage",
        "The client sends bytes of no protocol where TLS is expected.",
        "server",
        None,
        "garbage",
    )


def _broken_off(one):
    yield one("probe", "The client leaves before a ClientHello.", None, None, "leave")
    yield one(
        "client-leaves",
        "The client leaves (FIN) after the server's flight.",
        None,
        None,
        "leave_after_hello",
    )
    yield one(
        "reset", "The client resets the connection after the server's flight.", None, None, "reset"
    )
    for code, name in (
        (40, "handshake_failure"),
        (46, "certificate_unknown"),
        (49, "access_denied"),
        (80, "internal_error"),
    ):
        yield one(
            f"client-sends-alert-{code}",
            f"The client answers the server's flight with {code} {name}.",
            "client",
            None,
            "alert",
            code=code,
            tls="1.2",
        )


def _client_certificates(one):
    flaws = (
        ("no-client-certificate", "The client has no certificate", "client-cert-missing", ""),
        (
            "client-certificate-unknown-ca",
            "The client's certificate is from an authority that " "the server does not know",
            "server-does-not-trust-client-ca",
            "alice-untrusted",
        ),
        (
            "client-certificate-expired",
            "The client's certificate expired 40 days before",
            "client-cert-expired",
            "alice-expired",
        ),
        (
            "client-certificate-usage",
            "The client's certificate is for servers alone",
            "client-cert-wrong-eku",
            "alice-server-usage",
        ),
    )
    for slug, purpose, cause, cert in flaws:
        for tls, end in (("1.3", ""), ("1.2", "-tls12")):
            words = {"cert": cert} if cert else {}
            yield one(
                slug + end,
                f"{purpose}; TLS {tls}.",
                "server",
                cause,
                tls=tls,
                asks={"clients": "clients.crt"},
                **words,
            )

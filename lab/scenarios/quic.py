"""TLS in QUIC: refusals that anybody can read, those that take a key log, and what is QUIC's own."""

import clients
import servers
from case import KEY_LOG, case


def _quic(path, purpose, server, client, refused_by, **truth):
    return case(path, purpose, server, client, refused_by, port=8443, taken="udp", tls="1.3",
                **truth)


def opened(path, purpose, server, client, refused_by, **truth):
    """The same with the secrets of the client beside the recording."""
    if client.stack == "aioquic":
        client.argv += ["--keys", KEY_LOG]
    else:
        client.argv = ["env", f"SSLKEYLOGFILE={KEY_LOG}", *client.argv]
    return _quic(path, purpose, server, client, refused_by, keys="beside", **truth)


def cases():
    yield _quic(
        "alpn-no-overlap/aioquic-quic-aioquic",
        "A client of an early draft of HTTP/3 asks a server that speaks the final one.",
        servers.quic(), clients.quic("--alpn", "h3-29"), "server", alert=120, outcome="alert")
    yield _quic(
        "alpn-no-overlap/ngtcp2-quic-aioquic",
        "The same with a client of another stack: ngtcp2 speaks HTTP/3, the server something else.",
        servers.quic("--alpn", "doq"), clients.ngtcp2(), "server", alert=120, outcome="alert")
    yield _quic(
        "alpn-no-overlap/aioquic-quic-ngtcp2",
        "The same against ngtcp2's server.",
        servers.ngtcp2(), clients.quic("--alpn", "doq"), "server", alert=120, outcome="alert")
    yield _quic(
        "quic-version-mismatch/aioquic-v2-aioquic-v1",
        "The client speaks QUIC v2 alone, the server v1 alone.",
        servers.quic(), clients.quic("--versions", "v2"), "server", outcome="closed")
    yield _quic(
        "quic-version-mismatch/ngtcp2-reserved-aioquic",
        "A client that asks for a version nobody speaks, to see whether the server negotiates.",
        servers.quic(), clients.ngtcp2("--version=0x1a2a3a4a"), "server", outcome="closed")
    yield _quic(
        "quic-transport-parameters-missing/aioquic-quic-aioquic",
        "A ClientHello without quic_transport_parameters.",
        servers.quic(), clients.quic("--no-parameters"), "server", alert=109, outcome="alert")
    yield _quic(
        "quic-transport-error/aioquic-token-aioquic",
        "The client shows a token that is not the server's: what a load balancer does to Retry.",
        servers.quic("--retry"), clients.quic("--token", "of-another-server"), "server",
        outcome="closed")
    yield _quic(
        "udp-blocked/aioquic-quic-silent",
        "Nothing ever comes back from the server's port.",
        servers.quic("--silent"), clients.quic(), "nobody", outcome="silent")
    yield _quic(
        "udp-blocked/aioquic-large-quic-silent",
        "The same with a ClientHello that takes several packets.",
        servers.quic("--silent"), clients.quic("--large"), "nobody", outcome="silent")
    yield _quic(
        "udp-blocked/quinn-quic-silent",
        "The same with a real post-quantum key share, which may be what the network does not take.",
        servers.quic("--silent"), clients.quinn(), "nobody", outcome="silent",
        also=["pq-clienthello-split"])
    yield _quic(
        "untrusted-root/aioquic-quic-aioquic",
        "The client refuses a server's certificate that fits in one datagram: it says so in the clear.",
        servers.quic("--cert", "untrusted"), clients.quic(), "client", alert=42, outcome="alert")
    for name, cert, alert in (("expired-leaf", "expired", 45), ("hostname-mismatch", "shop", 42)):
        yield opened(
            f"{name}/aioquic-quic-aioquic",
            "The client refuses the server's certificate, in a packet that only a key log opens.",
            servers.quic("--cert", cert), clients.quic(), "client", alert=alert,
            outcome="alert, encrypted")
    for name, cert, alert in (("expired-leaf", "expired", 45), ("hostname-mismatch", "shop", 42),
                              ("untrusted-root", "untrusted", 48)):
        yield opened(
            f"{name}/quinn-quic-quinn", "The same between rustls and rustls.",
            servers.quinn(cert=cert), clients.quinn(), "client", alert=alert,
            outcome="alert, encrypted")
    yield opened(
        "client-cert-missing/aioquic-quic-aioquic",
        "The server asks for a certificate, gets none, and closes when the handshake is complete.",
        servers.quic("--client-certificates"), clients.quic(), "server", alert=116,
        outcome="alert, encrypted")
    yield opened(
        "client-cert-missing/quinn-quic-quinn", "A server that insists on a client certificate.",
        servers.quinn("ca=clients"), clients.quinn(), "server", alert=116,
        outcome="alert, encrypted")
    yield opened(
        "server-does-not-trust-client-ca/quinn-quic-quinn",
        "The client shows a certificate of an authority that the server does not trust.",
        servers.quinn("ca=clients"), clients.quinn("cert=alice-untrusted"), "server", alert=48,
        outcome="alert, encrypted")
    yield _quic(
        "alpn-no-overlap/quinn-quic-quinn",
        "rustls with rustls; the ClientHello has a post-quantum key share and takes two datagrams.",
        servers.quinn(), clients.quinn("alpn=h3-29"), "server", alert=120, outcome="alert")
    yield opened(
        "established/quinn-quic-retry-quinn",
        "A success after Retry, with a post-quantum key share and the secrets of all of it.",
        servers.quinn("retry"), clients.quinn(), "nobody")
    yield _quic(
        "established/aioquic-quic-aioquic", "A success, QUIC v1.",
        servers.quic(), clients.quic(), "nobody")
    yield _quic(
        "established/aioquic-quic-v2-aioquic", "A success, QUIC v2 from the first packet on.",
        servers.quic("--versions", "v2"), clients.quic("--versions", "v2"), "nobody")
    yield _quic(
        "established/aioquic-quic-v1-to-v2-aioquic",
        "A success: the client begins with v1 and offers v2, which the server prefers.",
        servers.quic("--versions", "v2,v1"), clients.quic("--versions", "v1,v2"), "nobody")
    yield _quic(
        "established/aioquic-quic-retry-aioquic", "A success after Retry.",
        servers.quic("--retry"), clients.quic(), "nobody")
    yield _quic(
        "established/aioquic-large-quic-aioquic",
        "A success with a ClientHello that takes several packets.",
        servers.quic(), clients.quic("--large"), "nobody")
    yield _quic(
        "established/ngtcp2-quic-ngtcp2", "A success between other stacks, with HTTP/3.",
        servers.ngtcp2(), clients.ngtcp2(), "nobody")

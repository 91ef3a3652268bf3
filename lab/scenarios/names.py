"""The server has nothing for the name that was asked for, or for no name at all."""

import clients
import servers
from case import case

_NGINX_REJECT = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"


def _strict():
    """Servers that refuse other names, and what they are called by."""
    return [
        ("nginx", servers.nginx(more=_NGINX_REJECT)),
        ("haproxy", servers.haproxy("strict-sni")),
        ("go", servers.go("-only", "www.example.test")),
        ("gnutls", servers.gnutls("--sni-hostname", "www.example.test", "--sni-hostname-fatal")),
    ]


def cases():
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        for called, server in _strict():
            if called != "gnutls":
                yield case(f"sni-missing/openssl-tls{short}-{called}",
                           "The client sends no server name, the server does without none.",
                           server, clients.openssl(tls=tls, name=None), "server", tls=tls)
        for called, server in [*_strict(), ("openssl", _openssl("-servername_fatal"))]:
            yield case(f"sni-unknown/openssl-tls{short}-{called}",
                       "The server has no certificate for the name and refuses it.", server,
                       clients.openssl(tls=tls, name="shop.example.test"), "server", tls=tls)
    for client, tls in (("curl", "1.3"), ("python", "1.2"), ("java", "1.3"), ("go", "1.2"),
                        ("gnutls", "1.3")):
        yield case(f"sni-unknown/{client}-tls{tls.replace('.', '')}-nginx",
                   "The server has no certificate for the name and refuses it.",
                   servers.nginx(more=_NGINX_REJECT),
                   clients.ALL[client](tls=tls, name="shop.example.test"), "server", tls=tls)
    for client in ("openssl", "go", "java", "gnutls", "curl"):
        yield case(f"sni-unknown-warning/{client}-tls12-openssl",
                   "The server warns that it does not know the name and goes on; the certificate "
                   "it then shows does fit.",
                   _openssl(cert="shop"),
                   clients.ALL[client](tls="1.2", name="shop.example.test"),
                   "client" if client == "java" else "nobody", tls="1.2",
                   alert=None if client == "java" else 112,
                   notes="The alert 112 is a warning: RFC 6066, section 3, advises against "
                   "sending it, and a client may go on or not. Java does not.")
    for tls in ("1.2", "1.3"):
        yield case(f"sni-invalid-syntax/openssl-tls{tls.replace('.', '')}-go",
                   "The server name ends in a dot.", servers.go(),
                   clients.openssl(tls=tls, name="www.example.test."), "server", tls=tls,
                   also=["malformed-clienthello"])
    yield case("sni-unknown-warning/openssl-tls12-gnutls",
               "The server warns that it does not know the name and goes on.",
               servers.gnutls("--sni-hostname", "www.example.test", cert="shop"),
               clients.openssl(tls="1.2", name="shop.example.test"), "nobody", tls="1.2",
               alert=112, notes="The alert is a warning; the handshake goes on.")


def _openssl(*extra, cert="good"):
    """s_server that knows one name, with the same certificate for it."""
    return servers.openssl("-servername", "www.example.test", "-cert2", f"{cert}.pem",
                           "-key2", f"{cert}.key", *extra, cert=cert)

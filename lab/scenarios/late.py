"""One side wants more than the other has, and says so late or not at all."""

import clients
import servers
from case import Attempt, Case, Server, case


def cases():
    yield from _after_the_request()
    yield from _encrypted_hello()
    yield from _resumption()
    yield from _no_protocol()
    yield from _master_secret()
    yield from _not_offered()
    yield from _sometimes()


def _good(client, tls):
    return Attempt(client, "established", "nobody", tls)


def _after_the_request():
    cause = "post-handshake-auth-unsupported"
    purpose = "The server asks for the client's certificate after the request."
    notes = "The ClientHello has no post_handshake_auth; the server's program gives up."
    for client in (clients.go(tls="1.3"), clients.java(tls="1.3"), clients.openssl(tls="1.3"),
                   clients.gnutls(tls="1.3")):
        yield case(f"{cause}/{client.stack}-tls13-python", purpose, servers.late(), client,
                   "server", tls="1.3", outcome="established", notes=notes)
    yield Case(f"{cause}/several", purpose + " Some clients can show it then, others cannot.",
               [Server(servers.late())],
               [_good(clients.python("--late", tls="1.3", cert="alice"), "1.3"),
                _good(clients.go(tls="1.2"), "1.2"),
                Attempt(clients.go(tls="1.3"), cause, "server", "1.3", outcome="established",
                        notes=notes)])


def _encrypted_hello():
    cause = "ech-rejected"
    purpose = "The client hides the name it wants with a key that the server does not have."
    for server in ("openssl", "nginx", "go"):
        yield case(f"{cause}/go-tls13-{server}", purpose, servers.ALL[server](tls="1.3"),
                   clients.modern("-ech", "www.example.test", name="hidden.example.test"),
                   "client", tls="1.3", alert=121, outcome="established",
                   also=["client-left-after-handshake"],
                   notes="The alert is encrypted. The handshake that is completed is that of the "
                   "outer hello.")


def _resumption():
    cause = "session-id-context-uninitialized"
    for tls in ("1.2", "1.3"):
        first = clients.openssl("-sess_out", "session.pem", cert="alice", tls=tls)
        second = clients.openssl("-sess_in", "session.pem", cert="alice", tls=tls)
        yield Case(f"{cause}/openssl-tls{tls.replace('.', '')}-pyopenssl",
                   "The server's program has set no context for its sessions; a client resumes one.",
                   [Server(servers.forgetful())],
                   [_good(first, tls),
                    Attempt(second, cause, "server", tls, also=["server-internal-error"])])


def _no_protocol():
    cause = "alpn-not-selected"
    # nginx refuses with 120 instead.
    for server in ("openssl", "haproxy"):
        yield case(f"{cause}/python-tls12-{server}",
                   "The client speaks HTTP/2 alone and leaves when the server chooses no protocol.",
                   servers.ALL[server](tls="1.2"),
                   clients.python("--alpn", "h2", "--insist", tls="1.2"), "client", tls="1.2",
                   outcome="established", also=["client-left-after-handshake"],
                   notes="The client does what gRPC does.")


def _master_secret():
    cause = "ems-required-fips"
    without = "-Djdk.tls.useExtendedMasterSecret=false"
    insists = "-Djdk.tls.allowLegacyMasterSecret=false"
    bare = "NORMAL:%NO_SESSION_HASH"
    yield case(f"{cause}/java-tls12-gnutls",
               "The client insists on the extended master secret, the server does not know it.",
               servers.gnutls(tls="1.2", priority=bare),
               clients.java(tls="1.2", machine=[insists]), "client", tls="1.2",
               also=["key-cert-mismatch"])
    for client in (clients.java(tls="1.2", machine=[without]),
                   clients.gnutls(tls="1.2", priority=bare)):
        server = servers.java(tls="1.2")
        server.argv.insert(1, insists)
        yield case(f"{cause}/{client.stack}-tls12-java",
                   "The server insists on the extended master secret, the client does not know it.",
                   server, client, "server", tls="1.2")


def _not_offered():
    for client in ("openssl", "gnutls", "go", "java"):
        yield case(f"unsolicited-extension/{client}-tls12-raw",
                   "The ServerHello has an extension that the client did not ask for.",
                   servers.raw("unasked"), clients.ALL[client](tls="1.2"), "client", tls="1.2",
                   notes="The ServerHello was put together by hand; nothing follows it.")


def _sometimes():
    cause = "server-internal-error"
    for tls in ("1.2", "1.3"):
        yield Case(f"{cause}/several-tls{tls.replace('.', '')}-go",
                   "The server serves two clients and then fails in GetConfigForClient.",
                   [Server(servers.go("-broken", "-healthy", "2", tls=tls))],
                   [_good(clients.openssl(tls=tls), tls), _good(clients.go(tls=tls), tls),
                    Attempt(clients.openssl(tls=tls), cause, "server", tls),
                    Attempt(clients.go(tls=tls), cause, "server", tls)])

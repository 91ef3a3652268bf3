"""Something between the two stumbles over the hello, changes a byte, or does not like the name."""

import clients
import network
import servers
from case import Attempt, Case, Server

# Behind every box there is a server on this port of loopback.
_BEHIND = 8500


def cases():
    yield from _large()
    yield from _newer()
    yield from _filtered()
    yield from _changed()
    yield from _probed()


def _behind(server):
    return Server(server, port=_BEHIND)


def _boxed(path, purpose, behaviour, server, attempts):
    """The recording shows the client and the box; what goes on behind it is left out."""
    box = Server(servers.box(behaviour, _BEHIND))
    return Case(path, purpose, [box, _behind(server)], attempts, taken="tcp and port 8443")


def _good(client, tls):
    return Attempt(client, "established", "nobody", tls)


def _large():
    cause = "pq-clienthello-split"
    purpose = ("A box in front of the server takes the first segment for the whole ClientHello; a "
               "post-quantum key share makes it longer than that.")
    notes = ("The box is a small program of ours that reads one segment, as many did before 2024; "
             "client and server are real.")
    for called, server, tls in (("nginx", servers.nginx(), "1.3"),
                                ("openssl", servers.openssl(tls="1.2"), "1.2")):
        yield _boxed(f"{cause}/go-tls{tls.replace('.', '')}-{called}", purpose, "one_segment",
                     server,
                     [Attempt(clients.modern(), cause, "server", tls, outcome="closed",
                              also=["lb-or-server-rst"], notes=notes),
                      _good(clients.modern("-classic"), tls)])


def _newer():
    cause = "version-intolerant-middlebox"
    purpose = "A box in front of the server gives up when TLS 1.3 is on offer."
    notes = "The box is a small program of ours; client and server are real."
    for name in ("openssl", "go", "java"):
        yield _boxed(f"{cause}/{name}-tls13-openssl", purpose, "no_tls13",
                     servers.openssl(tls="1.2"),
                     [Attempt(clients.ALL[name](), cause, "server", "1.2", outcome="closed",
                              also=["lb-or-server-rst"], notes=notes),
                      _good(clients.ALL[name](tls="1.2"), "1.2")])


def _filtered():
    cause = "sni-filter-rst"
    purpose = "The router tears every connection down whose first bytes hold a certain name."
    rule = (f"-p tcp -d {network.SERVER_ADDRESS} --dport 443 -m string --algo bm --string blocked "
            "-j REJECT --reject-with tcp-reset")
    for name, tls in (("openssl", "1.3"), ("go", "1.3"), ("curl", "1.2")):
        server = servers.nginx()
        first, second = clients.ALL[name](tls=tls), clients.ALL[name](
            tls=tls, name="blocked.example.test")
        for program in (server, first, second):
            program.namespace = network.SERVER if program is server else network.CLIENT
        made = Case(f"{cause}/{name}-tls{tls.replace('.', '')}-nginx", purpose,
                    [Server(server, network.SERVER_ADDRESS, 443)],
                    [_good(first, tls),
                     Attempt(second, cause, "server", tls, outcome="reset",
                             also=["lb-or-server-rst"],
                             notes="The router sends the reset in the server's name.")],
                    device="eth0", namespace=network.CLIENT)
        made.lost = rule
        yield made


def _changed():
    cause = "middlebox-corruption"
    purpose = "A box flips one bit of the client's Finished."
    notes = "The box is a small program of ours; client and server are real."
    for client, server in (("openssl", "openssl"), ("go", "java"), ("gnutls", "go"),
                           ("java", "nginx")):
        yield _boxed(f"{cause}/{client}-tls12-{server}", purpose, "damage",
                     servers.ALL[server](tls="1.2"),
                     [Attempt(clients.ALL[client](tls="1.2"), cause, "server", "1.2",
                              notes=notes)])


def _probed():
    cause = "scanner-noise"
    for name, server in (("openssl", servers.openssl("-cipher", "AES128-SHA", cert="good-rsa",
                                                     tls="1.2")),
                         ("java", servers.java(cert="good-rsa", tls="1.2"))):
        probe = [Attempt(clients.raw("probe"), cause, "server", "1.2",
                         notes="The probe is a small program of ours that sends what such scanners "
                         "send: a ClientKeyExchange and a Finished of random bytes.")
                 for _ in range(12)]
        yield Case(f"{cause}/raw-tls12-{name}",
                   "Somebody looks for Bleichenbacher's oracle: the same handshake, again and "
                   "again, with a key that does not decrypt.", [Server(server)], probe,
                   form="gzip")

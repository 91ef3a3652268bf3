"""Who really spoke: a box between two networks that ends connections in the name of others, beside
servers that do it themselves, and links that are too narrow.

The box stands where the router stands, and subtracts the routers of a longer way from what comes
from the server's side, as `far` says, and adds the time of a longer way, as `delay` says.
"""

import clients
import network
import servers
from case import Attempt, Case, Server

_BLOCKED = "blocked.example.test"
# What such a box has of its own: another way to the client, other numbers, another window.
_OWN = {"ttl": 61, "id": -1, "window": 8192}
_FAR = {"delay": 15, "far": 13}
_ICMP = "tcp or icmp or (icmp6 and ip6[40] == 2)"


def cases():
    yield from _by_name()
    yield from _by_kernel()
    yield from _instead()
    yield from _by_itself()
    yield from _by_size()
    yield from _by_kind()
    yield from _narrow()


def _far(path, purpose, attempts, box=None, *, server=None, six=False, seen_by=network.CLIENT,
         taken="tcp", lost="-p tcp", guarded=()):
    """A case between two networks; `attempts` are made by hand-over of the place of the server."""
    address = network.SERVER_ADDRESS_6 if six else network.SERVER_ADDRESS
    server = server or servers.nginx()
    server.namespace = network.SERVER
    places = [Server(box, "192.0.2.1", 8600)] if box else []
    places.append(Server(server, address, 443))
    for attempt in attempts:
        attempt.client.namespace = network.CLIENT
        attempt.server = len(places) - 1
    made = Case(path, purpose, places, attempts, device="eth0", namespace=seen_by, taken=taken)
    # What a box of ours passes on, the kernel must not.
    made.lost = lost if box else ""
    made.guarded = guarded
    return made


def _good(client, tls="1.3"):
    return Attempt(client, "established", "nobody", tls)


def _named(name, tls="1.3", **more):
    return clients.ALL[name](tls=tls, name=_BLOCKED, **more)


def _cut(client, cause, tls="1.3", outcome="reset", **truth):
    return Attempt(client, cause, "nobody", tls, outcome=outcome, **truth)


def _by_name():
    cause = "sni-filter-rst"
    purpose = "A box on the way reads the name in the ClientHello and resets the connection"
    notes = "The box resets in the server's name; the server is 13 routers behind it."
    for name, tls, six, behaviour, control in (
            ("go", "1.3", False, "inject", True), ("curl", "1.3", True, "inject", True),
            ("openssl", "1.2", False, "reset", True), ("python", "1.2", True, "reset", True),
            ("java", "1.3", False, "inject", False), ("openssl", "1.3", True, "reset", False),
            ("curl", "1.2", False, "guess", False), ("go", "1.2", True, "guess", True)):
        how = {"inject": "; the hello goes on to the server, which answers it.",
               "reset": " at both ends.",
               "guess": ", three times, with numbers that it guesses."}[behaviour]
        made = [_good(clients.ALL[name](tls=tls), tls)] if control else []
        made.append(_cut(_named(name, tls), cause, tls, notes=notes))
        end = ("-ipv6" if six else "") + ("" if control else "-alone")
        yield _far(f"{cause}/{name}-tls{tls.replace('.', '')}-box-{behaviour}{end}", purpose + how,
                   made, servers.middlebox(behaviour, **_OWN, **_FAR), six=six)
    yield _far(f"{cause}/go-tls13-box-expel-seen-by-server",
               purpose + " at the server, in the client's name; recorded at the server.",
               [_cut(_named("go"), cause, notes="The box resets the server in the client's name, "
                     "and lets nothing more through to either.")],
               servers.middlebox("expel", **_OWN, **_FAR), seen_by=network.SERVER)
    yield _far(f"{cause}/go-tls13-box-like-server",
               purpose + ", with the server's TTL and no number: nobody can tell it from the server.",
               [_good(clients.go()), _cut(_named("go"), cause,
                                          also=["lb-or-server-rst", "sni-unknown"])],
               servers.middlebox("reset", ttl=63))


def _by_kernel():
    cause = "sni-filter-rst"
    rule = ("-p tcp --dport 443 -m string --algo bm --string blocked "
            "-j REJECT --reject-with tcp-reset")
    for name, six, control in (("openssl", True, True), ("java", True, True),
                               ("python", False, False)):
        made = [_good(clients.ALL[name](tls="1.3"))] if control else []
        made.append(_cut(_named(name), cause,
                         notes="The router sends the reset in the server's name."))
        end = ("-ipv6" if six else "") + ("" if control else "-alone")
        case = _far(f"{cause}/{name}-tls13-router{end}",
                    "The router tears every connection down whose first bytes hold a certain name.",
                    made, six=six)
        case.lost = rule
        yield case


def _instead():
    cause = "sni-filter-rst"
    for name, tls, six, control in (("openssl", "1.3", False, True), ("curl", "1.2", True, False)):
        made = [_good(clients.ALL[name](tls=tls), tls)] if control else []
        made.append(_cut(_named(name, tls), cause, tls, outcome="alert", alert=40,
                         notes="The alert is the box's; the server never saw the hello."))
        yield _far(f"{cause}/{name}-tls{tls.replace('.', '')}-box-alert" + ("-ipv6" if six else ""),
                   "A box on the way reads the name in the ClientHello, keeps the hello, and "
                   "answers with 40 handshake_failure in the server's name.",
                   made, servers.middlebox("alert", **_OWN, **_FAR), six=six)
    yield _far(f"{cause}/python-tls13-box-page",
               "A box on the way reads the name in the ClientHello, keeps the hello, and answers "
               "with a page in plaintext in the server's name.",
               [_good(clients.python(tls="1.3")),
                _cut(_named("python"), cause, outcome="plaintext",
                     notes="The page is the box's; the server never saw the hello.")],
               servers.middlebox("page", **_OWN, **_FAR))
    yield _far("silent-drop/python-tls13-box-swallow",
               "A box on the way reads the name in the ClientHello and keeps the hello for itself.",
               [_good(clients.python(tls="1.3")),
                _cut(_named("python", patience=4.0), "silent-drop", outcome="silent",
                     notes="The box keeps all that follows too.")],
               servers.middlebox("swallow", **_FAR))


def _by_itself():
    cause = "lb-or-server-rst"
    raw = ("The server, 13 routers away, resets the connection as soon as it has the ClientHello.")
    for name, tls, six in (("openssl", "1.3", False), ("curl", "1.2", True), ("java", "1.3", False),
                           ("python", "1.2", True)):
        yield _far(f"{cause}/{name}-tls{tls.replace('.', '')}-raw-far" + ("-ipv6" if six else ""),
                   raw, [Attempt(clients.ALL[name](tls=tls), cause, "server", tls, outcome="reset")],
                   servers.middlebox("route", **_FAR), server=servers.raw("reset"), six=six)
    yield _far("sni-filter-rst/go-tls13-server-firewall",
               "The server's own firewall resets connections with a certain name in their first "
               "bytes; the server is 13 routers away.",
               [_good(clients.go()), Attempt(_named("go"), "sni-filter-rst", "server", "1.3",
                                             outcome="reset", also=[cause, "sni-unknown"])],
               servers.middlebox("route", **_FAR),
               guarded=(network.SERVER, "-p tcp --dport 443 -m string --algo bm --string blocked "
                        "-j REJECT --reject-with tcp-reset"))
    lines = ("tcp-request inspect-delay 2s\n"
             "    tcp-request content {} if {{ req.ssl_hello_type 1 }}")
    yield _far("silent-server/curl-tls13-haproxy-silent-drop",
               "A balancer that passes TLS on drops the client without a word.",
               [Attempt(clients.curl("--max-time", "3"), "silent-server", "nobody", "1.3",
                        outcome="gave up", also=["silent-drop"])],
               servers.middlebox("route", **_FAR),
               server=servers.haproxy_tcp(lines.format("silent-drop")))
    yield _far(f"{cause}/go-tls12-haproxy-reject-far",
               "A balancer 13 routers away that passes TLS on has a rule to refuse the client.",
               [Attempt(clients.go(tls="1.2"), cause, "server", "1.2", outcome="closed")],
               servers.middlebox("route", **_FAR),
               server=servers.haproxy_tcp(lines.format("reject")))


def _by_size():
    cause = "pq-clienthello-split"
    whole = ("A box on the way wants the whole ClientHello in one packet, and resets the connection "
             "at both ends if it is longer.")
    yield _far(f"{cause}/modern-tls13-box-whole", whole,
               [_cut(clients.modern(), cause), _good(clients.modern("-classic"))],
               servers.middlebox("whole", **_OWN, **_FAR))
    yield _far(f"{cause}/modern-tls13-box-whole-ipv6", whole,
               [_good(clients.modern("-classic")), _cut(clients.modern(), cause)],
               servers.middlebox("whole", **_OWN, **_FAR), six=True)
    first = ("A box on the way passes the first packet of a ClientHello on, and loses what follows "
             "it.")
    yield _far(f"{cause}/modern-tls13-box-first", first,
               [_cut(clients.modern(), cause, outcome="gave up"),
                _good(clients.modern("-classic"))],
               servers.middlebox("first", **_FAR))
    yield _far(f"{cause}/modern-tls13-box-first-ipv6-alone", first,
               [_cut(clients.modern(), cause, outcome="gave up",
                     also=["silent-drop", "silent-server"])],
               servers.middlebox("first", **_FAR), six=True)


def _by_kind():
    cause = "pq-group-blocked-by-ips"
    for called, behaviour, where in (("reset", "group", "the connection at both ends"),
                                     ("tap", "tap", "the client; the hello goes on to the server")):
        yield _far(f"{cause}/modern-tls13-box-{called}",
                   "A box on the way takes the key share of X25519MLKEM768 for an attack, and resets "
                   f"{where}; the ClientHello fits into one packet.",
                   [_cut(clients.modern("-hybrid", tls="1.3"), cause),
                    _good(clients.modern("-classic", tls="1.3"))],
                   servers.middlebox(behaviour, **_OWN, **_FAR), server=servers.modern())
    cause = "version-intolerant-middlebox"
    purpose = "A box on the way resets whoever offers TLS 1.3, at both ends."
    for name, six in (("openssl", False), ("curl", True)):
        yield _far(f"{cause}/{name}-tls13-box-reset" + ("-ipv6" if six else ""), purpose,
                   [_cut(clients.ALL[name](), cause), _good(clients.ALL[name](tls="1.2"), "1.2")],
                   servers.middlebox("newer", **_OWN, **_FAR), six=six)


def _narrow():
    cause = "pmtu-blackhole"
    told = ("Behind the server the way takes 1300 bytes at most, and the router says so{}, but the "
            "server's own firewall keeps ICMP out; recorded at the server.")
    for tls, six in (("1.3", False), ("1.2", True)):
        kind = "ipv6-icmp" if six else "icmp"
        yield _far(f"{cause}/openssl-tls{tls.replace('.', '')}-icmp-refused"
                   + ("-ipv6" if six else ""), told.format(" (ICMPv6)" if six else ""),
                   [_cut(clients.openssl(tls=tls, patience=4.0), cause, tls, outcome="gave up")],
                   servers.middlebox("telling", **_FAR),
                   server=servers.openssl(cert="good-rsa", tls=tls), six=six,
                   seen_by=network.SERVER, taken=_ICMP,
                   guarded=(network.SERVER, f"-p {kind} -j DROP" if not six else
                            "-p ipv6-icmp --icmpv6-type packet-too-big -j DROP"))
    yield _far(f"{cause}/modern-tls13-icmp-refused-by-client",
               "The way to the server takes 1300 bytes at most, and the router says so, but the "
               "client's own firewall keeps ICMP out.",
               [_cut(clients.modern(), cause, outcome="gave up", also=["pq-clienthello-split"])],
               servers.middlebox("telling", way="client", **_FAR), taken=_ICMP,
               guarded=(network.CLIENT, "-p icmp -j DROP"))
    yield _far(f"{cause}/curl-tls12-silent-ipv6",
               "Packets of more than 1300 bytes from the server are lost and no router tells.",
               [_cut(clients.curl("--max-time", "4", tls="1.2"), cause, "1.2", outcome="gave up")],
               servers.middlebox("narrow", **_FAR), server=servers.nginx(cert="good-rsa"), six=True)
    yield _far("established/curl-tls13-path-mtu-learnt",
               "Behind the server the way takes 1300 bytes at most; the router says so, and the "
               "server sends smaller packets. Recorded at the server.",
               [_good(clients.curl(tls="1.3"))], servers.middlebox("telling", **_FAR),
               server=servers.nginx(cert="good-rsa"), seen_by=network.SERVER, taken=_ICMP)

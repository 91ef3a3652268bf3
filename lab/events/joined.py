"""Connections of a server that were recorded, and the event log that a Windows host in its place would
have written of exactly these.

The host is 192.0.2.10. For two minutes clients at other addresses meet its port 443, and it is itself a
client of others. Some do not take its certificate, some have no cipher or version in common with it, one
speaks HTTP, some get in.
"""

import dataclasses
import random
import re
import time

from cryptography import x509
from cryptography.hazmat.primitives import serialization

import capture
import clients
import ladder
import servers
import stacks
from about import quoted
from events import certificates, schannel, system
from events.about import about, as_json
from events.evtx import written
from events.record import entry
from program import Program, wait_until_listening

HOST = "192.0.2.10"
COMPUTER = "SRV01.contoso.example"
_TICKS = 10_000_000
_AHEAD = 7 * _TICKS
_LSASS = 644
# The processes behind the host's ports, and what connects from it.
_WEB = (4, "System")
_JOB = (7120, r"\device\harddiskvolume2\program files\contoso\sync\sync.exe")


@dataclasses.dataclass
class Meeting:
    """A connection that is to be made: the client, where it goes, who will refuse, with which alert, and
    the rule that fits."""

    client: Program
    server: tuple = (HOST, 443)
    refused_by: str = None
    alert: int = None
    cause: str = "established"
    # Whether the host wants its events as the server.
    outbound: bool = False
    pause: float = 1.0


def _to_host():
    """What clients do to the host: those that fail, and those that do not."""
    def at(last):
        return f"198.51.100.{last}"
    refuse_48 = Meeting(clients.openssl(tls="1.2", ca="stranger.crt", source=at(1)),
                        refused_by="client", alert=48, cause="untrusted-root")
    refuse_46 = Meeting(clients.java(tls="1.2", name="old.example.test", source=at(2)),
                        refused_by="client", alert=46, cause="hostname-mismatch")
    refuse_42 = Meeting(clients.go(tls="1.2", ca="stranger.crt", source=at(3)),
                        refused_by="client", alert=42, cause="untrusted-root")
    hidden_48 = Meeting(clients.python(tls="1.3", ca="stranger.crt", source=at(9)),
                        refused_by="client", alert=48, cause="untrusted-root")
    no_cipher = Meeting(clients.curl("--ciphers", "AES128-SHA256:AES128-SHA", tls="1.2", source=at(4)),
                        refused_by="server", alert=40, cause="no-shared-cipher")
    too_old = Meeting(clients.openssl("-cipher", "DEFAULT@SECLEVEL=0", tls="1.0", source=at(5)),
                      refused_by="server", alert=70, cause="client-max-version-below-server-min")
    plain = Meeting(clients.raw("http", source=at(6)), refused_by="server", alert=10,
                    cause="plaintext-http-on-tls-port")
    fine = Meeting(clients.curl(tls="1.2", source=at(7)))
    also_fine = Meeting(clients.python(tls="1.2", source=at(8)))
    return refuse_48, refuse_46, refuse_42, hidden_48, no_cipher, too_old, plain, fine, also_fine


def _from_host():
    """What the host does as a client of others."""
    def there(client, last, port, refused_by, alert, cause):
        return Meeting(client, (f"198.51.100.{last}", port), refused_by, alert, cause, outbound=True)
    refused_70 = there(clients.openssl("-cipher", "DEFAULT@SECLEVEL=0", tls="1.0", source=HOST), 8, 8443,
                       "server", 70, "client-max-version-below-server-min")
    refused_112 = there(clients.openssl(tls="1.2", name="unknown.example.test", source=HOST), 8, 8444,
                        "server", 112, "sni-unknown")
    refused_48 = there(clients.openssl(tls="1.2", cert="alice-untrusted", source=HOST), 9, 8445,
                       "server", 48, "server-does-not-trust-client-ca")
    refuse_48 = there(clients.openssl(tls="1.2", source=HOST), 9, 8446, "client", 48, "untrusted-root")
    fine = there(clients.openssl(tls="1.2", cert="alice", source=HOST), 9, 8445, None, None,
                 "established")
    return refused_70, refused_112, refused_48, refuse_48, fine


def _two_minutes():
    """The meetings in their order; the pauses between them are uneven, as they are anywhere."""
    source = random.Random(443)
    refuse_48, refuse_46, refuse_42, hidden_48, no_cipher, too_old, plain, fine, also = _to_host()
    r70, r112, r48, own_48, own_fine = _from_host()
    order = [fine, refuse_48, refuse_46, plain, own_fine, refuse_42, refuse_48, also, no_cipher, r112,
             refuse_46, plain, too_old, fine, hidden_48, own_48, refuse_42, r70, also, refuse_48, plain,
             no_cipher, r48, refuse_46, fine, too_old, refuse_48, refuse_42, own_fine, r112, plain,
             hidden_48, also, own_48, refuse_46, no_cipher, r48, fine, refuse_42, r70, too_old, refuse_48]
    return [dataclasses.replace(each, pause=source.choice((0.3, 0.9, 1.7, 2.6, 3.8))) for each in order]


def _servers():
    """The host's own server, and those of others that it asks."""
    strict = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"
    return {
        (HOST, 443): servers.nginx("ssl_protocols TLSv1.2 TLSv1.3;"),
        ("198.51.100.8", 8443): servers.openssl(tls="1.2"),
        ("198.51.100.8", 8444): Program("nginx", ["nginx", "-p", ".", "-c", "strict.conf"], files={
            "strict.conf": servers.nginx(more=strict).files["nginx.conf"]
            .replace("nginx.pid", "strict.pid")}),
        ("198.51.100.9", 8445): servers.openssl("-Verify", "2", "-verify_return_error", "-CAfile",
                                                "clients.crt", tls="1.2"),
        ("198.51.100.9", 8446): servers.openssl(cert="untrusted", tls="1.2"),
    }


class _Recording:
    """What was recorded: the packets, each connection with what was meant, and the server's own log."""

    def __init__(self, folder, meetings, together=1):
        running, self.packets = {}, b""
        file = folder / "recording.pcap"
        try:
            for place, program in _servers().items():
                running[place] = program.start(folder, *place)
                wait_until_listening(place[1], running[place])
            recording = capture.Capture(file)
            told = []
            for begin in range(0, len(meetings), together):
                some = meetings[begin:begin + together]
                started = [each.client.start(folder, *each.server) for each in some]
                for each in started:
                    each.wait()
                told += started
                time.sleep(some[-1].pause)
            self.packets = recording.stop()
            file.unlink()
        finally:
            for each in running.values():
                each.stop()
        self.log = running[HOST, 443].said
        # What the host does not take as a client: this certificate is in its event.
        self.stranger = x509.load_pem_x509_certificate(
            (folder / "untrusted.crt").read_bytes()).public_bytes(serialization.Encoding.DER)
        seen = ladder.connections(self.packets)
        if len(seen) != len(meetings):
            raise RuntimeError(f"{len(seen)} connections for {len(meetings)} meetings")
        # Clients that start at once come in any order: each is known by its address.
        self.connections = []
        for begin in range(0, len(meetings), together):
            for meeting, client in zip(meetings[begin:begin + together], told[begin:begin + together]):
                own = next(each for each in seen[begin:begin + together]
                           if each.client[0] in client.command or f"{each.client[0]}:0" in client.command)
                self.connections.append((meeting, own))

    def doubts(self):
        """What was recorded and is not what was meant."""
        for meeting, connection in self.connections:
            plain = [(who, code) for who, level, code in connection.alerts if level == "fatal"]
            meant = [(meeting.refused_by, meeting.alert)] if meeting.refused_by else []
            hidden = not plain and "1.3" in meeting.client.argv
            if plain != meant and meeting.alert != 10 and not hidden:
                yield f"{connection.client}: {plain}, meant {meant}; " + "; ".join(connection.lines())


def _moment(meeting, connection):
    """The packet that shows the failure, and its time in ticks: the alert; where it is encrypted, the
    last record of who refused; where nothing was TLS, the first bytes."""
    for who, what, *now in connection.frames:
        if who == meeting.refused_by and what == f"Alert fatal {meeting.alert}":
            return _stamped(now)
        if meeting.alert == 10 and who == "client" and "plaintext" in what:
            return _stamped(now)
    last = [now for who, what, *now in connection.frames
            if who == meeting.refused_by and what.startswith("ApplicationData")]
    return _stamped(last[-1] if last else connection.frames[0][2:])


def _stamped(now):
    number, seconds, micros = now
    return number, seconds * _TICKS + micros * 10


def _events(recording, ahead):
    """What SChannel would have written of the failures, a few milliseconds after the packet."""
    source = random.Random(36887)
    made = []
    for meeting, connection in recording.connections:
        if meeting.refused_by is None:
            continue
        frame, moment = _moment(meeting, connection)
        at = moment + ahead + source.randrange(4_000, 60_000)
        ours = "client" if meeting.outbound else "server"
        peer = connection.server if meeting.outbound else connection.client
        truth = {"frame": frame, "peer": f"{peer[0]}:{peer[1]}", "side": ours,
                 "client_port": connection.client[1], "alert": meeting.alert, "cause": meeting.cause,
                 "refused_by": "us" if meeting.refused_by == ours else "peer",
                 "client": stacks.version(meeting.client.stack)}
        more = {"process": _LSASS, "thread": source.choice((712, 1448, 3064)), "computer": COMPUTER,
                "truth": truth}
        made += _told(meeting, at, more, ours, recording.stranger)
    return made


def _mark_alike(events):
    """Tell of each event which others say the same within a second, of other peers: by number. Nothing
    in the log tells which of them is whose."""
    for event in events:
        others = [other["number"] for other in events if abs(other["ticks"] - event["ticks"]) < _TICKS
                  and (other["id"], other["alert"]) == (event["id"], event["alert"])
                  and other["peer"] != event["peer"]]
        event["alike"] = others
    for event in events:
        del event["ticks"]


def _told(meeting, at, more, ours, stranger):
    def one(number, time, values):
        return schannel.event(number, time, values, build=schannel.NEW, **more)
    if meeting.refused_by != ours:
        yield one(36887, at, {"AlertDesc": meeting.alert})
    elif meeting.alert == 10:
        yield one(36888, at, {"AlertDesc": 10, "ErrorState": 1203})
    elif ours == "server":
        protocol = "TLS 1.0" if meeting.alert == 70 else "TLS 1.2"
        yield one(36874, at, {"Protocol": protocol})
        state = {40: 1205, 70: 1201}[meeting.alert]
        yield one(36888, at + 6_000, {"AlertDesc": meeting.alert, "ErrorState": state})
    else:
        more["truth"] = more["truth"] | {"certificate": certificates.told(stranger)}
        yield one(36882, at, {"certificateContext": stranger})
        yield one(36888, at + 6_000, {"AlertDesc": 48, "ErrorState": 552,
                                      "TargetName": "www.example.test"})


def _system(recording, ahead):
    """The log System: SChannel's events among a few others."""
    made = _events(recording, ahead)
    first, last = recording.connections[0][1], recording.connections[-1][1]
    begin, end = (_stamped(each.frames[0][2:])[1] + ahead for each in (first, last))
    made += [system.service(begin - 30 * _TICKS, "Contoso Sync", "running", computer=COMPUTER),
             system.hive((begin + end) // 2, computer=COMPUTER),
             system.service(end + 20 * _TICKS, "Contoso Sync", "stopped", computer=COMPUTER)]
    return sorted(made, key=lambda each: each.time)


def _security(recording, ahead):
    """The log Security: every connection, as the firewall's audit has it, when it began."""
    made = []
    for meeting, connection in recording.connections:
        at = _stamped(connection.frames[0][2:])[1] + ahead - 3_000
        local, peer = (connection.client, connection.server) if meeting.outbound else (
            connection.server, connection.client)
        made.append(system.connection(at, _JOB if meeting.outbound else _WEB, not meeting.outbound,
                                      local, peer, computer=COMPUTER))
    return sorted(made, key=lambda each: each.time)


def _application(log):
    """The server's own log, without what is of this machine."""
    return re.sub(rb"\(\.\./[^)]*\)", b"", log)


def _written(recording, name, story, more, aheads):
    """Names and contents of a case."""
    made = {"trace.pcapng": capture.file_of("pcapng", recording.packets)[1]}
    truth = {"host": HOST, "computer": COMPUTER, "connections": len(recording.connections), "logs": {}}
    for file, ahead in aheads.items():
        events = _system(recording, ahead)
        made[file] = written(events, 7_001)
        told = [entry(each) | {"ticks": each.time} for each in events
                if each.provider.name == "Schannel"]
        _mark_alike(told)
        truth["logs"][file] = {"seconds_ahead": ahead // _TICKS, "events": told}
    made["Security.evtx"] = written(_security(recording, 0), 90_001)
    made["nginx.log"] = _application(recording.log)
    truth["doubts"] = list(recording.doubts())
    made["truth.json"] = as_json(truth)
    made["about.md"] = about(name, story, more + _commands(recording), recorded=True)
    return made


def _commands(recording):
    """What was run, each command once, and what came of it."""
    told = {}
    for meeting, connection in recording.connections:
        command = " ".join(map(quoted, meeting.client.command(*meeting.server)))
        came = f"the {meeting.refused_by} refuses, alert {meeting.alert}" if meeting.refused_by \
            else "all is well"
        told.setdefault((command, came), []).append(connection.client[1])
    lines = [f"| `{command}` | {came} | {', '.join(map(str, ports))} |"
             for (command, came), ports in told.items()]
    ours = ["", "Servers:", "", "```"]
    for place, program in _servers().items():
        ours.append(" ".join(map(quoted, program.command(*place))))
    return "\n".join(["", "| client | what comes of it | its ports |", "|---|---|---|", *lines, *ours,
                      "```", ""])


def record(folder):
    """Record all; yields the name of each case, with names and contents."""
    recording = _Recording(folder, _two_minutes())
    yield "joined", _written(recording, "A server's log and what was on the wire", __doc__, _MORE,
                             {"System.evtx": 0, "System-ahead.evtx": _AHEAD})
    recording = _Recording(folder, _at_once(), together=2)
    made = _written(recording, "Two clients that fail in the same second", _at_once.__doc__, _MORE,
                    {"System.evtx": 0})
    yield "joined-same-second", made


def _at_once():
    """Pairs of clients that start at once, at different addresses. Twice both do not know the
    authority, and both alerts are 48: nothing tells which event is of which client. Twice the alerts
    differ, 48 and 42: these can be told apart.
    """
    first, _, go, _, _, _, _, fine, also = _to_host()
    second = dataclasses.replace(first, client=clients.openssl(
        tls="1.2", ca="stranger.crt", source="198.51.100.2"))
    pairs = [(fine, also), (first, go), (first, second), (fine, also), (second, first), (second, go)]
    return [dataclasses.replace(each, pause=2.3) for pair in pairs for each in pair]


_MORE = """
`trace.pcapng` and `nginx.log` are recorded, on one Linux machine; the event logs are built from the
recording. Each event is written 0.4 to 6 ms after its packet. `Security.evtx` has 5156 for every
connection. 36887 stands for every fatal alert that the host received, 36888 for those it sent, with 36874
before it as a server, or 36882 with the certificate as a client. An HTTP request gives 36888 with alert 10 and state 1203, though
nginx sends no alert: "generated" does not mean that it was sent. Guesses: state 1201 with alert 70;
whether Windows writes 36874 for a version that is off.

`truth.json` says for each event the packet (`frame`, from 1), the peer, the client's port, and which other
events of the same second say the same of another peer (`alike`).
"""

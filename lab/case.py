"""One case of the corpus: what is to be recorded, the recording, and the three files it becomes."""

import dataclasses
import json
import re
import shutil

import capture
import ladder
import network
import stacks
import tunnel
from about import text_of
from program import Program, wait_until_listening


# How the lab's own clients, and the servers' greetings, tell that a request was answered.
_ANSWERED = re.compile(r"^read \d+ bytes|^hello|HTTP/1|<h1>|^221 |Verified TLS|^OK \"|^\(1 row\)|^dn:"
                       r"|stream:features|Initialization Sequence|Authentication only| 001 "
                       r"|^s_server -accept", re.M)

_RADIUS = 1812

# The key log that a program is told to write, and the one that is kept.
KEY_LOG = "keys.log"


@dataclasses.dataclass(kw_only=True)
class Truth:
    """What a scenario knows of one conversation, beside who refused and the version of TLS.

    `also` names other causes that an honest reader of the capture may arrive at. `alert` and
    `outcome` are taken from what was measured unless given.
    """

    also: list = dataclasses.field(default_factory=list)
    alert: int = None
    outcome: str = None
    notes: str = ""

    def entry(self, cause, outcome, alert, client, server, client_port=0):
        """What truth.json says of it; `client` and `server` are their stacks."""
        return {
            "cause": cause,
            "also": self.also,
            "refused_by": self.refused_by,
            "outcome": outcome,
            "alert": alert,
            "client": stacks.version(client),
            "server": stacks.version(server),
            "client_port": client_port,
            "tls": self.tls,
            "notes": self.notes,
        }


@dataclasses.dataclass
class Attempt(Truth):
    """One client's connection and what is known to be wrong with it.

    `refused_by` is "client", "server" or "nobody". `server` is the place of its server in the
    case's list.
    """

    client: Program
    cause: str
    refused_by: str
    tls: str = ""
    server: int = 0
    # Whether the client tries again by itself, so that it has more connections than one.
    again: bool = False
    # What servers do of themselves in answer: further connections, whose clients are servers.
    onward: list = dataclasses.field(default_factory=list)
    # Whether it is a connection at all, or something that is done between two of them.
    connects: bool = True
    told: list = dataclasses.field(default_factory=list)
    # The client's command line, when it has been run.
    command: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Server:
    """A server program and where it listens."""

    program: Program
    host: str = "127.0.0.1"
    port: int = 8443


@dataclasses.dataclass
class Case:
    """A folder of the corpus, `cause/name`."""

    path: str
    purpose: str
    servers: list
    attempts: list
    form: str = "pcap"
    device: str = "lo"
    namespace: str = ""
    # What tcpdump is told to take, and how much of each packet; all of it if 0.
    taken: str = "tcp"
    snaplen: int = 0
    # What the router between the hosts drops, if the case is not on loopback.
    lost: str = None
    # What a bad line does to the packets between the hosts: words for programs/shaky.py.
    disturbed: str = ""
    # How many packets had passed when the recording began.
    begins: int = 0
    # What else is on the network: programs whose traffic is recorded and is nobody's failure.
    beside: list = dataclasses.field(default_factory=list)
    # What one of these hosts refuses itself: its namespace and the words of iptables.
    guarded: tuple = ()
    # Where the key log goes that a program writes to KEY_LOG: "beside" the recording, or "inside".
    keys: str = ""
    # The tunnel between two hosts of its own, recorded from outside of it.
    tunnel: str = ""


def case(path, purpose, server, client, refused_by, *, host="127.0.0.1", port=8443, form="pcap",
         device="lo", namespace="", taken="tcp", snaplen=0, keys="", **truth):
    """A case of one connection; its cause is the first part of `path`."""
    cause = path.split("/")[0]
    attempt = Attempt(client, cause, refused_by, **truth)
    return Case(path, purpose, [Server(server, host, port)], [attempt], form, device, namespace,
                taken, snaplen, keys=keys)


def cases_with(server, port, tls="1.3", **same):
    """`case` for one kind of server: its name ends each path, and its port and `same` are given."""
    end = f"-{server}" if server else ""

    def one(cause, called, *parts, **truth):
        return case(f"{cause}/{called}{end}", *parts, **{"port": port, "tls": tls, **same, **truth})
    return one


class Recorder:
    """Records cases with the programs and certificates of `folder` into `corpus`."""

    def __init__(self, folder, corpus):
        self.folder = folder
        self.corpus = corpus

    def record(self, case):
        """Run the case, write its folder; answers a line for the log, with what looks wrong."""
        programs = [server.program for server in case.servers]
        for program in programs + [attempt.client for attempt in case.attempts]:
            if lacking := program.lacks(self.folder):
                return f"{case.path}: left out, {lacking} comes with lab/install-lines", []
        running = []
        recording = None
        file = self.folder / "recording.pcap"
        if case.lost is not None:
            network.forget()
            network.lose(case.lost)
            for host in (network.CLIENT, network.SERVER):
                network.guard(host, dict([case.guarded] if case.guarded else []).get(host, ""))
        outside = shaky = None
        try:
            if case.disturbed:
                shaky = network.disturb(self.folder / "shaky.py", case.disturbed)
            if case.tunnel:
                tunnel.build(case.tunnel)
            for server in case.servers:
                started = server.program.start(self.folder, server.host, server.port)
                running.append(started)
                wait_until_listening(server.port, started, server.program.namespace)
            recording = capture.Capture(file, case.form, case.device, case.namespace, case.taken,
                                        case.snaplen)
            if case.tunnel:
                outside = capture.Capture(self.folder / "outside.pcap", device=tunnel.CABLE,
                                          namespace=tunnel.CLIENT, taken="")
            for program in case.beside:
                running.append(program.start(self.folder, "", 0))
            for attempt in case.attempts:
                place = case.servers[attempt.server]
                before = len(running[attempt.server].said)
                client = attempt.client.start(self.folder, place.host, place.port)
                client.wait()
                recording.settle()
                attempt.command = client.command
                server_said = running[attempt.server].said[before:].decode(errors="replace")
                attempt.told = [client.output, server_said]
        finally:
            recorded = recording.stop() if recording else b""
            for started in running:
                started.stop()
            file.unlink(missing_ok=True)
            around = outside.stop() if outside else b""
            if shaky:
                network.calm(shaky)
            if case.tunnel:
                tunnel.remove()
        for attempt in case.attempts:
            for further in attempt.onward:
                further.told = ["", ""]
        return self.write(case, recorded, capture.later(around or recorded, case.begins),
                          recording.whole, [started.command for started in running])

    def write(self, case, recorded, kept, whole, commands):
        """The folder of a case: `recorded` tells what happened, `kept` goes into the file; `whole`
        is whether tcpdump got all of it."""
        seen = ladder.connections(recorded)
        if case.beside:
            ours = {(server.host, server.port) for server in case.servers}
            seen = [connection for connection in seen if connection.server in ours]
        oddities = [] if whole else ["tcpdump lost packets"]
        attempts = [one for attempt in case.attempts if attempt.connects
                    for one in (attempt, *attempt.onward)]
        if attempts[-1].again:
            attempts = attempts + attempts[-1:] * (len(seen) - len(attempts))
        if len(seen) != len(attempts):
            oddities.append(f"{len(seen)} connections for {len(attempts)} attempts")
        truths = [self.truth(case, attempt, connection, oddities)
                  for attempt, connection in zip(attempts, seen)]
        log = self.key_log()
        if case.keys and not log:
            oddities.append("no program wrote a key log")
        inside = log if case.keys == "inside" else b""
        name, data = capture.file_of(case.form, kept, inside)
        folder = self.put(case.path, name, data, truths if len(truths) != 1 else truths[0],
                          text_of(case, attempts, truths, seen, commands))
        if case.keys == "beside":
            (folder / KEY_LOG).write_bytes(log)
        first = truths[0] if truths else {}
        size = sum(map(len, data.values())) if isinstance(data, dict) else len(data)
        return (f"{case.path}: {first.get('outcome')}, alert {first.get('alert')}, "
                f"{size} bytes", oddities)

    def put(self, path, name, data, truth, about):
        """Write the recording `data` as `name`, its truth and its about.md; answers the folder.
        A recording in several files becomes a folder of that name."""
        folder = self.corpus / path
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob("input.*"):
            shutil.rmtree(earlier) if earlier.is_dir() else earlier.unlink()
        if isinstance(data, dict):
            (folder / name).mkdir()
        for part, content in data.items() if isinstance(data, dict) else [("", data)]:
            (folder / name / part).write_bytes(content)
        (folder / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n")
        (folder / "about.md").write_text(about)
        return folder

    def key_log(self):
        """What was written to the key log, which is then taken away."""
        file = self.folder / KEY_LOG
        written = file.read_bytes() if file.exists() else b""
        file.unlink(missing_ok=True)
        return written

    def truth(self, case, attempt, connection, oddities):
        by_client = attempt.refused_by == "client"
        receiver, sender = attempt.told[::-1] if by_client else attempt.told
        told = stacks.alert_told(receiver, sender) if attempt.refused_by != "nobody" else None
        plain = [code for who, _, code in connection.alerts if who == attempt.refused_by]
        code = attempt.alert
        if code is None:
            code = plain[0] if plain else told
        oddities += _doubts(attempt, connection, plain, told)
        outcome = attempt.outcome or _outcome(attempt, connection, code, bool(plain))
        # A station has no port: what its switch sends to the RADIUS server is not its own.
        port = 0 if connection.server[1] == _RADIUS else connection.client[1]
        return attempt.entry(attempt.cause, outcome, code, attempt.client.stack,
                             case.servers[attempt.server].program.stack, port)


def _doubts(attempt, connection, plain, told):
    """What was measured and does not fit what the scenario says."""
    answered = _ANSWERED.search(attempt.told[0])
    complete = answered or "handshake complete" in attempt.told[1]
    if attempt.cause == "established" and attempt.command and not complete:
        yield "the client got no answer"
    if plain and told and plain[0] != told:
        yield f"the wire says alert {plain[0]}, a program says {told}"
    if attempt.outcome:
        return
    for who, level, code in connection.alerts:
        if who != attempt.refused_by and level == "fatal" and not plain:
            yield f"the {who} sent fatal alert {code}"
    if attempt.refused_by != "nobody" and answered:
        yield "the client got an answer all the same"


def _outcome(attempt, connection, code, in_the_clear):
    ends = [what for who, what, _ in connection.steps
            if who == attempt.refused_by and what in ("FIN", "RST")]
    if in_the_clear:
        return "alert"
    if attempt.refused_by == "nobody":
        return "established"
    if code is not None:
        return "alert, encrypted"
    return "reset" if ends[:1] == ["RST"] else "closed"

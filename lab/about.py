"""What about.md says of a case."""

import re

import capture
import network
from program import at


def text_of(case, attempts, truths, seen, commands):
    """The text of about.md: purpose, commands, versions, the wire, and the last words."""
    lines = [f"# {case.path}", "", case.purpose, "", "## How it was recorded", ""]
    lines += ["In a private network namespace, in a folder that holds the throw-away certificates:",
              "", "```"]
    if case.lost:
        lines += [f"iptables -A FORWARD {network.with_target(case.lost)}   # on the router"]
    if case.disturbed:
        lines += [f"python3 shaky.py line {case.disturbed}   # on the router"]
    if case.guarded:
        lines += [f"iptables -A INPUT {case.guarded[1]}   # on {case.guarded[0]}"]
    if case.taken not in ("tcp", "udp") or case.snaplen:
        lines += [f"tcpdump -s {case.snaplen} -w recording.pcap '{case.taken}'"]
    for server in case.servers:
        lines += [" ".join(map(quoted, command)) for command in server.program.before]
    lines += [" ".join(map(quoted, command)) for command in commands]
    lines += [" ".join(map(quoted, attempt.command)) for attempt in case.attempts]
    if case.form == "ring":
        lines += [" ".join([*capture.RING, "ring.pcapng"]) + " < recording.pcap"]
    lines += ["```", ""]
    for server in case.servers:
        lines += _settings(server.program, server, server.program.source or "servers.py")
    for attempt in case.attempts:
        lines += _settings(attempt.client, case.servers[attempt.server],
                           attempt.client.source or "clients.py")
    if case.begins:
        lines += [f"The first {case.begins} packets were taken out, as if the recording had begun "
                  "later.", ""]
    if case.disturbed:
        lines += ["Part of what passed the router was lost, overtaken or doubled: "
                  f"{case.disturbed} (percent, and where chance begins).", ""]
    versions = sorted({truth[side] for truth in truths for side in ("client", "server")})
    lines += ["Versions: " + ", ".join(versions) + ".", ""]
    if case.keys:
        where = "in the recording itself" if case.keys == "inside" else "in `keys.log`"
        lines += [f"The secrets of this one connection are {where}: they open nothing else, and "
                  "the certificates are thrown away with the folder.", ""]
    for attempt, truth, connection in zip(attempts, truths, seen):
        client = f"{connection.client[0]}:{connection.client[1]}"
        lines += [f"## {client}: {truth['cause']}", "", "On the wire:", "", "```",
                  *connection.lines(), "```", ""]
        for who, said in zip(("client", "server"), attempt.told):
            if words := words_of(said):
                lines += [f"The {who} said: `{words}`", ""]
        if truth["notes"]:
            lines += [truth["notes"], ""]
    return "\n".join(lines)


def _settings(program, server, source):
    """What a scenario wrote into the configuration files of a program, if anything."""
    here = at(server.host, server.port)
    return settings_of(program, source, here)


def settings_of(program, source, here=""):
    """The same where no address is part of it."""
    kept = [line.replace("{at}", here) for line in program.settings]
    return [line for name in list(program.files if kept else ())[:1]
            for line in (f"`{name}` is that of `lab/{source}` with:", "", "```", *kept, "```", "")]


def quoted(word):
    return word if re.fullmatch(r"[\w./:,=@%+\[\]-]+", word) else f"'{word}'"


_TELLING = re.compile(r"error|alert|fail|fatal|exception|400 |403 |curl: \(|read \d+ bytes", re.I)
_IDLE = re.compile(r"^(<<<|>>>)|Verification error: *$|verify error:num=0|curl failed to verify")


def words_of(said):
    """The last line in which a program tells of a failure, without clock, thread and place."""
    kept = [line.strip() for line in said.splitlines()
            if _TELLING.search(line) and not _IDLE.search(line)]
    if not kept:
        return ""
    words = re.sub(r"^[0-9A-F]{8,16}:", "", kept[-1])
    words = re.sub(r"^\d{4}/\d\d/\d\d [\d:]+ (\[\w+\]) \d+#\d+: \*\d+ ", r"\1 ", words)
    words = re.sub(r"^\[[^\]]*\d\d:\d\d:\d\d[^\]]*\] ", "", words)
    words = re.sub(r"\[pid \d+:tid \d+\] ", "", words)
    return words.replace("`", "'")[:240]

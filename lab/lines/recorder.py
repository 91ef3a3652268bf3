"""Provokes each failure of a program, and keeps what the program wrote of it."""

import dataclasses
import json
import re
import time

import capture
import ladder
import stacks
from lines.about import text_of
from lines.alerts import vocabulary
from lines.subject import BEHIND, CLIENT_HOST, SERVER_HOST
from program import wait_until_listening

MOST_BYTES = 4096
# What must not stand in a log: folders of one machine.
_TRACES = (b"/tmp/", b"/ro" + b"ot/", b"/ho" + b"me/", b"/wo" + b"rk/")
_GREETED = re.compile(r"^read \d+ bytes|^hello|HTTP(?:/1\.[01])? 200|<HTML>|^OK$", re.M)


class Recorder:
    """Records programs that run in `folder` into `corpus/lines`."""

    def __init__(self, folder, corpus):
        self.folder = folder
        self.corpus = corpus / "lines"
        (folder / "pages/index.html").write_text("hello\n")

    def record(self, subject):
        """Record all of a program; yields a line for each failure, with what looks wrong."""
        place = self.corpus / subject.name
        place.mkdir(parents=True, exist_ok=True)
        for earlier in place.glob("*.log"):
            earlier.unlink()
        truths, alerts, kept, quiet, harmless = {}, {}, [], [], []
        for part in subject.parts:
            for failure in part.failures:
                run = (part.meeting or Run)(self.folder, part, failure.asks)
                try:
                    run.meet(failure.peer)
                except RuntimeError as trouble:
                    yield f"{subject.name}/{part.file(failure.slug)}: not recorded", [str(trouble)]
                    continue
                truth, oddities = run.truth(failure)
                if part.role == "client" and any(run.greeted):
                    harmless.append(part.file(failure.slug))
                    yield f"{subject.name}/{part.file(failure.slug)}: it did not mind", oddities
                    continue
                kept.append((part, failure, run, truth))
                if run.wrote():
                    truths[part.file(failure.slug)] = truth
                    oddities += self.write(place / part.file(failure.slug), run)
                told = f"alert {truth['alert']}, {len(run.log)} bytes" if run.wrote() else "silence"
                yield f"{subject.name}/{part.file(failure.slug)}: {told}", oddities
            name, oddities = self.record_quiet(place, part)
            quiet.append(name)
            yield f"{subject.name}/{name}", oddities
            if part.telling:
                name, count = self.record_alerts(place, part, alerts)
                yield f"{subject.name}/{name}: {count} alerts", []
        whole = {"program": subject.version(), "quiet": quiet, "failures": truths}
        if alerts:
            whole["alerts"] = alerts
        (place / "truth.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
        (place / "about.md").write_text(text_of(subject, kept, harmless))

    def record_quiet(self, place, part):
        """What the program writes when all is well."""
        run = (part.meeting or Run)(self.folder, part, {})
        run.meet(*part.quiet)
        file = place / part.file("quiet")
        oddities = self.write(file, run)
        if not all(run.greeted):
            oddities.append(f"a client got no answer: {run.greeted}")
        return file.name, oddities

    def record_alerts(self, place, part, alerts):
        """What the program writes of every registered alert; `alerts` is told which line is which."""
        log, codes = vocabulary(self.folder, part)
        name = part.file("alerts")
        (place / name).write_bytes(log)
        alerts[name] = codes
        return name, len(codes)

    def write(self, file, run):
        file.write_bytes(run.log)
        return [f"the log holds {trace.decode()}" for trace in _TRACES if trace in run.log]


class Run:
    """A program that is started, met by others, and stopped; and what it wrote."""

    def __init__(self, folder, part, asks):
        self.folder = folder
        self.part = part
        self.program = part.program(**asks)

    def meet(self, *peers):
        """Start the program, let the others meet it one after the other, and stop it."""
        if self.part.log:
            (self.folder / self.part.log).unlink(missing_ok=True)
        meeting = self.meet_clients if self.part.role == "server" else self.meet_servers
        file = self.folder / "recording.pcap"
        recording = capture.Capture(file)
        behind = self.part.behind.start(self.folder, *BEHIND) if self.part.behind else None
        try:
            if behind:
                wait_until_listening(BEHIND[1], behind)
            self.greeted, self.told = [], []
            meeting(peers)
        finally:
            if behind:
                behind.stop()
            recorded = recording.stop()
            file.unlink(missing_ok=True)
        self.connections = [connection for connection in ladder.connections(recorded)
                            if connection.server == (SERVER_HOST, self.part.port)]
        self.cut()

    def meet_clients(self, peers):
        running = self.program.start(self.folder, SERVER_HOST, self.part.port)
        try:
            wait_until_listening(self.part.port, running)
            self.command = running.command
            self.before = len(self.settled(running))
            for peer in peers:
                client = peer.start(self.folder, SERVER_HOST, self.part.port)
                client.wait()
                self.peer_command = client.command
                self.told.append(client.output)
                self.greeted.append(bool(_GREETED.search(client.output)))
                self.after = len(self.settled(running))
        finally:
            running.stop()
        self.whole = self.written(running)

    def meet_servers(self, peers):
        waits = self.part.listens
        running, self.before = None, 0
        for peer in peers:
            server = peer.start(self.folder, SERVER_HOST, self.part.port)
            try:
                wait_until_listening(self.part.port, server)
                if running is None or not waits:
                    running = self.program.start(self.folder, SERVER_HOST, self.part.port)
                self.command, self.peer_command = running.command, server.command
                asked = running
                if waits:
                    wait_until_listening(waits, running)
                    if not self.part.at_once:
                        self.before = self.before or len(self.settled(running))
                    if self.part.trigger:
                        asked = self.part.trigger.start(self.folder, SERVER_HOST, waits)
                        asked.wait()
                else:
                    running.wait()
                self.after = len(self.settled(running))
                self.greeted.append(self.answered(asked.output))
            finally:
                server.stop()
                if running and peer is peers[-1]:
                    running.stop()
            self.told.append(server.output)
        self.whole = self.written(running)

    def answered(self, output):
        """Whether a client says that it got its answer."""
        return bool(_GREETED.search(output)
                    or self.part.answer and re.search(self.part.answer, output))

    def settled(self, running):
        """The log, once nothing has been added to it for a while."""
        log = None
        while log != (log := self.written(running)):
            time.sleep(self.part.patience)
        return log

    def written(self, running):
        if not self.part.log:
            return running.said
        file = self.folder / self.part.log
        return file.read_bytes() if file.exists() else b""

    def cut(self):
        """Keep whole lines, the most that fit: all, or those from where the failure begins."""
        self.log, first = self.whole, 0
        if len(self.log) > MOST_BYTES:
            first = self.before
            if self.part.late:
                first = self.log.find(b"\n", len(self.log) - MOST_BYTES - 1) + 1
            end = self.log.rfind(b"\n", first, first + MOST_BYTES) + 1
            self.log = self.log[first:end]
        lines = self.whole[first:]
        self.lines = [lines[:max(0, self.before - first)].count(b"\n") + 1,
                      count_of_lines(lines[:self.after - first])]
        self.lines[1] = min(self.lines[1], count_of_lines(self.log))

    def wrote(self):
        """Whether anything was written when the failure happened."""
        return self.after > self.before

    def truth(self, failure):
        """What is known of the failure, and what looks wrong."""
        oddities = []
        connection = self.connections[0] if self.connections else None
        self.connection = connection
        if connection is None:
            return self.entry(failure, None, None), ["there was no connection"]
        plain = [code for who, _, code in connection.alerts if who == failure.refused_by]
        served = self.part.role == "server"
        told = None
        if failure.refused_by:
            # The other end tells what it heard, or what it said.
            ends = (self.told[0], "") if served == (failure.refused_by == "server") else ("", self.told[0])
            told = stacks.alert_told(*ends)
        alert = next((code for code in (failure.alert, *plain[:1], told) if code is not None), None)
        if served and self.greeted and self.greeted[0]:
            oddities.append("the client got an answer all the same")
        if failure.refused_by and not plain and (first := _other_refusal(failure, connection)):
            # The program was not the one to refuse, or not for this cause.
            failure = dataclasses.replace(failure, refused_by=first[0], cause=None)
            alert = first[1]
        return self.entry(failure, alert, connection), oddities

    def entry(self, failure, alert, connection):
        """What truth.json says of a failure; `lines` are the first and the last written of it."""
        other = (connection.client if self.part.role == "server" else connection.server) \
            if connection else (CLIENT_HOST, 0)
        return {"role": self.part.role, "cause": failure.cause, "refused_by": failure.refused_by,
                "alert": alert, "peer": f"{other[0]}:{other[1]}", "lines": self.lines}


def count_of_lines(text):
    """How many lines these are; the last may have no end."""
    return text.count(b"\n") + (not text.endswith(b"\n") and text != b"")


def _other_refusal(failure, connection):
    """Who else sent a fatal alert, and which, before the expected side ended the connection."""
    for who, what, _ in connection.steps:
        if who == failure.refused_by and what in ("FIN", "RST"):
            return None
        if who != failure.refused_by and what.startswith("Alert fatal "):
            return who, int(what.rsplit(" ", 1)[1])
    return None

"""A thousand good connections in one recording: many stacks, and every way to end in peace."""

import collections
import concurrent.futures
import dataclasses
import subprocess

import capture
import ladder
import stacks
from case import Truth
from program import wait_until_listening


@dataclasses.dataclass
class Thousand(Truth):
    """A folder of the corpus, `cause/name`, of which nothing is told but that all went well.

    `visits` are a number of connections, the address and port that they go to, and the program that
    makes them all; four programs run at a time.
    """

    path: str
    purpose: str
    servers: list
    visits: list
    refused_by: str = "nobody"
    tls: str = ""

    def record(self, recorder):
        """Run it, write its folder; answers a line for the log, with what looks wrong."""
        # Time stamps of TCP are half of what a small connection is.
        subprocess.run(["sysctl", "-q", "-w", "net.ipv4.tcp_timestamps=0"], check=True)
        running, recording, oddities = [], None, []
        file = recorder.folder / "recording.pcap"
        try:
            for server in self.servers:
                running.append(server.program.start(recorder.folder, server.host, server.port))
                wait_until_listening(server.port, running[-1])
            recording = capture.Capture(file, taken="", room=65536)
            with concurrent.futures.ThreadPoolExecutor(4) as many:
                told = list(many.map(lambda visit: self._visit(recorder, *visit), self.visits))
        finally:
            recorded = recording.stop() if recording else b""
            for started in running:
                started.stop()
            file.unlink(missing_ok=True)
            subprocess.run(["sysctl", "-q", "-w", "net.ipv4.tcp_timestamps=1"], check=True)
        oddities += [] if recording.whole else ["tcpdump lost packets"]
        oddities += [trouble for trouble in told if trouble]
        return self._write(recorder, recorded, oddities)

    @staticmethod
    def _visit(recorder, _, where, program):
        """Run a client; answers what is wrong with it."""
        started = program.start(recorder.folder, *where)
        started.wait()
        said = started.output
        if started.process.returncode != 0 or "error:" in said:
            return f"{started.command}: {said[-300:]}"
        return ""

    def _write(self, recorder, recorded, oddities):
        seen = ladder.connections(recorded)
        wanted = sum(count for count, _, _ in self.visits)
        if len(seen) != wanted:
            oddities.append(f"{len(seen)} connections, not {wanted}")
        name, data = capture.file_of("gzip", recorded)
        programs = sorted({stacks.version(program.stack) for _, _, program in self.visits})
        behind = sorted({stacks.version(server.program.stack) for server in self.servers})
        truth = {**self.entry("established", "established", None, "raw", "raw"),
                 "client": ", ".join(programs), "server": ", ".join(behind),
                 "connections": len(seen)}
        recorder.put(self.path, name, data, truth, self._about(seen, truth))
        return f"{self.path}: {len(seen)} connections, {len(data)} bytes", oddities

    def _about(self, seen, truth):
        lines = [f"# {self.path}", "", self.purpose, "", "## How it was recorded", "",
                 "In a private network namespace, without time stamps of TCP, in a folder that holds "
                 "the throw-away certificates. The servers:", "", "```"]
        lines += [" ".join(server.program.command(server.host, server.port))
                  for server in self.servers]
        lines += ["```", "", "| connections | client | to |", "|---:|---|---|"]
        runs = collections.Counter()
        for count, (_, port), program in self.visits:
            kind = " ".join(program.argv[4:5]) if "visitors.py" in program.argv else ""
            runs[f"{program.stack} {kind}".strip(), port] += count
        lines += [f"| {count} | {called} | {port} |" for (called, port), count in runs.items()]
        lines += [""]
        resets = sum(what == "RST" for connection in seen for _, what, _ in connection.steps)
        lines += [f"Clients: {truth['client']}.", "", f"Servers: {truth['server']}.", "",
                  f"Resets after the end: {resets}.", ""]
        return "\n".join(lines)

"""A server or a client of the lab: what it is, how it is started, what it said."""

import dataclasses
import shutil
import subprocess
import threading
import time


@dataclasses.dataclass
class Program:
    """One program to run in the folder of the certificates, so that every path in it is relative.

    `argv` may hold {host}, {port} and {at}, the two in one word; `files`, which are written before
    the start, the same three. `before` are commands that make what the program needs besides,
    such as an empty database; they are run in the same folder. `settings` is what a scenario added
    to a configuration file, the first of `files`, that is else the same in every case; `source` is
    the module of the lab that has the rest of that file. `feed` is what is typed on the program's
    standard input: pairs of a pause in seconds and a text; afterwards the input is closed.
    `patience` is how long a client may take, in seconds, before it is stopped. `namespace` is the
    network namespace the program runs in, if it is not the lab's own.
    """

    stack: str
    argv: list
    feed: list = dataclasses.field(default_factory=list)
    files: dict = dataclasses.field(default_factory=dict)
    before: list = dataclasses.field(default_factory=list)
    settings: list = dataclasses.field(default_factory=list)
    source: str = ""
    patience: float = 6.0
    namespace: str = ""
    # What it prints when it can be used, where that is not seen from outside.
    ready: str = ""
    # Commands, and files in its folder, that are not on every machine.
    needs: tuple = ()

    def command(self, host, port):
        """The command line as it is run and as it is printed in about.md."""
        return [word.format(host=host, port=port, at=at(host, port)) for word in self.argv]

    def lacks(self, folder):
        """The first thing it needs and has not."""
        return next((name for name in self.needs
                     if not shutil.which(name) and not (folder / name).exists()), None)

    def start(self, folder, host, port):
        for name, text in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            text = text.replace("{at}", at(host, port)).replace("{port}", str(port))
            text = text.replace("{host}", host)
            (folder / name).write_text(text)
        for command in self.before:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{command}: {done.stdout[-800:]}{done.stderr[-800:]}")
        return Running(self, self.command(host, port), folder)


class Running:
    """A started program; its output is gathered in the background."""

    def __init__(self, program, command, folder):
        self.program = program
        self.command = command
        self.said = b""
        if program.namespace:
            command = ["ip", "netns", "exec", program.namespace, *command]
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.threads = [threading.Thread(target=work, daemon=True)
                        for work in (self._listen, self._type)]
        for thread in self.threads:
            thread.start()

    def _listen(self):
        while block := self.process.stdout.read1(65536):
            self.said += block

    def _type(self):
        try:
            for pause, text in self.program.feed:
                time.sleep(pause)
                self.process.stdin.write(text.encode())
                self.process.stdin.flush()
            if self.program.feed:
                self.process.stdin.close()
        except (BrokenPipeError, ValueError):
            pass  # The program ended before all was typed: its own output says why.

    def wait(self):
        """Wait for a client to end of itself; stop it when its patience is over."""
        try:
            self.process.wait(self.program.patience)
        except subprocess.TimeoutExpired:
            pass
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.threads[0].join(2)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    @property
    def output(self):
        return self.said.decode(errors="replace")


def at(host, port):
    """An address and a port in one word: IPv6 addresses in brackets (RFC 3986, section 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def wait_until_listening(port, running, namespace="", seconds=15):
    """Wait until somebody listens on `port`, without touching the port."""
    # A UDP socket is in one state from its bind on, whatever it waits for.
    listening = {"tcp": "0A", "udp": "07"}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for transport, line in _sockets(namespace):
            fields = line.split()
            if len(fields) > 3 and fields[3] == listening[transport]:
                if int(fields[1].rsplit(":", 1)[1], 16) == port:
                    return
        if running.process.poll() is not None:
            break
        time.sleep(0.02)
    running.stop()
    raise RuntimeError(f"{running.command} does not listen on {port}:\n{running.output[-2000:]}")


def _sockets(namespace):
    """Each line of the kernel's tables of sockets, with its transport."""
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    for transport in ("tcp", "udp"):
        tables = [f"/proc/self/net/{transport}{version}" for version in ("", "6")]
        read = subprocess.run([*inside, "cat", *tables], capture_output=True, text=True)
        yield from ((transport, line) for line in read.stdout.splitlines())

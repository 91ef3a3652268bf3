"""What is recorded: a program, the parts it plays, and the failures each part meets."""

import dataclasses

import clients
import stacks
from program import Program

# Where the other end listens and where its clients come from, so that a line that names the one
# cannot be taken for a line that names the other.
SERVER_HOST, CLIENT_HOST = "192.0.2.30", "198.51.100.7"
# What stands behind a server that only ends TLS.
BEHIND = ("127.0.0.1", 8081)
PAGES = Program("python", ["python3", "-m", "http.server", "{port}", "--bind", "{host}",
                           "--directory", "pages"])
# Where a proxy waits to be asked.
FRONT = 8080


@dataclasses.dataclass
class Failure:
    """One way to fail, and the other end that brings it about.

    `refused_by` is "client", "server", or None if nobody refused. `cause` is the name of a rule,
    where one fits. `asks` is what the program under test is told for it: words for the function
    of its part, such as `cert="expired"`.
    """

    slug: str
    purpose: str
    refused_by: str
    cause: str
    peer: Program
    asks: dict = dataclasses.field(default_factory=dict)
    # The alert, where neither the wire nor the other end tells it.
    alert: int = None


@dataclasses.dataclass
class Part:
    """A program in one role, "server" or "client".

    `program` makes it from what a failure asks. A server listens on `port` of SERVER_HOST; of a
    client it is the other end that does. `log` is the file it writes, in the folder it runs in;
    its output if empty. A proxy is a client that waits on `listens`, a port, for `trigger`, the
    Program that makes it connect. `quiet` are ends of which nothing may be read as a failure.
    """

    role: str
    program: object
    failures: list
    quiet: list
    # What its files begin with, if the program plays more than one part.
    name: str = ""
    port: int = 8443
    log: str = ""
    listens: int = 0
    trigger: Program = None
    # What stands behind a server that only ends TLS: it listens on BEHIND.
    behind: Program = None
    # A client that fails as soon as it starts, unasked: all of its log may tell of it.
    at_once: bool = False
    # A pattern for what a client writes when it got its answer, if it does not write the answer.
    answer: str = ""
    # Whether of a log that is too long the end is kept, not the beginning of the failure.
    late: bool = False
    # A pattern for the line in which a client tells of an alert: with it, what it writes of every
    # registered one is kept too.
    telling: str = ""
    # How long the log is waited for, in seconds, when the other end has gone.
    patience: float = 0.3
    # How its failures are met where no TCP carries TLS: a class beside recorder.Run.
    meeting: type = None

    @classmethod
    def proxy(cls, program, failures, quiet, name="upstream", **rest):
        """A client that asks what is behind it when it is asked itself."""
        return cls("client", program, failures, quiet, name, listens=FRONT,
                   trigger=clients.curl_in_the_clear(), **rest)

    def file(self, slug):
        return f"{self.name}-{slug}.log" if self.name else f"{slug}.log"


@dataclasses.dataclass
class Subject:
    """A program: the folder `corpus/lines/<name>`, how its version is asked, and its parts.

    `ask` is a command and a pattern whose groups are the version, as in `stacks.py`; without it
    the name is one that `stacks.py` knows. `package` is where it comes from.
    """

    name: str
    parts: list
    package: str
    title: str = ""
    ask: tuple = None
    notes: str = ""

    def version(self):
        if self.ask:
            return stacks.asked(*self.ask, self.title or self.name)
        return stacks.version(self.name)

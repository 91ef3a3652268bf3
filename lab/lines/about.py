"""What about.md says of a program: what it is, and how each failure was provoked."""

import subprocess

from about import quoted
from program import at

from lines.subject import SERVER_HOST


def text_of(subject, kept, harmless):
    """The text of about.md; `kept` are parts, failures, their runs and truths, `harmless` what did
    not fail at all."""
    lines = [f"# {subject.version()}", "", f"From {_packages(subject.package)}.", ""]
    lines += [subject.notes, ""] if subject.notes else []
    lines += ["Each log is what the program itself wrote, from its start to its end, while one "
              "failure was provoked; a longer one begins with the failure and is cut after 4 kB. "
              "All ran in a private network namespace; the certificates are throw-away ones.", ""]
    silent = [part.file(failure.slug) for part, failure, run, _ in kept if not run.wrote()]
    for place, part in enumerate(subject.parts):
        lines += [f"## {_role(part)}", ""]
        program = part.program()
        here = at(SERVER_HOST, part.port)
        lines += ["```", " ".join(map(quoted, program.command(SERVER_HOST, part.port))), "```", ""]
        for name, text in program.files.items():
            text = text.replace("{at}", here).replace("{port}", str(part.port)).rstrip("\n")
            lines += [f"`{name}`:", "", "```", text, "```", ""]
        for other, failure, run, truth in kept:
            if other is part:
                lines += _failure(part, failure, run, truth, program)
    if silent:
        lines += ["## Not a word", "", "The program writes nothing of these: "
                  + ", ".join(f"`{name}`" for name in silent) + ".", ""]
    if harmless:
        names = ", ".join(f"`{name.removesuffix('.log')}`" for name in harmless)
        lines += ["## Not minded", "", f"The other end got its answer all the same: {names}.", ""]
    return "\n".join(lines)


def _role(part):
    role = "As a server" if part.role == "server" else "As a client"
    return f"{role}: {part.name}" if part.name else role


def _failure(part, failure, run, truth, usual):
    lines = [f"### {part.file(failure.slug).removesuffix('.log')}", "", failure.purpose, "", "```",
             " ".join(map(quoted, run.peer_command)), "```", ""]
    if run.program.argv != usual.argv:
        lines += ["Run as:", "", "```", " ".join(map(quoted, run.command)), "```", ""]
    if run.program.files != usual.files:
        lines += ["Settings: `" + " ".join(run.program.settings) + "`", ""]
    if run.connection:
        steps = "; ".join(run.connection.lines())
        lines += [f"On the wire: {steps}.", ""]
    if truth["alert"] is not None and run.connection and not any(
            code == truth["alert"] for _, _, code in run.connection.alerts):
        lines += [f"The alert was {truth['alert']}, encrypted.", ""]
    return lines


def _packages(words):
    """The packages, with the versions that Debian gives them."""
    found = []
    for name in words.split(", "):
        asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name],
                               capture_output=True, text=True)
        found.append(f"Debian's {name} {asked.stdout}" if asked.returncode == 0 else name)
    return ", ".join(found)

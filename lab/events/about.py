"""What every about.md of built logs begins with: that they are built, and after what; and how a truth
is written."""

import json

from events.schannel import GUID

_BUILT = """**Built, not recorded on Windows.** {again} The
records are written by `lab/events/evtx.py`, checked against libevtx's `evtxexport`, `python-evtx` and the
crate `evtx` (`lab/run events --check`).

What is documented: the file format; the provider Schannel {guid} and the
fields and types of its events in the manifests of the builds 7600 and 18990; the templates of `System`,
`EventData` and `UserData`, which follow logs of Windows 7, 10 and Server 2012 R2, among them one with
36874 and 36888. Machines, names, addresses and certificates are invented.
"""


_SAME = "`lab/run events` makes it byte for byte the same each time."
_RECORDED = "The event logs are made from a recording, by `lab/run events joined`."


def about(title, story, more="", recorded=False):
    """The text of an about.md; `story` is the description of the module that builds it."""
    lines = (line.strip() for line in story.strip().split("\n"))
    built = _BUILT.format(again=_RECORDED if recorded else _SAME, guid=GUID)
    return f"# {title}\n\n" + "\n".join(lines) + f"\n\n{built}{more}"


def as_json(truth):
    return json.dumps(truth, indent=1, ensure_ascii=False) + "\n"

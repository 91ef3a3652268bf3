"""What every about.md of built logs begins with: that they are built, and after what; and how a truth
is written."""

import json

_BUILT = """**Built, not recorded on Windows.** `lab/run events` makes it byte for byte the same each time. The
records are written by `lab/events/evtx.py`, checked against libevtx's `evtxexport`, `python-evtx` and the
crate `evtx` (`lab/run events --check`).

What is documented: the file format; the provider Schannel {1f678132-5938-4686-9fdc-c8ff68f15c85} and the
fields and types of its events in the manifests of the builds 7600 and 18990; the templates of `System`,
`EventData` and `UserData`, which follow logs of Windows 7, 10 and Server 2012 R2, among them one with
36874 and 36888. Machines, names, addresses and certificates are invented.
"""


def about(title, story, more=""):
    """The text of an about.md; `story` is the description of the module that builds it."""
    return f"# {title}\n\n{story.strip()}\n\n{_BUILT}{more}"


def as_json(truth):
    return json.dumps(truth, indent=1, ensure_ascii=False) + "\n"

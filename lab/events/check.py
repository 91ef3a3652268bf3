"""Reads the built logs with other people's readers and compares every value: libevtx's `evtxexport`,
python-evtx, and the crate evtx by its Python binding."""

import base64
import collections
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid
import xml.etree.ElementTree as ElementTree

import stacks
from events.evtx import written
from events.forms import xml
from events.record import ticks

TOOLS = stacks.TOOLS / "evtx"
_NUMBERS = {"UInt8", "UInt16", "UInt32", "UInt64", "Int32", "HexInt32", "HexInt64", "Pointer"}
# What each reader gives: an event as XML, with a line between them that no XML holds.
_BETWEEN = "\x1e"
_PYTHON_EVTX = f"""
import sys, Evtx.Evtx
with Evtx.Evtx.Evtx(sys.argv[1]) as log:
    for record in log.records():
        print(record.xml(), end={_BETWEEN!r})
"""
_CRATE = f"""
import sys, evtx
for record in evtx.PyEvtxParser(sys.argv[1]).records():
    print(record["data"], end={_BETWEEN!r})
"""


def check(cases):
    """Compare every log of the cases; yields a line for each, with what differs."""
    for name, case in cases.items():
        for file, events in case.logs().items():
            first = events[0].number or 1
            with tempfile.NamedTemporaryFile(suffix=".evtx") as kept:
                kept.write(written(events, first))
                kept.flush()
                told, oddities = [], []
                for reader, read in _READERS.items():
                    if reader == "python-evtx" and any(event.tree for event in events):
                        # It reads no such record of a real log of CAPI2 either.
                        told.append(f"{reader} does not read XML without templates")
                        continue
                    equal, differ = _compare(events, read(pathlib.Path(kept.name)))
                    told.append(f"{reader} {equal} equal")
                    oddities += [f"{reader}: {each}" for each in differ[:5]]
            yield f"{name}/{file}: {len(events)} records; " + ", ".join(told), oddities


def _evtxexport(path):
    text = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True, check=True).stdout
    return re.split(r"\n(?=<Event )", text.decode().partition("\n\n")[2])


def _script(source):
    def read(path):
        done = subprocess.run([sys.executable, "-c", source, path], capture_output=True, check=True,
                              env={"PYTHONPATH": str(TOOLS), "PYTHONIOENCODING": "utf-8"})
        return done.stdout.decode().split(_BETWEEN)[:-1]
    return read


_READERS = {"evtxexport": _evtxexport, "python-evtx": _script(_PYTHON_EVTX), "evtx": _script(_CRATE)}


def _compare(events, texts):
    """How many events are as they should be, and what differs in the others."""
    differ, equal = [], 0
    if len(texts) != len(events):
        differ.append(f"{len(texts)} records")
    for event, text in zip(events, texts):
        kinds = _kinds(event)
        want = _flat(_parsed(xml.compact(xml.tree(event))), kinds)
        try:
            got = _flat(_parsed(text), kinds)
        except ElementTree.ParseError as trouble:
            got = [str(trouble)]
        if len(want) == len(got) and all(map(_same, want, got)):
            equal += 1
        else:
            pairs = [pair for pair in zip(want, got) if not _same(*pair)]
            differ.append(f"record {event.number}: {(pairs or [(len(want), len(got))])[0]}")
    return equal, differ


def _same(want, got):
    """Whether two say the same; times are given to the microsecond, and some round where others cut."""
    if want == got or isinstance(got, str):
        return want == got
    numbers = isinstance(want[1], int) and isinstance(got[1], int)
    return want[0] == got[0] and want[0].endswith(("Time", "Update")) and numbers and abs(want[1] - got[1]) <= 20


def _parsed(text):
    text = re.sub(r"^<\?xml[^>]*>", "", text.strip())
    # Readers leave these as they are in attributes.
    return ElementTree.fromstring(re.sub(r"&(?!\w+;|#)", "&amp;", text))


def _kinds(event):
    kinds = {field.name or "Binary": field.kind for field in event.fields}
    return collections.defaultdict(str, kinds | {"Guid": "GUID", "ActivityID": "GUID",
                                                 "SystemTime": "FILETIME", "Keywords": "HexInt64"})


def _flat(element, kinds, path=""):
    """Everything that an event says, in its order: paths and values."""
    name = element.tag.rpartition("}")[2]
    own = element.get("Name") if name == "Data" else name
    at = f"{path}/{own}"
    said = [] if name == "Data" else [
        (f"{at}@{key}", _value(kinds[key], value)) for key, value in element.attrib.items()
        if value and key != "xmlns"]
    text = (element.text or "").strip()
    if not len(element) and text:
        said.append((at, _value(kinds[own] if "/System" not in at or own == "Keywords" else "", text)))
    for part in element:
        said += _flat(part, kinds, at)
    return said


def _value(kind, text):
    """A value by what it means: readers write numbers, times and bytes in ways of their own."""
    if kind in _NUMBERS:
        return int(text, 0)
    if kind == "GUID":
        return uuid.UUID(text)
    if kind == "FILETIME":
        whole, part = re.fullmatch(r"(\S{10}[T ]\S{8})(?:\.(\d+))?(?:\+00:00)?Z?", text).groups()
        return ticks(f"{whole.replace('T', ' ')}.{(part or '0')[:7]}")
    if kind == "Binary":
        return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text) \
            else base64.b64decode(text)
    if kind == "Boolean":
        return text.lower()
    return re.sub(r"\s+", " ", text)

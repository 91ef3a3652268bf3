"""One event, as a provider of Windows writes it: who, when, which number, and its fields."""

import dataclasses
import datetime
import hashlib
import struct
import uuid
from typing import NamedTuple

# 100 ns steps from 1601 to 1970: what a FILETIME counts from.
_EPOCH = 116_444_736_000_000_000
LOCAL_SYSTEM = "S-1-5-18"


@dataclasses.dataclass(frozen=True)
class Provider:
    """Who writes an event. `source` is the name of the old days that some still carry; `named` says
    that its records name it in the template and not among the values, which both happens."""

    name: str
    guid: str = ""
    source: str = ""
    named: bool = False


class Field(NamedTuple):
    """One thing that an event tells; `kind` is the manifest's name for its type."""

    name: str
    kind: str
    value: object


class Element(NamedTuple):
    """XML as a tree: attributes are pairs of a name and what it holds; what an element holds are
    texts, `Slot`s and elements."""

    name: str
    attributes: tuple = ()
    content: tuple = ()


class Slot(NamedTuple):
    """Where a template takes a value; an optional one leaves out what it stands in if it is not there."""

    index: int
    kind: str
    optional: bool = False


@dataclasses.dataclass(kw_only=True)
class Event:
    """One event. `time` is in ticks of 100 ns since 1970.

    The fields are in `EventData`; in `UserData` if `wrapper` names the element that holds them there
    and its namespace. `tree` is XML that stands in UserData as it is, without a template.
    """

    provider: Provider
    id: int
    time: int
    fields: list = dataclasses.field(default_factory=list)
    wrapper: tuple = None
    tree: Element = None
    level: int = 2
    version: int = 0
    task: int = 0
    opcode: int = 0
    keywords: int = 0x8000000000000000
    qualifiers: int = None
    activity: str = ""
    process: int = 0
    thread: int = 0
    user: str = LOCAL_SYSTEM
    channel: str = "System"
    computer: str = "EXCH01.contoso.example"
    number: int = 0
    # What the lab knows of it and the log does not say.
    truth: dict = dataclasses.field(default_factory=dict)

    def value(self, name):
        """The value of the field of this name."""
        return next((field.value for field in self.fields if field.name == name), None)


def ticks(text):
    """A time, `2026-11-23 09:00:01.1234567`, in UTC."""
    whole, _, part = text.partition(".")
    moment = datetime.datetime.strptime(whole, "%Y-%m-%d %H:%M:%S")
    seconds = int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())
    return seconds * 10_000_000 + int(part.ljust(7, "0")[:7] or 0)


def moment(time):
    """The same as a datetime, which has no more than microseconds."""
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return start + datetime.timedelta(microseconds=time // 10)


def iso(time):
    """As Windows writes it in XML: seven digits after the point, and a Z."""
    return f"{moment(time):%Y-%m-%dT%H:%M:%S}.{time % 10_000_000:07}Z"


def _sid(text):
    parts = [int(part) for part in text.split("-")[1:]]
    head = struct.pack(">BBHI", parts[0], len(parts) - 2, parts[1] >> 32, parts[1] & 0xFFFFFFFF)
    return head + struct.pack(f"<{len(parts) - 2}I", *parts[2:])


def _guid(text):
    return uuid.UUID(text).bytes_le


def _packer(form):
    return struct.Struct(form).pack


# The manifest's types: the code in BinXML, the bytes of a value, and how Windows shows it.
KINDS = {
    # A provider of a manifest writes texts with the zero that ends them.
    "UnicodeString": (0x01, lambda text: text.encode("utf-16-le") + b"\0\0", str),
    # A source of the old days does not.
    "String": (0x01, lambda text: text.encode("utf-16-le"), str),
    "UInt8": (0x04, _packer("<B"), str),
    "UInt16": (0x06, _packer("<H"), str),
    "Int32": (0x07, _packer("<i"), str),
    "UInt32": (0x08, _packer("<I"), str),
    "UInt64": (0x0A, _packer("<Q"), str),
    "Boolean": (0x0D, _packer("<I"), lambda value: "true" if value else "false"),
    "Binary": (0x0E, bytes, lambda value: value.hex().upper()),
    "GUID": (0x0F, _guid, lambda value: "{" + value.strip("{}") + "}"),
    "Pointer": (0x10, _packer("<Q"), hex),
    "FILETIME": (0x11, lambda time: struct.pack("<Q", time + _EPOCH), iso),
    "SID": (0x13, _sid, str),
    "HexInt32": (0x14, _packer("<I"), hex),
    "HexInt64": (0x15, _packer("<Q"), hex),
    "BinXml": (0x21, bytes, None),
}


def packed(kind, value):
    """The bytes of a value in a log; none if there is no value."""
    return b"" if value is None else KINDS[kind][1](value)


def shown(field):
    """A value as Windows writes it in XML."""
    return "" if field.value is None else KINDS[field.kind][2](field.value)


def filetime(time):
    return time + _EPOCH


def entry(event):
    """What truth.json says of an event: who, when, its fields by name, and what the lab knows."""
    fields = {}
    for place, field in enumerate(event.fields):
        name = field.name or f"param{place + 1}"
        fields[name] = f"{len(field.value)} bytes, SHA-1 {hashlib.sha1(field.value).hexdigest()}" \
            if field.kind == "Binary" and field.value else shown(field)
    return {"number": event.number, "provider": event.provider.name, "id": event.id,
            "time": iso(event.time), "process": event.process, "thread": event.thread,
            "fields": fields, **event.truth}

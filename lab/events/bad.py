"""Logs with something wrong in each: a good one, damaged in one place, or built wrong on purpose.

The good one has thirty records of SChannel. A reader tells of every record that can be read, and names by
number and place what cannot.
"""

import struct

from events.about import about, as_json
from events.evtx import CHUNK, FILE_HEADER, written
from events.record import entry, ticks
from events.schannel import event

_FIRST = 501
_COUNT = 30
_START = ticks("2026-11-23 08:00:00.5")
_RECORDS_FROM = 0x200
_RECORD_HEAD = 24
_HUGE = 0xFFFFFFFF
_FRAGMENT = bytes([0x0F, 1, 1, 0])
_DEEP = 1800


def _good():
    made = []
    for place in range(_COUNT):
        time = _START + place * 60 * 10_000_000
        if place % 3 == 0:
            made.append(event(36887, time, {"AlertDesc": 46}, process=644, thread=712))
        elif place % 3 == 1:
            made.append(event(36874, time, {"Protocol": "TLS 1.2"}, process=644, thread=712))
        else:
            made.append(event(36888, time, {"AlertDesc": 40, "ErrorState": 1205}, process=644,
                              thread=712, user_data=place % 2 == 0))
    return made


class _Log:
    """A good log that is being damaged."""

    def __init__(self):
        self.events = _good()
        self.data = bytearray(written(self.events, _FIRST))
        self.places = {}
        at = FILE_HEADER + _RECORDS_FROM
        for each in self.events:
            self.places[each.number] = at
            at += struct.unpack_from("<I", self.data, at + 4)[0]
        self.end = at
        self.lost = []
        self.words = ""

    def put(self, at, data):
        self.data[at:at + len(data)] = data

    def word(self, at, value):
        self.put(at, struct.pack("<I", value))

    def find(self, number, pattern):
        """Where in a record these bytes are."""
        return self.data.index(pattern, self.places[number])

    def truth(self):
        kept = [entry(each) for each in self.events if each.number not in self.lost]
        return {"what": self.words, "readable": [each["number"] for each in kept],
                "lost": [{"number": number, "offset": self.places.get(number)} for number in self.lost]}


def _cut(log):
    log.words = "The file ends in the middle of a record."
    log.lost = list(range(520, 531))
    log.data = log.data[:log.places[520] + 100]


def _checksums(log):
    log.words = "Both checksums of the chunk and that of the file are wrong; nothing else is."
    for at in (124, FILE_HEADER + 52, FILE_HEADER + 124):
        log.word(at, 0xDEADBEEF)


def _outside(log):
    log.words = "Record 510 says that it ends outside its chunk."
    log.lost = [510]
    log.word(log.places[510] + 4, CHUNK)


def _space(log):
    log.words = "The chunk says that its records end, and that the last begins, outside of it."
    log.word(FILE_HEADER + 44, 0x7FFFFFFF)
    log.word(FILE_HEADER + 48, 0x7FFFFFFF)


def _self_template(log):
    log.words = "The template of EventData in record 501 holds an instance of itself."
    log.lost = [number for number, place in log.places.items() if (number - _FIRST) % 3 == 0]
    # The definition begins behind the instance's eight bytes: next, GUID, size, fragment, element.
    name = log.find(501, "AlertDesc".encode("utf-16-le"))
    definition = log.data.rindex(_FRAGMENT + b"\x01\xff\xff", 0, name) - 24
    at = log.data.rindex(b"\x02\x41\xff\xff", 0, name) + 1
    template = bytes(log.data[definition + 4:definition + 8])
    log.put(at, b"\x0c\x01" + template + struct.pack("<II", definition - FILE_HEADER, 0))


def _lengths(log):
    log.words = ("Record 504 says that it is 4 GiB long, 507 that its template lies 4 GiB away, 510 that "
                 "it has 4 294 967 295 values, and 513 that a value has 65 535 bytes.")
    log.lost = [504, 507, 510, 513]
    log.word(log.places[504] + 4, _HUGE)
    # A fragment, an instance's token and the template's name are before these.
    for number, at in ((507, 10), (510, 14)):
        log.word(log.places[number] + _RECORD_HEAD + at, _HUGE)
    last = log.places[513] + _RECORD_HEAD + 14 + 4 + 4 * 17
    log.put(last, b"\xff\xff")


def _names(log):
    log.words = ("In the chunk's first record a name is said to lie 4 GiB away, and the list of names "
                 "and that of templates lead back to themselves.")
    log.lost = list(log.places)
    head = log.data.index(_FRAGMENT + b"\x41", FILE_HEADER + _RECORDS_FROM)
    name = head + 4 + 1 + 2 + 4
    own = struct.unpack_from("<I", log.data, name)[0]
    log.word(name, 0xFFFFFFF0)
    log.word(name + 4, own)
    for bucket in range(64):
        log.word(FILE_HEADER + 128 + 4 * bucket, own)


def _dirty(log):
    log.words = "The machine stopped: the file's header is old and says that it has no chunk."
    log.put(8, struct.pack("<QQQ", 0, 0, 1))
    log.put(42, struct.pack("<H", 0))
    log.word(120, 1)


def _carved(log):
    log.words = "A chunk without its file, with 4 195 other bytes before it."
    log.data = bytearray(b"\x5a\xa5" * 2097 + b"x" + log.data[FILE_HEADER:])
    log.places = {number: at - FILE_HEADER + 4195 for number, at in log.places.items()}


def _torn(log):
    log.words = "Sixteen bytes over the head of record 515 are zero."
    log.lost = [515]
    log.put(log.places[515], bytes(16))


def _deep(log):
    log.words = f"Record 531 is {_DEEP} values of BinXML, one inside the other; those before it are good."
    log.lost = [531]
    at = log.end - FILE_HEADER
    definition = at + _RECORD_HEAD + 4 + 10
    element = b"\x01\xff\xff" + struct.pack("<II", 10, 0) + b"\x02\x0e\x00\x00\x21\x04"
    name = struct.unpack_from("<I", log.data, log.data.index(_FRAGMENT + b"\x41") + 11)[0]
    element = element[:7] + struct.pack("<I", name) + element[11:]
    body = _FRAGMENT + element + b"\0"
    template = b"deep" + bytes(12)
    inner = b""
    for _ in range(_DEEP):
        values = struct.pack("<IHBB", 1, len(inner), 0x21 if inner else 0, 0) + inner
        inner = _FRAGMENT + b"\x0c\x01deep" + struct.pack("<I", definition) + values + b"\0"
    head = inner[:14]
    record = head + struct.pack("<I", 0) + template + struct.pack("<I", len(body)) + body + inner[14:]
    size = (_RECORD_HEAD + len(record) + 4 + 7) & ~7
    filetime = struct.unpack_from("<Q", log.data, log.places[530] + 16)[0]
    whole = struct.pack("<4sIQQ", b"**\0\0", size, 531, filetime) + record
    whole = whole.ljust(size - 4, b"\0") + struct.pack("<I", size)
    log.put(log.end, whole)
    log.places[531] = log.end
    log.put(FILE_HEADER + 16, struct.pack("<Q", 531))
    log.put(FILE_HEADER + 32, struct.pack("<Q", 531))
    log.word(FILE_HEADER + 44, at)
    log.word(FILE_HEADER + 48, at + size)


_KINDS = {"cut": _cut, "checksums": _checksums, "outside": _outside, "space": _space,
          "self-template": _self_template, "lengths": _lengths, "names": _names, "dirty": _dirty,
          "carved": _carved, "torn": _torn, "deep": _deep}


def logs():
    """The good log alone: what is damaged is not compared."""
    return {"good.evtx": _good()}


def files():
    """Names and contents of the case."""
    made, truth, told = {"good.evtx": bytes(_Log().data)}, {}, []
    for name, damage in _KINDS.items():
        log = _Log()
        damage(log)
        made[f"{name}.evtx"] = bytes(log.data)
        truth[f"{name}.evtx"] = log.truth()
        told.append(f"| `{name}.evtx` | {log.words} |")
    good = _Log()
    truth["good.evtx"] = [entry(each) for each in good.events]
    made["truth.json"] = as_json(truth)
    made["about.md"] = about("Damaged logs", __doc__, _MORE + "\n".join(told) + "\n")
    return made


_MORE = """
Checksums are not made right again after the damage. `truth.json` says which records a careful reader can
still tell of.

| file | what is wrong |
|---|---|
"""

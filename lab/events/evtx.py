"""A writer of .evtx, the event log of Windows since Vista: a header, and chunks of 64 KiB that stand
each for itself, with their own names, templates and records.

Every number, checksum and list is what Windows writes; what it leaves as it was in memory is zero.
"""

import struct
import zlib

from events.binxml import Definitions, fragment
from events.record import filetime

CHUNK = 0x10000
FILE_HEADER = 0x1000
_RECORDS_FROM = 0x200
_RECORD_HEAD = struct.Struct("<4sIQQ")


class Log:
    """An event log that is being written. Records get their numbers in the order they come."""

    def __init__(self, first=1):
        self.number = first
        self.chunks = []
        self.open = _Chunk(first)

    def write(self, event):
        """Add a record; its number is kept in the event."""
        event.number = self.number
        if not self.open.add(event):
            self.close()
            if not self.open.add(event):
                raise ValueError(f"event {event.id} is longer than a chunk")
        self.number += 1

    def close(self):
        self.chunks.append(self.open.bytes())
        self.open = _Chunk(self.number)

    def bytes(self):
        """The whole file."""
        if self.open.count:
            self.close()
        head = struct.pack("<8sQQQIHHHH", b"ElfFile\0", 0, max(len(self.chunks) - 1, 0),
                           self.number, 128, 1, 3, FILE_HEADER, len(self.chunks)).ljust(120, b"\0")
        head += struct.pack("<II", 0, zlib.crc32(head))
        return head.ljust(FILE_HEADER, b"\0") + b"".join(self.chunks)


class _Chunk:
    def __init__(self, first):
        self.first = first
        self.count = 0
        self.definitions = Definitions()
        self.records = bytearray()
        self.last_at = _RECORDS_FROM

    def add(self, event):
        """Write a record; answers whether there was room for it."""
        at = _RECORDS_FROM + len(self.records)
        definitions = self.definitions
        heads = list(definitions.name_heads), list(definitions.template_heads)
        body = fragment(event, event.number, definitions, at + _RECORD_HEAD.size)
        size = (_RECORD_HEAD.size + len(body) + 4 + 7) & ~7
        if at + size > CHUNK:
            # What it brought is not there: nothing more is written to this chunk.
            definitions.name_heads, definitions.template_heads = heads
            return False
        head = _RECORD_HEAD.pack(b"**\0\0", size, event.number, filetime(event.time))
        self.records += (head + body).ljust(size - 4, b"\0") + struct.pack("<I", size)
        self.last_at = at
        self.count += 1
        return True

    def bytes(self):
        """The chunk, with its lists and checksums."""
        last = self.first + self.count - 1
        head = struct.pack("<8sQQQQIIII", b"ElfChnk\0", self.first, last, self.first, last, 128,
                           self.last_at, _RECORDS_FROM + len(self.records),
                           zlib.crc32(self.records)).ljust(120, b"\0")
        definitions = self.definitions
        lists = struct.pack("<96I", *definitions.name_heads, *definitions.template_heads)
        head += struct.pack("<II", 1, zlib.crc32(lists, zlib.crc32(head)))
        return (head + lists + self.records).ljust(CHUNK, b"\0")


def written(events, first=1):
    """The file that these events make; they are told their numbers."""
    log = Log(first)
    for event in events:
        log.write(event)
    return log.bytes()

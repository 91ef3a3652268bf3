"""A hive, written: the structures of a registry on a disk, each kind of list among them.

After the published descriptions of the format (Metz, "Windows NT Registry File format"; Suhanov,
"Windows registry file format specification"). Transaction logs are not written.
"""

import struct

from settings.value import raw

_NONE = 0xFFFFFFFF
# A value with more bytes lies in several cells.
_LONG = 16344
_TIME = 133_771_392_000_000_000  # 2024-11-26, in units of 100 ns since 1601


class Hive:
    """The cells of a hive, added one by one; their offsets are final."""

    def __init__(self, lists="lh", most=500):
        self.cells = bytearray()
        self.lists = lists
        self.most = most

    def add(self, data):
        """A cell; gives back its offset, counted from the first bin."""
        offset = 32 + len(self.cells)
        size = (4 + len(data) + 7) // 8 * 8
        self.cells += struct.pack("<i", -size) + data + bytes(size - 4 - len(data))
        return offset

    def key(self, name, keys, values, root=False):
        """A key's cell behind those that it points at."""
        single = name.isascii()
        text = name.encode("latin-1") if single else name.encode("utf-16-le")
        ordered = sorted(keys, key=lambda pair: pair[0].upper())
        below = self._list(ordered) if ordered else _NONE
        entries = [self._value(each, value) for each, value in values.items()]
        listed = self.add(struct.pack(f"<{len(entries)}I", *entries)) if entries else _NONE
        flags = (0x20 if single else 0) | (0x0C if root else 0)
        head = struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", flags, _TIME, 0, 0, len(keys), 0, below, _NONE,
                           len(entries), listed, _NONE, _NONE, 0, 0, 0, 0, 0, len(text), 0)
        return self.add(head + text)

    def _list(self, keys):
        parts = [keys[at:at + self.most] for at in range(0, len(keys), self.most)]
        lists = [self._part(part) for part in parts]
        if len(lists) == 1:
            return lists[0]
        return self.add(struct.pack(f"<2sH{len(lists)}I", b"ri", len(lists), *lists))

    def _part(self, keys):
        if self.lists == "li":
            return self.add(struct.pack(f"<2sH{len(keys)}I", b"li", len(keys), *(at for _, at in keys)))
        data = b"".join(struct.pack("<I4s", at, self._hint(name)) for name, at in keys)
        return self.add(struct.pack("<2sH", self.lists.encode(), len(keys)) + data)

    def _hint(self, name):
        if self.lists == "lf":
            return name[:4].encode("latin-1", "replace").ljust(4, b"\0")
        total = 0
        for letter in name.upper():
            total = (total * 37 + ord(letter)) & 0xFFFFFFFF
        return struct.pack("<I", total)

    def _value(self, name, value):
        kind, data = raw(value)
        single = name.isascii()
        text = name.encode("latin-1") if single else name.encode("utf-16-le")
        if len(data) <= 4:
            length, at = len(data) | 0x80000000, struct.unpack("<I", data.ljust(4, b"\0"))[0]
        elif len(data) <= _LONG:
            length, at = len(data), self.add(data)
        else:
            parts = [self.add(data[at:at + _LONG] + bytes(4)) for at in range(0, len(data), _LONG)]
            listed = self.add(struct.pack(f"<{len(parts)}I", *parts))
            length, at = len(data), self.add(struct.pack("<2sHI", b"db", len(parts), listed))
        return self.add(struct.pack("<2sHIIIHH", b"vk", len(text), length, at, kind, int(single), 0) + text)

    def file(self, root, name, sequences=(1, 1)):
        """The whole file."""
        used = 32 + len(self.cells)
        size = (used + 4 + 4095) // 4096 * 4096
        rest = size - used
        cells = bytes(self.cells) + struct.pack("<i", rest) + bytes(rest - 4)
        first = struct.pack("<4sIIQ12x", b"hbin", 0, size, 0)
        block = struct.pack("<4sIIQIIIIIII64s", b"regf", *sequences, _TIME, 1, 5, 0, 1, root, size, 1,
                            name.encode("utf-16-le")[:62]).ljust(508, b"\0")
        total = 0
        for (word,) in struct.iter_unpack("<I", block):
            total ^= word
        return (block + struct.pack("<I", total)).ljust(4096, b"\0") + first.ljust(32, b"\0") + cells


def written(registry, root, name, lists="lh", most=500, sequences=(1, 1)):
    """The hive of all paths below a root."""
    tree = {}
    for path, values in registry.items():
        if not path.startswith(root + "\\"):
            continue
        node = (tree, None)
        for part in path[len(root) + 1:].split("\\"):
            node = node[0].setdefault(part, ({}, {}))
        node[1].update(values)
    hive = Hive(lists, most)

    def add(name, below, values, top=False):
        keys = [(each, add(each, *node)) for each, node in below.items()]
        return hive.key(name, keys, values, top)

    return hive.file(add("ROOT", tree, {}, True), name, sequences)

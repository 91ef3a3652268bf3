"""BinXML: elements, templates and values, as they lie in a chunk of an .evtx file.

Names are written once in a chunk, where they are first used, and everything else points at them; so
do templates. What is written therefore depends on where in the chunk it is written.
"""

import functools
import hashlib
import struct

from events.record import KINDS, Element, Slot, filetime, packed

_FRAGMENT = bytes([0x0F, 1, 1, 0])
_END = b"\0"
_NO_DEPENDENCY = 0xFFFF
_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
_NULL = (0, 0, b"")
# Where a chunk has the heads of its lists of names and of templates, and how many.
NAME_HEADS, TEMPLATE_HEADS = 64, 32

_u32 = struct.Struct("<I").pack
_value_head = struct.Struct("<HBB").pack
_start = struct.Struct("<BHI").pack
_start_alone = struct.Struct("<BI").pack


class Definitions:
    """The names and templates that a chunk has so far, by what they are; and the heads of the lists
    in which readers look for them."""

    def __init__(self):
        self.names = {}
        self.templates = {}
        self.name_heads = [0] * NAME_HEADS
        self.template_heads = [0] * TEMPLATE_HEADS


def fragment(event, number, definitions, at):
    """The BinXML of an event whose record has `number`; it will lie at `at` of the chunk."""
    outer = _outer(event)
    out = bytearray(_FRAGMENT)
    _instance(out, at, outer, definitions)
    values = _system_values(event, number)
    content = outer.content_slot
    sizes = sum(len(data) for _, _, data in values[:content])
    lies_at = at + len(out) + 4 + 4 * len(values) + sizes
    values[content] = _content(event, definitions, lies_at)
    _values(out, values)
    return bytes(out + _END)


def _content(event, definitions, at):
    """The EventData, or what stands in UserData, as a value of the outer template."""
    out = bytearray()
    if event.tree:
        # CAPI2 hands the log XML, which becomes BinXML without templates and without dependencies.
        _element(out, at, event.tree, definitions, dependencies=False)
        out += _END
    else:
        shape = tuple((field.name, field.kind) for field in event.fields)
        out += _FRAGMENT
        _instance(out, at, _inner(event.wrapper, shape), definitions)
        _values(out, [_value(kind, value) for _, kind, value in event.fields])
        out += _END
    return (KINDS["BinXml"][0], len(out), bytes(out))


def _value(kind, value):
    data = packed(kind, value)
    return (KINDS[kind][0], len(data), data) if value is not None else _NULL


def _values(out, values):
    out += _u32(len(values))
    for kind, size, _ in values:
        out += _value_head(size, kind, 0)
    for _, _, data in values:
        out += data


class _Template:
    """A template, known by the hash of what it says, as Windows does it too."""

    def __init__(self, root, content_slot=None):
        self.root = root
        self.guid = hashlib.md5(repr(root).encode()).digest()
        self.id = self.guid[:4]
        self.content_slot = content_slot


def _instance(out, base, template, definitions):
    """An instance of a template, with its definition if the chunk has none yet."""
    out += b"\x0c\x01" + template.id
    at = base + len(out) + 4
    known = definitions.templates.get(template.guid)
    out += _u32(known or at)
    if known:
        return
    heads, bucket = definitions.template_heads, int.from_bytes(template.id, "little") % TEMPLATE_HEADS
    out += _u32(heads[bucket]) + template.guid
    definitions.templates[template.guid] = heads[bucket] = at
    size_at = len(out)
    out += bytes(4) + _FRAGMENT
    _element(out, base, template.root, definitions)
    out += _END
    out[size_at:size_at + 4] = _u32(len(out) - size_at - 4)


def _element(out, base, element, definitions, dependencies=True):
    """Write an element; `base` is where in the chunk `out` begins."""
    has = 0x40 if element.attributes else 0
    content = element.content
    if dependencies:
        # An element that holds nothing but an optional value is left out where the value is.
        alone = content[0] if len(content) == 1 else None
        depends = alone.index if isinstance(alone, Slot) and alone.optional else _NO_DEPENDENCY
        out += _start(1 | has, depends, 0)
    else:
        out += _start_alone(1 | has, 0)
    size_ends = len(out)
    _name(out, base, element.name, definitions)
    if has:
        list_at = len(out)
        out += bytes(4)
        for place, (name, value) in enumerate(element.attributes):
            more = 0x40 if place + 1 < len(element.attributes) else 0
            out.append(6 | more)
            _name(out, base, name, definitions)
            _text(out, value)
        out[list_at:list_at + 4] = _u32(len(out) - list_at - 4)
    if content or not element.attributes:
        out.append(2)
        for part in content:
            if isinstance(part, Element):
                _element(out, base, part, definitions, dependencies)
            else:
                _text(out, part)
        out.append(4)
    else:
        out.append(3)
    out[size_ends - 4:size_ends] = _u32(len(out) - size_ends)


def _text(out, part):
    if isinstance(part, Slot):
        out += struct.pack("<BHB", 0x0E if part.optional else 0x0D, part.index, KINDS[part.kind][0])
    else:
        text = part.encode("utf-16-le")
        out += struct.pack("<BBH", 5, 1, len(text) // 2) + text


def _name(out, base, name, definitions):
    """A reference to a name, and the name itself where the chunk has it not yet."""
    at = base + len(out) + 4
    known = definitions.names.get(name)
    out += _u32(known or at)
    if known:
        return
    value = _hash(name)
    heads, bucket = definitions.name_heads, value % NAME_HEADS
    out += struct.pack("<IHH", heads[bucket], value, len(name)) + name.encode("utf-16-le") + b"\0\0"
    definitions.names[name] = heads[bucket] = at


@functools.cache
def _hash(name):
    value = 0
    for letter in name:
        value = (value * 65599 + ord(letter)) & 0xFFFFFFFF
    return value & 0xFFFF


def _system_values(event, number):
    """The values of `System`, by the slots that every template of Windows has."""
    provider, named = event.provider, event.provider.named
    kinds = [("UInt8", event.level), ("UInt8", event.opcode), ("UInt16", event.task),
             ("UInt16", event.id), ("UInt16", event.qualifiers), ("HexInt64", event.keywords)]
    values = [_value(*pair) for pair in kinds]
    values += [(0x11, 8, struct.pack("<Q", filetime(event.time))),
               _value("GUID", event.activity or None),
               _value("UInt32", event.process), _value("UInt32", event.thread),
               _value("UInt64", number), _value("UInt8", event.version),
               _value("SID", event.user or None), _NULL]
    if named:
        return values + [_NULL] * 6
    return values + [_value("String", provider.name), _value("GUID", provider.guid or None),
                     _value("String", event.channel), _NULL]


def _outer(event):
    return _outer_of(event.provider, event.computer, event.channel,
                     bool(event.wrapper or event.tree))


@functools.cache
def _outer_of(provider, computer, channel, user_data):
    """The template of `Event`. Two kinds are seen in logs: one takes the provider and the channel
    from the values, the other has them written in."""
    related, content = (18, 19) if provider.named else (13, 17)
    if provider.named:
        says = [("Name", provider.name)]
        says += [("Guid", provider.guid)] if provider.guid else []
        says += [("EventSourceName", provider.source)] if provider.source else []
        where = channel
    else:
        says = [("Name", Slot(14, "String", True)), ("Guid", Slot(15, "GUID", True))]
        where = Slot(16, "String", True)

    def one(name, index, kind):
        return Element(name, (), (Slot(index, kind, True),))
    system = Element("System", (), (
        Element("Provider", tuple(says)),
        Element("EventID", (("Qualifiers", Slot(4, "UInt16", True)),), (Slot(3, "UInt16", True),)),
        one("Version", 11, "UInt8"), one("Level", 0, "UInt8"), one("Task", 2, "UInt16"),
        one("Opcode", 1, "UInt8"), one("Keywords", 5, "HexInt64"),
        Element("TimeCreated", (("SystemTime", Slot(6, "FILETIME", True)),)),
        one("EventRecordID", 10, "UInt64"),
        Element("Correlation", (("ActivityID", Slot(7, "GUID", True)),
                                ("RelatedActivityID", Slot(related, "GUID", True)))),
        Element("Execution", (("ProcessID", Slot(8, "UInt32", True)),
                              ("ThreadID", Slot(9, "UInt32", True)))),
        Element("Channel", (), (where,)),
        Element("Computer", (), (computer,)),
        Element("Security", (("UserID", Slot(12, "SID", True)),)),
    ))
    slot = Slot(content, "BinXml", True)
    told = Element("UserData", (), (slot,)) if user_data else slot
    return _Template(Element("Event", (("xmlns", _NAMESPACE),), (system, told)), content)


@functools.cache
def _inner(wrapper, shape):
    """The template of what an event tells: `Data` elements with names, or those of UserData."""
    slots = [Slot(index, kind) for index, (_, kind) in enumerate(shape)]
    if wrapper:
        name, namespace = wrapper
        parts = [Element(field, (), (slot,)) for (field, _), slot in zip(shape, slots)]
        return _Template(Element(name, (("xmlns", namespace),) if namespace else (), tuple(parts)))
    parts = []
    for (field, kind), slot in zip(shape, slots):
        if field is None and kind == "Binary":
            parts.append(Element("Binary", (), (slot,)))
        else:
            parts.append(Element("Data", (("Name", field),) if field else (), (slot,)))
    return _Template(Element("EventData", (), tuple(parts)))

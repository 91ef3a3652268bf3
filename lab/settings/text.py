"""A registry as text: `.reg` files as regedit writes them, and what `reg query /s` prints.

A registry is a dictionary of paths, each with a dictionary of values.
"""

from settings.value import DWORD, MULTI_SZ, NAMES, QWORD, SZ, raw, typed

_ROOTS = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}
# regedit breaks bytes where a line would have more than 80 characters.
_WIDTH = 80


def exported(registry):
    """The file that `reg export` writes: UTF-16 with its mark, CR LF."""
    lines = ["Windows Registry Editor Version 5.00", ""]
    for path, values in registry.items():
        lines.append(f"[{_long(path)}]")
        lines += [_value(name, value) for name, value in values.items()]
        lines.append("")
    text = "\r\n".join(lines) + "\r\n"
    return b"\xff\xfe" + text.encode("utf-16-le")


def queried(registry):
    """What `reg query ROOT /s` prints, in the code page of a console."""
    lines = []
    for path, values in registry.items():
        lines += ["", _long(path)]
        lines += [f"    {name or '(Default)'}    {_printed(value)}" for name, value in values.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("cp850")


def _long(path):
    root, _, rest = path.partition("\\")
    return f"{_ROOTS[root]}\\{rest}"


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(name, value):
    start = "@=" if name == "" else _quoted(name) + "="
    kind, plain = typed(value)
    if kind == SZ:
        return start + _quoted(plain)
    if kind == DWORD:
        return f"{start}dword:{plain:08x}"
    kind, data = raw(value)
    line = start + ("hex:" if kind == 3 else f"hex({kind:x}):")
    lines = []
    for place, byte in enumerate(data):
        piece = f"{byte:02x}" + ("," if place + 1 < len(data) else "")
        if len(line) + len(piece) > _WIDTH - 2:
            lines.append(line + "\\")
            line = "  "
        line += piece
    return "\r\n".join([*lines, line])


def _printed(value):
    kind, plain = typed(value)
    if kind in (DWORD, QWORD):
        text = f"{plain:#x}"
    elif kind == MULTI_SZ:
        text = "\\0".join(plain)
    elif isinstance(plain, bytes):
        text = plain.hex().upper()
    else:
        text = plain
    return f"{NAMES[kind]}    {text}"

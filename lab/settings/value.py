"""Values of a registry: their types, and their bytes."""

SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ, QWORD = 1, 2, 3, 4, 7, 11
NAMES = {SZ: "REG_SZ", EXPAND_SZ: "REG_EXPAND_SZ", BINARY: "REG_BINARY", DWORD: "REG_DWORD",
         MULTI_SZ: "REG_MULTI_SZ", QWORD: "REG_QWORD"}


def typed(value):
    """The type of a value by what Python has it as: int, str, list, bytes; a pair has its own."""
    if isinstance(value, tuple):
        return value
    kinds = {int: DWORD, str: SZ, list: MULTI_SZ, bytes: BINARY}
    return kinds[type(value)], value


def raw(value):
    """The type and the bytes, as a hive holds them."""
    kind, value = typed(value)
    if kind == DWORD:
        return kind, value.to_bytes(4, "little")
    if kind == QWORD:
        return kind, value.to_bytes(8, "little")
    if kind in (SZ, EXPAND_SZ):
        return kind, (value + "\0").encode("utf-16-le")
    if kind == MULTI_SZ:
        return kind, "".join(text + "\0" for text in value).encode("utf-16-le") + b"\0\0"
    return kind, value

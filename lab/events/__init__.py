"""Event logs of Windows, built: what a machine would have written, in its own format and in every other.

A case is a module with `files()`: names and contents, the same in every run.
"""

from events import bad, every, exchange, neighbours

CASES = {"all-schannel": every, "exchange": exchange, "neighbours": neighbours,
         "bad": bad}


def build(corpus, wanted):
    """Write the cases whose names contain one of the words; yields a line for each."""
    for name, case in CASES.items():
        if not wanted or any(word in name for word in wanted):
            yield keep(corpus, name, case.files())


def keep(corpus, name, made):
    """Write the files of a case, and take away what else is in its folder; answers a line about it."""
    place = corpus / "events" / name
    for earlier in place.rglob("*"):
        if earlier.is_file() and earlier.relative_to(place).as_posix() not in made:
            earlier.unlink()
    for file, content in made.items():
        path = place / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return f"events/{name}: {len(made)} files, {sum(map(len, made.values()))} bytes"

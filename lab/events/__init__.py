"""Event logs of Windows, built: what a machine would have written, in its own format and in every other.

A case is a module with `files()`: names and contents, the same in every run.
"""

from events import every, exchange

CASES = {"all-schannel": every, "exchange": exchange}


def build(corpus, wanted):
    """Write the cases whose names contain one of the words; yields a line for each."""
    for name, case in CASES.items():
        if wanted and all(word not in name for word in wanted):
            continue
        place = corpus / "events" / name
        made = case.files()
        for earlier in place.rglob("*"):
            known = earlier.relative_to(place).as_posix()
            if earlier.is_file() and known not in made:
                earlier.unlink()
        for file, content in made.items():
            path = place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        yield f"events/{name}: {len(made)} files, {sum(map(len, made.values()))} bytes"

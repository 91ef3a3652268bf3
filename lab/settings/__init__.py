"""Registries of Windows machines, built: as regedit exports them, as commands print them, as hives.

No Windows takes part. `build` writes the cases, the same in every run; `check.py` has other readers
of hives read what `hive.py` writes.
"""

import json
import subprocess

from settings import cases


def build(corpus, wanted):
    """Write the cases whose names contain one of the words; yields a line for each."""
    for name, case in cases.CASES.items():
        if wanted and all(word not in name for word in wanted):
            continue
        place = corpus / "settings" / name
        place.mkdir(parents=True, exist_ok=True)
        files = case.files()
        files["about.md"] = case.about(name).encode()
        files["truth.json"] = (json.dumps(case.truth, indent=1) + "\n").encode()
        for file, content in files.items():
            (place / file).write_bytes(content)
        yield f"settings/{name}: {len(files)} files, {sum(map(len, files.values()))} bytes"


def run(lab, wanted):
    """Build the cases, or check the hives; neither takes root."""
    if wanted[:1] != ["--check"]:
        for line in build(lab.parent / "corpus", wanted):
            print(line, flush=True)
        return 0
    subprocess.run([lab / "install"], check=True)
    from settings.check import check
    troubles = 0
    for line, oddities in check():
        print(line, flush=True)
        for oddity in oddities:
            print(f"  {oddity}", flush=True)
        troubles += bool(oddities)
    return min(troubles, 1)

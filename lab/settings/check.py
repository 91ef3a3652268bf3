"""Reads built hives with other people's readers and with the product, and compares every value:
hivex by its Python binding, and python-registry.

Random trees have every kind of list, values in several cells, and names beyond Latin.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import stacks
from settings import cases, hive
from settings.value import BINARY, DWORD, EXPAND_SZ, MULTI_SZ, QWORD, SZ

TOOLS = stacks.TOOLS / "registry"
_ROOT = r"HKLM\SYSTEM"
_BELOW = r"HKLM\SYSTEM\ControlSet001\Control\SecurityProviders\SCHANNEL"


def check(seeds=24):
    """Compare hives; yields a line for each, with what differs."""
    for name, case in cases.CASES.items():
        if case.form == "hive":
            for file, data in case.files().items():
                yield _compare(f"{name}/{file}", data)
    for seed in range(seeds):
        chance = random.Random(seed)
        lists, most = chance.choice(["lf", "lh", "li"]), chance.choice([1, 2, 3, 500])
        tree = _tree(chance) | {r"HKLM\SYSTEM\Select": {"Current": 1}}
        data = hive.written(tree, _ROOT, "SYSTEM", lists, most)
        yield _compare(f"seed {seed}, {lists} of {most}", data)


def _tree(chance):
    tree = {}
    paths = [_BELOW]
    for number in range(chance.randrange(1, 40)):
        name = chance.choice(["Protocols", "TLS 1.2", "Client", "RC4 128/128", "Schlüssel", "ключ", "鍵"])
        paths.append(rf"{chance.choice(paths)}\{name} {number}")
    for path in paths:
        tree[path] = {f"{chance.choice(['Enabled', 'Größe', 'имя'])}{at}": _value(chance)
                      for at in range(chance.randrange(5))}
    return tree


def _value(chance):
    text = "".join(chance.choices("TLS_ECDHE,ÄΩ鍵 ", k=chance.choice([0, 1, 9, 300, 9000])))
    return chance.choice([
        (DWORD, chance.getrandbits(32)), (QWORD, chance.getrandbits(64)), (SZ, text), (EXPAND_SZ, text),
        (MULTI_SZ, [part for part in text.split(",") if part]),
        (BINARY, chance.randbytes(chance.choice([0, 1, 4, 5, 16344, 16345, 40000]))),
    ])


def _compare(name, data):
    with tempfile.NamedTemporaryFile(suffix=".hive") as kept:
        kept.write(data)
        kept.flush()
        ours = _ours(kept.name)
        told, oddities = [], []
        for reader, source in _READERS.items():
            theirs = _theirs(source, kept.name)
            told.append(f"{reader} {len(theirs)} values")
            for key in sorted(set(ours) | set(theirs)):
                if ours.get(key) != theirs.get(key):
                    oddities.append(f"{reader}: {key}: {ours.get(key)!r}, there {theirs.get(key)!r}")
    return f"{name}: {len(ours)} values; " + ", ".join(told), oddities[:5]


def _ours(path):
    command = ["cargo", "run", "--quiet", "--", "--json", path]
    done = subprocess.run(command, capture_output=True, check=False)
    found = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        for value in row.get("values", []):
            found[value["key"].lower(), value["name"]] = value["data"]
    return found


def _theirs(source, path):
    """What another reader finds in the keys that the product keeps, as the product writes it."""
    env = {"PYTHONPATH": f"{TOOLS}", "PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable if "registry" in source else "/usr/bin/python3", "-c", source, path],
                          capture_output=True, check=True, env=env)
    found = {}
    for row in json.loads(done.stdout):
        key = row["key"].lower().replace("controlset001", "currentcontrolset")
        tree = "software" if key.startswith(("microsoft", "wow6432node", "policies")) else "system"
        full = f"hklm\\{tree}\\{key}"
        if _kept(full):
            found[full, row["name"]] = _shown(row["type"], bytes.fromhex(row["data"]))
    return found


def _kept(path):
    system = r"hklm\system\currentcontrolset"
    areas = [rf"{system}\control\securityproviders\schannel", rf"{system}\control\computername",
             rf"{system}\services\tcpip\parameters\interfaces", r"hklm\system\select"]
    return path.startswith("hklm\\software") or any((path + "\\").startswith(area + "\\") for area in areas)


def _shown(kind, data):
    """The text of a value, as `--json` has it."""
    if kind == DWORD and len(data) == 4:
        number = int.from_bytes(data, "little")
        return str(number) if number <= 0xFFFF else f"{number:#x}"
    if kind == QWORD and len(data) == 8:
        return f"{int.from_bytes(data, 'little')} (QWORD)"
    if kind in (SZ, EXPAND_SZ):
        return f'"{data.decode("utf-16-le").partition(chr(0))[0]}"'
    if kind == MULTI_SZ:
        return '"' + ",".join(part for part in data.decode("utf-16-le").split("\0") if part) + '"'
    return f"{len(data)} bytes"


_READERS = {
    "hivex": """
import hivex, json, sys
hive = hivex.Hivex(sys.argv[1])
rows = []
def walk(node, path):
    for value in hive.node_values(node):
        kind, data = hive.value_value(value)
        rows.append({"key": path, "name": hive.value_key(value), "type": kind, "data": data.hex()})
    for child in hive.node_children(node):
        walk(child, (path + "\\\\" if path else "") + hive.node_name(child))
walk(hive.root(), "")
print(json.dumps(rows))
""",
    "python-registry": """
import json, sys
from Registry import Registry
rows = []
def walk(key, path):
    for value in key.values():
        name = "" if value.name() == "(default)" else value.name()
        rows.append({"key": path, "name": name, "type": value.value_type(), "data": value.raw_data().hex()})
    for child in key.subkeys():
        walk(child, (path + "\\\\" if path else "") + child.name())
walk(Registry.Registry(sys.argv[1]).root(), "")
print(json.dumps(rows))
""",
}


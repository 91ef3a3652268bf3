"""A large System.evtx: many thousand ordinary records, and 1 400 of SChannel of all kinds among them.

The failures come in incidents, as they do, so that most chunks hold none of them.
"""

import collections
import dataclasses
import itertools
import json
import random

from events import every, system
from events.evtx import Log
from events.exchange import COMPUTER
from events.forms import forms
from events.record import ticks
from events.schannel import NEW, OLD, event

_START = ticks("2026-11-01 00:12:00")
_SECOND = 10_000_000
_SPAN = 21 * 86_400 * _SECOND
_SCHANNEL = 1_400
# What fails, how often, and in how many incidents: number, values, times, incidents.
_KINDS = [
    (36887, {"AlertDesc": 46}, 560, 9), (36887, {"AlertDesc": 48}, 120, 4),
    (36887, {"AlertDesc": 42}, 40, 2), (36887, {"AlertDesc": 70}, 30, 2),
    (36887, {"AlertDesc": 40}, 25, 1), (36887, {"AlertDesc": 112}, 12, 1),
    (36887, {"AlertDesc": 20}, 8, 1), (36887, {"AlertDesc": 45}, 6, 1),
    (36887, {"AlertDesc": 49}, 5, 1), (36887, {"AlertDesc": 80}, 4, 1),
    (36887, {"AlertDesc": 51}, 3, 1), (36887, {"AlertDesc": 116}, 2, 1),
    (36888, {"AlertDesc": 10, "ErrorState": 1203}, 49, 2),
    (36888, {"AlertDesc": 48, "ErrorState": 552}, 12, 1),
    (36888, {"AlertDesc": 70, "ErrorState": 105}, 9, 1),
    (36888, {"AlertDesc": 20, "ErrorState": 960}, 6, 1),
    (36888, {"AlertDesc": 80, "ErrorState": 1250}, 5, 1),
    (36888, {"AlertDesc": 43, "ErrorState": 252}, 3, 1),
    (36888, {"AlertDesc": 120, "ErrorState": 1208}, 2, 1),
    (36871, {"Type": "client", "ErrorState": 10013}, 30, 3),
    (36870, {"Type": "server", "ErrorCode": 0x8009030D, "ErrorStatus": 10001}, 16, 2),
    (36880, {"Type": "server", "Protocol": "TLS 1.2", "CipherSuite": 0xC030, "ExchangeStrength": 256},
     60, 6),
]
# 36874 and 36888 of one thread, each pair two records.
_PAIRS, _PAIR_INCIDENTS = 165, 5


def _moments(source, times, incidents):
    """When something happens: in a few incidents of a quarter of an hour."""
    starts = [source.randrange(_SPAN) for _ in range(incidents)]
    return [_START + min(source.choice(starts) + source.randrange(900 * _SECOND), _SPAN)
            for _ in range(times)]


def _failures():
    source = random.Random(36887)
    made = []
    for number, values, times, incidents in _KINDS:
        for time in _moments(source, times, incidents):
            made.append(event(number, time, values, process=644, thread=source.choice((712, 1448)),
                              computer=COMPUTER))
    for time in _moments(source, _PAIRS, _PAIR_INCIDENTS):
        thread = source.choice((712, 1448, 3064))
        made.append(event(36874, time, {"Protocol": "TLS 1.2"}, process=644, thread=thread,
                          computer=COMPUTER))
        made.append(event(36888, time + 3_000, {"AlertDesc": 40, "ErrorState": 1205}, process=644,
                          thread=thread, computer=COMPUTER))
    others = itertools.cycle([*every.log_of(NEW), *every.log_of(OLD)])
    for again in itertools.islice(others, _SCHANNEL - len(made)):
        made.append(dataclasses.replace(again, time=_START + source.randrange(_SPAN),
                                        computer=COMPUTER))
    return sorted(made, key=lambda each: each.time)


def write(path, records, folder=None):
    """Write a log of so many records, and into a folder, if one is named, every form of the same;
    answers what is in it, as JSON."""
    failures = _failures()
    log, counts, all_of_them = Log(1), collections.Counter(), []

    def add(event):
        log.write(event)
        if folder:
            all_of_them.append(event)
    texts = ["Windows Update", "Background Intelligent Transfer", "Software Protection", "Time Broker"]
    due = iter(failures)
    following = next(due, None)
    ordinary = records - len(failures)
    for place in range(ordinary):
        time = _START + place * _SPAN // ordinary
        while following and following.time <= time:
            add(following)
            following = next(due, None)
        kind = place % 20
        if kind < 15:
            made = system.service(time, texts[place % 4], "running" if place & 1 else "stopped")
        else:
            made = (system.component, system.hive, system.clock)[place % 3](time)
        add(made)
    while following:
        add(following)
        following = next(due, None)
    data = log.bytes()
    with open(path, "wb") as file:
        file.write(data)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content, *_ in forms(all_of_them):
            (folder / name).write_bytes(content)
    for each in failures:
        alert, state = each.value("AlertDesc"), each.value("ErrorState")
        counts[" ".join(str(part) for part in (each.id, alert, state) if part is not None)] += 1
    return json.dumps({"records": records, "bytes": len(data), "schannel": len(failures),
                       "first": min(each.number for each in failures),
                       "last": max(each.number for each in failures),
                       "counts by id, alert, state": dict(sorted(counts.items()))}, indent=1)

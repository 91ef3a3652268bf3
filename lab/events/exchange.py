"""Two weeks of the log System of a mail server: what it writes all day, and TLS failures among it.

The machine is on Central European time, an hour before UTC. Since a new certificate on Saturday 14
November one kind of client refuses it, in working hours of working days; a monitor speaks HTTP to the
TLS port; and there is what every server has besides.
"""

import dataclasses

from events import certificates, system
from events.about import about, as_json
from events.evtx import written
from events.forms import forms
from events.record import entry, ticks
from events.schannel import event

COMPUTER = "EXCH01.contoso.example"
LSASS = 644
_FIRST = 81_000
W3WP = (5012, "w3wp")
JOB = (7120, "powershell")
SECOND = 10_000_000
MILLISECOND = 10_000
_THREADS = (1448, 712, 3064, 5520)

UPSTREAM = certificates.certificate("relay.fabrikam.example", issuer="Fabrikam Root CA",
                                    names=("relay.fabrikam.example",))
OLD = certificates.certificate("old.fabrikam.example", since="2024-01-10", until="2026-11-10",
                               names=("old.fabrikam.example",))


def told(refused_by, alert, cause=None, **more):
    """What the lab says of a failure: who refused, with which alert, and the rule that fits."""
    return {"failed": True, "refused_by": refused_by, "alert": alert, "cause": cause, **more}


class Story:
    """Events as they come; those of SChannel are written by LSASS in one of its threads."""

    def __init__(self):
        self.events = []

    def add(self, number, time, values=None, *, thread=0, truth=None, **more):
        made = event(number, time, values, process=LSASS, thread=_THREADS[thread], computer=COMPUTER,
                     truth=truth or {}, **more)
        self.events.append(made)

    def refused_by_client(self, time, alert, thread=0):
        """36887: a client did not take our certificate."""
        self.add(36887, time, {"AlertDesc": alert}, thread=thread, truth=told("peer", alert))

    def no_common_cipher(self, time, protocol="TLS 1.2", thread=1):
        """36874, and 36888 by the same thread within a millisecond. With TLS 1.0 it may as well be that
        the server wants more than that."""
        truth = told("us", 40, "no-shared-cipher")
        if protocol == "TLS 1.0":
            truth |= {"also": ["client-max-version-below-server-min"]}
        self.add(36874, time, {"Protocol": protocol}, thread=thread,
                 truth=truth | {"part_of": "the next record"})
        self.add(36888, time + 4_321, {"AlertDesc": 40, "ErrorState": 1205}, thread=thread, truth=truth)

    def not_tls(self, time):
        """36888 10 with state 1203: what came first was no ClientHello."""
        self.add(36888, time, {"AlertDesc": 10, "ErrorState": 1203}, thread=2,
                 truth=told("us", 10, "plaintext-http-on-tls-port"))

    def no_protocol(self, time):
        """36871 with state 10013: a process asks only for protocols that are off."""
        self.add(36871, time, {"Type": "client", "ErrorState": 10013}, caller=JOB, thread=3,
                 truth=told("us", None, side="client"))

    def no_private_key(self, time):
        """36870: the process may not read the key of its certificate."""
        self.add(36870, time, {"Type": "server", "ErrorCode": 0x8009030D, "ErrorStatus": 10001},
                 caller=W3WP, thread=0, truth=told("us", None, side="server"))

    def untrusted(self, time):
        """36882 with the certificate, and 36888 48 with state 552."""
        self.add(36882, time, {"certificateContext": UPSTREAM}, thread=1, user_data=True,
                 truth=told("us", 48, "untrusted-root", side="client",
                            certificate=certificates.told(UPSTREAM), part_of="the next record"))
        self.add(36888, time + 2_500, {"AlertDesc": 48, "ErrorState": 552,
                                       "TargetName": "relay.fabrikam.example"}, thread=1,
                 truth=told("us", 48, "untrusted-root", side="client"))

    def wrong_name(self, time):
        """36884 with the name that was expected, and the certificate as a store keeps it."""
        kept = certificates.serialized(UPSTREAM, "Fabrikam relay")
        self.add(36884, time, {"Name": "smtp.fabrikam.example", "certificateContext": kept}, thread=2,
                 caller=W3WP, truth=told("us", None, "hostname-mismatch", side="client",
                                         certificate=certificates.told(UPSTREAM)))

    def expired(self, time):
        """36881 with the certificate."""
        self.add(36881, time, {"certificateContext": OLD}, thread=3, user_data=True,
                 truth=told("us", None, "expired-leaf", side="client",
                            certificate=certificates.told(OLD)))

    def succeeded(self, time, side="server", target="mail.contoso.example", suite=0xC030):
        """36880: a handshake that went well."""
        ours, theirs = ("CN=mail.contoso.example", "") if side == "server" else (
            "", f"CN={target}")
        self.add(36880, time, {"Type": side, "Protocol": "TLS 1.2", "CipherSuite": suite,
                               "ExchangeStrength": 256, "ContextHandle": 0x1D2C8F4A6B0,
                               "TargetName": target, "LocalCertSubjectName": ours,
                               "RemoteCertSubjectName": theirs}, thread=0, user_data=True,
                 truth={"failed": False})

    def ordinary(self, *made):
        for each in made:
            self.events.append(dataclasses.replace(each, computer=COMPUTER))


def story():
    """The events of the two weeks, in their order."""
    tale = Story()
    for day in range(9, 24):
        date = f"2026-11-{day:02}"
        working = day not in (14, 15, 21, 22)
        _ordinary_day(tale, date)
        if working:
            tale.succeeded(ticks(f"{date} 07:{day:02}:11.3121904"))
        if working and day >= 16:
            hours = (7, 8, 8, 10, 11, 13, 14, 15) if day < 23 else (7, 8)
            for place, hour in enumerate(hours):
                minute, second = (day * 7 + place * 13) % 60, (day * 11 + place * 29) % 60
                tale.refused_by_client(ticks(f"{date} {hour:02}:{minute:02}:{second:02}.{place}412093"),
                                       46, thread=place % 4)
        if day in (10, 12, 17, 20):
            for minute in (5, 21, 44):
                tale.no_common_cipher(ticks(f"{date} 02:{minute:02}:30.0{day}5118"),
                                      "TLS 1.2" if day != 20 else "TLS 1.0")
    start = ticks("2026-11-18 03:10:00.0310077")
    for minute in range(15):
        tale.not_tls(start + minute * 60 * SECOND + minute * 7 * MILLISECOND)
    for day in (9, 11, 13, 17, 19):
        tale.no_protocol(ticks(f"2026-11-{day:02} 05:00:02.1180000"))
    for text in ("2026-11-14 01:02:33.5", "2026-11-14 01:02:36.5", "2026-11-14 01:09:01.25"):
        tale.no_private_key(ticks(text))
    tale.untrusted(ticks("2026-11-12 11:12:13.1415926"))
    tale.untrusted(ticks("2026-11-19 12:40:55.2718281"))
    tale.wrong_name(ticks("2026-11-13 09:30:07.0000001"))
    tale.wrong_name(ticks("2026-11-20 09:30:07.9999999"))
    tale.expired(ticks("2026-11-11 22:15:00.5"))
    tale.events.sort(key=lambda each: each.time)
    return tale.events


def _ordinary_day(tale, date):
    tale.ordinary(
        system.hive(ticks(f"{date} 00:12:40.2")),
        system.service(ticks(f"{date} 01:00:03.4140625"), "Windows Update", "running"),
        system.service(ticks(f"{date} 01:20:11.75"), "Windows Update", "stopped"),
        system.clock(ticks(f"{date} 04:02:59.0625")),
        system.component(ticks(f"{date} 06:31:18.5")))
    if date.endswith(("3", "7")):
        tale.ordinary(system.lookup(ticks(f"{date} 08:44:02.125"), "wpad.contoso.example"))


def truth(events):
    """truth.json: the machine, the counts, and each record of SChannel."""
    ours = [each for each in events if each.provider.name == "Schannel"]
    counts = {}
    for each in ours:
        alert = each.value("AlertDesc")
        key = str(each.id) if alert is None else f"{each.id} alert {alert}"
        counts[key] = counts.get(key, 0) + 1
    return {"computer": COMPUTER, "records": len(events), "first": events[0].number,
            "last": events[-1].number, "schannel": len(ours), "counts": dict(sorted(counts.items())),
            "events": [entry(each) for each in ours]}


def excerpt(events):
    """A few records of each kind, with two neighbours: what the exported forms hold."""
    wanted = {(36887, 46): 4, (36874, None): 2, (36888, 40): 2, (36888, 10): 3, (36871, None): 2,
              (36870, None): 1, (36882, None): 1, (36888, 48): 1, (36884, None): 1, (36881, None): 1,
              (36880, None): 2, (7036, None): 1, (16, None): 1}
    kept = []
    for each in events:
        key = each.id, each.value("AlertDesc")
        if wanted.get(key, 0):
            wanted[key] -= 1
            kept.append(dataclasses.replace(each))
    return kept


def logs():
    """The logs of the case: their events, by name."""
    events = story()
    written(events, _FIRST)
    return {"System.evtx": events, "forms/System.evtx": excerpt(events)}


def files():
    """Names and contents of the case. The forms hold what `forms/System.evtx` holds."""
    events, some = logs().values()
    made = {"System.evtx": written(events, _FIRST), "truth.json": as_json(truth(events)),
            "forms/System.evtx": written(some, _FIRST), "forms/truth.json": as_json(truth(some)),
            "about.md": about("Two weeks of a mail server", __doc__, _MORE)}
    told = []
    for name, data, known, lacks in forms(some):
        made[f"forms/{name}"] = data
        told.append(f"| `{name}` | {known} | {lacks or 'nothing'} |")
    made["forms/about.md"] = about("The same records in every form", _FORMS_STORY,
                                   _FORMS + "\n".join(told) + "\n")
    return made


_MORE = """
The machine is a Server 2022: fields as in build 18990, with the process in 36870, 36871 and 36884. That
36887 and 36888 are of level Information is as that manifest has it. Guesses: which events are in
`UserData`; what the certificate fields hold; the state of 36870.
"""
_FORMS_STORY = """What `System.evtx` here holds, as other programs write the same records. All times
without a zone are those of the machine, an hour before UTC.
"""
_FORMS = """
All forms are made after documents and public examples of them; `evtx_dump.jsonl` alone was compared with
what the tool itself makes of `System.evtx` (the Python binding of the crate). In the encoding of Event
Viewer's text, in how Winlogbeat, EvtxECmd and Wazuh put `UserData`, and in how many digits a time has, they
may differ from a given version. The texts are those of Server 2022 unless said otherwise; German, French and
Japanese ones are as people pasted them, and of few events. `-Depth 3` and other words in `...` are what
people add to a command.

| file | what it is | what the form lacks |
|---|---|---|
"""

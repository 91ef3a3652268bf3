"""Other logs of the same machine, of the same seconds as failures in the case `exchange`: they name the
certificates, the processes and the peers that SChannel does not.

A server of network access has logs of its own here: a station does not take its certificate.
"""

from events import access, certificates, exchange, system
from events.about import about, as_json
from events.capi2 import Caller
from events.evtx import written
from events.record import entry, ticks
from events.schannel import event

_HERE = "10.0.8.21"
_MILLISECOND = 10_000
_KERNEL = (4, "System")
_WORKER = (5012, r"\device\harddiskvolume2\windows\system32\inetsrv\w3wp.exe")
_WORKER_IMAGE = r"C:\Windows\System32\inetsrv\w3wp.exe"
_RELAY = ("203.0.113.80", 443)
_ROOT = certificates.certificate("Fabrikam Root CA", issuer="Fabrikam Root CA", since="2020-01-01",
                                 until="2040-01-01")
_MAIL = certificates.certificate("mail.contoso.example", names=("mail.contoso.example",))
_ISSUING = certificates.certificate("Contoso Issuing CA 2", issuer="Contoso Root CA",
                                    since="2021-01-01", until="2031-01-01")
_NPS = "NPS01.contoso.example"


def _capi2():
    asks = Caller(exchange.COMPUTER, 5012, "w3wp.exe", "{9222d1ba-c252-4a57-8119-d95d5d17db06}")
    chain = [exchange.UPSTREAM, _ROOT]
    first = ticks("2026-11-12 11:12:13.0900000")
    events = [asks.objects(first, exchange.UPSTREAM, ["relay.fabrikam.example"]),
              asks.chain(first + 21_000, chain, [0, 0x20], 0x800B0109),
              asks.policy(first + 40_000, exchange.UPSTREAM, "relay.fabrikam.example", 0x800B0109)]
    name = ticks("2026-11-13 09:30:06.9600000")
    events += [asks.chain(name, chain, [0, 0], 0),
               asks.policy(name + 9_000, exchange.UPSTREAM, "smtp.fabrikam.example", 0x800B010F),
               asks.verdict(name + 12_000, 0x800B010F)]
    old = ticks("2026-11-11 22:15:00.4100000")
    events += [asks.chain(old, [exchange.OLD], [0x1 | 0x10000], 0x800B0101),
               asks.policy(old + 8_000, exchange.OLD, "old.fabrikam.example", 0x800B0101)]
    key = ticks("2026-11-14 01:02:33.4980000")
    events.append(asks.private_key(key, _MAIL, 0x80090016))
    late = Caller(exchange.COMPUTER, 7120, "powershell.exe", "{c76ad3df-250f-4c38-ba1a-4cc9902c77ad}")
    lists = ticks("2026-11-17 05:00:01.2000000")
    events += [late.retrieval(lists, "http://crl.contoso.example/issuing2.crl", 0x80072EE2),
               late.revocation(lists + 15 * 10_000_000, _MAIL, _ISSUING, 0x80092013),
               late.chain(lists + 15 * 10_000_000 + 5_000, [_MAIL, _ISSUING], [0x1000040, 0], 0x80092013)]
    return sorted(events, key=lambda each: each.time)


def _peers():
    """The other end of each failure: its address and port, whether it came to us, and the process."""
    told = {}
    for place, each in enumerate(exchange.story()):
        if each.id == 36887:
            told[each.time] = (("10.0.8.14", 50_100 + place), True)
        elif each.id == 36874:
            told[each.time] = (("10.0.9.77", 41_000 + place), True)
        elif each.id == 36888 and each.value("AlertDesc") == 10:
            told[each.time] = (("10.0.0.7", 33_000 + place), True)
        elif each.id in (36882, 36884, 36881):
            told[each.time] = (_RELAY, False)
    return told


def _security():
    """5156 before each failure, as the firewall's audit writes it."""
    events = []
    for place, (time, (peer, inbound)) in enumerate(_peers().items()):
        local = (_HERE, 443 if inbound else 49_700 + place)
        events.append(system.connection(
            time - (38 + place % 5) * _MILLISECOND, _KERNEL if inbound else _WORKER, inbound, local,
            peer, computer=exchange.COMPUTER, truth={"peer": f"{peer[0]}:{peer[1]}"}))
    return sorted(events, key=lambda each: each.time)


def _sysmon():
    """Sysmon 3 for the same, without those of the monitor, which its filter leaves out."""
    events = []
    for place, (time, (peer, inbound)) in enumerate(_peers().items()):
        if peer[0] == "10.0.0.7":
            continue
        local = (_HERE, 443 if inbound else 49_700 + place)
        source, destination = (peer, local) if inbound else (local, peer)
        process = (4, "System") if inbound else (5012, _WORKER_IMAGE)
        # It is written some hundred milliseconds later than what it tells of.
        events.append(system.sysmon(time + 310 * _MILLISECOND, process, not inbound, source,
                                    destination, "" if inbound else "relay.fabrikam.example",
                                    computer=exchange.COMPUTER,
                                    truth={"peer": f"{peer[0]}:{peer[1]}"}))
    return sorted(events, key=lambda each: each.time)


def _desktop():
    """Remote Desktop's log, of the same instant as a failure in exchange: 139 names the client."""
    events = []
    refused = [each for each in exchange.story() if each.id == 36888 and each.value("ErrorState") == 1205]
    for place, each in enumerate(refused[-3:]):
        client = f"10.0.9.77:{60_010 + place}"
        events += [access.desktop(131, each.time - 61_000, client=client, computer=exchange.COMPUTER),
                   access.desktop(139, each.time + 4, client=client, computer=exchange.COMPUTER,
                                  truth={"peer": "10.0.9.77"})]
    return events


_DENIED = (("anna", "02-00-5E-00-53-41", "2026-11-16 07:02:11.4100000", 48, 23),
           ("boris", "02-00-5E-00-53-42", "2026-11-16 07:05:40.8800000", 48, 23),
           ("anna", "02-00-5E-00-53-41", "2026-11-16 07:12:12.0300000", 42, 23),
           ("carla", "02-00-5E-00-53-43", "2026-11-16 08:30:00.5000000", None, 265),
           ("dora", "02-00-5E-00-53-44", "2026-11-16 08:41:19.2000000", None, 16))


def _nps_system():
    events = []
    for user, station, text, alert, _ in _DENIED:
        if alert:
            events.append(event(36887, ticks(text), {"AlertDesc": alert}, process=612, thread=880,
                                computer=_NPS, truth=exchange.told("peer", alert) | {
                                    "user": user, "station": station}))
    return events


def _nps_security():
    granted = ticks("2026-11-16 06:59:59.1000000")
    events = [access.decision(6272, granted, "emil", "02-00-5E-00-53-45", computer=_NPS)]
    for user, station, text, _, reason in _DENIED:
        events.append(access.decision(6273, ticks(text) + 52_000, user, station, reason, computer=_NPS,
                                      truth={"failed": True, "reason": reason}))
    events.append(access.decision(6274, ticks("2026-11-16 09:00:00.25"), "fritz",
                                  "02-00-5E-00-53-46", 23, computer=_NPS,
                                  truth={"failed": True, "reason": 23}))
    return events


def _rastls():
    root = certificates.thumbprint(_ROOT)
    return [access.thumbprint(ticks("2026-11-16 07:02:11.3"), 107, root, "nps01.contoso.example",
                              computer="LAPTOP7.contoso.example",
                              truth={"failed": True, "server": "nps01.contoso.example", "ca": root})]


def logs():
    """The logs of the case: their events, by name."""
    return {"capi2.evtx": _capi2(), "security.evtx": _security(), "sysmon.evtx": _sysmon(),
            "remote-desktop.evtx": _desktop(), "nps-system.evtx": _nps_system(),
            "nps-security.evtx": _nps_security(), "rastls.evtx": _rastls()}


def files():
    """Names and contents of the case."""
    kept = logs()
    made = {name: written(events, 301) for name, events in kept.items()}
    made["truth.json"] = as_json({name: [entry(each) for each in events]
                                  for name, events in kept.items()})
    made["about.md"] = about("What stands beside SChannel's events", __doc__, _MORE)
    return made


_MORE = """
| file | what it is | after what |
|---|---|---|
| `capi2.evtx` | Microsoft-Windows-CAPI2/Operational: 11, 30, 41, 53, 70, 81, 90 | a log of Windows 7 and 10, in which nothing failed: attributes and elements are as there, and how an error looks is partly a guess; 70 is one |
| `security.evtx` | Security: 5156, the firewall let a connection through | Microsoft's page: the source is this machine, whoever began |
| `sysmon.evtx` | Sysmon 3 | logs with Sysmon's schema of Windows 10 |
| `remote-desktop.evtx` | RdpCoreTS: 131, 139 | a log of Server 2012 R2 beside its SChannel events |
| `nps-system.evtx`, `nps-security.evtx` | another machine: 36887, and NPS 6272, 6273, 6274 | Microsoft's pages on the fields; the names of the audit's manifest from memory |
| `rastls.evtx` | a station: RasTls 107 | its manifest: two texts. What it means is a guess |
"""

"""Every event of the provider, with the fields of both builds, in both containers.

A log for each build. Events with a certificate have it as DER in EventData, and as a store keeps it, with
its properties, in UserData.
"""

from events import certificates, schannel
from events.about import about, as_json
from events.evtx import written
from events.record import entry, ticks
from events.schannel import NEW, OLD, event

_START = ticks("2026-11-20 10:00:00.1234567")
_STEP = 7 * 10_000_000
_CALLER = (4711, "w3wp")
# What stands in the fields, by name.
_VALUES = {
    "ModuleName": "ncryptsslp.dll", "Error": 0x8009000B, "Type": "server",
    "CSPName": "Microsoft RSA SChannel Cryptographic Provider", "CSPType": 12,
    "KeyName": "le-6b1f2c1e-5d0e-4b8c-9b0a-2f2f6b1d7a11", "KeyType": "key exchange",
    "KeyFlags": 0x20, "ErrorCode": 0x80090325, "ErrorStatus": 10001, "ErrorState": 10013,
    "CertFlags": 0x1, "Protocol": "TLS 1.2", "CipherSuite": 0xC030, "ExchangeStrength": 384,
    "ContextHandle": 0x21FA04C0D60, "TargetName": "mail.contoso.example",
    "LocalCertSubjectName": "CN=mail.contoso.example", "RemoteCertSubjectName": "CN=client 7",
    "Name": "smtp.fabrikam.example", "AlertDesc": 48, "Path": r"\Registry\Machine\SYSTEM\SCHANNEL",
    "FailureReason": "expired", "OCSPResponderURL": "http://ocsp.contoso.example/",
    "ThisUpdate": ticks("2026-11-12 00:00:00"), "NextUpdate": ticks("2026-11-19 00:00:00"),
}
# What some of them have of their own.
_OWN = {
    36870: {"ErrorCode": 0x8009030D}, 36871: {"Type": "client"}, 36872: {"ErrorCode": 0x8009030E},
    36876: {"ErrorCode": 0x80090325}, 36877: {"ErrorCode": 0x800B0109},
    36878: {"ErrorCode": 0x80090349}, 36879: {"ErrorCode": 0x8009030E},
    36888: {"AlertDesc": 40, "ErrorState": 1205}, 36889: {"ErrorCode": 0x80092004},
}
# Newer builds write the process in these; in the last three it was seen nowhere, but may come.
_WITH_CALLER = (36869, 36870, 36871, 36884, 36874, 36887, 36888)
# Who refused, and on which side this machine was, where the event says it.
_US_AS_CLIENT = (36873, 36876, 36881, 36882, 36883, 36884)
_US_AS_SERVER = (36874, 36877)
_OURS = (36865, 36869, 36870, 36871, 36872)


def _truth(number, values):
    if number == 36887:
        return {"failed": True, "refused_by": "peer", "alert": values["AlertDesc"]}
    if number == 36888:
        return {"failed": True, "refused_by": "us", "alert": values["AlertDesc"]}
    if number in _US_AS_CLIENT + _US_AS_SERVER:
        side = "client" if number in _US_AS_CLIENT else "server"
        return {"failed": True, "refused_by": "us", "alert": None, "side": side}
    if number in _OURS:
        return {"failed": True, "refused_by": "us", "alert": None}
    return {"failed": False if number == 36880 else None}


def _one(number, build, time, user_data, caller=None, named=False):
    names = [name for name, _ in schannel.fields(number, build)]
    values = {name: value for name, value in (_VALUES | _OWN.get(number, {})).items() if name in names}
    truth = _truth(number, values)
    held = schannel.binary(number, build)
    if held and number != 36867:
        der = certificates.certificate(f"event{number}.example", names=(f"event{number}.example",))
        values[held] = certificates.serialized(der, "lab") if user_data else der
        truth |= {"certificate": certificates.told(der),
                  "certificate_as": "CERT_CONTEXT" if user_data else "DER"}
    elif held:
        values[held] = bytes(range(24))
    more = {"provider": schannel.NAMED} if named else {}
    return event(number, time, values, build=build, caller=caller, user_data=user_data, process=644,
                 thread=1448, truth=truth, **more)


def log_of(build):
    """The events of a build: in EventData with the provider among the values, in UserData with it in
    the template."""
    time, made = _START, []
    for user_data in (False, True):
        for number in schannel.numbers(build):
            made.append(_one(number, build, time, user_data, named=user_data))
            time += _STEP
    return made


def callers():
    """The events that name a process."""
    return [_one(number, NEW, _START + place * _STEP, False, _CALLER)
            for place, number in enumerate(_WITH_CALLER)]


def logs():
    """The logs of the case: their events, by name."""
    return {"7600.evtx": log_of(OLD), "18990.evtx": log_of(NEW), "callers.evtx": callers()}


def files():
    """Names and contents of the case."""
    kept = logs()
    made = {name: written(events) for name, events in kept.items()}
    truth = {name: [entry(each) for each in events] for name, events in kept.items()}
    made["truth.json"] = as_json(truth)
    made["about.md"] = about("Every event of Schannel", __doc__, _MORE)
    return made


_MORE = """
`7600.evtx` has the fields of Windows 7 and Server 2008 R2, `18990.evtx` those of Windows 10 and Server
2019. Each event is there twice: in `EventData`, as records of Server 2012 R2 have it, and in
`UserData/EventXML` (namespace `LSA_NS`). `callers.evtx` has the events in which newer builds put the
process that asked, as `CallerProcessId` and `CallerProcessImageName`, before all other fields.

Guesses: which events are in which container, since both were seen for the provider; what
`certificateContext`, `pCertificateContext`, `CredContext`, `EncodedCert`, `binaryData` and `Certificate`
hold (DER, or what CertSerializeCertificateStoreElement writes); all values. 36874, 36887 and 36888 with a
process were seen nowhere. 36867's binary data is no certificate.
"""

"""What the provider Schannel writes: its events 36864 to 36928, with the fields of two manifests.

The lists are those of the builds 7600 (Windows 7, Server 2008 R2) and 18990 (Windows 10, 2019).
"""

from events.record import Event, Field, Provider

GUID = "{1f678132-5938-4686-9fdc-c8ff68f15c85}"
# Records of Server 2012 R2 have the name among their values; other logs have it in the template.
PROVIDER = Provider("Schannel", GUID)
NAMED = Provider("Schannel", GUID, named=True)
# The element and the namespace of the manifest's events that are in UserData.
USER_DATA = ("EventXML", "LSA_NS")

OLD, NEW = 7600, 18990
ERROR, WARNING, INFORMATION = 2, 3, 4

_TYPE = "Type:UnicodeString"
_CODE = "ErrorCode:HexInt32"
_LENGTH = "__binLength:UInt32"
_CONTEXT = f"{_CODE} {_LENGTH} pCertificateContext:Binary"
_CERTIFICATE = f"{_LENGTH} certificateContext:Binary"
_HANDSHAKE = f"{_TYPE} Protocol:UnicodeString CipherSuite:HexInt32 ExchangeStrength:UInt32"

# Number: level and fields, the same in both builds.
_BOTH = {
    36864: (INFORMATION, ""),
    36865: (ERROR, "ModuleName:UnicodeString Error:HexInt32"),
    36867: (INFORMATION, f"{_TYPE} {_LENGTH} binaryData:Binary"),
    36868: (INFORMATION, f"{_TYPE} CSPName:UnicodeString CSPType:UInt32 KeyName:UnicodeString "
            f"KeyType:UnicodeString KeyFlags:HexInt32 {_LENGTH} EncodedCert:Binary"),
    36869: (ERROR, f"{_TYPE} {_LENGTH} binaryData:Binary"),
    36870: (ERROR, f"{_TYPE} {_CODE} ErrorStatus:UInt32"),
    36871: (ERROR, f"{_TYPE} ErrorState:UInt32"),
    36872: (ERROR, f"{_TYPE} {_CODE} CertFlags:HexInt32 {_LENGTH} CredContext:Binary"),
    36873: (ERROR, ""),
    36874: (ERROR, "Protocol:UnicodeString"),
    36875: (WARNING, ""),
    36876: (ERROR, _CONTEXT),
    36877: (WARNING, _CONTEXT),
    36878: (WARNING, _CONTEXT),
    36879: (WARNING, _CONTEXT),
    36881: (ERROR, _CERTIFICATE),
    36882: (ERROR, _CERTIFICATE),
    36883: (ERROR, _CERTIFICATE),
    36884: (ERROR, f"Name:UnicodeString {_CERTIFICATE}"),
    36885: (WARNING, ""),
    36886: (WARNING, ""),
    36889: (ERROR, f"{_TYPE} {_CODE} {_LENGTH} CredContext:Binary"),
}
# What differs between them, and what only one of them has.
_BUILDS = {
    OLD: _BOTH | {
        36880: (INFORMATION, _HANDSHAKE),
        36887: (ERROR, "AlertDesc:UInt32"),
        36888: (ERROR, "AlertDesc:UInt32 ErrorState:UInt32"),
    },
    NEW: _BOTH | {
        36880: (INFORMATION, f"{_HANDSHAKE} ContextHandle:Pointer TargetName:UnicodeString "
                "LocalCertSubjectName:UnicodeString RemoteCertSubjectName:UnicodeString"),
        36887: (INFORMATION, "AlertDesc:UInt32"),
        36888: (INFORMATION, "AlertDesc:UInt32 ErrorState:UInt32 TargetName:UnicodeString"),
        36896: (WARNING, ""),
        36897: (WARNING, ""),
        36898: (INFORMATION, ""),
        36899: (INFORMATION, ""),
        36912: (ERROR, "Path:UnicodeString"),
        36928: (ERROR, "FailureReason:UnicodeString OCSPResponderURL:UnicodeString "
                f"ThisUpdate:FILETIME NextUpdate:FILETIME {_LENGTH} Certificate:Binary"),
    },
}
# Newer builds put the process that asked before all else in some events.
_CALLER = ("CallerProcessId:UInt32", "CallerProcessImageName:UnicodeString")


def numbers(build):
    return sorted(_BUILDS[build])


def binary(number, build):
    """The name of the event's binary field, if it has one."""
    fields = _BUILDS[build][number][1].split()
    return next((field.split(":")[0] for field in fields if field.endswith(":Binary")), None)


def fields(number, build):
    """The event's fields: pairs of name and type, in the order of the manifest."""
    return [tuple(field.split(":")) for field in _BUILDS[build][number][1].split()]


def event(number, time, values=None, *, build=NEW, caller=None, user_data=False, **more):
    """An event with the fields that the build gives it; `values` has theirs by name, and `caller` is
    the number and the image of the process that asked, where a newer build writes it. The length of
    binary data is counted."""
    values = dict(values or {})
    level, listed = _BUILDS[build][number]
    names = listed.split()
    if caller:
        names = [*_CALLER, *names]
        values |= {"CallerProcessId": caller[0], "CallerProcessImageName": caller[1]}
    data = values.get(binary(number, build))
    if data is not None:
        values["__binLength"] = len(data)
    unknown = set(values) - {name.split(":")[0] for name in names}
    if unknown:
        raise ValueError(f"event {number} has no {unknown}")
    kept = [Field(name, kind, values.get(name, "" if kind == "UnicodeString" else None))
            for name, kind in (each.split(":") for each in names)]
    return Event(**{"provider": PROVIDER, "level": level, "id": number, "time": time, "fields": kept,
                    "wrapper": USER_DATA if user_data else None, **more})

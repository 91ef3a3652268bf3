"""What a server of network access writes: NPS in Security, the EAP methods, and Remote Desktop.

The fields of 6272 to 6274 are those of Microsoft's pages on them, and their names those of the audit's
manifest; RasTls 107 has the two fields of its manifest. Remote Desktop's are as a log of Server 2012 R2
has them.
"""

from events.record import Event, Field, Provider
from events.system import SECURITY

EAP_TLS = Provider("Microsoft-Windows-EapMethods-RasTls", "{9cc0413e-5717-4af5-82eb-6103d8707b45}")
EAP_CHANNEL = "Microsoft-Windows-EapMethods-RasTls/Operational"
DESKTOP = Provider("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
                   "{1139c61b-b549-4251-8ed3-27250a1edec8}")
DESKTOP_CHANNEL = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"
_NOBODY = "S-1-0-0"
_REASONS = {
    16: "Authentication failed due to a user credentials mismatch.",
    23: "An error occurred during the Network Policy Server use of the Extensible Authentication "
        "Protocol (EAP).",
    265: "The certificate chain was issued by an authority that is not trusted.",
}


def decision(number, time, user, station, reason=None, kind="Microsoft: Smart Card or other certificate",
             **more):
    """6272 granted, 6273 denied with a reason, 6274 discarded with a reason."""
    texts = {"SubjectUserName": user, "SubjectDomainName": "CONTOSO",
             "FullyQualifiedSubjectUserName": f"CONTOSO\\{user}"}
    machine = {"SubjectMachineName": "-", "FullyQualifiedSubjectMachineName": "-",
               "MachineInventory": "-", "CalledStationID": "02-00-5E-00-53-01:office",
               "CallingStationID": station, "NASIPv4Address": "10.0.20.5", "NASIPv6Address": "-",
               "NASIdentifier": "ap-7", "NASPortType": "Wireless - IEEE 802.11", "NASPort": "7",
               "ClientName": "ap-7", "ClientIPAddress": "10.0.20.5",
               "ProxyPolicyName": "Secure Wireless Connections",
               "NetworkPolicyName": "-" if reason else "Staff",
               "AuthenticationProvider": "Windows", "AuthenticationServer": more["computer"],
               "AuthenticationType": "EAP", "EAPType": kind, "AccountSessionIdentifier": "-"}
    fields = [Field("SubjectUserSid", "SID", _NOBODY)]
    fields += [Field(name, "UnicodeString", text) for name, text in texts.items()]
    fields.append(Field("SubjectMachineSID", "SID", _NOBODY))
    fields += [Field(name, "UnicodeString", text) for name, text in machine.items()]
    if reason:
        fields += [Field("ReasonCode", "UnicodeString", str(reason)),
                   Field("Reason", "UnicodeString", _REASONS[reason])]
    if number == 6273:
        fields.append(Field("LoggingResult", "UnicodeString", "Accounting information was written to "
                            "the local log file."))
    granted = number == 6272
    return Event(provider=SECURITY, id=number, time=time, fields=fields, level=0, version=2,
                 task=12552, keywords=0x8020000000000000 if granted else 0x8010000000000000,
                 process=644, thread=4880, user="", channel="Security", **more)


def thumbprint(time, number, ca, server, **more):
    """RasTls 107: the authority and the name that the method saw, as texts."""
    fields = [Field("CAThumbprint", "UnicodeString", ca), Field("ServerName", "UnicodeString", server)]
    return Event(provider=EAP_TLS, id=number, time=time, fields=fields, level=4,
                 keywords=0x4000000000000000, process=1212, thread=5004, channel=EAP_CHANNEL, **more)


def desktop(number, time, **more):
    """131: Remote Desktop took a connection; 139: its security failed, with a status."""
    client = more.pop("client")
    if number == 131:
        fields = [Field("ConnType", "UnicodeString", "TCP"), Field("ClientIP", "UnicodeString", client)]
    else:
        fields = [Field("ResultCode", "HexInt32", 0x80090304),
                  Field("IPString", "UnicodeString", client.rpartition(":")[0])]
    return Event(provider=DESKTOP, id=number, time=time, fields=fields, level=4 if number == 131 else 3,
                 task=4, opcode=15 if number == 131 else 14, keywords=0x4000000000000000, process=1956,
                 thread=2412, user="S-1-5-20", channel=DESKTOP_CHANNEL,
                 activity="{f420fcfb-3749-4b97-aa21-35a6650c0000}", **more)

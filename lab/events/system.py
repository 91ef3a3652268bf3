"""What other providers write to the log System, and to Security and Sysmon, about one machine."""

from events.record import Event, Field, Provider, moment

SERVICES = Provider("Service Control Manager", "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
                    "Service Control Manager", named=True)
KERNEL = Provider("Microsoft-Windows-Kernel-General", "{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}")
TIME = Provider("Microsoft-Windows-Time-Service", "{06edcfeb-0fd0-4e53-acca-a6f8bbf81bcb}")
NAMES = Provider("Microsoft-Windows-DNS-Client", "{1c95126e-7eea-49a9-a3fe-a378b03ddb4d}")
COMPONENTS = Provider("Microsoft-Windows-DistributedCOM", "{1b562e86-b7aa-4131-badc-b6f3a001407e}",
                      "DCOM", named=True)
SECURITY = Provider("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}",
                    named=True)
SYSMON = Provider("Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}")
SYSMON_CHANNEL = "Microsoft-Windows-Sysmon/Operational"
_CLASSIC = 0x8080000000000000
_TCP = 6


def service(time, name, state, **more):
    """7036: a service has started or stopped."""
    fields = [Field("param1", "String", name), Field("param2", "String", state),
              Field(None, "Binary", f"{name}/4".encode("utf-16-le") + b"\0\0")]
    return Event(provider=SERVICES, id=7036, time=time, fields=fields, level=4, qualifiers=16384,
                 keywords=_CLASSIC, process=756, thread=4312, user="", **more)


def component(time, **more):
    """10016: a permission of COM, which every Windows writes all day."""
    texts = ["application-specific", "Local", "Activation", "{2593f8b9-4eaf-457c-b68a-50f6b8ea6b54}",
             "{15c20b67-12e7-4bb6-92bb-7aff07997402}", "CONTOSO", "svc-backup",
             "S-1-5-21-1004336348-1177238915-682003330-1130", "LocalHost (Using LRPC)",
             "Unavailable", "Unavailable"]
    fields = [Field(f"param{place}", "String", text) for place, text in enumerate(texts, 1)]
    return Event(provider=COMPONENTS, id=10016, time=time, fields=fields, level=3, qualifiers=0,
                 keywords=_CLASSIC, process=972, thread=1020, **more)


def hive(time, **more):
    """Kernel-General 16: a hive of the registry was put in order."""
    name = r"\SystemRoot\System32\Config\DRIVERS"
    fields = [Field("HiveNameLength", "UInt16", len(name)), Field("HiveName", "UnicodeString", name),
              Field("KeysUpdated", "UInt32", 214), Field("DirtyPages", "UInt32", 31)]
    return Event(provider=KERNEL, id=16, time=time, fields=fields, level=4, process=4, thread=312,
                 **more)


def clock(time, **more):
    """Time-Service 35: whom the clock follows."""
    source = "dc01.contoso.example (ntp.d|0x0|0.0.0.0:123->10.0.8.2:123)"
    fields = [Field("TimeSource", "UnicodeString", source),
              Field("TimeSourceRefId", "UInt32", 33554442), Field("CurrentStratumNumber", "UInt32", 4)]
    return Event(provider=TIME, id=35, time=time, fields=fields, level=4, process=1180, thread=2044,
                 user="S-1-5-19", **more)


def lookup(time, name, **more):
    """DNS Client 1014: no server of names answered."""
    address = bytes.fromhex("020000350a00080200000000000000000000000000000000")
    fields = [Field("QueryName", "UnicodeString", name), Field("AddressLength", "UInt32", 128),
              Field("Address", "Binary", address)]
    return Event(provider=NAMES, id=1014, time=time, fields=fields, level=3, process=1436, thread=6120,
                 user="S-1-5-20", **more)


def connection(time, process, inbound, local, peer, **more):
    """Security 5156: the filtering platform let a connection through. `process` is its number and its
    program; addresses are pairs. Who opened the connection is the source, and `%%14592` is inbound."""
    (source, destination) = (peer, local) if inbound else (local, peer)
    fields = [Field("ProcessID", "UInt64", process[0]),
              Field("Application", "UnicodeString", process[1]),
              Field("Direction", "UnicodeString", "%%14592" if inbound else "%%14593"),
              Field("SourceAddress", "UnicodeString", source[0]),
              Field("SourcePort", "UnicodeString", str(source[1])),
              Field("DestAddress", "UnicodeString", destination[0]),
              Field("DestPort", "UnicodeString", str(destination[1])),
              Field("Protocol", "UInt32", _TCP), Field("FilterRTID", "UInt64", 70414),
              Field("LayerName", "UnicodeString", "%%14610" if inbound else "%%14611"),
              Field("LayerRTID", "UInt64", 44 if inbound else 48),
              Field("RemoteUserID", "SID", "S-1-0-0"), Field("RemoteMachineID", "SID", "S-1-0-0")]
    return Event(**{"provider": SECURITY, "id": 5156, "time": time, "fields": fields, "level": 0,
                    "version": 1, "task": 12810, "keywords": 0x8020000000000000, "process": 4,
                    "thread": 3388, "user": "", "channel": "Security", **more})


def sysmon(time, process, initiated, source, destination, name="", **more):
    """Sysmon 3: a process had a connection. The source is who opened it."""
    machine = more.get("computer", "EXCH01.contoso.example")
    from_here = initiated
    fields = [Field("RuleName", "UnicodeString", "-"),
              Field("UtcTime", "UnicodeString", utc(time)),
              Field("ProcessGuid", "GUID", f"{{747f3d96-3b8b-5eb5-0000-{process[0]:012x}}}"),
              Field("ProcessId", "UInt32", process[0]), Field("Image", "UnicodeString", process[1]),
              Field("User", "UnicodeString", r"NT AUTHORITY\SYSTEM"),
              Field("Protocol", "UnicodeString", "tcp"), Field("Initiated", "Boolean", initiated),
              Field("SourceIsIpv6", "Boolean", False),
              Field("SourceIp", "UnicodeString", source[0]),
              Field("SourceHostname", "UnicodeString", machine if from_here else name),
              Field("SourcePort", "UInt16", source[1]), Field("SourcePortName", "UnicodeString", "-"),
              Field("DestinationIsIpv6", "Boolean", False),
              Field("DestinationIp", "UnicodeString", destination[0]),
              Field("DestinationHostname", "UnicodeString", name if from_here else machine),
              Field("DestinationPort", "UInt16", destination[1]),
              Field("DestinationPortName", "UnicodeString", "https" if destination[1] == 443 else "-")]
    return Event(**{"provider": SYSMON, "id": 3, "time": time, "fields": fields, "level": 4,
                    "version": 5, "task": 3, "process": 2728, "thread": 7080,
                    "channel": SYSMON_CHANNEL, **more})


def utc(time):
    """A time as Sysmon and others write it in a field."""
    return f"{moment(time):%Y-%m-%d %H:%M:%S}.{time // 10_000 % 1000:03}"

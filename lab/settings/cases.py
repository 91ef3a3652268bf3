"""The machines whose settings are kept, each set as documentation and habit have it.

Paths, names, types and defaults are those of Microsoft's "TLS registry settings", "Protocols in
TLS/SSL (Schannel SSP)", "TLS Cipher Suites in Windows 8.1", "TLS best practices with the .NET
Framework", and KB3140245.
"""

import dataclasses

from settings import hive, text
from settings.value import MULTI_SZ

SYSTEM = r"HKLM\SYSTEM\CurrentControlSet"
SOFTWARE = r"HKLM\SOFTWARE"
SCHANNEL = rf"{SYSTEM}\Control\SecurityProviders\SCHANNEL"
POLICY = rf"{SOFTWARE}\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
INTERFACE = rf"{SYSTEM}\Services\Tcpip\Parameters\Interfaces\{{3f6c5a8e-0d2b-4c91-9a77-5d1e0b7c4a10}}"
OFF = {"Enabled": 0, "DisabledByDefault": 1}
ON = {"Enabled": 1, "DisabledByDefault": 0}


@dataclasses.dataclass
class Case:
    """One machine: what it is, its registry, the files that show it, and what is true of it."""
    story: str
    registry: dict
    truth: dict
    form: str = "reg"

    def files(self):
        if self.form == "reg":
            return {"input.reg": text.exported(self.registry)}
        if self.form == "query":
            return {"input.txt": text.queried(self.registry)}
        return {"input.SYSTEM": _system(self.registry), "input.SOFTWARE": _software(self.registry)}

    def about(self, name):
        made = {"reg": "as `reg export` writes it (UTF-16, CR LF)", "query": "as `reg query /s` prints it",
                "hive": "as two hives, by `lab/settings/hive.py`"}[self.form]
        return (f"# settings/{name}\n\n{self.story}\n\n**Built, not exported on Windows**: `lab/run settings` writes "
                f"it, {made}. Names, addresses and values are invented; keys, types and defaults are those of "
                "Microsoft's documentation, which `lab/settings/cases.py` names.\n")


def _system(registry):
    """`SYSTEM`, with a second control set that is not in use."""
    held = {r"HKLM\SYSTEM\Select": {"Current": 1, "Default": 1, "Failed": 0, "LastKnownGood": 2}}
    for path, values in registry.items():
        if path.startswith(SYSTEM):
            held[path.replace("CurrentControlSet", "ControlSet001")] = values
    held[SCHANNEL.replace("CurrentControlSet", "ControlSet002") + r"\Protocols\TLS 1.2\Client"] = OFF
    return hive.written(held, r"HKLM\SYSTEM", "SYSTEM", sequences=(7, 6))


def _software(registry):
    return hive.written(registry, SOFTWARE, r"emRoot\System32\Config\SOFTWARE", lists="lf", most=2)


def windows(product, build, number="6.3"):
    path = rf"{SOFTWARE}\Microsoft\Windows NT\CurrentVersion"
    return {path: {"ProductName": product, "CurrentVersion": number, "CurrentBuild": str(build),
                   "CurrentBuildNumber": str(build), "InstallationType": "Server"}}


def machine(name, *addresses):
    return {rf"{SYSTEM}\Control\ComputerName\ComputerName": {"": "mnmsrvc", "ComputerName": name},
            INTERFACE: {"EnableDHCP": 0, "IPAddress": (MULTI_SZ, list(addresses))}}


def schannel(own, protocols=(), below=()):
    """SCHANNEL as every Windows has it, with what is set besides."""
    keys = {SCHANNEL: own}
    for name in ("Ciphers", "CipherSuites", "Hashes", "KeyExchangeAlgorithms"):
        keys[rf"{SCHANNEL}\{name}"] = {}
        keys |= {rf"{SCHANNEL}\{path}": values for path, values in below if path.startswith(name + "\\")}
    keys[rf"{SCHANNEL}\Protocols"] = {}
    for path, values in [(r"SSL 2.0\Client", {"DisabledByDefault": 1}), *protocols]:
        path = rf"{SCHANNEL}\Protocols\{path}"
        keys.setdefault(path.rsplit("\\", 1)[0], {})
        keys[path] = keys.get(path, {}) | values
    return keys


def both(values, *versions):
    return [(rf"{version}\{side}", values) for version in versions for side in ("Client", "Server")]


def dot_net(values, *versions, views=("", r"\Wow6432Node")):
    return {rf"{SOFTWARE}{view}\Microsoft\.NETFramework\{version}": values
            for version in versions or ("v2.0.50727", "v4.0.30319") for view in views}


def win_http(number, views=("", r"\Wow6432Node")):
    return {rf"{SOFTWARE}{view}\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp":
            {"DefaultSecureProtocols": number} for view in views}


R2 = windows("Windows Server 2012 R2 Standard", 9600)
SUITES = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384_P384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256_P256,"
          "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,"
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256_P256")
HARDENED = (
    machine("WEB01", "192.0.2.10")
    | schannel({"EventLogging": 7},
               both(OFF, "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1") + both(ON, "TLS 1.2"),
               [(rf"Ciphers\{name}", {"Enabled": 0}) for name in
                ("DES 56/56", "NULL", "RC4 128/128", "RC4 40/128", "RC4 56/128", "Triple DES 168")]
               + [(r"Hashes\MD5", {"Enabled": 0}),
                  (r"KeyExchangeAlgorithms\Diffie-Hellman", {"ServerMinKeyBitLength": 2048})])
    | dot_net({"SchUseStrongCrypto": 1, "SystemDefaultTlsVersions": 1})
    | R2 | win_http(0x800) | {POLICY: {"Functions": SUITES}})

CASES = {
    "default-2012r2": Case(
        "A Server 2012 R2 on which nobody has set anything of TLS.",
        machine("APP07", "198.51.100.1") | schannel({"EventLogging": 1}) | dot_net({}) | R2,
        {"computer": "APP07", "client": ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"],
         "server": ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"], "order": "default",
         "beside": "several/office/input.pcap"}),
    "hardened-2012r2": Case(
        "A Server 2012 R2 that was hardened after a guide: TLS 1.2 alone, no RC4, no 3DES, a short list of suites.",
        HARDENED,
        {"computer": "WEB01", "client": ["TLS 1.2"], "server": ["TLS 1.2"], "order": "policy",
         "beside": "several/office/input.pcap"}),
    "old-client-2012r2": Case(
        "A Server 2012 R2 on which somebody has switched TLS 1.1 and 1.2 off for clients, years ago, because a "
        "partner could not stand them. Only SCHANNEL was exported.",
        schannel({"EventLogging": 1}, [(r"SSL 3.0\Client", {"Enabled": 0}), (r"TLS 1.1\Client", {"DisabledByDefault": 1}),
                                       (r"TLS 1.2\Client", {"DisabledByDefault": 1})]),
        {"order": "unknown", "beside": "client-max-version-below-server-min/openssl-tls10-haproxy/input.pcap"}),
    "exchange-2016": Case(
        "The Exchange server of corpus/events/exchange, on a Server 2016 with TLS 1.0 and 1.1 switched off: its scripts "
        "ask for these and for nothing else.",
        windows("Windows Server 2016 Standard", 14393) | machine("EXCH01", "10.20.0.11")
        | schannel({"EventLogging": 7}, both(OFF, "TLS 1.0", "TLS 1.1")) | dot_net({}, "v4.0.30319"),
        {"computer": "EXCH01", "client": ["TLS 1.2"], "server": ["TLS 1.2"], "order": "default",
         "beside": "events/exchange/System.evtx", "group": 4}),
    "joined-2012r2": Case(
        "The host of corpus/events/joined, 192.0.2.10: as a server it takes TLS 1.2 alone; as a client it offers TLS 1.0 "
        "at most, because somebody has switched the newer ones off for clients.",
        machine("SRV01", "192.0.2.10")
        | schannel({"EventLogging": 7},
                   [(rf"{version}\Server", OFF) for version in ("SSL 3.0", "TLS 1.0", "TLS 1.1")]
                   + [(rf"{version}\Client", {"DisabledByDefault": 1}) for version in ("TLS 1.1", "TLS 1.2")]
                   + [(r"SSL 3.0\Client", OFF)])
        | dot_net({"SchUseStrongCrypto": 1, "SystemDefaultTlsVersions": 1}) | R2,
        {"computer": "SRV01", "client": ["TLS 1.0"], "server": ["TLS 1.2"], "order": "default",
         "mistakes": ["TLS 1.0 is set as a server alone"], "beside": "events/joined/trace.pcapng"}),
    "mistakes-2016": Case(
        "A Server 2016 on which much was set and little of it does what was meant.",
        windows("Windows Server 2016 Datacenter", 14393)
        | schannel({"EventLogging": 0, "SendTrustedIssuerList": 1},
                   [("TLS1.2\\Client", ON), (r"TLS 1.3\Client", ON), (r"TLS 1.3\Server", ON),
                    (r"TLS 1.0\Client", OFF), (r"TLS 1.2\Server", {"Enabled": "1"}),
                    (r"TLS 1.1\Client", {"Enabled": 1, "DisabledByDefault": 1})],
                   [(r"Ciphers\Triple DES 168/168", {"Enabled": 0})])
        | dot_net({"SchUseStrongCrypto": 1}, "v4.0.30319", views=("",))
        | win_http(0xA00, ("",))
        | {POLICY: {"Functions": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_AES_128_GCM_SHA256"}},
        {"server": ["TLS 1.0", "TLS 1.1", "TLS 1.2"], "order": "policy",
         "mistakes": ["TLS1.2", "TLS 1.3", "no DWORD", "Triple DES 168", "Wow6432Node", "TLS_ECDHE_RSA_AES_128_GCM_SHA256"]}),
    "hives-2012r2": Case(
        "The hardened Server 2012 R2 as the hives of its disk, SYSTEM taken while it was in use.",
        HARDENED,
        {"computer": "WEB01", "client": ["TLS 1.2"], "server": ["TLS 1.2"], "order": "policy"}, "hive"),
    "query-server-2019": Case(
        "A Server 2019 with TLS 1.0 and 1.1 switched off, as pasted from a console.",
        windows("Windows Server 2019 Standard", 17763)
        | schannel({"EventLogging": 1}, both(OFF, "TLS 1.0", "TLS 1.1")),
        {"client": ["TLS 1.2"], "server": ["TLS 1.2"], "order": "default"}, "query"),
}

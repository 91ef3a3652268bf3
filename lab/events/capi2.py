"""What CAPI2 writes about certificates when its log is switched on: XML in UserData, without a template.

The layout follows a log of Windows 7 and 10; texts and values are the lab's own. Numbers are hexadecimal,
and flags are attributes. The process that writes is the one that asked.
"""

from events import certificates
from events.record import Element, Event, Provider, iso

PROVIDER = Provider("Microsoft-Windows-CAPI2", "{5bbca4a8-b209-48dc-a8c7-b23d3e5216fb}", named=True)
CHANNEL = "Microsoft-Windows-CAPI2/Operational"
_KEYWORDS = {11: 3, 30: 1, 41: 5, 53: 0x36, 70: 0x80, 81: 0x40, 90: 0x200}
# The bits of an ErrorStatus, with the names that stand beside them.
_TRUST = {0x1: "CERT_TRUST_IS_NOT_TIME_VALID", 0x20: "CERT_TRUST_IS_UNTRUSTED_ROOT",
          0x40: "CERT_TRUST_REVOCATION_STATUS_UNKNOWN", 0x10000: "CERT_TRUST_IS_PARTIAL_CHAIN",
          0x1000000: "CERT_TRUST_IS_OFFLINE_REVOCATION"}
_TEXTS = {
    0x800B0109: "A certificate chain processed, but terminated in a root certificate which is not "
                "trusted by the trust provider.",
    0x800B010A: "A certificate chain could not be built to a trusted root authority.",
    0x800B010F: "The certificate's CN name does not match the passed value.",
    0x800B0101: "A required certificate is not within its validity period.",
    0x80092013: "The revocation function was unable to check revocation because the revocation server "
                "was offline.",
    0x80072EE2: "The operation timed out",
    0x80090016: "Keyset does not exist",
}


def _one(name, /, *content, **attributes):
    # What Python has a word of its own for is written with `_` behind it.
    return Element(name, tuple((key.rstrip("_"), value) for key, value in attributes.items()), content)


def _certificate(der, name="Certificate"):
    subject = certificates.told(der)["subject"].removeprefix("CN=")
    return _one(name, fileRef=f"{certificates.thumbprint(der)}.cer", subjectName=subject)


def _trust(errors):
    names = {name: "true" for bit, name in _TRUST.items() if errors & bit}
    return _one("TrustStatus", _one("ErrorStatus", value=f"{errors:X}", **names),
                _one("InfoStatus", value="100", CERT_TRUST_HAS_PREFERRED_ISSUER="true"))


def _result(code):
    return _one("Result", *([_TEXTS[code]] if code else []), value=f"{code:X}")


class Caller:
    """A process that asks CAPI2, and the task that its events have in common."""

    def __init__(self, computer, process, image, task):
        self.computer = computer
        self.process = process
        self.image = image
        self.task = task
        self.sequence = 0

    def event(self, number, time, name, parts, result, opcode=0, truth=None):
        self.sequence += 1
        ends = [_one("EventAuxInfo", ProcessName=self.image),
                _one("CorrelationAuxInfo", TaskId=self.task, SeqNumber=str(self.sequence))]
        ends += [] if result is None else [_result(result)]
        return Event(provider=PROVIDER, id=number, time=time, level=2 if result else 4, opcode=opcode,
                     task=number, keywords=0x4000000000000000 | _KEYWORDS[number],
                     tree=_one(name, *parts, *ends), process=self.process, thread=6776,
                     channel=CHANNEL, computer=self.computer, truth=truth or {})

    def chain(self, time, ders, errors, result, usage="1.3.6.1.5.5.7.3.1"):
        """11: a chain was built; `errors` are those of each certificate, the leaf first."""
        name = {"1": "Server Authentication", "2": "Client Authentication"}[usage[-1]]
        links = [_one("ChainElement", _certificate(der),
                      _one("SignatureAlgorithm", oid="1.2.840.113549.1.1.11", hashName="SHA256",
                           publicKeyName="RSA"),
                      _one("PublicKeyAlgorithm", oid="1.2.840.113549.1.1.1", publicKeyName="RSA",
                           publicKeyLength="1024"),
                      _trust(bits), _one("ApplicationUsage", _one("Usage", oid=usage, name=name)),
                      _one("IssuanceUsage"))
                 for der, bits in zip(ders, errors)]
        whole = 0
        for bits in errors:
            whole |= bits
        parts = [
            _certificate(ders[0]), _one("ValidationTime", iso(time)[:19] + "Z"),
            _one("AdditionalStore", *map(_certificate, ders)),
            _one("ExtendedKeyUsage", _one("Usage", oid=usage, name=name)),
            _one("Flags", value="40000001", CERT_CHAIN_CACHE_END_CERT="true",
                 CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT="true"),
            _one("ChainEngineInfo", context="machine"),
            _one("CertificateChain", _trust(whole), *links, chainRef=self.chain_name())]
        return self.event(11, time, "CertGetCertificateChain", parts, result, opcode=2,
                          truth=self.truth(ders[0], result))

    def policy(self, time, der, server_name, result, flags=0):
        """30: the chain was held against the rules of TLS, the server's name among them."""
        parts = [
            _one("Policy", type_="CERT_CHAIN_POLICY_SSL", constant="4"), _certificate(der),
            _one("CertificateChain", chainRef=self.chain_name()), _one("Flags", value=f"{flags:X}"),
            _one("SSLAdditionalPolicyInfo", authType="server", serverName=server_name),
            _one("Status", chainIndex="0", elementIndex="0" if result else "-1")]
        return self.event(30, time, "CertVerifyCertificateChainPolicy", parts, result,
                          truth=self.truth(der, result) | {"name": server_name})

    def revocation(self, time, der, issuer, result):
        """41: somebody was asked whether the certificate is revoked."""
        parts = [_certificate(der), _certificate(issuer, "IssuerCertificate"),
                 _one("Flags", value="4", CERT_VERIFY_REV_ACCUMULATIVE_TIMEOUT_FLAG="true"),
                 _one("AdditionalParameters", currentTime=iso(time)[:23] + "Z",
                      urlRetrievalTimeout="PT20S"),
                 _one("RevocationStatus", index="0", error=f"{result:X}", reason="0")]
        return self.event(41, time, "CertVerifyRevocation", parts, result, opcode=2,
                          truth=self.truth(der, result))

    def retrieval(self, time, url, result):
        """53: a list of revoked certificates was fetched from the network, or was not."""
        parts = [_one("URL", url, scheme="http"),
                 _one("Object", type_="CONTEXT_OID_CRL", constant="2"), _one("Timeout", "PT15S"),
                 _one("Flags", value="202005", CRYPT_WIRE_ONLY_RETRIEVAL="true",
                      CRYPT_PROXY_CACHE_RETRIEVAL="true"),
                 _one("AdditionalInfo", _one("NetworkConnectivityStatus", value="1",
                                             _SENSAPI_NETWORK_ALIVE_LAN="true"))]
        return self.event(53, time, "CryptRetrieveObjectByUrlWire", parts, result, opcode=2,
                          truth={"url": url, "result": result})

    def private_key(self, time, der, result):
        """70: the process wanted the key of its certificate. The layout is a guess."""
        parts = [_certificate(der),
                 _one("Flags", value="6", CRYPT_ACQUIRE_COMPARE_KEY_FLAG="true"),
                 _one("CryptographicKey", _one("Container", name="le-6b1f2c1e", provider="Microsoft "
                                               "RSA SChannel Cryptographic Provider"))]
        return self.event(70, time, "CryptAcquireCertificatePrivateKey", parts, result,
                          truth=self.truth(der, result))

    def verdict(self, time, result):
        """81: WinVerifyTrust judged a server's certificate."""
        parts = [_one("ActionID", "{573E31F8-AABA-11D0-8CCB-00C04FC295EE}"),
                 _one("UIChoice", "WTD_UI_NONE", value="2"), _one("RevocationCheck", value="0"),
                 _one("StateAction", "WTD_STATEACTION_VERIFY", value="1"), _one("Flags", value="80000080"),
                 _one("CertificateChain", chainRef=self.chain_name())]
        return self.event(81, time, "WinVerifyTrust", parts, result, opcode=2,
                          truth={"result": result})

    def objects(self, time, der, names=()):
        """90: what is in the certificate."""
        told = certificates.told(der)
        parts = [_one("Subject", _one("CN", told["subject"].removeprefix("CN="))),
                 _one("SignatureAlgorithm", oid="1.2.840.113549.1.1.11", hashName="SHA256",
                      publicKeyName="RSA"),
                 _one("Issuer", _one("CN", told["issuer"].removeprefix("CN="))),
                 _one("SerialNumber", told["serial"].upper()),
                 _one("NotBefore", iso(told["not_before"] * 10_000_000)[:19] + "Z"),
                 _one("NotAfter", iso(told["not_after"] * 10_000_000)[:19] + "Z"),
                 _one("Extensions", _one("SubjectAltName", *(_one("DNSName", name) for name in names)))]
        named = _certificate(der)
        whole = Element(named.name, named.attributes, tuple(parts))
        return self.event(90, time, "X509Objects", [whole], None, truth=self.truth(der, None))

    def chain_name(self):
        """What the events about one chain have in common."""
        return "{6bab0c7c" + self.task[9:]

    @staticmethod
    def truth(der, result):
        return {"certificate": certificates.told(der), "result": result}

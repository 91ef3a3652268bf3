"""Certificates that come out the same in every run: keys and serial numbers are made from names.

They are for events that hold a certificate. Nobody else has the keys, and nothing trusts them.
"""

import datetime
import functools
import hashlib
import random
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Properties of a certificate in a store, by the numbers of wincrypt.h; 32 is the certificate itself.
_SHA1, _FRIENDLY_NAME, _KEY_IDENTIFIER, _CERTIFICATE = 3, 11, 20, 32
_X509 = 1
_SMALL = [number for number in range(3, 2000, 2) if all(number % d for d in range(3, number, 2))]


@functools.cache
def certificate(name, issuer="Contoso Issuing CA 2", since="2026-11-14", until="2027-11-14",
                names=(), usage="server"):
    """The DER of a certificate of `name`."""
    made = (x509.CertificateBuilder()
            .subject_name(_name(name)).issuer_name(_name(issuer))
            .public_key(_key(name).public_key())
            .serial_number(int.from_bytes(hashlib.sha256(f"{name} {since}".encode()).digest()[:9],
                                          "big") | 1)
            .not_valid_before(datetime.datetime.fromisoformat(since))
            .not_valid_after(datetime.datetime.fromisoformat(until)))
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), False)
    kind = ExtendedKeyUsageOID.SERVER_AUTH if usage == "server" else ExtendedKeyUsageOID.CLIENT_AUTH
    made = made.add_extension(x509.ExtendedKeyUsage([kind]), False)
    return made.sign(_key(issuer), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def serialized(der, friendly_name=""):
    """A certificate with its properties, as CertSerializeCertificateStoreElement writes it: number,
    encoding, length and data of each, the certificate last."""
    elements = [(_SHA1, hashlib.sha1(der).digest()),
                (_KEY_IDENTIFIER, hashlib.sha1(b"key" + der).digest())]
    if friendly_name:
        elements.append((_FRIENDLY_NAME, friendly_name.encode("utf-16-le") + b"\0\0"))
    elements.append((_CERTIFICATE, der))
    return b"".join(struct.pack("<III", number, _X509, len(data)) + data for number, data in elements)


def thumbprint(der):
    """What Windows calls the certificate: its SHA-1."""
    return hashlib.sha1(der).hexdigest().upper()


def told(der):
    """What truth.json says of a certificate."""
    made = x509.load_der_x509_certificate(der)
    return {"subject": made.subject.rfc4514_string(), "issuer": made.issuer.rfc4514_string(),
            "serial": f"{made.serial_number:x}",
            "not_before": int(made.not_valid_before_utc.timestamp()),
            "not_after": int(made.not_valid_after_utc.timestamp())}


def _name(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@functools.cache
def _key(name):
    """A key made from a name: anybody can make it again, so it protects nothing."""
    source = random.Random(f"tlswhy lab {name}")
    while True:
        p, q = _prime(source), _prime(source)
        totient = (p - 1) * (q - 1)
        if p != q and totient % 65537:
            break
    d = pow(65537, -1, totient)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q))
    return numbers.private_key()


def _prime(source):
    while True:
        number = source.getrandbits(512) | 1 << 511 | 1 << 510 | 1
        if all(number % small for small in _SMALL) and pow(2, number - 1, number) == 1:
            return number

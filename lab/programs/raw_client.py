"""Clients that are no good TLS clients: send some bytes, or none, and tell what came back."""

import os
import socket
import sys
import time

_SUITES = bytes.fromhex("1301130213031304c02bc02fc02cc030")


def nothing():
    return b""


def http():
    return b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


def smtp():
    return b"EHLO client.example.test\r\n"


def ssh():
    return b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"


def proxy():
    return b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n"


def postgres():
    """The SSLRequest of PostgreSQL: a length and a number, before any TLS."""
    return bytes.fromhex("0000000804d2162f")


def rdp():
    """A connection request that offers TLS and nothing else (MS-RDPBCGR 2.2.1.1)."""
    return bytes.fromhex("030000130ee000000000000100080001000000")


def sslv2():
    """A CLIENT-HELLO of SSL 2.0 itself, with its own three-byte cipher kinds."""
    ciphers = bytes.fromhex("0700c0030080010080060040040080020080")
    return _sslv2(b"\x00\x02", ciphers)


def sslv2_tls10():
    """A hello in the form of SSL 2.0 that offers TLS 1.0 (RFC 5246, appendix E.2)."""
    ciphers = bytes.fromhex("00002f00003500000a000005")
    return _sslv2(b"\x03\x01", ciphers)


def _sslv2(version, ciphers):
    challenge = bytes(range(16))
    sizes = len(ciphers).to_bytes(2, "big") + b"\x00\x00" + len(challenge).to_bytes(2, "big")
    body = b"\x01" + version + sizes + ciphers + challenge
    return (0x8000 | len(body)).to_bytes(2, "big") + body


def bad_length():
    """A ClientHello whose extensions claim more bytes than the message has."""
    return _hello(b"", extra_length=40)


def twice():
    """A ClientHello that has one extension two times (RFC 8446, section 4.2 forbids it)."""
    groups = _extension(10, bytes.fromhex("0002001d"))
    return _hello(groups + groups)


def no_key_share():
    """A TLS 1.3 ClientHello without key_share, groups and signature algorithms."""
    return _hello(_extension(43, bytes.fromhex("020304")))


def foreign_key_share():
    """A key_share for a group that supported_groups does not name."""
    share = bytes.fromhex("0017") + (65).to_bytes(2, "big") + b"\x04" + bytes(64)
    return _hello(
        _extension(43, bytes.fromhex("020304")) + _extension(10, bytes.fromhex("0002001d"))
        + _extension(13, bytes.fromhex("00040403" + "0804"))
        + _extension(51, len(share).to_bytes(2, "big") + share))


def no_signature_algorithms():
    """A ClientHello of TLS 1.3 that lacks signature_algorithms and nothing else."""
    share = bytes.fromhex("001d0020") + bytes([9]) + bytes(31)
    return _hello(
        _extension(43, bytes.fromhex("020304")) + _extension(10, bytes.fromhex("0002001d"))
        + _extension(51, len(share).to_bytes(2, "big") + share))


def no_signature_algorithms_tls12():
    """A ClientHello of TLS 1.2 without signature_algorithms, which stands for SHA-1
    (RFC 5246, 7.4.1.4.1)."""
    return _hello(_extension(10, bytes.fromhex("0004001d0017")) + b"\xff\x01\x00\x01\x00",
                  suites=bytes.fromhex("c02bc02fc02cc030"))


def _extension(number, body):
    return number.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def _rsa_hello():
    """A ClientHello of TLS 1.2 with RSA key exchange alone."""
    return _hello(_extension(13, bytes.fromhex("000404010501")) + b"\xff\x01\x00\x01\x00",
                  suites=bytes.fromhex("002f0035"))


def _hello(extensions, extra_length=0, suites=_SUITES):
    body = b"\x03\x03" + bytes(range(32)) + b"\x00"
    body += len(suites).to_bytes(2, "big") + suites + b"\x01\x00"
    body += (len(extensions) + extra_length).to_bytes(2, "big") + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def probe(connection):
    """What a scanner for Bleichenbacher's oracle sends after the server's flight: a key that was
    not encrypted for the server, and a Finished that nobody can decrypt (RFC 5246, 7.4.7.1)."""
    version = b"\x03\x03"
    got = b""
    while not got.endswith(b"\x0e\x00\x00\x00"):
        if not (more := connection.recv(4096)):
            return
        got += more
    key = b"\x01\x00\x00" + os.urandom(255)
    message = b"\x10" + len(key).to_bytes(3, "big") + key
    connection.sendall(b"\x16" + version + len(message).to_bytes(2, "big") + message
                       + b"\x14" + version + b"\x00\x01\x01"
                       + b"\x16" + version + b"\x00\x40" + os.urandom(64))


def main():
    behaviour, host, port = sys.argv[1:4]
    source = (sys.argv[4], 0) if len(sys.argv) > 4 else None
    with socket.create_connection((host, int(port)), 5, source) as connection:
        connection.settimeout(3)
        if behaviour == "probe":
            connection.sendall(_rsa_hello())
            probe(connection)
        else:
            connection.sendall(globals()[behaviour]())
        if behaviour == "nothing":
            time.sleep(0.05)
            return
        try:
            got = connection.recv(4096)
            print("received", len(got), "bytes:", got[:40])
        except OSError as failure:
            print("error:", failure)


main()

"""Servers that are no good TLS servers: one behaviour each, for one port."""

import socket
import struct
import sys
import time

from connections import serve

# A certificate list of one entry is not needed: the client refuses before it reads further.
_RENEGOTIATION_INFO = bytes.fromhex("ff01000100")
_SERVER_HELLO_12 = bytes.fromhex("0303") + bytes(range(32)) + b"\x00" + bytes.fromhex("c02b00")


def reset(connection):
    """Read the first bytes, then answer with a reset (SO_LINGER with no time to linger)."""
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def close(connection):
    """Read the first bytes and close without a word."""
    connection.recv(65536)


def silent(connection):
    """Read the first bytes and never answer."""
    connection.recv(65536)
    time.sleep(20)


def http(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def smtp(connection):
    connection.sendall(b"220 mail.example.test ESMTP ready\r\n")
    connection.recv(65536)
    connection.sendall(b"500 5.5.2 Error: bad syntax\r\n")


def imap(connection):
    connection.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
    connection.recv(65536)
    connection.sendall(b"* BAD Error in IMAP command received by server.\r\n")


def ssh(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    connection.recv(65536)
    connection.sendall(b"Invalid SSH identification string.\r\n")


def rdp(connection):
    """A connection confirm that wants CredSSP: RDP_NEG_FAILURE, code 5 (MS-RDPBCGR 2.2.1.2.2)."""
    connection.recv(65536)
    connection.sendall(bytes.fromhex("030000130ed000000000000300080005000000"))


def old(connection):
    """A TLS 1.2 server from before RFC 5746: its ServerHello has no renegotiation_info."""
    _answer(connection, _SERVER_HELLO_12)


def unasked(connection):
    """A ServerHello that chooses a protocol (ALPN, h2), whether any was on offer or not."""
    extensions = _RENEGOTIATION_INFO + bytes.fromhex("001000050003026832")
    _answer(connection, _SERVER_HELLO_12 + len(extensions).to_bytes(2, "big") + extensions)


def _answer(connection, body):
    connection.recv(65536)
    hello = b"\x02" + len(body).to_bytes(3, "big") + body
    connection.sendall(b"\x16\x03\x03" + len(hello).to_bytes(2, "big") + hello)
    connection.recv(65536)


def main():
    behaviour, host, port = sys.argv[1:]
    serve(host, port, globals()[behaviour])


main()

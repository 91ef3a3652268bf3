"""Clients that agree on TLS inside another protocol and insist on it.

`carrier_client.py PROTOCOL HOST PORT`. Mail and news are spoken by Python's own modules; the packets
of the others are put together by hand, and their TLS is Python's.
"""

import nntplib
import smtplib
import socket
import struct
import sys

from connections import trust

NAME = "www.example.test"


def lmtp(host, port):
    with smtplib.LMTP(host, port) as client:
        client.starttls(context=trust("1.2"))


def nntp(host, port):
    with nntplib.NNTP(host, port) as client:
        client.starttls(trust("1.2"))


def _lines(*turns):
    """A dialogue of lines: each is said after an answer, and the last answer must begin as told."""
    def talk(connection):
        for words, expected in turns:
            if words:
                connection.sendall(words.encode() + b"\r\n")
            answer = connection.recv(4096)
            if expected and expected not in answer:
                return False
        return True
    return talk


sieve = _lines((None, b'"STARTTLS"'), ("STARTTLS", b"OK"))
irc = _lines(("CAP LS", b" tls"), ("STARTTLS", b" 670 "))
http = _lines((f"OPTIONS * HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: TLS/1.2\r\n"
               "Connection: Upgrade\r\n", b" 101 "))
post = _lines((f"POST /printers/first HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 0\r\n", b" 200 "))


def rdp(connection, offer=3):
    """A connection request that offers TLS and CredSSP (MS-RDPBCGR 2.2.1.1)."""
    packet = bytes.fromhex("030000130ee00000000000") + struct.pack("<BBHI", 1, 0, 8, offer)
    connection.sendall(packet)
    answer = connection.recv(4096)
    print("server:", answer, flush=True)
    return len(answer) == 19 and answer[11] == 2 and answer[15] != 0


def rdp_tls(connection):
    return rdp(connection, 1)


def rdp_old(connection):
    return rdp(connection, 0)


def tds_off(connection):
    """A PRELOGIN that says that encryption is not supported (MS-TDS 2.2.6.5)."""
    options = bytes.fromhex("00000b00060100110001ff0b000c380000") + b"\x02"
    connection.sendall(struct.pack(">BBHHBB", 0x12, 1, 8 + len(options), 0, 1, 0) + options)
    # The answer, and then the end, which is the server's.
    while connection.recv(4096):
        pass
    return False


def amqp(connection):
    connection.sendall(b"AMQP\x02\x01\0\0")
    return connection.recv(8) == b"AMQP\x02\x01\0\0"


def diameter(connection):
    """A Capabilities-Exchange-Request with TLS as the only security (RFC 3588, 5.3.1)."""
    body = _avp(264, NAME.encode()) + _avp(296, b"example.test")
    body += _avp(257, b"\0\x01\x7f\0\0\x01") + _avp(266, bytes(4)) + _avp(299, b"\0\0\0\x01")
    head = struct.pack(">II", 1 << 24 | 20 + len(body), 0x80 << 24 | 257)
    connection.sendall(head + struct.pack(">III", 0, 1, 2) + body)
    answer = connection.recv(4096)
    return _avp(299, b"\0\0\0\x01") in answer


def _avp(code, value):
    head = struct.pack(">II", code, 0x40 << 24 | 8 + len(value))
    return head + value + bytes(-len(value) % 4)


def vnc(connection):
    """RFB 3.8, the security type VeNCrypt, its subtype X509None."""
    connection.recv(12)
    connection.sendall(b"RFB 003.008\n")
    types = connection.recv(256)
    if 19 not in types[1:]:
        return False
    connection.sendall(b"\x13")
    connection.recv(2)
    connection.sendall(b"\0\x02")
    connection.recv(256)
    connection.sendall(b"\0\0\x01\x04")
    return connection.recv(1) == b"\x01"


def main():
    protocol, host, port = sys.argv[1:]
    try:
        if protocol in ("lmtp", "nntp"):
            globals()[protocol](NAME, int(port))
            return
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.settimeout(3)
            if not globals()[protocol](connection):
                print("no TLS")
                return
            with trust("1.2").wrap_socket(connection, server_hostname=NAME) as tls:
                tls.sendall(b"hello")
    except (OSError, smtplib.SMTPException, nntplib.NNTPError) as failure:
        print("error:", failure)


main()

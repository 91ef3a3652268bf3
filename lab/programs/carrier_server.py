"""Servers of protocols that agree on TLS in binary: the packets by hand, the TLS of Python.

`carrier_server.py PROTOCOL MODE CERT HOST PORT`; the mode is `takes`, `refuses`, or what a protocol
has besides.
"""

import select
import socket
import struct
import sys

from connections import identity, serve


def rdp(connection, mode):
    """A connection confirm with TLS, with nothing, or a failure (MS-RDPBCGR 2.2.1.2)."""
    connection.recv(4096)
    kind, value = {"takes": (2, 1), "plain": (2, 0)}.get(mode) or (3, int(mode))
    answer = struct.pack("<BBHI", kind, 0, 8, value)
    connection.sendall(bytes.fromhex("030000130ed00000123400") + answer)
    return mode == "takes"


def amqp(connection, mode):
    """The same header again, or that of SASL (AMQP 1.0, 5.2.1)."""
    connection.recv(8)
    connection.sendall(b"AMQP\x02\x01\0\0" if mode == "takes" else b"AMQP\x03\x01\0\0")
    return mode == "takes"


def diameter(connection, mode):
    """A Capabilities-Exchange-Answer with TLS, or with 5017 (RFC 3588, 5.3.2)."""
    request = connection.recv(4096)
    result = _avp(268, struct.pack(">I", 2001 if mode == "takes" else 5017))
    body = result + _avp(264, b"peer.example.test") + _avp(296, b"example.test")
    if mode == "takes":
        body += _avp(299, struct.pack(">I", 1))
    head = struct.pack(">II", 1 << 24 | 20 + len(body), 257) + request[8:20]
    connection.sendall(head + body)
    return mode == "takes"


def _avp(code, value):
    head = struct.pack(">II", code, 0x40 << 24 | 8 + len(value))
    return head + value + bytes(-len(value) % 4)


def vnc(connection, mode):
    """RFB 3.8 with the security type VeNCrypt and its subtype X509None, 260."""
    connection.sendall(b"RFB 003.008\n")
    connection.recv(12)
    if mode == "hides":
        connection.sendall(b"\x01\x02")
        return False
    connection.sendall(b"\x01\x13")
    connection.recv(1)
    connection.sendall(b"\0\x02")
    connection.recv(2)
    connection.sendall(b"\0\x01\0\0\x01\x04")
    connection.recv(4)
    connection.sendall(b"\x01" if mode == "takes" else b"\0")
    return mode == "takes"


def http(connection, mode):
    """An upgrade to TLS inside HTTP (RFC 2817)."""
    connection.recv(4096)
    answer = {"takes": "101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\nConnection: Upgrade",
              "refuses": "400 Bad Request\r\nContent-Length: 0",
              "demands": "426 Upgrade Required\r\nUpgrade: TLS/1.2, HTTP/1.1\r\nConnection: Upgrade"}
    connection.sendall(f"HTTP/1.1 {answer[mode]}\r\n\r\n".encode())
    return mode == "takes"


def socks(connection, mode):
    """A SOCKS proxy: it connects to what it is asked for, or answers with the code in `mode`."""
    if connection.recv(1) == b"\x04":
        head = connection.recv(7)
        while connection.recv(1) != b"\0":
            pass
        if mode != "takes":
            connection.sendall(b"\0" + bytes([int(mode)]) + bytes(6))
            return False
        connection.sendall(b"\0\x5a" + bytes(6))
        return _relay(connection, struct.unpack(">H", head[1:3])[0])
    connection.recv(connection.recv(1)[0])
    if mode == "255":
        connection.sendall(b"\x05\xff")
        return False
    connection.sendall(b"\x05\0")
    kind = connection.recv(4)[3]
    length = {1: 4, 4: 16}.get(kind) or connection.recv(1)[0]
    connection.recv(length)
    port, = struct.unpack(">H", connection.recv(2))
    code = 0 if mode == "takes" else int(mode)
    connection.sendall(b"\x05" + bytes([code]) + b"\0\x01" + bytes(6))
    return _relay(connection, port) if mode == "takes" else False


def _relay(connection, port):
    """Pass bytes on in both directions until one side ends."""
    with socket.create_connection(("127.0.0.1", port)) as target:
        while True:
            for source in select.select([connection, target], [], [], 5)[0]:
                block = source.recv(4096)
                if not block:
                    return False
                (target if source is connection else connection).sendall(block)


def main():
    protocol, mode, cert, host, port = sys.argv[1:]
    context = identity(cert)

    def talk(connection):
        if globals()[protocol](connection, mode):
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(4096)

    serve(host, port, talk, patience=5)


main()

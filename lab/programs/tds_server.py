"""A server of TDS, as far as PRELOGIN and the TLS that it wraps (MS-TDS, 2.2.6.5 and 3.3.5.2).

`tds_server.py MODE CERT HOST PORT`; the mode is `takes`, `refuses` or `demands` encryption, the last
of a client that has none. The TLS is Python's.
"""

import socket
import ssl
import struct
import sys

from connections import identity, serve

_PRELOGIN, _RESPONSE = 0x12, 0x04
_VERSION, _ENCRYPTION, _END = 0, 1, 0xFF
_ON, _NOT_SUPPORTED, _REQUIRED = 1, 2, 3
_ENCRYPTIONS = {"takes": _ON, "refuses": _NOT_SUPPORTED, "demands": _REQUIRED}


def packet(kind, body):
    return struct.pack(">BBHHBB", kind, 1, len(body) + 8, 0, 1, 0) + body


def heard(connection):
    """The body of the next packet."""
    head = connection.recv(8, socket.MSG_WAITALL)
    if len(head) < 8:
        raise OSError("the client left")
    return connection.recv(struct.unpack(">H", head[2:4])[0] - 8, socket.MSG_WAITALL)


def answer(encryption):
    """The server's version, that of SQL Server 2019, and what it says of encryption."""
    table = struct.pack(">BHHBHHB", _VERSION, 11, 6, _ENCRYPTION, 17, 1, _END)
    return packet(_RESPONSE, table + bytes.fromhex("0f0007d00000") + bytes([encryption]))


def shake_hands(connection, context):
    """The handshake, each flight in packets of PRELOGIN."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            session.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        finally:
            flight = outgoing.read()
            if flight:
                connection.sendall(packet(_PRELOGIN, flight))
        if done:
            return
        incoming.write(heard(connection))


def main():
    mode, cert, host, port = sys.argv[1:]
    context = identity(cert)

    def talk(connection):
        heard(connection)
        connection.sendall(answer(_ENCRYPTIONS[mode]))
        if mode == "takes":
            shake_hands(connection, context)
            print("handshake complete", flush=True)
        # A server that demands what the client has not ends the connection; else the client does.
        if mode != "demands":
            connection.recv(4096)

    serve(host, port, talk, patience=5)


main()

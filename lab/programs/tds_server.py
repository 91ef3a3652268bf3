"""A server of TDS, as far as PRELOGIN and the TLS that it wraps (MS-TDS, 2.2.6.5 and 3.3.5.2).

`tds_server.py MODE CERT HOST PORT`; the mode is `takes` or `lacks` encryption. The TLS is Python's.
"""

import socket
import ssl
import struct
import sys

_PRELOGIN, _RESPONSE = 0x12, 0x04
_VERSION, _ENCRYPTION, _END = 0, 1, 0xFF
_NOT_SUPPORTED, _REQUIRED = 2, 3


def packet(kind, body):
    return struct.pack(">BBHHBB", kind, 1, len(body) + 8, 0, 1, 0) + body


def heard(connection):
    """The body of the next packet."""
    head = connection.recv(8, socket.MSG_WAITALL)
    if len(head) < 8:
        raise OSError("the client left")
    return connection.recv(struct.unpack(">H", head[2:4])[0] - 8, socket.MSG_WAITALL)


def answer(encryption):
    table = struct.pack(">BHHBHHB", _VERSION, 11, 6, _ENCRYPTION, 17, 1, _END)
    return packet(_RESPONSE, table + bytes.fromhex("10000fa00000") + bytes([encryption]))


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
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{cert}.pem", f"{cert}.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_server((host, int(port))) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                try:
                    heard(connection)
                    connection.sendall(answer(_REQUIRED if mode == "takes" else _NOT_SUPPORTED))
                    if mode == "takes":
                        shake_hands(connection, context)
                        print("handshake complete", flush=True)
                    connection.recv(4096)
                except OSError as failure:
                    print("error:", failure, flush=True)


main()

"""One end of a TLS connection that ends it by hand: `injector.py client|server|each WHAT HOST PORT`.

The client sends a whole ClientHello, reads the server's answer and does WHAT; the server reads the
ClientHello and does WHAT. WHAT is `fin`, `reset`, `alert-NN` (fatal), `warning-NN`, `cut` (the
beginning of a record, then the end), `old` (a ServerHello of TLS 1.1) or `silent`. `each` is a
server on 256 ports in a row, which sends the alert whose code its port is from the first.
"""

import socket
import ssl
import struct
import sys
import threading
import time

from connections import serve


def hello():
    """A ClientHello for TLS 1.2, after which an alert can be sent in the clear."""
    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="www.example.test")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


def inject(connection, what):
    """End the connection as told."""
    kind, _, code = what.partition("-")
    if kind in ("alert", "warning"):
        level = 2 if kind == "alert" else 1
        connection.sendall(bytes([21, 3, 3, 0, 2, level, int(code)]))
        connection.shutdown(socket.SHUT_WR)
        drain(connection)
    elif kind == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif kind == "cut":
        connection.sendall(bytes([22, 3, 3, 1, 0, 2, 0, 0]))
    elif kind == "old":
        body = b"\x03\x02" + bytes(range(32)) + b"\x00\xc0\x09\x00"
        connection.sendall(b"\x16\x03\x02" + (len(body) + 4).to_bytes(2, "big")
                           + b"\x02" + len(body).to_bytes(3, "big") + body)
        drain(connection)
    elif kind == "silent":
        time.sleep(20)


def drain(connection):
    """Read to the end, so that closing is no reset."""
    connection.settimeout(1)
    try:
        while connection.recv(65536):
            pass
    except OSError:
        pass


def as_client(what, host, port):
    with socket.create_connection((host, port), 5) as connection:
        connection.sendall(hello())
        connection.settimeout(0.5)
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass  # The server waits for its answer.
        inject(connection, what)


def as_server(what, host, port):
    def talk(connection):
        connection.recv(65536)
        inject(connection, what)
    serve(host, port, talk)


def as_each(what, host, port):
    """`what` is `alert` or `warning`."""
    for code in range(256):
        words = (f"{what}-{code}", host, port + code)
        threading.Thread(target=as_server, args=words).start()


def main():
    role, what, host, port = sys.argv[1:]
    {"client": as_client, "server": as_server, "each": as_each}[role](what, host, int(port))


main()

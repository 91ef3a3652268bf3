"""Good connections of Python's ssl module, one after the other: `visitors.py HOST PORT KIND COUNT [TLS]`.

KIND is how they go: `plain`, `unused` (a handshake and no request), `kept` (three requests), `leaves`
(no close_notify), `resets` (a reset when all is read), `idle` (the server closes), `protocol`
(ALPN), `resumed` (sessions of the first one), `mutual` (with a certificate).
"""

import socket
import ssl
import struct
import sys
import time

_NAME = "www.example.test"
_ASK = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


def main():
    host, port, kind, count, *version = sys.argv[1:]
    context = ssl.create_default_context(cafile="root.crt")
    if version:
        only = getattr(ssl.TLSVersion, "TLSv" + version[0].replace(".", "_"))
        context.minimum_version = context.maximum_version = only
    if kind == "mutual":
        context.load_cert_chain("alice.pem", "alice.key")
    if kind == "protocol":
        context.set_alpn_protocols(["h2", "http/1.1"])
    session = None
    for number in range(int(count)):
        source = (f"198.51.100.{1 + number % 9}", 0)
        plain = socket.create_connection((host, int(port)), 5, source)
        secured = context.wrap_socket(plain, server_hostname=_NAME, session=session)
        visit(secured, kind)
        if kind == "resumed" and session is None:
            session = secured.session
        elif kind == "resumed" and not secured.session_reused:
            print("error: not resumed")
        if kind not in ("leaves", "resets", "idle"):
            try:
                secured.unwrap()
            except OSError:
                pass  # The server was faster.
        secured.close()
        print("read a page", flush=True)


def visit(secured, kind):
    if kind == "unused":
        return
    for _ in range(3 if kind == "kept" else 1):
        secured.sendall(_ASK)
        if not secured.recv(4096):
            print("error: no answer")
    if kind == "idle":
        while secured.recv(4096):
            pass
    if kind == "resets":
        time.sleep(0.01)
        linger = struct.pack("ii", 1, 0)
        secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


main()

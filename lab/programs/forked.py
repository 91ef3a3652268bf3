"""A TLS client whose process forks after the handshake: parent and child write on the same connection,
each with its own copy of the keys and of the record number. `forked.py HOST PORT VERSION`."""

import os
import socket
import sys
import time

from connections import trust

_ASK = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


def main():
    host, port, version = sys.argv[1:]
    plain = socket.create_connection((host, int(port)), 5)
    secured = trust(version).wrap_socket(plain, server_hostname="www.example.test")
    secured.settimeout(2)
    secured.sendall(_ASK)
    print("first answer:", len(secured.recv(4096)), "bytes")
    time.sleep(0.1)
    child = os.fork()
    # The two take turns: the server gets one record after the other, never two in one another.
    time.sleep(0.1 if child == 0 else 0.3)
    who = "child" if child == 0 else "parent"
    try:
        secured.sendall(_ASK)
        if child == 0:
            secured.recv(4096)
            os._exit(0)
        print("in the parent:", len(secured.recv(4096)), "bytes")
    except OSError as failure:
        print(f"error in the {who}:", failure, flush=True)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


main()

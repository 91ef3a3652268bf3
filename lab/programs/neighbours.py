"""What else is on a network: `neighbours.py HOST`; names are asked for, clocks set, pages fetched
and lines logged in the clear, between addresses of this machine, until it is stopped."""

import contextlib
import socket
import struct
import subprocess
import sys
import threading
import time

_NAMES = ("www.example.test", "mail.example.test", "db.example.test", "cdn.example.test")
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"


def answer(sock, reply):
    while True:
        asked, peer = sock.recvfrom(4096)
        sock.sendto(reply(asked), peer)


def resolved(query):
    """The answer of a name server: one address, good for five minutes."""
    return (query[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + query[12:]
            + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xc0\x00\x02\x0a")


def pages(listener):
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(_PAGE)


def greetings(listener):
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n")
            connection.recv(4096)


def ask_name(host, number):
    name = _NAMES[number % len(_NAMES)]
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        head = struct.pack(">HHHHHH", 0x1000 + number, 0x0100, 1, 0, 0, 0)
        sock.sendto(head + labels + b"\x00\x00\x01\x00\x01", (host, 53))
        sock.recv(512)


def ask_time(host, _):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        sock.sendto(b"\x23" + bytes(47), (host, 123))
        sock.recv(48)


def log_line(host, number):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(f"<38>sshd[{900 + number}]: Connection closed by 203.0.113.9".encode(),
                    (host, 514))


def fetch(host, number):
    with socket.create_connection((host, 80), 1) as sock:
        sock.sendall(f"GET /{number} HTTP/1.1\r\nHost: cdn.example.test\r\n\r\n".encode())
        sock.recv(4096)


def log_in(host, _):
    with socket.create_connection((host, 22), 1) as sock:
        sock.recv(256)
        sock.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")


def ping(host, _):
    subprocess.run(["ping", "-q", "-c", "1", host], capture_output=True)


def main():
    host = sys.argv[1]
    work = []
    for port, reply in ((53, resolved), (123, lambda _: b"\x24" + bytes(47))):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((host, port))
        work.append((answer, sock, reply))
    logged = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    logged.bind((host, 514))
    work += [(pages, socket.create_server((host, 80))),
             (greetings, socket.create_server((host, 22)))]
    for do, *what in work:
        threading.Thread(target=do, args=what, daemon=True).start()
    number = 0
    while True:
        for act in (ask_name, ask_name, log_line, fetch, ask_time, log_in, ping)[number % 3::3]:
            with contextlib.suppress(OSError):
                act(host, number)
        number += 1
        # A pause, so that a recording can settle.
        time.sleep(0.45)


main()

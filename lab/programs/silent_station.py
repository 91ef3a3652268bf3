"""A station, with the switch that speaks RADIUS for it, that says nothing more once it has the
server's certificate, and tries again: what supplicants do that wait for their user.

Usage: silent_station.py SOURCE SERVER MAC. Its ClientHello is made by Python's ssl; the rest after
RFC 2865, RFC 3579 and RFC 5216.
"""

import hmac
import os
import socket
import ssl
import struct
import sys
import time

source, server, mac = sys.argv[1:]
SECRET = b"lab"
PEAP = 25


def attribute(kind, value):
    return b"".join(bytes([kind, 2 + len(value[at:at + 253])]) + value[at:at + 253]
                    for at in range(0, len(value), 253))


def ask(link, identifier, message, state):
    """One Access-Request and its answer: the EAP packet and the State in it."""
    body = attribute(1, b"anonymous@example.test") + attribute(32, b"switch-1")
    body += attribute(31, mac.upper().replace(":", "-").encode()) + attribute(79, message)
    body += attribute(24, state) if state else b""
    head = struct.pack(">BBH", 1, identifier, 20 + len(body) + 18) + os.urandom(16)
    digest = hmac.new(SECRET, head + body + b"\x50\x12" + bytes(16), "md5").digest()
    link.send(head + body + b"\x50\x12" + digest)
    answer = link.recv(4096)
    at, message, state = 20, b"", b""
    while at < len(answer):
        kind, length = answer[at], answer[at + 1]
        message += answer[at + 2:at + length] if kind == 79 else b""
        state += answer[at + 2:at + length] if kind == 24 else b""
        at += length
    return message, state


def respond(asked, data):
    return struct.pack(">BBHB", 2, asked[1], 5 + len(data), PEAP) + data


def attempt(link, identifier):
    hello = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.wrap_bio(ssl.MemoryBIO(), hello).do_handshake()
    except ssl.SSLWantReadError:
        pass
    name = b"anonymous@example.test"
    message = struct.pack(">BBHB", 2, 1, 5 + len(name), 1) + name
    asked, state = ask(link, identifier, message, b"")
    asked, state = ask(link, identifier + 1, respond(asked, b"\x00" + hello.read()), state)
    while asked[5] & 0x40:
        identifier += 1
        asked, state = ask(link, identifier + 1, respond(asked, b"\x00"), state)
    print("has the certificate, and is silent", flush=True)
    return identifier + 2


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
    link.bind((source, 0))
    link.connect((server, 1812))
    link.settimeout(3)
    following = attempt(link, 1)
    time.sleep(4)
    attempt(link, following)

"""A relay of datagrams: `relay.py MODE ROLE HOST PORT TARGET...`, all on one host.

MODE says what is around the datagrams between two relays, of which one is the `entry` and the other
the `outer` one: `capwap`, a preamble of four bytes; `rtp`, a check by STUN before the first and RTP
between the others. With `balance` there is one relay, which sends each datagram to another target.
"""

import select
import socket
import struct
import sys

MODE, ROLE, HOST, PORT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
TARGETS = [(HOST, int(port)) for port in sys.argv[5:]]
PREAMBLE = b"\x01\0\0\0"
STUN_REQUEST, STUN_RESPONSE = 0x0001, 0x0101
sequence = 0


def stun(kind):
    """A STUN message without attributes (RFC 8489, section 5)."""
    return struct.pack(">HHI", kind, 0, 0x2112A442) + b"tlswhy-lab--"


def rtp():
    """An RTP packet with 20 bytes of silence (RFC 3550, section 5.1)."""
    global sequence
    sequence += 1
    return struct.pack(">BBHII", 0x80, 0, sequence, sequence * 160, 7) + bytes([0xFF]) * 20


def wrap(datagram):
    """What is sent between the relays for one datagram."""
    if MODE == "capwap":
        return [PREAMBLE + datagram]
    return [datagram, rtp()]


def unwrap(datagram):
    """What a datagram between the relays holds; None for what is only theirs."""
    if MODE == "capwap":
        return datagram[4:] if datagram[:4] == PREAMBLE else None
    return datagram if 20 <= datagram[0] <= 63 else None


def main():
    inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    inside.bind((HOST, PORT))
    outside = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in TARGETS]
    client, count = None, 0
    while True:
        ready, _, _ = select.select([inside, *outside], [], [])
        for one in ready:
            datagram, sender = one.recvfrom(65536)
            if one is not inside:
                back(inside, client, datagram)
                continue
            if client is None and MODE == "rtp" and ROLE == "entry":
                outside[0].sendto(stun(STUN_REQUEST), TARGETS[0])
            client = sender
            if MODE == "rtp" and ROLE == "outer" and datagram[:2] == b"\0\x01":
                inside.sendto(stun(STUN_RESPONSE), client)
                continue
            place = count % len(TARGETS)
            count += 1
            for part in forth(datagram):
                outside[place].sendto(part, TARGETS[place])


def forth(datagram):
    """From the client's side to the server's."""
    if MODE == "balance":
        return [datagram]
    if ROLE == "entry":
        return wrap(datagram)
    inner = unwrap(datagram)
    return [] if inner is None else [inner]


def back(inside, client, datagram):
    """From the server's side to the client's."""
    if MODE == "balance":
        inside.sendto(datagram, client)
    elif ROLE == "outer":
        for part in wrap(datagram):
            inside.sendto(part, client)
    elif (inner := unwrap(datagram)) is not None:
        inside.sendto(inner, client)


main()

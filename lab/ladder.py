"""A small reader of what was recorded, written apart from the product on purpose.

It knows TCP on loopback in order, and TLS records by their headers: enough to write down what was
on the wire, and to find an alert that could be read by anybody. Of UDP it knows the datagrams, the
records of DTLS, and of QUIC the headers. It never guesses.
"""

import dataclasses
import ipaddress
import struct

from capture import link_type, packets

_CONTENT = {20: "ChangeCipherSpec", 21: "Alert", 22: "Handshake", 23: "ApplicationData"}
_MESSAGE = {
    0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 3: "HelloVerifyRequest",
    4: "NewSessionTicket",
    11: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest", 14: "ServerHelloDone",
    15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished", 22: "CertificateStatus",
}
_FIN, _SYN, _RST = 1, 2, 4
# PostgreSQL's answer to a request for TLS.
_SINGLE = (b"S", b"N")


@dataclasses.dataclass
class Side:
    """One direction of a connection, put in order."""

    next: int = None
    bytes: bytes = b""
    encrypted: bool = False


@dataclasses.dataclass
class Connection:
    """A TCP connection, or two UDP sockets: who, and what was seen in which order.

    `frames` has for each thing that was seen who did it, what it was, the number of the packet from 1,
    and its time in seconds and their fraction.
    """

    client: tuple
    server: tuple
    steps: list = dataclasses.field(default_factory=list)
    alerts: list = dataclasses.field(default_factory=list)
    frames: list = dataclasses.field(default_factory=list)
    now: tuple = (0, 0, 0)
    # The client's first sequence number: the same two ports with another are another connection.
    first: int = None

    def __post_init__(self):
        self.sides = {"client": Side(), "server": Side()}
        self.fragments = set()

    def note(self, who, what):
        """One more step; the same step again is counted, not repeated."""
        self.frames.append((who, what, *self.now))
        if self.steps and self.steps[-1][:2] == [who, what]:
            self.steps[-1][2] += 1
        else:
            self.steps.append([who, what, 1])

    def lines(self):
        return [f"{who}: {what}" + (f" (x{count})" if count > 1 else "")
                for who, what, count in self.steps]


def connections(recorded):
    """Every connection of a recording, in order of its first packet."""
    found, all_of_them = {}, []
    for number, (seconds, fraction, _, frame) in enumerate(packets(recorded), 1):
        datagram = _datagram(link_type(recorded), frame)
        if datagram is not None:
            source, target, payload = datagram
            who = "server" if (target, source) in found else "client"
            pair = (target, source) if who == "server" else (source, target)
            if pair not in found:
                found[pair] = Connection(*pair)
                all_of_them.append(found[pair])
            _datagram_of(found[pair], who, payload)
            continue
        segment = _segment(link_type(recorded), frame)
        if segment is None:
            continue
        source, target, sequence, flags, payload = segment
        if flags & _SYN:
            pair = (target, source) if flags & 0x10 else (source, target)
            again = pair in found and (flags & 0x10 or found[pair].first in (None, sequence))
            if not again:
                found[pair] = Connection(*pair, first=None if flags & 0x10 else sequence)
                all_of_them.append(found[pair])
        for pair, who in (((source, target), "client"), ((target, source), "server")):
            if pair in found:
                found[pair].now = (number, seconds, fraction)
                _take(found[pair], who, sequence, flags, payload)
    return all_of_them


def _datagram(link, frame):
    """Addresses and payload of a UDP datagram; None for all else."""
    at = {1: 14, 113: 16, 276: 20}[link]
    version = frame[at] >> 4
    if version == 4 and frame[at + 9] == 17:
        addresses = [".".join(map(str, frame[at + 12 + n:at + 16 + n])) for n in (0, 4)]
        at += (frame[at] & 15) * 4
    elif version == 6 and frame[at + 6] == 17:
        addresses = [_ipv6(frame[at + 8 + n:at + 24 + n]) for n in (0, 16)]
        at += 40
    else:
        return None
    source, target, length = struct.unpack_from(">HHH", frame, at)
    return (addresses[0], source), (addresses[1], target), frame[at + 8:at + length]


def _named(payload):
    """What a datagram begins with, and how long it is."""
    size = f"{len(payload)} bytes"
    if len(payload) < 7 or not payload[0] & 0x80:
        return f"datagram, {size}"
    version = int.from_bytes(payload[1:5], "big")
    kinds = ["Initial", "0-RTT", "Handshake", "Retry"]
    kind = kinds[((payload[0] >> 4 & 3) - (version == 0x6B3343CF)) % 4]
    if version == 0:
        kind = "Version Negotiation"
    return f"QUIC {kind}, {size}"


def _datagram_of(connection, who, payload):
    if payload[:4] == b"\x01\0\0\0" and payload[4:5] in (b"\x14", b"\x15", b"\x16", b"\x17"):
        payload = payload[4:]  # the preamble of CAPWAP
    if payload[:1] and payload[0] in _CONTENT and payload[1:2] == b"\xfe":
        _dtls(connection, who, payload)
    elif payload[:1] and 32 <= payload[0] < 64:
        connection.note(who, f"encrypted record of DTLS 1.3, {len(payload)} bytes with what follows")
    else:
        connection.note(who, _named(payload))


def _dtls(connection, who, payload):
    while len(payload) >= 13 and payload[0] in _CONTENT:
        epoch, length = struct.unpack_from(">H6xH", payload, 3)
        body, payload, kind = payload[13:13 + length], payload[13 + length:], payload[0]
        if kind == 21 and epoch == 0 and len(body) == 2:
            level = {1: "warning", 2: "fatal"}.get(body[0], str(body[0]))
            connection.note(who, f"Alert {level} {body[1]}")
            connection.alerts.append((who, level, body[1]))
        elif kind == 22 and epoch == 0:
            for what in _fragments(connection, who, body):
                connection.note(who, what)
        else:
            secret = f", epoch {epoch}, {len(body)} bytes" if epoch else ""
            connection.note(who, _CONTENT[kind] + secret)
    if payload:
        _datagram_of(connection, who, payload)


def _fragments(connection, who, body):
    while len(body) >= 12:
        number, offset = struct.unpack_from(">H", body, 4)[0], int.from_bytes(body[6:9], "big")
        whole, length = (int.from_bytes(body[at:at + 3], "big") for at in (1, 9))
        name = _MESSAGE.get(body[0], f"message {body[0]}")
        part = f" [{offset}..{offset + length} of {whole}]" if length < whole else ""
        seen = (who, number, body[0], offset, bytes(body[12:12 + length]))
        again = " again" if seen in connection.fragments else ""
        connection.fragments.add(seen)
        body = body[12 + length:]
        yield name + part + again


def _segment(link, frame):
    """Addresses, sequence number, flags and payload of a TCP segment; None for all else."""
    at = {1: 14, 113: 16, 276: 20}[link]
    version = frame[at] >> 4
    if version == 4:
        if frame[at + 9] != 6:
            return None
        addresses = [".".join(map(str, frame[at + 12 + n:at + 16 + n])) for n in (0, 4)]
        end = at + struct.unpack_from(">H", frame, at + 2)[0]
        at += (frame[at] & 15) * 4
    elif version == 6:
        addresses = [_ipv6(frame[at + 8 + n:at + 24 + n]) for n in (0, 16)]
        end = at + 40 + struct.unpack_from(">H", frame, at + 4)[0]
        at += 40
    else:
        return None
    ports = struct.unpack_from(">HH", frame, at)
    sequence = struct.unpack_from(">I", frame, at + 4)[0]
    payload = frame[at + (frame[at + 12] >> 4) * 4:end]
    return (addresses[0], ports[0]), (addresses[1], ports[1]), sequence, frame[at + 13], payload


def _ipv6(octets):
    return str(ipaddress.IPv6Address(octets))


def _take(connection, who, sequence, flags, payload):
    side = connection.sides[who]
    if flags & _SYN:
        if side.next is None:
            side.next = (sequence + 1) & 0xFFFFFFFF
        else:
            connection.note(who, "SYN again")
        return
    if payload and side.next is not None:
        ahead = (sequence - side.next) & 0xFFFFFFFF
        if ahead == 0:
            side.next = (side.next + len(payload)) & 0xFFFFFFFF
            side.bytes += payload
            records(connection, who, side)
        elif ahead > 0x7FFFFFFF:
            connection.note(who, "retransmission")
        else:
            connection.note(who, "bytes after a gap")
    if flags & _FIN:
        connection.note(who, "FIN")
    if flags & _RST:
        connection.note(who, "RST")


def records(connection, who, side):
    """Take note of the whole records that a side has sent, and of the alerts in them."""
    if side.bytes in _SINGLE:
        connection.note(who, f"plaintext ({side.bytes.decode()})")
        side.bytes = b""
    while len(side.bytes) >= 5:
        kind, major, minor, length = struct.unpack_from(">BBBH", side.bytes)
        if kind not in _CONTENT or major != 3 or minor > 4:
            name = "SSLv2-format ClientHello" if kind & 0x80 and side.bytes[2] == 1 else "plaintext"
            connection.note(who, f"{name} ({len(side.bytes)} bytes, not a TLS record)")
            side.bytes = b""
            return
        if len(side.bytes) < 5 + length:
            return
        body, side.bytes = side.bytes[5:5 + length], side.bytes[5 + length:]
        _record(connection, who, side, kind, body)


def _record(connection, who, side, kind, body):
    if kind == 20:
        side.encrypted = True
    if kind == 21 and len(body) == 2:
        level = {1: "warning", 2: "fatal"}.get(body[0], str(body[0]))
        connection.note(who, f"Alert {level} {body[1]}")
        connection.alerts.append((who, level, body[1]))
    elif kind == 22 and not side.encrypted:
        connection.note(who, " ".join(_messages(body)))
    elif kind in (21, 22) and side.encrypted:
        connection.note(who, f"{_CONTENT[kind]}, encrypted, {len(body)} bytes")
    elif kind == 23:
        connection.note(who, f"ApplicationData, {len(body)} bytes")
    else:
        connection.note(who, _CONTENT[kind])


def _messages(body):
    at = 0
    while at + 4 <= len(body):
        length = int.from_bytes(body[at + 1:at + 4], "big")
        yield _MESSAGE.get(body[at], f"message {body[at]}")
        at += 4 + length

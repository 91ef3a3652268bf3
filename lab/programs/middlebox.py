"""A box on the way between two networks that looks into what it passes on, and acts.

`middlebox.py BEHAVIOUR PORT [NAME=VALUE ...]` takes every TCP packet of its two devices, `to-client`
and `to-server`, and passes it to the other, as a router does: one TTL less, checksums made anew. The
kernel of its host must not pass them on as well. It listens on PORT to say that it is there.

What it looks for is `word` in the bytes of the client (the name in the ClientHello); then it does
what BEHAVIOUR says, in the name of the server, of the client, or of both.
"""

import heapq
import ipaddress
import select
import socket
import struct
import sys
import time

_FIN, _SYN, _RST, _PUSH, _ACK = 1, 2, 4, 8, 16
_OUTGOING = 4
# What a box says that takes itself for the server.
_PAGE = (b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
         b"<h1>This site is blocked by the policy of your organization</h1>\n")

# How the box looks, and what it is told; each may be given as NAME=VALUE. `delay` are milliseconds
# on the server's side, each way; `far` are further routers there. `ttl`, `id` and `window` are those
# of its own packets, an id of -1 stands for a random one; `large` is a size of packets in bytes.
_GIVEN = {"word": "blocked", "delay": 0, "far": 0, "ttl": 64, "id": 0, "window": 0, "large": 1300,
          "way": "server"}


class Packet:
    """A TCP packet over IPv4 or IPv6, as it came."""

    def __init__(self, frame):
        self.bytes = bytearray(frame[14:])
        self.six = self.bytes[0] >> 4 == 6
        self.at = 40 if self.six else (self.bytes[0] & 15) * 4
        length = struct.unpack_from(">H", self.bytes, 4 if self.six else 2)[0]
        self.length = length + 40 if self.six else length
        del self.bytes[self.length:]
        places = (8, 24, 40) if self.six else (12, 16, 20)
        self.source, self.target = (bytes(self.bytes[a:b]) for a, b in zip(places, places[1:]))
        self.ports = struct.unpack_from(">HH", self.bytes, self.at)
        self.sequence, self.acknowledges = struct.unpack_from(">II", self.bytes, self.at + 4)
        self.flags = self.bytes[self.at + 13]
        self.payload = bytes(self.bytes[self.at + (self.bytes[self.at + 12] >> 4) * 4:])

    @staticmethod
    def of(frame):
        """The packet in an Ethernet frame, if it is one of TCP."""
        kind = frame[12:14]
        four = kind == b"\x08\x00" and frame[14 + 9] == 6
        six = kind == b"\x86\xdd" and frame[14 + 6] == 6
        return Packet(frame) if four or six else None

    def farther(self, routers):
        """The same after so many routers."""
        place = 7 if self.six else 8
        self.bytes[place] = max(1, self.bytes[place] - routers)
        return finished(self.bytes, self.at)

    def key(self, from_client):
        ends = (self.source, self.ports[0]), (self.target, self.ports[1])
        return ends if from_client else ends[::-1]


def checksum(data):
    data = bytes(data) + bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def finished(packet, at, protocol=6, place=16):
    """A packet with its checksums: that of the IPv4 header, and that of the transport at `at`."""
    six = packet[0] >> 4 == 6
    if not six:
        packet[10:12] = b"\0\0"
        packet[10:12] = checksum(packet[:at]).to_bytes(2, "big")
    packet[at + place:at + place + 2] = b"\0\0"
    length = len(packet) - at
    if six:
        before = bytes(packet[8:40]) + struct.pack(">IHBB", length, 0, 0, protocol)
    elif protocol == 6:
        before = bytes(packet[12:20]) + struct.pack(">BBH", 0, protocol, length)
    else:
        before = b""
    total = checksum(before + bytes(packet[at:]))
    packet[at + place:at + place + 2] = total.to_bytes(2, "big")
    return bytes(packet)


def header(source, target, protocol, length, ttl, number):
    """An IP header of either version for `length` bytes."""
    if len(source) == 16:
        return struct.pack(">IHBB", 6 << 28, length, protocol, ttl) + source + target
    if number < 0:
        number = int(time.monotonic() * 7919) % 60000 + 1
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, number, 0x4000, ttl, protocol, 0) \
        + source + target


class Box:
    def __init__(self, behaviour, given):
        self.act = getattr(self, behaviour)
        self.given = given
        self.devices = {}
        for name in ("to-client", "to-server"):
            device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            device.bind((name, 0))
            self.devices[name] = device
        self.hosts = {"to-client": bytes.fromhex("00005e005307"),
                      "to-server": bytes.fromhex("00005e005380")}
        self.later = []
        self.sent = 0
        self.cut = {}
        self.grown = {}

    def run(self):
        while True:
            wait = max(0, self.later[0][0] - time.monotonic()) if self.later else None
            ready, _, _ = select.select(list(self.devices.values()), [], [], wait)
            for name, device in self.devices.items():
                if device in ready:
                    frame, (_, _, kind, *_) = device.recvfrom(70000)
                    packet = Packet.of(frame) if kind != _OUTGOING else None
                    if packet:
                        self.take(name == "to-client", packet)
            while self.later and self.later[0][0] <= time.monotonic():
                _, _, name, data = heapq.heappop(self.later)
                self.put(name, data)

    def take(self, from_client, packet):
        """One packet: passed on unless the box has something against it."""
        if self.act(from_client, packet) is not False:
            self.pass_on(from_client, packet)

    def pass_on(self, from_client, packet):
        data = packet.farther(1 + self.given["far"])
        self.send("to-server" if from_client else "to-client", data)

    def send(self, name, data, delay=None):
        """`delay` in milliseconds; what has to go to the server or comes from it takes its time."""
        wait = (self.given["delay"] if delay is None else delay) / 1000
        self.sent += 1
        heapq.heappush(self.later, (time.monotonic() + wait, self.sent, name, data))

    def put(self, name, data):
        own = bytes.fromhex("00005e005301")
        kind = b"\x86\xdd" if data[0] >> 4 == 6 else b"\x08\x00"
        self.devices[name].send(self.hosts[name] + own + kind + data)

    def say(self, packet, flags, payload=b"", to_client=True, ahead=0, also_sent=0):
        """The box's own word, in the name of the side that `packet` of the client was for, or in the
        client's own."""
        length = len(packet.payload)
        if to_client:
            source, target, ports = packet.target, packet.source, packet.ports[::-1]
            sequence, acknowledged = packet.acknowledges, packet.sequence + length
        else:
            source, target, ports = packet.source, packet.target, packet.ports
            sequence, acknowledged = packet.sequence, packet.acknowledges
        given = self.given
        segment = struct.pack(">HHIIBBHHH", *ports, (sequence + ahead + also_sent) % 2**32,
                              acknowledged % 2**32, 0x50, flags, given["window"], 0, 0) + payload
        data = header(source, target, 6, len(segment), given["ttl"], given["id"]) + segment
        data = finished(bytearray(data), len(data) - len(segment))
        self.send("to-client" if to_client else "to-server", data,
                  0 if to_client else given["delay"])

    def minds(self, from_client, packet):
        """Whether these are the bytes that the box looks for, the first time."""
        found = from_client and self.given["word"].encode() in packet.payload
        if found and packet.key(True) not in self.cut:
            self.cut[packet.key(True)] = True
            return True
        return False

    # What the box does: each answers False for a packet that it keeps.

    def route(self, from_client, packet):
        """Nothing but passing on."""

    def reset(self, from_client, packet):
        """Resets the client, and the server too, and lets nothing more through."""
        return self._refuse(self.minds(from_client, packet), from_client, packet)

    def inject(self, from_client, packet):
        """Resets the client, and has no way to hold the packet back: the server answers it."""
        if self.minds(from_client, packet):
            self.say(packet, _RST | _ACK)

    def guess(self, from_client, packet):
        """The same with three resets, since the server may have sent more meanwhile."""
        if self.minds(from_client, packet):
            for ahead in (1460, 4380, 0):
                self.say(packet, _RST, ahead=ahead)

    def expel(self, from_client, packet):
        """Resets the server, in the client's name, behind the hello that it passes on."""
        if self.minds(from_client, packet):
            self.pass_on(from_client, packet)
            self.say(packet, _RST | _ACK, to_client=False, also_sent=len(packet.payload))
            return False
        if packet.key(from_client) in self.cut:
            return False

    def alert(self, from_client, packet):
        """Answers in the server's place with 40 handshake_failure, closes, and resets the server."""
        return self._answer(from_client, packet, bytes.fromhex("15030300020228"))

    def page(self, from_client, packet):
        """Answers in the server's place with a page that was not asked for in this way."""
        return self._answer(from_client, packet, _PAGE)

    def _answer(self, from_client, packet, words):
        if self.minds(from_client, packet):
            self.say(packet, _PUSH | _ACK, words)
            self.say(packet, _FIN | _ACK, also_sent=len(words))
            self.say(packet, _RST | _ACK, to_client=False)
        if packet.key(from_client) in self.cut:
            return False

    def swallow(self, from_client, packet):
        """Keeps the hello, and all that comes after it, for itself."""
        self.minds(from_client, packet)
        if packet.key(from_client) in self.cut and (packet.payload or packet.flags & _FIN):
            return False

    def whole(self, from_client, packet):
        """Wants the whole ClientHello in one packet, as boxes from before 2024 do, and resets."""
        return self._refuse(self._begins(from_client, packet), from_client, packet)

    def first(self, from_client, packet):
        """The same, but keeps what follows in other packets instead: only the first gets through."""
        if self._begins(from_client, packet):
            return None
        if packet.key(from_client) in self.cut and packet.payload and from_client:
            return False

    def _begins(self, from_client, packet):
        key, words = packet.key(True), packet.payload
        if not from_client or words[:1] != b"\x16" or key in self.cut or key in self.grown:
            return False
        self.grown[key] = True
        longer = int.from_bytes(words[3:5], "big") + 5 > len(words)
        if longer:
            self.cut[key] = True
        return longer

    def group(self, from_client, packet):
        """Takes the key share of X25519MLKEM768, 1216 bytes, for an attack, and resets."""
        found = from_client and b"\x11\xec\x04\xc0" in packet.payload
        return self._refuse(found, from_client, packet)

    def tap(self, from_client, packet):
        """The same, but resets the client alone, and has no way to hold the hello back."""
        if from_client and b"\x11\xec\x04\xc0" in packet.payload:
            self.say(packet, _RST | _ACK)

    def newer(self, from_client, packet):
        """Resets whoever offers TLS 1.3: supported_versions with 0x0304 in it."""
        hello = packet.payload
        at = hello.find(b"\x00\x2b\x00") if from_client else -1
        found = at > 0 and b"\x03\x04" in hello[at + 4:at + 5 + hello[at + 4]]
        return self._refuse(found, from_client, packet)

    def _refuse(self, found, from_client, packet):
        """Resets both ends where the box has found something, and lets nothing more through."""
        if found:
            self.cut[packet.key(True)] = True
            self.say(packet, _RST | _ACK)
            self.say(packet, _RST | _ACK, to_client=False)
        if packet.key(from_client) in self.cut:
            return False

    def narrow(self, from_client, packet):
        """Loses packets that are too large for the next link, and does not tell."""
        mine = (self.given["way"] == "client") == from_client
        if mine and packet.length > self.given["large"]:
            return False

    def telling(self, from_client, packet):
        """The same, and tells the sender (ICMP "fragmentation needed", ICMPv6 "packet too big")."""
        if self.narrow(from_client, packet) is not False:
            return None
        large = self.given["large"]
        router = {(False, True): "203.0.113.1", (False, False): "192.0.2.1",
                  (True, True): "2001:db8:1::1", (True, False): "2001:db8:2::1"}
        own = ipaddress.ip_address(router[packet.six, from_client]).packed
        if packet.six:
            message = struct.pack(">BBHI", 2, 0, 0, large) + bytes(packet.bytes[:1200])
        else:
            message = struct.pack(">BBHHH", 3, 4, 0, 0, large) + bytes(packet.bytes[:packet.at + 8])
        protocol = 58 if packet.six else 1
        data = header(own, packet.source, protocol, len(message), 64, self.given["id"]) + message
        data = finished(bytearray(data), len(data) - len(message), protocol, place=2)
        self.send("to-client" if from_client else "to-server", data)
        return False


def main():
    behaviour, port, *words = sys.argv[1:]
    given = dict(_GIVEN)
    for word in words:
        name, value = word.split("=")
        given[name] = type(_GIVEN[name])(value)
    box = Box(behaviour, given)
    with socket.create_server(("127.0.0.1", int(port))):
        box.run()


main()

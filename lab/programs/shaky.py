"""A bad line: what the router forwards comes through here, and some of it is lost, late or doubled.

`shaky.py DEVICE lose=3 swap=5 twice=4 seed=7 from=0`: percentages of packets; one that is swapped
goes out after the next of its direction. The first `from` packets are left alone. It reads packets
from a TUN device that it makes, and writes them back to it: the router takes them as come from
there and sends them on.
"""

import fcntl
import os
import random
import select
import struct
import sys

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
# How long a packet is held back when nothing follows it, in seconds.
_PATIENCE = 0.04


def main():
    device = sys.argv[1]
    asked = {name: int(value) for name, value in (word.split("=") for word in sys.argv[2:])}
    line = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(line, _TUNSETIFF, struct.pack("16sH", device.encode(), _IFF_TUN | _IFF_NO_PI))
    print("ready", flush=True)
    chance = random.Random(asked.get("seed", 1))
    seen, held = 0, []
    while True:
        if not select.select([line], [], [], _PATIENCE if held else None)[0]:
            send(line, held)
            continue
        packet = os.read(line, 65536)
        if packet[0] >> 4 != 4:
            continue  # the neighbours' and routers' own talk
        seen += 1
        fate = chance.random() * 100 if seen > asked.get("from", 0) else 100
        for what in ("lose", "swap", "twice"):
            if fate < asked.get(what, 0):
                break
            fate -= asked.get(what, 0)
        else:
            what = ""
        if what == "swap" and not held:
            held.append(packet)
            continue
        if what != "lose":
            os.write(line, packet)
        if what == "twice":
            os.write(line, packet)
        # Only what goes the same way was overtaken.
        if held and held[0][12:16] == packet[12:16]:
            send(line, held)


def send(line, held):
    while held:
        os.write(line, held.pop())


main()

"""Recording with tcpdump, and the forms a recording is kept in."""

import gzip
import pathlib
import signal
import struct
import subprocess
import tempfile
import time


class Capture:
    """A running tcpdump that writes what passes on the loopback device (or `device`)."""

    def __init__(self, path, form="pcap", device="lo", namespace="", taken="tcp", snaplen=0,
                 room=2048):
        """`room` is the kernel's for packets that tcpdump has not taken yet, in KiB."""
        self.path = path
        # Whether nothing was lost on the way to tcpdump; known when it has stopped.
        self.whole = True
        command = ["tcpdump", "-n", "-U", "--immediate-mode", "-s", str(snaplen), "-Z", "root",
                   "-B", str(room)]
        if form == "nano":
            command += ["--time-stamp-precision=nano"]
        if form == "cooked":
            device = "any"
        if form == "cooked-v1":
            device = "any"
            command += ["-y", "LINUX_SLL"]
        command += ["-i", device, "-w", str(path), taken]
        if namespace:
            command = ["ip", "netns", "exec", namespace, *command]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for line in self.process.stderr:
            if b"listening on" in line:
                return
        raise RuntimeError(f"{command} did not start")

    def settle(self):
        """Wait until nothing new has come for a moment."""
        size = -1
        while size != self.path.stat().st_size:
            size = self.path.stat().st_size
            time.sleep(0.15)

    def stop(self):
        """Stop when all is quiet; answer the recorded bytes."""
        self.settle()
        self.process.send_signal(signal.SIGINT)
        told = self.process.communicate()[1].decode()
        self.whole = "\n0 packets dropped by kernel" in told
        return self.path.read_bytes()


def file_of(form, recorded, key_log=b""):
    """The name and the bytes of the recording in the wanted form; pcapng can hold a key log. A ring
    is a folder: it has a name and bytes for each of its files."""
    if form == "ring":
        return "input.files", ring(recorded)
    if form == "pcapng":
        return "input.pcapng", pcapng(recorded, key_log)
    if form == "gzip":
        return "input.pcap.gz", gzip.compress(recorded, mtime=0)
    return "input.pcap", recorded


def ring(recorded):
    """The files that dumpcap makes of a recording, a few packets in each."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*RING, str(pathlib.Path(folder) / "ring.pcapng")]
        subprocess.run(command, input=recorded, check=True, stderr=subprocess.DEVNULL)
        return {file.name: file.read_bytes() for file in sorted(pathlib.Path(folder).iterdir())}


# What writes a ring, but for the name of its files.
RING = ["dumpcap", "-q", "-i", "-", "-b", "packets:8", "-w"]


def later(recorded, begins):
    """What a recording would have that began when the first `begins` packets had passed."""
    at = 24
    for _ in range(begins):
        at += 16 + struct.unpack_from("<I", recorded, at + 8)[0]
    return recorded[:24] + recorded[at:]


def packets(recorded):
    """The packets of a little-endian pcap: (seconds, fraction, original length, bytes)."""
    at = 24
    while at + 16 <= len(recorded):
        seconds, fraction, kept, original = struct.unpack_from("<IIII", recorded, at)
        yield seconds, fraction, original, recorded[at + 16:at + 16 + kept]
        at += 16 + kept


def link_type(recorded):
    return struct.unpack_from("<I", recorded, 20)[0]


def is_nano(recorded):
    return recorded[:4] == b"\x4d\x3c\xb2\xa1"


def pcapng(recorded, key_log=b""):
    """A pcap as pcapng: one section, one interface, secrets if any, enhanced packet blocks."""
    section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    interface = struct.pack("<HHI", link_type(recorded), 0, 0)
    blocks = [_block(0x0A0D0D0A, section), _block(1, interface)]
    if key_log:
        secrets = struct.pack("<II", 0x544C534B, len(key_log)) + key_log
        blocks.append(_block(10, secrets + bytes(-len(secrets) % 4)))
    for seconds, micros, original, data in packets(recorded):
        stamp = seconds * 1_000_000 + micros
        head = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(data), original)
        blocks.append(_block(6, head + data + bytes(-len(data) % 4)))
    return b"".join(blocks)


def _block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)

"""Runs a program that writes to syslog alone, and prints what it writes: `with_syslog.py COMMAND...`.

The program gets a /dev of its own with a log socket in it; each datagram is printed as syslog
daemons write it to a file since BSD (RFC 3164, section 4.1): time and tag are the program's, the
host is put between them, the priority is left out.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_FORM = re.compile(rb"^<\d+>(\w{3} [ \d]\d [\d:]{8}) (.*?)[\0\n]*$", re.S)


def private_devices():
    """A /dev with what most programs need, in a mount namespace that unshare(1) has made."""
    os.makedirs("dev", exist_ok=True)
    for name in _DEVICES:
        open(f"dev/{name}", "a").close()
        mount("--bind", f"/dev/{name}", f"dev/{name}")
    for name in ("pts", "shm"):
        os.makedirs(f"dev/{name}", exist_ok=True)
        mount("--rbind", f"/dev/{name}", f"dev/{name}")
    for name, end in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        if not os.path.lexists(f"dev/{name}"):
            os.symlink(f"/proc/self/fd{end}", f"dev/{name}")
    mount("--rbind", "dev", "/dev")


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def listen(log):
    """Print each message as a line of a log file."""
    host = socket.gethostname().split(".")[0].encode()
    while True:
        message = log.recv(65536)
        if found := _FORM.match(message):
            message = found[1] + b" " + host + b" " + found[2].replace(b"\n", b"#012")
        sys.stdout.buffer.write(message + b"\n")
        sys.stdout.buffer.flush()


def main():
    if os.path.exists("dev/log"):
        os.unlink("dev/log")
    private_devices()
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    threading.Thread(target=listen, args=(log,), daemon=True).start()
    program = subprocess.Popen(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    program.wait()


main()

"""A client's vocabulary: what it writes of each registered alert."""

import re

from lines.subject import SERVER_HOST
from program import Program, wait_until_listening

# Every registered code (IANA, TLS Alerts), the reserved ones too.
REGISTERED = (0, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 60, 70, 71,
              80, 86, 90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 117, 120, 121)
FILE = "alerts.log"
# Below the ports that the kernel gives to clients, with room for 256 codes.
_FIRST_PORT = 20000


def vocabulary(folder, part):
    """The lines, one for each alert that the program has words for, and the codes they are of."""
    lines, codes = [], []
    server = Program("raw", ["python3", "injector.py", "each", "alert", "{host}", "{port}"])
    running = server.start(folder, SERVER_HOST, _FIRST_PORT)
    try:
        wait_until_listening(_FIRST_PORT + 255, running)
        for code in REGISTERED:
            client = part.program().start(folder, SERVER_HOST, _FIRST_PORT + code)
            client.wait()
            telling = [line for line in client.output.splitlines() if re.search(part.telling, line)]
            if telling:
                lines.append(telling[0].strip())
                codes.append(code)
    finally:
        running.stop()
    return "".join(f"{line}\n" for line in lines).encode(), codes

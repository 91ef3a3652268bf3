"""A server that offers to begin TLS inside mail and then refuses it: the words by hand.

`starttls_server.py PROTOCOL HOST PORT`.
"""

import socket
import sys


def imap(lines):
    lines.say("* OK mail.example.test ready")
    while words := lines.hear():
        tag, command = words.split(" ", 1)
        if command == "STARTTLS":
            lines.say(f"{tag} NO TLS is not available.")
        elif command == "CAPABILITY":
            lines.say("* CAPABILITY IMAP4rev1 ID STARTTLS LOGINDISABLED",
                      f"{tag} OK Pre-login capabilities listed.")
        elif command == "LOGOUT":
            lines.say("* BYE Logging out", f"{tag} OK Logout completed.")
        else:
            lines.say(f"{tag} BAD Error in IMAP command received by server.")


def pop3(lines):
    lines.say("+OK mail.example.test ready.")
    while words := lines.hear():
        if words == "STLS":
            lines.say("-ERR TLS is not available.")
        elif words == "CAPA":
            lines.say("+OK", "TOP", "UIDL", "STLS", "USER", ".")
        elif words == "QUIT":
            lines.say("+OK Logging out.")
        else:
            lines.say("-ERR Unknown command.")


class Lines:
    """A connection on which lines are spoken."""

    def __init__(self, connection):
        self.connection = connection
        self.rest = b""

    def say(self, *lines):
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self):
        while b"\n" not in self.rest:
            block = self.connection.recv(4096)
            if not block:
                return ""
            self.rest += block
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode().strip()


def main():
    protocol, host, port = sys.argv[1:]
    with socket.create_server((host, int(port))) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                try:
                    globals()[protocol](Lines(connection))
                except OSError as failure:
                    print("error:", failure, flush=True)


main()

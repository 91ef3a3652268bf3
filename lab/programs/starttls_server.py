"""A server that begins TLS when it is asked to: the words by hand, the TLS of Python.

`starttls_server.py PROTOCOL MODE CERT HOST PORT`; the mode is `takes`, `refuses` or `hides`.
"""

import socket
import ssl
import sys


def smtp(lines, mode):
    lines.say("220 mail.example.test ESMTP ready")
    while words := lines.hear():
        if words == "STARTTLS":
            if mode == "takes":
                lines.say("220 2.0.0 Ready to start TLS")
                return True
            lines.say("454 4.7.0 TLS not available due to local problem")
        elif words.startswith("EHLO"):
            offer = [] if mode == "hides" else ["250-STARTTLS"]
            lines.say("250-mail.example.test", "250-PIPELINING", "250-SIZE 10240000", *offer,
                      "250 8BITMIME")
        elif words == "QUIT":
            lines.say("221 2.0.0 Bye")
        else:
            lines.say("530 5.7.0 Must issue a STARTTLS command first")
    return False


def imap(lines, mode):
    offer = "IMAP4rev1 ID" if mode == "hides" else "IMAP4rev1 ID STARTTLS LOGINDISABLED"
    lines.say("* OK mail.example.test ready")
    while words := lines.hear():
        tag, command = words.split(" ", 1)
        if command == "STARTTLS":
            if mode == "takes":
                lines.say(f"{tag} OK Begin TLS negotiation now.")
                return True
            lines.say(f"{tag} NO TLS is not available.")
        elif command == "CAPABILITY":
            lines.say(f"* CAPABILITY {offer}", f"{tag} OK Pre-login capabilities listed.")
        elif command == "LOGOUT":
            lines.say("* BYE Logging out", f"{tag} OK Logout completed.")
        else:
            lines.say(f"{tag} BAD Error in IMAP command received by server.")
    return False


def pop3(lines, mode):
    lines.say("+OK mail.example.test ready.")
    while words := lines.hear():
        if words == "STLS":
            if mode == "takes":
                lines.say("+OK Begin TLS negotiation now.")
                return True
            lines.say("-ERR TLS is not available.")
        elif words == "CAPA":
            offer = [] if mode == "hides" else ["STLS"]
            lines.say("+OK", "TOP", "UIDL", *offer, "USER", ".")
        elif words == "QUIT":
            lines.say("+OK Logging out.")
        else:
            lines.say("-ERR Unknown command.")
    return False


def ftp(lines, mode):
    lines.say("220 FTP server ready")
    while words := lines.hear():
        if words.startswith("AUTH "):
            if mode == "takes":
                lines.say("234 AUTH TLS OK.")
                return True
            lines.say("502 AUTH command not implemented.")
        elif words == "QUIT":
            lines.say("221 Goodbye.")
        else:
            lines.say("530 Please log in with USER and PASS.")
    return False


def postgres(lines, mode):
    lines.connection.recv(8)
    lines.connection.sendall(b"S" if mode == "takes" else b"N")
    return mode == "takes"


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
    protocol, mode, cert, host, port = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{cert}.pem", f"{cert}.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_server((host, int(port))) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                try:
                    if globals()[protocol](Lines(connection), mode):
                        with context.wrap_socket(connection, server_side=True) as tls:
                            tls.recv(4096)
                except OSError as failure:
                    print("error:", failure, flush=True)


main()

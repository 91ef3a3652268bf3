"""A server that begins TLS when it is asked to, or not: the words by hand, the TLS of Python.

`dialogue_server.py PROTOCOL MODE CERT HOST PORT`; the mode is `takes`, `refuses` or
`hides`, which is to offer no TLS and refuse it.
"""

import sys

from connections import identity, serve


def smtp(lines, mode, kind="ESMTP"):
    lines.say(f"220 mail.example.test {kind} ready")
    while words := lines.hear():
        if words == "STARTTLS":
            if mode == "takes":
                lines.say("220 2.0.0 Ready to start TLS")
                return True
            lines.say("454 4.7.0 TLS not available due to local problem")
        elif words.upper().startswith(("EHLO", "LHLO")):
            offer = [] if mode == "hides" else ["250-STARTTLS"]
            lines.say("250-mail.example.test", "250-PIPELINING", "250-SIZE 10240000", *offer,
                      "250 8BITMIME")
        elif words == "QUIT":
            lines.say("221 2.0.0 Bye")
        elif words.startswith(("MAIL", "RCPT", "DATA", "AUTH")):
            lines.say("530 5.7.0 Must issue a STARTTLS command first")
        else:
            lines.say(f'500 5.5.1 Command unrecognized: "{words}"')
    return False


def lmtp(lines, mode):
    return smtp(lines, mode, "LMTP")


def nntp(lines, mode):
    lines.say("200 news.example.test ready")
    while words := lines.hear():
        if words == "STARTTLS":
            if mode == "takes":
                lines.say("382 Begin TLS negotiation now")
                return True
            lines.say("580 Can not initiate TLS negotiation")
        elif words == "CAPABILITIES":
            offer = [] if mode == "hides" else ["STARTTLS"]
            lines.say("101 Capability list:", "VERSION 2", "READER", *offer, ".")
        elif words.startswith("MODE READER"):
            lines.say("200 Reader mode")
        elif words == "QUIT":
            lines.say("205 Bye")
        else:
            lines.say("483 Encryption required")
    return False


def sieve(lines, mode):
    offer = [] if mode == "hides" else ['"STARTTLS"']
    lines.say('"IMPLEMENTATION" "Example Sieve"', '"SIEVE" "fileinto"', *offer,
              '"VERSION" "1.0"', 'OK "ready."')
    while words := lines.hear():
        if words == "STARTTLS":
            if mode == "takes":
                lines.say('OK "Begin TLS negotiation now."')
                return True
            lines.say('NO "TLS is not available."')
        elif words == "LOGOUT":
            lines.say('OK "Bye."')
        else:
            lines.say('NO "Error in command."')
    return False


def irc(lines, mode):
    while words := lines.hear():
        if words.startswith("CAP LS"):
            offer = "" if mode == "hides" else " tls"
            lines.say(f":irc.example.test CAP * LS :multi-prefix{offer}")
        elif words == "STARTTLS":
            if mode == "takes":
                lines.say(":irc.example.test 670 * :STARTTLS successful, go ahead")
                return True
            lines.say(":irc.example.test 691 * :STARTTLS failure")
        elif words == "QUIT":
            lines.say("ERROR :Closing link")
            return False
        else:
            lines.say(":irc.example.test 451 * :You have not registered")
    return False


def telnet(lines, mode):
    """The option START_TLS, number 46: DO, WILL, and FOLLOWS from both sides."""
    lines.connection.sendall(b"\xff\xfd\x2e")
    if lines.connection.recv(3) != b"\xff\xfb\x2e":
        return False
    if mode != "takes":
        lines.connection.sendall(b"\xff\xfe\x2e")
        return False
    lines.connection.sendall(b"\xff\xfa\x2e\x01\xff\xf0")
    return lines.connection.recv(6) == b"\xff\xfa\x2e\x01\xff\xf0"


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
    offer = [] if mode == "hides" else ["STLS"]
    lines.say("+OK mail.example.test ready.")
    while words := lines.hear():
        if words == "STLS":
            if mode == "takes":
                lines.say("+OK Begin TLS negotiation now.")
                return True
            lines.say("-ERR TLS is not available.")
        elif words == "CAPA":
            lines.say("+OK", "TOP", "UIDL", *offer, "USER", ".")
        elif words == "QUIT":
            lines.say("+OK Logging out.")
        else:
            lines.say("-ERR Unknown command.")
    return False


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
    context = identity(cert)

    def talk(connection):
        if globals()[protocol](Lines(connection), mode):
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(4096)

    serve(host, port, talk, patience=5)


main()

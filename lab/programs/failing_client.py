"""A client that fails on purpose, behind the first words of any protocol that begins TLS late.

`failing_client.py FAILURE PROTOCOL HOST PORT [word=value...]`. FAILURE is a function of this
module; the words are `tls` (the one version it speaks), `cert` (what it shows), `ca` (whom it
trusts), `name`, `ciphers`, `code` (of an alert), `patience` and `speaks` (the protocol inside of
TLS). What came of it is printed.
"""

import os
import re
import socket
import ssl
import struct
import sys
import time

NAME = "www.example.test"


def lines(*turns):
    """A beginning in lines of text: what is read ends with a line that `turns` describes."""

    def begin(connection):
        for said, expected in turns:
            connection.sendall(said.encode())
            got = b""
            while not re.search(expected.encode(), got, re.M):
                if not (more := connection.recv(4096)):
                    raise OSError(f"the server left after {got!r}")
                got += more

    return begin


def exactly(said, size):
    """A beginning in binary: so many bytes are waited for."""

    def begin(connection):
        connection.sendall(said)
        connection.recv(size)

    return begin


def mysql(connection):
    """The server's greeting, then a request for TLS with protocol 4.1 and long passwords."""
    connection.recv(4096)
    connection.sendall(bytes.fromhex("20000001058aaf00000000012d") + bytes(23))


_STREAM = (
    f"<?xml version='1.0'?><stream:stream to='{NAME}' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>"
)
PROTOCOLS = {
    "tls": lambda connection: None,
    "smtp": lines(
        ("", r"^220 "), ("EHLO client.example.test\r\n", r"^250 "), ("STARTTLS\r\n", r"^220 ")
    ),
    "imap": lines(("", r"^\* "), ("a STARTTLS\r\n", r"^a OK")),
    "pop3": lines(("", r"^\+OK"), ("STLS\r\n", r"^\+OK")),
    "ftp": lines(("", r"^220 "), ("AUTH TLS\r\n", r"^234 ")),
    "nntp": lines(("", r"^20[01] "), ("STARTTLS\r\n", r"^382 ")),
    "irc": lines(("STARTTLS\r\n", r" 670 ")),
    "nats": lines(("", r"^INFO ")),
    "xmpp": lines(
        (_STREAM, "</stream:features>"),
        ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed"),
    ),
    "ldap": exactly(
        bytes.fromhex("301d02010177188016312e332e362e312e342e312e313436362e3230303337"), 4096
    ),
    "postgres": exactly(bytes.fromhex("0000000804d2162f"), 1),
    "rdp": exactly(bytes.fromhex("030000130ee000000000000100080001000000"), 4096),
    "mysql": mysql,
}


# What a client says in the end, where there is something that makes the server answer.
GOODBYES = {
    "smtp": b"EHLO client.example.test\r\nQUIT\r\n",
    "imap": b"a LOGOUT\r\n",
    "pop3": b"QUIT\r\n",
    "ftp": b"QUIT\r\n",
    "nntp": b"QUIT\r\n",
    "irc": b"QUIT\r\n",
    "nats": b'CONNECT {"verbose":false}\r\nPING\r\n',
    "redis": b"PING\r\nQUIT\r\n",
    "xmpp": _STREAM.encode(),
    "ldap": bytes.fromhex("30050201034200"),
    # The startup of protocol 3.0 for the user "lab".
    "postgres": bytes.fromhex("0000001200030000") + b"user\0lab\0\0",
    "http": b"GET / HTTP/1.0\r\n\r\n",
    "sip": b"OPTIONS sip:lab@example.test SIP/2.0\r\n\r\n",
    # A CONNECT of MQTT 3.1.1 (its section 3.1) and a DISCONNECT.
    "mqtt": bytes.fromhex("101100044d5154540402003c00056c61622d31") + bytes.fromhex("e000"),
    # The header of AMQP 0-9-1.
    "amqp": b"AMQP\0\0\x09\x01",
    # A question for the name of the root's servers (RFC 1035, and the length of RFC 7766).
    "dns": bytes.fromhex("0011000101000001000000000000") + b"\0" + bytes.fromhex("00020001"),
    "syslog": b"<14>Nov 26 03:00:00 client lab: hello\n",
}


class Client:
    """One connection of the client, and the words it was given."""

    def __init__(self, protocol, host, port, words):
        self.words = words
        self.goodbye = GOODBYES.get(words.get("speaks", protocol), b"")
        self.connection = socket.create_connection((host, int(port)), 5)
        self.connection.settimeout(float(words.get("patience", 2)))
        PROTOCOLS[protocol](self.connection)

    def context(self):
        words = self.words
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(words.get("ca", "root.crt"))
        context.minimum_version = ssl.TLSVersion.TLSv1
        if "tls" in words:
            only = getattr(ssl.TLSVersion, "TLSv" + words["tls"].replace(".", "_"))
            context.minimum_version = context.maximum_version = only
        context.set_ciphers(words.get("ciphers", "ALL:@SECLEVEL=0"))
        if "cert" in words:
            context.load_cert_chain(words["cert"] + ".pem", words["cert"] + ".key")
        return context

    def hello(self):
        """A ClientHello as the words describe it."""
        outgoing = ssl.MemoryBIO()
        self.tls = self.context().wrap_bio(
            ssl.MemoryBIO(), outgoing, server_hostname=self.words.get("name", NAME)
        )
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outgoing.read()

    def flight(self):
        """Send a ClientHello and wait for what answers it."""
        self.connection.sendall(self.hello())
        return self.connection.recv(16384)


def handshake(client):
    """Shake hands as the words describe, say something, and leave in order."""
    with client.context().wrap_socket(
        client.connection, server_hostname=client.words.get("name", NAME)
    ) as tls:
        tls.sendall(client.goodbye)
        answer = b""
        try:
            while more := tls.recv(4096):
                answer += more
        except TimeoutError:
            pass
        print("hello,", tls.version(), answer)
        tls.unwrap()


def plain(client):
    """Speak HTTP where TLS was expected, or what `speaks` tells."""
    http = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
    client.connection.sendall(client.goodbye if "speaks" in client.words else http)
    print("received", client.connection.recv(4096)[:60])


def garbage(client):
    """Send bytes that are the beginning of no protocol."""
    client.connection.sendall(bytes(range(0x80, 0xC0)) * 2)
    print("received", client.connection.recv(4096)[:60])


def leave(client):
    """Leave before a ClientHello."""
    time.sleep(0.2)


def leave_after_hello(client):
    """Leave as soon as the server has answered."""
    print("received", len(client.flight()))


def reset(client):
    """Break off as soon as the server has answered."""
    client.connection.sendall(client.hello())
    client.connection.recv(10)
    client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def alert(client):
    """Answer the server's first flight with a fatal alert."""
    client.flight()
    client.connection.sendall(bytes([0x15, 3, 3, 0, 2, 2, int(client.words["code"])]))
    time.sleep(0.3)


def bad_length(client):
    """A ClientHello whose extensions claim more bytes than there are."""
    hello = bytearray(client.hello())
    place = 5 + 4 + 2 + 32
    place += 1 + hello[place]
    place += 2 + int.from_bytes(hello[place : place + 2], "big")
    place += 1 + hello[place]
    hello[place : place + 2] = b"\xff\xf0"
    client.connection.sendall(hello)
    print("received", client.connection.recv(4096)[:60])


def sslv2(client):
    """A CLIENT-HELLO of SSL 2.0."""
    ciphers = bytes.fromhex("0700c0030080010080060040040080020080")
    body = b"\x01\x00\x02" + struct.pack(">HHH", len(ciphers), 0, 16) + ciphers + bytes(range(16))
    client.connection.sendall(struct.pack(">H", 0x8000 | len(body)) + body)
    print("received", client.connection.recv(4096)[:60])


def damaged(client):
    """Shake hands, and send a record that nobody can open."""
    tls = client.context().wrap_socket(client.connection, server_hostname=NAME)
    raw = socket.socket(fileno=os.dup(tls.fileno()))
    raw.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
    time.sleep(0.3)
    try:
        print("received", tls.recv(100))
    except OSError as failure:
        print("error:", failure)


def main():
    failure, protocol, host, port, *words = sys.argv[1:]
    try:
        client = Client(protocol, host, port, dict(word.split("=", 1) for word in words))
        globals()[failure](client)
        client.connection.close()
    except OSError as trouble:
        print("error:", trouble)


main()

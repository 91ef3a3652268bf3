"""A server that takes mail over TLS from its first byte: `mail_server.py CERT HOST PORT`."""

import ssl
import sys

from connections import identity, serve


def main():
    cert, host, port = sys.argv[1:]
    context = identity(cert, newest=ssl.TLSVersion.TLSv1_3)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            lines = tls.makefile("rb")
            tls.sendall(b"220 www.example.test ESMTP\r\n")
            while line := lines.readline().split():
                word = line[0].upper()
                if word == b"DATA":
                    tls.sendall(b"354 go on\r\n")
                    while lines.readline().rstrip() != b".":
                        pass
                tls.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 www.example.test\r\n")
                if word == b"QUIT":
                    break

    serve(host, port, talk, 5)


main()

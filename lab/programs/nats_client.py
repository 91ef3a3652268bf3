"""A client of NATS: `nats_client.py HOST PORT [VERSION]`; TLS begins when the server's INFO was read."""

import socket
import sys

from connections import trust


def main():
    host, port, *version = sys.argv[1:]
    context = trust(*version)
    try:
        with socket.create_connection((host, int(port)), 5) as plain:
            plain.recv(4096)
            with context.wrap_socket(plain, server_hostname=host) as secured:
                secured.sendall(b'CONNECT {"verbose":false,"tls_required":true}\r\nPING\r\n')
                print("read", len(secured.recv(4096)), "bytes")
    except OSError as failure:
        print("error:", failure)
        sys.exit(1)


main()

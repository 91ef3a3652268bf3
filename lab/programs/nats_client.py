"""A client of NATS: `nats_client.py HOST PORT [VERSION]`; TLS begins when the server's INFO was read."""

import socket
import ssl
import sys


def main():
    host, port = sys.argv[1:3]
    context = ssl.create_default_context(cafile="root.crt")
    if len(sys.argv) > 3:
        version = getattr(ssl.TLSVersion, "TLSv" + sys.argv[3].replace(".", "_"))
        context.minimum_version = context.maximum_version = version
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

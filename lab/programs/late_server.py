"""A server that asks for the client's certificate after the request, and for nothing less.

That is post-handshake authentication of TLS 1.3 (RFC 9846, section 4.6.2), by Python's ssl module.
"""

import ssl
import sys

from connections import identity, serve


def main():
    host, port = sys.argv[1:]
    context = identity("good", ssl.TLSVersion.TLSv1_3)
    context.load_verify_locations("clients.crt")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.post_handshake_auth = True

    def talk(plain):
        with context.wrap_socket(plain, server_side=True) as connection:
            connection.recv(4096)
            if connection.version() == "TLSv1.3":
                connection.verify_client_post_handshake()
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")

    serve(host, port, talk)


main()

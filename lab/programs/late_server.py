"""A server that asks for the client's certificate after the request, and for nothing less.

That is post-handshake authentication of TLS 1.3 (RFC 9846, section 4.6.2), by Python's ssl module.
"""

import socket
import ssl
import sys


def main():
    host, port = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("good.pem", "good.key")
    context.load_verify_locations("clients.crt")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.post_handshake_auth = True
    with socket.create_server((host, int(port))) as listener:
        while True:
            plain, _ = listener.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    serve(connection)
            except OSError as failure:
                print("error:", failure, flush=True)


def serve(connection):
    connection.recv(4096)
    if connection.version() == "TLSv1.3":
        connection.verify_client_post_handshake()
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")


main()

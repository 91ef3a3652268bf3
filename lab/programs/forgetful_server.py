"""A server that asks for client certificates and has set no context for its sessions.

pyOpenSSL leaves that to the program (Context.set_session_id), and this program forgot it.
"""

import sys

from OpenSSL import SSL

from connections import serve


def main():
    host, port = sys.argv[1:]
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file("good.pem")
    context.use_privatekey_file("good.key")
    context.load_verify_locations("clients.crt")
    context.set_verify(SSL.VERIFY_PEER, lambda *told: bool(told[-1]))

    def talk(plain):
        connection = SSL.Connection(context, plain)
        connection.set_accept_state()
        try:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
            connection.shutdown()
        except SSL.Error as failure:
            print("error:", failure, flush=True)

    serve(host, port, talk)


main()

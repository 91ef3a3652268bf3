"""A TLS client or server of pyOpenSSL, which brings an OpenSSL of its own, newer than Debian's:
`newest.py client|server HOST PORT`; it prints what came or what failed."""

import argparse
import socket

from OpenSSL import SSL

_VERSIONS = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}
_REQUEST = b"GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n"
_ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("role", choices=["client", "server"])
    reader.add_argument("host")
    reader.add_argument("port", type=int)
    reader.add_argument("--name", default="www.example.test")
    reader.add_argument("--tls", choices=_VERSIONS)
    reader.add_argument("--cert")
    reader.add_argument("--ca", help="whom to trust; a server insists on a certificate then")
    reader.add_argument("--alpn")
    reader.add_argument("--forgetful", action="store_true", help="no context for its sessions")
    reader.add_argument("--suites")
    given = reader.parse_args()
    context = made(given)
    if given.role == "client":
        ask(context, given)
    else:
        serve(context, given)


def made(given):
    client = given.role == "client"
    context = SSL.Context(SSL.TLS_CLIENT_METHOD if client else SSL.TLS_SERVER_METHOD)
    if given.tls:
        context.set_min_proto_version(_VERSIONS[given.tls])
        context.set_max_proto_version(_VERSIONS[given.tls])
    if given.cert:
        context.use_certificate_chain_file(f"{given.cert}.pem")
        context.use_privatekey_file(f"{given.cert}.key")
    if given.ca:
        context.load_verify_locations(given.ca)
        insist = 0 if client else SSL.VERIFY_FAIL_IF_NO_PEER_CERT
        context.set_verify(SSL.VERIFY_PEER | insist, lambda *words: bool(words[-1]))
        if not given.forgetful:
            context.set_session_id(b"lab")
    if given.suites:
        context.set_cipher_list(given.suites.encode())
    if given.alpn:
        spoken = [word.encode() for word in given.alpn.split(",")]
        if client:
            context.set_alpn_protos(spoken)
        else:
            context.set_alpn_select_callback(lambda _, offered: chosen(spoken, offered))
    return context


def chosen(spoken, offered):
    for protocol in spoken:
        if protocol in offered:
            return protocol
    raise ValueError(f"none of {offered} is spoken here")


def ask(context, given):
    plain = socket.create_connection((given.host, given.port), 5)
    plain.setblocking(True)
    connection = SSL.Connection(context, plain)
    connection.set_tlsext_host_name(given.name.encode())
    connection.set_connect_state()
    try:
        connection.do_handshake()
        connection.sendall(_REQUEST)
        print("read", len(connection.recv(4096)), "bytes by", connection.get_protocol_version_name())
        connection.shutdown()
    except (SSL.Error, OSError) as failure:
        print("error:", failure)
    plain.close()


def serve(context, given):
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.create_server((given.host, given.port), family=family) as listener:
        while True:
            plain, _ = listener.accept()
            connection = SSL.Connection(context, plain)
            connection.set_accept_state()
            try:
                connection.do_handshake()
                connection.recv(4096)
                connection.sendall(_ANSWER)
                connection.shutdown()
            except (SSL.Error, OSError, ValueError) as failure:
                print("error:", failure, flush=True)
            plain.close()


main()

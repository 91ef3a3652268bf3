"""A TLS client of Python's ssl module: connects, asks for "/", prints what came or what failed."""

import argparse
import socket
import ssl
import sys
import time


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("host")
    reader.add_argument("port", type=int)
    reader.add_argument("--name", default="www.example.test")
    reader.add_argument("--source", default="")
    reader.add_argument("--tls", choices=["1.0", "1.1", "1.2", "1.3"])
    reader.add_argument("--cert")
    reader.add_argument("--ca", default="root.crt")
    reader.add_argument("--alpn")
    reader.add_argument("--hold", type=float, default=0)
    reader.add_argument("--no-renegotiation", action="store_true")
    reader.add_argument("--leave", action="store_true", help="close TCP without close_notify")
    reader.add_argument("--give-up", action="store_true",
                        help="send close_notify after the server's first flight")
    reader.add_argument("--strict", action="store_true", help="verify as Python 3.13 does")
    reader.add_argument("--insist", action="store_true",
                        help="leave if no protocol was chosen, as gRPC does")
    reader.add_argument("--late", action="store_true", help="offer post-handshake authentication")
    given = reader.parse_args()

    context = ssl.create_default_context(cafile=given.ca)
    if given.tls:
        version = getattr(ssl.TLSVersion, "TLSv" + given.tls.replace(".", "_").replace("1_0", "1"))
        if given.tls in ("1.0", "1.1"):
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    if given.cert:
        context.load_cert_chain(f"{given.cert}.pem", f"{given.cert}.key")
    if given.alpn:
        context.set_alpn_protocols(given.alpn.split(","))
    if given.strict:
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.post_handshake_auth = given.late
    if given.no_renegotiation:
        context.options |= ssl.OP_NO_RENEGOTIATION
    source = (given.source, 0) if given.source else None
    plain = socket.create_connection((given.host, given.port), 5, source)
    try:
        if given.give_up:
            give_up(context, plain, given.name)
        else:
            ask(context, plain, given)
    except OSError as failure:
        print("error:", failure)
        sys.exit(1)


def ask(context, plain, given):
    with context.wrap_socket(plain, server_hostname=given.name) as secured:
        time.sleep(given.hold)
        if given.insist and secured.selected_alpn_protocol() is None:
            print("error: missing selected ALPN property")
            return
        secured.sendall(b"GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n")
        print("read", len(secured.recv(4096)), "bytes by", secured.version())
        if not given.leave:
            try:
                secured.unwrap()
            except OSError as failure:
                print("at close:", failure)


def give_up(context, plain, name):
    """Start a handshake and leave it in good order: what a cancelled dialogue does."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        plain.sendall(outgoing.read())
    plain.recv(16384)
    # OpenSSL has no call for this before the handshake is over, so the alert is put together
    # here; the client has not encrypted anything yet, and it goes out as it is.
    plain.sendall(bytes([21, 3, 3, 0, 2, 1, 0]))
    plain.shutdown(socket.SHUT_WR)
    print("left in the middle; the server then sent", len(plain.recv(4096)), "bytes")


main()

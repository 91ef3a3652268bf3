"""A page fetched as Python programs do it: `fetch.py WAY URL [CERTIFICATE]`; what fails is not caught.

WAY is the library: urllib, ssl, requests, urllib3, aiohttp, httpx, pyopenssl, smtplib, grpc or
curl_cffi. CERTIFICATE is NAME for NAME.pem and NAME.key.
"""

import asyncio
import ssl
import sys
import urllib.parse


def by_urllib(url, pair):
    import urllib.request
    context = ssl.create_default_context()
    if pair:
        context.load_cert_chain(*pair)
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        print("HTTP", answer.status)


def by_ssl(url, pair):
    import socket
    context = ssl.create_default_context()
    if pair:
        context.load_cert_chain(*pair)
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 5) as plain:
        with context.wrap_socket(plain, server_hostname=parts.hostname) as secured:
            secured.sendall(b"GET / HTTP/1.0\r\n\r\n")
            print("read", len(secured.recv(4096)), "bytes")


def by_requests(url, pair):
    import requests
    print("HTTP", requests.get(url, timeout=5, cert=pair).status_code)


def by_urllib3(url, pair):
    import logging
    import urllib3
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    more = {"cert_file": pair[0], "key_file": pair[1]} if pair else {}
    pool = urllib3.PoolManager(timeout=5, retries=1, ca_certs="root.crt", **more)
    print("HTTP", pool.request("GET", url).status)


def by_aiohttp(url, pair):
    import aiohttp

    async def fetch():
        context = ssl.create_default_context()
        if pair:
            context.load_cert_chain(*pair)
        patience = aiohttp.ClientTimeout(total=5)
        async with aiohttp.ClientSession(timeout=patience) as session:
            async with session.get(url, ssl=context) as answer:
                print("HTTP", answer.status)
    asyncio.run(fetch())


def by_httpx(url, pair):
    import httpx
    context = ssl.create_default_context()
    if pair:
        context.load_cert_chain(*pair)
    print("HTTP", httpx.get(url, verify=context, timeout=5).status_code)


def by_pyopenssl(url, pair):
    import socket
    from OpenSSL import SSL
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.load_verify_locations("root.crt")
    context.set_verify(SSL.VERIFY_PEER, lambda *words: words[-1])
    if pair:
        context.use_certificate_chain_file(pair[0])
        context.use_privatekey_file(pair[1])
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as plain:
        connection = SSL.Connection(context, plain)
        connection.set_tlsext_host_name(parts.hostname.encode())
        connection.set_verify(SSL.VERIFY_PEER)
        connection.set_connect_state()
        connection.do_handshake()
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        print("read", len(connection.recv(4096)), "bytes")


def by_smtplib(url, pair):
    import smtplib
    context = ssl.create_default_context()
    if pair:
        context.load_cert_chain(*pair)
    parts = urllib.parse.urlsplit(url)
    with smtplib.SMTP_SSL(parts.hostname, parts.port, timeout=5, context=context) as server:
        print("read", len(server.noop()[1]), "bytes")


def by_grpc(url, pair):
    import grpc
    parts = urllib.parse.urlsplit(url)
    read = [open(name, "rb").read() for name in ("root.crt", *reversed(pair or ()))]
    channel = grpc.secure_channel(parts.netloc, grpc.ssl_channel_credentials(*read))
    ask = channel.unary_unary("/lab.Lab/Ask", request_serializer=bytes,
                              response_deserializer=bytes)
    print("read", len(ask(b"", timeout=3)), "bytes")


def by_curl_cffi(url, pair):
    from curl_cffi import requests
    answer = requests.get(url, timeout=5, cert=pair, verify="root.crt", impersonate="chrome")
    print("HTTP", answer.status_code)


def main():
    way, url, *names = sys.argv[1:]
    pair = (f"{names[0]}.pem", f"{names[0]}.key") if names else None
    globals()[f"by_{way}"](url, pair)


main()

"""Servers, clients and a middlebox for protocols of which no real ones are at hand."""

from pki import SERVER_NAME
from program import Program


def lines(protocol, mode, cert="good", **rest):
    """A server that begins TLS inside lines of text; see programs/dialogue_server.py."""
    return Program("python", ["python3", "dialogue_server.py", protocol, mode, cert, "{host}",
                              "{port}"], **rest)


def server(protocol, mode, cert="good", **rest):
    """A server that agrees on TLS in binary; see programs/carrier_server.py."""
    return Program("python", ["python3", "carrier_server.py", protocol, mode, cert, "{host}",
                              "{port}"], **rest)


def stripping_proxy(mode, target, *only, **rest):
    """A middlebox that takes STARTTLS out; see programs/stripping_proxy.py."""
    return Program("python", ["python3", "stripping_proxy.py", mode, "{host}", "{port}",
                              str(target), *only], **rest)


def curl_through(*words, **rest):
    """`curl` that reaches the web server through something."""
    return Program("curl", ["curl", "-sS", "--cacert", "root.crt", "--tls-max", "1.2", "--max-time",
                            "5", *words], **rest)


def curl_mail(**rest):
    """`curl` that sends mail and does not ask for TLS."""
    return Program("curl", ["curl", "-sS", "--max-time", "5", "--mail-from", "a@example.test",
                            "--mail-rcpt", "b@example.test", "-T", "root.crt",
                            f"smtp://{SERVER_NAME}:{{port}}/"], **rest)


def client(protocol, **rest):
    """A client that agrees on TLS inside another protocol; see programs/carrier_client.py."""
    return Program("python", ["python3", "carrier_client.py", protocol, "{host}", "{port}"], **rest)

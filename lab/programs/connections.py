"""What the lab's programs in Python share: how connections are taken, and their TLS.

The programs lie in one folder, and so does this module when they run.
"""

import socket
import ssl


def serve(host, port, talk, patience=None):
    """Take one connection after the other and give each to `talk`; what fails is printed.

    `patience` is how long each of them may be silent, in seconds; for ever if there is none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, int(port)), family=family) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(patience)
                try:
                    talk(connection)
                except OSError as failure:
                    print("error:", failure, flush=True)


def identity(cert, newest=ssl.TLSVersion.TLSv1_2):
    """The context of a server that shows `cert`, with TLS 1.2 at most unless told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{cert}.pem", f"{cert}.key")
    context.maximum_version = newest
    return context


def trust(*versions):
    """The context of a client that knows the lab's root, with the one version given, if any."""
    context = ssl.create_default_context(cafile="root.crt")
    for version in versions:
        only = getattr(ssl.TLSVersion, "TLSv" + version.replace(".", "_"))
        context.minimum_version = context.maximum_version = only
    return context

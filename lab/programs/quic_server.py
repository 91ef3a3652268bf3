"""A QUIC server: aioquic, which answers each request with one line, or another behaviour."""

import argparse
import asyncio
import socket

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.quic import events
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection

_VERSIONS = {"v1": 0x00000001, "v2": 0x6B3343CF}
_CRYPTO_ERROR, _CRYPTO_FRAME, _CERTIFICATE_REQUIRED = 0x100, 0x06, 116


class Server(QuicConnectionProtocol):
    """Answers what is asked."""

    wants_certificate = False

    def quic_event_received(self, event):
        if isinstance(event, events.HandshakeCompleted) and self.wants_certificate:
            if self._quic.tls._peer_certificate is None:
                # aioquic takes an empty Certificate and leaves the rest to the application.
                self._quic.close(_CRYPTO_ERROR + _CERTIFICATE_REQUIRED, _CRYPTO_FRAME,
                                 "client certificate required")
                self.transmit()
        if isinstance(event, events.StreamDataReceived) and event.end_stream:
            self._quic.send_stream_data(event.stream_id, b"hello\r\n", end_stream=True)
            self.transmit()
        if isinstance(event, events.ConnectionTerminated):
            print(f"closed: error {event.error_code:#x}, frame {event.frame_type}, "
                  f"{event.reason_phrase!r}", flush=True)
        super().quic_event_received(event)


def ask_for_certificates():
    """Let every server connection send a CertificateRequest."""
    begin = QuicConnection._initialize

    def begin_asking(connection, *arguments):
        begin(connection, *arguments)
        connection.tls._request_client_certificate = True

    QuicConnection._initialize = begin_asking
    Server.wants_certificate = True


def stay_silent(host, port):
    """Take every datagram and say nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((host, port))
        while silent.recv(65536):
            pass


async def answer(given):
    configuration = QuicConfiguration(is_client=False, alpn_protocols=given.alpn.split(","))
    configuration.supported_versions = [_VERSIONS[it] for it in given.versions.split(",")]
    configuration.load_cert_chain(f"{given.cert}.pem", f"{given.cert}.key")
    await serve(given.host, given.port, configuration=configuration, create_protocol=Server,
                retry=given.retry)
    await asyncio.Future()


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("host")
    reader.add_argument("port", type=int)
    reader.add_argument("--cert", default="good")
    reader.add_argument("--alpn", default="h3")
    reader.add_argument("--versions", default="v1")
    reader.add_argument("--retry", action="store_true", help="ask for a token first")
    reader.add_argument("--client-certificates", action="store_true")
    reader.add_argument("--silent", action="store_true")
    given = reader.parse_args()
    if given.silent:
        return stay_silent(given.host, given.port)
    if given.client_certificates:
        ask_for_certificates()
    asyncio.run(answer(given))


main()

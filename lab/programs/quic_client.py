"""A QUIC client: aioquic, one request without HTTP/3, and what became of it."""

import argparse
import asyncio

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.quic import events
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection

_VERSIONS = {"v1": 0x00000001, "v2": 0x6B3343CF}


class Client(QuicConnectionProtocol):
    """Says how the connection ended; the request itself is made by a stream."""

    def quic_event_received(self, event):
        if isinstance(event, events.ConnectionTerminated):
            print(f"closed: error {event.error_code:#x}, frame {event.frame_type}, "
                  f"{event.reason_phrase!r}", flush=True)
        super().quic_event_received(event)


async def ask(given):
    configuration = QuicConfiguration(is_client=True, server_name=given.name, idle_timeout=3.0)
    configuration.alpn_protocols = given.alpn.split(",") if given.alpn else None
    configuration.supported_versions = [_VERSIONS[it] for it in given.versions.split(",")]
    configuration.quantum_readiness_test = given.large
    configuration.load_verify_locations(given.ca)
    if given.cert:
        configuration.load_cert_chain(f"{given.cert}.pem", f"{given.cert}.key")
    if given.keys:
        configuration.secrets_log_file = open(given.keys, "a", encoding="ascii")
    if given.token:
        configuration.token = given.token.encode()
    async with connect(given.host, given.port, configuration=configuration,
                       create_protocol=Client) as client:
        reader, writer = await client.create_stream()
        writer.write(b"GET /\r\n")
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 3)
        if answer:
            print("read", len(answer), "bytes")


def leave_parameters_out():
    """Send a ClientHello without quic_transport_parameters, as no real client does."""
    begin = QuicConnection._initialize

    def begin_without(connection, *arguments):
        begin(connection, *arguments)
        connection.tls.handshake_extensions = []

    QuicConnection._initialize = begin_without


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("host")
    reader.add_argument("port", type=int)
    reader.add_argument("--name", default="www.example.test")
    reader.add_argument("--ca", default="root.crt")
    reader.add_argument("--cert")
    reader.add_argument("--alpn", default="h3")
    reader.add_argument("--versions", default="v1")
    reader.add_argument("--keys", help="write the secrets to this file")
    reader.add_argument("--token", help="show this token, as if it were the server's")
    reader.add_argument("--large", action="store_true", help="a ClientHello of several packets")
    reader.add_argument("--no-parameters", action="store_true")
    given = reader.parse_args()
    if given.no_parameters:
        leave_parameters_out()
    try:
        asyncio.run(asyncio.wait_for(ask(given), 5))
    except (OSError, asyncio.TimeoutError) as failure:
        print("error:", failure or type(failure).__name__, flush=True)


main()

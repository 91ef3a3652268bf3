"""strongSwan, whose EAP-TLS in IKEv2 is made with a TLS library of its own."""

import time

from lines.recorder import Run
from lines.subject import CLIENT_HOST, SERVER_HOST, Failure, Part, Subject
from program import Program

_PLUGINS = (
    "random nonce aes sha1 sha2 hmac kdf openssl pem pkcs1 pkcs8 x509 pubkey constraints "
    "revocation socket-default kernel-netlink vici eap-identity eap-tls"
)

_DAEMON = """charon-systemd {{
  load = {plugins}
  port = {port}
  port_nat_t = {nat}
  install_routes = no
  filelog {{
    stderr {{
      default = 1
      enc = -1
      net = -1
      flush_line = yes
    }}
  }}
  start-scripts {{
    load = swanctl --load-all --file /srv/{role}/swanctl.conf --uri unix:///srv/{role}/vici
  }}
  plugins {{
    vici {{
      socket = unix:///srv/{role}/vici
    }}
  }}
}}
swanctl {{
  load = random openssl pem pkcs1 pkcs8 x509 pubkey
}}
libtls {{
  {tls}
}}
"""

_SERVER = """connections {{
  rw {{
    local_addrs = {host}
    local {{
      auth = eap-tls
      certs = /srv/{cert}.crt
      id = www.example.test
    }}
    remote {{
      auth = eap-tls
      id = %any
    }}
    children {{
      net {{
        local_ts = {host}/32
      }}
    }}
  }}
}}
"""

_CLIENT = """connections {{
  home {{
    remote_addrs = {host}
    remote_port = 500
    local {{
      auth = eap-tls
      certs = /srv/{cert}.crt
      id = "O=Example, CN=Alice"
    }}
    remote {{
      auth = eap-tls
      id = "{name}"
    }}
    children {{
      net {{
        remote_ts = {host}/32
        start_action = start
      }}
    }}
  }}
}}
"""

# Where swanctl looks for keys and certificates.
_FOLDERS = ("private", "x509", "x509ca", "x509ocsp", "x509aa", "x509ac", "x509crl", "pubkey",
            "rsa", "ecdsa", "bliss", "pkcs8", "pkcs12")

_DECIDED = ("EAP_TLS method failed", "AUTH_FAILED", "established between", "CHILD_SA net{1} esta")


def _daemon(role, connections, cert, authorities, tls):
    made = "".join(
        f"  {it} {{\n    cacert = /srv/{it}.crt\n  }}\n" for it in (*authorities, "issuing")
    )
    ports = (500, 4500) if role == "server" else (0, 0)
    text = _DAEMON.format(plugins=_PLUGINS, port=ports[0], nat=ports[1], role=role, tls=tls)
    return Program(
        "strongswan",
        ["env", f"STRONGSWAN_CONF=/srv/{role}/strongswan.conf", "charon-systemd"],
        files={
            f"{role}/swanctl.conf": f"{connections}authorities {{\n{made}}}\n",
            f"{role}/strongswan.conf": text,
        },
        before=[
            ["install", "-d", *(f"{role}/{it}" for it in _FOLDERS)],
            ["cp", f"{cert}.key", f"{role}/private/own.key"],
        ],
        settings=[f"certs = /srv/{cert}.crt", tls],
    )


def _server(*, cert="good", clients="clients", tls=""):
    connections = _SERVER.format(host=SERVER_HOST, cert=cert)
    return _daemon("server", connections, cert, (clients,), tls)


def _client(*, cert="alice", root="root", tls="", name="www.example.test"):
    connections = _CLIENT.format(host=SERVER_HOST, cert=cert, name=name)
    return _daemon("client", connections, cert, (root,), tls)


class Exchange(Run):
    """A meeting of two daemons: TLS is in EAP, and that in IKE."""

    def meet_clients(self, peers):
        self._meet(peers, self.program.start, lambda peer: peer.start, own=0)

    def meet_servers(self, peers):
        self._meet(peers, self.program.start, lambda peer: peer.start, own=1)

    def _meet(self, peers, own_start, start_of, own):
        """The server is started first; `own` is the place of the program that is recorded."""
        self.connection = None
        for peer in peers:
            starts = [own_start, start_of(peer)] if own == 0 else [start_of(peer), own_start]
            both = []
            try:
                both.append(starts[0](self.folder, SERVER_HOST, self.part.port))
                _wait(both[0], ("successfully loaded 1 connections",))
                before = len(both[0].said)
                both.append(starts[1](self.folder, SERVER_HOST, self.part.port))
                _wait(both[1], _DECIDED)
                time.sleep(self.part.patience)
                after = len(both[own].said)
            finally:
                for running in reversed(both):
                    running.stop()
            self.before, self.after = (before if own == 0 else 0), after
            self.command, self.peer_command = both[own].command, both[1 - own].command
            self.told.append(both[1 - own].output)
            self.greeted.append("EAP_TLS succeeded" in both[1].output)
        self.whole = both[own].said

    def truth(self, failure):
        """What is known of the failure; the client's port is any."""
        peer = SERVER_HOST if self.part.role == "client" else CLIENT_HOST
        oddities = ["the client was let in"] if self.greeted[0] else []
        return self.entry(failure, failure.alert, None) | {"peer": f"{peer}:0"}, oddities


def _wait(running, words, seconds=8):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not any(word in running.output for word in words):
        time.sleep(0.1)


def _flaws():
    """Slug, purpose, who refuses, cause, alert, and what the server and the client are asked."""
    yield ("client-refuses-unknown-ca", "The client does not know the server's authority.",
           "client", "untrusted-root", 46, {}, {"root": "stranger"})
    yield ("client-refuses-expired", "The server's certificate expired 40 days before.", "client",
           "expired-leaf", 46, {"cert": "expired"}, {})
    yield ("client-refuses-self-signed", "The server's certificate is signed by itself.", "client",
           "self-signed-server", 46, {"cert": "selfsigned"}, {})
    yield ("client-certificate-unknown-ca", "The server does not know the client's authority.",
           "server", "server-does-not-trust-client-ca", 46, {}, {"cert": "alice-untrusted"})
    yield ("client-certificate-expired", "The client's certificate expired 40 days before.",
           "server", "client-cert-expired", 46, {}, {"cert": "alice-expired"})
    yield ("client-certificate-incomplete-chain", "The client sends no intermediate.", "server",
           "missing-client-intermediate", 46, {}, {"cert": "alice-short"})
    yield ("version-too-low", "The client speaks TLS 1.1 at most, the server 1.2.", "server",
           "client-max-version-below-server-min", 70, {"tls": "version_min = 1.2"},
           {"tls": "version_max = 1.1"})
    yield ("no-shared-cipher", "Client and server have no suite in common.", "server",
           "no-shared-cipher", 40, {"tls": "cipher = aes256\n  version_max = 1.2"},
           {"tls": "cipher = aes128\n  version_max = 1.2"})


def _met_by_servers():
    for slug, purpose, refused_by, cause, alert, asks, words in _flaws():
        yield Failure(slug, purpose, refused_by, cause, _client(**words), asks, alert)


def _met_by_clients():
    for slug, purpose, refused_by, cause, alert, asks, words in _flaws():
        yield Failure(slug, purpose, refused_by, cause, _server(**asks), words, alert)


def subjects():
    return [
        Subject(
            "strongswan",
            [
                Part("server", _server, list(_met_by_servers()), [_client()], port=500,
                     meeting=Exchange),
                Part("client", _client, list(_met_by_clients()), [_server()], "client", port=500,
                     meeting=Exchange),
            ],
            "charon-systemd, libcharon-extra-plugins, strongswan-swanctl",
            "strongSwan",
            (["dpkg-query", "-W", "strongswan-charon"], r"\t([\d.]+)"),
        )
    ]

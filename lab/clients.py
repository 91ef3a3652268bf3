"""One function for each client of the lab; each answers a Program."""

from pki import SERVER_NAME, chain_of
from program import Program

REQUEST = "GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n"

_HAPROXY_CHECK = """defaults
    timeout connect 3s
    timeout client 3s
    timeout server 3s
listen lab
    bind unix@check.sock
    server {check}
"""


def openssl(*extra, tls=None, name=SERVER_NAME, cert=None, source=None, ca="root.crt",
            feed=None, **rest):
    """`openssl s_client`; `-msg` makes it print each alert, sent or received."""
    argv = ["openssl", "s_client", "-connect", "{at}", "-msg", "-CAfile", ca,
            "-verify_return_error"]
    argv += ["-servername", name, "-verify_hostname", name] if name else ["-noservername"]
    argv += [f"-tls{tls.replace('.', '_').replace('1_0', '1')}"] if tls else []
    argv += ["-cert", f"{cert}.pem", "-key", f"{cert}.key"] if cert else []
    argv += ["-cert_chain", f"{chain_of(cert)}.crt"] if cert and chain_of(cert) else []
    argv += ["-bind", f"{source}:0"] if source else []
    if feed is None:
        argv += ["-quiet"]
        feed = [(0, REQUEST), (1.0, "")]
    return Program("openssl", argv + list(extra), feed=feed, **rest)


def gnutls(*extra, tls=None, name=SERVER_NAME, cert=None, priority="NORMAL", feed=None, **rest):
    """`gnutls-cli`."""
    if tls:
        priority += f":-VERS-ALL:+VERS-TLS{tls}"
    argv = ["gnutls-cli", "--x509cafile", "root.crt", "--priority", priority, "-p", "{port}"]
    argv += ["--sni-hostname", name, "--verify-hostname", name] if name else ["--disable-sni"]
    argv += ["--x509certfile", f"{cert}.pem", "--x509keyfile", f"{cert}.key"] if cert else []
    feed = [(0, REQUEST), (0.7, "")] if feed is None else feed
    return Program("gnutls", [*argv, *extra, "{host}"], feed=feed, **rest)


def openssl_dtls(*extra, dtls="1.2", name=SERVER_NAME, cert=None, feed=None, **rest):
    """`openssl s_client` over UDP, which repeats what gets no answer."""
    version = {"1.0": "1", "1.2": "1_2", "any": ""}[dtls]
    argv = ["openssl", "s_client", "-connect", "{at}", "-msg", f"-dtls{version}", "-mtu", "1400",
            "-timeout", "-CAfile", "root.crt", "-verify_return_error"]
    argv += ["-servername", name, "-verify_hostname", name] if name else ["-noservername"]
    argv += ["-cert", f"{cert}.pem", "-key", f"{cert}.key"] if cert else []
    argv += ["-cert_chain", f"{chain_of(cert)}.crt"] if cert and chain_of(cert) else []
    feed = [(1.0, "")] if feed is None else feed
    return Program("openssl", argv + list(extra), feed=feed, **rest)


def gnutls_dtls(*extra, dtls="1.2", name=SERVER_NAME, cert=None, priority="NORMAL", **rest):
    """`gnutls-cli --udp`."""
    argv = ["gnutls-cli", "--udp", "--mtu", "1400", "--x509cafile", "root.crt", "--priority",
            f"{priority}:-VERS-ALL:+VERS-DTLS{dtls}", "-p", "{port}"]
    argv += ["--sni-hostname", name, "--verify-hostname", name] if name else ["--disable-sni"]
    argv += ["--x509certfile", f"{cert}.pem", "--x509keyfile", f"{cert}.key"] if cert else []
    return Program("gnutls", [*argv, *extra, "{host}"], feed=[(0.3, "hello\n"), (0.7, "")],
                   **rest)


def curl(*extra, tls=None, name=SERVER_NAME, cert=None, source=None, ca="root.crt", **rest):
    """`curl`, told which address the name has."""
    argv = ["curl", "-sS", "--cacert", ca, "--max-time", "5",
            "--connect-to", f"{name}:{{port}}:{{at}}"]
    argv += [f"--tlsv{tls}", "--tls-max", tls] if tls else []
    argv += ["--cert", f"{cert}.pem", "--key", f"{cert}.key"] if cert else []
    argv += ["--interface", source] if source else []
    return Program("curl", [*argv, *extra, f"https://{name}:{{port}}/"], **rest)


def python(*extra, tls=None, name=SERVER_NAME, cert=None, source=None, ca=None, **rest):
    """Python's ssl module."""
    argv = ["python3", "client.py", "{host}", "{port}", "--name", name]
    argv += ["--tls", tls] if tls else []
    argv += ["--cert", cert] if cert else []
    argv += ["--source", source] if source else []
    argv += ["--ca", ca] if ca else []
    return Program("python", argv + list(extra), **rest)


def go(*extra, tls=None, name=SERVER_NAME, cert=None, source=None, ca=None, **rest):
    """Go's crypto/tls."""
    argv = ["./client-go", "-to", "{at}", "-name", name]
    argv += ["-tls", tls] if tls else []
    argv += ["-cert", cert] if cert else []
    argv += ["-from", source] if source else []
    argv += ["-ca", ca] if ca else []
    return Program("go", argv + list(extra), **rest)


def modern(*extra, tls=None, name=SERVER_NAME, source=None, **rest):
    """The crypto/tls of a Go that is newer than Debian's; see programs/modern.go."""
    argv = ["./modern-go", "-to", "{at}", "-name", name]
    argv += ["-tls", tls] if tls else []
    argv += ["-from", source] if source else []
    return Program("modern", argv + list(extra), **rest)


def java(*extra, tls=None, name=SERVER_NAME, cert=None, source=None, machine=(), patience=9.0,
         **rest):
    """The JDK's JSSE; `machine` are options of the virtual machine."""
    argv = ["java", *machine, "-cp", ".", "Client"]
    argv += ["-host", "{host}", "-port", "{port}", "-name", name]
    argv += ["-tls", f"TLSv{tls}"] if tls else []
    argv += ["-cert", cert] if cert else []
    argv += ["-from", source] if source else []
    return Program("java", argv + list(extra), patience=patience, **rest)


def node(tls="", name=SERVER_NAME, cert="", source="", **rest):
    """Node.js."""
    argv = ["node", "client.js", "{host}", "{port}", name, tls, cert, source]
    return Program("node", argv, **rest)


def wget(*extra, tls=None, name=SERVER_NAME, **rest):
    """Debian's wget, which is built with GnuTLS; the lab's own hosts file gives the address."""
    argv = ["wget", "-q", "-O", "-", "--tries=1", "--timeout=5", "--ca-certificate=root.crt"]
    argv += [f"--secure-protocol=TLSv{tls.replace('.', '_')}"] if tls else []
    return Program("wget", [*argv, *extra, f"https://{name}:{{port}}/"], **rest)


def curl_in_the_clear(path="", **rest):
    """`curl` that was told http:// where https:// was meant."""
    return Program("curl", ["curl", "-sS", "--max-time", "5", f"http://{{at}}/{path}"], **rest)


def haproxy_check(tls, **rest):
    """HAProxy's health check of a TLS server: one handshake, then it leaves."""
    check = ("www {at} check inter 60s ssl ca-file root.crt "
             f"check-sni {SERVER_NAME} ssl-min-ver TLSv{tls} ssl-max-ver TLSv{tls}")
    return Program("haproxy", ["haproxy", "-db", "-f", "check.cfg"],
                   files={"check.cfg": _HAPROXY_CHECK.format(check=check)},
                   settings=[f"server {check}"], patience=2.0, **rest)


def with_clock(offset, client):
    """The client, with a clock that is wrong by `offset`, such as "-2d"."""
    client.argv = ["faketime", "-f", offset, *client.argv]
    return client


def raw(behaviour, source=None, **rest):
    """Bytes sent by hand; see programs/raw_client.py."""
    argv = ["python3", "raw_client.py", behaviour, "{host}", "{port}"]
    return Program("raw", argv + ([source] if source else []), **rest)


def curl_by_proxy(target, **rest):
    """`curl` that goes through the HTTP proxy."""
    return Program("curl", ["curl", "-sS", "--cacert", "root.crt", "--max-time", "5", "--proxy",
                            "http://{at}", f"https://{target}/"], **rest)


def quic(*extra, **rest):
    """A QUIC client made with aioquic; see programs/quic_client.py."""
    return Program("aioquic", ["python3", "quic_client.py", "{host}", "{port}", *extra], **rest)


def quinn(*words, **rest):
    """A QUIC client made with quinn and rustls; see programs/quinn.rs."""
    return Program("quinn", ["./quinn-lab", "client", "{host}", "{port}", *words], **rest)


def ngtcp2(*extra, **rest):
    """ngtcp2's example client, with HTTP/3 and GnuTLS, which checks no certificate."""
    return Program("ngtcp2", ["gtlsclient", "--no-quic-dump", "--timeout=3s",
                              "--exit-on-all-streams-close", *extra, "{host}", "{port}",
                              f"https://{SERVER_NAME}/"], **rest)


ALL = {"openssl": openssl, "gnutls": gnutls, "curl": curl, "python": python, "go": go,
       "java": java, "node": node}


def wolfssl(*words, name=SERVER_NAME, cert=None, **rest):
    """A DTLS client made with wolfSSL; see programs/wolfssl.c."""
    words += (f"cert={cert}",) if cert else ()
    return Program("wolfssl", ["./wolfssl-lab", "client", "{host}", "{port}", "ca=root",
                               f"name={name}", *words], **rest)


def java_dtls(*, name=SERVER_NAME, cert="", **rest):
    """The JDK's JSSE over UDP."""
    argv = ["java", "-cp", ".", "Datagrams", "client", "{host}", "{port}", name, cert]
    return Program("java", argv, patience=9.0, **rest)

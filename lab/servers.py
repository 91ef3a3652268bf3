"""One function for each server of the lab; each answers a Program."""

import network
from pki import chain_of
from program import Program

_NGINX = """daemon off;
master_process off;
pid nginx.pid;
error_log stderr info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen {{at}} {listen};
        server_name www.example.test;
        ssl_certificate {cert}.pem;
        ssl_certificate_key {cert}.key;
        {lines}
        location / {{ return 200 "hello\\n"; }}
    }}
    {more}
}}
"""

_APACHE = """ServerRoot .
ServerName www.example.test
PidFile apache.pid
DefaultRuntimeDir .
ErrorLog /dev/stderr
LogLevel info
Listen {{at}}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
StartServers 1
SSLEngine on
SSLCertificateFile {cert}.pem
SSLCertificateKeyFile {cert}.key
{lines}
DocumentRoot pages
"""

_HAPROXY = """global
    log stderr format raw local0
    ssl-default-bind-options {options}
defaults
    mode http
    log global
    timeout connect 3s
    timeout client 3s
    timeout server 3s
frontend lab
    {bind}
    error-log-format "%ci:%cp %ft error: %[fc_err_str] %[ssl_fc_err_str]"
    {lines}
"""

_HELLO = "http-request return status 200 content-type text/plain string hello"


def openssl(*extra, cert="good", tls=None, level=None, feed=None, **rest):
    """`openssl s_server`; `-msg` makes it print each alert, sent or received."""
    argv = ["openssl", "s_server", "-accept", "{at}", "-msg", "-cert", f"{cert}.pem",
            "-key", f"{cert}.key"]
    argv += ["-cert_chain", f"{chain_of(cert)}.crt"] if chain_of(cert) else []
    argv += [f"-tls{tls.replace('.', '_')}"] if tls else []
    argv += ["-cipher", f"DEFAULT@SECLEVEL={level}"] if level is not None else []
    if feed is None:
        argv += ["-www"]
    return Program("openssl", argv + list(extra), feed=feed or [], **rest)


def gnutls(*extra, cert="good", tls=None, priority="NORMAL", **rest):
    """`gnutls-serv`, which always listens on every address."""
    if tls:
        priority += f":-VERS-ALL:+VERS-TLS{tls}"
    argv = ["gnutls-serv", "--http", "-p", "{port}", "--priority", priority,
            "--x509certfile", f"{cert}.pem", "--x509keyfile", f"{cert}.key"]
    if "--verify-client-cert" not in extra and "--require-client-cert" not in extra:
        argv += ["--disable-client-cert"]
    return Program("gnutls", argv + list(extra), **rest)


def openssl_dtls(*extra, cert="good", dtls="1.2", cookies=False, **rest):
    """`openssl s_server` over UDP: greets whoever gets in; with `cookies` it asks for one first."""
    argv = ["openssl", "s_server", "-accept", "{at}", "-msg", f"-dtls{_dtls(dtls)}",
            "-mtu", "1400", "-timeout"]
    argv += ["-cert", f"{cert}.pem", "-key", f"{cert}.key"] if cert else ["-nocert"]
    argv += ["-cert_chain", f"{chain_of(cert)}.crt"] if cert and chain_of(cert) else []
    argv += ["-listen"] if cookies else []
    rest.setdefault("feed", [(0, "hello\n"), (9, "")])
    return Program("openssl", argv + list(extra), **rest)


def gnutls_dtls(*extra, cert="good", dtls="1.2", priority="NORMAL", **rest):
    """`gnutls-serv --udp`, which answers what it is told."""
    argv = ["gnutls-serv", "--udp", "-p", "{port}", "--mtu", "1400", "--priority",
            f"{priority}:-VERS-ALL:+VERS-DTLS{dtls}",
            "--x509certfile", f"{cert}.pem", "--x509keyfile", f"{cert}.key"]
    if "--verify-client-cert" not in extra and "--require-client-cert" not in extra:
        argv += ["--disable-client-cert"]
    return Program("gnutls", argv + list(extra), **rest)


def _dtls(version):
    return {"1.0": "1", "1.2": "1_2", "any": ""}[version]


def nginx(*lines, cert="good", tls=None, level=None, more="", listen="ssl", **rest):
    """nginx with one TLS server; `lines` are added to it, `more` stands beside it."""
    if level is not None:
        lines = (f"ssl_ciphers DEFAULT@SECLEVEL={level};", *lines)
    if tls:
        lines = (f"ssl_protocols TLSv{tls};", *lines)
    text = _NGINX.format(cert=cert, lines=" ".join(lines), more=more, listen=listen)
    settings = [] if listen == "ssl" else [f"listen {{at}} {listen};"]
    settings += [f"ssl_certificate {cert}.pem;", *lines, *([more] if more else [])]
    return Program("nginx", ["nginx", "-p", ".", "-c", "nginx.conf"],
                   files={"nginx.conf": text}, settings=settings, **rest)


def apache(*lines, cert="good", tls=None, level=None, **rest):
    """Apache httpd with mod_ssl."""
    if tls:
        lines = (f"SSLProtocol -all +TLSv{tls}", *lines)
    if level is not None:
        lines = (f"SSLCipherSuite DEFAULT@SECLEVEL={level}", *lines)
    text = _APACHE.format(cert=cert, lines="\n".join(lines))
    return Program("apache", ["apache2", "-d", ".", "-f", "apache.conf", "-D", "FOREGROUND"],
                   files={"apache.conf": text},
                   settings=[f"SSLCertificateFile {cert}.pem", *lines], **rest)


def haproxy(*bind, cert="good", tls=None, level=None, lines=_HELLO, **rest):
    """HAProxy that answers by itself; `bind` are further words of its bind line."""
    if level is not None:
        bind = (f"ciphers DEFAULT@SECLEVEL={level}", *bind)
    words = " ".join(["bind {at} ssl crt", f"{cert}.both", *bind])
    options = f"ssl-min-ver TLSv{tls} ssl-max-ver TLSv{tls}" if tls else "ssl-min-ver TLSv1.2"
    text = _HAPROXY.format(bind=words, options=options, lines=lines)
    return Program("haproxy", ["haproxy", "-db", "-f", "haproxy.cfg"],
                   files={"haproxy.cfg": text}, settings=[words, options], **rest)


def haproxy_tcp(lines, **rest):
    """HAProxy as a TCP balancer that does not end TLS itself."""
    text = _HAPROXY.format(bind="mode tcp\n    bind {at}", options="ssl-min-ver TLSv1.2",
                           lines=lines)
    return Program("haproxy", ["haproxy", "-db", "-f", "haproxy.cfg"],
                   files={"haproxy.cfg": text}, settings=["mode tcp", lines], **rest)


def go(*extra, cert="good", tls=None, **rest):
    """Go's crypto/tls."""
    argv = ["./server-go", "-at", "{at}", "-cert", cert]
    argv += ["-tls", tls] if tls else []
    return Program("go", argv + list(extra), **rest)


def java(*extra, cert="good", tls=None, **rest):
    """The JDK's JSSE."""
    argv = ["java", "-cp", ".", "Server", "-host", "{host}", "-port", "{port}", "-cert", cert]
    argv += ["-tls", f"TLSv{tls}"] if tls else []
    return Program("java", argv + list(extra), **rest)


def node(tls="", cert="good", clients="", **rest):
    """Node.js; with `clients` it requires a certificate from there."""
    version = f"TLSv{tls}" if tls else ""
    return Program("node", ["node", "server.js", "{host}", "{port}", version, cert, clients], **rest)


def http(**rest):
    """A plain HTTP server: Python's own."""
    return Program("python", ["python3", "-m", "http.server", "{port}", "--bind", "{host}"], **rest)


def raw(behaviour, **rest):
    """A server that is none; see programs/raw_server.py."""
    return Program("raw", ["python3", "raw_server.py", behaviour, "{host}", "{port}"], **rest)


def box(behaviour, behind, **rest):
    """A box of ours in front of the server that listens on the port `behind`; see programs/box.py."""
    return Program("raw", ["python3", "box.py", behaviour, "{host}", "{port}", str(behind)], **rest)


def modern(cert="good", **rest):
    """net/http of a Go that is newer than Debian's, which takes post-quantum groups."""
    return Program("modern", ["./web-server-modern", "-at", "{at}", "-cert", cert], **rest)


def middlebox(behaviour, **given):
    """A box that stands where the router between the two hosts stands; see programs/middlebox.py."""
    words = [f"{name}={value}" for name, value in given.items()]
    return Program("raw", ["python3", "middlebox.py", behaviour, "{port}", *words],
                   namespace=network.ROUTER)


def late(**rest):
    """Python that asks for a certificate after the request; see programs/late_server.py."""
    return Program("python", ["python3", "late_server.py", "{host}", "{port}"], **rest)


def forgetful(**rest):
    """pyOpenSSL without a context for its sessions; see programs/forgetful_server.py."""
    return Program("pyopenssl", ["/usr/bin/python3", "forgetful_server.py", "{host}", "{port}"],
                   **rest)


def quic(*extra, **rest):
    """A QUIC server made with aioquic; see programs/quic_server.py."""
    return Program("aioquic", ["python3", "quic_server.py", "{host}", "{port}", *extra], **rest)


def quinn(*words, cert="good", **rest):
    """A QUIC server made with quinn and rustls; see programs/quinn.rs."""
    return Program("quinn", ["./quinn-lab", "server", "{host}", "{port}", f"cert={cert}", *words],
                   **rest)


def ngtcp2(*extra, cert="good", **rest):
    """ngtcp2's example server, with HTTP/3 and GnuTLS."""
    return Program("ngtcp2", ["gtlsserver", "-q", *extra, "{host}", "{port}", f"{cert}.key",
                              f"{cert}.pem"], **rest)


def relay(mode, role, *targets, **rest):
    """A relay of datagrams that puts something around them; see programs/relay.py."""
    return Program("raw", ["python3", "relay.py", mode, role, "{host}", "{port}",
                           *map(str, targets)], **rest)


def tinyproxy(line, **rest):
    """An HTTP proxy."""
    text = f"Port 8888\nListen 127.0.0.1\nTimeout 5\nMaxClients 10\n{line}\n"
    return Program("tinyproxy", ["tinyproxy", "-d", "-c", "tinyproxy.conf"],
                   files={"tinyproxy.conf": text}, settings=[line], **rest)


ALL = {"openssl": openssl, "gnutls": gnutls, "nginx": nginx, "apache": apache,
       "haproxy": haproxy, "go": go, "java": java}


def wolfssl(*words, cert="good", **rest):
    """A DTLS server made with wolfSSL; see programs/wolfssl.c."""
    return Program("wolfssl", ["./wolfssl-lab", "server", "{host}", "{port}", f"cert={cert}",
                               *words], **rest)


def java_dtls(*, cert="good", clients="", **rest):
    """The JDK's JSSE over UDP; with `clients` it insists on a certificate from there."""
    trusted = [clients] if clients else []
    argv = ["java", "-cp", ".", "Datagrams", "server", "{host}", "{port}", "server", cert]
    return Program("java", argv + trusted, **rest)

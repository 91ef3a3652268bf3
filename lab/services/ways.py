"""What stands in the way of TLS or carries it: proxies, tunnels, remote desktops."""

from pki import SERVER_NAME
from program import Program

_SQUID = """http_port {at}
acl CONNECT method CONNECT
acl allowed port {allowed}
{lines}
http_access deny CONNECT !allowed
http_access allow all
cache deny all
access_log none
cache_log stdio:/dev/stderr
pid_filename none
netdb_filename none
coredump_dir /srv
err_page_stylesheet /dev/null
shutdown_lifetime 0 seconds
connect_timeout 2 seconds
"""

_XRDP = """[Globals]
port=tcp://{{host}}:{{port}}
security_layer={layer}
certificate=/srv/{cert}.pem
key_file=/srv/{cert}.key
ssl_protocols={versions}
tls_ciphers={ciphers}
crypt_level=high
fork=true
allow_channels=false
[Logging]
LogFile=/srv/xrdp.log
LogLevel=INFO
EnableConsole=true
[Channels]
[Xorg]
name=Xorg
lib=libxup.so
"""


def squid(*lines, allowed=8443, **rest):
    """Squid, which opens tunnels to one port."""
    text = _SQUID.replace("{allowed}", str(allowed)).replace("{lines}", "\n".join(lines))
    return Program("squid", ["squid", "-N", "-f", "/srv/squid.conf"], files={"squid.conf": text},
                   settings=[f"acl allowed port {allowed}", *lines], source="services/ways.py",
                   **rest)


def microsocks(*extra, **rest):
    """A small proxy of SOCKS 5."""
    return Program("microsocks", ["microsocks", "-i", "{host}", "-p", "{port}", *extra], **rest)


def curl(kind, target, *extra, **rest):
    """`curl` that goes through a proxy: kind is http, socks5h or socks4a."""
    return Program("curl", ["curl", "-sS", "--cacert", "root.crt", "--max-time", "5", "--proxy",
                            f"{kind}://{{at}}", *extra, f"https://{target}/"], **rest)


def openvpn(*extra, cert="good", transport="tcp", **rest):
    """OpenVPN as a server that takes certificates of the lab's clients."""
    return Program("openvpn", ["openvpn", "--mode", "server", "--dev", "null", "--dev-type", "tun",
                               "--topology", "subnet", "--proto",
                               "udp" if transport == "udp" else "tcp-server", "--local",
                               "{host}", "--lport", "{port}", "--tls-server", "--dh", "none",
                               "--ca", "clients.crt", "--cert", f"{cert}.pem", "--key",
                               f"{cert}.key", "--ifconfig-noexec", *extra],
                   before=[["sh", "-c", "test -e static.key || openvpn --genkey secret static.key"]],
                   **rest)


def openvpn_client(*extra, cert="alice", ca="root.crt", transport="tcp", **rest):
    """OpenVPN's client; over UDP it is waited for what the server repeats to nobody."""
    argv = ["openvpn", "--client", "--dev", "null", "--proto",
            "udp" if transport == "udp" else "tcp-client", "--remote", "{host}", "{port}",
            "--nobind", "--ca", ca, "--cert", f"{cert}.pem", "--key", f"{cert}.key",
            "--remote-cert-tls", "server", "--verify-x509-name", SERVER_NAME, "name",
            "--connect-retry-max", "1", "--ifconfig-noexec", "--route-noexec", *extra]
    if transport == "udp":
        argv = ["sh", "-c", " ".join(["timeout 5", *argv, "; sleep 3"])]
    return Program("openvpn", argv, patience=9.0 if transport == "udp" else 4.0, **rest)


def xrdp(layer="negotiate", cert="good", versions="TLSv1.2, TLSv1.3", ciphers="HIGH", **rest):
    """xrdp, a server of remote desktops; `layer` is tls, rdp or negotiate."""
    text = _XRDP.format(layer=layer, cert=cert, versions=versions, ciphers=ciphers)
    return Program("xrdp", ["xrdp", "--nodaemon", "--config", "/srv/xrdp.ini"],
                   files={"xrdp.ini": text},
                   settings=[f"security_layer={layer}", f"certificate=/srv/{cert}.pem",
                             f"ssl_protocols={versions}", f"tls_ciphers={ciphers}"],
                   source="services/ways.py", **rest)


def freerdp(*extra, **rest):
    """FreeRDP's client, on a display that nobody looks at."""
    words = " ".join(["xfreerdp", f"/v:{SERVER_NAME}:{{port}}", "/u:lab", "/p:word", *extra])
    return Program("freerdp", ["sh", "-c", "Xvfb :77 -nolisten tcp & sleep 1; "
                               f"DISPLAY=:77 timeout 4 {words}; kill $!"], **rest)

"""Apache httpd: as a server, and as a client of what is behind it."""

import servers
from lines.failures import met_by_clients, met_by_servers, quiet_clients, quiet_servers, those
from lines.subject import FRONT, SERVER_HOST, Part, Subject
from pki import SERVER_NAME
from program import Program

_PROXY = """ServerRoot .
ServerName www.example.test
PidFile apache.pid
DefaultRuntimeDir .
ErrorLog /dev/stderr
LogLevel info
Listen {host}:{front}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
User www-data
Group www-data
StartServers 1
ProxyTimeout 2
SSLProxyEngine on
SSLProxyVerify require
SSLProxyVerifyDepth 3
SSLProxyCACertificateFile root.crt
{lines}
ProxyPass / https://{name}:{{port}}/
"""


def server(*, clients="", tls=None, cert="good"):
    """Apache as a web server."""
    lines = ["SSLVerifyClient require", "SSLVerifyDepth 3",
             f"SSLCACertificateFile {clients}"] if clients else []
    return servers.apache(*lines, tls=tls, cert=cert)


def upstream(*, tls=None, cert=None):
    """Apache that asks a server behind it over TLS."""
    lines = [f"SSLProxyProtocol -all +TLSv{tls}"] if tls else []
    lines += [f"SSLProxyMachineCertificateFile {cert}.both"] if cert else []
    text = _PROXY.format(host=SERVER_HOST, front=FRONT, name=SERVER_NAME, lines="\n".join(lines))
    return Program("apache", ["apache2", "-d", ".", "-f", "proxy.conf", "-D", "FOREGROUND"],
                   files={"proxy.conf": text}, settings=lines)


def subjects():
    return [Subject("apache", [
        Part("server", server, those(met_by_servers(), but=(
            "alpn-no-overlap", "unknown-name", "reset")),
             quiet_clients()),
        Part.proxy(upstream, met_by_clients(), quiet_servers()),
    ], "apache2", notes="`LogLevel info`: at the usual `warn` nothing of what clients do is "
                        "written. A failure is two lines, of which only the first has the client; "
                        "process and thread tell that they belong together.")]

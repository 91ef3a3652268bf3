"""nginx: as a server, as a client of what is behind it, and for streams."""

import servers
from lines.failures import met_by_clients, met_by_servers, quiet_clients, quiet_servers, those
from lines.subject import BEHIND, FRONT, PAGES, SERVER_HOST, Part, Subject
from program import Program

_UPSTREAM = """daemon off;
master_process off;
pid nginx.pid;
error_log stderr info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    proxy_connect_timeout 2s;
    proxy_read_timeout 2s;
    proxy_ssl_trusted_certificate root.crt;
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 3;
    proxy_ssl_name www.example.test;
    proxy_ssl_server_name on;
    server {{
        listen {host}:{front};
        server_name www.example.test;
        {lines}
        location / {{ proxy_pass https://{{at}}; }}
    }}
}}
"""

_STREAM = """daemon off;
master_process off;
pid nginx.pid;
error_log stderr info;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
events {{ worker_connections 64; }}
stream {{
    server {{
        listen {{at}} ssl;
        ssl_certificate {cert}.pem;
        ssl_certificate_key {cert}.key;
        {lines}
        proxy_pass {behind};
    }}
}}
"""


def server(*, clients="", strict=False, alpn=False, tls=None, cert="good"):
    """nginx as a web server."""
    lines = [f"ssl_client_certificate {clients};", "ssl_verify_client on;"] if clients else []
    more = ""
    if strict:
        more = "server { listen {at} ssl default_server; ssl_reject_handshake on; }"
    return servers.nginx(*lines, tls=tls, cert=cert, more=more,
                         listen="ssl http2" if alpn else "ssl")


def upstream(*, tls=None, cert=None):
    """nginx that asks a server behind it over TLS."""
    lines = [f"proxy_ssl_protocols TLSv{tls};" if tls else "proxy_ssl_protocols TLSv1.2 TLSv1.3;"]
    lines += [f"proxy_ssl_certificate {cert}.pem;",
              f"proxy_ssl_certificate_key {cert}.key;"] if cert else []
    text = _UPSTREAM.format(host=SERVER_HOST, front=FRONT, lines=" ".join(lines))
    return Program("nginx", ["nginx", "-p", ".", "-c", "nginx.conf"],
                   files={"nginx.conf": text}, settings=lines)


def stream(*, clients="", tls=None, cert="good"):
    """nginx that ends TLS for something that is not HTTP."""
    lines = [f"ssl_protocols TLSv{tls};" if tls else "ssl_protocols TLSv1.2 TLSv1.3;"]
    lines += [f"ssl_client_certificate {clients};", "ssl_verify_client on;"] if clients else []
    text = _STREAM.format(cert=cert, lines=" ".join(lines),
                          behind=f"{BEHIND[0]}:{BEHIND[1]}")
    return Program("nginx", ["nginx", "-p", ".", "-c", "nginx.conf"],
                   files={"nginx.conf": text}, settings=lines)


def subjects():
    return [Subject("nginx", [
        # It takes what is no TLS for HTTP, and says no more of it.
        Part("server", server, those(met_by_servers(), but=("garbage", "proxy-header")),
             quiet_clients()),
        Part.proxy(upstream, met_by_clients(), quiet_servers()),
        Part("server", stream, those(met_by_servers(), alone=(
            "client-refuses-unknown-ca", "client-refuses-expired", "no-shared-cipher",
            "version-too-low", "plain-http", "client-leaves", "reset",
            "no-client-certificate", "client-certificate-expired")),
             quiet_clients(), "stream", behind=PAGES),
    ], "nginx-light, libnginx-mod-stream",
        notes="The level of the log is `info`: what clients do to nginx is written at that level, "
              "and is not seen at the usual `error`.")]

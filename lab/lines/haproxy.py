"""HAProxy: as a server with its usual log and with the errors in it, and towards its servers."""

import clients
import servers
from lines.failures import met_by_clients, met_by_servers, quiet_clients, quiet_servers, those
from lines.subject import FRONT, SERVER_HOST, Part, Subject
from program import Program

_HEAD = """global
    log stderr format raw local0
    ssl-default-bind-options {options}
defaults
    mode http
    log global
    option httplog
    timeout connect 3s
    timeout client 3s
    timeout server 3s
"""

_SERVER = """frontend www
    bind {{at}} ssl crt {cert}.both{words}
    {lines}
    http-request return status 200 content-type text/plain string hello
"""

_ERRORS = ('error-log-format "%ci:%cp [%tr] %ft %ac/%fc %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]'
           '/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[fc_err_str]/%[ssl_fc_err_str]"')

_BACKEND = """frontend www
    bind {host}:{front}
    {lines}
    default_backend application
backend application
    retries 0
    server app1 {{at}} ssl verify required ca-file root.crt sni str(www.example.test){words}
"""

_BACKEND_ERRORS = ('error-log-format "%ci:%cp [%tr] %ft %b/%s %[bc_err]/%[ssl_bc_err,hex] '
                   '%[bc_err_str]/%[ssl_bc_err_str]"\n    '
                   'log-format "%ci:%cp [%tr] %ft %b/%s %ST %ts %[bc_err]/%[ssl_bc_err,hex] '
                   '%[bc_err_str]/%[ssl_bc_err_str]"')


def _server(lines, clients="", strict=False, tls=None, cert="good"):
    options = f"ssl-min-ver TLSv{tls} ssl-max-ver TLSv{tls}" if tls else "ssl-min-ver TLSv1.2"
    words = f" ca-file {clients} verify required" if clients else ""
    words += " strict-sni" if strict else ""
    text = _HEAD.format(options=options) + _SERVER.format(cert=cert, words=words, lines=lines)
    return Program("haproxy", ["haproxy", "-db", "-f", "haproxy.cfg"],
                   files={"haproxy.cfg": text}, settings=[options + words])


def server(**asks):
    """HAProxy with its usual log."""
    return _server("", **asks)


def explicit(**asks):
    """HAProxy that is told to write why, as its manual shows."""
    return _server(_ERRORS, **asks)


def _backend(lines, check="", tls=None, cert=None):
    words = f" {check}" if check else ""
    words += f" ssl-min-ver TLSv{tls} ssl-max-ver TLSv{tls}" if tls else ""
    words += f" crt {cert}.both" if cert else ""
    text = _HEAD.format(options="ssl-min-ver TLSv1.2")
    text += _BACKEND.format(host=SERVER_HOST, front=FRONT, words=words, lines=lines)
    return Program("haproxy", ["haproxy", "-db", "-f", "haproxy.cfg"],
                   files={"haproxy.cfg": text}, settings=[words.strip()])


def backend(**asks):
    """HAProxy that asks a server behind it, and is told to write why it cannot."""
    return _backend(_BACKEND_ERRORS, **asks)


def check(**asks):
    """HAProxy that looks now and then whether its server is well."""
    return _backend("", "check inter 700ms fall 1 check-sni www.example.test", **asks)


_CHECKED = ("server-unknown-ca", "server-expired", "server-name-mismatch", "server-closes",
            "server-resets", "server-speaks-http", "server-silent", "server-too-old",
            "server-wants-certificate-tls12", "server-sends-alert-40", "server-sends-alert-70",
            "server-sends-alert-112")


def subjects():
    met = those(met_by_servers(), but=("alpn-no-overlap",))
    return [Subject("haproxy", [
        Part("server", server, met, quiet_clients()),
        Part("server", explicit, met, quiet_clients(), "explicit"),
        Part.proxy(backend, those(met_by_clients(), but=("server-silent",)), quiet_servers(),
                   "backend"),
        Part.proxy(check, those(met_by_clients(), alone=_CHECKED), [servers.openssl(tls="1.3")],
                   "check", at_once=True),
    ], "haproxy", notes="`explicit` has the `error-log-format` that HAProxy's manual shows, "
                        "`backend` the same for its own connections; the usual log says of a "
                        "client no more than `SSL handshake failure`.")]

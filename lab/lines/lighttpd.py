"""lighttpd, with OpenSSL and with GnuTLS."""

from lines.failures import met_by_servers, quiet_clients, those
from lines.subject import SERVER_HOST, Part, Subject
from program import Program

_CONFIGURATION = """server.document-root = "/srv/pages"
server.bind = "{host}"
server.port = {{port}}
server.modules = ("mod_{module}", "mod_staticfile", "mod_dirlisting")
dir-listing.activate = "enable"
ssl.engine = "enable"
debug.log-ssl-noise = "enable"
ssl.pemfile = "{cert}.pem"
ssl.privkey = "{cert}.key"
{lines}
"""


def _made(module, clients="", tls=None, cert="good"):
    lines = [f'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv{tls}", '
             f'"MaxProtocol" => "TLSv{tls}")'] if tls else []
    lines += [f'ssl.verifyclient.ca-file = "{clients}"', 'ssl.verifyclient.activate = "enable"',
              'ssl.verifyclient.enforce = "enable"'] if clients else []
    text = _CONFIGURATION.format(host=SERVER_HOST, module=module, cert=cert,
                                 lines="\n".join(lines))
    return Program("lighttpd", ["lighttpd", "-D", "-f", "lighttpd.conf"],
                   files={"lighttpd.conf": text}, settings=lines)


def with_openssl(**asks):
    return _made("openssl", **asks)


def with_gnutls(**asks):
    return _made("gnutls", **asks)


def subjects():
    met = those(met_by_servers(), but=("alpn-no-overlap", "unknown-name"))
    # Whoever leaves is written of in the same words as those who leave when all is said.
    met_with_gnutls = those(met, but=("probe", "client-leaves", "client-sends-alert-0", "reset"))
    return [Subject("lighttpd", [Part("server", with_openssl, met, quiet_clients()),
                                 Part("server", with_gnutls, met_with_gnutls, quiet_clients(),
                                      "gnutls")],
                    "lighttpd, lighttpd-mod-openssl, lighttpd-mod-gnutls",
                    ask=(["lighttpd", "-v"], r"lighttpd/([\d.]+)"))]

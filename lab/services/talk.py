"""Servers and clients of files and of talk: vsftpd, Prosody and InspIRCd."""

from pki import SERVER_NAME
from program import Program

_VSFTPD = """listen=YES
background=NO
listen_address={{host}}
listen_port={{port}}
anonymous_enable=YES
vsftpd_log_file=/dev/stderr
secure_chroot_dir=/srv/vsftpd
rsa_cert_file=/srv/{cert}.pem
rsa_private_key_file=/srv/{cert}.key
seccomp_sandbox=NO
{lines}
"""

_PROSODY = """run_as_root = true
daemonize = false
pidfile = "/srv/prosody/prosody.pid"
data_path = "/srv/prosody"
log = {{ debug = "*console" }}
interfaces = {{ "{{host}}" }}
c2s_ports = {{ 5222 }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
modules_enabled = {{ {modules} }}
modules_disabled = {{ "s2s" }}
authentication = "anonymous"
{lines}
VirtualHost "{name}"
"""

_INSPIRCD = """<server name="irc.example.test" description="lab" network="Lab">
<admin name="lab" nick="lab" email="lab@example.test">
<bind address="{{host}}" port="{{port}}" type="clients">
<connect name="all" allow="*" timeout="10" resolvehostnames="no" localmax="10" globalmax="10">
<path configdir="/srv" datadir="/srv" logdir="/srv" moduledir="/usr/lib/inspircd/modules">
<pid file="/srv/inspircd.pid">
<log method="file" type="*" level="normal" target="inspircd.log">
<module name="ssl_gnutls">
<sslprofile name="lab" provider="gnutls" certfile="/srv/{cert}.pem" keyfile="/srv/{cert}.key"{more}>
{lines}
"""


def vsftpd(*lines, cert="good", **rest):
    """vsftpd; `lines` are added to its configuration."""
    text = _VSFTPD.format(cert=cert, lines="\n".join(lines))
    return Program("vsftpd", ["vsftpd", "vsftpd.conf"], files={"vsftpd.conf": text},
                   before=[["install", "-d", "vsftpd"]],
                   settings=[f"rsa_cert_file=/srv/{cert}.pem", *lines],
                   source="services/talk.py", **rest)


def prosody(*lines, cert="good", protocol="tlsv1_2+", **rest):
    """Prosody; without TLS if `cert` is empty."""
    if cert:
        lines = (f'ssl = {{ certificate = "/srv/{cert}.pem", key = "/srv/{cert}.key", '
                 f'protocol = "{protocol}" }}', *lines)
    text = _PROSODY.format(modules='"tls", "saslauth"' if cert else '"saslauth"', name=SERVER_NAME,
                           lines="\n".join(lines))
    return Program("prosody", ["prosody", "--config", "/srv/prosody.cfg.lua", "-F"],
                   files={"prosody.cfg.lua": text}, before=[["install", "-d", "prosody"]],
                   settings=[*lines] or ["-- no TLS"], source="services/talk.py", **rest)


def inspircd(*lines, cert="good", priority="", **rest):
    """InspIRCd with GnuTLS; without `<module name="starttls">` it does not know STARTTLS."""
    more = f' priority="{priority}"' if priority else ""
    text = _INSPIRCD.format(cert=cert, more=more, lines="\n".join(lines))
    return Program("inspircd", ["inspircd", "--nofork", "--runasroot", "--config",
                                "/srv/inspircd.conf"], files={"inspircd.conf": text},
                   settings=[f'certfile="/srv/{cert}.pem"{more}', *lines],
                   source="services/talk.py", **rest)


def lftp(*settings, **rest):
    """lftp, which is built with GnuTLS; it does not go on without TLS."""
    words = ["set ftp:ssl-force yes", "set ssl:ca-file root.crt", "set net:max-retries 1",
             "set net:timeout 4", *settings, f"open -u anonymous,x ftp://{SERVER_NAME}:{{port}}",
             "quote NOOP", "exit"]
    return Program("lftp", ["lftp", "-c", "; ".join(words)], **rest)


def sendxmpp(*extra, **rest):
    """go-sendxmpp, with the TLS of Go."""
    return Program("go-sendxmpp", ["go-sendxmpp", "-u", f"lab@{SERVER_NAME}", "-p", "word",
                                   "-j", f"{SERVER_NAME}:{{port}}", *extra,
                                   f"lab@{SERVER_NAME}"], feed=[(0, "hello\n")], **rest)


def openssl_xmpp(*extra, tls=None, **rest):
    """`openssl s_client -starttls xmpp`, which asks for TLS whether it is offered or not."""
    argv = ["openssl", "s_client", "-connect", "{at}", "-starttls", "xmpp", "-xmpphost",
            SERVER_NAME, "-msg", "-CAfile", "root.crt", "-verify_return_error", "-servername",
            SERVER_NAME, "-verify_hostname", SERVER_NAME]
    argv += [f"-tls{tls.replace('.', '_')}"] if tls else []
    stream = (f"<?xml version='1.0'?><stream:stream to='{SERVER_NAME}' version='1.0' "
              "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
    return Program("openssl", argv + list(extra), feed=[(0.8, stream), (0.6, "</stream:stream>"),
                                                        (0.3, "")], **rest)

"""Servers and clients of mail: Postfix, Exim and Dovecot; posttls-finger, msmtp and Python."""

from pki import SERVER_NAME
from program import Program

_POSTFIX = """compatibility_level = 3.6
queue_directory = /srv/postfix/queue
data_directory = /srv/postfix/data
maillog_file = /dev/stdout
maillog_file_prefixes = /dev
myhostname = mail.example.test
inet_protocols = ipv4
mydestination = example.test
smtpd_peername_lookup = no
smtpd_tls_loglevel = 1
smtpd_tls_chain_files = /srv/{cert}.key, /srv/{cert}.pem
{lines}
"""

_POSTFIX_SERVICES = """{at} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
cleanup unix n - n - 0 cleanup
proxymap unix - - n - - proxymap
"""

_DOVECOT = """protocols = {protocol}
listen = {{host}}
base_dir = /srv/dovecot/run
state_dir = /srv/dovecot/state
log_path = /dev/stderr
verbose_ssl = yes
ssl_cert = </srv/{cert}.pem
ssl_key = </srv/{cert}.key
service lmtp {{
  inet_listener lmtp {{
    port = 24
  }}
}}
passdb {{
  driver = static
  args = password=word
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/srv/dovecot/home
}}
{lines}
"""

_EXIM = """primary_hostname = mail.example.test
local_interfaces = {{host}}
spool_directory = /srv/exim
log_file_path = /srv/exim/%slog
tls_advertise_hosts = *
tls_certificate = /srv/{cert}.pem
tls_privatekey = /srv/exim/{cert}.key
host_lookup =
{lines}
"""


def postfix(*lines, cert="good", **rest):
    """Postfix, as it takes mail; `lines` are added to main.cf."""
    return Program("postfix", ["/usr/lib/postfix/sbin/master", "-d", "-c", "/srv/postfix"],
                   files={"postfix/main.cf": _POSTFIX.format(cert=cert, lines="\n".join(lines)),
                          "postfix/master.cf": _POSTFIX_SERVICES},
                   before=[["install", "-d", "-o", "postfix", "postfix/data"],
                           ["install", "-d", "postfix/queue"],
                           ["postfix", "-c", "/srv/postfix", "check"]],
                   settings=[f"smtpd_tls_chain_files = /srv/{cert}.key, /srv/{cert}.pem", *lines],
                   source="services/mail.py", **rest)


def dovecot(protocol, *lines, cert="good", **rest):
    """Dovecot with one protocol: imap, pop3, lmtp or sieve."""
    text = _DOVECOT.format(protocol=protocol, cert=cert, lines="\n".join(lines))
    return Program("dovecot", ["dovecot", "-F", "-c", "dovecot.conf"],
                   files={"dovecot.conf": text},
                   before=[["install", "-d", "dovecot"]],
                   settings=[f"protocols = {protocol}", f"ssl_cert = </srv/{cert}.pem", *lines],
                   source="services/mail.py", **rest)


def curl(protocol, *extra, **rest):
    """`curl` that speaks mail, files or LDAP and does not go on without TLS."""
    return Program("curl", ["curl", "-sS", "--ssl-reqd", "--cacert", "root.crt", "--max-time", "5",
                            *extra, f"{protocol}://{SERVER_NAME}:{{port}}/"], **rest)


def openssl(protocol, *extra, tls=None, feed=((0.4, "QUIT\r\n"), (0.4, "")), **rest):
    """`openssl s_client -starttls`, which asks for TLS whether it is offered or not."""
    argv = ["openssl", "s_client", "-connect", "{at}", "-starttls", protocol, "-msg", "-CAfile",
            "root.crt", "-verify_return_error", "-servername", SERVER_NAME, "-verify_hostname",
            SERVER_NAME, "-crlf"]
    argv += [f"-tls{tls.replace('.', '_').replace('1_0', '1')}"] if tls else []
    return Program("openssl", argv + list(extra), feed=list(feed), **rest)


def gnutls(protocol, *extra, tls=None, **rest):
    """`gnutls-cli` that begins TLS inside a protocol."""
    argv = ["gnutls-cli", "--x509cafile", "root.crt", "-p", "{port}", "--starttls-proto", protocol,
            "--sni-hostname", SERVER_NAME, "--verify-hostname", SERVER_NAME,
            "--crlf"]
    argv += ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{tls}"] if tls else []
    return Program("gnutls", [*argv, *extra, "{host}"], feed=[(0.7, "LOGOUT\n"), (0.3, "")], **rest)


def posttls_finger(level="secure", **rest):
    """Postfix as it delivers mail: its own client for trying a server out."""
    return Program("postfix", ["posttls-finger", "-c", "-l", level, "-F", "root.crt", "-L",
                               "summary", "[{host}]:{port}", SERVER_NAME], **rest)


def msmtp(*extra, **rest):
    """msmtp, which is built with GnuTLS."""
    return Program("msmtp", ["msmtp", "--serverinfo", f"--host={SERVER_NAME}", "--port={port}",
                             "--tls=on", "--tls-trust-file=root.crt", *extra], **rest)


def python(protocol, *extra, **rest):
    """Python's own mail and FTP modules; see programs/starttls_client.py."""
    return Program("python", ["python3", "starttls_client.py", protocol, SERVER_NAME, "{port}",
                              *extra], **rest)


def exim(*lines, cert="good", **rest):
    """Exim as Debian builds it, with GnuTLS; lab/install unpacks it."""
    names = [line.split(" =")[0] for line in lines]
    kept = [line for line in _EXIM.splitlines() if line.split(" =")[0] not in names]
    text = "\n".join(kept).format(cert=cert, lines="\n".join(lines))
    return Program("exim", ["/var/lib/tlswhy-lab/exim/usr/sbin/exim4", "-C", "/srv/exim.conf",
                            "-bdf", "-oX", "{port}"],
                   files={"exim.conf": text},
                   before=[["install", "-d", "-o", "Debian-exim", "exim"],
                           ["install", "-o", "Debian-exim", "-m", "600", f"{cert}.key", "exim"]],
                   settings=[f"tls_certificate = /srv/{cert}.pem", *lines],
                   source="services/mail.py", **rest)

"""Servers of mail, and servers of mail as clients of others."""

from lines.failures import met_by_clients, those
from lines.inside import met_inside, quiet_inside
from lines.subject import SERVER_HOST, Part, Subject
from program import Program
from services import mail

# Where mail is handed in that is to go on over TLS.
_FRONT = 2525


def _protocols(oldest, newest):
    """The words of Postfix for the versions it speaks."""
    return f">=TLSv{oldest}" + (f", <=TLSv{newest}" if newest else "")


def _postfix(level):
    def postfix(*, clients="", oldest="1.2", newest="", cert="good"):
        lines = [
            "smtpd_tls_security_level = encrypt",
            f"smtpd_tls_mandatory_protocols = {_protocols(oldest, newest)}",
        ]
        lines += (
            [
                f"smtpd_tls_CAfile = /srv/{clients}",
                "smtpd_tls_ask_ccert = yes",
                "smtpd_tls_req_ccert = yes",
            ]
            if clients
            else []
        )
        made = mail.postfix(*lines, cert=cert)
        made.files["postfix/main.cf"] = made.files["postfix/main.cf"].replace(
            "smtpd_tls_loglevel = 1", f"smtpd_tls_loglevel = {level}"
        )
        return made

    return postfix


def _dovecot(protocol, verbose="no"):
    def dovecot(*, clients="", oldest="1.2", newest="", cert="good"):
        lines = [f"verbose_ssl = {verbose}", f"ssl_min_protocol = TLSv{oldest}"]
        lines += ["ssl_cipher_suites = "] if newest else []
        lines += (
            [
                f"ssl_ca = </srv/{clients}",
                "ssl_verify_client_cert = yes",
                "ssl_require_crl = no",
                "auth_ssl_require_client_cert = yes",
            ]
            if clients
            else []
        )
        return mail.dovecot(protocol, *lines, cert=cert)

    return dovecot


_GNUTLS = "NORMAL:-VERS-ALL{versions}"


def _exim(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    versions = "".join(f":+VERS-TLS{it}" for it in ("1.2", "1.3") if oldest <= it <= newest)
    lines = [f"tls_require_ciphers = {_GNUTLS.format(versions=versions)}"]
    lines += (
        [f"tls_verify_certificates = /srv/{clients}", "tls_verify_hosts = *"] if clients else []
    )
    return mail.exim(*lines, cert=cert)


_SENDS = """{host}:%d inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
""" % _FRONT


def _postfix_sends(*, tls=None, cert=None):
    """Postfix that hands everything on to one server, which it knows by its certificate."""
    lines = [
        f"relayhost = [{SERVER_HOST}]:{{port}}",
        "mynetworks = 0.0.0.0/0",
        "smtp_tls_security_level = secure",
        "smtp_tls_wrappermode = yes",
        "smtp_tls_CAfile = /srv/root.crt",
        "smtp_tls_secure_cert_match = www.example.test",
        "smtp_tls_loglevel = 1",
        "smtp_dns_support_level = disabled",
        "smtp_starttls_timeout = 2s",
        "smtp_helo_timeout = 2s",
        "smtp_connect_timeout = 2s",
    ]
    lines += [f"smtp_tls_mandatory_protocols = <=TLSv{tls}"] if tls else []
    lines += [f"smtp_tls_chain_files = /srv/{cert}.key, /srv/{cert}.pem"] if cert else []
    made = mail.postfix(*lines)
    made.files["postfix/master.cf"] = _SENDS
    return made


_MET_BY_SENDERS = (
    "server-unknown-ca",
    "server-self-signed",
    "server-expired",
    "server-name-mismatch",
    "server-too-new",
    "server-wants-certificate-tls12",
    "server-refuses-certificate-tls12",
    "server-closes",
    "server-resets",
    "server-speaks-http",
    "server-speaks-smtp",
    "server-sends-alert-40",
    "server-sends-alert-80",
    "server-sends-alert-112",
)


def handed_in():
    """`curl` that hands in a mail."""
    return Program(
        "curl",
        [
            "curl",
            "-sS",
            "--max-time",
            "5",
            "--mail-from",
            "a@example.test",
            "--mail-rcpt",
            "b@elsewhere.test",
            "-T",
            "root.crt",
            "smtp://{at}/",
        ],
    )


def mail_server():
    """See programs/mail_server.py."""
    return Program("python", ["python3", "mail_server.py", "good", "{host}", "{port}"])


def subjects():
    smtp = met_inside("smtp")
    return [
        Subject(
            "postfix",
            [
                Part("server", _postfix(1), smtp, quiet_inside("smtp"), port=25),
                Part(
                    "server",
                    _postfix(2),
                    those(
                        smtp,
                        alone=(
                            "client-refuses-unknown-ca",
                            "client-refuses-unknown-ca-tls12",
                            "no-shared-cipher",
                            "version-too-low",
                            "client-leaves",
                            "client-certificate-unknown-ca-tls12",
                        ),
                    ),
                    quiet_inside("smtp"),
                    "verbose",
                    port=25,
                ),
                Part(
                    "client",
                    _postfix_sends,
                    those(met_by_clients(), alone=_MET_BY_SENDERS),
                    [mail_server()],
                    "client",
                    listens=_FRONT,
                    trigger=handed_in(),
                    patience=1.0,
                ),
            ],
            "postfix",
        ),
        Subject(
            "dovecot",
            [
                Part(
                    "server",
                    _dovecot("imap"),
                    those(met_inside("imap"), but=("version-too-high",)),
                    quiet_inside("imap"),
                    "imap",
                    port=143,
                ),
                Part(
                    "server",
                    _dovecot("pop3"),
                    those(
                        met_inside("pop3"),
                        alone=(
                            "client-refuses-unknown-ca",
                            "client-refuses-unknown-ca-tls12",
                            "no-shared-cipher",
                            "version-too-low",
                            "plain-http",
                            "client-leaves",
                            "reset",
                            "client-sends-alert-46",
                        ),
                    ),
                    quiet_inside("pop3"),
                    "pop3",
                    port=110,
                ),
                Part(
                    "server",
                    _dovecot("imap", "yes"),
                    those(
                        met_inside("imap"),
                        alone=(
                            "client-refuses-unknown-ca",
                            "client-certificate-unknown-ca",
                            "client-leaves",
                        ),
                    ),
                    quiet_inside("imap"),
                    "verbose",
                    port=143,
                ),
            ],
            "dovecot-imapd, dovecot-pop3d",
        ),
        Subject(
            "exim",
            [
                Part(
                    "server",
                    _exim,
                    smtp,
                    quiet_inside("smtp"),
                    port=25,
                    log="exim/mainlog",
                    patience=1.0,
                )
            ],
            "exim4-daemon-light",
        ),
    ]

"""More servers of mail, which cannot be installed beside Postfix: Sendmail and OpenSMTPD."""

import clients
from lines.failures import those
from lines.files import APART
from lines.inside import met_inside, quiet_inside
from lines.system import without
from lines.subject import Part, Subject
from program import Program

_SENDMAIL = """include(`%(m4)s/m4/cf.m4')dnl
VERSIONID(`lab')
OSTYPE(`linux')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupReadableKeyFile,GroupWritableDirPathSafe')dnl
define(`QUEUE_DIR', `/srv/sendmail/queue')dnl
define(`confPID_FILE', `/srv/sendmail/pid')dnl
define(`STATUS_FILE', `/srv/sendmail/statistics')dnl
define(`ALIAS_FILE', `/srv/sendmail/aliases')dnl
define(`HELP_FILE', `/srv/sendmail/help')dnl
define(`confCF_VERSION', `lab')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confDOMAIN_NAME', `mail.example.test')dnl
define(`confLOG_LEVEL', `%(level)s')dnl
define(`confSERVER_CERT', `/srv/sendmail/%(cert)s.pem')dnl
define(`confSERVER_KEY', `/srv/sendmail/%(cert)s.key')dnl
define(`confCACERT', `/srv/sendmail/known.crt')dnl
define(`confCACERT_PATH', `/srv/sendmail')dnl
%(more)s
DAEMON_OPTIONS(`Addr={host}, Port={port}, Name=MTA%(modifier)s')dnl
FEATURE(`no_default_msa')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""


def _sendmail(*, clients="", oldest="1.2", newest="", cert="good"):
    options = "".join(
        f" +SSL_OP_NO_TLSv{it.replace('.', '_')}"
        for it in ("1.1", "1.3")
        if not oldest <= it <= (newest or "1.3")
    )
    more = f"define(`confSERVER_SSL_OPTIONS', `{options.strip()}')dnl" if options else ""
    text = _SENDMAIL % {
        "m4": f"{APART}/sendmail/usr/share/sendmail/cf",
        "level": 9,
        "cert": cert,
        "more": more,
        "modifier": "",
    }
    before = [
        ["install", "-d", "-m", "700", "sendmail/queue"],
        ["install", "-m", "600", f"{cert}.pem", f"{cert}.key", "sendmail"],
        ["sh", "-c", f"cat {clients} issuing.crt root.crt > sendmail/known.crt"],
        [
            "sh",
            "-c",
            f"m4 -D_CF_DIR_={APART}/sendmail/usr/share/sendmail/cf/ sendmail.mc > sendmail.cf",
        ],
    ]
    return Program(
        "sendmail",
        [
            "unshare",
            "--mount",
            "python3",
            "with_syslog.py",
            f"{APART}/sendmail/usr/libexec/sendmail/sendmail",
            "-bD",
            "-C",
            "/srv/sendmail.cf",
        ],
        files={"sendmail.mc": text},
        before=before,
        settings=[more],
    )


_SMTPD = """pki lab cert "/srv/{cert}.pem"
pki lab key "/srv/smtpd/{cert}.key"
{ca}
queue compression
listen on {{host}} port {{port}} tls{more} pki lab hostname mail.example.test
action "relay" relay
match from any for any action "relay"
"""


def _opensmtpd(*, clients="", oldest="", newest="", cert="good-rsa"):
    ca = f'ca clients cert "/srv/{clients}"' if clients else ""
    text = _SMTPD.format(cert=cert, ca=ca, more="-require verify ca clients" if clients else "")
    return Program(
        "opensmtpd",
        [f"{APART}/opensmtpd/usr/sbin/smtpd", "-d", "-f", "/srv/smtpd.conf"],
        files={"smtpd.conf": text},
        before=[["install", "-d", "smtpd"], ["install", "-m", "600", f"{cert}.key", "smtpd"]],
    )


def subjects():
    smtp = met_inside("smtp")
    return [
        Subject(
            "sendmail",
            [
                Part(
                    "server",
                    _sendmail,
                    without(smtp, "client-certificate", "version-too-low"),
                    [*quiet_inside("smtp"), *quiet_inside("smtp", cert="alice-untrusted")],
                    port=25,
                )
            ],
            "sendmail-bin",
            "Sendmail",
            (
                [
                    f"{APART}/sendmail/usr/libexec/sendmail/sendmail",
                    "-d0.1",
                    "-bv",
                    "-C",
                    "/dev/null",
                    "root",
                ],
                r"Version ([\d.]+)",
            ),
        ),
        Subject(
            "opensmtpd",
            [
                Part(
                    "server",
                    _opensmtpd,
                    those(
                        met_inside("smtp", suite="ECDHE-ECDSA-AES128-GCM-SHA256"),
                        alone=(
                            "no-shared-cipher",
                            "bad-length",
                            "sslv2-hello",
                            "plain-http",
                            "garbage",
                            "probe",
                        ),
                    ),
                    [clients.raw("smtp")],
                    port=25,
                )
            ],
            "opensmtpd",
            "OpenSMTPD",
            ([f"{APART}/opensmtpd/usr/sbin/smtpd", "-h"], r"OpenSMTPD ([\w.]+)"),
            "This build cannot sign: it keeps its keys "
            "in a process of their own, and OpenSSL 3 does not go along. So no handshake comes "
            "further than the ClientHello; the quiet log is of a session in plaintext.",
        ),
    ]

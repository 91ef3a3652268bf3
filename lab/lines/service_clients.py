"""Clients of mail, directories, queues and stores that speak TLS from the first byte."""

from lines.libraries import BY_OPENSSL, client_part, some
from lines.subject import Subject
from pki import SERVER_NAME
from program import Program

_MAIL = "220 mail.example.test ESMTP\r\n250-mail.example.test\r\n250 ok\r\n221 bye\r\n"


def subjects():
    return [_mosquitto(), _redis(), _ldapsearch(), _msmtp(), _swaks(), _fetchmail(), _mbsync()]


def _answering(text):
    """A server that says the same to everybody, whatever it is asked."""
    return [Program("openssl", ["openssl", "s_server", "-accept", "{at}", "-cert", "good.pem",
                                "-key", "good.key", "-cert_chain", "issuing.crt", "-quiet"],
                    feed=[(1.0, text), (3, "")])]


def _only(program, answer, text, but=()):
    return [client_part(program, some(but=("server-silent", *but)), answer=answer,
                        quiet=_answering(text))]


def _mosquitto():
    def program(*, tls=None, cert=None):
        return Program("mosquitto", ["mosquitto_pub", "-h", SERVER_NAME, "-p", "{port}", "--cafile",
                                     "root.crt", "-t", "lab", "-m", "hello", "-d"])
    return Subject("mosquitto_pub", _only(program, "CONNACK", "\x20\x02\x00\x00",
                                          BY_OPENSSL), "mosquitto-clients",
                   "mosquitto_pub", (["dpkg-query", "-W", "mosquitto-clients"], r"\t([\d.]+)"))


def _redis():
    def program(*, tls=None, cert=None):
        return Program("redis", ["redis-cli", "-h", SERVER_NAME, "-p", "{port}", "--tls", "--cacert",
                                 "root.crt", "--sni", SERVER_NAME, "ping"])
    return Subject("redis-cli", _only(program, "PONG", "+PONG\r\n", (
        "server-name-mismatch", *BY_OPENSSL)), "redis-tools", "redis-cli",
        (["redis-cli", "--version"], r"redis-cli ([\d.]+)"))


def _ldapsearch():
    def program(*, tls=None, cert=None):
        return Program("ldapsearch", ["env", "LDAPTLS_CACERT=/srv/root.crt", "LDAPTLS_REQCERT=demand",
                                      "ldapsearch", "-x", "-d", "1", "-o", "nettimeout=4", "-H",
                                      f"ldaps://{SERVER_NAME}:{{port}}"], patience=4)
    return Subject("ldapsearch", _only(program, "ldap_open_defconn: successful", ""), "ldap-utils",
                   "OpenLDAP ldapsearch", (["ldapsearch", "-VV"], r"ldapsearch ([\d.]+)"))


def _msmtp():
    def program(*, tls=None, cert=None):
        return Program("msmtp", ["msmtp", f"--host={SERVER_NAME}", "--port={port}", "--tls=on",
                                 "--tls-starttls=off", "--tls-trust-file=root.crt", "--timeout=4",
                                 "--serverinfo"])
    return Subject("msmtp", _only(program, "server at", _MAIL), "msmtp", "msmtp",
                   (["msmtp", "--version"], r"msmtp version ([\d.]+)[\s\S]*?(GnuTLS)"))


def _swaks():
    def program(*, tls=None, cert=None):
        return Program("swaks", ["swaks", "--server", SERVER_NAME, "--port", "{port}", "--tlsc",
                                 "--tls-verify", "--tls-ca-path", "root.crt", "--quit-after", "EHLO",
                                 "--timeout", "4"])
    return Subject("swaks", _only(program, "250", _MAIL, BY_OPENSSL), "swaks", "swaks",
                   (["swaks", "--version"], r"swaks version ([\d.]+)"))


def _fetchmail():
    def program(*, tls=None, cert=None):
        text = (f"poll {SERVER_NAME} service {{port}} proto imap timeout 4 user 'alice' "
                "password 'x' ssl sslcertck sslcertfile /srv/root.crt\n")
        return Program("fetchmail", ["sh", "-c", "chmod 600 fetchmail.rc; "
                                     "fetchmail -f fetchmail.rc --nodetach --nosyslog -c -v"],
                       files={"fetchmail.rc": text})
    return Subject("fetchmail", _only(program, "IMAP<", "* OK ready\r\n* BYE\r\n", BY_OPENSSL),
                   "fetchmail", "fetchmail", (["fetchmail", "--version"], r"release ([\d.]+)"))


def _mbsync():
    def program(*, tls=None, cert=None):
        text = (f"IMAPStore there\nHost {SERVER_NAME}\nPort {{port}}\nUser alice\nPass x\n"
                "SSLType IMAPS\nCertificateFile /srv/root.crt\nTimeout 4\n\nMaildirStore here\n"
                "Path /srv/mail/\nInbox /srv/mail/inbox\n\nChannel lab\nFar :there:\nNear :here:\n")
        return Program("mbsync", ["mbsync", "-c", "mbsync.rc", "-l", "lab"],
                       files={"mbsync.rc": text},
                       before=[["mkdir", "-p", *(f"mail/inbox/{part}" for part in ("cur", "new", "tmp"))]])
    return Subject("mbsync", _only(program, "Logging in|IMAP", "* OK ready\r\n* BYE\r\n", BY_OPENSSL),
                   "isync", "mbsync", (["mbsync", "--version"], r"isync ([\d.]+)"))

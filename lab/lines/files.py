"""Servers of files: ProFTPD, vsftpd and Pure-FTPd."""

from lines.failures import those
from lines.inside import met_inside, quiet_inside
from lines.subject import Part, Subject
from program import Program
from services import talk

APART = "/var/lib/tlswhy-lab"

_PROFTPD = """ServerName "lab"
ServerType standalone
DefaultAddress {host}
Port {port}
User nobody
Group nogroup
UseReverseDNS off
UseIPv6 off
WtmpLog off
TransferLog none
PidFile /srv/proftpd.pid
ScoreboardFile /srv/proftpd.scores
DelayEngine off
ModulePath %s/proftpd/usr/lib/proftpd
LoadModule mod_tls.c
SystemLog /srv/proftpd.log
TLSEngine on
TLSLog /srv/%s
TLSProtocol %s
TLSECCertificateFile /srv/%s.pem
TLSECCertificateKeyFile /srv/%s.key
TLSCertificateChainFile /srv/issuing.crt
%s
"""


def _proftpd(*more):
    def proftpd(*, clients="", oldest="1.2", newest="1.3", cert="good"):
        versions = " ".join(f"TLSv{it}" for it in ("1.2", "1.3") if oldest <= it <= newest)
        lines = [f"TLSCACertificateFile /srv/{clients}", "TLSVerifyClient on"] if clients else []
        lines += more
        text = _PROFTPD % (APART, "tls.log", versions, cert, cert, "\n".join(lines))
        return Program(
            "proftpd",
            [f"{APART}/proftpd/usr/sbin/proftpd", "-n", "-c", "/srv/proftpd.conf"],
            files={"proftpd.conf": text},
            settings=lines or [f"TLSProtocol {versions}"],
        )

    return proftpd


def _vsftpd(*, clients="", oldest="1.2", newest="", cert="good"):
    lines = [
        "ssl_enable=YES",
        "allow_anon_ssl=YES",
        "debug_ssl=YES",
        "log_ftp_protocol=YES",
        "ssl_ciphers=HIGH",
        "xferlog_enable=YES",
    ]
    lines += (
        [f"ca_certs_file=/srv/{clients}", "require_cert=YES", "validate_cert=YES"]
        if clients
        else []
    )
    made = talk.vsftpd(*lines, cert=cert)
    made.files["vsftpd.conf"] = made.files["vsftpd.conf"].replace("/dev/stderr", "/srv/vsftpd.log")
    return made


def subjects():
    ftp = met_inside("ftp")
    return [
        Subject(
            "proftpd",
            [
                Part("server", _proftpd(), ftp, quiet_inside("ftp"), port=21, log="tls.log"),
                Part(
                    "server",
                    _proftpd("TLSOptions EnableDiags"),
                    those(
                        met_inside("ftp", short=True),
                        alone=(
                            "client-refuses-unknown-ca-tls12",
                            "no-shared-cipher",
                            "version-too-low",
                        ),
                    ),
                    quiet_inside("ftp"),
                    "verbose",
                    port=21,
                    log="tls.log",
                ),
            ],
            "proftpd-mod-crypto",
            "ProFTPD",
            ([f"{APART}/proftpd/usr/sbin/proftpd", "-v"], r"Version ([\w.]+)"),
        ),
        Subject(
            "vsftpd",
            [
                Part(
                    "server",
                    _vsftpd,
                    those(ftp, but=("version-too-high", "version-too-low", "damaged-record")),
                    quiet_inside("ftp"),
                    port=21,
                    log="vsftpd.log",
                )
            ],
            "vsftpd",
        ),
    ]

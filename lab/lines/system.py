"""Servers that a system has for itself: names, logs, keys and values, images."""

from lines.failures import those
from lines.files import APART
from lines.inside import met_inside, quiet_inside
from lines.subject import Part, Subject
from program import Program

_UNBOUND = """server:
    interface: {{host}}@{{port}}
    tls-port: {{port}}
    tls-service-key: "/srv/{cert}.key"
    tls-service-pem: "/srv/{cert}.pem"
    access-control: 0.0.0.0/0 allow
    username: ""
    chroot: ""
    pidfile: ""
    do-daemonize: no
    use-syslog: no
    logfile: ""
    verbosity: {level}
    num-threads: 1
    local-zone: "." redirect
remote-control:
    control-enable: no
"""


def _unbound(*, clients="", oldest="", newest="", cert="good"):
    return Program(
        "unbound",
        ["unbound", "-d", "-c", "/srv/unbound.conf"],
        files={"unbound.conf": _UNBOUND.format(cert=cert, level=1)},
    )


_RSYSLOG = """global(workDirectory="/srv" processInternalMessages="on"
    defaultNetstreamDriver="{driver}"
    defaultNetstreamDriverCAFile="/srv/{ca}"
    defaultNetstreamDriverCertFile="/srv/{cert}.pem"
    defaultNetstreamDriverKeyFile="/srv/{cert}.key")
module(load="imtcp" streamDriver.name="{driver}" streamDriver.mode="1"
    streamDriver.authMode="{mode}"{peers})
input(type="imtcp" port="{{port}}" address="{{host}}")
*.* action(type="omfile" file="/srv/rsyslog.log" template="RSYSLOG_TraditionalFileFormat")
"""


def _rsyslog(driver):
    def rsyslog(*, clients="", oldest="", newest="", cert="good"):
        mode = "x509/certvalid" if clients else "anon"
        text = _RSYSLOG.format(
            driver=driver, ca=clients or "root.crt", cert=cert, mode=mode, peers=""
        )
        return Program(
            "rsyslog",
            ["rsyslogd", "-n", "-i", "NONE", "-f", "/srv/rsyslog.conf"],
            files={"rsyslog.conf": text},
            settings=[f'streamDriver.authMode="{mode}"'],
        )

    return rsyslog


_SYSLOG_NG_HOME = f"{APART}/syslog-ng/usr"
_SYSLOG_NG_BESIDE = [
    "env",
    f"LD_LIBRARY_PATH={_SYSLOG_NG_HOME}/lib/x86_64-linux-gnu:" f"{_SYSLOG_NG_HOME}/lib/syslog-ng",
    f"{_SYSLOG_NG_HOME}/sbin/syslog-ng",
]
_SYSLOG_NG = """@version: 3.38
@include "scl.conf"
options {{ keep-hostname(yes); stats-freq(0); use-dns(no); }};
source mine {{ internal(); }};
source network {{ network(ip("{{host}}") port({{port}}) transport("tls")
    tls(key-file("/srv/{cert}.key") cert-file("/srv/{cert}.pem") {lines})); }};
destination file {{ file("/srv/syslog-ng.log"); }};
log {{ source(mine); source(network); destination(file); }};
"""


def _syslog_ng(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    options = {"1.2": "no-sslv2, no-sslv3, no-tlsv1, no-tlsv11", "1.3": ""}[oldest]
    options += ", no-tlsv13" if newest == "1.2" else ""
    lines = [f"ssl-options({options})"]
    lines += (
        [f'ca-file("/srv/{clients}") peer-verify(required-trusted)']
        if clients
        else ["peer-verify(optional-untrusted)"]
    )
    return Program(
        "syslog-ng",
        [
            *_SYSLOG_NG_BESIDE,
            "-F",
            "-f",
            "/srv/syslog-ng.conf",
            "--module-path",
            f"{_SYSLOG_NG_HOME}/lib/syslog-ng/3.38",
            "--no-caps",
            "-R",
            "/srv/syslog-ng.persist",
            "-c",
            "/srv/syslog-ng.ctl",
            "-p",
            "/srv/syslog-ng.pid",
        ],
        files={
            "syslog-ng.conf": _SYSLOG_NG.replace('@include "scl.conf"\n', "").format(
                cert=cert, lines=" ".join(lines)
            )
        },
        settings=lines,
    )


def _etcd(*, clients="", oldest="", newest="", cert="good"):
    argv = [
        "etcd",
        "--data-dir",
        "/srv/etcd",
        "--listen-client-urls",
        "https://{at}",
        "--advertise-client-urls",
        "https://{at}",
        "--cert-file",
        f"{cert}.pem",
        "--key-file",
        f"{cert}.key",
        "--listen-peer-urls",
        "http://127.0.0.1:2380",
        "--logger",
        "zap",
    ]
    argv += ["--client-cert-auth", "--trusted-ca-file", clients] if clients else []
    return Program("etcd", argv)


def _registry(*, clients="", oldest="1.2", newest="", cert="good"):
    text = (
        "version: 0.1\nlog:\n  level: info\n  formatter: text\nstorage:\n  filesystem:\n"
        "    rootdirectory: /srv/registry\nhttp:\n  addr: {at}\n  tls:\n"
        f"    certificate: /srv/{cert}.pem\n    key: /srv/{cert}.key\n    minimumtls: tls{oldest}\n"
    )
    text += f"    clientcas:\n      - /srv/{clients}\n" if clients else ""
    return Program(
        "docker-registry",
        ["docker-registry", "serve", "registry.yml"],
        files={"registry.yml": text},
    )


def _radsecproxy(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    text = (
        f"LogLevel 3\nListenTLS {{host}}:{{port}}\n"
        f"tls default {{\nCACertificateFile /srv/{clients or 'clients.crt'}\n"
        f"CertificateFile /srv/{cert}.pem\nCertificateKeyFile /srv/{cert}.key\n"
        f"TlsVersion TLS{oldest.replace('.', '_')}:TLS{newest.replace('.', '_')}\n}}\n"
        "client lab {\nhost 0.0.0.0/0\ntype tls\nsecret radsec\ncertificateNameCheck off\n}\n"
        "server home {\nhost 192.0.2.10\ntype udp\nsecret lab\n}\nrealm * {\nserver home\n}\n"
    )
    return Program(
        "radsecproxy",
        ["radsecproxy", "-f", "-c", "/srv/radsecproxy.conf"],
        files={"radsecproxy.conf": text},
    )


def without(failures, *words):
    """Those of the failures whose names have none of the words in them."""
    return those(
        failures,
        but=[failure.slug for failure in failures if any(word in failure.slug for word in words)],
    )


def subjects():
    tls = met_inside("tls")
    quiet = quiet_inside("tls", speaks="http")
    return [
        Subject(
            "unbound",
            [
                Part(
                    "server",
                    _unbound,
                    without(tls, "client-certificate", "version-too-high"),
                    quiet_inside("tls", speaks="dns"),
                    port=853,
                )
            ],
            "unbound",
            "Unbound",
            (["unbound", "-V"], r"Version ([\d.]+)"),
        ),
        Subject(
            "rsyslog",
            [
                Part(
                    "server",
                    _rsyslog("gtls"),
                    without(tls, "version"),
                    quiet_inside("tls", speaks="syslog"),
                    "gnutls",
                    port=6514,
                    log="rsyslog.log",
                    patience=0.8,
                ),
                Part(
                    "server",
                    _rsyslog("ossl"),
                    without(tls, "version"),
                    quiet_inside("tls", speaks="syslog"),
                    "openssl",
                    port=6514,
                    log="rsyslog.log",
                    patience=0.8,
                ),
            ],
            "rsyslog-gnutls, rsyslog-openssl",
            "rsyslog",
            (["rsyslogd", "-v"], r"rsyslogd +([\d.]+)"),
        ),
        Subject(
            "syslog-ng",
            [
                Part(
                    "server",
                    _syslog_ng,
                    without(tls, "reset", "usage"),
                    quiet_inside("tls", speaks="syslog"),
                    port=6514,
                    log="syslog-ng.log",
                )
            ],
            "syslog-ng-core",
            "syslog-ng",
            ([*_SYSLOG_NG_BESIDE, "--version"], r"Installer-Version: ([\d.]+)"),
        ),
        Subject(
            "etcd",
            [Part("server", _etcd, without(tls, "version-too-high", "damaged"), quiet, port=2379)],
            "etcd-server",
            "etcd",
            (["etcd", "--version"], r"etcd Version: ([\d.]+)"),
        ),
        Subject(
            "docker-registry",
            [Part("server", _registry, without(tls, "version-too-high"), quiet, port=5000)],
            "docker-registry",
            "Docker Registry",
            (["dpkg-query", "-W", "docker-registry"], r"\t([\d.]+)"),
        ),
        Subject(
            "radsecproxy",
            [Part("server", _radsecproxy, tls, [quiet_inside("tls", cert="alice")[0]], port=2083)],
            "radsecproxy",
            "radsecproxy",
            (["dpkg-query", "-W", "radsecproxy"], r"\t([\d.]+)"),
        ),
    ]

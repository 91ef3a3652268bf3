"""Databases, a directory, and brokers of messages."""

from lines.failures import those
from lines.inside import met_inside, quiet_inside
from lines.subject import Part, Subject
from lines.system import without
from program import Program
from services import data


def _slapd(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    versions = "".join(f":+VERS-TLS{it}" for it in ("1.2", "1.3") if oldest <= it <= newest)
    lines = [f"TLSCipherSuite NORMAL:-VERS-ALL{versions}"]
    lines += [f"TLSCACertificateFile /srv/{clients}", "TLSVerifyClient demand"] if clients else []
    return data.slapd(*lines, cert=cert)


def _postgres(*, clients="", oldest="1.2", newest="", cert="good"):
    words = [f"ssl_min_protocol_version=TLSv{oldest}", "log_line_prefix=%m [%p] %r "]
    words += [f"ssl_max_protocol_version=TLSv{newest}"] if newest else []
    words += ["ssl_ca_file=/srv/postgres/clients.crt"] if clients else []
    rule = "hostssl all all all trust clientcert=verify-ca" if clients else ""
    return data.postgres(*words, cert=cert, rule=rule)


def _redis(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    versions = " ".join(f"TLSv{it}" for it in ("1.2", "1.3") if oldest <= it <= newest)
    argv = [
        "redis-server",
        "--port",
        "0",
        "--bind",
        "{host}",
        "--tls-port",
        "{port}",
        "--tls-cert-file",
        f"{cert}.pem",
        "--tls-key-file",
        f"{cert}.key",
        "--tls-protocols",
        versions,
        "--protected-mode",
        "no",
        "--save",
        "",
        "--tls-auth-clients",
        "yes" if clients else "no",
        "--tls-ca-cert-file",
        clients or "root.crt",
        "--loglevel",
        "verbose",
    ]
    return Program("redis", argv)


def _mosquitto(*, clients="", oldest="1.2", newest="", cert="good"):
    lines = [
        "listener {port} {host}",
        "allow_anonymous true",
        f"certfile /srv/{cert}.pem",
        "user root",
        f"keyfile /srv/{cert}.key",
        f"tls_version tlsv{newest or oldest}",
    ]
    lines += [f"cafile /srv/{clients}", "require_certificate true"] if clients else []
    return Program(
        "mosquitto",
        ["mosquitto", "-c", "mosquitto.conf"],
        files={"mosquitto.conf": "\n".join(lines) + "\n"},
        settings=lines,
    )


def _nats(*, clients="", oldest="", newest="", cert="good"):
    return data.nats(*(["--tlsverify", "--tlscacert", clients] if clients else []), cert=cert)


def subjects():
    return [
        Subject(
            "slapd",
            [
                Part(
                    "server",
                    _slapd,
                    without(met_inside("ldap"), "usage", "damaged"),
                    quiet_inside("ldap"),
                    port=389,
                )
            ],
            "slapd",
        ),
        Subject(
            "postgresql",
            [
                Part(
                    "server", _postgres, met_inside("postgres"), quiet_inside("postgres"), port=5432
                )
            ],
            "postgresql-15",
            "PostgreSQL server",
            (["/usr/lib/postgresql/15/bin/postgres", "--version"], r"([\d.]+)"),
        ),
        Subject(
            "redis",
            [
                Part(
                    "server",
                    _redis,
                    met_inside("tls"),
                    quiet_inside("tls", speaks="redis"),
                    port=6379,
                )
            ],
            "redis-server",
            "Redis",
            (["redis-server", "--version"], r"v=([\d.]+)"),
        ),
        Subject(
            "mosquitto",
            [
                Part(
                    "server",
                    _mosquitto,
                    those(met_inside("tls"), but=("reset", "version-too-high")),
                    quiet_inside("tls", speaks="mqtt"),
                    port=8883,
                )
            ],
            "mosquitto",
            "Mosquitto",
            (["dpkg-query", "-W", "mosquitto"], r"\t([\d.]+)"),
        ),
        Subject(
            "nats",
            [
                Part(
                    "server",
                    _nats,
                    those(met_inside("nats"), but=("version-too-high",)),
                    quiet_inside("nats"),
                    port=4222,
                )
            ],
            "nats-server",
        ),
    ]

"""Servers in Erlang and C that pass on messages, calls and streams."""

from lines.inside import met_inside, quiet_inside
from lines.subject import Part, Subject
from lines.system import without
from program import Program

_RABBIT = """listeners.tcp = none
listeners.ssl.1 = {{host}}:{{port}}
ssl_options.certfile = /srv/{cert}.pem
ssl_options.keyfile = /srv/{cert}.key
ssl_options.cacertfile = /srv/{ca}
ssl_options.verify = {verify}
ssl_options.fail_if_no_peer_cert = {demanded}
{versions}
log.console = false
log.file = /srv/rabbit/rabbit.log
"""


def _rabbitmq(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    versions = [it for it in ("1.2", "1.3") if oldest <= it <= newest]
    lines = [f"ssl_options.versions.{at} = tlsv{it}" for at, it in enumerate(versions, 1)]
    text = _RABBIT.format(
        cert=cert,
        ca=clients or "root.crt",
        versions="\n".join(lines),
        verify="verify_peer" if clients else "verify_none",
        demanded="true" if clients else "false",
    )
    return Program(
        "rabbitmq",
        [
            # Erlang outlives the script that starts it.
            "unshare",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "env",
            "HOME=/srv/rabbit",
            "RABBITMQ_NODENAME=lab@localhost",
            "RABBITMQ_CONFIG_FILE=/srv/rabbitmq.conf",
            "RABBITMQ_MNESIA_BASE=/srv/rabbit",
            "RABBITMQ_LOG_BASE=/srv/rabbit",
            "RABBITMQ_ENABLED_PLUGINS_FILE=/srv/rabbit/plugins",
            "/usr/lib/rabbitmq/bin/rabbitmq-server",
        ],
        files={"rabbitmq.conf": text},
        before=[["install", "-d", "rabbit"]],
        settings=lines,
    )


_EJABBERD = """hosts:
  - www.example.test
loglevel: {level}
ca_file: /srv/{ca}
certfiles:
  - /srv/ejabberd/{cert}.both
listen:
  -
    port: {{port}}
    ip: "{{host}}"
    module: ejabberd_c2s
    starttls_required: true
    {lines}
modules: {{}}
"""


def _ejabberd(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    options = [f"no_tlsv1{it}" for it in ("", "_1", "_2", "_3")]
    kept = {"1.2": options[:2], "1.3": options[:3]}[oldest] + (
        [options[3]] if newest == "1.2" else []
    )
    lines = ["protocol_options:", *[f"      - {it}" for it in kept]]
    lines += ["    tls_verify: true"] if clients else []
    return Program(
        "ejabberd",
        [
            "env",
            "HOME=/srv/ejabberd",
            "ERL_LIBS=/usr/lib/x86_64-linux-gnu",
            "EJABBERD_CONFIG_PATH=/srv/ejabberd.yml",
            "EJABBERD_LOG_PATH=/srv/ejabberd/ejabberd.log",
            "setpriv",
            "--reuid=ejabberd",
            "--regid=ejabberd",
            "--clear-groups",
            "erl",
            "-noinput",
            "-mnesia",
            "dir",
            '"/srv/ejabberd/spool"',
            "-s",
            "ejabberd",
        ],
        files={
            "ejabberd.yml": _EJABBERD.format(
                cert=cert, ca=clients or "root.crt", level="info", lines="\n".join(lines)
            )
        },
        before=[
            ["install", "-d", "-o", "ejabberd", "ejabberd", "ejabberd/spool"],
            ["install", "-o", "ejabberd", f"{cert}.both", "ejabberd"],
        ],
        settings=lines,
    )


_KAMAILIO = """debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=1
disable_sctp=yes
enable_tls=yes
listen=tls:{{host}}:{{port}}
loadmodule "sl.so"
loadmodule "tls.so"
modparam("tls", "tls_method", "{method}")
modparam("tls", "certificate", "/srv/{cert}.pem")
modparam("tls", "private_key", "/srv/{cert}.key")
{lines}
request_route {{
    sl_send_reply("200", "OK");
}}
"""


def _kamailio(*, clients="", oldest="1.2", newest="", cert="good"):
    lines = (
        [
            f'modparam("tls", "ca_list", "/srv/{clients}")',
            'modparam("tls", "verify_certificate", 1)',
            'modparam("tls", "require_certificate", 1)',
        ]
        if clients
        else []
    )
    text = _KAMAILIO.format(
        cert=cert, lines="\n".join(lines), method="TLSv1.2" if newest else f"TLSv{oldest}+"
    )
    return Program(
        "kamailio",
        ["kamailio", "-DD", "-E", "-f", "/srv/kamailio.cfg", "-Y", "/srv", "-m", "32", "-M", "4"],
        files={"kamailio.cfg": text},
        settings=lines,
    )


def subjects():
    xmpp, tls = met_inside("xmpp"), met_inside("tls")
    return [
        Subject(
            "rabbitmq",
            [
                Part(
                    "server",
                    _rabbitmq,
                    without(tls, "damaged"),
                    quiet_inside("tls", speaks="amqp"),
                    port=5671,
                    log="rabbit/rabbit.log",
                    patience=1.0,
                )
            ],
            "rabbitmq-server",
            "RabbitMQ",
            (["dpkg-query", "-W", "rabbitmq-server"], r"\t([\d.]+\d)"),
        ),
        Subject(
            "ejabberd",
            [
                Part(
                    "server",
                    _ejabberd,
                    without(
                        xmpp,
                        "client-certificate",
                        "probe",
                        "leaves",
                        "reset",
                        "plain",
                        "garbage",
                        "damaged",
                        "sslv2",
                    ),
                    quiet_inside("xmpp"),
                    port=5222,
                    log="ejabberd/ejabberd.log",
                )
            ],
            "ejabberd",
            "ejabberd",
            (["dpkg-query", "-W", "ejabberd"], r"\t([\d.]+)"),
        ),
        Subject(
            "kamailio",
            [
                Part(
                    "server",
                    _kamailio,
                    without(tls, "reset"),
                    quiet_inside("tls", speaks="sip"),
                    port=5061,
                )
            ],
            "kamailio-tls-modules",
            "Kamailio",
            (["kamailio", "-v"], r"kamailio ([\d.]+)"),
        ),
    ]

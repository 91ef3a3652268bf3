"""Servers of talk and of screens: Prosody, ngIRCd and xrdp."""

from lines.failures import those
from lines.inside import met_inside, quiet_inside
from lines.subject import Part, Subject
from lines.system import without
from program import Program
from services import talk, ways


def _prosody(*, clients="", oldest="1.2", newest="", cert="good"):
    protocol = "tlsv1_2" if newest else "tlsv1_2+"
    more = []
    made = talk.prosody(*more, cert=cert, protocol=protocol)
    made.files["prosody.cfg.lua"] = made.files["prosody.cfg.lua"].replace(
        '{ debug = "*console" }', '{ debug = "/srv/prosody.log" }'
    )
    return made


def _ngircd(*, clients="", oldest="", newest="", cert="good"):
    text = (
        f"[Global]\nName = irc.example.test\nInfo = lab\nListen = {{host}}\nPorts = 6667\n"
        "ServerGID = nogroup\nServerUID = nobody\n[Options]\nDNS = no\nIdent = no\nPAM = no\n"
        f"[SSL]\nCertFile = /srv/{cert}.pem\nKeyFile = /srv/{cert}.both\nPorts = {{port}}\n"
    )
    return Program(
        "ngircd", ["ngircd", "-n", "-f", "/srv/ngircd.conf"], files={"ngircd.conf": text}
    )


def _xrdp(*, clients="", oldest="1.2", newest="1.3", cert="good"):
    versions = ", ".join(f"TLSv{it}" for it in ("1.2", "1.3") if oldest <= it <= newest)
    return ways.xrdp("tls", cert=cert, versions=versions)


def subjects():
    return [
        Subject(
            "prosody",
            [
                Part(
                    "server",
                    _prosody,
                    without(met_inside("xmpp"), "client-certificate"),
                    quiet_inside("xmpp"),
                    port=5222,
                    log="prosody.log",
                )
            ],
            "prosody",
        ),
        Subject(
            "ngircd",
            [
                Part(
                    "server",
                    _ngircd,
                    those(met_inside("tls"), alone=("probe", "client-leaves", "reset")),
                    quiet_inside("tls", speaks="irc"),
                    port=6697,
                )
            ],
            "ngircd",
            "ngIRCd",
            (["ngircd", "--version"], r"ngIRCd ([\d.]+)"),
            notes="It writes the same line whatever the reason is, and nothing else.",
        ),
        Subject(
            "xrdp",
            [
                Part(
                    "server",
                    _xrdp,
                    without(met_inside("rdp"), "client-certificate"),
                    quiet_inside("rdp"),
                    port=3389,
                    log="xrdp.log",
                )
            ],
            "xrdp",
        ),
    ]

"""Authentication for network access: RADIUS servers, stations and switches, and their recording.

EAP is spoken in RADIUS (between a switch and its server) or in EAPOL (between a station and its
switch); both have conversations of their own, so these cases have a form of their own as well.
"""

import dataclasses
import struct
import time

import capture
import ladder
import network
import stacks
from about import settings_of, words_of
from case import Truth
from program import Program

STATION = network.STATION
SECRET = "lab"
RADIUS_PORT = 1812
_METHODS = {1: "Identity", 3: "Nak", 4: "MD5", 13: "EAP-TLS", 21: "EAP-TTLS", 25: "PEAP",
            26: "MSCHAPv2", 43: "EAP-FAST", 55: "TEAP"}
_CODES = {1: "request", 2: "response", 3: "EAP-Success", 4: "EAP-Failure"}
_RADIUS = {1: "Access-Request", 2: "Access-Accept", 3: "Access-Reject", 11: "Access-Challenge"}

_FREERADIUS = """prefix = /usr
libdir = /usr/lib/freeradius
name = radius
run_dir = .
pidfile = radius.pid
max_request_time = 30
cleanup_delay = 5
max_requests = 1024
security {{
    allow_vulnerable_openssl = yes
    reject_delay = 0
}}
client lab {{
    ipaddr = 0.0.0.0/0
    secret = lab
}}
modules {{
    eap {{
        default_eap_type = {default}
        tls-config common {{
            certificate_file = {cert}.pem
            private_key_file = {cert}.key
            ca_file = clients.crt
            cipher_list = "DEFAULT@SECLEVEL=0"
            tls_min_version = "{oldest}"
            tls_max_version = "{newest}"
            ecdh_curve = "prime256v1"
            fragment_size = {fragment}
        }}
        {methods}
        mschapv2 {{
        }}
    }}
    mschap {{
    }}
    pap {{
    }}
    always reject {{
        rcode = reject
    }}
}}
server lab {{
    listen {{
        type = auth
        ipaddr = *
        port = 1812
    }}
    authorize {{
        eap
    }}
    authenticate {{
        eap
    }}
    post-auth {{
        {policy}
    }}
}}
server inner {{
    authorize {{
        update control {{
            Cleartext-Password := "right"
        }}
        mschap
        eap
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type MS-CHAP {{
            mschap
        }}
        eap
    }}
}}
"""
_METHOD_SECTIONS = {
    "tls": "tls {\n            tls = common\n        }",
    "ttls": "ttls {\n            tls = common\n            virtual_server = inner\n"
            "            default_eap_type = mschapv2\n        }",
    "peap": "peap {\n            tls = common\n            virtual_server = inner\n"
            "            default_eap_type = mschapv2\n        }",
}


def freeradius(*methods, cert="good", tls=("1.2", "1.2"), fragment=1024, policy="", **rest):
    """FreeRADIUS with these EAP methods, the first of them offered first."""
    methods = methods or ("tls", "peap", "ttls")
    text = _FREERADIUS.format(cert=cert, oldest=tls[0], newest=tls[1], fragment=fragment,
                              policy=policy, default=methods[0],
                              methods="\n        ".join(_METHOD_SECTIONS[it] for it in methods))
    settings = [f"default_eap_type = {methods[0]}", f"certificate_file = {cert}.pem",
                f"tls_min_version = {tls[0]}, tls_max_version = {tls[1]}",
                f"fragment_size = {fragment}", *([policy] if policy else [])]
    return Program("freeradius", ["freeradius", "-f", "-l", "stdout", "-d", ".", "-n", "radius"],
                   files={"radius.conf": text, "dictionary": ""}, settings=settings,
                   ready="Ready to process requests", **rest)


def _profile(method, lines, cert, ca, ssid=True):
    """A network block of wpa_supplicant."""
    kept = ['ssid="lab"', "key_mgmt=WPA-EAP"] if ssid else ["key_mgmt=IEEE8021X", "eapol_flags=0"]
    kept += [f"eap={method}", 'identity="alice@example.test"']
    kept += [f'ca_cert="{ca}"'] if ca else []
    if method == "TLS":
        kept += [f'client_cert="{cert}.pem"', f'private_key="{cert}.key"'] if cert else []
    else:
        kept += ['anonymous_identity="anonymous@example.test"']
        kept += [] if any("password" in line for line in lines) else ['password="right"']
        kept += ['phase2="auth=MSCHAPV2"']
    kept += lines
    head = "" if ssid else "ap_scan=0\n"
    return head + "network={\n" + "".join(f"    {line}\n" for line in kept) + "}\n", kept


def eapol_test(method, *lines, cert="alice", ca="root.crt", host="192.0.2.10",
               source="198.51.100.7", **rest):
    """eapol_test, which is a station and its switch in one and speaks RADIUS."""
    text, kept = _profile(method, list(lines), cert, ca)
    argv = ["eapol_test", "-c", "station.conf", "-a", host, "-p", str(RADIUS_PORT), "-s", SECRET,
            "-A", source, "-M", STATION, "-N32:s:switch-1", "-N30:s:00-00-5E-00-53-01:lab"]
    return Program("wpa", argv, files={"station.conf": text}, settings=kept, **rest)


def silent_station(host="192.0.2.10", source="198.51.100.7", **rest):
    """A station that says nothing more when it has the certificate; see programs/."""
    return Program("python", ["python3", "silent_station.py", source, host, STATION], **rest)


def hostapd(*lines, users="", cert="good", radius="", **rest):
    """hostapd as a switch, with an EAP server of its own or a RADIUS server."""
    text = f"interface={network.ROUTER_PORT}\ndriver=wired\nieee8021x=1\nuse_pae_group_addr=1\n"
    if radius:
        text += (f"own_ip_addr=192.0.2.1\nnas_identifier=switch-1\nauth_server_addr={radius}\n"
                 f"auth_server_port={RADIUS_PORT}\nauth_server_shared_secret={SECRET}\n")
    else:
        text += (f"eap_server=1\neap_user_file=users\nca_cert=clients.crt\nserver_cert={cert}.pem\n"
                 f"private_key={cert}.key\n")
    text += "".join(f"{line}\n" for line in lines)
    settings = text.splitlines()
    return Program("hostapd", ["hostapd", "switch.conf"], files={"switch.conf": text,
                   "users": users}, settings=settings, namespace=network.ROUTER,
                   ready="AP-ENABLED", **rest)


def wpa_supplicant(method, *lines, cert="alice", ca="root.crt", **rest):
    """wpa_supplicant on a cable."""
    text, kept = _profile(method, list(lines), cert, ca, ssid=False)
    return Program("wpa", ["wpa_supplicant", "-D", "wired", "-i", "eth0", "-c", "station.conf"],
                   files={"station.conf": text}, settings=kept, namespace=network.CLIENT, **rest)


@dataclasses.dataclass
class Access(Truth):
    """A folder of the corpus, `cause/name`: one authentication.

    `servers` are started before the station; the first answers TLS. `loss` is what the router
    drops (iptables words). `refused_by` is as in `case.Attempt`.
    """

    path: str
    purpose: str
    servers: list
    station: Program
    refused_by: str
    tls: str = ""
    form: str = "pcap"
    device: str = "lo"
    namespace: str = ""
    taken: str = f"udp port {RADIUS_PORT}"
    loss: str = None
    # Wraps what was recorded into another link layer, if it is a function.
    wrap: object = None

    def record(self, recorder):
        """Run the case, write its folder; answers a line for the log, with what looks wrong."""
        running, recording = [], None
        file = recorder.folder / "recording.pcap"
        if self.loss is not None:
            network.lose(self.loss)
        try:
            for server in self.servers:
                running.append(server.start(recorder.folder, "", RADIUS_PORT))
                wait_until_ready(running[-1])
            recording = capture.Capture(file, self.form, self.device, self.namespace, self.taken)
            station = self.station.start(recorder.folder, "", RADIUS_PORT)
            wait_until_decided(station)
            station.stop()
        finally:
            recorded = recording.stop() if recording else b""
            for started in running:
                started.stop()
            file.unlink(missing_ok=True)
        if self.wrap:
            recorded = self.wrap(recorded)
        return self._write(recorder, recorded, [*running, station])

    def _write(self, recorder, recorded, running):
        talk = _talk(recorded)
        code = self.alert
        sent = [code for who, _, code in talk.alerts if who == self.refused_by]
        if code is None and sent:
            code = sent[0]
        if code is None and self.refused_by != "nobody" and self.outcome == "alert, encrypted":
            code = stacks.alert_told(running[-1].output, "")
        oddities = []
        outcome = self.outcome or ("alert" if sent else "established")
        if self.outcome is None and not sent and self.refused_by != "nobody":
            said = running[-1].output[-800:]
            oddities.append(f"no alert from the {self.refused_by}; said:\n{said}")
        if self.path.startswith("established/") and "SUCCESS" not in running[-1].output:
            oddities.append("no success: " + running[-1].output[-800:])
        name, data = capture.file_of(self.form, recorded)
        truth = self.entry(self.path.split("/")[0], outcome, code, self.station.stack,
                           self.servers[0].stack)
        recorder.put(self.path, name, data, truth, self._about(truth, talk, running))
        return f"{self.path}: {outcome}, alert {code}, {len(data)} bytes", oddities

    def _about(self, truth, talk, running):
        lines = [f"# {self.path}", "", self.purpose, "", "## How it was recorded", "",
                 "In private network namespaces, in a folder that holds the throw-away certificates:",
                 "", "```"]
        if self.loss:
            lines += [f"iptables -A FORWARD {self.loss} -j DROP   # on the router"]
        lines += [f"tcpdump -i {self.device} -w recording.pcap '{self.taken}'"]
        lines += [" ".join(started.command) for started in running] + ["```", ""]
        for program in (*self.servers, self.station):
            lines += settings_of(program, "access.py")
        versions = sorted({truth["client"], *(stacks.version(it.stack) for it in self.servers)})
        lines += ["Versions: " + ", ".join(versions) + ".", ""]
        if self.wrap:
            lines += [self.wrap.__doc__.splitlines()[0], ""]
        lines += ["## On the wire", "", "```", *talk.lines(), "```", ""]
        for who, started in (("station", running[-1]), ("server", running[0])):
            if words := words_of(started.output):
                lines += [f"The {who} said: `{words}`", ""]
        return "\n".join(lines + ([truth["notes"], ""] if truth["notes"] else []))


def wait_until_ready(running, seconds=15):
    """Wait until a server says that it is ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and running.process.poll() is None:
        if running.program.ready in running.output:
            return
        time.sleep(0.02)
    running.stop()
    raise RuntimeError(f"{running.command} is not ready:\n{running.output[-2000:]}")


def wait_until_decided(running):
    """Wait until the station has been let in or not, or its patience is over."""
    end = time.monotonic() + running.program.patience
    while time.monotonic() < end and running.process.poll() is None:
        said = running.output
        if "CTRL-EVENT-EAP-FAILURE" in said or "CTRL-EVENT-CONNECTED" in said:
            time.sleep(0.3)
            return
        time.sleep(0.05)


def wifi(recorded):
    """The frames were recorded on a cable, and put into Wi-Fi data frames by a generator."""
    station, port = (bytes.fromhex(it.replace(":", "")) for it in (STATION, network.PORT))
    snap = b"\xaa\xaa\x03\x00\x00\x00\x88\x8e"
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127)]
    for seconds, micros, _, frame in capture.packets(recorded):
        body = frame[14:]
        body = body[:4 + struct.unpack_from(">H", body, 2)[0]]
        # A start or a response is the station's.
        up = body[1] == 1 or (body[1] == 0 and body[4] == 2)
        ends = (port, station, port) if up else (station, port, port)
        head = b"\x00\x00\x08\x00\x00\x00\x00\x00" + bytes([0x88, 1 if up else 2, 0, 0])
        data = head + b"".join(ends) + b"\x00\x00\x00\x00" + snap + body
        out.append(struct.pack("<IIII", seconds, micros, len(data), len(data)) + data)
    return b"".join(out)


def _talk(recorded):
    """What was said, packet by packet: a reader apart from the product, as in ladder.py."""
    talk = ladder.Connection(("station", 0), ("server", 0))
    last = {}
    for carrier, message in _eap_packets(recorded):
        if message is None:
            talk.note("server" if carrier in ("Access-Accept", "Access-Reject") else "client",
                      carrier)
            continue
        code, identifier, length = message[0], message[1], struct.unpack_from(">H", message, 2)[0]
        who = "client" if code == 2 else "server"
        method = _METHODS.get(message[4], f"method {message[4]}") if code < 3 else ""
        what = f"{carrier} {_CODES.get(code, code)} {method} {length} bytes".replace("  ", " ")
        if last.get(who) == message[:length]:
            talk.note(who, what + ", again")
            continue
        last[who] = message[:length]
        talk.note(who, what)
        if code < 3 and message[4] in (13, 21, 25, 43, 55) and not message[5] & 0x20:
            at = 10 if message[5] & 0x80 else 6
            side = talk.sides[who]
            side.bytes += message[at:length]
            ladder.records(talk, who, side)
    return talk


def _eap_packets(recorded):
    """Each EAP packet with what carries it; also those that carry none."""
    link = capture.link_type(recorded)
    for _, _, _, frame in capture.packets(recorded):
        if link == 127:
            at = 8 + 26 + 8
            kind = b"\x88\x8e"
        else:
            at = {1: 14, 113: 16, 276: 20}[link]
            kind = frame[:2] if link == 276 else frame[at - 2:at]
        if kind == b"\x88\x8e":
            if frame[at + 1] == 0:
                yield "EAPOL", frame[at + 4:]
            elif frame[at + 1] == 1:
                yield "EAPOL-Start", None
        elif kind == b"\x08\x00" and frame[at + 9] == 17:
            offset = struct.unpack_from(">H", frame, at + 6)[0]
            radius = frame[at + 28:]
            if offset & 0x1FFF:
                yield "a later IP fragment", None
            elif offset & 0x2000:
                yield "the first IP fragment of a RADIUS packet", None
            elif radius and radius[0] in _RADIUS:
                message = b"".join(value for kind, value in _attributes(radius) if kind == 79)
                yield _RADIUS[radius[0]], message or None


def _attributes(radius):
    at, end = 20, struct.unpack_from(">H", radius, 2)[0]
    while at + 2 <= end:
        yield radius[at], radius[at + 2:at + radius[at + 1]]
        at += max(radius[at + 1], 2)

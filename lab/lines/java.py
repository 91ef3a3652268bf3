"""Java's web servers: Tomcat and Netty, each with the log it has at hand."""

from lines.failures import met_by_servers, quiet_clients, those
from lines.subject import Part, Subject
from program import Program

_JARS = "/usr/share/java"
_PATHS = {
    "Tomcat": [f"{_JARS}/tomcat10-embed-core.jar", f"{_JARS}/tomcat10-annotations-api.jar"],
    "Netty": [f"{_JARS}/netty-{name}.jar" for name in (
        "buffer", "codec", "codec-http", "common", "handler", "resolver", "transport")],
}
_LOGGING = """handlers = java.util.logging.ConsoleHandler
java.util.logging.ConsoleHandler.level = ALL
java.util.logging.SimpleFormatter.format = %1$tF %1$tT.%1$tL %4$s [%3$s] %5$s%6$s%n
.level = INFO
{levels}
"""


def _java(name, levels="", *options):
    """A server that is compiled once; the authority of the clients is put into a store first."""
    path = ":".join([".", *_PATHS[name]])
    compiled = f"[ -e {name}Server.class ] || javac -nowarn -cp '{path}' {name}Server.java"
    store = ("[ -e trusted.p12 ] || keytool -importcert -noprompt -alias clients -file clients.crt "
             "-keystore trusted.p12 -storetype PKCS12 -storepass labtrust")

    def made(*, clients="", tls=None, cert="good"):
        argv = ["java", "-Djava.util.logging.config.file=logging.properties", *options, "-cp",
                path, f"{name}Server", "{host}", "{port}", cert, clients, tls or ""]
        return Program(name.lower(), argv, before=[["sh", "-c", compiled], ["sh", "-c", store]],
                       files={"logging.properties": _LOGGING.format(levels=levels)})
    return made


def subjects():
    met = those(met_by_servers(), but=("alpn-no-overlap", "unknown-name"))
    for name, package, made, notes in (
        ("tomcat", "libtomcat10-embed-java",
         _java("Tomcat", "org.apache.tomcat.util.net.NioEndpoint.handshake.level = FINE"),
         "With `org.apache.tomcat.util.net.NioEndpoint.handshake.level = FINE`: at INFO a failed "
         "handshake is not written."),
        ("netty-server", "libnetty-java", _java("Netty"), "A failure that no handler takes is written "
         "by Netty itself, at WARNING."),
    ):
        yield Subject(name, [Part("server", made, met, quiet_clients(), patience=0.5)], package,
                      name.removesuffix("-server").capitalize() + " on OpenJDK",
                      (["java", "-version"], r'version "([\d.]+)"'), notes)

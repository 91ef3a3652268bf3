"""The clients and servers that TLS libraries bring along: the libraries' own words."""

import clients
import servers
import stacks
from lines.failures import met_by_clients, met_by_servers, quiet_clients, quiet_servers, those
from lines.subject import SERVER_HOST, Part, Subject
from pki import SERVER_NAME, chain_of
from program import Program

# What `install` builds for the lines alone.
BUILT = stacks.TOOLS / "lines"
REQUEST = f"GET / HTTP/1.0\r\nHost: {SERVER_NAME}\r\n\r\n"
# All registered alerts are in the vocabulary; of these there is a log each too.
_ALERTS = ("server-sends-alert-0", "server-sends-alert-40", "server-sends-alert-70",
           "server-sends-alert-80", "server-sends-alert-112", "server-sends-alert-120")


def subjects():
    return [_openssl(), _gnutls(), _nss(), _mbedtls()]


def met(*but):
    """What a client meets, with a few alerts alone."""
    found = met_by_clients()
    others = [failure.slug for failure in found
              if "sends-alert" in failure.slug and failure.slug not in _ALERTS]
    return those(found, but=(*others, *but))


# OpenSSL's clients meet a server of TLS 1.1 with an error of their own making: what is left of that
# version has no signature that they still take.
BY_OPENSSL = ("server-knows-no-version",)


def some(*more, but=()):
    """What differs from program to program: for the many that stand on the same library."""
    return those(met_by_clients(), alone=[slug for slug in (
        "server-unknown-ca", "server-self-signed", "server-expired", "server-name-mismatch",
        "server-wants-certificate", "server-wants-certificate-tls12", "server-knows-no-version",
        "server-sends-alert-40", "server-sends-alert-112", "server-closes", "server-resets",
        "server-speaks-http", "server-silent", *more) if slug not in but])


def client_part(program, failures, name="", telling="", quiet=None, late=False,
                answer=""):
    """A program that ends of itself, so that its words need not be waited for."""
    return Part("client", program, failures, quiet or quiet_servers()[:2], name, telling=telling,
                patience=0.01, late=late, answer=answer)


def _openssl():
    def s_client(*, tls=None, cert=None):
        argv = ["openssl", "s_client", "-connect", f"{SERVER_NAME}:{{port}}", "-CAfile", "root.crt",
                "-verify_return_error", "-verify_hostname", SERVER_NAME, "-quiet"]
        argv += [f"-tls{tls.replace('.', '_')}"] if tls else []
        argv += ["-cert", f"{cert}.pem", "-key", f"{cert}.key"] if cert else []
        return Program("openssl", argv, feed=[(0, REQUEST), (0.5, "")])

    def s_server(*, tls=None, cert="good", clients="", alpn=False, strict=False):
        argv = ["openssl", "s_server", "-accept", "{at}", "-cert", f"{cert}.pem", "-key",
                f"{cert}.key", "-www"]
        argv += ["-cert_chain", f"{chain_of(cert)}.crt"] if chain_of(cert) else []
        argv += [f"-tls{tls.replace('.', '_')}"] if tls else []
        argv += ["-Verify", "2", "-verify_return_error", "-CAfile", clients] if clients else []
        argv += ["-alpn", "h2,http/1.1"] if alpn else []
        argv += ["-servername", SERVER_NAME, "-servername_fatal", "-cert2", f"{cert}.pem",
                 "-key2", f"{cert}.key"] if strict else []
        return Program("openssl", argv)
    failures = met("server-usage", "server-silent", "server-knows-no-version")
    return Subject("openssl", [
        client_part(s_client, failures, "s_client", ":error:"),
        Part("server", s_server, those(met_by_servers(), but=("probe",)), quiet_clients(),
             "s_server"),
    ], "openssl", ask=(["openssl", "version"], r"OpenSSL ([\w.]+)"), title="OpenSSL")


def _gnutls():
    def client(*, tls=None, cert=None):
        argv = ["gnutls-cli", "--x509cafile", "root.crt", "-p", "{port}"]
        argv += ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{tls}"] if tls else []
        argv += ["--x509certfile", f"{cert}.pem", "--x509keyfile", f"{cert}.key"] if cert else []
        return Program("gnutls", [*argv, SERVER_NAME], feed=[(0, REQUEST), (0.5, "")])

    def server(*, tls=None, cert="good", clients="", alpn=False):
        argv = ["gnutls-serv", "--http", "-p", "{port}", "--x509certfile", f"{cert}.pem",
                "--x509keyfile", f"{cert}.key"]
        argv += ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{tls}"] if tls else []
        argv += ["--require-client-cert", "--verify-client-cert", "--x509cafile", clients] \
            if clients else ["--disable-client-cert"]
        argv += ["--alpn", "http/1.1", "--alpn-fatal"] if alpn else []
        return Program("gnutls", argv)
    return Subject("gnutls", [
        client_part(client, met("server-silent"), "gnutls-cli", "Received alert"),
        Part("server", server, those(met_by_servers(), but=("unknown-name",)), quiet_clients(),
             "gnutls-serv"),
    ], "gnutls-bin", "GnuTLS", (["gnutls-cli", "--version"], r"gnutls-cli ([\w.]+)"))


def _nss():
    def database(*more):
        # Made anew for each run: `certutil` insists on a password when there is one already.
        return [["rm", "-rf", "nss"], ["mkdir", "nss"],
                ["certutil", "-N", "-d", "sql:nss", "--empty-password"], *more]

    def client(*, tls=None, cert=None):
        known = ["certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "CT,,", "-i", "root.crt"]
        own = ["pk12util", "-i", f"{cert}.p12", "-d", "sql:nss", "-W", "lab"]
        argv = ["tstclnt", "-h", SERVER_NAME, "-p", "{port}", "-d", "sql:nss", "-b", "-C", "-A",
                "request.txt"]
        argv += ["-V", f"tls{tls}:tls{tls}"] if tls else []
        argv += ["-n", "lab"] if cert else []
        return Program("nss", argv, files={"request.txt": REQUEST},
                       before=database(known, *([own] if cert else [])))

    def server(*, tls=None, cert="good", clients=""):
        own = ["pk12util", "-i", f"{cert}.p12", "-d", "sql:nss", "-W", "lab"]
        known = ["certutil", "-A", "-d", "sql:nss", "-n", "clients", "-t", "T,,", "-i", clients]
        argv = ["selfserv", "-d", "sql:nss", "-p", "{port}", "-n", "lab", "-v"]
        argv += ["-V", f"tls{tls}:tls{tls}"] if tls else []
        argv += ["-rr"] if clients else []
        return Program("nss", argv, before=database(own, *([known] if clients else [])))
    left_out = ("unknown-name", "alpn-no-overlap")
    return Subject("nss", [
        client_part(client, met("server-silent"), "tstclnt", "^tstclnt: "),
        Part("server", server, those(met_by_servers(), but=left_out), quiet_clients()[:2],
             "selfserv"),
    ], "libnss3-tools", "NSS", (["dpkg-query", "-W", "libnss3-tools"], r"\t2:([\d.]+)"))


def _mbedtls():
    def client(*, tls=None, cert=None):
        argv = ["./ssl_client2", f"server_name={SERVER_NAME}", "server_addr={host}",
                "server_port={port}", "ca_file=root.crt", "auth_mode=required",
                "read_timeout=5000", "debug_level=1"]
        argv += [f"crt_file={cert}.pem", f"key_file={cert}.key"] if cert else ["crt_file=none"]
        return Program("mbedtls", argv)

    def server(*, tls=None, cert="good", clients="", alpn=False):
        argv = ["./ssl_server2", "server_addr={host}", "server_port={port}",
                f"crt_file={cert}.pem", f"key_file={cert}.key", "read_timeout=5000",
                "debug_level=1"]
        argv += ["auth_mode=required", f"ca_file={clients}"] if clients else ["auth_mode=none"]
        argv += ["alpn=http/1.1"] if alpn else []
        return Program("mbedtls", argv)
    # It speaks TLS 1.2 at most.
    newer = ("server-wants-certificate", "server-refuses-certificate")
    newer_clients = ["unknown-name", "client-refuses-usage", "client-refuses-unknown-ca-java-tls13"]
    newer_clients += [failure.slug for failure in met_by_servers()
                      if "clients" in failure.asks and not failure.slug.endswith("tls12")]
    return Subject("mbedtls", [
        client_part(client, met(*newer), "ssl_client2", r"alert message \(msg",
                    quiet_servers()[1:2]),
        Part("server", server, those(met_by_servers(), but=newer_clients), quiet_clients()[1:2],
             "ssl_server2"),
    ], "the source of Debian's mbedtls 2.28.3-1", "Mbed TLS",
        (["dpkg-query", "-W", "libmbedtls-dev"], r"\t([\d.]+)"),
        "Built with what its source has as default, and `debug_level=1`.")

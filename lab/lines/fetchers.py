"""Programs that fetch a page or a repository: curl with each library, wget, git and their like."""

import stacks
import servers
from lines.libraries import BY_OPENSSL, client_part, met, some
from lines.subject import Subject
from pki import SERVER_NAME
from program import Program

URL = f"https://{SERVER_NAME}:{{port}}/"
_BUILT = stacks.TOOLS / "lines"


def subjects():
    backends = [_curl_of_ours("gnutls", "GnuTLS"), _curl_of_ours("nss", "NSS"),
                _curl_of_ours("mbedtls", "mbedTLS"), _curl_of_ours("wolfssl", "wolfSSL")]
    return [_curl(), *backends, _wget(), _wget2(), _git(), _apt(), _aria2(), _lynx(), _w3m(), _ffmpeg(),
            _skopeo(), _mercurial(), _subversion()]


def _curl_program(start, *more):
    def program(*, tls=None, cert=None):
        argv = [*start, "-sS", *more, "--cacert", "root.crt", "--max-time", "5"]
        argv += ["--tls-max", tls, f"--tlsv{tls}"] if tls else []
        argv += ["--cert", f"{cert}.pem", "--key", f"{cert}.key"] if cert else []
        return Program("curl", [*argv, URL])
    return program


def _curl():
    plain, told = _curl_program(["curl"]), _curl_program(["curl"], "-v")
    return Subject("curl", [client_part(plain, met(*BY_OPENSSL), telling="^curl: "),
                            client_part(told, met(*BY_OPENSSL), "verbose", late=True)], "curl",
                   "curl", (["curl", "--version"], r"curl ([\d.]+).*?(OpenSSL/[\w.]+)"))


def _curl_of_ours(backend, library):
    kind = "wolfssl" if backend == "wolfssl" else "libraries"
    # NSS looks for its reader of PEM files there.
    modules = ["LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/nss"] if backend == "nss" else []
    start = ["env", f"CURL_SSL_BACKEND={backend}", *modules, f"./curl-{kind}"]
    told = (["env", f"CURL_SSL_BACKEND={backend}", f"{_BUILT}/curl-{kind}", "--version"],
            rf"curl ([\d.]+)[^\n]*[ (]({library}/[\w.]+)")
    but = ["server-usage", "server-weak-dh"]
    if backend == "wolfssl":
        # It cannot be told the newest version to speak.
        but += [failure.slug for failure in met() if failure.asks.get("tls")]
    return Subject(f"curl-{backend}", [
        client_part(_curl_program(start), met(*but), telling="^curl: "),
        client_part(_curl_program(start, "-v"), some(but=("server-silent",)), "verbose", late=True),
    ], "the source of Debian's curl 7.88.1", "curl", told)


def _wget():
    def program(*, tls=None, cert=None):
        argv = ["wget", "-O", "page.html", "--tries=1", "--timeout=5", "--ca-certificate=root.crt"]
        argv += [f"--secure-protocol=TLSv{tls.replace('.', '_')}"] if tls else []
        argv += [f"--certificate={cert}.pem", f"--private-key={cert}.key"] if cert else []
        return Program("wget", [*argv, URL])
    return Subject("wget", [client_part(program, met(), telling="GnuTLS: ",
                                        answer=r"\.\.\. 200 ")], "wget", "GNU Wget",
                   (["wget", "--version"], r"Wget ([\d.]+)[\s\S]*?ssl/(gnutls)"))


def _wget2():
    def program(*, tls=None, cert=None):
        argv = ["wget2", "-O", "page.html", "--tries=1", "--timeout=5", "--no-hsts",
                "--ca-certificate=root.crt", "--ca-directory="]
        argv += [f"--secure-protocol=TLSv{tls.replace('.', '_')}"] if tls else []
        argv += [f"--certificate={cert}.pem", f"--private-key={cert}.key"] if cert else []
        return Program("wget2", [*argv, URL])
    return Subject("wget2", [client_part(program, some(), answer="HTTP response 200")], "wget2",
                   "GNU Wget2", (["wget2", "--version"], r"GNU Wget2 ([\d.]+)"))


def _git():
    def program(*, tls=None, cert=None):
        argv = ["env", "GIT_SSL_CAINFO=root.crt", "/usr/bin/git", "-c", "http.lowSpeedTime=3", "-c",
                "http.lowSpeedLimit=9"]
        argv += ["-c", f"http.sslVersion=tlsv{tls}"] if tls else []
        argv += ["-c", f"http.sslCert={cert}.pem", "-c", f"http.sslKey={cert}.key"] if cert else []
        return Program("git", [*argv, "ls-remote", f"{URL}project.git"])
    return Subject("git", [client_part(program, met("server-silent"), telling="^fatal: ",
                                       quiet=_repositories(), answer="refs/heads/main|not valid: is this")],
                   "git, libcurl3-gnutls", "git", (["/usr/bin/git", "--version"], r"version ([\d.]+)"))


def _apt():
    def program(*, tls=None, cert=None):
        settings = ("Dir::Etc::SourceList=/srv/apt.list", "Dir::Etc::SourceParts=/srv/pages",
                    "Dir::State=/srv/apt", "Dir::Cache=/srv/apt", "APT::Sandbox::User=root",
                    "Acquire::https::CaInfo=/srv/root.crt", "Acquire::https::Timeout=4",
                    "Acquire::Retries=0", "Acquire::Languages=none")
        options = [word for setting in settings for word in ("-o", setting)]
        return Program("apt", ["apt-get", *options, "update"],
                       files={"apt.list": f"deb [trusted=yes] {URL} stable main\n"},
                       before=[["mkdir", "-p", "apt/lists/partial", "apt/archives/partial"]])
    return Subject("apt", [client_part(program, some(but=("server-silent",)),
                                       answer="Get:1|404 ", quiet=_repositories())], "apt", "apt",
                   (["apt-get", "--version"], r"apt ([\d.]+)"))


def _repositories():
    """A repository with one branch, as a server of plain files has it."""
    reference = f"{'0123456789' * 4}\\trefs/heads/main\\n"
    return [servers.nginx(f'location /project.git/info/ {{ return 200 "{reference}"; }}')]


def _aria2():
    def program(*, tls=None, cert=None):
        argv = ["aria2c", "-d", "pages", "-o", "page.html", "--allow-overwrite=true", "--max-tries=1",
                "--connect-timeout=5", "--timeout=5", "--ca-certificate=root.crt"]
        argv += [f"--certificate={cert}.pem", f"--private-key={cert}.key"] if cert else []
        return Program("aria2", [*argv, URL])
    return Subject("aria2", [client_part(program, some(), telling="alert|rror",
                                         answer="Download complete")], "aria2", "aria2",
                   (["aria2c", "--version"], r"aria2 version ([\d.]+)[\s\S]*?(GnuTLS/[\d.]+)"))


def _lynx():
    def program(*, tls=None, cert=None):
        return Program("lynx", ["env", "SSL_CERT_FILE=root.crt", "lynx", "-dump", URL])
    return Subject("lynx", [client_part(program, some(but=("server-silent",)),
                                        answer="Ciphers supported")], "lynx", "Lynx",
                   (["lynx", "-version"], r"Lynx Version ([\w.]+)[\s\S]*?(GNUTLS [\d.]+)"))


def _w3m():
    def program(*, tls=None, cert=None):
        return Program("w3m", ["w3m", "-dump", "-o", "ssl_ca_file=/srv/root.crt",
                               "-o", "ssl_verify_server=1", URL])
    return Subject("w3m", [client_part(program, some(but=("server-silent", *BY_OPENSSL)),
                                       answer="Ciphers supported")], "w3m", "w3m",
                   (["w3m", "-version"], r"w3m/([\d.]+)"))


def _ffmpeg():
    def program(*, tls=None, cert=None):
        argv = ["ffmpeg", "-hide_banner", "-tls_verify", "1", "-ca_file", "root.crt", "-rw_timeout",
                "3000000"]
        argv += ["-cert_file", f"{cert}.pem", "-key_file", f"{cert}.key"] if cert else []
        return Program("ffmpeg", [*argv, "-i", f"{URL}film.mp4"])
    return Subject("ffmpeg", [client_part(program, some(but=("server-silent", *BY_OPENSSL)),
                                         answer="Stream ends")], "ffmpeg",
                   "FFmpeg", (["ffmpeg", "-version"], r"version ([\d.]+)"))


def _skopeo():
    def program(*, tls=None, cert=None):
        return Program("skopeo", ["env", "SSL_CERT_FILE=root.crt", "SSL_CERT_DIR=/srv/pages",
                                  "skopeo", "--command-timeout=4s", "inspect",
                                  f"docker://{SERVER_NAME}:{{port}}/project:latest"])
    return Subject("skopeo", [client_part(program, some(), answer="parsing manifest")],
                   "skopeo", "skopeo",
                   (["skopeo", "--version"], r"version ([\d.]+)"))


def _mercurial():
    def program(*, tls=None, cert=None):
        argv = ["hg", "identify", "--config", "web.cacerts=root.crt", "--config", "http.timeout=4"]
        argv += ["--config", f"auth.lab.prefix={SERVER_NAME}", "--config", f"auth.lab.cert={cert}.pem",
                 "--config", f"auth.lab.key={cert}.key"] if cert else []
        return Program("mercurial", [*argv, URL])
    return Subject("mercurial", [client_part(program, some(but=BY_OPENSSL), answer="repository",
                                             quiet=_repositories())], "mercurial", "Mercurial",
                   (["hg", "--version"], r"version ([\d.]+)"))


def _subversion():
    def program(*, tls=None, cert=None):
        return Program("subversion", ["svn", "info", "--non-interactive", "--config-option",
                                      "servers:global:ssl-authority-files=/srv/root.crt",
                                      "--config-option", "servers:global:http-timeout=4", URL])
    return Subject("subversion", [client_part(program, some(but=BY_OPENSSL), answer="HTTP|status",
                                              quiet=_repositories())], "subversion", "Subversion",
                   (["svn", "--version"], r"version ([\d.]+)"))

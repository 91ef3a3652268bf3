"""Servers and clients of directories, databases and messages."""

from pki import SERVER_NAME
from program import Program

_SLAPD = """include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /srv/slapd/slapd.pid
argsfile /srv/slapd/slapd.args
database mdb
suffix "dc=example,dc=test"
directory /srv/slapd
"""

_POSTGRES_RULES = "host all all all trust\n"

_PROGRAMS = "/usr/lib/postgresql/15/bin"


def slapd(*lines, cert="good", urls="ldap://{at}/", **rest):
    """OpenLDAP's server, which Debian builds with GnuTLS; without TLS if `cert` is empty."""
    if cert:
        lines = (f"TLSCertificateFile /srv/{cert}.pem", f"TLSCertificateKeyFile /srv/{cert}.key",
                 *lines)
    # What stands in front of the first database holds for the whole server.
    text = _SLAPD.replace("database", "\n".join([*lines, "database"]), 1)
    return Program("slapd", ["slapd", "-d", "stats", "-f", "slapd.conf", "-h", urls],
                   files={"slapd.conf": text}, before=[["install", "-d", "slapd"]],
                   settings=[*lines] or ["# no TLS"], source="services/data.py", **rest)


def postgres(*settings, cert="good", rule="", **rest):
    """PostgreSQL; `rule` is a line of pg_hba.conf that stands in front of the one that trusts."""
    words = [f"ssl_cert_file=/srv/postgres/{cert}.pem", f"ssl_key_file=/srv/postgres/{cert}.key",
             *settings] if cert else ["ssl=off", *settings]
    if cert:
        words = ["ssl=on", *words]
    options = [part for word in words for part in ("-c", word)]
    before = [["install", "-d", "-o", "postgres", "postgres"],
              ["sh", "-c", "test -e postgres/data || setpriv --reuid=postgres --clear-groups "
               f"{_PROGRAMS}/initdb -D /srv/postgres/data --no-sync --auth=trust -U lab"]]
    if cert:
        before += [["install", "-o", "postgres", "-m", "600", f"{cert}.pem", f"{cert}.key",
                    "clients.crt", "postgres"]]
    return Program("postgres", ["setpriv", "--reuid=postgres", "--clear-groups",
                                f"{_PROGRAMS}/postgres", "-D", "/srv/postgres/data", "-h",
                                "{host}", "-p", "{port}", "-k", "/srv/postgres", "-c",
                                "hba_file=/srv/pg_hba.conf", *options],
                   files={"pg_hba.conf": f"{rule}\n{_POSTGRES_RULES}".lstrip()}, before=before,
                   settings=[rule] if rule else [], source="services/data.py", **rest)


def mariadb(*options, cert="good", **rest):
    """MariaDB; without TLS if `cert` is empty."""
    tls = [f"--ssl-cert=/srv/{cert}.pem", f"--ssl-key=/srv/{cert}.key"] if cert else ["--skip-ssl"]
    return Program("mariadb", ["mariadbd", "--no-defaults", "--user=root",
                               "--datadir=/srv/mariadb", "--socket=/srv/mariadb.sock",
                               "--bind-address={host}", "--port={port}", "--skip-grant-tables",
                               "--skip-networking=0", "--innodb-flush-method=fsync", *tls,
                               *options],
                   before=[["sh", "-c", "test -d mariadb || mariadb-install-db --no-defaults "
                            "--user=root --datadir=/srv/mariadb --auth-root-authentication-method="
                            "normal --skip-test-db"]], **rest)


def ldapsearch(*extra, wanted="-ZZ", **rest):
    """OpenLDAP's client, built with GnuTLS; `-ZZ` asks for TLS and does not go on without."""
    return Program("ldapsearch", ["env", "LDAPTLS_CACERT=/srv/root.crt", *extra, "ldapsearch",
                                  *([wanted] if wanted else []), "-x", "-LLL", "-H",
                                  f"ldap://{SERVER_NAME}:{{port}}/", "-s", "base", "-b", "",
                                  "namingContexts"], **rest)


def psql(*words, mode="verify-full", ca="root.crt", **rest):
    """PostgreSQL's client."""
    target = f"host={SERVER_NAME} port={{port}} user=lab dbname=postgres sslmode={mode}"
    target += f" sslrootcert={ca} gssencmode=disable"
    return Program("psql", ["psql", "-X", " ".join([target, *words]), "-c", "select 1"], **rest)


def mariadb_client(*options, ca="root.crt", **rest):
    """MariaDB's client."""
    return Program("mariadb", ["mariadb", "--no-defaults", "--protocol=tcp", f"--host={SERVER_NAME}",
                               "--port={port}", "--user=lab", f"--ssl-ca={ca}",
                               "--ssl-verify-server-cert", "--connect-timeout=4", *options,
                               "-e", "select 'hello'"], **rest)


def pymysql(*words, **rest):
    """PyMySQL, with Python's TLS; see programs/database_client.py."""
    return Program("pymysql", ["/usr/bin/python3", "database_client.py", SERVER_NAME, "{port}", *words],
                   **rest)


def tds(mode, cert="good", **rest):
    """A stand-in for SQL Server; see programs/tds_server.py."""
    return Program("python", ["python3", "tds_server.py", mode, cert, "{host}", "{port}"], **rest)


def tsql(ca="root.crt", **rest):
    """FreeTDS, which Debian builds with GnuTLS; it does not go on without TLS."""
    text = ("[lab]\nhost = " + SERVER_NAME + "\nport = {port}\ntds version = 7.4\n"
            f"encryption = require\nca file = {ca}\n")
    return Program("freetds", ["env", "FREETDSCONF=freetds.conf", "tsql", "-S", "lab", "-U", "lab",
                               "-P", "word"], feed=[(1, "quit\n")], files={"freetds.conf": text},
                   settings=["encryption = require", f"ca file = {ca}"],
                   source="services/data.py", **rest)


def nats(*extra, cert="good", **rest):
    """NATS, a server of messages in Go that begins TLS behind its first line."""
    return Program("nats", ["nats-server", "--addr", "{host}", "--port", "{port}", "--tls",
                            "--tlscert", f"{cert}.pem", "--tlskey", f"{cert}.key", *extra], **rest)


def nats_client(*extra, **rest):
    """Python's TLS behind the first words of NATS; see programs/nats_client.py."""
    return Program("python", ["python3", "nats_client.py", SERVER_NAME, "{port}", *extra], **rest)

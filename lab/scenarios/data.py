"""TLS inside the protocols of directories and databases."""

import clients
from case import case, cases_with
from services import data, mail


def cases():
    yield from _ldap()
    yield from _postgres()
    yield from _mariadb()
    yield from _tds()
    yield from _nats()


def _ldap():
    inside = cases_with("slapd", 389)
    yield inside("established", "ldapsearch", "TLS begins inside LDAP, and all is well.",
                 data.slapd(), data.ldapsearch(), "nobody")
    yield inside("expired-leaf", "openssl-tls12",
                 "TLS begins inside LDAP, and the server's certificate has expired.",
                 data.slapd(cert="expired"), mail.openssl("ldap", tls="1.2", feed=[(0.5, "")]),
                 "client", tls="1.2")
    yield inside("untrusted-root", "ldapsearch-tls12",
                 "TLS begins inside LDAP, and the client does not know the authority.",
                 data.slapd("TLSCipherSuite NORMAL:-VERS-TLS1.3", cert="untrusted"),
                 data.ldapsearch(), "client", tls="1.2", also=["client-left-after-handshake"])
    yield inside("client-max-version-below-server-min", "openssl",
                 "TLS begins inside LDAP; the server wants TLS 1.3, the client has TLS 1.2.",
                 data.slapd("TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.3"),
                 mail.openssl("ldap", tls="1.2", feed=[(0.5, "")]), "server", tls="1.2",
                 outcome="closed")
    yield inside("client-cert-missing", "openssl-tls12",
                 "TLS begins inside LDAP; the server wants a certificate of the client.",
                 data.slapd("TLSCACertificateFile /srv/clients.crt", "TLSVerifyClient demand"),
                 mail.openssl("ldap", tls="1.2", feed=[(0.5, "")]), "server", tls="1.2")
    yield inside("starttls-refused", "ldapsearch",
                 "The client asks for TLS inside LDAP, and the server has no certificate.",
                 data.slapd(cert=""), data.ldapsearch(), "server", tls="", outcome="not TLS")
    yield inside("tls-to-plaintext-port", "openssl",
                 "The client begins with TLS on the port where it begins inside LDAP.",
                 data.slapd(), clients.openssl(), "server", outcome="closed",
                 also=["wrong-starttls-mode", "lb-or-server-rst"])


def _postgres():
    inside = cases_with("postgresql", 5432)
    old = "ssl_max_protocol_version=TLSv1.2"
    yield inside("established", "psql", "TLS begins after SSLRequest, and all is well.",
                 data.postgres(), data.psql(), "nobody")
    yield inside("starttls-refused", "psql",
                 "The client asks for TLS, and the server was started without.",
                 data.postgres(cert=""), data.psql(), "server", tls="", outcome="not TLS")
    yield inside("expired-leaf", "psql-tls12", "The server's certificate has expired.",
                 data.postgres(old, cert="expired"), data.psql(), "client", tls="1.2")
    yield inside("untrusted-root", "psql-tls13", "The client does not know the authority.",
                 data.postgres(), data.psql(ca="stranger.crt"), "client")
    yield inside("hostname-mismatch", "psql-tls12",
                 "The certificate is that of another server; psql looks at the name by itself.",
                 data.postgres(old, cert="shop"), data.psql(), "client", tls="1.2",
                 also=["client-left-after-handshake"])
    yield inside("client-cert-expired", "psql-tls13", "The client's certificate has expired.",
                 data.postgres("ssl_ca_file=/srv/postgres/clients.crt"),
                 data.psql("sslcert=alice-expired.pem", "sslkey=alice-expired.key"), "server")
    yield inside("client-max-version-below-server-min", "psql",
                 "The server wants TLS 1.3, the client is set to TLS 1.2 at most.",
                 data.postgres("ssl_min_protocol_version=TLSv1.3"),
                 data.psql("ssl_max_protocol_version=TLSv1.2"), "server", tls="1.2")


def _mariadb():
    inside = cases_with("mariadb", 3306)
    old = "--tls-version=TLSv1.2"
    yield inside("established", "pymysql", "TLS begins after the server's greeting, and all is well.",
                 data.mariadb(), data.pymysql(), "nobody")
    yield inside("established", "mariadb-tls12",
                 "TLS begins after the server's greeting, and all is well.",
                 data.mariadb(old), data.mariadb_client(), "nobody", tls="1.2")
    yield inside("expired-leaf", "mariadb-tls12", "The server's certificate has expired.",
                 data.mariadb(old, cert="expired"), data.mariadb_client(), "client", tls="1.2")
    yield inside("untrusted-root", "pymysql-tls12", "The client does not know the authority.",
                 data.mariadb(cert="untrusted"), data.pymysql("1.2"), "client", tls="1.2")
    yield inside("client-max-version-below-server-min", "pymysql",
                 "The server wants TLS 1.3, the client is set to TLS 1.2.",
                 data.mariadb("--tls-version=TLSv1.3"), data.pymysql("1.2"), "server", tls="1.2")
    yield inside("starttls-missing", "mariadb",
                 "The client needs TLS, and the server's greeting does not offer it.",
                 data.mariadb(cert=""), data.mariadb_client(), "nobody", tls="",
                 outcome="not TLS")


def _tds():
    notes = "No SQL Server is to be had: its PRELOGIN is written by hand, and its TLS is Python's."
    yield case("established/tsql-tds", "TLS begins inside TDS, and all is well.",
               data.tds("takes"), data.tsql(), "nobody", port=1433, tls="1.2", notes=notes)
    yield case("expired-leaf/tsql-tds", "The server's certificate has expired.",
               data.tds("takes", cert="expired"), data.tsql(), "client", port=1433, tls="1.2",
               also=["client-left-after-handshake"], notes=notes)
    yield case("untrusted-root/tsql-tds", "The client has the wrong authority.",
               data.tds("takes"), data.tsql(ca="stranger.crt"), "client", port=1433, tls="1.2",
               also=["client-left-after-handshake"], notes=notes)
    yield case("starttls-refused/tsql-tds", "The client wants TLS, and the server has none.",
               data.tds("refuses"), data.tsql(), "server", port=1433, outcome="not TLS",
               notes=notes)


def _nats():
    words = "The first words of the client are put together by hand; its TLS is Python's."
    yield case("established/python-nats", "TLS begins behind the server's INFO, and all is well.",
               data.nats(), data.nats_client(), "nobody", port=4222, tls="1.3", notes=words)
    yield case("expired-leaf/python-tls12-nats", "The server's certificate has expired.",
               data.nats(cert="expired"), data.nats_client("1.2"), "client", port=4222, tls="1.2",
               notes=words)

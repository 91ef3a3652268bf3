"""A thousand good connections, in which there is nothing to find."""

import clients
import newer
import servers
from case import Server
from pki import SERVER_NAME
from program import Program
from services import data, mail
from thousand import Thousand

_WEB = "192.0.2.10"
_NGINX, _MUTUAL, _APACHE, _HAPROXY = (_WEB, 443), (_WEB, 444), (_WEB, 8443), (_WEB, 9443)
_GO, _JAVA, _RUSTLS = (_WEB, 10443), (_WEB, 11443), (_WEB, 12443)
_SMTP, _IMAP, _SQL, _QUIC = (("127.0.0.1", port) for port in (25, 143, 5432, 4433))
_QUIET = "keepalive_timeout 1s; ssl_session_cache shared:lab:1m; ssl_session_tickets off;"


def cases():
    yield Thousand(
        "established/thousand",
        "A thousand connections of many stacks, and nothing wrong with any: both versions of TLS, "
        "sessions resumed, certificates on both sides, ALPN, HTTP that is kept alive, TLS inside "
        "mail and a database, QUIC; closed in order, by FIN alone, by a reset when all was read, "
        "and after an idle second.",
        _servers(), _visits())


def _servers():
    mutual = (f"server {{ listen {_WEB}:444 ssl; server_name {SERVER_NAME}; "
              "ssl_certificate small.pem; ssl_certificate_key small.key; "
              "ssl_client_certificate clients.crt; ssl_verify_client on; "
              'location / { return 200 "hello\\n"; } }')
    return [
        Server(servers.nginx(_QUIET, cert="small", more=mutual), *_NGINX),
        Server(servers.apache("SSLSessionTickets off", "SSLProtocol +TLSv1.2 +TLSv1.3",
                              cert="small"), *_APACHE),
        Server(servers.haproxy("no-tls-tickets", cert="small"), *_HAPROXY),
        Server(servers.go("-alpn", "h2,http/1.1", cert="small"), *_GO),
        Server(servers.java(cert="small"), *_JAVA),
        Server(newer.rustls_server(cert="small"), *_RUSTLS),
        Server(mail.postfix("smtpd_tls_security_level = may", cert="small"), *_SMTP),
        Server(mail.dovecot("imap", cert="small"), *_IMAP),
        Server(data.postgres(cert="small"), *_SQL),
        Server(servers.quinn(cert="small"), *_QUIC),
    ]


def _python(kind, count, tls=None):
    argv = ["python3", "visitors.py", "{host}", "{port}", kind, str(count), *([tls] if tls else [])]
    return Program("python", argv, patience=90.0)


def _visits():
    many = [
        # Python, in every way to end.
        (391, _NGINX, _python("resumed", 391, "1.2")),
        (100, _HAPROXY, _python("resumed", 100, "1.2")),
        (60, _NGINX, _python("plain", 60, "1.2")), (20, _APACHE, _python("plain", 20, "1.3")),
        (30, _GO, _python("protocol", 30, "1.2")), (40, _HAPROXY, _python("leaves", 40, "1.2")),
        (40, _NGINX, _python("resets", 40, "1.2")), (15, _HAPROXY, _python("resets", 15, "1.3")),
        (10, _NGINX, _python("kept", 10, "1.2")), (12, _NGINX, _python("idle", 12, "1.3")),
        (88, _HAPROXY, _python("unused", 88, "1.2")), (20, _MUTUAL, _python("mutual", 20, "1.2")),
    ]
    # One connection each.
    for number in range(28):
        here, tls = f"198.51.100.{1 + number % 9}", ("1.2", "1.3")[number % 2]
        web = (_NGINX, _APACHE, _HAPROXY)[number % 3]
        many += [(1, web, clients.curl(tls=tls, source=here)),
                 (1, (_GO, *([web] * 2))[number % 3], clients.go(tls=tls, source=here))]
        if number < 18:
            many.append((1, web, clients.openssl(tls=tls, source=here)))
        if number < 16:
            many += [(1, _NGINX, clients.node(tls=tls, source=here)),
                     (1, (_GO, _HAPROXY)[number % 2], newer.rustls(tls=tls)),
                     (1, (_RUSTLS, _APACHE)[number % 2], clients.gnutls(tls=tls))]
        if number < 10:
            many += [(1, (_NGINX, _JAVA)[number % 2], clients.java(tls=tls, source=here)),
                     (1, _RUSTLS, clients.modern("-classic", tls="1.3", source=here)),
                     (1, _JAVA, clients.go(tls=tls, source=here))]
        if number < 5:
            many += [(1, _SMTP, mail.python("smtp")), (1, _IMAP, mail.python("imap")),
                     (1, _SQL, data.psql()), (1, _MUTUAL, clients.curl(tls=tls, cert="alice"))]
        if number < 2:
            many.append((1, _QUIC, clients.quinn()))
    return many

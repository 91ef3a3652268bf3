"""TLS that begins inside mail: Postfix and Dovecot."""

import clients
from case import case, cases_with
from services import mail

_PORTS = {"smtp": 25, "imap": 143, "pop3": 110, "lmtp": 24, "sieve": 4190}
_MAY = "smtpd_tls_security_level = may"
_ENCRYPT = "smtpd_tls_security_level = encrypt"
_NONE = "smtpd_tls_security_level = none"


def cases():
    for protocol, port in _PORTS.items():
        yield from _inside(protocol, port)
    yield from _exim()
    yield from _without()
    yield from _wrong_mode()


def _server(protocol, *lines, **rest):
    if protocol == "smtp":
        return mail.postfix(*(lines or [_ENCRYPT]), **rest)
    return mail.dovecot(protocol, *lines, **rest)


def _inside(protocol, port):
    """TLS begins inside the protocol, and goes well or fails."""
    client = mail.posttls_finger() if protocol == "smtp" else (
        mail.gnutls(protocol) if protocol == "sieve" else mail.python(protocol))
    server = _server(protocol)
    yield case(f"established/{_called(client)}-{server.stack}-{protocol}",
               f"TLS begins inside {protocol}, and all is well.", server, client, "nobody",
               port=port, tls="1.3")
    client = mail.curl(protocol, "--tls-max", "1.2") if protocol in ("imap", "pop3") else (
        mail.openssl(protocol, tls="1.2"))
    yield case(f"expired-leaf/{_called(client)}-tls12-{server.stack}-{protocol}",
               f"TLS begins inside {protocol}, and the server's certificate has expired.",
               _server(protocol, cert="expired"), client, "client", port=port, tls="1.2")
    if protocol not in ("smtp", "imap"):
        return
    lines = ([_ENCRYPT, "smtpd_tls_mandatory_protocols = >=TLSv1.3"] if protocol == "smtp"
             else ["ssl_min_protocol = TLSv1.3"])
    client = (mail.gnutls(protocol, tls="1.2") if protocol == "smtp"
              else mail.openssl(protocol, tls="1.2"))
    yield case(f"client-max-version-below-server-min/{_called(client)}-{server.stack}-{protocol}",
               f"TLS begins inside {protocol}; the server wants TLS 1.3, the client has TLS 1.2.",
               _server(protocol, *lines), client, "server", port=port, tls="1.2",
               outcome="closed" if protocol == "imap" else None)
    if protocol == "smtp":
        yield case("untrusted-root/msmtp-tls13-postfix-smtp",
                   "TLS begins inside SMTP, and the client does not know the authority.",
                   mail.postfix(_MAY, cert="untrusted"), mail.msmtp(), "client", port=587,
                   tls="1.3", also=["client-left-after-handshake"])
        yield case("untrusted-root/python-tls12-postfix-smtp",
                   "TLS begins inside SMTP, and the client does not know the authority.",
                   mail.postfix(_MAY, cert="untrusted"), mail.python("smtp", "1.2"), "client",
                   port=587, tls="1.2")


def _exim():
    """The same with a mail server that is built with GnuTLS."""
    inside = cases_with("exim-smtp", 25, tls="1.2")
    yield inside("established", "python", "TLS begins inside SMTP, and all is well.",
                 mail.exim(), mail.python("smtp"), "nobody", tls="1.3")
    yield inside("expired-leaf", "openssl-tls12", "The server's certificate has expired.",
                 mail.exim(cert="expired"), mail.openssl("smtp", tls="1.2"), "client")
    yield inside("client-max-version-below-server-min", "openssl",
                 "The server wants TLS 1.3, the client has TLS 1.2.",
                 mail.exim("tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.3"),
                 mail.openssl("smtp", tls="1.2"), "server")
    yield inside("client-cert-missing", "openssl-tls12",
                 "The server wants a certificate of the client.",
                 mail.exim("tls_verify_hosts = *", "tls_verify_certificates = /srv/clients.crt"),
                 mail.openssl("smtp", tls="1.2"), "server")
    yield inside("starttls-refused", "openssl",
                 "The server offers no TLS, and the client asks for it all the same.",
                 mail.exim("tls_advertise_hosts ="), mail.openssl("smtp"), "server", tls="",
                 outcome="not TLS")
    yield inside("starttls-refused", "curl",
                 "The server offers TLS, and cannot read the key of its certificate.",
                 mail.exim("tls_privatekey = /srv/missing.key"), mail.curl("smtp"), "server", tls="",
                 outcome="not TLS")


def _without():
    """The server has no TLS, or cannot begin it."""
    for protocol in ("smtp", "imap", "pop3", "sieve"):
        server = _server(protocol, _NONE) if protocol == "smtp" else _server(protocol, "ssl = no")
        port = _PORTS[protocol]
        if protocol != "sieve":
            yield case(f"starttls-missing/curl-{server.stack}-{protocol}",
                       f"The client needs TLS inside {protocol}, and the server does not offer it.",
                       server, mail.curl(protocol), "nobody", port=port, outcome="not TLS")
        yield case(f"starttls-refused/openssl-{server.stack}-{protocol}",
                   f"The client asks for TLS inside {protocol} though it is not offered, and the "
                   "server says no.", server, mail.openssl(protocol), "server",
                   port=port, outcome="not TLS")
    yield case("starttls-missing/msmtp-postfix-smtp",
               "The client needs TLS inside SMTP, and the server does not offer it.",
               _server("smtp", _NONE), mail.msmtp(), "nobody", port=587, outcome="not TLS")
    yield case("server-has-no-usable-certificate/curl-postfix-smtp",
               "The server offers TLS inside SMTP, but the file of its certificate is missing.",
               mail.postfix(_MAY, cert="missing"), mail.curl("smtp"), "server", port=25,
               tls="1.3")


def _wrong_mode():
    """One side begins with TLS where the other does not."""
    for protocol, port in _PORTS.items():
        server = _server(protocol)
        client = clients.gnutls() if protocol in ("pop3", "lmtp") else clients.openssl()
        yield case(f"wrong-starttls-mode/{client.stack}-{server.stack}-{protocol}",
                   f"The client begins TLS on a port where {protocol} is spoken.", server, client,
                   "client", port=port, tls="1.3", outcome="TLS on a plaintext port",
                   also=["tls-to-plaintext-port"])
    yield case("plaintext-http-on-tls-port/raw-postfix-smtps",
               "The client begins with SMTP where the server waits for TLS.",
               mail.postfix("smtpd_tls_wrappermode = yes"), clients.raw("smtp"),
               "server", port=465, outcome="plaintext on a TLS port")


def _called(client):
    return client.argv[0].removesuffix("-cli") if client.stack == "postfix" else client.stack

"""TLS inside FTP, XMPP and IRC."""

import clients
from case import cases_with
from services import mail, talk

_ON = ("ssl_enable=YES", "allow_anon_ssl=YES")
_TLS = (*_ON, "ssl_ciphers=HIGH")


def cases():
    yield from _ftp()
    yield from _xmpp()
    yield from _irc()


def _ftp():
    inside = cases_with("vsftpd", 21)
    yield inside("established", "python", "TLS begins inside FTP, and all is well.",
                 talk.vsftpd(*_TLS), mail.python("ftp"), "nobody")
    yield inside("expired-leaf", "curl-tls12", "The server's certificate has expired.",
                 talk.vsftpd(*_TLS, cert="expired"), mail.curl("ftp", "--tls-max", "1.2"),
                 "client", tls="1.2")
    yield inside("no-shared-cipher", "curl-tls12",
                 "Without ssl_ciphers this server has nothing but DES-CBC3-SHA in TLS 1.2.",
                 talk.vsftpd(*_ON), mail.curl("ftp", "--tls-max", "1.2"), "server", tls="1.2",
                 also=["server-has-no-usable-certificate"])
    yield inside("untrusted-root", "lftp", "The client does not know the authority.",
                 talk.vsftpd(*_TLS, cert="untrusted"), talk.lftp(), "client",
                 also=["client-left-after-handshake"])
    yield inside("starttls-refused", "curl", "The client asks for TLS, the server has none.",
                 talk.vsftpd("ssl_enable=NO"), mail.curl("ftp"), "server", tls="",
                 outcome="not TLS")
    yield inside("starttls-refused", "lftp", "The client asks for TLS, the server has none.",
                 talk.vsftpd("ssl_enable=NO"), talk.lftp(), "server", tls="", outcome="not TLS")
    yield inside("wrong-starttls-mode", "openssl",
                 "The client begins with TLS on the port where it begins inside FTP.",
                 talk.vsftpd(*_TLS), clients.openssl(), "client",
                 outcome="TLS on a plaintext port", also=["tls-to-plaintext-port"])


def _xmpp():
    inside = cases_with("prosody", 5222)
    yield inside("established", "openssl", "TLS begins inside XMPP, and all is well.",
                 talk.prosody(), talk.openssl_xmpp(), "nobody")
    yield inside("expired-leaf", "openssl-tls12", "The server's certificate has expired.",
                 talk.prosody(cert="expired"), talk.openssl_xmpp(tls="1.2"), "client", tls="1.2")
    yield inside("untrusted-root", "go-sendxmpp", "The client does not know the authority.",
                 talk.prosody(cert="untrusted"), talk.sendxmpp(), "client")
    yield inside("client-max-version-below-server-min", "openssl",
                 "The server wants TLS 1.3, the client has TLS 1.2.",
                 talk.prosody(protocol="tlsv1_3"), talk.openssl_xmpp(tls="1.2"), "server",
                 tls="1.2")
    yield inside("starttls-missing", "go-sendxmpp",
                 "The client needs TLS inside XMPP, and the server does not offer it.",
                 talk.prosody("c2s_require_encryption = false", cert=""), talk.sendxmpp(), "nobody", tls="", outcome="not TLS")
    yield inside("starttls-missing", "openssl",
                 "The client needs TLS inside XMPP, and the server does not offer it.",
                 talk.prosody("c2s_require_encryption = false", cert=""), talk.openssl_xmpp(),
                 "nobody", tls="", outcome="not TLS")


def _irc():
    inside = cases_with("inspircd", 6667, tls="1.2")
    on = ('<module name="starttls">', '<starttls profile="lab">')
    words = [(0.8, "NICK lab\r\nUSER lab 0 * :lab\r\n"), (0.8, "QUIT\r\n"), (0.4, "")]
    yield inside("established", "openssl", "TLS begins inside IRC, and all is well.",
                 talk.inspircd(*on), mail.openssl("irc", "-quiet", feed=words), "nobody",
                 tls="1.3")
    yield inside("expired-leaf", "openssl-tls12", "The server's certificate has expired.",
                 talk.inspircd(*on, cert="expired"), mail.openssl("irc", tls="1.2"), "client")
    yield inside("client-max-version-below-server-min", "openssl",
                 "The server wants TLS 1.3, the client has TLS 1.2.",
                 talk.inspircd(*on, priority="NORMAL:-VERS-ALL:+VERS-TLS1.3"),
                 mail.openssl("irc", tls="1.2"), "server", also=["close-notify-during-handshake"],
                 notes="InspIRCd says goodbye where an alert would tell the reason.")

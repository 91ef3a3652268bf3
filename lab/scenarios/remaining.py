"""Causes that need a client or a server of an unusual kind: two writers on one connection, pins, access
rules, a prime of one's own, a list of signature algorithms that is missing, a backend that is gone."""

import clients
import servers
from case import Attempt, Case, Server, case
from program import Program

# A safe prime of 2048 bits that somebody made for himself: in no RFC.
_OWN_PRIME = """-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA1QF/T+JJvUDQIERJuBTeVD0jzFeSPWSMuC8pdGA29kzbXTXoaf3W
9/tNjxD2+jRb2M716eriEczC2H9nwcPDRzD2BuUWKosNtzO5aHSjtvRUpuwBvfzq
Xyxl3RXRWuAtp1ugaeCbdVBiQ1V4Lrq/lssHBDt442+X1ce81wCFrnvBtKqVWu9B
XwYhKQGPxpdwA0pv+beEXPbRzpH9lsvt+mfijZYN1ORMJFu+nlOOL+zTxdf8KWBK
R5vGt1zfRcUX2W4R+oAvVoYeeRKlJ80e4E/x7C7XU1njDOyc5CzdhUqWbr90YYWK
fx+LTGh50eaD1GOeIZ/ULSBgTxDmlZsW5wIBAg==
-----END DH PARAMETERS-----
"""
# The JDK's JSSE replaced by Bouncy Castle's.
_BOUNCY = """security.provider.1=org.bouncycastle.jce.provider.BouncyCastleProvider
security.provider.2=org.bouncycastle.jsse.provider.BouncyCastleJsseProvider
security.provider.3=SUN
security.provider.4=SunRsaSign
security.provider.5=SunEC
security.provider.6=SunJCE
ssl.KeyManagerFactory.algorithm=PKIX
ssl.TrustManagerFactory.algorithm=PKIX
keystore.type=pkcs12
securerandom.source=file:/dev/random
"""
_JARS = ":".join(["."] + [f"/usr/share/java/{name}.jar" for name in ("bcprov", "bcutil", "bctls")])


def cases():
    yield from _two_writers()
    yield from _own_prime()
    yield from _pins()
    yield from _no_list_of_signatures()
    yield from _access_rules()
    yield from _no_backend()
    yield from _no_goodbye()
    yield from _spelling()


def _bouncy(*extra, **rest):
    client = clients.java(*extra, **rest)
    client.stack = "bouncy"
    client.argv[client.argv.index("-cp") + 1] = _JARS
    client.argv.insert(1, "-Djava.security.properties==bouncy.security")
    client.files["bouncy.security"] = _BOUNCY
    return client


def _forked(*words, language="python", **rest):
    argv = {"python": ["python3", "forked.py"], "ruby": ["ruby", "forked.rb"]}[language]
    return Program(language, [*argv, "{host}", "{port}", *words], **rest)


def _two_writers():
    cause = "shared-connection-fork-or-thread"
    purpose = "A client forks after the handshake, and both processes write on the one connection."
    kept = ["keepalive_timeout 20s;"]
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        there = {"nginx": servers.nginx(*kept, tls=tls), "haproxy": servers.haproxy(tls=tls),
                 "apache": servers.apache("DocumentRoot /srv/pages", tls=tls)}
        for name, server in there.items():
            client = _forked(tls)
            client.argv = ["env", "SSLKEYLOGFILE=keys.log", *client.argv]
            yield case(f"{cause}/python-tls{short}-{name}-keys", purpose, server, client, "server",
                       tls=tls, alert=20, outcome="alert, encrypted", keys="beside",
                       also=["middlebox-corruption"])
    yield case(f"{cause}/ruby-tls12-nginx", purpose, servers.nginx(*kept, tls="1.2"),
               _forked("1.2", language="ruby"), "server", tls="1.2", alert=20,
               outcome="established", also=["established"],
               notes="The alert is 20 bad_record_mac, encrypted: from outside it may be a goodbye.")


def _own_prime():
    server = servers.openssl("-cipher", "DHE", "-dhparam", "own.pem", cert="good-rsa", tls="1.2")
    server.files["own.pem"] = _OWN_PRIME
    yield Case("nonstandard-dh-group/bouncy-tls12-openssl",
               "The server does Diffie-Hellman with a prime of 2048 bits that it made for itself: "
               "OpenSSL takes it, Bouncy Castle does not.", [Server(server)],
               [Attempt(clients.openssl(tls="1.2"), "established", "nobody", "1.2"),
                Attempt(_bouncy(tls="1.2"), "nonstandard-dh-group", "client", "1.2")])


def _strict(*words, language="go"):
    """A client or a server with a condition of its own; see programs/strict.go and Strict.java."""
    if language == "go":
        argv = ["./strict-go", "-at", "{at}", *words]
        before = [["env", "GO111MODULE=off", "go", "build", "-o", "strict-go", "strict.go"]]
    else:
        argv = ["java", "-cp", ".", "Strict", *words]
        before = [["javac", "Strict.java"]]
    return Program(language, argv, before=before, patience=9.0)


def _pins():
    cause = "pinning"
    purpose = "The server has a new certificate; the client has pinned the key of the earlier one, which it still " \
              "meets at another address."
    public = [["sh", "-c", "openssl x509 -in good.crt -noout -pubkey > earlier.pub"]]
    for tls, which in (("1.2", ("curl", "go", "java")), ("1.3", ("go",))):
        short = tls.replace(".", "")
        keys = ["-keylog", "keys.log"] if tls == "1.3" else []

        def client(name):
            return {"curl": lambda: clients.curl("--pinnedpubkey", "earlier.pub", tls=tls, before=public),
                    "go": lambda: _strict("-tls", tls, "-pin", "good", *keys),
                    "java": lambda: _strict("client", "{host}", "{port}", tls, "good",
                                            language="java")}[name]()
        for name in which:
            yield Case(f"{cause}/{name}-tls{short}-nginx" + ("-keys" if keys else ""), purpose,
                       [Server(servers.haproxy(tls=tls)),
                        Server(servers.nginx(cert="young", tls=tls), port=8444)],
                       [Attempt(client(name), "established", "nobody", tls),
                        Attempt(client(name), cause, "client", tls, server=1,
                                also=["untrusted-root"])],
                       keys="beside" if keys else "")


def _no_list_of_signatures():
    cause = "sigalg-ext-missing"
    purpose = "The ClientHello has no signature_algorithms."
    for tls, names, behaviour in (("1.2", ("openssl", "nginx"), "no_signature_algorithms_tls12"),
                                  ("1.3", ("openssl", "gnutls", "go", "java"), "no_signature_algorithms")):
        for name in names:
            yield case(f"{cause}/raw-tls{tls.replace('.', '')}-{name}", purpose,
                       servers.ALL[name](), clients.raw(behaviour), "server", tls=tls,
                       also=["malformed-clienthello"])


def _access_rules():
    cause = "client-cert-policy-denied"
    purpose = "The client's certificate is good, and not on the server's list of those who may come in."
    also = ["server-does-not-trust-client-ca"]

    def go(tls):
        return _strict("-role", "server", "-tls", tls, "-allow", "Bob")
    for name, server in (("go", go("1.2")), ("stunnel", _stunnel("1.2")),
                         ("java", _strict("server", "{host}", "{port}", "1.2", "Bob", language="java"))):
        yield case(f"{cause}/openssl-tls12-{name}", purpose, server,
                   clients.openssl(tls="1.2", cert="alice"), "server", tls="1.2", also=also)
    yield case(f"{cause}/openssl-tls13-go-keys", purpose, go("1.3"),
               clients.openssl("-keylogfile", "keys.log", tls="1.3", cert="alice"), "server",
               tls="1.3", keys="beside", also=also)
    apache = servers.apache("SSLVerifyClient require", "SSLVerifyDepth 3", "DocumentRoot /srv/pages",
                            "SSLCACertificateFile clients.crt", "<Location />",
                            "SSLRequire %{SSL_CLIENT_S_DN_CN} eq \"Bob\"", "</Location>", tls="1.2")
    yield case(f"{cause}/openssl-tls12-apache", purpose + " Apache says so inside, with 403.", apache,
               clients.openssl(tls="1.2", cert="alice"), "server", tls="1.2", also=["established"],
               outcome="established", notes="There is no alert: Apache answers HTTP 403.")


def _stunnel(tls):
    text = (f"foreground = yes\npid =\ndebug = 5\n[lab]\naccept = {{at}}\nconnect = 127.0.0.1:9\n"
            f"cert = good.pem\nkey = good.key\nsslVersion = TLSv{tls}\n"
            "verifyPeer = yes\nCAfile = bob.crt\n")
    return Program("stunnel", ["stunnel4", "stunnel.conf"], files={"stunnel.conf": text},
                   before=[["cp", "alice-untrusted.crt", "bob.crt"]], settings=["verifyPeer = yes"],
                   source="lab/scenarios/remaining.py")


def _no_backend():
    cause = "backend-down-behind-lb"
    purpose = "The balancer ends TLS; nobody listens where it wants to pass the connection on."
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        there = {
            "haproxy": servers.haproxy(tls=tls, lines="mode tcp\n    default_backend gone\n"
                                       "backend gone\n    mode tcp\n    server one 127.0.0.1:9"),
            "stunnel": _relaying(tls),
            "nginx-stream": _stream(tls),
        }
        if tls == "1.3":
            # Its reset cannot be told from that of a server that wants a certificate now.
            del there["stunnel"]
        for name, server in there.items():
            yield case(f"{cause}/curl-tls{short}-{name}", purpose, server, clients.curl(tls=tls),
                       "server", tls=tls, taken="tcp port 8443", outcome="established",
                       also=["post-handshake-auth-unsupported"] if tls == "1.3" else [])


def _relaying(tls):
    text = (f"foreground = yes\npid =\ndebug = 5\n[lab]\naccept = {{at}}\nconnect = 127.0.0.1:9\n"
            f"cert = good.pem\nkey = good.key\nsslVersion = TLSv{tls}\n")
    return Program("stunnel", ["stunnel4", "stunnel.conf"], files={"stunnel.conf": text},
                   settings=["connect = 127.0.0.1:9"], source="lab/scenarios/remaining.py")


def _stream(tls):
    text = ("daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr info;\n"
            "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n"
            "events { worker_connections 64; }\n"
            f"stream {{ server {{ listen {{at}} ssl; ssl_protocols TLSv{tls};\n"
            "ssl_certificate good.pem; ssl_certificate_key good.key; proxy_pass 127.0.0.1:9; } }\n")
    return Program("nginx", ["nginx", "-p", ".", "-c", "stream.conf"], files={"stream.conf": text},
                   settings=["proxy_pass 127.0.0.1:9;"], source="lab/scenarios/remaining.py")


def _no_goodbye():
    for tls in ("1.2", "1.3"):
        short = tls.replace(".", "")
        server = servers.openssl("-keylogfile", "keys.log", tls=tls)
        yield case(f"eof-without-close-notify/python-tls{short}-openssl-keys",
                   "The client closes TCP without close_notify; the server complains of that.",
                   server, clients.python("--leave", tls=tls), "server", tls=tls, keys="beside",
                   also=["established"], outcome="established", alert=50)
    client = clients.openssl("-keylogfile", "keys.log", tls="1.3")
    yield case("user-canceled-java/openssl-tls13-java-keys",
               "The server closes as Java does it: user_canceled, then close_notify.",
               servers.java(tls="1.3"), client, "nobody", tls="1.3", keys="beside",
               also=["established"], outcome="established", alert=90)


def _spelling():
    cause = "sni-invalid-syntax"
    for called, name, which in (("dot", "www.example.test.", ("go", "java")),
                                ("port", "www.example.test:443", ("java", "gnutls")),
                                ("underscore", "www_1.example.test", ("java", "gnutls"))):
        for server in which:
            client = clients.openssl(name=None)
            client.argv[client.argv.index("-noservername")] = "-servername"
            client.argv.insert(client.argv.index("-servername") + 1, name)
            yield case(f"{cause}/openssl-{called}-{server}",
                       "The name in the ClientHello is none that a host may have.",
                       servers.ALL[server](), client, "server", tls="1.3",
                       also=["malformed-clienthello"])

"""A throw-away public-key infrastructure: two roots, intermediates, and every flawed certificate.

Everything is made in one scratch folder that is deleted afterwards; no key ever leaves it.
Each certificate NAME becomes NAME.key, NAME.crt (alone), NAME.pem (followed by its
intermediates), NAME.both (with the key, for HAProxy) and NAME.p12 (for Java, password "lab").
"""

import datetime
import pathlib
import subprocess

# The intermediate a certificate is sent with, where it is not the usual "issuing".
_CHAINS = {"untrusted": "", "small": "", "selfsigned": "", "short": "", "alice": "", "alice-untrusted": "",
           "alice-expired": "", "alice-server-usage": "", "alice-deep": "clients-issuing",
           "alice-short": "", "alice-rsa": "clients-issuing", "old-chain": "expired-issuing",
           "intercepted": "", "listed": "", "asked": "", "by-a-leaf": "no-authority",
           "too-deep": "narrow-chain", "not-permitted": "constrained"}
SERVER_NAME = "www.example.test"
OTHER_NAME = "shop.example.test"
# Where the status of the certificates "listed" and "asked" is to be had.
REVOCATION = "192.0.2.20"

_CA_CONFIG = """
[ca]
default_ca = lab
[lab]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
default_crl_days = 30
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = empty
[empty]
"""

_AUTHORITY = """basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""

_LEAF = """basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
extendedKeyUsage = {usage}
subjectAltName = DNS:{name}
"""


def chain_of(name):
    """The intermediate that is sent with a certificate, or an empty word."""
    return _CHAINS.get(name, "issuing")


class Pki:
    """The certificates of the lab, in `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "index.txt").touch()
        (self.folder / "ca.conf").write_text(_CA_CONFIG)
        self.authorities()
        self.server_certificates()
        self.client_certificates()
        self.parameters()

    def authorities(self):
        self.root("root", "Example Root CA")
        self.root("stranger", "Stranger Root CA")
        self.root("clients", "Example Clients CA")
        # The same name as the real root, another key: what is left after a CA was made anew.
        self.root("remade", "Example Root CA")
        # What an inspecting proxy calls the authority it makes for itself.
        self.root("interceptor", "mitmproxy")
        self.issue("issuing", "root", "Example Issuing CA", extensions=_AUTHORITY,
                   days=(-500, 1400))
        self.issue("expired-issuing", "root", "Example Old Issuing CA", extensions=_AUTHORITY,
                   days=(-500, -20))
        self.issue("clients-issuing", "clients", "Example Clients Issuing CA",
                   extensions=_AUTHORITY, days=(-500, 1400))

        self.crowd()

    def crowd(self):
        """As many authorities as fit into the list of a server that cuts it at 16 KiB."""
        named = []
        for number in range(1, 96):
            subject = ("/C=DE/O=Example Trust Services International Incorporated"
                       "/OU=Department of Certification and Registration"
                       f"/CN=Example Public Authority {number:03}")
            self.openssl("req", "-x509", "-new", "-key", "root.key", "-subj", subject, "-days", "9",
                         "-out", "one-of-many.crt")
            named.append((self.folder / "one-of-many.crt").read_text())
        (self.folder / "crowd.crt").write_text("".join(named))

    def server_certificates(self):
        aia = "authorityInfoAccess = caIssuers;URI:http://ca.example.test/issuing.crt\n"
        leaf = _LEAF.format(usage="serverAuth", name=SERVER_NAME) + aia
        self.leaf("good", leaf)
        self.leaf("good-rsa", leaf, key="rsa:2048")
        self.leaf("short", leaf)
        self.leaf("wildcard", _LEAF.format(usage="serverAuth", name="*.example.test") + aia)
        # As small as a certificate can be, where there are many.
        self.leaf("small", f"subjectAltName = DNS:{SERVER_NAME}\n", issuer="root")
        self.leaf("shop", _LEAF.format(usage="serverAuth", name=OTHER_NAME), subject=OTHER_NAME)
        self.leaf("expired", leaf, days=(-440, -40))
        self.leaf("future", leaf, days=(10, 375))
        self.leaf("client-usage", _LEAF.format(usage="clientAuth", name=SERVER_NAME))
        self.leaf("sha1", leaf, key="rsa:2048", digest="sha1")
        self.leaf("rsa1024", leaf, key="rsa:1024")
        self.leaf("revoked", leaf)
        self.leaf("old-chain", leaf, issuer="expired-issuing")
        self.leaf("no-san", "".join(line for line in leaf.splitlines(keepends=True)
                                    if "subjectAltName" not in line))
        self.leaf("untrusted", leaf, issuer="stranger")
        self.leaf("intercepted", leaf, issuer="interceptor", days=(-2, 363))
        # Issued last midnight: less than a day old whenever the lab runs.
        self.leaf("young", leaf, days=(0, 90))
        # Their status is to be had at an address where nobody answers. The root issues them, so
        # that no intermediate is asked about first.
        self.leaf("listed", leaf + f"crlDistributionPoints = URI:http://{REVOCATION}/root.crl\n",
                  issuer="root")
        self.leaf("asked", leaf.replace("caIssuers;URI:http://ca.example.test/issuing.crt",
                                        f"OCSP;URI:http://{REVOCATION}/ocsp"), issuer="root")
        self.leaf("no-key-id", leaf.replace("authorityKeyIdentifier = keyid\n",
                                            "authorityKeyIdentifier = none\n"))
        self.leaf("critical", leaf + "1.2.3.4.5.6 = critical,ASN1:NULL\n")
        self.leaf("encrypts", leaf.replace("digitalSignature,keyEncipherment", "keyEncipherment"),
                  key="rsa:2048")
        self.leaf("must-staple", leaf + "tlsfeature = status_request\n")
        self.leaf("sha512", leaf, digest="sha512")
        # Issued by a server's certificate, which may not.
        self.issue("no-authority", "root", "Example Departmental Server",
                   extensions=_LEAF.format(usage="serverAuth", name=SERVER_NAME), days=(-500, 1400))
        self.leaf("by-a-leaf", leaf, issuer="no-authority")
        # An authority that allows none below it, and one below it.
        self.issue("narrow", "root", "Example Regional CA", days=(-500, 1400),
                   extensions=_AUTHORITY.replace("CA:TRUE", "CA:TRUE,pathlen:0"))
        self.issue("below-narrow", "narrow", "Example Branch CA", extensions=_AUTHORITY,
                   days=(-500, 1400))
        both = [(self.folder / f"{name}.crt").read_text() for name in ("below-narrow", "narrow")]
        (self.folder / "narrow-chain.crt").write_text("".join(both))
        self.leaf("too-deep", leaf, issuer="below-narrow")
        self.issue("constrained", "root", "Example Intranet CA", days=(-500, 1400),
                   extensions=_AUTHORITY +
                   "nameConstraints = critical,permitted;DNS:intern.example.test\n")
        self.leaf("not-permitted", leaf, issuer="constrained")
        self.self_signed("selfsigned")
        self.leaf("damaged", leaf)
        self.damage("damaged")
        self.openssl("ca", "-batch", "-config", "ca.conf", "-revoke", "revoked.crt",
                     "-keyfile", "issuing.key", "-cert", "issuing.crt")
        for issuer in ("issuing", "root"):
            self.openssl("ca", "-batch", "-config", "ca.conf", "-gencrl", "-out", f"{issuer}.crl",
                         "-keyfile", f"{issuer}.key", "-cert", f"{issuer}.crt")
        self.openssl("ca", "-batch", "-config", "ca.conf", "-gencrl", "-out", "issuing-old.crl",
                     "-crl_lastupdate", _in_days(-40), "-crl_nextupdate", _in_days(-10),
                     "-keyfile", "issuing.key", "-cert", "issuing.crt")
        for name, ago in (("revoked", 0), ("must-staple", 30)):
            self.status(name, ago)
        text = [(self.folder / f"{name}").read_text()
                for name in ("root.crt", "issuing.crl", "root.crl")]
        (self.folder / "root-and-crls.pem").write_text("".join(text))

    def client_certificates(self):
        def usage(kind):
            return _LEAF.format(usage=kind, name="alice.example.test")
        self.leaf("alice", usage("clientAuth"), subject="Alice", issuer="clients")
        self.leaf("alice-untrusted", usage("clientAuth"), subject="Alice", issuer="stranger")
        self.leaf("alice-expired", usage("clientAuth"), subject="Alice", issuer="clients",
                  days=(-440, -40))
        self.leaf("alice-server-usage", usage("serverAuth"), subject="Alice", issuer="clients")
        self.leaf("alice-deep", usage("clientAuth"), subject="Alice", issuer="clients-issuing")
        # Large: with its intermediate it needs more than one packet.
        self.leaf("alice-rsa", usage("clientAuth"), subject="Alice", issuer="clients-issuing",
                  key="rsa:2048")
        self.leaf("alice-short", usage("clientAuth"), subject="Alice", issuer="clients-issuing")

    def parameters(self):
        """Diffie-Hellman parameters of 1024 bits: the well-known Oakley group 2 (RFC 2409)."""
        prime = (
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
            "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
            "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
            "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
        )
        (self.folder / "dh.conf").write_text(
            f"asn1 = SEQUENCE:dh\n[dh]\np = INTEGER:0x{prime}\ng = INTEGER:2\n")
        self.openssl("asn1parse", "-genconf", "dh.conf", "-noout", "-out", "dh.der")
        self.openssl("dhparam", "-inform", "DER", "-in", "dh.der", "-out", "dh1024.pem")

    def root(self, name, subject):
        # Older than what it issues: a client whose clock is slow must not stumble over the root.
        self.issue(name, name, subject, _AUTHORITY, days=(-700, 2950))

    def self_signed(self, name):
        extensions = _LEAF.format(usage="serverAuth", name=SERVER_NAME)
        extensions = extensions.replace("CA:FALSE", "CA:TRUE")
        self.openssl("req", "-x509", "-config", "ca.conf", *_new_key("ec"), "-days", "365",
                     "-subj", f"/CN={SERVER_NAME}", "-keyout", f"{name}.key",
                     "-out", f"{name}.crt", *_added(extensions))
        self.bundle(name)

    def leaf(self, name, extensions, issuer="issuing", subject=SERVER_NAME, **kind):
        self.issue(name, issuer, subject, extensions, **kind)
        self.bundle(name)

    def issue(self, name, issuer, subject, extensions, key="ec", digest="sha256", days=(-30, 335)):
        (self.folder / f"{name}.ext").write_text(extensions)
        self.openssl("req", "-new", "-config", "ca.conf", *_new_key(key),
                     "-subj", f"/O=Example/CN={subject}",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        first, last = (_in_days(day) for day in days)
        authority = ["-selfsign"] if issuer == name else ["-cert", f"{issuer}.crt"]
        self.openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-md", digest,
                     "-startdate", first, "-enddate", last, "-extfile", f"{name}.ext",
                     *authority, "-keyfile", f"{issuer}.key",
                     "-in", f"{name}.csr", "-out", f"{name}.crt")

    def bundle(self, name):
        parts = [part for part in (name, chain_of(name)) if part]
        text = "".join((self.folder / f"{part}.crt").read_text() for part in parts)
        (self.folder / f"{name}.pem").write_text(text)
        key = (self.folder / f"{name}.key").read_text()
        (self.folder / f"{name}.both").write_text(text + key)
        self.openssl("pkcs12", "-export", "-in", f"{name}.pem", "-inkey", f"{name}.key",
                     "-name", "lab", "-passout", "pass:lab", "-out", f"{name}.p12")

    def damage(self, name):
        """Flip the last bit of the certificate's signature."""
        der = bytearray(self.openssl("x509", "-in", f"{name}.crt", "-outform", "DER"))
        der[-1] ^= 1
        (self.folder / f"{name}.der").write_bytes(der)
        self.openssl("x509", "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.crt")
        self.bundle(name)

    def status(self, name, ago):
        """What the issuer says of a certificate, for a week from so many days ago: NAME.ocsp."""
        self.openssl("ocsp", "-index", "index.txt", "-CA", "issuing.crt", "-issuer", "issuing.crt",
                     "-rsigner", "issuing.crt", "-rkey", "issuing.key", "-cert", f"{name}.crt",
                     "-ndays", "7", "-noverify", "-respout", f"{name}.ocsp", ago=ago)

    def openssl(self, *arguments, ago=0):
        clock = ["faketime", "-f", f"-{ago}d"] if ago else []
        done = subprocess.run([*clock, "openssl", *arguments], cwd=self.folder,
                              capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")
        return done.stdout


def _new_key(key):
    if key == "ec":
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    return ["-newkey", key, "-nodes"]


def _added(extensions):
    """The lines of an extension section as `openssl req -addext` arguments."""
    kept = [line for line in extensions.splitlines() if line and "authorityKey" not in line]
    kept = [line for line in kept if "subjectKeyIdentifier" not in line]
    return [part for line in kept for part in ("-addext", line)]


def _in_days(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d000000Z")

//! Conversations in front of TLS, one or more for each carrier, put together by hand after the
//! texts that define them.

use Ends::{Demanded, NotOffered, Refused, Stripped, Tls};

/// A conversation.
pub(crate) struct Sample {
    /// The name of its carrier.
    pub(crate) carrier: &'static str,
    /// The name of what that is inside of.
    pub(crate) through: Option<&'static str>,
    pub(crate) ends: Ends,
    /// What is said, in turn; each begins with C or S for the side.
    pub(crate) turns: &'static [(char, &'static [u8])],
}

/// What comes of it.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    /// TLS begins.
    Tls,
    /// The server says no, in these words.
    Refused(&'static [u8]),
    /// The server offers no TLS, and the client leaves.
    NotOffered(&'static [u8]),
    /// The offer, or the request, was written over.
    Stripped(&'static [u8]),
    /// The server wants TLS, and the client goes on without.
    Demanded(&'static [u8]),
}

impl Ends {
    /// The words that deny it.
    pub(crate) fn words(self) -> Option<&'static [u8]> {
        match self {
            Tls => None,
            Refused(words) | NotOffered(words) | Stripped(words) | Demanded(words) => Some(words),
        }
    }
}

impl Sample {
    /// All that a side says.
    pub(crate) fn said(&self, side: char) -> Vec<u8> {
        self.turns.iter().filter(|turn| turn.0 == side).flat_map(|turn| turn.1).copied().collect()
    }
}

const fn sample(
    carrier: &'static str,
    ends: Ends,
    turns: &'static [(char, &'static [u8])],
) -> Sample {
    Sample { carrier, through: None, ends, turns }
}

const fn inside(
    through: &'static str,
    carrier: &'static str,
    ends: Ends,
    turns: &'static [(char, &'static [u8])],
) -> Sample {
    Sample { carrier, through: Some(through), ends, turns }
}

/// Bind, StartTLS, its responses.
const LDAP_TLS: &[u8] = b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037";
const LDAP_YES: &[u8] = b"0\x0c\x02\x01\x01x\x07\x0a\x01\0\x04\0\x04\0";
const LDAP_NO: &[u8] = b"0\x19\x02\x01\x01x\x14\x0a\x01\x34\x04\0\x04\x0dTLS not ready";
const LDAP_UNBIND: &[u8] = b"0\x05\x02\x01\x02B\0";
const MYSQL_TLS: &[u8] =
    b"\x32\0\0\0\x0a8.0.1\0\x01\0\0\0saltsalt\0\xff\xff\x21\x02\0\xff\xc7\x15\0\0\0\0\0\0\0\0\0\0saltsaltsal\0";
const MYSQL_PLAIN: &[u8] =
    b"\x32\0\0\0\x0a8.0.1\0\x01\0\0\0saltsalt\0\xff\xf7\x21\x02\0\xff\xc7\x15\0\0\0\0\0\0\0\0\0\0saltsaltsal\0";
const MYSQL_ASK: &[u8] =
    b"\x20\0\0\x01\x85\xae\xff\x19\0\0\0\x01\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
const PG_TLS: &[u8] = b"\0\0\0\x08\x04\xd2\x16\x2f";
const PG_START: &[u8] = b"\0\0\0\x12\0\x03\0\0user\0lab\0\0";
const RDP_ASK: &[u8] = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0";
const TDS_WANTS: &[u8] =
    b"\x12\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0b\0\x0c\x38\0\0\x01";
const TDS_CANNOT: &[u8] =
    b"\x12\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0b\0\x0c\x38\0\0\x02";
const TDS_NO: &[u8] =
    b"\x04\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0f\0\x07\xd0\0\0\x02";
const TDS_MUST: &[u8] =
    b"\x04\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff\x0f\0\x07\xd0\0\0\x03";
const PROXY_1: &[u8] = b"PROXY TCP4 192.0.2.7 192.0.2.10 50000 443\r\n";
const PROXY_2: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc0\0\x02\x0a\xc3\x50\x01\xbb";
const SOCKS_ASK: &[u8] = b"\x05\x01\0\x03\x10www.example.test\x01\xbb";
const SOCKS_YES: &[u8] = b"\x05\0\0\x01\x0a\0\0\x01\x12\x34";
const CONNECT: &[u8] =
    b"CONNECT www.example.test:443 HTTP/1.1\r\nHost: www.example.test:443\r\n\r\n";
const CONNECTED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const SMTP_READY: &[u8] = b"220 mx.example.test ESMTP\r\n";
const SMTP_OFFER: &[u8] = b"250-mx.example.test\r\n250 STARTTLS\r\n";
const EHLO: &[u8] = b"EHLO a.example.test\r\n";
const QUIT: &[u8] = b"QUIT\r\n";
const XMPP_OPEN: &[u8] = b"<?xml version='1.0'?><stream:stream to='a.example.test'>";
const XMPP_ASK: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const XMPP_OFFER: &[u8] =
    b"<stream:stream id='1'><stream:features><starttls><required/></starttls></stream:features>";
const NATS: &[u8] =
    b"INFO {\"server_id\":\"A\",\"tls_required\":true,\"max_payload\":1048576} \r\n";
const NATS_PLAIN: &[u8] = b"INFO {\"server_id\":\"A\",\"max_payload\":1048576} \r\n";
const CER: &[u8] = b"\x01\0\0\x2c\x80\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
    \0\0\x01\x08\x40\0\0\x09a\0\0\0\0\0\x01\x2b\x40\0\0\x0c\0\0\0\x01";
const CEA: &[u8] = b"\x01\0\0\x2c\0\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
    \0\0\x01\x0c\x40\0\0\x0c\0\0\x07\xd1\0\0\x01\x2b\x40\0\0\x0c\0\0\0\x01";
const CEA_NO: &[u8] = b"\x01\0\0\x20\0\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
    \0\0\x01\x0c\x40\0\0\x0c\0\0\x13\x99";
const IRC_CAN: &[u8] = b":irc.example.test CAP * LS :multi-prefix tls\r\n";
const FOLLOWS: &[u8] = b"\xff\xfa\x2e\x01\xff\xf0";

pub(crate) const SAMPLES: &[Sample] = &[
    sample("smtp", Tls, &[('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"220 ready\r\n")]),
    sample("smtp", Refused(b"454 4.7.0 TLS not available"), &[('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"454 4.7.0 TLS not available\r\n"), ('C', QUIT), ('S', b"221 bye\r\n")]),
    sample("smtp", NotOffered(b"250 HELP"), &[('S', SMTP_READY), ('C', EHLO), ('S', b"250-mx.example.test\r\n250 HELP\r\n"), ('C', QUIT)]),
    sample("smtp", Stripped(b"250-XXXXXXXA"), &[('S', SMTP_READY), ('C', EHLO), ('S', b"250-mx.example.test\r\n250-XXXXXXXA\r\n250 HELP\r\n"), ('C', QUIT)]),
    sample("smtp", Stripped(b"500 5.5.1 Command unrecognized: \"XXXXXXXX\""), &[('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"500 5.5.1 Command unrecognized: \"XXXXXXXX\"\r\n"), ('C', QUIT)]),
    sample("smtp", Stripped(b"502 5.5.2 Error: command not recognized"), &[('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"XXXXXXXX\r\n"), ('S', b"502 5.5.2 Error: command not recognized\r\n"), ('C', QUIT)]),
    sample("smtp", Demanded(b"530 5.7.0 Must issue a STARTTLS command first"), &[('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"MAIL FROM:<a@example.test>\r\n"), ('S', b"530 5.7.0 Must issue a STARTTLS command first\r\n"), ('C', QUIT)]),
    sample("lmtp", Tls, &[('S', b"220 mx.example.test LMTP\r\n"), ('C', b"LHLO a.example.test\r\n"), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"220 2.0.0 go\r\n")]),
    sample("lmtp", Refused(b"454 4.7.0 TLS not available"), &[('S', b"220 mx.example.test LMTP\r\n"), ('C', b"LHLO a.example.test\r\n"), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"454 4.7.0 TLS not available\r\n"), ('C', QUIT)]),
    sample("lmtp", NotOffered(b"250 PIPELINING"), &[('S', b"220 mx.example.test LMTP\r\n"), ('C', b"LHLO a\r\n"), ('S', b"250-mx\r\n250 PIPELINING\r\n"), ('C', QUIT)]),
    sample("imap", Tls, &[('S', b"* OK ready\r\n"), ('C', b"a STARTTLS\r\n"), ('S', b"a OK begin\r\n")]),
    sample("imap", Refused(b"a NO TLS is not available"), &[('S', b"* OK ready\r\n"), ('C', b"a STARTTLS\r\n"), ('S', b"a NO TLS is not available\r\n"), ('C', b"b LOGOUT\r\n"), ('S', b"* BYE\r\nb OK\r\n")]),
    sample("imap", Refused(b"a BAD unknown command"), &[('S', b"* OK ready\r\n"), ('C', b"a STARTTLS\r\n"), ('S', b"a BAD unknown command\r\n")]),
    sample("imap", NotOffered(b"* CAPABILITY IMAP4rev1"), &[('S', b"* OK ready\r\n"), ('C', b"a CAPABILITY\r\n"), ('S', b"* CAPABILITY IMAP4rev1\r\na OK\r\n"), ('C', b"b LOGOUT\r\n")]),
    sample("imap", NotOffered(b"* OK [CAPABILITY IMAP4rev1] ready"), &[('S', b"* OK [CAPABILITY IMAP4rev1] ready\r\n"), ('C', b"b LOGOUT\r\n")]),
    sample("imap", Stripped(b"* CAPABILITY IMAP4rev1 XXXXXXXX"), &[('S', b"* OK ready\r\n"), ('C', b"a CAPABILITY\r\n"), ('S', b"* CAPABILITY IMAP4rev1 XXXXXXXX\r\na OK\r\n"), ('C', b"b LOGOUT\r\n")]),
    sample("imap", Demanded(b"a NO [PRIVACYREQUIRED] Plaintext authentication disallowed"), &[('S', b"* OK ready\r\n"), ('C', b"a LOGIN name word\r\n"), ('S', b"a NO [PRIVACYREQUIRED] Plaintext authentication disallowed\r\n"), ('C', b"b LOGOUT\r\n")]),
    sample("pop3", Tls, &[('S', b"+OK ready\r\n"), ('C', b"STLS\r\n"), ('S', b"+OK begin\r\n")]),
    sample("pop3", Refused(b"-ERR no"), &[('S', b"+OK ready\r\n"), ('C', b"STLS\r\n"), ('S', b"-ERR no\r\n"), ('C', QUIT), ('S', b"+OK bye\r\n")]),
    sample("pop3", NotOffered(b"."), &[('S', b"+OK ready\r\n"), ('C', b"CAPA\r\n"), ('S', b"+OK\r\nUSER\r\n.\r\n"), ('C', QUIT)]),
    sample("pop3", Stripped(b"XXXX"), &[('S', b"+OK ready\r\n"), ('C', b"CAPA\r\n"), ('S', b"+OK\r\nXXXX\r\nUSER\r\n.\r\n"), ('C', QUIT)]),
    sample("ftp", Tls, &[('S', b"220 ready\r\n"), ('C', b"AUTH TLS\r\n"), ('S', b"234 go\r\n")]),
    sample("ftp", Refused(b"534 no TLS here"), &[('S', b"220 ready\r\n"), ('C', b"AUTH TLS\r\n"), ('S', b"534 no TLS here\r\n"), ('C', b"AUTH SSL\r\n"), ('S', b"534 no SSL either\r\n"), ('C', QUIT)]),
    sample("ftp", NotOffered(b"211 End"), &[('S', b"220 FTP ready\r\n"), ('C', b"FEAT\r\n"), ('S', b"211-Features:\r\n UTF8\r\n211 End\r\n"), ('C', QUIT)]),
    sample("ftp", Demanded(b"530 Non-anonymous sessions must use encryption."), &[('S', b"220 ready\r\n"), ('C', b"USER lab\r\n"), ('S', b"530 Non-anonymous sessions must use encryption.\r\n"), ('C', QUIT)]),
    sample("nntp", Tls, &[('S', b"200 news ready\r\n"), ('C', b"CAPABILITIES\r\n"), ('S', b"101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"), ('C', b"STARTTLS\r\n"), ('S', b"382 go\r\n")]),
    sample("nntp", Refused(b"580 Can not initiate TLS negotiation"), &[('S', b"200 news ready\r\n"), ('C', b"STARTTLS\r\n"), ('S', b"580 Can not initiate TLS negotiation\r\n"), ('C', QUIT)]),
    sample("nntp", NotOffered(b"."), &[('S', b"200 news ready\r\n"), ('C', b"CAPABILITIES\r\n"), ('S', b"101 list\r\nVERSION 2\r\nREADER\r\n.\r\n"), ('C', QUIT)]),
    sample("nntp", Demanded(b"483 Encryption required"), &[('S', b"200 news ready\r\n"), ('C', b"AUTHINFO USER lab\r\n"), ('S', b"483 Encryption required\r\n"), ('C', QUIT)]),
    sample("sieve", Tls, &[('S', b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), ('C', b"STARTTLS\r\n"), ('S', b"OK go\r\n")]),
    sample("sieve", Refused(b"NO \"TLS is broken\""), &[('S', b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), ('C', b"STARTTLS\r\n"), ('S', b"NO \"TLS is broken\"\r\n"), ('C', b"LOGOUT\r\n")]),
    sample("sieve", Refused(b"BYE \"TLS is broken\""), &[('S', b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), ('C', b"STARTTLS\r\n"), ('S', b"BYE \"TLS is broken\"\r\n")]),
    sample("sieve", NotOffered(b"OK"), &[('S', b"\"IMPLEMENTATION\" \"x\"\r\nOK\r\n"), ('C', b"LOGOUT\r\n"), ('S', b"OK bye\r\n")]),
    sample("xmpp", Tls, &[('C', XMPP_OPEN), ('S', XMPP_OFFER), ('C', XMPP_ASK), ('S', b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")]),
    sample("xmpp", Refused(b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), &[('C', XMPP_OPEN), ('S', XMPP_OFFER), ('C', XMPP_ASK), ('S', b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")]),
    sample("xmpp", NotOffered(b"<stream:features><mechanisms/></stream:features>"), &[('C', XMPP_OPEN), ('S', b"<stream:stream id='1'><stream:features><mechanisms/></stream:features>"), ('C', b"</stream:stream>")]),
    sample("xmpp", Demanded(b"<stream:error><policy-violation/></stream:error>"), &[('C', XMPP_OPEN), ('S', XMPP_OFFER), ('C', b"<auth mechanism='PLAIN'>AA==</auth>"), ('S', b"<stream:error><policy-violation/></stream:error></stream:stream>")]),
    sample("irc", Tls, &[('C', b"CAP LS\r\n"), ('S', IRC_CAN), ('C', b"STARTTLS\r\n"), ('S', b":irc.example.test 670 * :go\r\n")]),
    sample("irc", Refused(b":irc.example.test 691 * :STARTTLS failed"), &[('C', b"CAP LS\r\n"), ('S', IRC_CAN), ('C', b"STARTTLS\r\n"), ('S', b":irc.example.test 691 * :STARTTLS failed\r\n"), ('C', QUIT)]),
    sample("irc", NotOffered(b":irc.example.test CAP * LS :multi-prefix sasl"), &[('C', b"CAP LS\r\n"), ('S', b":irc.example.test CAP * LS :multi-prefix sasl\r\n"), ('C', QUIT)]),
    sample("nats", Tls, &[('S', NATS)]),
    sample("nats", NotOffered(b"INFO {\"server_id\":\"A\",\"max_payload\":1048576} "), &[('S', NATS_PLAIN)]),
    sample("nats", Demanded(b"-ERR 'Secure Connection - TLS Required'"), &[('S', NATS), ('C', b"CONNECT {\"verbose\":false}\r\nPING\r\n"), ('S', b"-ERR 'Secure Connection - TLS Required'\r\n")]),
    sample("telnet", Tls, &[('S', b"\xff\xfd\x2e"), ('C', b"\xff\xfb\x2e"), ('C', FOLLOWS), ('S', FOLLOWS)]),
    sample("telnet", Demanded(b"\xff\xfc\x2e"), &[('S', b"\xff\xfd\x2e"), ('C', b"\xff\xfc\x2e")]),
    sample("ldap", Tls, &[('C', LDAP_TLS), ('S', LDAP_YES)]),
    sample("ldap", Refused(LDAP_NO), &[('C', LDAP_TLS), ('S', LDAP_NO), ('C', LDAP_UNBIND)]),
    sample("ldap", Demanded(b"0\x0c\x02\x01\x01a\x07\x0a\x01\x0d\x04\0\x04\0"), &[('C', b"0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\0\x80\0"), ('S', b"0\x0c\x02\x01\x01a\x07\x0a\x01\x0d\x04\0\x04\0"), ('C', LDAP_UNBIND)]),
    sample("postgresql", Tls, &[('C', PG_TLS), ('S', b"S")]),
    sample("postgresql", Tls, &[('C', b"\0\0\0\x08\x04\xd2\x16\x30"), ('S', b"N"), ('C', PG_TLS), ('S', b"S")]),
    sample("postgresql", Refused(b"N"), &[('C', PG_TLS), ('S', b"N")]),
    sample("postgresql", Refused(b"unsupported frontend protocol"), &[('C', PG_TLS), ('S', b"E\0\0\0\x30SFATAL\0C0A000\0Munsupported frontend protocol\0\0")]),
    sample("postgresql", Demanded(b"no pg_hba.conf entry for host \"192.0.2.7\", no encryption"), &[('C', PG_START), ('S', b"E\0\0\0\x50SFATAL\0C28000\0Mno pg_hba.conf entry for host \"192.0.2.7\", no encryption\0\0")]),
    sample("mysql", Tls, &[('S', MYSQL_TLS), ('C', MYSQL_ASK)]),
    sample("mysql", NotOffered(b"8.0.1"), &[('S', MYSQL_PLAIN)]),
    sample("mysql", Demanded(b"Connections using insecure transport are prohibited"), &[('S', MYSQL_TLS), ('C', b"\x25\0\0\x01\x85\xa6\xff\x19\0\0\0\x01\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0lab\0\0"), ('S', b"\x3c\0\0\x02\xff\x57\x0c#HY000Connections using insecure transport are prohibited")]),
    sample("tds", Refused(TDS_NO), &[('C', TDS_WANTS), ('S', TDS_NO)]),
    sample("tds", Demanded(TDS_MUST), &[('C', TDS_CANNOT), ('S', TDS_MUST)]),
    sample("rdp", Tls, &[('C', RDP_ASK), ('S', b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x02\0\0\0")]),
    sample("rdp", Tls, &[('C', b"\x03\0\0\x29\x24\xe0\0\0\0\0\0Cookie: mstshash=lab\r\n\x01\0\x08\0\x0b\0\0\0"), ('S', b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x01\0\0\0")]),
    sample("rdp", Refused(b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0"), &[('C', RDP_ASK), ('S', b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x05\0\0\0")]),
    sample("rdp", NotOffered(b"\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0"), &[('C', RDP_ASK), ('S', b"\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0")]),
    sample("vnc", Tls, &[('S', b"RFB 003.008\n"), ('C', b"RFB 003.008\n"), ('S', b"\x02\x13\x02"), ('C', b"\x13"), ('S', b"\0\x02"), ('C', b"\0\x02"), ('S', b"\0\x02\0\0\x01\x04\0\0\x01\x02"), ('C', b"\0\0\x01\x04"), ('S', b"\x01")]),
    sample("vnc", Refused(b"\0"), &[('S', b"RFB 003.008\n"), ('C', b"RFB 003.008\n"), ('S', b"\x01\x13"), ('C', b"\x13"), ('S', b"\0\x02"), ('C', b"\0\x02"), ('S', b"\0\x01\0\0\x01\x04"), ('C', b"\0\0\x01\x04"), ('S', b"\0")]),
    sample("vnc", NotOffered(b"\x01\x02"), &[('S', b"RFB 003.008\n"), ('C', b"RFB 003.008\n"), ('S', b"\x02\x01\x02")]),
    sample("http-connect", Tls, &[('C', CONNECT), ('S', CONNECTED)]),
    sample("http-connect", Refused(b"HTTP/1.1 407 Proxy Authentication Required"), &[('C', CONNECT), ('S', b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]),
    sample("http-upgrade", Tls, &[('C', b"OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n"), ('S', b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n\r\n")]),
    sample("http-upgrade", Refused(b"HTTP/1.1 400 Bad Request"), &[('C', b"OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n"), ('S', b"HTTP/1.1 400 Bad Request\r\n\r\n")]),
    sample("http-upgrade", Demanded(b"HTTP/1.1 426 Upgrade Required"), &[('C', b"POST /printers/a HTTP/1.1\r\nHost: a\r\n\r\n"), ('S', b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n\r\n")]),
    sample("socks", Tls, &[('C', b"\x05\x02\0\x02"), ('S', b"\x05\x02"), ('C', b"\x01\x04user\x04word"), ('S', b"\x01\0"), ('C', SOCKS_ASK), ('S', SOCKS_YES)]),
    sample("socks", Tls, &[('C', b"\x04\x01\x01\xbb\0\0\0\x01user\0www.example.test\0"), ('S', b"\0\x5a\0\0\0\0\0\0")]),
    sample("socks", Refused(b"\x05\xff"), &[('C', b"\x05\x01\0"), ('S', b"\x05\xff")]),
    sample("socks", Refused(b"\x05\x05"), &[('C', b"\x05\x01\0"), ('S', b"\x05\0"), ('C', SOCKS_ASK), ('S', b"\x05\x05\0\x01\0\0\0\0\0\0")]),
    sample("socks", Refused(b"\0\x5b"), &[('C', b"\x04\x01\x01\xbb\x0a\0\0\x01\0"), ('S', b"\0\x5b\0\0\0\0\0\0")]),
    sample("proxy-protocol", Tls, &[('C', PROXY_1)]),
    sample("proxy-protocol", Tls, &[('C', PROXY_2)]),
    sample("amqp", Tls, &[('C', b"AMQP\x02\x01\0\0"), ('S', b"AMQP\x02\x01\0\0")]),
    sample("amqp", Refused(b"AMQP\x03\x01\0\0"), &[('C', b"AMQP\x02\x01\0\0"), ('S', b"AMQP\x03\x01\0\0")]),
    sample("diameter", Tls, &[('C', CER), ('S', CEA)]),
    sample("diameter", Refused(b"\0\0\x13\x99"), &[('C', CER), ('S', CEA_NO)]),
    inside("proxy-protocol", "smtp", Tls, &[('C', PROXY_1), ('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"220 ready\r\n")]),
    inside("proxy-protocol", "smtp", Refused(b"454 no"), &[('C', PROXY_2), ('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"454 no\r\n")]),
    inside("proxy-protocol", "smtp", Tls, &[('C', PROXY_2), ('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"220 ready\r\n")]),
    inside("proxy-protocol", "mysql", Tls, &[('C', PROXY_2), ('S', MYSQL_TLS), ('C', MYSQL_ASK)]),
    inside("proxy-protocol", "postgresql", Refused(b"N"), &[('C', PROXY_1), ('C', PG_TLS), ('S', b"N")]),
    inside("http-connect", "imap", Tls, &[('C', CONNECT), ('S', CONNECTED), ('S', b"* OK ready\r\n"), ('C', b"a STARTTLS\r\n"), ('S', b"a OK begin\r\n")]),
    inside("http-connect", "postgresql", Tls, &[('C', CONNECT), ('S', CONNECTED), ('C', PG_TLS), ('S', b"S")]),
    inside("socks", "smtp", Tls, &[('C', b"\x05\x01\0"), ('S', b"\x05\0"), ('C', SOCKS_ASK), ('S', SOCKS_YES), ('S', SMTP_READY), ('C', EHLO), ('S', SMTP_OFFER), ('C', b"STARTTLS\r\n"), ('S', b"220 ready\r\n")]),
    inside("proxy-protocol", "http-connect", Refused(b"HTTP/1.1 403 Forbidden"), &[('C', PROXY_1), ('C', CONNECT), ('S', b"HTTP/1.1 403 Forbidden\r\n\r\n")]),
];

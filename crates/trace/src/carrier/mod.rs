//! Whether a stream carries TLS, from where on, and what carries it.
//!
//! TLS is found by content. What is said in front of it names the carrier: each protocol has one
//! row in `protocols.rs` and a file that looks at the first bytes of both sides. Some end their own
//! words at a byte that their lengths give; behind those TLS begins wherever TCP cut. A proxy's
//! words may stand in front of another carrier's, which then is the one that negotiates TLS.

mod amqp;
mod bare;
mod dialect;
mod dialogue;
mod diameter;
mod http;
mod irc;
mod ldap;
mod mysql;
mod nats;
mod openvpn;
mod postgres;
mod protocols;
mod proxy;
mod rdp;
#[cfg(test)]
mod samples;
mod socks;
mod tds;
mod telnet;
mod text;
mod vnc;
mod xmpp;

use std::fmt;

pub use amqp::AmqpHeader;
pub(crate) use bare::{LOOKED_AT, find, goes_on, may_be_tls, sniff};
pub use dialogue::{Answer, Denial, Denied, Request};
pub use ldap::LdapResult;
pub(crate) use openvpn::{Control, Opening, WRAPPED, is_wrapped};
use protocols::{Protocol, TEXT};
pub(crate) use protocols::{denial, greeting, preface, recognise, request, through};
pub use socks::{SocksReply, SocksRequest, SocksTarget};

/// What carries TLS: the protocol that is spoken in front of it, in the clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Carrier {
    /// Nothing: TLS from the first byte, or no byte at all.
    #[default]
    Bare,
    /// Words that no carrier known here begins with.
    Unknown,
    /// SMTP with STARTTLS (RFC 3207).
    Smtp,
    /// LMTP with STARTTLS (RFC 2033, RFC 3207).
    Lmtp,
    /// IMAP with STARTTLS (RFC 9051, 6.2.1).
    Imap,
    /// POP3 with STLS (RFC 2595).
    Pop3,
    /// FTP with AUTH TLS (RFC 4217).
    Ftp,
    /// XMPP with `<starttls/>` (RFC 6120, 5).
    Xmpp,
    /// NNTP with STARTTLS (RFC 4642).
    Nntp,
    /// ManageSieve with STARTTLS (RFC 5804, 2.2).
    Sieve,
    /// IRC with STARTTLS.
    Irc,
    /// NATS, whose server says in its first line that TLS follows.
    Nats,
    /// Telnet with the option START_TLS.
    Telnet,
    /// LDAP with the extended request StartTLS (RFC 4511, 4.14).
    Ldap,
    /// PostgreSQL with SSLRequest, or with TLS from the first byte.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
    /// SQL Server: TDS 7 with PRELOGIN, or TDS 8 with TLS from the first byte (MS-TDS).
    Tds,
    /// RDP with X.224 negotiation (MS-RDPBCGR, 2.2.1.1).
    Rdp,
    /// VNC with the security type VeNCrypt.
    Vnc,
    /// A tunnel through an HTTP proxy (RFC 9110, 9.3.6).
    HttpConnect,
    /// HTTP with `Upgrade: TLS/1.0` (RFC 2817).
    HttpUpgrade,
    /// A SOCKS proxy, version 4 or 5 (RFC 1928).
    Socks,
    /// The header of the PROXY protocol, version 1 or 2.
    ProxyProtocol,
    /// The control channel of OpenVPN.
    OpenVpn,
    /// AMQP 1.0 with a TLS protocol header (AMQP 1.0, part 5).
    Amqp,
    /// Diameter with Inband-Security-Id (RFC 3588, 13.1).
    Diameter,
    /// QUIC, which has the handshake of TLS 1.3 and no records (RFC 9001).
    Quic,
    /// EAP-TLS (RFC 5216, RFC 9190).
    EapTls,
    /// EAP-TTLS (RFC 5281).
    EapTtls,
    /// PEAP (MS-PEAP).
    Peap,
    /// EAP-FAST (RFC 4851).
    EapFast,
    /// TEAP (RFC 7170).
    Teap,
    /// Datagrams, and nothing else: DTLS (RFC 9147).
    Dtls,
    /// DTLS that agrees on keys for RTP (RFC 5764), beside it on the same ports (RFC 7983).
    DtlsSrtp,
    /// DTLS of a CAPWAP control channel (RFC 5415, 2.4.4).
    Capwap,
}

impl Carrier {
    /// Every protocol that is known by what is said in front of TLS.
    pub const ALL: &[Self] = &[
        Self::Smtp,
        Self::Lmtp,
        Self::Imap,
        Self::Pop3,
        Self::Ftp,
        Self::Xmpp,
        Self::Nntp,
        Self::Sieve,
        Self::Irc,
        Self::Nats,
        Self::Telnet,
        Self::Ldap,
        Self::Postgres,
        Self::Mysql,
        Self::Tds,
        Self::Rdp,
        Self::Vnc,
        Self::HttpConnect,
        Self::HttpUpgrade,
        Self::Socks,
        Self::ProxyProtocol,
        Self::OpenVpn,
        Self::Amqp,
        Self::Diameter,
    ];

    /// A short name in small letters, as Wireshark and service files have it: `smtp`, `postgresql`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bare => "tls",
            Self::Unknown => "unknown",
            Self::Smtp => "smtp",
            Self::Lmtp => "lmtp",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Ftp => "ftp",
            Self::Xmpp => "xmpp",
            Self::Nntp => "nntp",
            Self::Sieve => "sieve",
            Self::Irc => "irc",
            Self::Nats => "nats",
            Self::Telnet => "telnet",
            Self::Ldap => "ldap",
            Self::Postgres => "postgresql",
            Self::Mysql => "mysql",
            Self::Tds => "tds",
            Self::Rdp => "rdp",
            Self::Vnc => "vnc",
            Self::HttpConnect => "http-connect",
            Self::HttpUpgrade => "http-upgrade",
            Self::Socks => "socks",
            Self::ProxyProtocol => "proxy-protocol",
            Self::OpenVpn => "openvpn",
            Self::Amqp => "amqp",
            Self::Diameter => "diameter",
            Self::Quic => "quic",
            Self::EapTls => "eap-tls",
            Self::EapTtls => "eap-ttls",
            Self::Peap => "peap",
            Self::EapFast => "eap-fast",
            Self::Teap => "teap",
            Self::Dtls => "dtls",
            Self::DtlsSrtp => "dtls-srtp",
            Self::Capwap => "capwap",
        }
    }

    /// The carrier whose client begins TLS with the first byte and names itself in ALPN, if one of
    /// these names is one of those: `postgresql` (PostgreSQL 17), `tds/8.0` (MS-TDS, 3.2.5.1).
    pub(crate) fn of_alpn<'a>(mut names: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        names.find_map(|name| match name {
            b"postgresql" => Some(Self::Postgres),
            b"tds/8.0" => Some(Self::Tds),
            _ => None,
        })
    }
}

/// The name that people use: `SMTP`, `PostgreSQL`.
impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("an unknown protocol"),
            Self::Sieve => f.write_str("ManageSieve"),
            Self::Postgres => f.write_str("PostgreSQL"),
            Self::Mysql => f.write_str("MySQL"),
            Self::Tds => f.write_str("SQL Server"),
            Self::HttpConnect => f.write_str("HTTP CONNECT"),
            Self::HttpUpgrade => f.write_str("HTTP Upgrade"),
            Self::ProxyProtocol => f.write_str("PROXY protocol"),
            Self::OpenVpn => f.write_str("OpenVPN"),
            Self::Telnet => f.write_str("Telnet"),
            Self::Diameter => f.write_str("Diameter"),
            _ => f.write_str(&self.name().to_uppercase()),
        }
    }
}

/// What bytes are that a side said in front of something that looks like TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Preface {
    /// No carrier's.
    None,
    /// All that a carrier says: TLS begins here.
    Whole,
    /// TLS begins here, inside packets of the carrier.
    Packets(Packets),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unwrapped<'a> {
    /// Bytes from inside a packet.
    Body(&'a [u8]),
    /// No more at present.
    Nothing,
    /// No packet begins here: the handshake is over.
    Over,
}

/// The packets of a carrier around the records of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packets {
    /// Around the handshake.
    Tds(tds::Packets),
    /// Around everything; larger, and rare.
    OpenVpn(Box<openvpn::Packets>),
}

impl Packets {
    /// Takes the next part of a packet's body off `bytes`.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Unwrapped<'a> {
        match self {
            Self::Tds(packets) => packets.next(bytes),
            Self::OpenVpn(packets) => packets.next(bytes),
        }
    }
}

/// Whether bytes that begin like this stand at the start of a conversation and nowhere else, so that
/// nothing of it is missing although its SYN is.
pub(crate) fn may_open(first: &[u8]) -> bool {
    OPENINGS.iter().any(|opening| opening.starts_with(first))
}

/// The first bytes of a PROXY header of both versions, of a tunnel, and of PostgreSQL's requests.
const OPENINGS: [&[u8; SNIFFED]; 4] = [b"PROXY", b"\r\n\r\n\0", b"CONNE", &[0, 0, 0, 8, 4]];

/// What the first bytes of a direction are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// TLS records from the first byte.
    Records,
    /// A ClientHello in SSLv2 format with this many bytes behind its 2-byte header.
    Sslv2(u16),
    /// Something else.
    NotTls,
}

/// Bytes that a verdict needs.
pub(crate) const SNIFFED: usize = wire::RECORD_HEADER;

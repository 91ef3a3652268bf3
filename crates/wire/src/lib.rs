//! Under construction.
#![forbid(unsafe_code)]

mod capture;
mod certificate_message;
mod cipher;
mod cipher_names;
mod client_hello;
mod distinguished_name;
mod extension;
mod frame;
mod group;
mod handshake;
mod ip;
mod key_exchange;
mod malformed;
mod names;
mod reader;
mod record;
mod scheme;
mod server_hello;
mod sslv2;
mod tcp;
mod time;
mod vector;
mod version;

pub use capture::{Damage, Format, Link, Next, Packet, Packets};
pub use certificate_message::{CertificateEntry, CertificateMessage, CertificateRequest};
pub use cipher::{Authentication, CipherSuite, KeyExchange, Weakness, encrypted_alert_length};
pub use client_hello::ClientHello;
pub use distinguished_name::DistinguishedName;
pub use extension::{Extension, ExtensionType, Extensions};
pub use frame::{Skipped, datagram};
pub use group::Group;
pub use handshake::{HANDSHAKE_HEADER, HandshakeHeader, HandshakeType};
pub use ip::{Datagram, Fragment};
pub use key_exchange::{KeyParameters, ServerKeyExchange};
pub use malformed::Malformed;
pub use names::is_grease;
pub use reader::Reader;
pub use record::{ContentType, LONGEST_FRAGMENT, RECORD_HEADER, RecordHeader};
pub use scheme::{SchemeKey, SignatureScheme};
pub use server_hello::ServerHello;
pub use sslv2::{Sslv2Hello, sslv2_client_hello};
pub use tcp::{Flags, Options, Segment, segment};
pub use time::Time;
pub use version::ProtocolVersion;

//! Under construction.
#![forbid(unsafe_code)]

mod capture;
mod cipher;
mod cipher_names;
mod extension;
mod group;
mod handshake;
mod malformed;
mod names;
mod reader;
mod record;
mod scheme;
mod time;
mod version;

pub use capture::{Damage, Format, Link, Next, Packet, Packets};
pub use cipher::{Authentication, CipherSuite, KeyExchange, Weakness, encrypted_alert_length};
pub use extension::{Extension, ExtensionType, Extensions};
pub use group::Group;
pub use handshake::{HANDSHAKE_HEADER, HandshakeHeader, HandshakeType};
pub use malformed::Malformed;
pub use names::is_grease;
pub use reader::Reader;
pub use record::{ContentType, LONGEST_FRAGMENT, RECORD_HEADER, RecordHeader};
pub use scheme::{SchemeKey, SignatureScheme};
pub use time::Time;
pub use version::ProtocolVersion;

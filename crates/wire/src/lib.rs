//! Under construction.
#![forbid(unsafe_code)]

mod extension;
mod group;
mod handshake;
mod malformed;
mod names;
mod reader;
mod record;
mod scheme;
mod version;

pub use extension::{Extension, ExtensionType, Extensions};
pub use group::Group;
pub use handshake::{HANDSHAKE_HEADER, HandshakeHeader, HandshakeType};
pub use malformed::Malformed;
pub use names::is_grease;
pub use reader::Reader;
pub use record::{ContentType, LONGEST_FRAGMENT, RECORD_HEADER, RecordHeader};
pub use scheme::{SchemeKey, SignatureScheme};
pub use version::ProtocolVersion;

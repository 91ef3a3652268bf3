//! What each byte of a capture means, from the file down to the fields of a certificate.
//!
//! The lower half turns a capture into segments: [`Packets`] walks the file, [`datagram`] peels
//! a frame and the tunnels in it, [`segment`] reads TCP. The upper half reads what TCP carries: [`RecordHeader`],
//! [`HandshakeHeader`], the messages ([`ClientHello`], [`ServerHello`], [`CertificateMessage`],
//! [`CertificateRequest`], [`ServerKeyExchange`]) and the [`Certificate`] itself.
//!
//! All of it borrows. A value is a view that is cheap to make; its parts are read when somebody
//! asks. Input is hostile and often cut: what is there can be used, what is not is a
//! [`Malformed`] that names the field and the byte, and nothing panics. Nothing here remembers
//! but [`Fragments`]: putting the pieces of a stream together is the business of the crate above.
#![forbid(unsafe_code)]

mod alternative_name;
mod capture;
mod certificate;
mod certificate_message;
mod cipher;
mod cipher_names;
mod client_hello;
mod der;
mod distinguished_name;
mod dtls;
mod eap;
mod extension;
mod fragments;
mod frame;
mod group;
mod handshake;
mod host;
mod ip;
mod key_exchange;
mod malformed;
mod name_constraints;
mod names;
mod ocsp;
mod problem;
mod public_key;
mod quic;
mod radius;
mod reader;
mod record;
mod scheme;
mod secrets;
mod server_hello;
mod sslv2;
mod tcp;
mod time;
mod too_big;
mod tunnel;
mod udp;
mod unread;
mod vector;
mod version;

pub use alternative_name::AlternativeName;
pub use capture::{Damage, Format, Link, Next, Packet, Packets};
pub use certificate::{BasicConstraints, Certificate, ExtendedKeyUsage, KeyUsage};
pub use certificate_message::{
    CertificateEntry, CertificateMessage, CertificateRequest, CertificateVerify,
};
pub use cipher::{Authentication, CipherSuite, KeyExchange, Weakness, encrypted_alert_length};
pub use client_hello::ClientHello;
pub use distinguished_name::DistinguishedName;
pub use dtls::{
    DTLS_FRAGMENT_HEADER, DTLS_RECORD_HEADER, DtlsFragmentHeader, DtlsHeader, DtlsRecord,
    DtlsRecordHeader, HelloVerifyRequest, connection_id,
};
pub use eap::{EapCode, EapMethod, EapPacket, EapTlsFragment};
pub use extension::{Extension, ExtensionType, Extensions};
pub use fragments::{Fragments, Whole};
pub use frame::{Aggregate, EapolFrame, EapolType, Skipped, eapol};
pub use group::Group;
pub use handshake::{HANDSHAKE_HEADER, HandshakeHeader, HandshakeType};
pub use ip::{Datagram, Fragment, Fragmented};
pub use key_exchange::{KeyParameters, ServerKeyExchange};
pub use malformed::Malformed;
pub use name_constraints::{NameConstraints, Subtree};
pub use names::is_grease;
pub use ocsp::{OcspAnswer, OcspResponse, OcspState};
pub use problem::{Fault, Problem};
pub use public_key::{PublicKey, RsaKey, SignatureAlgorithm};
pub use quic::{
    OpenedPacket, QuicClose, QuicFrame, QuicFrames, QuicKeys, QuicPacket, QuicPacketType,
    QuicPackets, QuicVersion,
};
pub use radius::{RadiusAttribute, RadiusCode, RadiusPacket};
pub use reader::Reader;
pub use record::{ContentType, LONGEST_FRAGMENT, RECORD_HEADER, RecordHeader};
pub use scheme::{SchemeKey, SignatureScheme};
pub use secrets::{
    Aead, Expander, Hash, KeyLog, KeyLogFault, Labels, RecordKeys, SealedRecord, Secret,
    SecretLabel, TrafficKeys,
};
pub use server_hello::ServerHello;
pub use sslv2::{Sslv2Hello, sslv2_client_hello, sslv2_server_hello};
pub use tcp::{Flags, Options, Segment, segment};
pub use time::Time;
pub use too_big::{TooBig, too_big};
pub use tunnel::{aggregated, datagram, unread};
pub use udp::{UserDatagram, first_part_of_user_datagram, user_datagram};
pub use unread::{Encryption, Unread};
pub use version::ProtocolVersion;

//! DTLS records and handshake fragments, RFC 6347 and RFC 9147.

use crate::{ContentType, HandshakeType, Malformed, ProtocolVersion, Reader};

/// The header of a DTLS record in the clear (RFC 6347, 4.1; RFC 9147, 4): DTLS 1.0 to 1.2, and the
/// first messages of DTLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DtlsRecordHeader {
    /// What the body is.
    pub content_type: ContentType,
    /// The version that the record claims.
    pub version: ProtocolVersion,
    /// Counts the changes of the keys: 0 is in the clear.
    pub epoch: u16,
    /// The number of the record within its epoch, 48 bits.
    pub sequence: u64,
    /// Length of the body in bytes.
    pub length: u16,
}

/// Bytes of a record header.
pub const DTLS_RECORD_HEADER: usize = 13;

impl DtlsRecordHeader {
    /// Takes the header of a record off `bytes`.
    ///
    /// # Errors
    /// When it is cut.
    pub fn read(bytes: &mut Reader<'_>) -> Result<Self, Malformed> {
        let content_type = ContentType(bytes.u8("DTLS content type")?);
        let version = ProtocolVersion(bytes.u16("DTLS version")?);
        let epoch = bytes.u16("DTLS epoch")?;
        let [a, b, c, d, e, f] = bytes.array("DTLS sequence number")?;
        let sequence = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let length = bytes.u16("DTLS length")?;
        Ok(Self { content_type, version, epoch, sequence, length })
    }
}

/// The header of a handshake fragment (RFC 6347, 4.2.2; RFC 9147, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DtlsFragmentHeader {
    /// The type of the message.
    pub kind: HandshakeType,
    /// Length of the whole message in bytes, 24 bits.
    pub length: u32,
    /// The number of the message within the handshake.
    pub message: u16,
    /// Where in the message this fragment starts.
    pub offset: u32,
    /// Length of this fragment in bytes.
    pub fragment: u32,
}

impl DtlsFragmentHeader {
    /// Takes the header of a fragment off `bytes`.
    ///
    /// # Errors
    /// When it is cut, or the fragment lies outside of its message.
    pub fn read(bytes: &mut Reader<'_>) -> Result<Self, Malformed> {
        let start = *bytes;
        let kind = HandshakeType(bytes.u8("DTLS handshake type")?);
        let length = bytes.u24("DTLS message length")?;
        let message = bytes.u16("DTLS message sequence")?;
        let offset = bytes.u24("DTLS fragment offset")?;
        let fragment = bytes.u24("DTLS fragment length")?;
        if offset.saturating_add(fragment) > length {
            return Err(start.malformed("DTLS fragment inside its message", length as usize));
        }
        Ok(Self { kind, length, message, offset, fragment })
    }
}

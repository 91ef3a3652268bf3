//! DTLS records and handshake fragments (RFC 6347, RFC 9147), and the connection ids in them
//! (RFC 9146).

use crate::extension::{ExtensionType, Extensions};
use crate::{ContentType, HandshakeType, LONGEST_FRAGMENT, Malformed, ProtocolVersion, Reader};

/// A DTLS record, borrowed from its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DtlsRecord<'a> {
    /// What its header says.
    pub header: DtlsHeader,
    /// The connection id that the receiver asked for, as it stands in the header.
    pub connection_id: &'a [u8],
    /// The header as it travelled, from its first byte to its last: what encryption authenticates.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// The two forms that the header of a DTLS record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtlsHeader {
    /// DTLS 1.0 to 1.2, and what DTLS 1.3 sends in the clear (RFC 6347, 4.1; RFC 9147, 4).
    Plain(DtlsRecordHeader),
    /// What DTLS 1.3 encrypts: the unified header (RFC 9147, 4).
    Unified {
        /// The two lowest bits of the epoch: 2 while the handshake runs, 3 behind it.
        epoch: u8,
        /// The lowest bits of the record's number, which are encrypted too.
        sequence: u16,
        /// How many bytes of the number travel, 1 or 2.
        sequence_length: u8,
    },
}

/// The header of a DTLS record up to 1.2.
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

/// Bytes of a record header without a connection id.
pub const DTLS_RECORD_HEADER: usize = 13;
/// Bytes in front of a handshake fragment.
pub const DTLS_FRAGMENT_HEADER: usize = 12;

impl<'a> DtlsRecord<'a> {
    /// Takes the next record off a datagram. `connection_id` is the length of the connection ids
    /// that the receiver asked for, 0 if it asked for none or is not known to have: no header says
    /// it.
    ///
    /// # Errors
    /// When these bytes are no DTLS record, or one that is longer than what is left.
    pub fn read(bytes: &mut Reader<'a>, connection_id: usize) -> Result<Self, Malformed> {
        Self::read_as(bytes, connection_id, usize::MAX)
    }

    /// Reads as [`DtlsRecord::read`] from a datagram of which the capture left away the last
    /// `missing` bytes: the record may have lost them.
    ///
    /// # Errors
    /// When these bytes are no DTLS record, or one that is longer than the datagram was.
    pub fn read_cut(
        bytes: &mut Reader<'a>,
        connection_id: usize,
        missing: usize,
    ) -> Result<Self, Malformed> {
        let left = bytes.left().saturating_add(missing);
        Self::read_as(bytes, connection_id, left)
    }

    /// Reads a record; up to `most` bytes count as those of a datagram, even if they are not there.
    fn read_as(bytes: &mut Reader<'a>, id: usize, most: usize) -> Result<Self, Malformed> {
        let start = *bytes;
        let first = Reader::u8(&mut start.clone(), "DTLS record")?;
        let (header, connection_id, length, at) = match first & UNIFIED_MASK == UNIFIED {
            true => Self::unified(start, first, id)?,
            false => Self::plain(start, id)?,
        };
        let head = start.rest().get(..at.at() - start.at()).unwrap_or_default();
        let cut = most != usize::MAX && head.len() + length <= most;
        let mut after = at;
        let body = after.take(if cut { length.min(at.left()) } else { length }, "DTLS body")?;
        *bytes = after;
        Ok(Self { header, connection_id, head, body })
    }

    fn plain(mut at: Reader<'a>, connection_id: usize) -> Result<Head<'a>, Malformed> {
        let start = at;
        let content_type = ContentType(at.u8("DTLS content type")?);
        let version = ProtocolVersion(at.u16("DTLS version")?);
        let epoch = at.u16("DTLS epoch")?;
        let [a, b, c, d, e, f] = at.array("DTLS sequence number")?;
        let sequence = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let has_id = content_type == ContentType::TLS12_CID;
        let id = at.take(if has_id { connection_id } else { 0 }, "DTLS connection id")?;
        let length = at.u16("DTLS length")?;
        let known = matches!(content_type.0, 20..=26) && version.is_dtls();
        if !known || length > LONGEST_FRAGMENT {
            return Err(start.malformed("DTLS record", 0));
        }
        let header = DtlsRecordHeader { content_type, version, epoch, sequence, length };
        Ok((DtlsHeader::Plain(header), id, usize::from(length), at))
    }

    fn unified(mut at: Reader<'a>, first: u8, length: usize) -> Result<Head<'a>, Malformed> {
        let start = at;
        at.u8("DTLS unified header")?;
        let id = at.take(if first & HAS_ID == 0 { 0 } else { length }, "DTLS connection id")?;
        let (sequence, sequence_length) = match first & LONG_SEQUENCE {
            0 => (u16::from(at.u8("DTLS sequence number")?), 1),
            _ => (at.u16("DTLS sequence number")?, 2),
        };
        // Without a length the record goes to the end of the datagram.
        let body = match first & HAS_LENGTH {
            0 => at.left(),
            _ => usize::from(at.u16("DTLS length")?),
        };
        if body > usize::from(LONGEST_FRAGMENT) || body < SHORTEST_ENCRYPTED {
            return Err(start.malformed("DTLS record", 0));
        }
        Ok((DtlsHeader::Unified { epoch: first & EPOCH, sequence, sequence_length }, id, body, at))
    }
}

/// A header, the connection id in it, the length of the body, and what follows the header.
type Head<'a> = (DtlsHeader, &'a [u8], usize, Reader<'a>);

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
            return Err(start.malformed("DTLS fragment inside its message", 0));
        }
        Ok(Self { kind, length, message, offset, fragment })
    }
}

/// The server's request to show a cookie, which proves that the client's address is its own
/// (RFC 6347, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelloVerifyRequest<'a> {
    /// A version that says little: servers write DTLS 1.0 here whatever they will choose.
    pub version: ProtocolVersion,
    /// What the next ClientHello shall bring.
    pub cookie: &'a [u8],
}

impl<'a> HelloVerifyRequest<'a> {
    /// Reads the body of a HelloVerifyRequest.
    ///
    /// # Errors
    /// When it is cut.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut body = Reader::new(body);
        let version = ProtocolVersion(body.u16("HelloVerifyRequest server_version")?);
        Ok(Self { version, cookie: body.vec8("HelloVerifyRequest cookie")? })
    }
}

/// The connection id that a hello asks the other side to write into its records (RFC 9146, 3):
/// empty where it wants none, `None` where it does not know the extension.
pub fn connection_id<'a>(extensions: Extensions<'a>) -> Option<&'a [u8]> {
    let extension = extensions.find(ExtensionType::CONNECTION_ID)?;
    Reader::new(extension.body).vec8("ConnectionId cid").ok()
}

/// The three highest bits of a unified header.
const UNIFIED_MASK: u8 = 0xe0;
/// Their value.
const UNIFIED: u8 = 0x20;
/// A connection id follows.
const HAS_ID: u8 = 0x10;
/// The number has two bytes.
const LONG_SEQUENCE: u8 = 0x08;
/// A length follows.
const HAS_LENGTH: u8 = 0x04;
/// The lowest bits of the epoch.
const EPOCH: u8 = 0x03;
/// Bytes of the shortest encrypted record: encryption of its number needs 16 (RFC 9147, 4.2.3).
const SHORTEST_ENCRYPTED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// An alert in the clear as the wire has it: `15 fefd 0000 <number> 0002 0230`.
    #[test]
    fn a_plain_record_is_read() {
        let datagram = [0x15, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 5, 0, 2, 2, 0x30, 0x16];
        let mut bytes = Reader::new(&datagram);
        let record = DtlsRecord::read(&mut bytes, 8).unwrap();
        let DtlsHeader::Plain(header) = record.header else { panic!("{record:?}") };
        assert_eq!(header.content_type, ContentType::ALERT);
        assert_eq!((header.version, header.epoch), (ProtocolVersion::DTLS_1_2, 0));
        assert_eq!((header.sequence, record.body), (5, &[2, 0x30][..]));
        assert_eq!((record.head.len(), record.connection_id), (DTLS_RECORD_HEADER, &[][..]));
        assert_eq!(bytes.rest(), [0x16]);
    }

    /// A record of type 25 has its connection id in front of the length (RFC 9146, 4).
    #[test]
    fn a_connection_id_stands_before_the_length() {
        let mut datagram = vec![25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0xaa, 0xbb, 0, 3];
        datagram.extend([7, 8, 9]);
        let record = DtlsRecord::read(&mut Reader::new(&datagram), 2).unwrap();
        assert_eq!((record.connection_id, record.body), (&[0xaa, 0xbb][..], &[7, 8, 9][..]));
        assert!(DtlsRecord::read(&mut Reader::new(&datagram), 0).is_err());
    }

    /// The unified header has four forms and a connection id (RFC 9147, figure 4).
    #[test]
    fn unified_headers_are_read() {
        let body = [9; 20];
        let read = |head: &[u8], id| {
            let datagram = [head, &body].concat();
            let record = DtlsRecord::read(&mut Reader::new(&datagram), id).unwrap();
            assert_eq!(record.head, head);
            (record.header, record.connection_id.to_vec(), record.body.len())
        };
        let header = |epoch, sequence, sequence_length| DtlsHeader::Unified {
            epoch,
            sequence,
            sequence_length,
        };
        assert_eq!(read(&[0x22, 7], 0), (header(2, 7, 1), vec![], 20));
        assert_eq!(read(&[0x2b, 1, 7], 0), (header(3, 0x0107, 2), vec![], 20));
        assert_eq!(read(&[0x2e, 1, 7, 0, 20], 4), (header(2, 0x0107, 2), vec![], 20));
        assert_eq!(read(&[0x37, 0xc1, 7, 0, 20], 1), (header(3, 7, 1), vec![0xc1], 20));
    }

    /// What claims more than there is, another version or an unknown type is no record, and moves
    /// nothing.
    #[test]
    fn other_bytes_are_refused() {
        for bytes in [
            &[][..],
            &[0x16, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1],
            &[0x16, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x13, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x2e, 1, 7, 0, 20, 0],
            &[0x20, 1, 2, 3],
            &[0x80; 20],
        ] {
            let mut reader = Reader::new(bytes);
            assert!(DtlsRecord::read(&mut reader, 0).is_err(), "{bytes:02x?}");
            assert_eq!(reader.left(), bytes.len());
        }
    }

    /// What the capture left away of a datagram, and no more, may be missing from a record.
    #[test]
    fn a_cut_record_is_read_as_far_as_it_goes() {
        let datagram = [0x16, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2];
        let read = |missing| DtlsRecord::read_cut(&mut Reader::new(&datagram), 0, missing);
        assert_eq!(read(7).unwrap().body, [1, 2]);
        assert!(read(6).is_err());
        assert!(DtlsRecord::read(&mut Reader::new(&datagram), 0).is_err());
    }

    /// A fragment must lie inside of its message.
    #[test]
    fn fragments_lie_inside() {
        let bytes = [11, 0, 1, 0, 0, 2, 0, 0, 0xf0, 0, 0, 0x10];
        let header = DtlsFragmentHeader::read(&mut Reader::new(&bytes)).unwrap();
        assert_eq!((header.length, header.message), (256, 2));
        assert_eq!((header.offset, header.fragment), (240, 16));
        let outside = [11, 0, 1, 0, 0, 2, 0, 0, 0xf1, 0, 0, 0x10];
        assert!(DtlsFragmentHeader::read(&mut Reader::new(&outside)).is_err());
    }

    /// The cookie of a HelloVerifyRequest comes back behind the session id of a ClientHello.
    #[test]
    fn a_cookie_comes_back() {
        let request = HelloVerifyRequest::read(&[0xfe, 0xff, 2, 7, 8]).unwrap();
        assert_eq!(request.cookie, [7, 8]);
        let mut hello = vec![0xfe, 0xfd];
        hello.extend([1; 32]);
        hello.extend([1, 0xee, 2, 7, 8, 0, 2, 0xc0, 0x2f, 1, 0]);
        let hello = crate::ClientHello::read(&hello).unwrap();
        assert_eq!((hello.session_id, hello.cookie), (&[0xee][..], request.cookie));
        assert_eq!(hello.cipher_suites().next(), Some(crate::CipherSuite(0xc02f)));
    }
}

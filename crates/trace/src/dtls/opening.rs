//! Opens what a DTLS conversation seals, with what a key log holds of it.
//!
//! Unlike those of TLS, records say their number, so nothing is counted or tried.

use alert::Side;
use wire::{
    ContentType, DtlsHeader, DtlsRecord, ExtensionType, KeyLog, Labels, RecordKeys, SealedRecord,
    SecretLabel, ServerHello, TrafficKeys,
};

/// The keys of one conversation.
#[derive(Debug)]
pub(super) struct Opening {
    client: Side,
    keys: Keys,
    /// The highest number opened so far, by side and by whether the handshake was over.
    newest: [[u64; 2]; 2],
    /// Records that were opened.
    pub(super) opened: u32,
}

#[derive(Debug)]
enum Keys {
    /// DTLS 1.0 and 1.2: of the client and of the server.
    Records(Box<[RecordKeys; 2]>),
    /// DTLS 1.3: of the client and of the server, each for the handshake and for what follows.
    Traffic(Box<[[Option<TrafficKeys>; 2]; 2]>),
}

impl Opening {
    /// What a log holds of the conversation that `client` began with this random and that the
    /// server answered so.
    pub(super) fn new(
        log: &KeyLog,
        client: Side,
        random: &[u8; 32],
        hello: &ServerHello<'_>,
    ) -> Option<Self> {
        use SecretLabel::{ClientApplication, ClientHandshake, ServerApplication, ServerHandshake};
        let keys = if hello.version().is_tls13() {
            let keys = |label| {
                let secret = log.traffic_secret(random, label)?;
                TrafficKeys::new(hello.cipher_suite, Labels::Dtls, secret)
            };
            let of_client = [keys(ClientHandshake), keys(ClientApplication)];
            let of_server = [keys(ServerHandshake), keys(ServerApplication)];
            let all = [of_client, of_server];
            all.iter().flatten().any(Option::is_some).then(|| Keys::Traffic(Box::new(all)))?
        } else {
            let keys = RecordKeys::new(
                hello.cipher_suite,
                hello.version(),
                log.traffic_secret(random, SecretLabel::Master)?,
                random,
                hello.random.first_chunk()?,
                hello.has(ExtensionType::ENCRYPT_THEN_MAC),
            )?;
            Keys::Records(Box::new(keys))
        };
        Some(Self { client, keys, newest: [[0; 2]; 2], opened: 0 })
    }

    /// Opens a record: its content and what that is. `None` where it stays closed.
    pub(super) fn open(
        &mut self,
        side: Side,
        record: &DtlsRecord<'_>,
    ) -> Option<(ContentType, Vec<u8>)> {
        let by_client = side == self.client;
        let opened = match (&mut self.keys, record.header) {
            (Keys::Records(keys), DtlsHeader::Plain(header)) if header.epoch == 1 => {
                let [of_client, of_server] = &mut **keys;
                let keys = if by_client { of_client } else { of_server };
                let has_id = header.content_type == ContentType::TLS12_CID;
                let sealed = SealedRecord {
                    number: u64::from(header.epoch) << 48 | header.sequence,
                    content_type: header.content_type,
                    version: header.version,
                    connection_id: has_id.then_some(record.connection_id),
                    body: record.body,
                };
                let content = keys.open(&sealed)?;
                if has_id { inner(content) } else { Some((header.content_type, content)) }
            }
            (
                Keys::Traffic(keys),
                DtlsHeader::Unified { epoch: epoch @ 2..=3, sequence, sequence_length },
            ) => {
                let [of_client, of_server] = &**keys;
                let [handshake, application] = if by_client { of_client } else { of_server };
                let keys = if epoch == 2 { handshake } else { application }.as_ref()?;
                let newest =
                    self.newest.get_mut(usize::from(by_client))?.get_mut(usize::from(epoch & 1))?;
                let mask = keys.mask(record.body)?;
                let [first, second, ..] = mask;
                let (bits, low) = match sequence_length {
                    1 => (8, u64::from(sequence as u8 ^ first)),
                    _ => (16, u64::from(sequence ^ u16::from_be_bytes([first, second]))),
                };
                let number = nearest(*newest, low, bits);
                // The number stands behind the connection id, and its mask comes off.
                let mut head = record.head.to_vec();
                let at = 1 + record.connection_id.len();
                let bytes = (low as u16).to_be_bytes();
                let bytes = if bits == 8 { bytes.get(1..)? } else { &bytes[..] };
                head.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
                let content = keys.open(number, &head, record.body)?;
                *newest = number.max(*newest);
                inner(content)
            }
            _ => None,
        }?;
        self.opened = self.opened.saturating_add(1);
        Some(opened)
    }
}

/// The number with these lowest bits that is nearest to the one behind the newest (RFC 9147, 4.2.2).
fn nearest(newest: u64, low: u64, bits: u32) -> u64 {
    let range = 1_u64 << bits;
    let expected = newest.saturating_add(1);
    let candidate = expected & !(range - 1) | low;
    let candidates = [candidate.checked_sub(range), Some(candidate), candidate.checked_add(range)];
    let distance = |number: &u64| number.abs_diff(expected);
    candidates.into_iter().flatten().min_by_key(distance).unwrap_or(candidate)
}

/// What a record holds that hides its type: the content, its type, and zeros (RFC 9147, 4; RFC 9146,
/// 4).
fn inner(mut content: Vec<u8>) -> Option<(ContentType, Vec<u8>)> {
    let end = content.iter().rposition(|&byte| byte != 0)?;
    let kind = ContentType(*content.get(end)?);
    content.truncate(end);
    Some((kind, content))
}

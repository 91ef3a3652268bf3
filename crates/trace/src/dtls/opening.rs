//! Opens what a DTLS conversation seals, with what a key log holds of it.
//!
//! Unlike those of TLS, records say their epoch and number, so that nothing is counted or tried.

use alert::Side;
use wire::{
    ContentType, DtlsHeader, DtlsRecord, DtlsRecordHeader, ExtensionType, KeyLog, Labels,
    RecordKeys, SealedRecord, SecretLabel, ServerHello, TrafficKeys,
};

/// The keys of one conversation.
#[derive(Debug)]
pub(super) struct Opening {
    client: Side,
    keys: Keys,
    /// The random of the ServerHello that the newest keys follow from.
    answered: [u8; 32],
    /// Records of application data that were opened.
    data: u32,
    /// Records that were opened.
    pub(super) opened: u32,
}

#[derive(Debug)]
enum Keys {
    /// DTLS 1.0 and 1.2: of the client and of the server, for epoch 1 and for those that follow.
    Records(Vec<[RecordKeys; 2]>),
    /// DTLS 1.3: of the client and of the server, the oldest epoch first.
    Traffic(Box<[Vec<Phase>; 2]>),
}

/// The keys of one epoch of DTLS 1.3.
#[derive(Debug)]
struct Phase {
    epoch: u16,
    keys: TrafficKeys,
    /// The number behind the highest one that was opened.
    next: u64,
}

/// A record that was opened.
pub(super) struct Opened {
    pub(super) epoch: u16,
    pub(super) number: u64,
    pub(super) kind: ContentType,
    pub(super) content: Vec<u8>,
}

/// Epochs whose keys are kept: two of a handshake, and those of a KeyUpdate or renegotiation.
const MAX_EPOCHS: usize = 4;
/// Records of application data that are opened where a record does not say that it is some.
const MAX_DATA: u32 = 256;
/// The longest record that is opened however many there were: an alert or a KeyUpdate, padded.
const SHORT: usize = 128;
/// The bytes of a sealed record that hide its number (RFC 9147, 4.2.3).
const SAMPLE: usize = 16;

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
            let phase = |(epoch, label)| {
                let secret = log.secret(random, label)?;
                let keys = TrafficKeys::new(hello.cipher_suite, Labels::Dtls, secret)?;
                Some(Phase { epoch, keys, next: 0 })
            };
            let phases = |labels: [_; 2]| labels.into_iter().filter_map(phase).collect::<Vec<_>>();
            let of_client = phases([(2, ClientHandshake), (3, ClientApplication)]);
            let of_server = phases([(2, ServerHandshake), (3, ServerApplication)]);
            if of_client.is_empty() && of_server.is_empty() {
                return None;
            }
            Keys::Traffic(Box::new([of_client, of_server]))
        } else {
            Keys::Records(vec![record_keys(log, random, hello)?])
        };
        let answered = *hello.random.first_chunk()?;
        Some(Self { client, keys, answered, data: 0, opened: 0 })
    }

    /// Whether an epoch is the one behind those whose keys are here, and room is left for it.
    pub(super) fn lacks(&self, epoch: u16) -> bool {
        matches!(&self.keys, Keys::Records(all)
            if all.len() < MAX_EPOCHS && usize::from(epoch) == all.len() + 1)
    }

    /// Another handshake has begun inside the conversation, with these randoms.
    pub(super) fn renew(
        &mut self,
        log: &KeyLog,
        random: &[u8; 32],
        hello: &ServerHello<'_>,
    ) -> Option<()> {
        let answered = *hello.random.first_chunk()?;
        if let (Keys::Records(all), true) = (&mut self.keys, answered != self.answered) {
            all.push(record_keys(log, random, hello)?);
            self.answered = answered;
        }
        Some(())
    }

    /// Opens a record. `None` where it stays closed.
    pub(super) fn open(&mut self, side: Side, record: &DtlsRecord<'_>) -> Option<Opened> {
        if self.data >= MAX_DATA && record.body.len() > SHORT {
            return None;
        }
        let who = usize::from(side != self.client);
        let opened = match (&mut self.keys, record.header) {
            (Keys::Records(all), DtlsHeader::Plain(header)) => {
                let at = usize::from(header.epoch).checked_sub(1)?;
                open_plain(all.get(at)?.get(who)?, header, record)?
            }
            (Keys::Traffic(phases), DtlsHeader::Unified { epoch, .. }) => {
                open_unified(phases.get_mut(who)?, epoch.into(), record)?
            }
            _ => return None,
        };
        self.data += u32::from(opened.kind == ContentType::APPLICATION_DATA);
        self.opened = self.opened.saturating_add(1);
        Some(opened)
    }
}

/// Opens a record of DTLS 1.0 to 1.2, unless it says itself that it holds application data.
fn open_plain(
    keys: &RecordKeys,
    header: DtlsRecordHeader,
    record: &DtlsRecord<'_>,
) -> Option<Opened> {
    let DtlsRecordHeader { content_type, version, epoch, sequence, .. } = header;
    let has_id = content_type == ContentType::TLS12_CID;
    if !has_id && !matches!(content_type, ContentType::HANDSHAKE | ContentType::ALERT) {
        return None;
    }
    let content = keys.open(&SealedRecord {
        number: u64::from(epoch) << 48 | sequence,
        content_type,
        version,
        connection_id: has_id.then_some(record.connection_id),
        body: record.body,
    })?;
    let (kind, content) = if has_id { inner(content)? } else { (content_type, content) };
    Some(Opened { epoch, number: sequence, kind, content })
}

/// Opens a record of DTLS 1.3 that shows the two lowest `bits` of its epoch.
fn open_unified(phases: &mut Vec<Phase>, bits: u16, record: &DtlsRecord<'_>) -> Option<Opened> {
    if let Some(phase) = phases.iter_mut().rev().find(|phase| phase.epoch & 3 == bits)
        && let Some(opened) = phase.open(record)
    {
        return Some(opened);
    }
    // A KeyUpdate leads to the next epoch (RFC 9147, 8).
    let newest = phases.last().filter(|it| it.epoch >= 3 && (it.epoch + 1) & 3 == bits)?;
    let epoch = newest.epoch.checked_add(1)?;
    let mut next = Phase { epoch, keys: newest.keys.next(), next: 0 };
    let opened = next.open(record)?;
    phases.push(next);
    if phases.len() > MAX_EPOCHS {
        phases.remove(0);
    }
    Some(opened)
}

impl Phase {
    fn open(&mut self, record: &DtlsRecord<'_>) -> Option<Opened> {
        let DtlsHeader::Unified { sequence, sequence_length, .. } = record.header else {
            return None;
        };
        let mask = self.keys.mask(record.body.get(..SAMPLE)?)?;
        let [first, second, ..] = mask;
        let (bits, low) = match sequence_length {
            1 => (8, u64::from(sequence as u8 ^ first)),
            _ => (16, u64::from(sequence ^ u16::from_be_bytes([first, second]))),
        };
        let number = nearest(self.next, low, bits);
        // The number stands behind the connection id, and is authenticated without its mask.
        let mut head = record.head.to_vec();
        let at = 1 + record.connection_id.len();
        for (byte, mask) in
            head.get_mut(at..at + usize::from(sequence_length))?.iter_mut().zip(mask)
        {
            *byte ^= mask;
        }
        let (kind, content) = inner(self.keys.open(number, &head, record.body)?)?;
        self.next = self.next.max(number.saturating_add(1));
        Some(Opened { epoch: self.epoch, number, kind, content })
    }
}

/// The keys of client and server after a handshake of DTLS 1.0 to 1.2.
fn record_keys(
    log: &KeyLog,
    random: &[u8; 32],
    hello: &ServerHello<'_>,
) -> Option<[RecordKeys; 2]> {
    RecordKeys::new(
        hello.cipher_suite,
        hello.version(),
        log.secret(random, SecretLabel::Master)?,
        random,
        hello.random.first_chunk()?,
        hello.has(ExtensionType::ENCRYPT_THEN_MAC),
    )
}

/// The number with these lowest bits that is nearest to the expected one (RFC 9147, 4.2.2).
fn nearest(expected: u64, low: u64, bits: u32) -> u64 {
    let range = 1_u64 << bits;
    let candidate = expected & !(range - 1) | low;
    let candidates = [Some(candidate), candidate.checked_add(range), candidate.checked_sub(range)];
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

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    use super::*;
    use wire::{CipherSuite, Reader, Secret};

    /// The alert `2 40` and nine bytes of padding, sealed by another implementation in epoch 3 as
    /// record 5, with keys that follow from the secret 07 07 ... under TLS_AES_128_GCM_SHA256: in
    /// each form of the header, every second one with the connection id aa bb.
    const FORMS: [&str; 8] = [
        "238f615319062ebe09d3630ca08995df8fa9161d41d41419ece8ca7cfe34",
        "33aabbc8615319062ebe09d3630ca089016de9995d8089304570df8613fdcb0e",
        "2757001c615319062ebe09d3630ca0890285ee5830afec4dd7431a726bc69d40",
        "37aabbd8001c615319062ebe09d3630ca089a4f6a008904013c0ac5ce1c467dfd48d",
        "2be0c0615319062ebe09d3630ca0894a915dfabad922923e20f23cc5975205",
        "3baabb1ccf615319062ebe09d3630ca089fec59875925b4f24a7b9ebc0ce99c45e",
        "2fd9ec001c615319062ebe09d3630ca089ef5811f339a30bdb1b9a80060ee83f39",
        "3faabb6d38001c615319062ebe09d3630ca08951bc73777263701cca4533623e1bb118",
    ];
    /// The same under other suites.
    const SUITES: [(u16, &str); 3] = [
        (0x1302, "2f7b38001ce2a24c35fe27b8c5031fa8e06c51b5623a004ab4e5ab2d2a3f997dbf"),
        (0x1303, "2f6b8e001c6e3290acb8bafaab9367861ee0433fe2752e3f51727bf11f4d986577"),
        (0x1305, "2f8858001457cbafb349162885c5301c11904c7514c87a2c2d"),
    ];
    /// The same with other numbers, of which one byte travels or, in the last four, two.
    const NUMBERS: [(u64, &str); 10] = [
        (5, "2757001c615319062ebe09d3630ca0890285ee5830afec4dd7431a726bc69d40"),
        (100, "27ea001c8ae976e6f63ef1280bb9a76c0c0d540d23815d757650fc592d756b83"),
        (200, "2786001cfcd3b3f1ca0765d87f533ee621781deb07d7b0c20eccd674e009ba6e"),
        (300, "2713001c7fcdbe6df586c396d34043154ecfc83237e067842d68639309fe3c86"),
        (420, "275a001c3137620acb83329d78723298600f7690139727fdb561fb3a00c96f97"),
        (330, "2778001cc304b5ce66e1519cb27380e26efa83eb28b3a3bf4ccb0de9164c7c3e"),
        (33000, "2ff504001cf3d704ddfc2a2cfdc816431338fee3c9d770a61a40acba72d72dbfae"),
        (65530, "2fbe6a001cdda0060cb3568f08d5ed46382f138ef10c3a554682f790d9733984ee"),
        (65540, "2fe179001cf5df5bc7b55d8be1d51c05482cdc4c43878716dbcd3c3f4834c03332"),
        (98000, "2f50d9001c6b491a9972ad86d936743e3d0148d116ff13d80a047087181c1508f1"),
    ];
    /// The first records of epochs 4 and 5, sealed with the secrets that follow after KeyUpdates.
    const UPDATED: [&str; 2] = [
        "2c2662001cfc351ddfc911edbc38436bebfa3b56aab7eca4f01025876402309ed6",
        "2d175b001c07f6a86c63b092f5b5077697abd7dd38e85a11f6db3ad312a4d82660",
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    fn phases(suite: u16) -> Vec<Phase> {
        let secret = Secret::from(vec![7; if suite == 0x1302 { 48 } else { 32 }]);
        let keys = TrafficKeys::new(CipherSuite(suite), Labels::Dtls, &secret).unwrap();
        vec![Phase { epoch: 3, keys, next: 0 }]
    }

    fn open(phases: &mut Vec<Phase>, datagram: &[u8], id: usize) -> Option<(u16, u64)> {
        let record = DtlsRecord::read(&mut Reader::new(datagram), id).ok()?;
        let DtlsHeader::Unified { epoch, .. } = record.header else { panic!("{record:?}") };
        let opened = open_unified(phases, epoch.into(), &record)?;
        assert_eq!((opened.kind, &opened.content[..]), (ContentType::ALERT, &[2, 40][..]));
        Some((opened.epoch, opened.number))
    }

    /// Numbers of one byte and two, with and without length and connection id: the record is opened
    /// in each form (RFC 9147, 4), and in none if a byte of it is another.
    #[test]
    fn every_form_of_the_header_is_opened() {
        for (form, sealed) in FORMS.into_iter().enumerate() {
            let (mut sealed, id) = (bytes(sealed), form % 2 * 2);
            assert_eq!(open(&mut phases(0x1301), &sealed, id), Some((3, 5)), "form {form}");
            for at in 1..sealed.len() {
                sealed[at] ^= 1;
                assert_eq!(open(&mut phases(0x1301), &sealed, id), None, "form {form}, byte {at}");
                sealed[at] ^= 1;
            }
        }
    }

    /// Each suite has its own way to hide the number (RFC 9147, 4.2.3).
    #[test]
    fn every_suite_is_opened() {
        for (suite, sealed) in SUITES {
            assert_eq!(open(&mut phases(suite), &bytes(sealed), 0), Some((3, 5)), "{suite:#06x}");
        }
    }

    /// The part of the number that does not travel follows from the records before (RFC 9147,
    /// 4.2.2), even where some of them came late.
    #[test]
    fn numbers_go_on() {
        let mut phases = phases(0x1301);
        for (number, sealed) in NUMBERS {
            assert_eq!(open(&mut phases, &bytes(sealed), 0), Some((3, number)));
        }
    }

    /// After a KeyUpdate records are opened with the keys that follow, and late ones with the old;
    /// nobody takes two steps at once (RFC 9147, 8).
    #[test]
    fn keys_are_updated() {
        let mut phases = phases(0x1301);
        let [fourth, fifth] = UPDATED.map(bytes);
        assert_eq!(open(&mut phases, &fifth, 0), None);
        assert_eq!(open(&mut phases, &fourth, 0), Some((4, 0)));
        assert_eq!(open(&mut phases, &bytes(FORMS[0]), 0), Some((3, 5)));
        assert_eq!(open(&mut phases, &fifth, 0), Some((5, 0)));
    }
}

//! Opens what a DTLS conversation seals, with what a key log holds of it.
//!
//! Unlike those of TLS, records say their epoch and number, so that nothing is counted or tried.

use alert::Side;
use wire::{
    ContentType, DtlsHeader, DtlsRecord, DtlsRecordHeader, ExtensionType, HandshakeType, KeyLog,
    Labels, RecordKeys, SealedRecord, SecretLabel, ServerHello, TrafficKeys,
};

use super::{Dtls, Heard, place};
use crate::session::{Mark, Message};
use crate::story::Story;

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
struct Opened {
    epoch: u16,
    number: u64,
    kind: ContentType,
    content: Vec<u8>,
}

/// Epochs whose keys are kept: two of a handshake, and those of a KeyUpdate or renegotiation.
const MAX_EPOCHS: usize = 4;
/// Records of application data that are opened where a record does not say that it is some.
const MAX_DATA: u32 = 256;
/// The longest record that is opened however many there were: an alert or a KeyUpdate, padded.
const SHORT: usize = 128;
/// The bytes of a sealed record that hide its number (RFC 9147, 4.2.3).
const SAMPLE: usize = 16;

impl Dtls {
    /// Opens a record with the key log and tells what it holds; `None` where it stays closed.
    pub(super) fn opens(
        &mut self,
        side: Side,
        record: &DtlsRecord<'_>,
        mark: Mark,
        log: &KeyLog,
        story: &mut Story,
    ) -> Option<Heard> {
        let epoch = match record.header {
            DtlsHeader::Plain(header) if header.epoch == 0 || log.is_empty() => return None,
            DtlsHeader::Unified { .. } if log.is_empty() => return None,
            DtlsHeader::Plain(header) => header.epoch,
            DtlsHeader::Unified { epoch, .. } => epoch.into(),
        };
        if self.opening.as_ref().is_none_or(|opening| opening.lacks(epoch)) {
            self.learn(log, story);
        }
        let opened = self.opening.as_mut()?.open(side, record)?;
        if !self.half(side).is_first(opened.epoch, opened.number) {
            return Some(Heard::default());
        }
        self.arrivals += 1;
        let is_new = matches!(record.header, DtlsHeader::Unified { .. });
        // The numbers of DTLS 1.3 say nothing of alerts and data beside messages sent again.
        self.reading = (opened.epoch, if is_new { self.arrivals } else { opened.number });
        story.tells_opened(true);
        let heard = self.tell_opened(side, &opened, record.body.len() as u32, mark, story);
        story.tells_opened(false);
        self.reading = (0, 0);
        Some(heard)
    }

    fn tell_opened(
        &mut self,
        side: Side,
        opened: &Opened,
        length: u32,
        mark: Mark,
        story: &mut Story,
    ) -> Heard {
        let (epoch, record) = self.reading;
        let number = place(epoch, record, 0);
        match opened.kind {
            ContentType::HANDSHAKE => self.handshake(side, &opened.content, mark, story),
            ContentType::ALERT => {
                let Ok(message) = alert::Message::decode(&opened.content) else {
                    story.oddity(side, mark, "an alert record of the wrong length");
                    return Heard::default();
                };
                self.says_new(side, number);
                self.push(side, number, mark, length, Message::Alert(message), story)
            }
            ContentType::APPLICATION_DATA => {
                self.says_new(side, number);
                let before = story.events.len();
                story.opened_data(side, mark, length);
                if story.events.len() > before {
                    self.order.push(number);
                }
                Heard { new: true, ..Heard::default() }
            }
            // An acknowledgement says nothing that the flight behind it does not.
            _ => Heard::default(),
        }
    }

    /// Looks up the keys that follow from the newest two hellos.
    fn learn(&mut self, log: &KeyLog, story: &Story) -> Option<()> {
        let newest = |wanted| {
            story.events.iter().rev().find_map(move |event| match &event.message {
                Message::Handshake { kind, body } if *kind == wanted => Some((event.side, body)),
                _ => None,
            })
        };
        let (client, hello) = newest(HandshakeType::CLIENT_HELLO)?;
        // The version, and then the random.
        let random = hello.get(2..)?.first_chunk()?;
        let (_, body) = newest(HandshakeType::SERVER_HELLO)?;
        let answer = ServerHello::read(body).ok().filter(|it| !it.is_hello_retry_request())?;
        match &mut self.opening {
            Some(opening) => opening.renew(log, random, &answer)?,
            None => {
                self.opening = Some(Box::new(Opening::new(log, client, random, &answer)?));
            }
        }
        Some(())
    }
}

impl Opening {
    /// What a log holds of the conversation that `client` began with this random and that the
    /// server answered so.
    fn new(log: &KeyLog, client: Side, random: &[u8; 32], hello: &ServerHello<'_>) -> Option<Self> {
        use SecretLabel::{ClientApplication, ClientHandshake, ServerApplication, ServerHandshake};
        let keys = if hello.version().is_tls13() {
            let phase = |(epoch, label)| {
                let secret = log.traffic_secret(random, label)?;
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
    fn lacks(&self, epoch: u16) -> bool {
        matches!(&self.keys, Keys::Records(all)
            if all.len() < MAX_EPOCHS && usize::from(epoch) == all.len() + 1)
    }

    /// Another handshake has begun inside the conversation, with these randoms.
    fn renew(&mut self, log: &KeyLog, random: &[u8; 32], hello: &ServerHello<'_>) -> Option<()> {
        let answered = *hello.random.first_chunk()?;
        if let (Keys::Records(all), true) = (&mut self.keys, answered != self.answered) {
            all.push(record_keys(log, random, hello)?);
            self.answered = answered;
        }
        Some(())
    }

    /// Opens a record. `None` where it stays closed.
    fn open(&mut self, side: Side, record: &DtlsRecord<'_>) -> Option<Opened> {
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
        log.traffic_secret(random, SecretLabel::Master)?,
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

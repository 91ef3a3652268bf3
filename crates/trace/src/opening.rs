//! Opens what one conversation seals, with what a key log holds of it.
//!
//! Records are numbered and the numbers do not travel, so each side counts what it sent. What is
//! not worth opening is counted alone. Where the capture lost records, or where it is not certain
//! which keys are in use, the next numbers and the next keys are tried, up to a bound.

use std::collections::VecDeque;

use alert::Side;
use wire::{
    ContentType, ExtensionType, HandshakeType, KeyLog, Labels, ProtocolVersion, RecordHeader,
    RecordKeys, SealedRecord, Secret, SecretLabel, ServerHello, TrafficKeys,
};

/// What a key log holds of one conversation, and how far both sides are with it.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    client: Side,
    /// The random of the ClientHello that the next ServerHello answers.
    random: [u8; 32],
    secrets: Vec<(SecretLabel, Secret)>,
    version: ProtocolVersion,
    ends: [End; 2],
    /// Records that were opened.
    pub(crate) opened: u32,
}

/// How far one side is.
#[derive(Clone, Debug, Default)]
struct End {
    keys: Keys,
    /// The keys after the ChangeCipherSpec that is still to come (TLS 1.2 and before).
    next: Option<RecordKeys>,
    /// The number of the next record, if none was lost.
    number: u64,
    /// How many numbers behind it are possible, too.
    lost: u64,
    /// Records in a row that could not be opened.
    failures: u8,
    /// Longer records opened since the handshake was complete.
    long: u16,
}

#[derive(Clone, Debug, Default)]
enum Keys {
    #[default]
    None,
    /// TLS 1.3: the keys in use and those of the phases to come, early data first.
    Traffic(VecDeque<TrafficKeys>),
    /// TLS 1.2 and before.
    Records(Box<RecordKeys>),
}

/// After the handshake of TLS 1.3 records up to this length are opened: a ticket, a request for a
/// certificate, a certificate of usual size.
const LONG: u16 = 4096;
/// So many of them; after that only short ones.
const MAX_LONG: u16 = 256;
/// The longest record that is opened however many there were: an alert or a KeyUpdate, padded.
const SHORT: u16 = 128;
/// Lost records after which the numbering is given up.
const MAX_LOST: u64 = 64;
/// The shortest sealed record with its header: what a gap can hold is counted in these.
const SHORTEST_RECORD: u64 = 22;
/// Records in a row that are tried in vain before a side is given up: more than a flight has, so
/// that a log without handshake secrets still opens what follows.
const MAX_FAILURES: u8 = 16;
/// Records that may have passed unnoticed when the secrets come late.
const LATE: u64 = 8;

impl Opening {
    /// What a log holds of the conversation that `client` began with this random.
    pub(crate) fn new(log: &KeyLog, client: Side, random: [u8; 32]) -> Option<Self> {
        let secrets = secrets(log, &random);
        let (version, ends) = (ProtocolVersion::TLS_1_2, Default::default());
        (!secrets.is_empty()).then_some(Self { client, random, secrets, version, ends, opened: 0 })
    }

    /// Another handshake begins inside the conversation, with this random.
    pub(crate) fn renew(&mut self, log: &KeyLog, random: [u8; 32]) {
        self.random = random;
        self.secrets = secrets(log, &random);
    }

    /// The server answers: now the suite is known, and with it the keys. `sent` is how many
    /// records of application data each side has sent so far. With `late` the answer came long
    /// ago, and what each side has done since then is not known.
    pub(crate) fn server_hello(&mut self, hello: &ServerHello<'_>, sent: [u64; 2], late: bool) {
        use SecretLabel::{
            ClientApplication, ClientEarly, ClientHandshake, Master, ServerApplication,
            ServerHandshake,
        };
        let secrets = std::mem::take(&mut self.secrets);
        let secret = |wanted| {
            secrets.iter().find_map(|(label, secret)| (*label == wanted).then_some(secret))
        };
        self.version = hello.version();
        let lost = if late { LATE } else { 0 };
        if self.version.is_tls13() {
            let phases = |labels: &[SecretLabel]| -> VecDeque<TrafficKeys> {
                let present = labels.iter().filter_map(|label| secret(*label));
                present
                    .filter_map(|s| TrafficKeys::new(hello.cipher_suite, Labels::Tls, s))
                    .collect()
            };
            let client = phases(&[ClientEarly, ClientHandshake, ClientApplication]);
            let server = phases(&[ServerHandshake, ServerApplication]);
            // What a client sends in front of the answer is early data.
            let counts = late || secret(ClientEarly).is_some();
            let [first, second] = sent;
            for (side, sent) in [(Side::Client, first), (Side::Server, second)] {
                let (is_client, phases) = if side == self.client {
                    (true, client.clone())
                } else {
                    (false, server.clone())
                };
                let number = if counts || !is_client { sent } else { 0 };
                *self.end(side) =
                    End { keys: Keys::Traffic(phases), number, lost, ..End::default() };
            }
            return;
        }
        let Some(server_random) = hello.random.first_chunk() else { return };
        // What was compressed says nothing before it is unpacked, and nobody compresses.
        if hello.compression_method != 0 {
            return;
        }
        let keys = secret(Master).and_then(|master| {
            RecordKeys::new(
                hello.cipher_suite,
                self.version,
                master,
                &self.random,
                server_random,
                hello.has(ExtensionType::ENCRYPT_THEN_MAC),
            )
        });
        if let Some([of_client, of_server]) = keys {
            let client = self.client;
            self.end(client).next = Some(of_client);
            self.end(client.other()).next = Some(of_server);
        }
        for end in &mut self.ends {
            end.lost = lost;
        }
    }

    /// A side changes to the keys that were agreed on (TLS 1.2 and before).
    pub(crate) fn change_cipher(&mut self, side: Side) {
        let end = self.end(side);
        if let Some(keys) = end.next.take() {
            let (keys, lost) = (Keys::Records(Box::new(keys)), end.lost);
            *end = End { keys, lost, ..End::default() };
        }
    }

    /// Whether a record is worth opening, and there are keys for it.
    pub(crate) fn wants(&self, side: Side, header: RecordHeader) -> bool {
        let Some(end) = self.ends.get(side as usize) else { return false };
        let RecordHeader { content_type, length, .. } = header;
        match &end.keys {
            Keys::None => false,
            Keys::Traffic(phases) => {
                let handshake = phases.len() > 1;
                content_type == ContentType::APPLICATION_DATA
                    && !phases.is_empty()
                    && (handshake || length <= SHORT || (length <= LONG && end.long < MAX_LONG))
            }
            Keys::Records(keys) => {
                matches!(content_type, ContentType::ALERT | ContentType::HANDSHAKE)
                    || keys.is_chained()
            }
        }
    }

    /// Opens a record: its content and what that is. `None` where it stays closed.
    pub(crate) fn open(
        &mut self,
        side: Side,
        header: RecordHeader,
        body: &[u8],
    ) -> Option<(ContentType, Vec<u8>)> {
        // The drafts of TLS 1.3 before 25 did not authenticate the header.
        let draft = self.version.draft().is_some_and(|draft| draft < 25);
        let end = self.end(side);
        let opened = end.open(header, body, draft);
        if let Keys::Records(keys) = &mut end.keys {
            keys.step_over(body);
        }
        match opened {
            Some(_) => {
                (end.failures, end.lost) = (0, 0);
                end.long = end.long.saturating_add(u16::from(end.is_long(header.length)));
                self.opened = self.opened.saturating_add(1);
            }
            None => {
                end.lost = (end.lost + 1).min(MAX_LOST);
                end.failures += 1;
                if end.failures >= MAX_FAILURES {
                    end.keys = Keys::None;
                }
            }
        }
        opened
    }

    /// Counts a record that nobody opens.
    #[inline]
    pub(crate) fn step_over(&mut self, side: Side, kind: ContentType) {
        let end = self.end(side);
        let counts = match end.keys {
            Keys::None => false,
            Keys::Traffic(_) => kind == ContentType::APPLICATION_DATA,
            Keys::Records(_) => true,
        };
        end.number += u64::from(counts);
    }

    /// The capture lost so many bytes, and with them nobody knows how many records.
    pub(crate) fn lose(&mut self, side: Side, bytes: u64) {
        let end = self.end(side);
        end.lost = (end.lost + bytes / SHORTEST_RECORD + 1).min(MAX_LOST);
    }

    /// A side has said a handshake message that was sealed: after some of them it takes new keys
    /// (RFC 9846, 4.5, 4.6.3 and 7.1).
    pub(crate) fn heard(&mut self, side: Side, kind: HandshakeType) {
        let end = self.end(side);
        let Keys::Traffic(phases) = &mut end.keys else { return };
        match kind {
            HandshakeType::FINISHED | HandshakeType::END_OF_EARLY_DATA if phases.len() > 1 => {
                phases.pop_front();
            }
            HandshakeType::KEY_UPDATE => {
                if let Some(keys) = phases.front_mut() {
                    *keys = keys.next();
                }
            }
            _ => return,
        }
        end.number = 0;
    }

    fn end(&mut self, side: Side) -> &mut End {
        let [first, second] = &mut self.ends;
        if side == Side::Client { first } else { second }
    }
}

impl End {
    fn open(
        &mut self,
        header: RecordHeader,
        body: &[u8],
        draft: bool,
    ) -> Option<(ContentType, Vec<u8>)> {
        let RecordHeader { content_type, version, length } = header;
        let numbers = self.number..=self.number + self.lost;
        match &mut self.keys {
            Keys::None => None,
            Keys::Records(keys) => {
                let record = |number| SealedRecord {
                    number,
                    content_type,
                    version,
                    connection_id: None,
                    body,
                };
                let (number, content) = numbers
                    .into_iter()
                    .find_map(|number| Some((number, keys.open(&record(number))?)))?;
                self.number = number + 1;
                Some((content_type, content))
            }
            Keys::Traffic(phases) => {
                let [major, minor] = version.0.to_be_bytes();
                let [high, low] = length.to_be_bytes();
                let header = [content_type.0, major, minor, high, low];
                let header = if draft { &[][..] } else { &header };
                let mut tries = phases.iter().enumerate().flat_map(|(phase, keys)| {
                    // The first record of a phase has the number 0.
                    let first = if phase == 0 { self.number } else { 0 };
                    (first..=first + self.lost).map(move |number| (phase, number, keys))
                });
                let (phase, number, content) = tries.find_map(|(phase, number, keys)| {
                    Some((phase, number, keys.open(number, header, body)?))
                })?;
                phases.drain(..phase);
                self.number = number + 1;
                inner(content)
            }
        }
    }

    /// Whether a record is one of those of which only some are opened.
    fn is_long(&self, length: u16) -> bool {
        matches!(&self.keys, Keys::Traffic(phases) if phases.len() == 1) && length > SHORT
    }
}

/// All that a log holds under a random.
fn secrets(log: &KeyLog, random: &[u8; 32]) -> Vec<(SecretLabel, Secret)> {
    let held = |label| Some((label, log.secret(random, label)?.clone()));
    SecretLabel::ALL.into_iter().filter_map(held).collect()
}

/// What a record of TLS 1.3 holds: the content, its type, and zeros (RFC 9846, 5.2).
fn inner(mut content: Vec<u8>) -> Option<(ContentType, Vec<u8>)> {
    let end = content.iter().rposition(|&byte| byte != 0)?;
    let kind = ContentType(*content.get(end)?);
    content.truncate(end);
    Some((kind, content))
}

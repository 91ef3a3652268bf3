//! The text that stacks write for SSLKEYLOGFILE: one secret a line (RFC 9850).
//!
//! A line is a label, the random of the ClientHello, and the secret, the latter two in hexadecimal.
//! A log often holds more than one program's connections, is cut at its end, or has been edited by
//! hand: what is malformed is remembered with its line, and the rest is used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Secret;

/// The secrets of many connections, found by the random of their ClientHello. A clone shares them
/// until one of the two is added to.
#[derive(Clone, Default)]
pub struct KeyLog {
    secrets: Arc<Secrets>,
    count: usize,
    lines: u64,
    unused: u64,
    left_out: u64,
    faults: Vec<KeyLogFault>,
    malformed: u64,
}

/// Secrets by random; of one connection there are six at most.
type Secrets = HashMap<[u8; 32], Vec<(SecretLabel, Secret)>>;

/// Which secret of a connection it is, as RFC 9850 names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretLabel {
    /// `CLIENT_RANDOM`: the master secret of TLS 1.2 and before, of 48 bytes.
    Master,
    /// `CLIENT_EARLY_TRAFFIC_SECRET`: of the client's 0-RTT data.
    ClientEarly,
    /// `CLIENT_HANDSHAKE_TRAFFIC_SECRET`.
    ClientHandshake,
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`.
    ServerHandshake,
    /// `CLIENT_TRAFFIC_SECRET_0`: of what follows the handshake.
    ClientApplication,
    /// `SERVER_TRAFFIC_SECRET_0`: of what follows the handshake.
    ServerApplication,
}

/// A line of a key log that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLogFault {
    /// Its number in the text, from 1.
    pub line: u64,
    /// What is wrong with it, as a short phrase that holds nothing of the line.
    pub what: &'static str,
}

/// Secrets kept: those of some hundred thousand connections, in about 100 MB.
const MAX_SECRETS: usize = 1 << 19;
/// Malformed lines that are told one by one; the others are counted.
const MAX_FAULTS: usize = 8;

impl KeyLog {
    /// Reads a text. It never fails as a whole: see [`KeyLog::faults`].
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let mut log = Self::default();
        let text = plain(text);
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            // Who copies a log out of a shell script brings the line's continuation along.
            let line = line.trim_ascii();
            let line = line.strip_suffix(b"\\").unwrap_or(line);
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            log.lines += 1;
            match Entry::read(line) {
                Ok(Entry::Secret(random, label, secret)) => log.keep(random, label, secret),
                Ok(Entry::Unused) => log.unused += 1,
                Err(what) => log.fault(KeyLogFault { line: number, what }),
            }
        }
        log
    }

    /// Takes over what another log holds, its faults included.
    pub fn add(&mut self, other: Self) {
        for (random, secrets) in Arc::unwrap_or_clone(other.secrets) {
            for (label, secret) in secrets {
                self.keep(random, label, secret);
            }
        }
        self.lines += other.lines;
        self.unused += other.unused;
        self.left_out += other.left_out;
        self.malformed += other.malformed - other.faults.len() as u64;
        for fault in other.faults {
            self.fault(fault);
        }
    }

    /// A secret of the connection whose ClientHello has this random: a traffic secret of TLS 1.3, the
    /// master secret of the versions before. After a
    /// HelloRetryRequest both ClientHellos have the same (RFC 9846, 4.1.2).
    #[inline]
    #[must_use]
    pub fn secret(&self, random: &[u8; 32], label: SecretLabel) -> Option<&Secret> {
        let secrets = self.secrets.get(random)?;
        secrets.iter().find_map(|(known, secret)| (*known == label).then_some(secret))
    }

    /// Whether the log holds anything of that connection.
    #[inline]
    #[must_use]
    pub fn knows(&self, random: &[u8; 32]) -> bool {
        !self.secrets.is_empty() && self.secrets.contains_key(random)
    }

    /// Whether no secret is in it.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// How many connections it knows.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.secrets.len()
    }

    /// Lines that say something: neither empty nor comments.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines of a kind that is not used: exporter secrets, ECH, an RSA-encrypted secret, secrets
    /// found by session id, and what newer stacks may write.
    #[must_use]
    pub fn unused(&self) -> u64 {
        self.unused
    }

    /// Secrets beyond the number that is kept.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The first lines that could not be read.
    #[must_use]
    pub fn faults(&self) -> &[KeyLogFault] {
        &self.faults
    }

    /// How many lines could not be read.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    /// Keeps a secret; one that comes again replaces itself.
    fn keep(&mut self, random: [u8; 32], label: SecretLabel, secret: Secret) {
        let secrets = Arc::make_mut(&mut self.secrets);
        if let Some(known) = secrets.get_mut(&random)
            && let Some((_, known)) = known.iter_mut().find(|(known, _)| *known == label)
        {
            *known = secret;
        } else if self.count < MAX_SECRETS {
            self.count += 1;
            let known = secrets.entry(random).or_default();
            // Whoever writes one secret for each random must not make us keep room for four.
            known.reserve_exact(1);
            known.push((label, secret));
        } else {
            self.left_out += 1;
        }
    }

    fn fault(&mut self, fault: KeyLogFault) {
        self.malformed += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyLog({} connections, {} malformed)", self.connections(), self.malformed)
    }
}

/// What a line says.
enum Entry {
    Secret([u8; 32], SecretLabel, Secret),
    Unused,
}

impl Entry {
    fn read(line: &[u8]) -> Result<Self, &'static str> {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let name = words.next().unwrap_or_default();
        let Some(label) = SecretLabel::read(name) else {
            // Every label but the oldest has an underscore; one of tomorrow will, too.
            let is_word = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
            let is_label = name == b"RSA" || (name.contains(&b'_') && name.iter().all(is_word));
            return if is_label { Ok(Self::Unused) } else { Err("no line of a key log") };
        };
        let (Some(random), Some(secret)) = (words.next(), words.next()) else {
            return Err("cut short");
        };
        if words.next().is_some() {
            return Err("more than three words");
        }
        let random = bytes(random).and_then(|random| random.try_into().ok());
        let random = random.ok_or("no random of 64 hexadecimal digits")?;
        let secret = bytes(secret).ok_or("a secret that is not hexadecimal")?;
        let fits = match label {
            SecretLabel::Master => secret.len() == 48,
            // As long as the hash of the suite.
            _ => matches!(secret.len(), 32 | 48 | 64),
        };
        if !fits {
            return Err("a secret of a length that it cannot have");
        }
        Ok(Self::Secret(random, label, Secret::from(secret)))
    }
}

impl SecretLabel {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Master,
        Self::ClientEarly,
        Self::ClientHandshake,
        Self::ServerHandshake,
        Self::ClientApplication,
        Self::ServerApplication,
    ];

    /// The label by the first word of a line; old versions of Chrome wrote `QUIC_` in front of
    /// those that belong to QUIC.
    fn read(name: &[u8]) -> Option<Self> {
        let old = name.strip_prefix(b"QUIC_");
        Some(match old.unwrap_or(name) {
            b"CLIENT_RANDOM" if old.is_none() => Self::Master,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::ClientEarly,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientApplication,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerApplication,
            _ => return None,
        })
    }
}

/// The text without what Windows puts around it: a mark in front, and, where a shell wrote it in
/// UTF-16, a zero beside each letter.
fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    match text {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            rest.iter().copied().filter(|byte| *byte != 0).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.into(),
        _ => text.into(),
    }
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(value(high)? << 4 | value(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &str = "0101010101010101010101010101010101010101010101010101010101010101";
    const SECRET: &str = "abababababababababababababababababababababababababababababababab";

    /// Lines of TLS 1.2 and 1.3 and of old QUIC are found by random and label; comments, blank
    /// lines, Windows' line ends, a missing last one and a backslash at the end do not matter.
    #[test]
    fn secrets_are_found() {
        let text = format!(
            "# made by a test\r\n\r\nCLIENT_RANDOM {RANDOM} {SECRET}{}\r\n\
             SERVER_HANDSHAKE_TRAFFIC_SECRET {RANDOM} {SECRET}\r\n\
             QUIC_CLIENT_TRAFFIC_SECRET_0 {RANDOM} {}\\",
            &SECRET[..32],
            SECRET.to_uppercase()
        );
        let log = KeyLog::read(text.as_bytes());
        let random = [1; 32];
        assert_eq!((log.lines(), log.connections(), log.malformed()), (3, 1, 0));
        assert_eq!(log.secret(&random, SecretLabel::Master), Some(&Secret::from(&[0xab; 48][..])));
        let secret = |label| log.secret(&random, label);
        assert_eq!(secret(SecretLabel::ServerHandshake), Some(&Secret::from(&[0xab; 32][..])));
        assert_eq!(secret(SecretLabel::ClientApplication), Some(&Secret::from(&[0xab; 32][..])));
        assert_eq!(secret(SecretLabel::ClientHandshake), None);
        assert!(log.knows(&random) && !log.knows(&[2; 32]));
    }

    /// What an editor or a shell of Windows wrote is the same log.
    #[test]
    fn texts_of_windows_are_read() {
        let text = format!("CLIENT_TRAFFIC_SECRET_0 {RANDOM} {SECRET}\r\n");
        let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            ["\u{feff}", &text].concat().encode_utf16().flat_map(order).collect()
        };
        let marked = ["\u{feff}", &text].concat().into_bytes();
        for text in [marked, wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            let log = KeyLog::read(&text);
            assert_eq!((log.connections(), log.malformed()), (1, 0), "{:?}", &text[..4]);
        }
    }

    /// Malformed lines are told by number and reason, lines of no use are counted, and what is
    /// between them is used. Nothing of a line is repeated.
    #[test]
    fn malformed_lines_are_told() {
        let text = format!(
            "GET / HTTP/1.1\nCLIENT_RANDOM {RANDOM}\nCLIENT_RANDOM {RANDOM} {SECRET}\n\
             CLIENT_TRAFFIC_SECRET_0 {RANDOM} {SECRET}\nRSA 0123456789abcdef {SECRET}\n\
             EXPORTER_SECRET {RANDOM} {SECRET}\nCLIENT_TRAFFIC_SECRET_0 0g {SECRET}\n\
             CLIENT_TRAFFIC_SECRET_0 {RANDOM} abc\nCLIENT_TRAFFIC_SECRET_0 {RANDOM} ab ab\n"
        );
        let log = KeyLog::read(text.as_bytes());
        let lines: Vec<u64> = log.faults().iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 2, 3, 7, 8, 9]);
        assert_eq!((log.malformed(), log.unused(), log.connections()), (6, 2, 1));
    }

    /// Faults are kept to a bound and counted beyond it, in two logs as in one.
    #[test]
    fn many_faults_are_counted() {
        let mut log = KeyLog::read("x\n".repeat(MAX_FAULTS + 3).as_bytes());
        log.add(KeyLog::read("x\n".repeat(2 * MAX_FAULTS).as_bytes()));
        assert_eq!(log.faults().len(), MAX_FAULTS);
        assert_eq!(log.malformed(), 3 * MAX_FAULTS as u64 + 3);
    }

    /// A log of one secret for each random costs what the secrets take, not room for more of them.
    #[test]
    fn a_secret_costs_its_own_size() {
        let text = format!("CLIENT_TRAFFIC_SECRET_0 {RANDOM} {SECRET}");
        let log = KeyLog::read(text.as_bytes());
        let known = log.secrets.get(&[1; 32]).unwrap();
        assert_eq!((known.len(), known.capacity()), (1, 1));
    }

    /// No secret can be printed, not even for a programmer.
    #[test]
    fn nothing_of_a_secret_is_shown() {
        let log = KeyLog::read(format!("CLIENT_TRAFFIC_SECRET_0 {RANDOM} {SECRET}").as_bytes());
        assert_eq!(format!("{log:?}"), "KeyLog(1 connections, 0 malformed)");
    }
}

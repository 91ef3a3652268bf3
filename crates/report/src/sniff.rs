//! What some bytes are, by their first bytes and never by the name of the file.
//!
//! Captures are read, compressed ones are unpacked, and everything else gets a word of its own,
//! because "not a capture" alone sends the reader back to guessing.

use logs::Encoding;
use windows::Evtx;
use wire::{Format, Packets};

/// What the first bytes of an input say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A capture in the classic format.
    Pcap,
    /// A capture in pcapng format.
    Pcapng,
    /// A capture of Microsoft Network Monitor, version 2.
    NetMon,
    /// A capture of Solaris snoop.
    Snoop,
    /// An event log of Windows, or chunks of one.
    Evtx,
    /// A registry as text: an export, or what a command printed.
    Registry,
    /// A hive of a registry.
    Hive,
    /// Something packed with gzip.
    Gzip,
    /// Something packed with zstd.
    Zstd,
    /// Something packed with xz.
    Xz,
    /// Text in UTF-16.
    Utf16(Encoding),
    /// Text, with the sort of text it looks like.
    Text(&'static str),
    /// Nothing at all.
    Empty,
    /// Something else, with a guess at what.
    Unknown(&'static str),
}

impl Kind {
    /// How many bytes from the front of an input [`Kind::of`] wants to see; fewer will do.
    pub const LOOK: usize = 512;

    /// What nothing is known of.
    pub(crate) const JUNK: Self = Self::Unknown("bytes of no kind that is known here");

    /// Tells by the first bytes.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match Packets::sniff(head) {
            Some(Format::Pcap) => return Self::Pcap,
            Some(Format::Pcapng) => return Self::Pcapng,
            Some(Format::NetMon) => return Self::NetMon,
            Some(Format::Snoop) => return Self::Snoop,
            None => {}
        }
        match head {
            [] => Self::Empty,
            _ if Evtx::is(head) => Self::Evtx,
            [b'r', b'e', b'g', b'f', ..] => Self::Hive,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ if Encoding::of(head) != Encoding::Utf8 => Self::Utf16(Encoding::of(head)),
            _ if is_registry(head) => Self::Registry,
            _ if head.get(4..8) == Some(b"LfLe") => Self::Unknown(
                "an event log of Windows before Vista (.evt): export it as text first",
            ),
            _ if is_trace(head) => Self::Unknown(TRACE),
            _ => MAGICS
                .iter()
                .find(|(magic, _)| head.starts_with(magic))
                .map(|(_, word)| Self::Unknown(word))
                .or_else(|| text(head).map(Self::Text))
                .unwrap_or(Self::JUNK),
        }
    }

    /// Whether this is a capture that can be read.
    #[must_use]
    pub fn is_capture(self) -> bool {
        matches!(self, Self::Pcap | Self::Pcapng | Self::NetMon | Self::Snoop)
    }

    /// Whether it is a registry, which tells how a machine is set and of no failure.
    #[must_use]
    pub fn is_settings(self) -> bool {
        matches!(self, Self::Registry | Self::Hive)
    }

    /// Whether something else is packed in it, and can be unpacked here; UTF-16 is a packing of UTF-8.
    #[must_use]
    pub fn is_packed(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd | Self::Xz | Self::Utf16(_))
    }

    /// Whether this is text in which a log may stand.
    #[must_use]
    pub fn is_log(self) -> bool {
        matches!(self, Self::Text(word) if word != KEY_LOG)
    }

    /// Whether somebody wrote down in it what failed: lines of a log, or records of an event log.
    #[must_use]
    pub fn is_written(self) -> bool {
        self.is_log() || self == Self::Evtx
    }

    /// The word for machines: `pcap`, `pcapng`, `netmon`, `snoop`, `evtx`, `registry`, `hive`, `gzip`, `zstd`, `xz`, `utf-16`, `text`, `empty`, `unknown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
            Self::NetMon => "netmon",
            Self::Snoop => "snoop",
            Self::Evtx => "evtx",
            Self::Registry => "registry",
            Self::Hive => "hive",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Utf16(_) => "utf-16",
            Self::Text(_) => "text",
            Self::Empty => "empty",
            Self::Unknown(_) => "unknown",
        }
    }

    /// What it looks like, with an article: "a pcapng capture", "an ELF program".
    #[must_use]
    pub fn looks_like(self) -> &'static str {
        match self {
            Self::Pcap => "a pcap capture",
            Self::Pcapng => "a pcapng capture",
            Self::NetMon => "a Microsoft Network Monitor capture",
            Self::Snoop => "a Solaris snoop capture",
            Self::Evtx => "a Windows event log",
            Self::Registry => "a registry export",
            Self::Hive => "a registry hive",
            Self::Gzip => "a gzip file",
            Self::Zstd => "a zstd file",
            Self::Xz => "an xz file",
            Self::Utf16(_) => "UTF-16 text",
            Self::Empty => "an empty file",
            Self::Text(word) | Self::Unknown(word) => word,
        }
    }
}

/// Whether a text is a registry: an export, or what `reg query` or PowerShell printed.
fn is_registry(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let listed = b"::HKEY_";
    let head = head.get(..Kind::LOOK).unwrap_or(head);
    REGISTRY.iter().any(|begin| start.starts_with(begin))
        || (start.first().is_some_and(u8::is_ascii_alphabetic)
            && head.windows(listed.len()).any(|part| part == listed)
            && head.windows(3).any(|part| part == b" : "))
}

/// The sort of text, or `None` for bytes that are no text. Zeros may stand in front of it, where a
/// log was emptied under its writer, and some of it may be in another encoding or no text at all.
fn text(head: &[u8]) -> Option<&'static str> {
    let head = head.get(..Kind::LOOK).unwrap_or(head);
    let zeros = head.iter().take_while(|byte| **byte == 0).count();
    let head = head.get(zeros..).filter(|_| zeros == 0 || zeros >= HOLE)?;
    if head.is_empty() {
        return Some("zeros, perhaps with text behind them");
    }
    let printable = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x1b | 0x20..=0x7e | 0x80..);
    let valid = match str::from_utf8(head) {
        Ok(_) => true,
        // The head may end inside a character, and must not be nothing else.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let ascii = head.iter().filter(|byte| byte.is_ascii() && printable(byte)).count();
    let mostly = head.len() >= HOLE && ascii >= head.len() / 4 * 3;
    let all = valid && head.iter().all(printable);
    if !(mostly || all) {
        return None;
    }
    let start = head.trim_ascii_start();
    let word = TEXTS.iter().find(|(begin, _)| start.starts_with(begin)).map(|(_, word)| *word);
    Some(word.unwrap_or("text"))
}

/// Whether it begins like an event trace of Windows: a buffer's header of 72 bytes, with its size in
/// front, and behind it that of the system's first record.
fn is_trace(head: &[u8]) -> bool {
    let size = head.first_chunk().map(|size| u32::from_le_bytes(*size));
    let is_size = size.is_some_and(|size| size > 0 && size.is_multiple_of(1024));
    is_size && matches!(head.get(74..76), Some([1 | 2, 0xc0]))
}

/// What `pktmon` and `netsh trace` write.
const TRACE: &str = "an event trace of Windows (.etl): make a capture of it first (pktmon etl2pcap \
                     IN.etl --out OUT.pcapng, or etl2pcapng IN.etl OUT.pcapng)";

/// Fewer zeros at the front are no hole in a log, and fewer bytes do not tell what most of them are.
const HOLE: usize = 16;

/// First bytes of what people give to a capture reader by mistake.
const MAGICS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"BZh", "a bzip2 file: unpack it first (bzip2 -dc FILE | tlswhy)"),
    (b"\x04\x22\x4d\x18", "an lz4 file: unpack it first (lz4 -dc FILE | tlswhy)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"RTSS", "a capture of Network Monitor 1: convert it first (editcap IN OUT.pcapng)"),
    (b"TRSNIFF data", "a Sniffer capture: convert it first (editcap IN OUT.pcapng)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"-----BEGIN CERTIFICATE", "a PEM certificate"),
    (b"-----BEGIN PRIVATE", "a private key: do not send it around"),
    (b"-----BEGIN RSA PRIVATE", "a private key: do not send it around"),
    (b"-----BEGIN EC PRIVATE", "a private key: do not send it around"),
    (b"-----BEGIN ", "a PEM file"),
    (b"\x30\x82", "DER data, perhaps a certificate"),
    (b"\x16\x03", "bare TLS records without a capture around them"),
];

/// First characters of a registry as text; people paste what stands behind the first line too.
const REGISTRY: &[&[u8]] = &[
    b"Windows Registry Editor Version",
    b"REGEDIT4",
    b"[HKEY_LOCAL_MACHINE\\",
    b"HKEY_LOCAL_MACHINE\\",
    b"[HKEY_CURRENT_USER\\",
    b"HKEY_CURRENT_USER\\",
];

/// First characters of texts that have a name.
const TEXTS: &[(&[u8], &str)] = &[
    (b"{", "JSON text"),
    (b"[", "text, perhaps JSON or a log"),
    (b"<?xml", "XML text"),
    (b"<Event", "Windows events as XML text"),
    (b"<!DOCTYPE html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"#!", "a script"),
    (b"# SSL/TLS secrets log file", KEY_LOG),
    (b"CLIENT_RANDOM ", KEY_LOG),
    (b"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", KEY_LOG),
    (b"SERVER_HANDSHAKE_TRAFFIC_SECRET ", KEY_LOG),
    (b"CLIENT_TRAFFIC_SECRET_0 ", KEY_LOG),
    (b"SERVER_TRAFFIC_SECRET_0 ", KEY_LOG),
    (b"CLIENT_EARLY_TRAFFIC_SECRET ", KEY_LOG),
    (b"EXPORTER_SECRET ", KEY_LOG),
    (b"#separator", "a Zeek log"),
];

/// Where a key log was given in place of the capture it belongs to.
const KEY_LOG: &str = "a TLS key log: give it with --keylog, beside the capture";

#[cfg(test)]
mod tests {
    use super::*;

    /// What can be read is told by content, in every variant of the formats.
    #[test]
    fn captures_are_told_by_their_first_bytes() {
        assert_eq!(Kind::of(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00"), Kind::Pcap);
        assert_eq!(Kind::of(b"\xa1\xb2\x3c\x4d\x00\x02\x00\x04"), Kind::Pcap);
        assert_eq!(Kind::of(b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00"), Kind::Pcapng);
        assert_eq!(Kind::of(b"GMBU\x03\x02\x01\x00"), Kind::NetMon);
        assert_eq!(Kind::of(b"snoop\0\0\0"), Kind::Snoop);
        assert_eq!(Kind::of(b"\x1f\x8b\x08\x00"), Kind::Gzip);
        assert_eq!(Kind::of(b"\x28\xb5\x2f\xfd\x24"), Kind::Zstd);
        assert_eq!(Kind::of(b"\x50\x2a\x4d\x18\x00"), Kind::Zstd);
        assert_eq!(Kind::of(b"\xfd7zXZ\x00\x00\x04"), Kind::Xz);
        assert_eq!(Kind::of(b""), Kind::Empty);
        assert_eq!(Kind::of(b"regf\x02\0\0\0"), Kind::Hive);
        assert_eq!(Kind::of(b"\r\nHKEY_LOCAL_MACHINE\\SYSTEM\r\n"), Kind::Registry);
        assert_eq!(Kind::of(b"REGEDIT4\n"), Kind::Registry);
        assert_eq!(Kind::of(b"\nEnabled : 0\nPSPath : X\\Registry::HKEY_L"), Kind::Registry);
    }

    /// What cannot be read has a word that says what it is.
    #[test]
    fn other_files_have_a_word() {
        assert_eq!(Kind::of(b"\x7fELF\x02\x01").looks_like(), "an ELF program");
        assert_eq!(Kind::of(b"-----BEGIN CERTIFICATE-----").looks_like(), "a PEM certificate");
        assert_eq!(Kind::of(b"2026/11/22 09:00:01 [error] 12#12").looks_like(), "text");
        for start in ["CLIENT_RANDOM 0102", "# SSL/TLS secrets log file, generated by NSS\n"] {
            assert_eq!(Kind::of(start.as_bytes()).looks_like(), KEY_LOG);
        }
        assert_eq!(Kind::of("größer\n".as_bytes()).name(), "text");
        assert_eq!(Kind::of(b"\n  {\"a\": 1}").looks_like(), "JSON text");
        assert_eq!(Kind::of(b"\xff\xfeE\0r\0"), Kind::Utf16(Encoding::Utf16Little));
        assert_eq!(
            Kind::of(&b"S\0c\0h\0a\0n\0n\0e\0l\0".repeat(4)),
            Kind::Utf16(Encoding::Utf16Little)
        );
        assert_eq!(Kind::of(b"\x00\x01\x02\x03").name(), "unknown");
        assert_eq!(Kind::of(b"gr\xfc\xdfe aus K\xf6ln an alle Leser").name(), "text");
        assert_eq!(Kind::of(&[&[0; 100][..], b"2026-11-22 ready"].concat()).name(), "text");
        assert_eq!(Kind::of(&(0..=255).collect::<Vec<u8>>()), Kind::JUNK);
    }

    /// What Windows writes beside captures and event logs has a word that says how to go on.
    #[test]
    fn logs_of_windows_are_told_apart() {
        assert_eq!(Kind::of(b"ElfFile\0\0\0"), Kind::Evtx);
        assert_eq!(Kind::of(b"ElfChnk\0\x01"), Kind::Evtx);
        let old = Kind::of(b"\x30\0\0\0LfLe\x01\0\0\0").looks_like();
        assert!(old.contains(".evt)"), "{old}");
        let mut trace = vec![0; 100];
        trace[1] = 0x10;
        trace[74..76].copy_from_slice(&[2, 0xc0]);
        assert!(Kind::of(&trace).looks_like().contains("pktmon etl2pcap"));
    }

    /// No first bytes are refused, and a character cut in two is still text.
    #[test]
    fn any_bytes_have_a_kind() {
        for byte in 0..=u8::MAX {
            assert!(!Kind::of(&[byte]).looks_like().is_empty());
            assert!(!Kind::of(&[byte; 600]).name().is_empty());
        }
        assert_eq!(Kind::of("x€".as_bytes().split_last().unwrap().1).name(), "text");
    }
}

//! Capture files: from the bytes of a file to the packets in it.
//!
//! One pull parser over windows serves a mapped file (one window), a pipe and a decompressor (many
//! windows): it owns no buffer, reads no file, and hands out packets that borrow from the window.
//! What is damaged is reported and stepped over whenever something readable follows.

use crate::Time;

mod counted;
mod link;
mod order;
mod pcap;
mod pcapng;
#[cfg(test)]
mod tests;

use counted::Counted;
pub use link::Link;
use pcap::Pcap;
use pcapng::Pcapng;

/// A pull parser for pcap, pcapng, Network Monitor and snoop.
///
/// With the whole file at hand, call [`Packets::next`] with it and `end = true` until
/// [`Next::End`]. To stream, call it with what is there; on [`Next::NeedMore`] remove
/// [`Packets::drain`] bytes from the front of the window, append more, and call again. A window
/// of [`Packets::WINDOW`] bytes is always enough to go on.
#[derive(Debug, Default)]
pub struct Packets {
    place: Place,
    reading: Reading,
}

/// What [`Packets::next`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// One captured frame.
    Packet(Packet<'a>),
    /// The text of a key log inside the capture, for [`KeyLog::read`](crate::KeyLog::read).
    Secrets(&'a [u8]),
    /// The window ends before the next packet does: drain, refill, call again. Never with `end`.
    NeedMore,
    /// Nothing is left.
    End,
    /// Something could not be read. Calling again goes on behind it when that is possible.
    Damaged(Damage),
}

/// One captured frame, borrowed from the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The frame number, counted from 1 over the whole file, as Wireshark counts.
    pub number: u64,
    /// When it was captured.
    pub time: Time,
    /// What the first byte of `bytes` belongs to.
    pub link: Link,
    /// The bytes that were kept.
    pub bytes: &'a [u8],
    /// How many bytes the frame had on the wire: more than `bytes.len()` when the snap length or
    /// the end of the file cut it, never fewer.
    pub length: u32,
    /// Where `bytes` starts in the file.
    pub offset: u64,
}

/// A place in the file that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where in the file the unreadable thing starts.
    pub offset: u64,
    /// What is wrong there, as a clause: "the file ends inside a packet".
    pub what: &'static str,
    /// Whether nothing behind this place can be read.
    pub fatal: bool,
}

/// The formats that [`Packets`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The classic format of tcpdump, in either byte order, with microseconds or nanoseconds.
    Pcap,
    /// The block format of Wireshark, draft-ietf-opsawg-pcapng.
    Pcapng,
    /// That of Microsoft Network Monitor, version 2.
    NetMon,
    /// That of Solaris, RFC 1761.
    Snoop,
}

impl Packets {
    /// A window of this many bytes always lets [`Packets::next`] do something: the two longest
    /// blocks in a row, since the second one proves the first.
    pub const WINDOW: usize = 2 * pcapng::MOST_BLOCK_BYTES + 12;

    /// Starts at the first byte of a file.
    pub fn new() -> Self {
        Self::default()
    }

    /// The format that the first bytes of a file announce; eight bytes are enough.
    pub fn sniff(bytes: &[u8]) -> Option<Format> {
        match bytes.first_chunk()? {
            pcapng::MAGIC => Some(Format::Pcapng),
            magic => match pcap::Variant::of(*magic) {
                Some(_) => Some(Format::Pcap),
                None => Counted::sniff(bytes),
            },
        }
    }

    /// Looks for the next packet in `window`.
    ///
    /// The window starts where the last drained byte ended (at first, where the file starts);
    /// `end` says that the file ends where the window ends.
    #[inline]
    pub fn next<'a>(&mut self, window: &'a [u8], end: bool) -> Next<'a> {
        match &mut self.reading {
            Reading::Pcap(pcap) => pcap.next(&mut self.place, window, end),
            Reading::Pcapng(pcapng) => pcapng.next(&mut self.place, window, end),
            Reading::Counted(counted) => counted.next(&mut self.place, window, end),
            Reading::Start => self.start(window, end),
            Reading::Over => Next::End,
        }
    }

    /// How many bytes at the front of the window are no longer needed. The caller must remove
    /// exactly these before the next call: the count starts again at nothing.
    #[inline]
    pub fn drain(&mut self) -> usize {
        let drained = self.place.at;
        self.place.base = self.place.base.saturating_add(drained as u64);
        self.place.at = 0;
        drained
    }

    /// Where in the file the next call goes on.
    #[inline]
    pub fn offset(&self) -> u64 {
        self.place.offset()
    }

    /// Recognizes the format by its magic number, then reads on in it.
    #[cold]
    fn start<'a>(&mut self, window: &'a [u8], end: bool) -> Next<'a> {
        let format = Self::sniff(window);
        let what = match format {
            _ if window.is_empty() && end => "the file is empty",
            None if window.len() >= MAGIC_BYTES || end => "this is no capture of a known format",
            Some(Format::Pcapng) => {
                self.reading = Reading::Pcapng(Pcapng::new());
                return self.next(window, end);
            }
            Some(Format::Pcap) => match Pcap::new(window) {
                Some(pcap) => {
                    self.place.at = pcap::FILE_HEADER_BYTES;
                    self.reading = Reading::Pcap(pcap);
                    return self.next(window, end);
                }
                None if end => "the file ends inside its header",
                None => return Next::NeedMore,
            },
            Some(format @ (Format::NetMon | Format::Snoop)) => {
                match Counted::new(format, window, end) {
                    Some((counted, header)) => {
                        self.place.at = header;
                        self.reading = Reading::Counted(counted);
                        return self.next(window, end);
                    }
                    None if end => "the file ends inside its header",
                    None => return Next::NeedMore,
                }
            }
            None => return Next::NeedMore,
        };
        self.reading = Reading::Over;
        Next::Damaged(Damage { offset: 0, what, fatal: true })
    }
}

/// How far the reading is; the formats share it.
#[derive(Debug, Default)]
struct Place {
    /// Offset in the window of the next byte to look at.
    at: usize,
    /// Offset in the file of the first byte of the window.
    base: u64,
    /// Number of the last packet handed out.
    number: u64,
    /// Time of the last packet that had one.
    time: Time,
}

impl Place {
    /// What the window holds from here on.
    #[inline]
    fn rest<'a>(&self, window: &'a [u8]) -> &'a [u8] {
        window.get(self.at..).unwrap_or_default()
    }

    /// The offset in the file of the next byte to look at.
    #[inline]
    fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// A damage that starts here.
    fn damage<'a>(&self, what: &'static str, fatal: bool) -> Next<'a> {
        Next::Damaged(Damage { offset: self.offset(), what, fatal })
    }

    /// Numbers a packet that `header` bytes from here on starts with `bytes`.
    #[inline]
    fn packet<'a>(
        &mut self,
        time: Time,
        link: Link,
        header: usize,
        bytes: &'a [u8],
        length: u32,
    ) -> Packet<'a> {
        self.number += 1;
        self.time = time;
        let offset = self.offset() + header as u64;
        Packet { number: self.number, time, link, bytes, length, offset }
    }
}

/// The format being read, with its own state.
#[derive(Debug, Default)]
enum Reading {
    #[default]
    Start,
    Pcap(Pcap),
    Pcapng(Pcapng),
    Counted(Counted),
    Over,
}

/// What a format does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A packet or block starts here.
    Read,
    /// A packet was handed out whose end lies behind the end of the file.
    Cut,
    /// Something was damaged: look for the next thing that can be read.
    Search,
    /// Nothing is left.
    Over,
}

/// Whether a packet or block could start at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plausible {
    Yes,
    No,
    /// The window is too short to tell.
    Unknown,
}

/// Looks for the first place from `place` on that `judge` finds plausible, and goes there.
///
/// `judge` looks at a bounded number of bytes, so that the search is linear whatever it meets.
fn search(
    place: &mut Place,
    window: &[u8],
    judge: impl Fn(&Place, &[u8]) -> Plausible,
) -> Plausible {
    while place.at < window.len() {
        match judge(place, place.rest(window)) {
            Plausible::No => place.at += 1,
            found => return found,
        }
    }
    Plausible::No
}

/// The most bytes of one packet that are believed: the largest snap length that libpcap lets
/// anybody set. A larger number is damage, or an attempt to make us hold a large buffer.
const MOST_PACKET_BYTES: u32 = 262_144;

/// Every format can be told by its first eight bytes.
const MAGIC_BYTES: usize = 8;

const CUT: &str = "the file ends inside a packet";
const TOO_FAR: &str = "a packet claims more bytes than the file has left";
const LOST: &str = "nothing readable follows the damage";

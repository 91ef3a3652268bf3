//! The classic capture file: a header of 24 bytes, then packets with a header of 16 bytes each.
//!
//! draft-ietf-opsawg-pcap. There is nothing to find the next packet by but the length of the last
//! one; so after damage the next packet is where several headers in a row make sense.

use super::order::Order;
use super::{
    CUT, LOST, Link, MOST_PACKET_BYTES, Next, Place, Plausible, Step, TOO_FAR, Time, search,
};

/// The state of reading one pcap file.
#[derive(Debug)]
pub(super) struct Pcap {
    variant: Variant,
    link: Link,
    step: Step,
}

/// What the magic number says about all that follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variant {
    order: Order,
    /// Nanoseconds in one unit of the second time field.
    unit: u32,
    /// Bytes of a packet header.
    header: usize,
}

impl Variant {
    /// The variant that a file with these first four bytes is written in.
    pub(super) fn of(magic: [u8; 4]) -> Option<Self> {
        let (order, magic) = match magic[0] {
            0xa1 => (Order::Big, u32::from_be_bytes(magic)),
            _ => (Order::Little, u32::from_le_bytes(magic)),
        };
        let (unit, header) = match magic {
            0xa1b2_c3d4 => (1_000, 16),
            0xa1b2_3c4d => (1, 16),
            // A patched libpcap of the nineties adds interface and protocol to each header.
            0xa1b2_cd34 => (1_000, 24),
            _ => return None,
        };
        Some(Self { order, unit, header })
    }

    /// Reads the four fields that every variant begins a packet header with.
    #[inline]
    fn header(self, bytes: &[u8]) -> Option<Header> {
        let bytes = bytes.first_chunk::<16>()?;
        Some(Header {
            seconds: self.order.u32(bytes, 0)?,
            fraction: self.order.u32(bytes, 4)?,
            captured: self.order.u32(bytes, 8)?,
            length: self.order.u32(bytes, 12)?,
        })
    }
}

/// The header of one packet.
struct Header {
    seconds: u32,
    /// Microseconds or nanoseconds.
    fraction: u32,
    /// How many bytes are in the file.
    captured: u32,
    /// How many bytes were on the wire.
    length: u32,
}

impl Pcap {
    /// Reads the file header; `None` when it is not all there.
    pub(super) fn new(file: &[u8]) -> Option<Self> {
        let header = file.first_chunk::<FILE_HEADER_BYTES>()?;
        let variant = Variant::of(*header.first_chunk()?)?;
        // The upper half of the field tells how many checksum bytes end a frame; the length in
        // the IP header cuts them off anyway.
        let network = variant.order.u32(header, 20)?;
        let link = Link::from((network & 0xffff) as u16);
        Some(Self { variant, link, step: Step::Read })
    }

    /// Looks for the next packet; see [`super::Packets::next`].
    #[inline]
    pub(super) fn next<'a>(&mut self, place: &mut Place, window: &'a [u8], end: bool) -> Next<'a> {
        if self.step == Step::Read {
            let rest = place.rest(window);
            if let Some(header) = self.variant.header(rest)
                && header.captured <= MOST_PACKET_BYTES
                && let Some(frame) = rest.get(..self.variant.header + header.captured as usize)
            {
                let next = self.packet(place, &header, frame);
                place.at += frame.len();
                return next;
            }
        }
        self.hesitate(place, window, end)
    }

    /// A packet out of its header and the header's and packet's bytes.
    #[inline]
    fn packet<'a>(&self, place: &mut Place, header: &Header, frame: &'a [u8]) -> Next<'a> {
        let Variant { unit, header: skip, .. } = self.variant;
        // Tools that shift times write negative fractions, so the field counts as signed. Neither
        // the products nor the sum can leave an i64: all factors are smaller than 2^32.
        let fraction = i64::from(header.fraction.cast_signed()) * i64::from(unit);
        let time = Time(i64::from(header.seconds) * 1_000_000_000 + fraction);
        let bytes = frame.get(skip..).unwrap_or_default();
        let length = header.length.max(header.captured);
        Next::Packet(place.packet(time, self.link, skip, bytes, length))
    }

    /// All that is not a packet at hand: short windows, the end, damage.
    #[cold]
    fn hesitate<'a>(&mut self, place: &mut Place, window: &'a [u8], end: bool) -> Next<'a> {
        match self.step {
            Step::Over => Next::End,
            Step::Read => self.stop(place, place.rest(window), end),
            Step::Cut => {
                let start = place.at;
                place.at += self.variant.header;
                if search(place, window, |place, rest| self.judge(place, rest, end))
                    == Plausible::Yes
                {
                    self.step = Step::Read;
                    return place.damage(TOO_FAR, false);
                }
                self.step = Step::Over;
                place.at = start;
                place.damage(CUT, true)
            }
            Step::Search => {
                match search(place, window, |place, rest| self.judge(place, rest, end)) {
                    Plausible::Yes => {
                        self.step = Step::Read;
                        self.next(place, window, end)
                    }
                    Plausible::Unknown => Next::NeedMore,
                    Plausible::No if end => {
                        self.step = Step::Over;
                        place.damage(LOST, true)
                    }
                    Plausible::No => Next::NeedMore,
                }
            }
        }
    }

    /// Says why no packet can be read from `rest`.
    fn stop<'a>(&mut self, place: &mut Place, rest: &'a [u8], end: bool) -> Next<'a> {
        let header = self.variant.header(rest);
        if header.as_ref().is_some_and(|header| header.captured > MOST_PACKET_BYTES) {
            let damage = place.damage("a packet claims more than 256 KiB", false);
            self.step = Step::Search;
            place.at += 1;
            return damage;
        }
        if !end {
            return Next::NeedMore;
        }
        match header {
            Some(header) if rest.len() >= self.variant.header => {
                self.step = Step::Cut;
                self.packet(place, &header, rest)
            }
            _ => {
                self.step = Step::Over;
                if rest.is_empty() {
                    Next::End
                } else {
                    place.damage("the file ends inside a packet header", true)
                }
            }
        }
    }

    /// Whether packets start at `rest`: a few headers in a row must make sense, each where the
    /// one before says, or the last of them end exactly where the file ends.
    fn judge(&self, place: &Place, rest: &[u8], end: bool) -> Plausible {
        let mut rest = rest;
        let mut seconds = (place.number > 0).then(|| place.time.seconds());
        for link in 0..CHAIN {
            let Some(header) = self.variant.header(rest) else {
                return match end {
                    false => Plausible::Unknown,
                    true if link > 0 && rest.is_empty() => Plausible::Yes,
                    true => Plausible::No,
                };
            };
            let now = i64::from(header.seconds);
            let makes_sense = (1..=MOST_PACKET_BYTES).contains(&header.captured)
                && (header.captured..=MOST_PACKET_BYTES).contains(&header.length)
                && header.fraction < 1_000_000_000 / self.variant.unit
                && seconds.is_none_or(|before| (now - before).abs() <= MOST_SECONDS_APART);
            if !makes_sense {
                return Plausible::No;
            }
            seconds = Some(now);
            match rest.get(self.variant.header + header.captured as usize..) {
                Some(behind) => rest = behind,
                None if end => return Plausible::No,
                None => return Plausible::Unknown,
            }
        }
        Plausible::Yes
    }
}

/// The length of the header of a file.
pub(super) const FILE_HEADER_BYTES: usize = 24;

/// How many headers in a row prove that packets start at a place. Two can be met by chance in a
/// gigabyte of noise; three cannot.
const CHAIN: usize = 3;

/// Packets around a damaged place were captured within this time of each other. A day is longer
/// than most captures and makes one random second in 25,000 pass.
const MOST_SECONDS_APART: i64 = 86_400;

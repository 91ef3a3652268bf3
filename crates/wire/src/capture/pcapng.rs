//! The block format: sections, each with its own byte order and interfaces, made of blocks that
//! carry their length at both ends.
//!
//! draft-ietf-opsawg-pcapng. The second length proves the first, which makes damage easy to see
//! and the next sound block easy to find.

use super::order::Order;
use super::{
    CUT, LOST, Link, MOST_PACKET_BYTES, Next, Place, Plausible, Step, TOO_FAR, Time, search,
};

/// The state of reading one pcapng file.
#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    /// The interfaces that the present section has described.
    interfaces: Vec<Interface>,
    step: Step,
    /// The lengths of the next block differ and that has been said: believe the first one.
    lengths_differ: bool,
    /// Bytes still to be stepped over of a block too large to be looked at.
    skip: usize,
}

/// Where packets were captured, and how their times count.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Link,
    snap_length: u32,
    clock: Clock,
}

/// How the 64-bit time stamps of an interface count.
#[derive(Clone, Copy, Debug)]
struct Clock {
    unit: Unit,
    /// Nanoseconds to add to each.
    offset: i64,
}

/// What one unit of a time stamp is.
#[derive(Clone, Copy, Debug)]
enum Unit {
    /// So many nanoseconds.
    Nanoseconds(u64),
    /// This part of a nanosecond.
    Fraction(u64),
    /// A second halved so many times.
    HalvedSecond(u32),
}

impl Pcapng {
    pub(super) fn new() -> Self {
        Self {
            order: Order::Little,
            interfaces: Vec::new(),
            step: Step::Read,
            lengths_differ: false,
            skip: 0,
        }
    }

    /// Looks for the next packet; see [`super::Packets::next`].
    #[inline]
    pub(super) fn next<'a>(&mut self, place: &mut Place, window: &'a [u8], end: bool) -> Next<'a> {
        loop {
            if self.step == Step::Read && self.skip == 0 {
                let rest = place.rest(window);
                if let Some(block) = self.block(rest)
                    && (self.lengths_differ || self.trailer(block) == self.total(block))
                {
                    self.lengths_differ = false;
                    let next = self.read(place, block);
                    place.at += block.len();
                    match next {
                        Some(next) => return next,
                        None => continue,
                    }
                }
            }
            if let Some(next) = self.hesitate(place, window, end) {
                return next;
            }
        }
    }

    /// The block at the front of `rest`, if it is all there and its length may be believed.
    #[inline]
    fn block<'a>(&mut self, rest: &'a [u8]) -> Option<&'a [u8]> {
        if rest.starts_with(MAGIC) {
            self.order = section_order(rest)?;
        }
        let total = self.total(rest)?;
        if !(FEWEST_BLOCK_BYTES..=MOST_BLOCK_BYTES).contains(&total) {
            return None;
        }
        rest.get(..total)
    }

    /// The length that stands behind the type of a block.
    #[inline]
    fn total(&self, block: &[u8]) -> Option<usize> {
        self.order.u32(block, 4).map(|total| total as usize)
    }

    /// The length that ends a block.
    #[inline]
    fn trailer(&self, block: &[u8]) -> Option<usize> {
        let trailer = self.order.u32(block, block.len().checked_sub(4)?)?;
        Some(trailer as usize)
    }

    /// Reads one whole block: a packet or damage to hand out, or nothing to say.
    #[inline]
    fn read<'a>(&mut self, place: &mut Place, block: &'a [u8]) -> Option<Next<'a>> {
        let body = block.get(..block.len().checked_sub(4)?)?;
        match self.order.u32(block, 0)? {
            ENHANCED_PACKET | OBSOLETE_PACKET | SIMPLE_PACKET => {
                Some(self.packet(place, body).unwrap_or_else(|what| {
                    // It has a frame number all the same.
                    place.number += 1;
                    place.damage(what, false)
                }))
            }
            INTERFACE => {
                if self.interfaces.len() >= MOST_INTERFACES {
                    return Some(place.damage("a section describes too many interfaces", false));
                }
                let Some(interface) = self.interface(body) else {
                    return Some(place.damage("an interface description is too short", false));
                };
                self.interfaces.push(interface);
                None
            }
            SECTION => {
                self.interfaces.clear();
                let major = self.order.u16(block, 12)?;
                (major != 1).then(|| place.damage("a section is of an unknown version", false))
            }
            SECRETS if self.order.u32(block, 8)? == TLS_KEY_LOG => {
                let length = self.order.u32(block, 12)? as usize;
                let text = body.get(16..)?;
                Some(Next::Secrets(text.get(..length).unwrap_or(text)))
            }
            // Name resolution, statistics, secrets of other protocols: no packets in them.
            _ => None,
        }
    }

    /// Reads a packet block; `body` is what is there of it, without the length at its end.
    #[inline]
    fn packet<'a>(&self, place: &mut Place, body: &'a [u8]) -> Result<Next<'a>, &'static str> {
        let order = self.order;
        let kind = order.u32(body, 0).ok_or(NO_ROOM)?;
        if kind == SIMPLE_PACKET {
            let interface = self.interfaces.first().ok_or(NO_INTERFACE)?;
            let length = order.u32(body, 8).ok_or(NO_ROOM)?;
            let kept = match interface.snap_length {
                0 => length,
                most => length.min(most),
            };
            let room = body.get(12..).unwrap_or_default();
            let bytes = room.get(..kept as usize).unwrap_or(room);
            // The block has no time of its own; the last one keeps packets in order.
            let time = place.time;
            return Ok(Next::Packet(place.packet(time, interface.link, 12, bytes, length)));
        }
        let number = match kind {
            ENHANCED_PACKET => order.u32(body, 8).map(|number| number as usize),
            _ => order.u16(body, 8).map(usize::from),
        };
        let interface = number.and_then(|number| self.interfaces.get(number));
        let high = order.u32(body, 12).ok_or(NO_ROOM)?;
        let low = order.u32(body, 16).ok_or(NO_ROOM)?;
        let kept = order.u32(body, 20).ok_or(NO_ROOM)?;
        let length = order.u32(body, 24).ok_or(NO_ROOM)?;
        let total = self.total(body).ok_or(NO_ROOM)?;
        if kept > MOST_PACKET_BYTES || kept as usize > total.saturating_sub(28 + 4) {
            return Err("a packet claims more bytes than its block has");
        }
        let interface = interface.ok_or(NO_INTERFACE)?;
        let room = body.get(28..).unwrap_or_default();
        let bytes = room.get(..kept as usize).unwrap_or(room);
        let time = interface.clock.time(u64::from(high) << 32 | u64::from(low));
        let length = length.max(kept);
        Ok(Next::Packet(place.packet(time, interface.link, 28, bytes, length)))
    }

    /// Reads an interface description.
    fn interface(&self, body: &[u8]) -> Option<Interface> {
        let link = Link::from(self.order.u16(body, 8)?);
        let snap_length = self.order.u32(body, 12)?;
        let mut clock = Clock { unit: Unit::Nanoseconds(1_000), offset: 0 };
        let mut options = body.get(16..)?;
        while let Some(code) = self.order.u16(options, 0)
            && let Some(length) = self.order.u16(options, 2)
            && let Some(value) = options.get(4..4 + usize::from(length))
        {
            match (code, value) {
                (OPTION_END, _) => break,
                (OPTION_TIME_RESOLUTION, [exponent]) => clock.unit = Unit::from(*exponent),
                (OPTION_TIME_OFFSET, _) => {
                    let seconds = self.order.i64(value, 0).unwrap_or_default();
                    clock.offset = Time::from_parts(seconds, 0).0;
                }
                _ => {}
            }
            // Values are padded to whole words; the last one may lack its padding.
            options = options.get(4 + usize::from(length).next_multiple_of(4)..)?;
        }
        Some(Interface { link, snap_length, clock })
    }

    /// All that is not a whole, sound block at hand. Nothing to hand out means: look again.
    #[cold]
    fn hesitate<'a>(&mut self, place: &mut Place, window: &'a [u8], end: bool) -> Option<Next<'a>> {
        match self.step {
            Step::Over => Some(Next::End),
            Step::Read if self.skip > 0 => {
                let step = self.skip.min(place.rest(window).len());
                self.skip -= step;
                place.at += step;
                match self.skip {
                    0 => None,
                    _ if !end => Some(Next::NeedMore),
                    _ => Some(self.over(place, "the file ends inside a block")),
                }
            }
            Step::Read => self.stop(place, place.rest(window), end),
            Step::Cut => {
                let start = place.at;
                place.at += 4;
                self.step = Step::Read;
                if self.search(place, window, end) == Plausible::Yes {
                    return Some(place.damage(TOO_FAR, false));
                }
                place.at = start;
                Some(self.over(place, CUT))
            }
            Step::Search => match self.search(place, window, end) {
                Plausible::Yes => {
                    self.step = Step::Read;
                    None
                }
                Plausible::No if end => Some(self.over(place, LOST)),
                _ => Some(Next::NeedMore),
            },
        }
    }

    /// Says why no block can be read from `rest`.
    fn stop<'a>(&mut self, place: &mut Place, rest: &'a [u8], end: bool) -> Option<Next<'a>> {
        let is_section = rest.starts_with(MAGIC);
        let (Some(kind), Some(total)) = (self.order.u32(rest, 0), self.total(rest)) else {
            return Some(self.short(place, rest, end));
        };
        if is_section && rest.len() < FEWEST_BLOCK_BYTES {
            return Some(self.short(place, rest, end));
        }
        let what = if is_section && section_order(rest).is_none() {
            "a section header has no byte order"
        } else if total < FEWEST_BLOCK_BYTES {
            "a block claims fewer bytes than a block has"
        } else if total > MOST_BLOCK_BYTES {
            if total <= MOST_SKIPPED_BYTES && is_skipped(kind) {
                self.skip = total;
                let what = "secrets of more than 1 MiB in one block, which are not read";
                return (kind == SECRETS).then(|| place.damage(what, false));
            }
            "a block claims too many bytes"
        } else if let Some(behind) = rest.get(total..) {
            // The two lengths differ. If a sound block follows, the first one is right.
            let judged = match behind {
                [] if end => Plausible::Yes,
                _ => judge(self.order, behind, end),
            };
            if judged == Plausible::Unknown {
                return Some(Next::NeedMore);
            }
            let damage = place.damage("the two lengths of a block differ", false);
            if judged == Plausible::Yes {
                self.lengths_differ = true;
            } else {
                self.search_from(place, 4);
            }
            return Some(damage);
        } else {
            return Some(self.short(place, rest, end));
        };
        let damage = place.damage(what, false);
        self.search_from(place, 4);
        Some(damage)
    }

    /// The window ends inside a block.
    fn short<'a>(&mut self, place: &mut Place, rest: &'a [u8], end: bool) -> Next<'a> {
        if !end {
            return Next::NeedMore;
        }
        if rest.is_empty() {
            self.step = Step::Over;
            return Next::End;
        }
        if self.order.u32(rest, 0).is_some_and(has_packet)
            && let Ok(packet) = self.packet(place, rest)
        {
            self.step = Step::Cut;
            return packet;
        }
        self.over(place, "the file ends inside a block")
    }

    /// Goes on with a search `bytes` further on.
    fn search_from(&mut self, place: &mut Place, bytes: usize) {
        self.step = Step::Search;
        place.at += bytes;
    }

    /// Goes to the next sound block.
    fn search(&self, place: &mut Place, window: &[u8], end: bool) -> Plausible {
        search(place, window, |_, rest| judge(self.order, rest, end))
    }

    /// The last words about a file.
    fn over<'a>(&mut self, place: &Place, what: &'static str) -> Next<'a> {
        self.step = Step::Over;
        place.damage(what, true)
    }
}

impl Clock {
    /// The time that a stamp means; what does not fit is set to the nearest that does.
    #[inline]
    fn time(self, stamp: u64) -> Time {
        let nanoseconds = match self.unit {
            Unit::Nanoseconds(each) => i64::try_from(stamp.saturating_mul(each)),
            Unit::Fraction(part) => i64::try_from(stamp / part),
            // The product stays below 2^94.
            Unit::HalvedSecond(times) => {
                i64::try_from((u128::from(stamp) * 1_000_000_000) >> times)
            }
        };
        Time(nanoseconds.unwrap_or(i64::MAX).saturating_add(self.offset))
    }
}

/// if_tsresol: a negative power of ten, or of two when the highest bit is set.
impl From<u8> for Unit {
    fn from(exponent: u8) -> Self {
        let power = u32::from(exponent & 0x7f);
        let ten_to = |power| 10_u64.checked_pow(power).unwrap_or(u64::MAX);
        match (exponent & 0x80, power) {
            (0, 0..=9) => Self::Nanoseconds(ten_to(9 - power)),
            (0, _) => Self::Fraction(ten_to(power - 9)),
            _ => Self::HalvedSecond(power),
        }
    }
}

/// The byte order that a section header declares for its section.
fn section_order(block: &[u8]) -> Option<Order> {
    match block.get(8..)?.first_chunk()? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(Order::Big),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(Order::Little),
        _ => None,
    }
}

/// Whether a sound block starts at `rest`: a known type, and two lengths that agree.
fn judge(order: Order, rest: &[u8], end: bool) -> Plausible {
    let short = if end { Plausible::No } else { Plausible::Unknown };
    let order = match rest.first_chunk() {
        Some(MAGIC) if rest.len() < FEWEST_BLOCK_BYTES => return short,
        Some(MAGIC) => match section_order(rest) {
            Some(order) => order,
            None => return Plausible::No,
        },
        _ => order,
    };
    let (Some(kind), Some(total)) = (order.u32(rest, 0), order.u32(rest, 4)) else {
        return short;
    };
    let total = total as usize;
    if !is_known(kind) || !(FEWEST_BLOCK_BYTES..=MOST_BLOCK_BYTES).contains(&total) {
        return Plausible::No;
    }
    match order.u32(rest, total - 4) {
        Some(trailer) if trailer as usize == total => Plausible::Yes,
        Some(_) => Plausible::No,
        None => short,
    }
}

/// Whether blocks of this type are described somewhere: only those prove anything.
fn is_known(kind: u32) -> bool {
    has_packet(kind) || is_skipped(kind) || matches!(kind, INTERFACE | SECTION)
}

/// Whether blocks of this type hold no packet.
fn is_skipped(kind: u32) -> bool {
    matches!(kind, NAMES | STATISTICS | SECRETS | CUSTOM | CUSTOM_NOT_COPIED)
}

/// Whether blocks of this type carry a packet.
fn has_packet(kind: u32) -> bool {
    matches!(kind, ENHANCED_PACKET | OBSOLETE_PACKET | SIMPLE_PACKET)
}

/// The first four bytes of a section header, the same in both byte orders.
pub(super) const MAGIC: &[u8; 4] = &[0x0a, 0x0d, 0x0d, 0x0a];

/// The longest block that is looked at in one piece: a packet of the most believed bytes with
/// more comments than anybody writes. The caller's window must hold two of them.
pub(super) const MOST_BLOCK_BYTES: usize = 1 << 20;

/// The longest block without packets that is stepped over, the limit that Wireshark has too.
/// Beyond, the length itself is more likely to be damaged.
const MOST_SKIPPED_BYTES: usize = 16 << 20;

/// A type and two lengths.
const FEWEST_BLOCK_BYTES: usize = 12;

/// The most interfaces of one section. A host with thousands of containers has thousands; the
/// bound keeps a hostile file from costing more than half a megabyte.
const MOST_INTERFACES: usize = 16_384;

// Block types, draft-ietf-opsawg-pcapng, 10.1.
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAMES: u32 = 4;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const SECRETS: u32 = 10;
const CUSTOM: u32 = 0x0bad;
const CUSTOM_NOT_COPIED: u32 = 0x4000_0bad;
const SECTION: u32 = 0x0a0d_0d0a;

/// Decryption secrets in the form of a key log, 4.7: "TLSK".
const TLS_KEY_LOG: u32 = 0x544c_534b;

// Options of an interface description, 4.2.
const OPTION_END: u16 = 0;
const OPTION_TIME_RESOLUTION: u16 = 9;
const OPTION_TIME_OFFSET: u16 = 14;

const NO_INTERFACE: &str = "a packet is of an interface that the section does not describe";
const NO_ROOM: &str = "a packet block is too short";

//! IP fragments put together, RFC 791, 3.2 and RFC 8200, 4.5, and those of CAPWAP, RFC 5415, 3.4, by
//! the holes of RFC 815.
//!
//! This is the one place of the crate that remembers, because a datagram, and a tunnel in it, mean
//! nothing before they are whole. What arrives first wins: a later fragment fills holes and changes
//! nothing that is there. Time is that of the capture.

use core::net::IpAddr;
use std::collections::BTreeMap;

use crate::{Datagram, Fragmented, Link, Reader, Skipped, Time, frame, ip, tunnel};

/// Datagrams of which parts are still missing. Bounded in number, bytes and time; beyond a bound the
/// oldest is dropped.
#[derive(Debug, Default)]
pub struct Fragments {
    open: BTreeMap<Key, Parts>,
    /// The open ones by age.
    ages: BTreeMap<u64, Key>,
    /// The bytes that all of them hold.
    held: usize,
    begun: u64,
}

/// A datagram put together from its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    key: Key,
    protocol: u8,
    ttl: u8,
    length: usize,
    bytes: Vec<u8>,
    fragments: u64,
}

/// What the fragments of one datagram have in common. In IPv6 the protocol is not part of it: only
/// that of the first fragment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    protocol: Option<u8>,
    id: u32,
    of: Fragmented,
}

#[derive(Debug)]
struct Parts {
    number: u64,
    since: Time,
    /// What is missing, as start and end; the last hole has no end until the last fragment came.
    holes: Vec<(usize, usize)>,
    bytes: Vec<u8>,
    /// Where the first byte is that a fragment brought and the capture cut.
    cut: usize,
    /// Protocol and time to live of the first fragment.
    first: Option<(u8, u8)>,
    fragments: u64,
}

impl Fragments {
    /// Takes a fragment that was captured at `time`, and gives the datagram that it completes.
    /// What is no fragment, or cannot be one, changes nothing.
    pub fn add(&mut self, part: &Datagram<'_>, time: Time) -> Option<Whole> {
        let fragment = part.fragment?;
        let end = fragment.offset.checked_add(part.length)?;
        // RFC 791, 3.2: all but the last are a multiple of eight, and none ends beyond the longest
        // datagram, which is how the "ping of death" was made.
        if part.length == 0 || end > LONGEST || (fragment.more && !part.length.is_multiple_of(8)) {
            return None;
        }
        self.forget(time);
        let protocol = part.source.is_ipv4().then_some(part.protocol);
        let (source, destination) = (part.source, part.destination);
        let key = Key { source, destination, protocol, id: fragment.id, of: fragment.of };
        let mut parts = self.take(&key).unwrap_or_else(|| {
            self.begun += 1;
            Parts::new(self.begun, time)
        });
        parts.fill(part, fragment.offset, end, fragment.more);
        if parts.holes.is_empty() {
            return parts.whole(key);
        }
        if parts.holes.len() <= MOST_HOLES {
            self.held += parts.bytes.len();
            self.ages.insert(parts.number, key);
            self.open.insert(key, parts);
            while (self.held > MAX_HELD || self.open.len() > MAX_OPEN) && self.drop_oldest() {}
        }
        None
    }

    /// Drops what will not become whole any more.
    fn forget(&mut self, now: Time) {
        while let Some(oldest) = self.ages.values().next().and_then(|key| self.open.get(key)) {
            if now.since(oldest.since) <= PATIENCE || !self.drop_oldest() {
                return;
            }
        }
    }

    fn drop_oldest(&mut self) -> bool {
        let Some(key) = self.ages.values().next().copied() else { return false };
        self.take(&key).is_some()
    }

    fn take(&mut self, key: &Key) -> Option<Parts> {
        let parts = self.open.remove(key)?;
        self.ages.remove(&parts.number);
        self.held -= parts.bytes.len();
        Some(parts)
    }
}

impl Whole {
    /// The innermost datagram in this one; it may be a fragment again.
    ///
    /// # Errors
    /// When the extension headers behind the fragment header are cut or without end, or a frame that
    /// came in fragments carries something else. Offsets count from the first byte that was in a
    /// fragment.
    pub fn datagram(&self) -> Result<Datagram<'_>, Skipped> {
        let link = match self.key.of {
            Fragmented::Ip => return self.ip(),
            Fragmented::CapwapEthernet => Link::Ethernet,
            Fragmented::CapwapWifi => Link::Wifi,
        };
        frame::datagram(link, Reader::new(&self.bytes)).map(tunnel::innermost)
    }

    fn ip(&self) -> Result<Datagram<'_>, Skipped> {
        let mut datagram = Datagram {
            source: self.key.source,
            destination: self.key.destination,
            protocol: self.protocol,
            ttl: self.ttl,
            // It tells the parts of one datagram from those of others, and has done that.
            id: None,
            payload: &self.bytes,
            length: self.length,
            fragment: None,
        };
        if self.key.source.is_ipv6() {
            ip::extensions(&mut datagram, 0)?;
        }
        Ok(tunnel::innermost(datagram))
    }

    /// How many fragments came for it, copies included.
    #[must_use]
    pub fn fragments(&self) -> u64 {
        self.fragments
    }
}

impl Parts {
    fn new(number: u64, since: Time) -> Self {
        let (holes, bytes) = (vec![(0, usize::MAX)], Vec::new());
        Self { number, since, holes, bytes, cut: usize::MAX, first: None, fragments: 0 }
    }

    /// RFC 815, 3: each hole that the fragment touches gives way to what is left of it in front and
    /// behind. Nothing is left behind the last fragment.
    fn fill(&mut self, part: &Datagram<'_>, offset: usize, end: usize, more: bool) {
        self.fragments += 1;
        if offset == 0 && self.first.is_none() {
            self.first = Some((part.protocol, part.ttl));
        }
        let mut left = Vec::with_capacity(self.holes.len() + 1);
        for (start, stop) in std::mem::take(&mut self.holes) {
            if offset >= stop || end <= start {
                left.push((start, stop));
                continue;
            }
            let (from, to) = (offset.max(start), end.min(stop));
            self.copy(part.payload, offset, from, to);
            if start < from {
                left.push((start, from));
            }
            if to < stop && (more || stop != usize::MAX) {
                left.push((to, stop));
            }
        }
        self.holes = left;
    }

    /// Copies the bytes from `from` to `to` of the datagram, as far as the fragment at `offset` was
    /// captured.
    fn copy(&mut self, captured: &[u8], offset: usize, from: usize, to: usize) {
        if self.bytes.len() < to {
            self.bytes.resize(to, 0);
        }
        let seen = to.min(offset + captured.len());
        if seen < to {
            self.cut = self.cut.min(seen.max(from));
        }
        let (source, target) = (captured.get(from - offset..), self.bytes.get_mut(from..seen));
        if let (Some(source), Some(target)) = (source, target) {
            target.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
        }
    }

    fn whole(mut self, key: Key) -> Option<Whole> {
        let (protocol, ttl) = self.first?;
        let length = self.bytes.len();
        self.bytes.truncate(self.cut);
        Some(Whole { key, protocol, ttl, length, bytes: self.bytes, fragments: self.fragments })
    }
}

/// The longest payload, from the 16 bits of its length.
const LONGEST: usize = 65_535;

/// How long a datagram waits for its parts, in nanoseconds; as long as Linux does
/// (`ipfrag_time`). Identifications of 16 bits come round again.
const PATIENCE: i64 = 30_000_000_000;

/// Bytes that all open datagrams hold; as many as Linux keeps (`ipfrag_high_thresh`).
const MAX_HELD: usize = 4 << 20;

/// Open datagrams; a bound for those of a few bytes each.
const MAX_OPEN: usize = 4096;

/// The most holes in one datagram. The longest one in parts of 1280 bytes, every second one missing,
/// has 26.
const MOST_HOLES: usize = 64;

#[cfg(test)]
mod tests;

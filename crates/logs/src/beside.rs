//! Lines in front of a failure that tell more about it: who was there, and which side the program was.

use std::collections::VecDeque;

use alert::Side;

use crate::Peer;
use crate::container::Container;
use crate::form::Match;
use crate::line::{LINES_BEHIND, Line, process};
use crate::matcher::{Matcher, Reading};
use crate::open::Part;
use crate::stack::Stack;

/// What such lines tell, each read once: a log of nothing but failures would else have every line
/// read again from each of the thirty behind it.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The last line that was looked at.
    looked: u64,
    /// What was found in the last ones, the first in front; no more than are looked back over.
    found: VecDeque<Found>,
}

/// What one line tells.
#[derive(Debug)]
struct Found {
    line: u64,
    /// Where it begins, or what was at hand of it.
    offset: u64,
    stack: &'static Stack,
    id: Option<String>,
    process: Option<String>,
    peer: Option<Peer>,
    role: Option<Side>,
}

impl Beside {
    /// Adds to a line what those in front of it tell.
    pub(crate) fn tell(
        &mut self,
        line: &Line<'_>,
        part: &mut Part,
        reading: &Reading<'_>,
        (container, written): (&Container, Option<i64>),
    ) {
        let mut stacks = reading.stacks().filter(|stack| !stack.beside.is_empty());
        if part.sighting.peer.is_some() || stacks.next().is_none() {
            return;
        }
        let oldest = line.number.saturating_sub(LINES_BEHIND as u64);
        self.look(line, oldest, (container, written));
        let same = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
        for found in self.found.iter().rev() {
            if !reading.stacks().any(|stack| std::ptr::eq(stack, found.stack)) {
                continue;
            }
            if same(part.id.as_deref(), found.id.as_deref())
                && same(part.process.as_deref(), found.process.as_deref())
            {
                part.sighting.peer.clone_from(&found.peer);
                part.sighting.role = part.sighting.role.or(found.role);
                part.sighting.lines += 1;
            }
            if part.sighting.peer.is_some() {
                return;
            }
        }
    }

    /// Reads the lines in front of one that were not read yet, and forgets those that are too far.
    fn look(
        &mut self,
        line: &Line<'_>,
        oldest: u64,
        (container, written): (&Container, Option<i64>),
    ) {
        let start = line.offset.saturating_sub(line.before.len() as u64);
        let text = line.before.strip_suffix(b"\n").unwrap_or(line.before);
        let fresh = (oldest.max(self.looked + 1)..line.number).rev();
        let (mut new, mut end) = (VecDeque::new(), text.len());
        for (number, bytes) in fresh.zip(text.rsplit(|byte| *byte == b'\n')) {
            let offset = start + (end - bytes.len()) as u64;
            end = end.saturating_sub(bytes.len() + 1);
            let entry = container.entry(bytes.trim_ascii_end(), written);
            let Some(reading) = Matcher::beside().read(&entry.message, &entry.message) else {
                continue;
            };
            let each = [reading.frame, reading.words];
            let of = |found: &Match<'_>| Found {
                line: number,
                offset,
                stack: found.stack,
                id: found.id.map(|id| String::from_utf8_lossy(id).into_owned()),
                process: process(&entry),
                peer: found.peer.and_then(|peer| Peer::read(str::from_utf8(peer).ok()?)),
                role: found.meaning.role,
            };
            if let Some(found) = each.iter().flatten().next() {
                new.push_front(of(found));
            }
        }
        self.looked = line.number.saturating_sub(1);
        self.found.retain(|found| found.line >= oldest && found.offset >= start);
        self.found.append(&mut new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However many failures follow one another, each line in front of them is read once, and no more
    /// is remembered than is looked back over; what a line told is told to each failure that is near.
    #[test]
    fn each_line_is_read_once() {
        let (container, mut beside) = (Container::default(), Beside::default());
        let first = "1795664159: New connection from 198.51.100.7:45724 on port 8883.\n";
        let text = [first, &"1795664159: nothing\n".repeat(99)].concat();
        let mut ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut looked = Vec::new();
        for number in 2..=100 {
            let at = ends.next().unwrap();
            let line = Line {
                number,
                offset: at as u64,
                bytes: b"",
                block: b"",
                before: &text.as_bytes()[..at],
            };
            beside.look(&line, number.saturating_sub(LINES_BEHIND as u64), (&container, None));
            looked.push(beside.found.iter().map(|found| (found.line, found.offset)).collect());
            assert_eq!(beside.looked, number - 1);
        }
        let near: Vec<Vec<(u64, u64)>> = vec![vec![(1, 0)]; LINES_BEHIND];
        assert_eq!(looked[..LINES_BEHIND], near);
        assert!(looked[LINES_BEHIND..].iter().all(Vec::is_empty));
    }
}

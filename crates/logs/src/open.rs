//! Sightings that may still grow: programs spread one failure over several lines.
//!
//! Postfix names the client in one line and the reason in the next; OpenVPN writes four lines; Java
//! prints a stack. A sighting waits here until nothing more can belong to it.

use std::collections::VecDeque;
use std::net::IpAddr;

use alert::Side;

use crate::{Peer, Sighting, Stack, Suspect, Voice};

/// Sightings that wait, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Open {
    waiting: VecDeque<Part>,
}

/// A line's share in a failure.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) sighting: Sighting,
    /// What lines of one connection have in common.
    pub(crate) id: Option<String>,
    /// The program and process that wrote it.
    pub(crate) process: Option<String>,
    /// It only says that something failed.
    pub(crate) weak: bool,
    /// It is debug output, and what the program itself says of the failure may follow.
    pub(crate) dump: bool,
    /// It goes on what the line before began: an indented line, a `Caused by`.
    pub(crate) goes_on: bool,
    /// The literal by which its form was found.
    pub(crate) literal: &'static str,
    /// The last line that belongs to it.
    pub(crate) last_line: u64,
}

/// Sightings that wait at once: as many processes may fail in turns, and a log in which more do is
/// told line by line.
const MAX_WAITING: usize = 64;

/// Bytes of a name, a host or what connections are told apart by. Host names end at 253, and a line
/// has room for much more.
const MAX_NAME: usize = 256;

/// Bytes of the words that a sighting keeps.
pub(crate) const MAX_WORDS: usize = 300;

/// Lines between two that belong together by an id or a process.
const NEAR: u64 = 100;

/// Lines of a stack trace between its first line and its last cause.
const TRACE: u64 = 300;

/// Lines between two that belong together and have nothing in common but their place.
const NEXT: u64 = 3;

/// Lines without a time between two that say the same in other words.
const RESTATED: u64 = 20;

impl Open {
    /// Adds a line's share to the failure it belongs to, or opens a new one.
    pub(crate) fn add(&mut self, mut part: Part) {
        part.shorten();
        let last = self.waiting.len().saturating_sub(1);
        // A window may hold more failures than wait between two windows: what is told at its end
        // takes no line any more.
        let place = (0..self.waiting.len()).rev().take(MAX_WAITING).find(|place| {
            self.waiting.get(*place).is_some_and(|open| open.takes(&part, *place == last))
        });
        match place.and_then(|place| self.waiting.get_mut(place)) {
            Some(open) => open.take(part),
            None => self.waiting.push_back(part),
        }
    }

    /// Takes from a line of a stack trace which side the program was, if the failure in front of it
    /// does not tell.
    pub(crate) fn tell_role(&mut self, line: u64, role: Option<Side>) {
        let last = self.waiting.back_mut();
        if let Some(open) = last.filter(|open| line.saturating_sub(open.last_line) <= TRACE) {
            open.sighting.role = open.sighting.role.or(role);
        }
    }

    /// A failure that is complete at this line: nothing near enough can follow.
    pub(crate) fn complete(&mut self, line: u64) -> Option<Sighting> {
        let oldest = self.waiting.front()?;
        let over = line.saturating_sub(oldest.last_line) > TRACE;
        (over || self.waiting.len() > MAX_WAITING).then(|| self.next())?
    }

    /// The oldest failure, complete or not.
    pub(crate) fn next(&mut self) -> Option<Sighting> {
        self.waiting.pop_front().map(|part| part.sighting)
    }
}

impl Part {
    /// Keeps no more of its texts than the longest real one has: sightings are held by the
    /// thousand.
    fn shorten(&mut self) {
        let Sighting { words, name, host, .. } = &mut self.sighting;
        cut(words, MAX_WORDS);
        let names = [name, host, &mut self.id, &mut self.process];
        names.into_iter().flatten().for_each(|text| cut(text, MAX_NAME));
    }

    /// Whether another line tells of the same failure. `last` if nothing was seen in between.
    fn takes(&self, new: &Self, last: bool) -> bool {
        let far = new.sighting.line.saturating_sub(self.last_line);
        if self.contradicts(new) || self.is_over_before(new) {
            return false;
        }
        if new.goes_on && last && far <= TRACE {
            return true;
        }
        // Debug output comes first, or right behind where another thread writes it.
        let reach = if self.dump { NEAR } else { NEXT };
        if self.dump != new.dump && last && far <= reach && self.repeats(new) {
            return true;
        }
        if last && self.restates(new, far) {
            return true;
        }
        if self.says_again(new) {
            return false;
        }
        let one_is_weak = self.weak || new.weak;
        match self.same_origin(new) {
            Some(same) => same && one_is_weak && far <= NEAR,
            None => one_is_weak && last && far <= NEXT,
        }
    }

    /// Whether a line says once more what the debug output in front of it said.
    fn repeats(&self, new: &Self) -> bool {
        let alert = |part: &Self| part.sighting.any_alert().map(|alert| alert.code());
        let speaks = |part: &Self| match part.sighting.voice {
            Voice::Refused => Voice::Said,
            voice => voice,
        };
        let same_id = self.id.is_none() || new.id.is_none() || self.id == new.id;
        let same_alert = alert(new).is_none_or(|code| alert(self) == Some(code));
        same_id && same_alert && speaks(self) == speaks(new)
    }

    /// Whether a line says in other words what the one before it said, as programs do that print the
    /// number of an error and then its text, or an exception and then their own. Lines that name an
    /// end are each a failure, and so is the same form again.
    fn restates(&self, new: &Self, far: u64) -> bool {
        let is_bare = |part: &Self| {
            let known = [&part.id, &part.process].iter().any(|text| text.is_some());
            !known && part.sighting.peer.is_none()
        };
        let reach = match (self.sighting.time, new.sighting.time) {
            (None, None) => RESTATED,
            (old, new) if old == new => NEXT,
            _ => return false,
        };
        let slug = |stack: Option<&'static Stack>| stack.map(|stack| stack.slug);
        let library = |part: &Self| slug(part.sighting.library);
        let form = |part: &Self| (part.literal, slug(part.sighting.program));
        let alerts = (self.sighting.any_alert(), new.sighting.any_alert());
        far <= reach
            && is_bare(self)
            && is_bare(new)
            && library(new).is_some()
            && library(self) == library(new)
            && self.sighting.voice == new.sighting.voice
            && (alerts.0 == alerts.1 || alerts.0.is_none() || alerts.1.is_none())
            && form(self) != form(new)
    }

    /// Whether a line says the same again, and so speaks of the next failure. A connection fails
    /// once: what is said twice of one at one moment was written twice.
    fn says_again(&self, new: &Self) -> bool {
        let once = self.socket().is_some()
            && self.socket() == new.socket()
            && self.sighting.time == new.sighting.time;
        self.weak && new.weak && self.sighting.words == new.sighting.words && !once
    }

    /// Whether both come from one connection; `None` where the lines do not tell.
    fn same_origin(&self, new: &Self) -> Option<bool> {
        let both = |a: &Option<String>, b: &Option<String>| Some(a.as_ref()? == b.as_ref()?);
        both(&self.id, &new.id)
            .or_else(|| Some(self.socket()? == new.socket()?))
            .or_else(|| both(&self.process, &new.process))
    }

    /// Whether a line begins the next failure of the same end. Where the end stands in the first
    /// line and the reason in the second, as with Postfix, it is named once for each failure.
    fn is_over_before(&self, new: &Self) -> bool {
        let end = |part: &Self| part.sighting.peer.as_ref()?.address;
        let told_apart = self.id.is_some() && new.id.is_some()
            || self.socket().is_some() && new.socket().is_some();
        !self.weak && new.weak && !told_apart && end(self).is_some() && end(new).is_some()
    }

    fn socket(&self) -> Option<(IpAddr, u16)> {
        let peer = self.sighting.peer.as_ref()?;
        Some((peer.address?, peer.port?))
    }

    /// Whether what both tell cannot be true of one failure.
    fn contradicts(&self, new: &Self) -> bool {
        let differ = |a: Option<u8>, b: Option<u8>| a.is_some() && b.is_some() && a != b;
        let code = |part: &Self| part.sighting.alert.map(|alert| alert.code());
        let address = |part: &Self| part.sighting.peer.as_ref().and_then(|peer| peer.address);
        let port = |part: &Self| part.sighting.peer.as_ref().and_then(|peer| peer.port);
        let program = |part: &Self| part.sighting.program.map(|stack: &Stack| stack.slug);
        // The other side's alert is not what this side did about its own dislike.
        let ours = |part: &Self| matches!(part.sighting.voice, Voice::Said | Voice::Refused);
        let theirs = |part: &Self| part.sighting.voice == Voice::Heard;
        differ(code(self), code(new))
            || (ours(self) && theirs(new))
            || (theirs(self) && ours(new))
            || matches!((address(self), address(new)), (Some(a), Some(b)) if a != b)
            || matches!((port(self), port(new)), (Some(a), Some(b)) if a != b)
            || matches!((program(self), program(new)), (Some(a), Some(b)) if a != b)
    }

    /// Puts another line's share to this one: the line that says more is the one that is shown.
    fn take(&mut self, new: Self) {
        let last_line = self.last_line.max(new.last_line);
        let lines = self.sighting.lines + new.sighting.lines;
        // A name that stands in both was written once.
        let (mut first, second) =
            if self.weak && !new.weak { (new, self.clone()) } else { (self.clone(), new) };
        let (into, from) = (&mut first.sighting, second.sighting);
        into.library = into.library.or(from.library);
        into.program = into.program.or(from.program);
        into.alert = into.alert.or(from.alert);
        into.sent = into.sent.or(from.sent).filter(|_| into.alert.is_none());
        // A line that names the alert it sent says more than one that only refuses.
        if into.voice == Voice::Refused && from.voice == Voice::Said {
            into.voice = Voice::Said;
        }
        into.role = into.role.or(from.role);
        into.peer = richer(into.peer.take(), from.peer);
        into.name = into.name.take().or(from.name);
        into.host = into.host.take().or(from.host);
        into.time = into.time.or(from.time);
        // A surer cause is a nearer one.
        let sure = |suspects: &[Suspect]| suspects.first().map(|suspect| suspect.sure);
        let surer = match (sure(&from.suspects), sure(&into.suspects)) {
            (Some(new), Some(old)) => new < old,
            (new, _) => new.is_some(),
        };
        if surer {
            into.suspects = from.suspects;
        }
        into.lines = lines;
        first.id = first.id.or(second.id);
        first.process = first.process.or(second.process);
        first.weak &= second.weak;
        first.last_line = last_line;
        *self = first;
    }
}

/// Cuts a text to this many bytes of whole characters, and gives the memory of the rest back.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        let whole = (0..=most).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(whole.unwrap_or(0));
        text.shrink_to_fit();
    }
}

/// The end of which more is known.
fn richer(a: Option<Peer>, b: Option<Peer>) -> Option<Peer> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Peer {
            address: a.address.or(b.address),
            port: a.port.or(b.port),
            name: a.name.or(b.name),
        }),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines that only say that something failed are one failure each, when the same process says
    /// the same again.
    #[test]
    fn the_same_words_again_are_another_failure() {
        let weak = "Nov 22 09:00:01 mx postfix/smtpd[7]: SSL_accept error from c.example.test[192.0.2.3]: -1\n";
        let reason = "Nov 22 09:00:01 mx postfix/smtpd[7]: warning: TLS library problem: error:0A000418:SSL routines::tlsv1 alert unknown ca:rec.c:1:SSL alert number 48:\n";
        let lines = |text: &str| -> Vec<u32> {
            Sighting::all(text.as_bytes()).iter().map(|sighting| sighting.lines).collect()
        };
        assert_eq!(lines(&[weak, weak, reason].concat()), [1, 2]);
        assert_eq!(lines(&[weak, reason, weak, reason].concat()), [2, 2]);
        let go = "2026/11/22 09:00:03 http: TLS handshake error from 192.0.2.8:4: remote error: tls: bad certificate\n";
        assert_eq!(lines(&[go, go].concat()), [2]);
        assert_eq!(lines(&[go, &go.replace("09:00:03", "09:01:03")].concat()), [1, 1]);
    }
}

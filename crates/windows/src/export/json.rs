//! Events as JSON: PowerShell's, shippers', and those of programs that read .evtx.
//!
//! A file of them may be one array on one line, one object on each, or lines of syslog with objects
//! in them. The object around the provider's name is found from the inside, and is the outermost
//! one that is not an element of a list. It is read with the walker that logs are read with: one
//! that wants a valid text would lose the record that a collector cut.

use memchr::{memchr3, memrchr};

use super::Form;
use super::around::{Around, Read, Trouble};
use super::draft::Draft;

/// Reads the object around a provider's name.
pub(super) fn read(around: &Around<'_>) -> Read {
    let front = around.before(usize::MAX);
    let Some(before) = front.strip_suffix(b"\"") else { return Read::Nothing };
    let start = if before.ends_with(b"\\") {
        // A text inside of a text: the object is around the outer one.
        string_begin(before).and_then(|open| root(before.get(..open)?))
    } else {
        let after = around.behind().strip_prefix(b"\"").map(<[u8]>::trim_ascii_start);
        if after.and_then(<[u8]>::first).is_some_and(|after| !b",}".contains(after)) {
            return Read::Nothing;
        }
        let is_value = before.trim_ascii_end().strip_suffix(b":");
        if !is_value.is_some_and(|before| before.trim_ascii_end().ends_with(b"\"")) {
            return Read::Nothing;
        }
        root(before)
    };
    around.look(front.len() - start.unwrap_or_default());
    let Some(start) = start else { return Read::Nothing };
    let start = around.name.start - front.len() + start;
    let text = around.from(start);
    let (length, trouble) = match end(text) {
        End::At(length) => (length, None),
        End::Broken(length) => (length, Some(Trouble::Cut)),
        End::Nowhere if around.is_open() => return Read::More,
        End::Nowhere => (text.len(), Some(around.end_trouble())),
    };
    around.look(length);
    if start + length < around.name.end {
        return Read::Nothing;
    }
    let mut draft = Draft::default();
    draft.object(text.get(..length).unwrap_or_default());
    Read::of(draft.draw(around.written), start..start + length, Form::Json, trouble)
}

/// Where the outermost object begins, of those that are around the end of this text and are not
/// elements of a list themselves. The text ends outside of any string.
fn root(before: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (before.len(), 0usize);
    loop {
        at = before.get(..at)?.iter().rposition(|byte| b"\"{}[]".contains(byte))?;
        match before.get(at)? {
            b'"' => at = string_begin(before.get(..at)?)?,
            b'}' | b']' => depth += 1,
            b'{' if depth == 0 => {
                let outer = before.get(..at)?.trim_ascii_end();
                let key = outer.strip_suffix(b":").map(<[u8]>::trim_ascii_end);
                if !key.is_some_and(|key| key.ends_with(b"\"")) {
                    return Some(at);
                }
            }
            b'[' if depth == 0 => return None,
            _ => depth -= 1,
        }
    }
}

/// Where the string begins whose closing quotation mark is behind this text.
fn string_begin(text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    loop {
        let at = memrchr(b'"', text.get(..end)?)?;
        let inside = text.get(at..end)?;
        // No string goes on over the end of a line: what is here is something else.
        if memchr::memchr(b'\n', inside).is_some() {
            return None;
        }
        let signs = text.get(..at)?.iter().rev().take_while(|byte| **byte == b'\\').count();
        if signs % 2 == 0 {
            return Some(at);
        }
        end = at;
    }
}

enum End {
    /// The object has this many bytes.
    At(usize),
    /// It breaks off behind this many: a string that does not end on its line.
    Broken(usize),
    /// The text ends before it.
    Nowhere,
}

/// Where the object ends that a text begins with.
fn end(text: &[u8]) -> End {
    let (mut at, mut depth) = (0, 0u64);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(next) = rest.iter().position(|byte| b"\"{}[]".contains(byte)) else { break };
        at += next + 1;
        match rest.get(next) {
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return End::At(at);
                }
            }
            _ => match string_end(text.get(at..).unwrap_or_default()) {
                End::At(length) => at += length,
                End::Broken(length) => return End::Broken(at + length),
                End::Nowhere => return End::Nowhere,
            },
        }
    }
    End::Nowhere
}

/// Where a string ends, behind its quotation mark.
fn string_end(text: &[u8]) -> End {
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) {
        at += next;
        match text.get(at) {
            Some(b'"') => return End::At(at + 1),
            Some(b'\n') => return End::Broken(at),
            _ => at += 2,
        }
    }
    End::Nowhere
}

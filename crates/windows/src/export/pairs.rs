//! Events in lines of syslog, as names and values: NXLog's structured data (RFC 5424), and what
//! others write like it.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem, memrchr};

use super::Form;
use super::around::{Around, Read};
use super::draft::Draft;

/// The longest line that is read.
const MAX_LINE: usize = 64 << 10;
/// Pairs of a line that are read.
const MAX_PAIRS: usize = 128;
/// What the number of the event is called, with the sign behind it. All that write pairs agree.
const IDS: [&[u8]; 3] = [b"EventID=\"", b"EventCode=\"", b"EventId=\""];

/// Reads the line around a provider's name.
pub(super) fn read(around: &Around<'_>) -> Read {
    let (front, behind) = (around.before(MAX_LINE), around.behind());
    let is_value = front.ends_with(b"=\"") && behind.starts_with(b"\"");
    let is_program = front.ends_with(b" ") && behind.starts_with(b" ");
    if !is_value && !is_program {
        return Read::Nothing;
    }
    let begin = memrchr(b'\n', front).map_or(0, |at| at + 1);
    let behind = behind.get(..behind.len().min(MAX_LINE)).unwrap_or_default();
    let end = memchr(b'\n', behind);
    around.look(front.len() - begin + end.unwrap_or(behind.len()));
    if end.is_none() && behind.len() < MAX_LINE && around.is_open() {
        return Read::More;
    }
    let start = around.name.start - front.len() + begin;
    let stop = around.name.end + end.unwrap_or(behind.len());
    let line = around.text.get(start..stop).unwrap_or_default();
    if !IDS.iter().any(|id| memmem::find(line, id).is_some()) {
        return Read::Nothing;
    }
    let mut draft = Draft::default();
    draft.provider(around.name.provider);
    let rest = head(line, &mut draft);
    let message = pairs(rest, &mut draft);
    draft.message(&String::from_utf8_lossy(message));
    let drawn = draft.draw(around.written);
    let length = usize::from(end.is_some());
    match drawn {
        Some(drawn) => Read::of(Some(drawn), start..stop + length, Form::Pairs, None),
        None => Read::Nothing,
    }
}

/// Takes the time, the host and the process of a line of RFC 5424, and gives what is behind them.
fn head<'a>(line: &'a [u8], draft: &mut Draft) -> &'a [u8] {
    let Some(at) = memmem::find(line, b">1 ").filter(|at| *at < 8) else { return line };
    let rest = line.get(at + 3..).unwrap_or_default();
    let mut words = rest.splitn(6, |byte| *byte == b' ');
    let mut word = || words.next().map_or(Cow::Borrowed(""), String::from_utf8_lossy);
    let (time, host, _, process, _) = (word(), word(), word(), word(), word());
    draft.time(&time);
    draft.computer(&host);
    draft.process(&process);
    words.next().unwrap_or_default()
}

/// Takes the pairs of a line, and gives what is behind them: the text of the event.
fn pairs<'a>(line: &'a [u8], draft: &mut Draft) -> &'a [u8] {
    let mut rest = line;
    for _ in 0..MAX_PAIRS {
        let Some(at) = memmem::find(rest, b"=\"") else { break };
        let (front, behind) = rest.split_at(at);
        let name = front.rsplit(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').next();
        let Some((value, behind)) = value(behind.get(2..).unwrap_or_default()) else { break };
        draft.labelled(&String::from_utf8_lossy(name.unwrap_or_default()), &value);
        rest = behind;
        // The element is over, and with it the pairs, unless another follows.
        if let Some(behind) = rest.strip_prefix(b"]")
            && !behind.starts_with(b"[")
        {
            return behind.trim_ascii();
        }
    }
    rest.trim_ascii()
}

/// A value without its escapes, and what is behind its quotation mark.
fn value(text: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let mut at = 0;
    let mut escaped = false;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            break;
        }
        escaped = true;
        at += 2;
    }
    let value = String::from_utf8_lossy(text.get(..at)?);
    let plain = |text: &str| text.replace("\\\"", "\"").replace("\\]", "]").replace("\\\\", "\\");
    Some((if escaped { Cow::Owned(plain(&value)) } else { value }, text.get(at + 1..)?))
}

//! What Kubernetes and Docker put in front of a line of a container.

use std::borrow::Cow;

use memchr::memmem;

use super::Entry;
use super::fields::text_of;
use crate::stamp;

/// The longest name of a service or pod with its container: 253 and 63 letters, and what joins them.
const MAX_NAME: usize = 340;

/// Takes it off; `None` for a line that has nothing of the kind.
pub(super) fn entry(line: &[u8], written: Option<i64>) -> Option<Entry<'_>> {
    container_runtime(line, written).or_else(|| compose(line)).or_else(|| kubectl(line))
}

/// `2026-11-22T09:00:01.5Z stderr F message`: the log files of the container runtime interface. `F`
/// is a full line, `P` a part of one.
fn container_runtime(line: &[u8], written: Option<i64>) -> Option<Entry<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (time, end) = stamp::leading(line, written)?;
    let rest = line.get(end..)?;
    let rest = rest.strip_prefix(b" stderr ").or_else(|| rest.strip_prefix(b" stdout "))?;
    let rest = rest.strip_prefix(b"F").or_else(|| rest.strip_prefix(b"P"))?;
    let message = match rest.split_first() {
        None => rest,
        Some((b' ', message)) => message,
        Some(_) => return None,
    };
    Some(Entry { time, ..Entry::of(message) })
}

/// `web-1  | message`: several services on one screen.
fn compose(line: &[u8]) -> Option<Entry<'_>> {
    let bar = line.iter().take(MAX_NAME).position(|byte| *byte == b'|')?;
    let name = line.get(..bar)?.strip_suffix(b" ")?.trim_ascii_end();
    let names = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    if !name.first()?.is_ascii_alphabetic() || !name.iter().all(names) {
        return None;
    }
    let message = line.get(bar + 1..)?;
    let message = if message.is_empty() { message } else { message.strip_prefix(b" ")? };
    Some(Entry { program: Some(text_of(Cow::Borrowed(name))), ..Entry::of(message) })
}

/// `[pod/web-7d4b9/nginx] message`: several pods on one screen.
fn kubectl(line: &[u8]) -> Option<Entry<'_>> {
    let rest = line.strip_prefix(b"[pod/")?;
    let end = memmem::find(rest.get(..rest.len().min(MAX_NAME))?, b"] ")?;
    let (pod, container) = {
        let name = rest.get(..end)?;
        let slash = name.iter().position(|byte| *byte == b'/')?;
        (name.get(..slash)?, name.get(slash + 1..)?)
    };
    Some(Entry {
        host: Some(text_of(Cow::Borrowed(pod))),
        program: Some(text_of(Cow::Borrowed(container))),
        ..Entry::of(rest.get(end + 2..)?)
    })
}

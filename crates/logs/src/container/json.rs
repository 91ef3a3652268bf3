//! Walks over JSON as logs have it: cut at the end, with bytes that are no UTF-8, and whole enough.
//!
//! A parser that wants a valid text would lose the line that a collector cut at 16 KiB. This one
//! reports each value with the keys that lead to it, as far as the text goes, in one pass and
//! without copying; only values that somebody wants are unescaped.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// One value, or the beginning of several.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A string.
    Text(Quoted<'a>),
    /// A number, `true`, `false` or `null`, as it stands there.
    Bare(&'a [u8]),
    /// An object begins, whose values follow.
    Object,
}

/// What stands between quotation marks, still escaped.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(&'a [u8]);

/// How deep objects and arrays may be in one another. The deepest log records seen have five
/// levels; what is deeper is not read.
const MAX_DEPTH: usize = 16;

/// An object or an array that is open.
#[derive(Clone, Copy)]
struct Level {
    is_object: bool,
}

/// Whether a text begins as a JSON object with a key in it.
#[must_use]
pub fn is_object(text: &[u8]) -> bool {
    let Some(inside) = text.trim_ascii_start().strip_prefix(b"{") else { return false };
    inside.trim_ascii_start().starts_with(b"\"")
}

/// Reports the values of the object that the text begins with, in order: the keys that lead to the
/// value, the outermost first, and the value. Elements of an array have the keys of the array. An
/// object is reported as well, in front of what is in it.
pub fn walk<'a>(text: &'a [u8], mut visit: impl FnMut(&[&'a [u8]], Value<'a>)) {
    let mut levels: Vec<Level> = Vec::new();
    let mut keys: Vec<&'a [u8]> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        let Some((&byte, behind)) = rest.split_first() else { return };
        match byte {
            b'{' | b'[' => {
                if levels.len() >= MAX_DEPTH {
                    return;
                }
                levels.push(Level { is_object: byte == b'{' });
                if byte == b'{' {
                    visit(&keys, Value::Object);
                    keys.push(b"");
                }
                rest = behind;
            }
            b'}' | b']' => {
                if levels.pop().is_some_and(|level| level.is_object) {
                    keys.pop();
                }
                if levels.is_empty() {
                    return;
                }
                rest = behind;
            }
            b',' | b':' => rest = behind,
            b'"' => {
                let (quoted, behind) = quoted(behind);
                rest = behind.trim_ascii_start();
                let in_object = levels.last().is_some_and(|level| level.is_object);
                match (rest.strip_prefix(b":"), keys.last_mut()) {
                    (Some(behind), Some(key)) if in_object => {
                        *key = quoted.0;
                        rest = behind;
                    }
                    _ => visit(&keys, Value::Text(quoted)),
                }
            }
            _ => {
                let ends = |byte: &u8| b",:]}\"".contains(byte) || byte.is_ascii_whitespace();
                let end = rest.iter().position(ends).unwrap_or(rest.len());
                let (bare, behind) = rest.split_at(end);
                visit(&keys, Value::Bare(bare));
                rest = behind;
            }
        }
        if levels.is_empty() {
            return;
        }
    }
}

/// What stands up to the closing quotation mark, or up to the end where there is none, and what is
/// behind it.
pub(crate) fn quoted(text: &[u8]) -> (Quoted<'_>, &[u8]) {
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += next;
        if text.get(at) == Some(&b'"') {
            let (inside, behind) = text.split_at(at);
            return (Quoted(inside), behind.get(1..).unwrap_or_default());
        }
        at += 2;
    }
    (Quoted(text), &[])
}

impl<'a> Quoted<'a> {
    /// The text itself; borrowed where nothing is escaped.
    #[must_use]
    pub fn text(self) -> Cow<'a, [u8]> {
        let Some(first) = memchr(b'\\', self.0) else { return Cow::Borrowed(self.0) };
        let mut text = Vec::with_capacity(self.0.len());
        let (plain, mut rest) = self.0.split_at(first);
        text.extend_from_slice(plain);
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            if byte == b'\\' {
                rest = unescape(rest, &mut text);
            } else {
                text.push(byte);
            }
        }
        Cow::Owned(text)
    }
}

/// Writes what the escape sequence behind a backslash means, and returns what is behind it. A
/// sequence that JSON does not know means the character itself.
fn unescape<'a>(rest: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
    let Some((&byte, behind)) = rest.split_first() else { return rest };
    let meant = match byte {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        b'u' => return unicode(behind, text),
        other => other,
    };
    text.push(meant);
    behind
}

/// `\u00e4`, or two of them for one character beyond the first 65536.
fn unicode<'a>(rest: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
    let Some((first, mut behind)) = unit(rest) else {
        text.push(b'u');
        return rest;
    };
    let mut code = u32::from(first);
    if let 0xd800..=0xdbff = first
        && let Some((second @ 0xdc00..=0xdfff, after)) = behind.strip_prefix(b"\\u").and_then(unit)
    {
        code = 0x10000 + ((code - 0xd800) << 10) + (u32::from(second) - 0xdc00);
        behind = after;
    }
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    behind
}

/// Four hexadecimal digits.
fn unit(rest: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, behind) = rest.split_at_checked(4)?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    Some((u16::from_str_radix(digits, 16).ok()?, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let mut told = String::new();
        walk(text.as_bytes(), |keys, value| {
            let begun = told.len();
            for key in keys {
                told.push_str(&String::from_utf8_lossy(key));
                told.push('.');
            }
            let value = match value {
                Value::Text(text) => format!("{:?}", String::from_utf8_lossy(&text.text())),
                Value::Bare(bare) => String::from_utf8_lossy(bare).into_owned(),
                Value::Object => return told.truncate(begun),
            };
            told.push_str(&value);
            told.push('\n');
        });
        told
    }

    /// Every value comes with the keys that lead to it.
    #[test]
    fn values_come_with_their_keys() {
        let text = r#"{"a":"x","b":{"c":[1, "y",{"d":true}],"e":null},"f" : -1.5e3}"#;
        assert_eq!(told(text), "a.\"x\"\nb.c.1\nb.c.\"y\"\nb.c.d.true\nb.e.null\nf.-1.5e3\n");
    }

    /// Escapes are undone, surrogates put together, and what is no escape stays readable.
    #[test]
    fn escapes_are_undone() {
        assert_eq!(told(r#"{"a":"\"\\\/\n\u00e4\ud83d\ude00"}"#), "a.\"\\\"\\\\/\\nä😀\"\n");
        assert_eq!(told(r#"{"a":"\ud83d x\q\u12"}"#), "a.\"\u{fffd} xqu12\"\n");
        let (text, _) = quoted(b"plain\" behind");
        assert!(matches!(text.text(), Cow::Borrowed(b"plain")));
    }

    /// A record that was cut gives what is there; what follows the object is not read.
    #[test]
    fn cut_records_give_what_is_there() {
        assert_eq!(told(r#"{"a":"x","msg":"remote err"#), "a.\"x\"\nmsg.\"remote err\"\n");
        assert_eq!(told(r#"{"a":"x\"#), "a.\"x\"\n");
        assert_eq!(told(r#"{"a":1} {"b":2}"#), "a.1\n");
        assert_eq!(told(&"[".repeat(100_000)), "");
        let text = r#"{"a":["x",{"b":"\u00e4"}],"c":12}"#;
        for end in 0..text.len() {
            told(&text[..end]);
        }
    }
}

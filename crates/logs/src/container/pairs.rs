//! Names and values in a line of words: `level=error msg="what failed" err="why"` (logfmt), as
//! logrus, slog, Prometheus, Traefik, Docker and FortiGate write.

use std::borrow::Cow;

use super::fields::Fields;
use super::json;

/// The longest name of a value.
const MAX_NAME: usize = 48;
/// Pairs that are read. The longest lines seen, of firewalls, have about 60.
const MAX_PAIRS: usize = 128;

/// The fields of a line that begins with a pair; `None` for any other.
pub(super) fn fields(line: &[u8], written: Option<i64>) -> Option<Fields<'_>> {
    name(line)?;
    let mut fields = Fields::default();
    let mut rest = line;
    for _ in 0..MAX_PAIRS {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        let Some((name, value)) = name(rest) else {
            // A word that stands alone is stepped over.
            let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
            rest = rest.get(end..)?;
            continue;
        };
        let (value, behind) = match value.strip_prefix(b"\"") {
            Some(inside) => {
                let (quoted, behind) = json::quoted(inside);
                (quoted.text(), behind)
            }
            None => {
                let end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
                let (value, behind) = value.split_at_checked(end)?;
                (Cow::Borrowed(value), behind)
            }
        };
        fields.add(&[name], value, written);
        rest = behind;
    }
    fields.is_record().then_some(fields)
}

/// `name=` at the beginning of a text, and what is behind it.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let names = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-@".contains(byte);
    let length = text.iter().take(MAX_NAME).take_while(names).count();
    let (name, rest) = text.split_at_checked(length)?;
    if !name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_@".contains(byte)) {
        return None;
    }
    Some((name, rest.strip_prefix(b"=")?))
}

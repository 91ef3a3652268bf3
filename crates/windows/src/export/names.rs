//! The providers whose records are looked for, and how a text writes their names.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Span, packed};

use crate::evtx::wanted::Provider;

/// Finds the names of providers in a text, at memory speed where there are none.
#[derive(Debug)]
pub(super) struct Names {
    /// Sixteen or more bytes at a time, where the processor can.
    fast: Option<packed::Searcher>,
    /// Byte by byte, where it cannot.
    plain: Option<AhoCorasick>,
}

/// A name of a provider that stands in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Whose it is.
    pub(super) provider: &'static Provider,
}

/// What Event Viewer shows in its column for the source, where that is not the provider's name.
const SHOWN: [(&str, &str); 9] = [
    ("Microsoft Windows security auditing.", "Microsoft-Windows-Security-Auditing"),
    ("Security-Auditing", "Microsoft-Windows-Security-Auditing"),
    ("CAPI2", "Microsoft-Windows-CAPI2"),
    ("Sysmon", "Microsoft-Windows-Sysmon"),
    ("EapMethods-RasTls", "Microsoft-Windows-EapMethods-RasTls"),
    ("HttpEvent", "Microsoft-Windows-HttpEvent"),
    ("WLAN-AutoConfig", "Microsoft-Windows-WLAN-AutoConfig"),
    ("Wired-AutoConfig", "Microsoft-Windows-Wired-AutoConfig"),
    ("RemoteDesktopServices-RdpCoreTS", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"),
];

/// What is looked for. Each stands in one name, in the cases in which forms write it, and begins
/// with letters that are rare enough.
const NEEDLES: [&str; 12] = [
    "Schannel",
    "schannel",
    "SChannel",
    "SCHANNEL",
    "CAPI2",
    "-Auditing",
    "security auditing.",
    "Sysmon",
    "RasTls",
    "HttpEvent",
    "-AutoConfig",
    "RdpCoreTS",
];

/// The longest name, with what may stand in front of a needle.
pub(super) const LONGEST: usize = 64;

/// The provider of this name, in any case and as it is shown too.
pub(super) fn provider(name: &str) -> Option<&'static Provider> {
    let name = name.trim();
    let shown = SHOWN.iter().find(|(shown, _)| shown.eq_ignore_ascii_case(name));
    Provider::called(shown.map_or(name, |(_, name)| name))
}

impl Names {
    pub(super) fn new() -> Self {
        let fast = packed::Config::new().builder().extend(NEEDLES).build();
        let plain = match fast {
            Some(_) => None,
            None => AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(NEEDLES).ok(),
        };
        Self { fast, plain }
    }

    /// The first name at or behind `from` that stands in the text as a whole.
    ///
    /// A needle at the end of a text whose name may go on behind it is found again when the rest is
    /// there: `from` is then to be at least [`LONGEST`] in front of the end.
    pub(super) fn find(&self, text: &[u8], mut from: usize) -> Option<Name> {
        while from < text.len() {
            let (start, end) = self.next(text, from)?;
            if let Some(name) = whole(text, start, end) {
                return Some(name);
            }
            from = end;
        }
        None
    }

    #[inline]
    fn next(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match &self.fast {
            Some(fast) => fast.find_in(text, Span::from(from..text.len())),
            None => self.plain.as_ref()?.find(Input::new(text).range(from..)),
        };
        found.map(|found| (found.start(), found.end()))
    }
}

/// The name that a needle is part of, if it is one.
fn whole(text: &[u8], start: usize, end: usize) -> Option<Name> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(*byte, b'-' | b'_');
    let before = text.get(start.saturating_sub(LONGEST)..start)?;
    let front = match text.get(start..end)? {
        b"security auditing." => b"Microsoft Windows ".len(),
        _ => before.iter().rev().take_while(|byte| word(byte)).count(),
    };
    // rsyslog stores a tab as `#011`.
    let word_before = before.get(before.len().checked_sub(front)?..)?;
    let tab =
        before.get(..before.len() - front)?.ends_with(b"#") && word_before.starts_with(b"011");
    let front = front - if tab { 3 } else { 0 };
    let behind = text.get(end..)?.iter().take(LONGEST).take_while(|byte| word(byte)).count();
    let (start, end) = (start.checked_sub(front)?, end + behind);
    let name = std::str::from_utf8(text.get(start..end)?).ok()?;
    Some(Name { start, end, provider: provider(name)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let names = Names::new();
        let mut from = 0;
        std::iter::from_fn(|| {
            let name = names.find(text.as_bytes(), from)?;
            from = name.end;
            Some((name.provider.name(), text[name.start..name.end].to_owned()))
        })
        .collect()
    }

    /// Names are found as wholes, in the cases and in the short forms that exports have.
    #[test]
    fn names_are_found_as_wholes() {
        assert_eq!(found("a,Schannel,1"), [("Schannel", "Schannel".into())]);
        assert_eq!(found("MySchannel Schannels"), []);
        assert_eq!(found("(SChannel)")[0].0, "Schannel");
        assert_eq!(found("\"Microsoft-Windows-CAPI2\"")[0].1, "Microsoft-Windows-CAPI2");
        assert_eq!(found("36887#011Schannel#011SYSTEM")[0].1, "Schannel");
        assert_eq!(found("\tCAPI2\t")[0].0, "Microsoft-Windows-CAPI2");
        assert_eq!(
            found("x,Microsoft Windows security auditing.,5156")[0].0,
            "Microsoft-Windows-Security-Auditing"
        );
    }

    /// Every name is of a provider whose records are read, and holds a needle, or it would not be
    /// found.
    #[test]
    fn every_name_holds_a_needle() {
        for (shown, name) in SHOWN {
            assert_eq!(found(&format!(" {shown} "))[0].0, name);
            assert_eq!(found(&format!(" {name} "))[0].0, name);
        }
    }
}

//! Where the remedies were read: manuals, vendors' pages, and products that were tried themselves.

/// One source of remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The word that pages use for it.
    pub key: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Where it is: a URL, or what was tried.
    pub place: &'static str,
}

/// Every source, in the order of the list.
pub fn sources() -> impl Iterator<Item = Source> {
    LIST.lines().filter_map(|line| {
        let (key, rest) = line.strip_prefix("- ")?.split_once(": ")?;
        let (title, place) = rest.rsplit_once(", ")?;
        Some(Source { key, title, place })
    })
}

/// Looks a source up by its key.
pub(crate) fn source(key: &str) -> Option<Source> {
    sources().find(|source| source.key == key)
}

/// The list, one line each: `- key: title, place`.
const LIST: &str = include_str!("sources.md");

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys are short words, each there once; every source has a title and a place to look it up.
    #[test]
    fn every_source_can_be_looked_up() {
        let all: Vec<Source> = sources().collect();
        assert_eq!(all.len(), LIST.lines().filter(|line| line.starts_with("- ")).count());
        for (index, source) in all.iter().enumerate() {
            let key = source.key;
            assert!(all[..index].iter().all(|other| other.key != key), "{key} twice");
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(!key.is_empty() && key.chars().all(word), "{key}");
            assert!(!source.title.is_empty(), "{key}");
            let place = source.place;
            assert!(
                place.starts_with("https://") || place.starts_with("in the "),
                "{key}: {place}"
            );
        }
    }
}

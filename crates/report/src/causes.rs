//! All causes at a glance, and the stacks that remedies are written for.

use std::collections::BTreeSet;

use diagnosis::CAUSES;

use crate::Look;
use crate::paint::{Line, Page, Tone};

/// The table of all causes: a name and a phrase each, in the order of the alphabet.
#[must_use]
pub fn causes(look: &Look) -> String {
    let mut all: Vec<_> = CAUSES.iter().map(|cause| (cause.slug, cause.because)).collect();
    all.sort_unstable();
    let column = all.iter().map(|(slug, _)| slug.len()).max().unwrap_or(0) + 2;
    let mut page = Page::new(look);
    for (slug, because) in all {
        page.wrapped(Line::new().add(Tone::Verdict, slug), column, Tone::Plain, because, "");
    }
    page.done()
}

/// The stacks that remedies are written for, in lower case: what [`Look::stack`] may hold.
#[must_use]
pub fn stacks() -> BTreeSet<&'static str> {
    let fixes = CAUSES.iter().flat_map(|cause| cause.fixes());
    fixes.map(|fix| fix.stack).filter(|stack| *stack != "any").collect()
}

/// The stack that remedies are written for under a name that people have for it: `schannel` is
/// `windows`, `ldaps` is `ad`.
#[must_use]
pub fn stack(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, stack)| *stack);
    let wanted = other.unwrap_or(&name);
    stacks().into_iter().find(|stack| *stack == wanted)
}

/// Names of what has its remedies under another one.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("schannel", "windows"),
    ("http.sys", "iis"),
    (".net", "dotnet"),
    ("mssql", "sqlserver"),
    ("sql", "sqlserver"),
    ("ldaps", "ad"),
    ("radius", "nps"),
    ("wininet", "winhttp"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cause has its place in the table, and no line is too long.
    #[test]
    fn every_cause_is_listed() {
        let table = causes(&Look::default());
        for cause in CAUSES {
            assert!(table.lines().any(|line| line.starts_with(cause.slug)), "{}", cause.slug);
        }
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    }

    /// Every product of Windows has remedies, under the names that people have for it.
    #[test]
    fn the_products_of_windows_have_remedies() {
        let products =
            ["iis", "exchange", "sqlserver", "ad", "rdp", "nps", "dotnet", "winhttp", "windows"];
        for product in products {
            let causes =
                CAUSES.iter().filter(|cause| cause.fixes().any(|fix| fix.stack == product));
            assert!(causes.count() >= 3, "{product}");
        }
        for (other, stack) in OTHER_NAMES {
            assert_eq!(super::stack(other), Some(*stack), "{other}");
        }
        assert_eq!(super::stack("SChannel"), Some("windows"));
        assert_eq!(super::stack("nobody"), None);
    }

    /// Stacks are words that can be typed.
    #[test]
    fn stacks_are_words() {
        assert!(stacks().iter().all(|stack| !stack.is_empty() && *stack == stack.to_lowercase()));
    }
}

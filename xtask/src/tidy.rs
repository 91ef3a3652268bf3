//! `cargo xtask tidy`: the rules of the house that no compiler knows.
//!
//! Each check reads the same [`Tree`], a copy of the repository in memory, and returns what is
//! wrong in words that say what to do. The tree can be made from a few strings, so every check has
//! a test with a fault in it: a check that cannot fail is no check.

mod corpus;
mod cycles;
mod dependencies;
mod files;
mod floors;
mod pages;
mod readme;
mod source;
mod sources;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::repo;

pub(crate) use corpus::named as causes_named;
pub(crate) use pages::HEADINGS;

/// Run all checks, print every problem, and fail when there is one.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read()?;
    let problems = problems(&tree);
    for problem in &problems {
        eprintln!("tidy: {problem}");
    }
    ensure!(problems.is_empty(), "tidy found {} problems", problems.len());
    eprintln!("tidy: {} files in order", tree.files.len());
    Ok(())
}

/// What is wrong, one sentence each.
fn problems(tree: &Tree) -> Vec<String> {
    let checks: [fn(&Tree) -> Vec<String>; 8] = [
        floors::check,
        dependencies::check,
        cycles::check,
        files::check,
        source::check,
        pages::check,
        sources::check,
        corpus::check,
    ];
    checks.iter().flat_map(|check| check(tree)).collect()
}

/// The repository in memory: path from the root, with `/`, and content.
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Read every file that belongs to the repository.
    fn read() -> Result<Self> {
        let root = repo::root();
        let files = repo::files()?
            .into_iter()
            .map(|name| {
                let bytes = std::fs::read(root.join(&name)).with_context(|| name.clone())?;
                Ok((name, bytes))
            })
            .collect::<Result<_>>()?;
        Ok(Self { files })
    }

    /// A tree for a test.
    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().into()));
        Self { files: files.collect() }
    }

    /// All files, in the order of their paths.
    fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The files that are text, in the order of their paths.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter_map(|(name, bytes)| Some((name, std::str::from_utf8(bytes).ok()?)))
    }

    /// The Rust source files, in the order of their paths.
    fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(name, _)| name.ends_with(".rs"))
    }

    /// One text file.
    fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.files.get(name)?).ok()
    }
}

/// The code on a line: without the line comment and without what stands inside of quotes.
///
/// Good enough for a house whose strings seldom span lines; it is no lexer.
fn code(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line.chars().peekable();
    let mut quoted = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' if quoted => {
                rest.next();
            }
            '"' => {
                quoted = !quoted;
                kept.push('"');
            }
            '/' if !quoted && rest.peek() == Some(&'/') => break,
            other if !quoted => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// Whether `word` stands in `code` as a word of its own.
fn has_word(code: &str, word: &str) -> bool {
    code.split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules hold for the repository as it is: this is tidy, run by `cargo test`.
    #[test]
    fn the_house_is_tidy() {
        let tree = Tree::read().unwrap();
        let problems = problems(&tree);
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }

    /// Words in comments and strings are not code.
    #[test]
    fn code_is_what_is_left() {
        assert_eq!(code("call(\"a \\\" // b\"); // c"), "call(\"\"); ");
        assert!(has_word("unsafe { x }", "unsafe"));
        assert!(!has_word("#![forbid(unsafe_code)]", "unsafe"));
    }
}

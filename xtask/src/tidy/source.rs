//! What holds for Rust source: an essay at the top, no `unsafe` below the doors, nothing unfinished.

use super::{Tree, code, files::REFUSED, has_word};

/// Essays, `unsafe`, unfinished code and names of inline modules.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust() {
        let product = path.starts_with("crates/") && path.contains("/src/");
        if product && !begins_with_essay(text) {
            problems.push(format!("{path}: begins without a //! essay: say what it is and why"));
        }
        let library = path.starts_with("crates/") && path.ends_with("/src/lib.rs");
        if library && !text.lines().any(|line| line.trim() == "#![forbid(unsafe_code)]") {
            problems.push(format!("{path}: a library says #![forbid(unsafe_code)]"));
        }
        problems.extend(lines(path, text));
    }
    problems
}

/// The first line that is not blank, an attribute or the mark of a table is the essay.
fn begins_with_essay(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#![") && *line != "// tidy: table")
        .is_some_and(|line| line.starts_with("//!"))
}

fn lines(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut reasoned = None;
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        let code = code(line);
        if code.contains("expect(unsafe_code, reason") {
            reasoned = Some(number);
        }
        if has_word(&code, "unsafe") {
            if !path.starts_with(UNSAFE_HERE) {
                problems.push(format!("{path}:{number}: unsafe outside of {UNSAFE_HERE}"));
            } else if reasoned.is_none_or(|at| number - at > REASON_REACHES) {
                problems.push(format!(
                    "{path}:{number}: unsafe without #[expect(unsafe_code, reason = ...)] above it"
                ));
            }
        }
        for unfinished in ["todo!", "unimplemented!", "dbg!"] {
            if code.contains(unfinished) {
                problems.push(format!("{path}:{number}: {unfinished} is unfinished work"));
            }
        }
        let words: Vec<&str> = code.split_whitespace().collect();
        for pair in words.windows(2) {
            let name = pair[1].trim_end_matches([';', '{']);
            if pair[0] == "mod" && REFUSED.contains(&name) {
                problems.push(format!("{path}:{number}: the name {name} says nothing"));
            }
        }
    }
    problems
}

/// The only crate that may hold `unsafe`, each time with its reason.
const UNSAFE_HERE: &str = "crates/tlswhy/";

/// How many lines below its reason an `unsafe` may stand.
const REASON_REACHES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(path: &str, text: &str) -> String {
        check(&Tree::of(&[(path, text)])).join("\n")
    }

    /// An essay is asked for in the crates, after attributes at most.
    #[test]
    fn essays_are_asked_for() {
        assert_eq!(problem("crates/wire/src/ip.rs", "#![no_std]\n\n//! IP.\n"), "");
        assert!(problem("crates/wire/src/ip.rs", "use std::fmt;\n//! IP.\n").contains("essay"));
        assert_eq!(problem("fuzz/frame.rs", "fn main() {}\n"), "");
    }

    /// A library forbids `unsafe` in so many words.
    #[test]
    fn libraries_forbid_unsafe() {
        assert!(problem("crates/wire/src/lib.rs", "//! W.\n").contains("forbid(unsafe_code)"));
        assert_eq!(problem("crates/wire/src/lib.rs", "//! W.\n#![forbid(unsafe_code)]\n"), "");
    }

    /// `unsafe` stands in the command only, under its reason.
    #[test]
    fn unsafe_has_a_place_and_a_reason() {
        let bare = "//! M.\nlet m = unsafe { map(f) };\n";
        let given =
            "//! M.\n#[expect(unsafe_code, reason = \"a map\")]\nlet m = unsafe { map(f) };\n";
        assert!(problem("crates/trace/src/a.rs", given).contains("outside of"));
        assert!(problem("crates/tlswhy/src/a.rs", bare).contains("without #[expect"));
        assert_eq!(problem("crates/tlswhy/src/a.rs", given), "");
    }

    /// Unfinished work and empty module names are found; a comment may speak of them.
    #[test]
    fn unfinished_work_is_refused() {
        assert!(problem("xtask/src/a.rs", "fn f() { todo!() }").contains("unfinished"));
        assert!(problem("xtask/src/a.rs", "mod helpers {}").contains("says nothing"));
        assert_eq!(problem("xtask/src/a.rs", "// todo!() and mod helpers"), "");
    }
}

//! Where a page has its knowledge from: every remedy names its sources, every source is known and
//! needed, and every case that a page points at is there and is one of its cause.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Tree, corpus, pages};

/// The list of sources, `- key: title, place`.
const LIST: &str = "crates/diagnosis/src/sources.md";

/// Remedies, sources and cases.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let listed: BTreeSet<&str> =
        tree.text(LIST).unwrap_or_default().lines().filter_map(key).collect();
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for (path, cause, text) in pages::causes(tree) {
        for remedy in pages::part(text, "What to do").filter(|line| line.starts_with("- ")) {
            let keys = cited(remedy);
            if keys.is_empty() {
                problems.push(format!("{path}: a remedy without a source: {remedy}"));
            }
            for key in keys {
                if !listed.contains(key) {
                    problems.push(format!("{path}: {LIST} does not have {key}"));
                }
                used.insert(key);
            }
        }
        problems.extend(cases(tree, path, cause, text));
    }
    for key in listed.difference(&used) {
        problems.push(format!("{LIST}: no remedy needs {key}"));
    }
    problems
}

/// The key of a line of the list.
fn key(line: &str) -> Option<&str> {
    Some(line.strip_prefix("- ")?.split_once(": ")?.0)
}

/// The keys in brackets at the end of a remedy.
fn cited(remedy: &str) -> Vec<&str> {
    let keys = remedy.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["));
    keys.map_or(Vec::new(), |(_, keys)| keys.split(',').map(str::trim).collect())
}

/// The cases of a page: `- folder/case: what it shows`, or a line without a dash that says why there
/// is none.
fn cases(tree: &Tree, path: &str, cause: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let named = pages::part(text, "Cases").filter_map(|line| line.strip_prefix("- "));
    let named: Vec<&str> = named.map(|line| line.split(": ").next().unwrap_or(line)).collect();
    if named.is_empty() && !corpus::is_without_a_case(cause) {
        problems.push(format!("{path}: no case under \"Cases\""));
    }
    for case in named {
        let (folder, file) = match case.rsplit_once('/') {
            Some((folder, file)) if file.ends_with(".log") => (folder, Some(file)),
            _ => (case, None),
        };
        let truth = tree.text(&format!("corpus/{folder}/truth.json"));
        let truth = truth.and_then(|truth| serde_json::from_str::<Value>(truth).ok());
        let Some(truth) = truth else {
            problems.push(format!("{path}: there is no case {case}"));
            continue;
        };
        let truth = file.map_or(&truth, |file| &truth["failures"][file]);
        // An event log holds failures of many kinds, and tells them by their events.
        let built = folder.starts_with("events/");
        if !built && !corpus::named(truth).contains(cause) {
            problems.push(format!("{path}: {case} is no case of {cause}"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "crates/diagnosis/src/rules/weak-dh.md";

    fn problem(page: &str, list: &str) -> String {
        check(&Tree::of(&[
            (PATH, page),
            (LIST, list),
            ("corpus/weak-dh/curl/truth.json", r#"{"cause":"weak-dh"}"#),
            ("corpus/other/curl/truth.json", r#"{"cause":"other"}"#),
            ("corpus/lines/bc/truth.json", r#"{"failures":{"a.log":{"cause":"weak-dh"}}}"#),
        ]))
        .join("\n")
    }

    const PAGE: &str = "# weak-dh\n## What to do\n- server, any: drop it [rfc1, b]\n\
                        ## Cases\n- weak-dh/curl: 40\n- lines/bc/a.log: 71\n";
    const LIST_OF_TWO: &str = "# Sources\n- rfc1: RFC 1, https://x\n- b: B, in the lab\n";

    /// A page with its sources and cases passes.
    #[test]
    fn a_page_with_sources_passes() {
        assert_eq!(problem(PAGE, LIST_OF_TWO), "");
    }

    /// Each fault is named: a remedy without a source, an unknown source, one that nobody needs, no
    /// case, a case that is not there or of another cause.
    #[test]
    fn faults_are_named() {
        let bare = PAGE.replace(" [rfc1, b]", "");
        assert!(problem(&bare, LIST_OF_TWO).contains("a remedy without a source"));
        assert!(problem(&bare, LIST_OF_TWO).contains("no remedy needs rfc1"));
        assert!(problem(PAGE, "- b: B, in the lab\n").contains("does not have rfc1"));
        assert!(
            problem(&PAGE.replace("- weak", "weak").replace("- lines", ""), LIST_OF_TWO)
                .contains("no case under")
        );
        assert!(
            problem(&PAGE.replace("weak-dh/curl", "weak-dh/x"), LIST_OF_TWO)
                .contains("there is no case")
        );
        assert!(
            problem(&PAGE.replace("weak-dh/curl", "other/curl"), LIST_OF_TWO)
                .contains("no case of weak-dh")
        );
        assert!(
            problem(&PAGE.replace("a.log", "b.log"), LIST_OF_TWO).contains("no case of weak-dh")
        );
    }
}

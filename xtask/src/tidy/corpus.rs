//! The corpus: every case complete, every cause with a case that is known to be it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Tree, pages};

/// Causes that have no case of their own, and why. The list is meant to get shorter.
const WITHOUT_A_CASE: &[(&str, &str)] = &[
    (
        "hidden-server-certificate",
        "it says what a capture cannot show, which is never what is wrong: the TLS 1.3 cases of \
         the causes that lie in a server's certificate show it",
    ),
    (
        "hidden-client-certificate",
        "the same for the client's certificate: the TLS 1.3 cases of its causes show it",
    ),
    (
        "dhe-leading-zero",
        "it takes a stack from before 2020 that computes wrongly, and one handshake in 256: none \
         of the stacks that can be had does",
    ),
    ("unknown", "the truth of a case is known"),
];

/// Cases are complete, causes have cases, and the list of exceptions holds nothing else.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    check_but(tree, WITHOUT_A_CASE)
}

/// The same with another list of exceptions.
fn check_but(tree: &Tree, without: &[(&str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut shown = BTreeSet::new();
    for (case, files) in cases(tree) {
        for wanted in ["about.md", "truth.json", "expected.txt"] {
            if !files.contains(wanted) {
                problems.push(format!("{case}: {wanted} is missing"));
            }
        }
        if !files.iter().any(|file| file.starts_with("input.")) {
            problems.push(format!("{case}: there is no input"));
        }
        if let Some(truth) = tree.text(&format!("{case}/truth.json")) {
            match serde_json::from_str(truth) {
                Ok(truth) => shown.extend(named(&truth)),
                Err(error) => problems.push(format!("{case}/truth.json: {error}")),
            }
        }
    }
    let causes: BTreeSet<&str> = pages::causes(tree).map(|(_, cause, _)| cause).collect();
    for cause in &causes {
        let excepted = without.iter().any(|(name, _)| name == cause);
        match (shown.contains(*cause), excepted) {
            (false, false) => problems.push(format!(
                "corpus: no case shows the cause {cause}: record one, or say why not in tidy/corpus.rs"
            )),
            (true, true) => problems.push(format!(
                "corpus: {cause} has a case by now: take it off the list in tidy/corpus.rs"
            )),
            _ => {}
        }
    }
    for (cause, _) in without {
        if !causes.is_empty() && !causes.contains(cause) {
            problems.push(format!("tidy/corpus.rs: there is no cause {cause}"));
        }
    }
    problems
}

/// The cases by folder, `corpus/<group>/<case>`, with the names of their files.
fn cases(tree: &Tree) -> BTreeMap<String, BTreeSet<&str>> {
    let mut cases: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (path, _) in tree.files() {
        if let ["corpus", group, case, file] = path.split('/').collect::<Vec<_>>().as_slice() {
            cases.entry(format!("corpus/{group}/{case}")).or_default().insert(file);
        }
    }
    cases
}

/// Every cause that a truth names, none for a connection that works.
pub(crate) fn named(truth: &Value) -> BTreeSet<String> {
    let mut causes = BTreeSet::new();
    gather(truth, &mut causes);
    causes
}

/// Add the causes of a truth: the value of `cause`, or each entry of `causes`, at any depth,
/// because a capture with several failures has a truth for each of them.
fn gather(truth: &Value, into: &mut BTreeSet<String>) {
    match truth {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("cause" | "causes", Value::String(cause)) => {
                        into.insert(cause.clone());
                    }
                    ("causes", Value::Array(causes)) => {
                        into.extend(causes.iter().filter_map(Value::as_str).map(str::to_owned));
                        causes.iter().for_each(|cause| gather(cause, into));
                    }
                    (_, value) => gather(value, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: (&str, &str) = ("crates/diagnosis/src/rules/weak-dh.md", "# weak-dh\n");

    /// A complete case shows its cause, alone or among several.
    #[test]
    fn a_complete_case_passes() {
        for truth in [r#"{"cause":"weak-dh"}"#, r#"[{"cause":"x"},{"causes":["weak-dh"]}]"#] {
            let tree = Tree::of(&[
                PAGE,
                ("corpus/weak-dh/openssl/about.md", ""),
                ("corpus/weak-dh/openssl/expected.txt", ""),
                ("corpus/weak-dh/openssl/input.pcap", ""),
                ("corpus/weak-dh/openssl/truth.json", truth),
            ]);
            assert_eq!(check_but(&tree, &[]), Vec::<String>::new());
        }
    }

    /// What a case lacks is named, and so is a cause that nothing shows.
    #[test]
    fn what_is_missing_is_named() {
        let found = check_but(&Tree::of(&[PAGE, ("corpus/weak-dh/openssl/truth.json", "{")]), &[])
            .join("\n");
        for part in ["about.md", "expected.txt", "no input", "truth.json:", "no case shows"] {
            assert!(found.contains(part), "{part} in {found}");
        }
    }

    /// An exception covers its cause, and has no place where a case or no such cause is.
    #[test]
    fn exceptions_are_needed() {
        let without = [("weak-dh", "cannot be recorded")];
        assert_eq!(check_but(&Tree::of(&[PAGE]), &without), Vec::<String>::new());
        let shown = Tree::of(&[PAGE, ("corpus/weak-dh/x/truth.json", r#"{"cause":"weak-dh"}"#)]);
        assert!(check_but(&shown, &without).join("\n").contains("has a case by now"));
        let stale = check_but(&Tree::of(&[PAGE]), &[without[0], ("gone", "")]);
        assert_eq!(stale, ["tidy/corpus.rs: there is no cause gone"]);
    }
}

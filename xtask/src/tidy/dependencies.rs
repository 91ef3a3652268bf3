//! Every dependency has its reason, where whoever adds the next one will read it.
//!
//! CONTRIBUTING.md lists the crates that the manifests name, those of the product apart from those
//! that only build, test or measure it. A crate without a line, a line without a crate, and a crate
//! in the wrong list are problems.

use std::collections::BTreeSet;

use super::{Tree, floors};

/// A crate that a manifest names.
pub(super) struct Dependency<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
}

/// Which of the tables of dependencies a crate stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The product is linked with it.
    Product,
    /// The build script uses it.
    Build,
    /// Only tests see it.
    Tests,
}

/// The dependencies in a manifest, of all kinds and targets.
pub(super) fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    // Inside a table of dependencies: which one it is.
    let mut inside: Option<Place> = None;
    for line in manifest.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            let place = match header {
                header if header.contains("dev-dependencies") => Place::Tests,
                header if header.contains("build-dependencies") => Place::Build,
                _ => Place::Product,
            };
            inside = header.ends_with("dependencies").then_some(place);
            if let Some((_, name)) = header.split_once("dependencies.") {
                found.push(Dependency { name, place });
            }
        } else if let (Some(place), Some((key, _))) = (inside, line.split_once('=')) {
            let name = key.trim().split('.').next().unwrap_or_default().trim_matches('"');
            found.push(Dependency { name, place });
        }
    }
    found
}

/// The list and the manifests agree.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut product = BTreeSet::new();
    let mut others = BTreeSet::new();
    for (path, manifest) in tree.texts().filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        let found = dependencies(manifest);
        for dependency in found.into_iter().filter(|found| !floors::is_ours(found.name)) {
            let inside = path.starts_with("crates/") && dependency.place == Place::Product;
            if inside { &mut product } else { &mut others }.insert(dependency.name);
        }
    }
    let others: BTreeSet<&str> = others.difference(&product).copied().collect();
    let text = tree.text(LIST).unwrap_or_default();
    let mut problems = compare(PRODUCT, &product, &listed(text, PRODUCT));
    problems.extend(compare(OTHERS, &others, &listed(text, OTHERS)));
    problems
}

fn compare(list: &str, used: &BTreeSet<&str>, listed: &BTreeSet<&str>) -> Vec<String> {
    let missing = used.difference(listed).map(|name| {
        format!("{LIST}: {name} has no reason: add it to the table below \"{list}\", and why it is no code of ours")
    });
    let idle = listed.difference(used).map(|name| {
        format!("{LIST}: {name} stands below \"{list}\", and no manifest has it there")
    });
    missing.chain(idle).collect()
}

/// The crates in the first column of the table under this heading.
fn listed<'a>(text: &'a str, heading: &str) -> BTreeSet<&'a str> {
    let section = text.lines().skip_while(|line| *line != heading).skip(1);
    let rows = section.take_while(|line| !line.starts_with('#')).filter_map(|line| {
        let (names, reason) = line.strip_prefix('|')?.split_once('|')?;
        (reason.trim_matches(['|', ' ']).len() > 1).then_some(names)
    });
    // What stands between backquotes is every other piece.
    rows.flat_map(|names| names.split('`').skip(1).step_by(2)).collect()
}

/// Where the list is.
const LIST: &str = "CONTRIBUTING.md";
/// The heading above the crates that the product is linked with.
const PRODUCT: &str = "### In the product";
/// The heading above all others.
const OTHERS: &str = "### For building, tests and chores";

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(list: &str) -> Vec<String> {
        check(&Tree::of(&[
            ("CONTRIBUTING.md", list),
            ("crates/wire/Cargo.toml", "[dependencies]\nalert.workspace = true\naes = \"1\"\n"),
            ("crates/logs/Cargo.toml", "[build-dependencies]\ntoml = \"1\"\n"),
            ("crates/trace/Cargo.toml", "[dev-dependencies]\naes = \"1\"\n"),
            ("xtask/Cargo.toml", "[dependencies]\nanyhow = \"1\"\n"),
        ]))
    }

    const GOOD: &str = "### In the product\n\n| crate | why |\n|---|---|\n| `aes` | a cipher |\n\n\
                        ### For building, tests and chores\n\n| `anyhow`, `toml` | both |\n\n## Next\n";

    /// A list of all crates, several of them in one row, is in order.
    #[test]
    fn a_whole_list_is_in_order() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
    }

    /// A crate without a line, a line without a crate or without a reason, and a crate in the wrong
    /// list are told.
    #[test]
    fn what_differs_is_told() {
        for (from, to, says) in [
            ("| `aes` | a cipher |", "", vec!["aes has no reason"]),
            ("| a cipher |", "| |", vec!["aes has no reason"]),
            ("`aes`", "`aes`, `des`", vec!["des stands below"]),
            ("`aes`", "`aes`, `toml`", vec!["toml stands below"]),
            (", `toml`", "", vec!["toml has no reason"]),
            ("`anyhow`", "`anyhow`, `aes`", vec!["aes stands below"]),
        ] {
            let problems = problems(&GOOD.replace(from, to));
            assert_eq!(problems.len(), says.len(), "{problems:?}");
            assert!(
                problems.iter().zip(says).all(|(told, says)| told.contains(says)),
                "{problems:?}"
            );
        }
    }
}

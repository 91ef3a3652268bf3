//! The floors inside a crate: its top-level modules do not import one another in a circle.
//!
//! Cargo keeps the floors between crates and nothing keeps those inside, where a circle makes many
//! files into one. Imports are read from the text: `crate::x`, `use crate::{x, y::Z}` and `super`.
//! A name that the crate's root passes on is followed to the module that it comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Tree, code};

/// Which top-level module imports which.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// No tower has a circle of imports between its top-level modules.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    TOWERS
        .iter()
        .filter_map(|name| {
            let circle = circle(&graph(tree, name))?;
            Some(format!("crates/{name}: modules import in a circle: {}", circle.join(" -> ")))
        })
        .collect()
}

fn graph(tree: &Tree, name: &str) -> Graph {
    let folder = format!("crates/{name}/src/");
    let files: Vec<(Vec<&str>, String)> = tree
        .rust()
        .filter_map(|(path, text)| {
            let path = path.strip_prefix(&folder)?.strip_suffix(".rs")?;
            let mut module: Vec<&str> = path.split('/').collect();
            if module.last() == Some(&"mod") {
                module.pop();
            }
            (module.last() != Some(&"tests")).then(|| (module, product(text)))
        })
        .collect();
    let modules: BTreeSet<&str> = files
        .iter()
        .filter_map(|(module, _)| module.first().copied())
        .filter(|module| *module != "lib")
        .collect();
    let root = files.iter().find(|(module, _)| module == &["lib"]).map_or("", |(_, text)| text);
    let passed_on = passed_on(root);
    let mut graph = Graph::new();
    for (module, text) in files.iter().filter(|(module, _)| module != &["lib"]) {
        let Some(own) = module.first() else { continue };
        let edges = graph.entry((*own).to_owned()).or_default();
        for target in targets(text, module.len()) {
            let target = passed_on.get(&target).unwrap_or(&target);
            if target != own && modules.contains(target.as_str()) {
                edges.insert(target.clone());
            }
        }
    }
    graph
}

/// The text without comments, strings and the tests at its end, all on one line.
fn product(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines
        .windows(2)
        .position(|pair| pair[0].trim() == "#[cfg(test)]" && pair[1].trim().starts_with("mod "))
        .unwrap_or(lines.len());
    lines.iter().take(end).map(|line| code(line) + " ").collect()
}

/// The first names of all paths that start at the crate's root, seen from a module at `depth`.
fn targets(text: &str, depth: usize) -> Vec<String> {
    let from_root = format!("{}{{", "super::".repeat(depth));
    let mut found = Vec::new();
    for prefix in ["crate::", from_root.trim_end_matches('{')] {
        let mut rest = text;
        while let Some(at) = rest.find(prefix) {
            let before = rest[..at].chars().next_back();
            rest = &rest[at + prefix.len()..];
            // `supersuper::` or `my_crate::` is another word; `super::super::` is deeper than asked.
            if before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '$')) {
                found.extend(first_names(rest));
            }
        }
    }
    found.retain(|name| name != "super");
    found
}

/// The first name of a path, or of each path in a group: `a::B` is `a`; `{a::{B, C}, D}` is `a, D`.
fn first_names(text: &str) -> Vec<String> {
    let Some(group) = text.strip_prefix('{') else {
        return name(text).into_iter().collect();
    };
    let mut found = Vec::new();
    let mut depth = 1;
    let mut start = true;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => start = true,
            other if start && !other.is_whitespace() => {
                found.extend(name(&group[at..]));
                start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Which module each name comes from that the root passes on with `pub use module::{Name, ..}`.
fn passed_on(root: &str) -> BTreeMap<String, String> {
    let mut from = BTreeMap::new();
    for statement in root.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let statement = statement.strip_prefix("crate::").unwrap_or(statement);
        let Some((module, names)) = statement.split_once("::") else { continue };
        for part in names.split([',', '{', '}']) {
            let last = part.rsplit([':', ' ']).find(|word| !word.is_empty());
            from.extend(last.map(|last| (last.to_owned(), module.trim().to_owned())));
        }
    }
    from
}

/// A shortest walk is not needed: any circle, as names with the first repeated at the end.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    fn walk<'a>(
        graph: &'a Graph,
        node: &'a str,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(at) = path.iter().position(|seen| *seen == node) {
            return Some(path[at..].iter().chain([&node]).map(|&name| name.to_owned()).collect());
        }
        if !done.insert(node) {
            return None;
        }
        path.push(node);
        let found = graph.get(node)?.iter().find_map(|next| walk(graph, next, path, done));
        path.pop();
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|node| walk(graph, node, &mut Vec::new(), &mut done))
}

/// The crates that are towers themselves. In `alert`, `diagnosis` and `report` the modules describe
/// one thing together (a cause names the finding it makes, a finding names its cause).
const TOWERS: &[&str] = &["wire", "trace"];

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let root = [("crates/wire/src/lib.rs", "pub mod frame;\npub use frame::{Frame, Link};\n")];
        check(&Tree::of(&[root.as_slice(), files].concat()))
    }

    /// Imports that go one way pass; comments and tests do not count.
    #[test]
    fn one_way_is_fine() {
        let found = problems(&[
            ("crates/wire/src/frame.rs", "use crate::ip::Ip;\n"),
            (
                "crates/wire/src/ip.rs",
                "//! See crate::frame.\n#[cfg(test)]\nmod tests {\n    use crate::frame::Frame;\n}\n",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    /// Every way to write an import closes the circle.
    #[test]
    fn a_circle_is_found() {
        for back in [
            "use crate::frame::Frame;",
            "use crate::{reader::Reader, frame::{self, Frame}};",
            "fn f() { crate::frame::peel() }",
            "use super::frame;",
            "use crate::Link;",
        ] {
            let found = problems(&[
                ("crates/wire/src/frame.rs", "use crate::ip::Ip;\n"),
                ("crates/wire/src/ip.rs", back),
                ("crates/wire/src/reader.rs", ""),
            ]);
            assert_eq!(found.len(), 1, "{back}");
            assert!(found[0].contains("frame -> ip -> frame"), "{}", found[0]);
        }
    }

    /// Files in a folder count for the folder's module, and `super` climbs from where it stands.
    #[test]
    fn folders_are_one_module() {
        let found = problems(&[
            ("crates/wire/src/carrier/mod.rs", "use crate::flow::Flow;\n"),
            ("crates/wire/src/carrier/bare.rs", "use super::Carrier;\n"),
            ("crates/wire/src/flow.rs", ""),
        ]);
        assert_eq!(found, Vec::<String>::new());
        let found = problems(&[
            ("crates/wire/src/carrier/bare.rs", "use super::super::flow::Flow;\n"),
            ("crates/wire/src/flow.rs", "use crate::carrier::Carrier;\n"),
        ]);
        assert_eq!(found.len(), 1);
    }
}

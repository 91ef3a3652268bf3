//! The page of a cause: complete, in one order, short enough to be read while something is down.

use super::Tree;

/// Where the pages are, one for each cause, named like the cause.
pub(super) const FOLDER: &str = "crates/diagnosis/src/rules/";

/// The headings of a page, in order.
pub(crate) const HEADINGS: &[&str] = &[
    "## What happened",
    "## How we know",
    "## What to do",
    "## Do not confuse with",
    "## Cases",
    "## Sources",
];

/// Every page has its title, the headings in order with text under each, and at most 60 lines, and
/// belongs to a rule.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut problems: Vec<String> =
        causes(tree).flat_map(|(path, cause, text)| page(path, cause, text)).collect();
    for (path, cause, _) in causes(tree) {
        let name = format!("\"{cause}.md\"");
        let rules = tree.rust().filter(|(path, _)| path.starts_with(FOLDER));
        if !rules.into_iter().any(|(_, text)| text.contains(&name)) {
            problems.push(format!("{path}: no rule includes this page"));
        }
    }
    problems
}

/// Path, cause and text of every page.
pub(super) fn causes(tree: &Tree) -> impl Iterator<Item = (&str, &str, &str)> {
    tree.texts().filter_map(|(path, text)| {
        let cause = path.strip_prefix(FOLDER)?.strip_suffix(".md")?;
        Some((path, cause, text))
    })
}

fn page(path: &str, cause: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !cause.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        problems.push(format!("{path}: a cause is named in kebab-case"));
    }
    if text.lines().next() != Some(&format!("# {cause}")) {
        problems.push(format!("{path}: the first line must be \"# {cause}\""));
    }
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
    if headings != HEADINGS {
        problems.push(format!("{path}: the headings must be {}", HEADINGS.join(", ")));
    }
    for heading in headings {
        if part(text, heading.trim_start_matches("## ")).all(|line| line.trim().is_empty()) {
            problems.push(format!("{path}: nothing stands under \"{heading}\""));
        }
    }
    for remedy in part(text, "What to do").filter(|line| line.starts_with("- ") && !is_remedy(line))
    {
        problems.push(format!("{path}: not \"- client|server, stack: text\": {remedy}"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        problems.push(format!("{path}: {lines} lines, more than {MOST_LINES}: cut it"));
    }
    problems
}

/// The lines under a heading.
pub(super) fn part<'a>(text: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    let under = text.lines().skip_while(move |line| line.strip_prefix("## ") != Some(heading));
    under.skip(1).take_while(|line| !line.starts_with("## "))
}

/// Whether the product can read a remedy: `- client, openssl: renew it`.
fn is_remedy(line: &str) -> bool {
    let who = line.strip_prefix("- ").and_then(|rest| rest.split_once(": "));
    who.and_then(|(who, _)| who.split_once(", "))
        .is_some_and(|(side, _)| matches!(side, "client" | "server"))
}

const MOST_LINES: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# weak-dh\n\n## What happened\nA.\n## How we know\nB.\n\
                        Settle it: C.\n## What to do\n- server, any: D.\n\
                        ## Do not confuse with\nE.\n## Cases\nF.\n## Sources\nG.\n";

    fn problem(text: &str) -> String {
        let rule = ("crates/diagnosis/src/rules/weak_dh.rs", "include_str!(\"weak-dh.md\")");
        check(&Tree::of(&[rule, ("crates/diagnosis/src/rules/weak-dh.md", text)])).join("\n")
    }

    /// A page that no rule includes would never be read.
    #[test]
    fn a_page_has_a_rule() {
        let tree = Tree::of(&[("crates/diagnosis/src/rules/weak-dh.md", GOOD)]);
        assert!(check(&tree)[0].contains("no rule includes"));
    }

    /// A complete page passes, and nothing stands behind its last part.
    #[test]
    fn a_complete_page_passes() {
        assert_eq!(problem(GOOD), "");
        assert!(problem(&GOOD.replace("G.\n", "")).contains("nothing stands under"));
        assert!(problem(&format!("{GOOD}\n## More\nE.\n")).contains("headings must be"));
    }

    /// Each fault is named: title, order, an empty part, length.
    #[test]
    fn faults_are_named() {
        assert!(problem(&GOOD.replace("# weak-dh", "# weak-DH")).contains("first line"));
        assert!(problem(&GOOD.replace("How we know", "Tell")).contains("headings must be"));
        assert!(problem(&GOOD.replace("A.\n", "\n")).contains("nothing stands under"));
        assert!(problem(&GOOD.replace("server, any", "all")).contains("not \"- client"));
        assert!(problem(&(GOOD.to_owned() + &"x\n".repeat(60))).contains("more than 60"));
    }
}

//! `cargo xtask new`: the skeleton of something new, in its one place, and what is left to do.
//!
//! A skeleton compiles but does not pass: the tests and tidy ask for every part that is still
//! empty, so that nothing half done is forgotten.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::repo;
use crate::tidy::HEADINGS;

/// `new alert NAME CODE`, `new cause NAME` or `new stack NAME`.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["alert", name, code] => {
            let code = code.parse().context("the code of an alert is a number from 0 to 255")?;
            alert(name, code)
        }
        ["cause", name] => cause(name),
        ["stack", name] => stack(name),
        ["alert", ..] => {
            bail!("new alert NAME CODE, for example: new alert certificate_unknown 46")
        }
        _ => bail!("new alert NAME CODE, new cause NAME, or new stack NAME"),
    }
}

fn stack(name: &str) -> Result<()> {
    ensure!(is_name(name, '-'), "a stack file is named in kebab-case: go-http");
    let path = format!("crates/logs/stacks/{name}.toml");
    ensure!(!repo::root().join(&path).exists(), "{path} is there already");
    fs::write(repo::root().join(&path), STACK)?;
    println!(
        "{path}: a stack without forms.\n\
         Left to do: its name, forms and two samples at least, as crates/logs/stacks/README.md \n\
         says, and cargo test -p tlswhy-logs."
    );
    Ok(())
}

/// What a stack file begins with.
const STACK: &str = r#"name = ""
kind = "library" # or "program"

[[form]]
text = ""
voice = ""

[[sample]]
line = ""
from = "run" # or "documentation"
version = ""
"#;

fn alert(name: &str, code: u8) -> Result<()> {
    ensure!(is_name(name, '_'), "an alert is named in snake_case, as the registry has it");
    let path = repo::root().join(ALERTS);
    let table = fs::read_to_string(&path).context(ALERTS)?;
    fs::write(&path, with_alert(&table, name, code)?)?;
    println!(
        "{ALERTS}: an entry for {code} {name}, in its place by code.\n\
         Left to do: fill the entry (the key to it stands above the table), add the row to the \n\
         registry copy in crates/alert/registry, and run cargo test -p tls-alert."
    );
    Ok(())
}

/// The table with an entry more, before the first one with a greater code.
fn with_alert(table: &str, name: &str, code: u8) -> Result<String> {
    let lines: Vec<&str> = table.lines().collect();
    let start = lines.iter().position(|line| *line == "alerts! {").context("no table of alerts")?;
    let mut place = None;
    for (number, line) in lines.iter().enumerate().skip(start + 1) {
        if *line == "}" {
            place = place.or(Some(number));
            break;
        }
        let Some(known) = entry_code(line) else { continue };
        ensure!(known != code, "{code} is there already: {}", line.trim());
        if known > code && place.is_none() {
            let mut first = number;
            while lines[first - 1].trim().starts_with("///") {
                first -= 1;
            }
            place = Some(first);
        }
    }
    let place = place.context("the table of alerts has no end")?;
    let mut entry = ENTRY.replace("NAME", &name.to_uppercase()).replace("name", name);
    entry = entry.replace("CODE", &code.to_string());
    let (before, after) = lines.split_at(place);
    let gap = if before.last().is_some_and(|line| !line.is_empty()) && before.len() > start + 1 {
        "\n"
    } else {
        ""
    };
    let rest = if after.first() == Some(&"}") { "" } else { "\n" };
    Ok(format!("{}\n{gap}{entry}{rest}{}\n", before.join("\n"), after.join("\n")))
}

/// The code on the first line of an entry: `    UNKNOWN_CA = 48 "unknown_ca" {`.
fn entry_code(line: &str) -> Option<u8> {
    let (name, rest) = line.trim().strip_suffix('{')?.split_once(" = ")?;
    let constant = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    constant.then(|| rest.split(' ').next()?.parse().ok())?
}

fn cause(name: &str) -> Result<()> {
    ensure!(is_name(name, '-'), "a cause is named in kebab-case, as in no-shared-cipher");
    let module = name.replace('-', "_");
    let folder = repo::root().join(RULES);
    write_new(&folder.join(format!("{module}.rs")), &rule(name))?;
    write_new(&folder.join(format!("{name}.md")), &page(name))?;
    println!(
        "{RULES}/{module}.rs: the rule\n\
         {RULES}/{name}.md: the page\n\
         Left to do: write both; add to {RULES}/mod.rs the two lines\n\n    \
         mod {module};\n    \
         &{module}::CAUSE,    (in CAUSES, where it belongs in the order of asking)\n\n\
         and record a case that shows it: a scenario in lab/scenarios, then cargo xtask lab {name}."
    );
    Ok(())
}

fn rule(name: &str) -> String {
    RULE.replace("NAME", name)
}

fn page(name: &str) -> String {
    HEADINGS.iter().fold(format!("# {name}\n"), |page, heading| page + "\n" + heading + "\n")
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    ensure!(!path.exists(), "{} is there already", path.display());
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn is_name(name: &str, between: char) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == between)
}

const ALERTS: &str = "crates/alert/src/alert.rs";
const RULES: &str = "crates/diagnosis/src/rules";

/// What an entry of the table looks like before anybody has read the RFC.
const ENTRY: &str = "    ///
    NAME = CODE \"name\" {
        says \"\";
        in U U U U U U;
        level Either Either Fatal;
        from Both Both;
        at ANY;
        rfc 0 \"\";
    }
";

/// A rule that finds nothing yet.
const RULE: &str = "//! NAME: what is seen, and what it is told apart from.

use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: \"NAME\",
    because: \"\",
    page: include_str!(\"NAME.md\"),
    judge,
};

fn judge(_case: &Case<'_>) -> Option<Finding> {
    None
}
";

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "alerts! {\n    /// A.\n    A = 10 \"a\" {\n        says \"x\";\n    }\n\n    \
                         /// C.\n    /// More.\n    C = 30 \"c\" {\n        says \"y\";\n    }\n}\nend\n";

    /// An entry goes where its code belongs: in front, between and behind.
    #[test]
    fn an_alert_is_put_in_its_place() {
        let order = |code| {
            let table = with_alert(TABLE, "new_one", code).unwrap();
            let codes: Vec<u8> = table.lines().filter_map(entry_code).collect();
            assert!(table.contains("    /// C.\n    /// More.\n    C = 30"), "{table}");
            assert!(table.ends_with("}\nend\n") && !table.contains("}\n    ///"), "{table}");
            codes
        };
        assert_eq!(order(5), [5, 10, 30]);
        assert_eq!(order(20), [10, 20, 30]);
        assert_eq!(order(40), [10, 30, 40]);
        assert!(with_alert(TABLE, "again", 30).is_err());
    }

    /// The table of the house is one that an entry can be put into.
    #[test]
    fn the_real_table_takes_one() {
        let table = fs::read_to_string(repo::root().join(ALERTS)).unwrap();
        let grown = with_alert(&table, "only_a_test", 254).unwrap();
        assert!(grown.contains("    ONLY_A_TEST = 254 \"only_a_test\" {"));
    }

    /// A skeleton names its cause in all places and has every heading.
    #[test]
    fn a_cause_is_named_throughout() {
        assert!(rule("weak-dh").contains("include_str!(\"weak-dh.md\")"));
        assert!(!rule("weak-dh").contains("NAME"));
        assert_eq!(
            page("weak-dh").lines().filter(|line| line.starts_with("## ")).count(),
            HEADINGS.len()
        );
        assert!(is_name("weak-dh", '-') && !is_name("Weak-DH", '-') && !is_name("weak_dh", '-'));
    }
}

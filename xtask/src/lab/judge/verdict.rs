//! What the program says to a piece of evidence, beside the truth.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::case::{Case, Evidence, FINE, Given};

/// What was said.
#[derive(Clone)]
pub(super) struct Verdict {
    /// Where the truth stood.
    pub(super) place: Place,
    /// Whether something was called certain that is not so.
    pub(super) lies: bool,
    /// What was said, best first, in one line.
    pub(super) said: String,
    /// The cause that was said first; `nothing` if none was.
    pub(super) first: String,
}

/// Where the cause that was brought about stands in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the answer; or nothing was wrong, and nothing was said.
    First,
    /// It is among the first three causes that are named.
    Third,
    /// It is named after that.
    Later,
    /// What comes first says that the evidence does not show it, or cannot be told from it.
    Untold,
    /// Something else is the answer.
    Wrong,
    /// Nothing was found.
    Nothing,
}

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Third => "among 3",
            Self::Later => "later",
            Self::Untold => "untold",
            Self::Wrong => "wrong",
            Self::Nothing => "nothing",
        }
    }
}

/// Removes what an earlier case left there, if anything.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// Copies the files of a folder, under numbers for names.
fn copied(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    let mut files = fs::read_dir(from)?.collect::<io::Result<Vec<_>>>()?;
    files.sort_by_key(fs::DirEntry::path);
    let copy = |(number, file): (usize, &fs::DirEntry)| {
        fs::copy(file.path(), to.join(number.to_string())).map(drop)
    };
    files.iter().enumerate().try_for_each(copy)
}

/// Answers that say what the evidence does not show.
const UNTOLD: &[&str] = &["hidden-server-certificate", "hidden-client-certificate", "unknown"];

/// A cause and how sure it is said to be.
type Told = (String, String);

/// Gives the evidence to the program, under names that say nothing, and weighs the answer.
pub(super) fn of(program: &Path, folder: &Path, case: &Case) -> Result<Verdict> {
    let mut command = Command::new(program);
    command.arg("--json").env_clear();
    for (index, given) in case.files.iter().enumerate() {
        let path = folder.join(index.to_string());
        clear(&path)?;
        match given {
            Given::File(folder) if folder.is_dir() => copied(folder, &path),
            Given::File(file) => fs::copy(file, &path).map(drop),
            Given::Text(text) => fs::write(&path, text),
        }
        .with_context(|| path.display().to_string())?;
        command.arg(path);
    }
    if let Some(keys) = &case.keys {
        let path = folder.join("keys");
        fs::copy(keys, &path)?;
        command.arg("--keylog").arg(path);
    }
    let output = command.output().context("cannot start the program")?;
    let code = output.status.code().context("the program was ended by a signal")?;
    // A line may be so short, or hold such bytes, that it is not known for a log.
    let spoken = matches!(case.evidence, Evidence::Line | Evidence::Both);
    let unread = code == 2 && spoken;
    ensure!(code < 2 || unread, "exit {code}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(weigh(case, &answer(case, &String::from_utf8_lossy(&output.stdout))?))
}

/// The causes that the program names for the failure in question, best first.
fn answer(case: &Case, output: &str) -> Result<Vec<Told>> {
    let mut captured: Vec<(Option<u64>, Value, Vec<Told>)> = Vec::new();
    let mut written: Vec<Vec<Told>> = Vec::new();
    let mut groups: Vec<(Value, Vec<Told>)> = Vec::new();
    for line in output.lines() {
        let value: Value = serde_json::from_str(line).context("no JSON")?;
        match value["kind"].as_str() {
            Some("failure") => {
                let port = value["client"]["port"].as_u64();
                captured.push((port, value["group"].clone(), causes(&value)));
            }
            Some("group") => groups.push((value["id"].clone(), causes(&value))),
            Some("sighting") => written.push(causes(&value)),
            _ => {}
        }
    }
    let mine = captured.iter().find(|(port, ..)| port.is_some() && *port == case.port);
    let found = mine.or_else(|| captured.first().filter(|_| case.alone));
    // What other inputs add is said of the group.
    let joined = found.and_then(|(_, group, _)| groups.iter().find(|(id, _)| id == group));
    let joined = joined.filter(|_| case.evidence == Evidence::Both).map(|(_, causes)| causes);
    let found = joined.or(found.map(|(.., causes)| causes));
    // What a capture does not show, the words of a side may.
    let found = found.filter(|causes| !causes.is_empty());
    let found = found.or_else(|| written.iter().find(|causes| !causes.is_empty()));
    Ok(found.cloned().unwrap_or_default())
}

fn causes(value: &Value) -> Vec<Told> {
    let best = std::iter::once(&value["cause"]);
    let others = value["also_possible"].as_array().into_iter().flatten();
    best.chain(others)
        .filter_map(|cause| {
            let slug = cause["slug"].as_str()?.to_owned();
            Some((slug, cause["confidence"].as_str()?.to_owned()))
        })
        .collect()
}

fn weigh(case: &Case, found: &[Told]) -> Verdict {
    let right = |slug: &str| slug == case.cause;
    let alike = |slug: &str| case.also.iter().any(|also| also == slug);
    let fine = FINE.contains(&case.cause.as_str());
    // To say that something is not known names no cause.
    let named = || found.iter().filter(|(slug, _)| !UNTOLD.contains(&slug.as_str()) || right(slug));
    let first = found.first().is_some_and(|(slug, _)| right(slug));
    let place = match (found.first(), named().position(|(slug, _)| right(slug))) {
        (None, _) if fine => Place::First,
        (None, _) => Place::Nothing,
        _ if first => Place::First,
        (_, Some(0..=2)) => Place::Third,
        (_, Some(_)) => Place::Later,
        (Some((slug, _)), None) if UNTOLD.contains(&slug.as_str()) || alike(slug) => Place::Untold,
        (Some(_), None) => Place::Wrong,
    };
    // What cannot be told apart from outside is not certain either.
    let lies = found.iter().any(|(slug, sure)| sure == "certain" && !right(slug));
    let words: Vec<String> = found.iter().map(|(slug, sure)| format!("{slug} ({sure})")).collect();
    let words = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    let said = format!("is {}, said {words}", case.cause);
    let first = found.first().map_or("nothing", |(slug, _)| slug).to_owned();
    Verdict { place, lies, said, first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cause: &str, found: &[(&str, &str)]) -> (Place, bool) {
        let case = Case { also: vec!["alike".to_owned()], ..Case::about(Evidence::Capture, cause) };
        let found: Vec<Told> = found.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        let verdict = weigh(&case, &found);
        (verdict.place, verdict.lies)
    }

    /// Only the cause itself is right, and what looks the same is not.
    #[test]
    fn the_judge_is_strict() {
        assert_eq!(place("a", &[("a", "likely")]), (Place::First, false));
        assert_eq!(place("a", &[("b", "likely"), ("a", "possible")]), (Place::Third, false));
        let unsaid =
            [("unknown", "possible"), ("b", "possible"), ("c", "possible"), ("a", "possible")];
        assert_eq!(place("a", &unsaid), (Place::Third, false));
        assert_eq!(place("a", &[("alike", "certain")]), (Place::Untold, true));
        assert_eq!(place("a", &[("unknown", "possible")]), (Place::Untold, false));
        assert_eq!(place("a", &[("b", "certain"), ("a", "likely")]), (Place::Third, true));
        assert_eq!(place("a", &[("b", "possible")]), (Place::Wrong, false));
        assert_eq!(place("a", &[]), (Place::Nothing, false));
        assert_eq!(place("established", &[]), (Place::First, false));
        assert_eq!(place("established", &[("b", "possible")]), (Place::Wrong, false));
    }
}

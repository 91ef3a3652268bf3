//! Compiles `stacks/*.toml` into tables, and refuses what could not be found in a log.
//!
//! How a stack file is written is told in `stacks/README.md`. A mistake in one is an error of the
//! build that names the file and the form.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script reads its files, and talks to Cargo by printing"
)]

mod emit;
mod form;
mod order;
mod stack;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use stack::Stack;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=stacks");
    println!("cargo::rerun-if-changed=build");
    let anchors = anchors(&fs::read_to_string("stacks/anchors.txt")?)?;
    let mut stacks = BTreeMap::new();
    for entry in fs::read_dir("stacks")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let stack = Stack::read(&slug(&path), &fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            stacks.insert(stack.slug.clone(), stack);
        }
    }
    let faults: Vec<_> =
        stacks.values().flat_map(|stack| stack.faults(&stacks, &anchors)).collect();
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let anchors = order::ordered(anchors, include_str!("ordinary.txt"));
    fs::write(out.join("stacks.rs"), emit::stacks(&stacks, &anchors))?;
    fs::write(out.join("samples.rs"), emit::samples(&stacks))?;
    Ok(())
}

/// Literals that the packed search of aho-corasick takes; with more it would fall back to one that
/// looks at every byte. One more is added where they are searched for.
const MOST_ANCHORS: usize = 126;

/// The literals of `anchors.txt`, one a line, `#` for remarks.
fn anchors(text: &str) -> Result<Vec<String>, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let anchors: Vec<String> = lines.map(str::to_owned).collect();
    if anchors.len() > MOST_ANCHORS {
        return Err(format!("anchors.txt: {} are too many: {MOST_ANCHORS}", anchors.len()));
    }
    // A quote or a backslash is written differently inside JSON.
    let plain = |c: char| c.is_alphanumeric() || " :_.,-()'[]#=*".contains(c);
    match anchors.iter().find(|anchor| anchor.len() < 4 || !anchor.chars().all(plain)) {
        Some(bad) => {
            Err(format!("anchors.txt: {bad:?} is too short, or is written differently in JSON"))
        }
        None => Ok(anchors),
    }
}

fn slug(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

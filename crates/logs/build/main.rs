//! Compiles `stacks/*.toml` into tables, and refuses what could not be found in a log.
//!
//! How a stack file is written is told in `stacks/README.md`. A mistake in one is an error of the
//! build that names the file and the form.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script reads its files, and talks to Cargo by printing"
)]

mod anchors;
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
    let mut stacks = BTreeMap::new();
    for entry in fs::read_dir("stacks")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let stack = Stack::read(&slug(&path), &fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            stacks.insert(stack.slug.clone(), stack);
        }
    }
    let faults: Vec<_> = stacks.values().flat_map(|stack| stack.faults(&stacks)).collect();
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let anchors = anchors::choose(&stacks)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("stacks.rs"), emit::stacks(&stacks, &anchors))?;
    fs::write(out.join("samples.rs"), emit::samples(&stacks))?;
    Ok(())
}

fn slug(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

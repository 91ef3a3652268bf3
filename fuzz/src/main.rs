//! The door to the targets without a fuzzer: lists them, writes their seeds, hunts, runs one input.

#![allow(clippy::disallowed_methods, reason = "a door touches the world")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use tlswhy_fuzz::{Corpus, Hunt, TARGETS, Target, hunt};

const HELP: &str = "\
targets list                                names, and rounds of a short hunt
targets seeds CORPUS FOLDER [NAME...]       writes what each target begins with
targets hunt CORPUS FINDS NAME [ROUNDS [NUMBER]]
                                            seeds and mutations; a find is saved in the folder FINDS
targets careful CORPUS FINDS NAME ROUNDS NUMBER
                                            the same, each input saved before it is tried
targets run NAME FILE...                    tries inputs";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match chore(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

fn chore(words: &[&str]) -> Result<(), String> {
    match words {
        ["list"] => {
            for target in TARGETS {
                println!("{} {}", target.name, target.rounds);
            }
            Ok(())
        }
        ["seeds", corpus, folder, names @ ..] => seeds(corpus, Path::new(folder), names),
        [how @ ("hunt" | "careful"), corpus, finds, name, numbers @ ..] => {
            let target = target(name)?;
            let number = |at: usize, usual| {
                numbers
                    .get(at)
                    .map_or(Ok(usual), |text| text.parse::<u64>())
                    .map_err(|it| it.to_string())
            };
            let (rounds, number) = (number(0, target.rounds)?, number(1, 1)?);
            hunted(&target, corpus, &PathBuf::from(finds), *how == "careful", [rounds, number])
        }
        ["run", name, files @ ..] => {
            let target = target(name)?;
            files.iter().try_for_each(|file| {
                target.check(&fs::read(file).map_err(|error| format!("{file}: {error}"))?);
                println!("{file}: nothing");
                Ok(())
            })
        }
        _ => Err(HELP.to_owned()),
    }
}

fn target(name: &str) -> Result<Target, String> {
    Target::of(name).ok_or_else(|| format!("no such target: {name}"))
}

fn corpus(folder: &str) -> Result<Corpus, String> {
    Corpus::read(Path::new(folder)).map_err(|error| format!("{folder}: {error}"))
}

/// One file for each seed, in a folder for each target.
fn seeds(from: &str, folder: &Path, names: &[&str]) -> Result<(), String> {
    let corpus = corpus(from)?;
    for target in TARGETS.iter().filter(|it| names.is_empty() || names.contains(&it.name)) {
        let folder = folder.join(target.name);
        let seeds = target.seeds(&corpus);
        let written = fs::create_dir_all(&folder).and_then(|()| {
            seeds.iter().enumerate().try_for_each(|(number, seed)| {
                fs::write(folder.join(format!("seed-{number:03}")), seed)
            })
        });
        written.map_err(|error| format!("{}: {error}", folder.display()))?;
        let bytes: usize = seeds.iter().map(Vec::len).sum();
        println!("{:<12} {:>4} seeds, {:>5} KiB", target.name, seeds.len(), bytes >> 10);
    }
    Ok(())
}

/// A hunt, and one line on it.
fn hunted(
    target: &Target,
    from: &str,
    finds: &Path,
    careful: bool,
    [rounds, number]: [u64; 2],
) -> Result<(), String> {
    let seeds = target.seeds(&corpus(from)?);
    let file = finds.join(format!("{}-find", target.name));
    let save = |bytes: &[u8]| {
        let saved = fs::create_dir_all(finds).and_then(|()| fs::write(&file, bytes));
        saved.map_err(|error| format!("{}: {error}", file.display()))
    };
    let before = |bytes: &[u8]| {
        if careful && let Err(error) = save(bytes) {
            eprintln!("{error}");
        }
    };
    let start = Instant::now();
    let check = |bytes: &[u8]| target.check(bytes);
    match hunt(&Hunt { check: &check, seeds: &seeds, rounds, number, before: &before }) {
        Ok(tried) => {
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "{:<12} {tried:>6} inputs, {} seeds, {seconds:.1} s",
                target.name,
                seeds.len()
            );
            Ok(())
        }
        Err(find) => {
            save(&find.bytes)?;
            let length = find.bytes.len();
            Err(format!(
                "{}: {} bytes, saved as {}\n  {}\n  again: cargo xtask fuzz try {} FILE",
                target.name,
                length,
                file.display(),
                find.what,
                target.name
            ))
        }
    }
}

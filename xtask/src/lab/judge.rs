//! `cargo xtask lab judge [--all] [FILTER...]`: how often the program is right.
//!
//! Every recorded case is given to the program as one who asks for help has it: the capture alone,
//! the capture with its key log, each line alone that a side wrote, each log of a program, and the
//! capture together with what both sides wrote. The truth stands beside the case and is never
//! shown to the program; nor are the names of files and folders.
//!
//! TLS 1.3 encrypts certificates. Captures without keys in which a certificate was refused are a row
//! of their own, by the truth and not by the answer.
//!
//! It is strict: right is only the cause that was brought about. Where a capture cannot tell it
//! from others, the truth lists those too, and an answer that says so is counted apart, never as
//! right. Every miss has its reason in `corpus/misses.md`.

mod case;
mod reasons;
mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use anyhow::{Context, Result, ensure};
use case::{Case, Evidence};
use reasons::Reasons;
use verdict::{Place, Verdict};

use crate::repo;

/// Judge the cases whose name contains one of the filters, or all of them.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let (options, filters): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| word.starts_with("--"));
    ensure!(options.iter().all(|option| *option == "--all"), "lab judge [--all] [FILTER...]");
    let program = build()?;
    let corpus = repo::root().join("corpus");
    let mut cases = case::all(&corpus)?;
    cases.retain(|case| filters.is_empty() || filters.iter().any(|f| case.name.contains(f)));
    ensure!(!cases.is_empty(), "no case is named like that");
    let verdicts = judge_all(&program, &cases)?;
    let reasons = Reasons::read(&corpus.join("misses.md"))?;
    print!("{}", table(&cases, &verdicts));
    let whole = filters.is_empty();
    let complaints = tell(&cases, &verdicts, &reasons, options.contains(&"--all"), whole);
    ensure!(complaints == 0, "{complaints} verdicts without a reason, or certain and wrong");
    Ok(())
}

/// The program, built for speed: it is started some thousand times.
fn build() -> Result<PathBuf> {
    let mut build = repo::cargo();
    build.args(["build", "--release", "--quiet", "--locked", "--package", "tlswhy"]);
    let status = build.status().context("cannot start cargo")?;
    ensure!(status.success(), "the program does not build");
    Ok(repo::target().join("release").join("tlswhy"))
}

/// One verdict for each case, in their order.
fn judge_all(program: &Path, cases: &[Case]) -> Result<Vec<Verdict>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; cases.len()]);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let failed = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                let (next, done) = (&next, &done);
                scope.spawn(move || -> Result<()> {
                    let folder =
                        env::temp_dir().join(format!("judge-{}-{worker}", std::process::id()));
                    fs::create_dir_all(&folder)?;
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(case) = cases.get(index) else { break };
                        let verdict = verdict::of(program, &folder, case)
                            .with_context(|| case.name.clone())?;
                        if let Ok(mut done) = done.lock() {
                            done[index] = Some(verdict);
                        }
                    }
                    fs::remove_dir_all(&folder)?;
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()?.err()).next()
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let done = done.into_inner().ok().context("a worker stopped")?;
    done.into_iter().collect::<Option<_>>().context("a case was not judged")
}

/// The table: for each kind of evidence how many cases there are and where the truth stood.
fn table(cases: &[Case], verdicts: &[Verdict]) -> String {
    let mut rows: BTreeMap<&str, [usize; 8]> = BTreeMap::new();
    for (case, verdict) in cases.iter().zip(verdicts) {
        let column = match verdict.place {
            Place::First => 1,
            Place::Third => 2,
            Place::Later => 3,
            Place::Untold => 4,
            Place::Wrong => 5,
            Place::Nothing => 6,
        };
        let captured = matches!(case.evidence, Evidence::Capture | Evidence::Sealed);
        let whole = captured.then_some("all captures alone");
        for name in [Some(case.evidence.name()), whole].into_iter().flatten() {
            let row = rows.entry(name).or_default();
            row[0] += 1;
            row[column] += 1;
            row[7] += usize::from(verdict.lies);
        }
    }
    let mut text = format!(
        "{:30} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>8} {:>8}\n",
        "evidence",
        "cases",
        "first",
        "among3",
        "later",
        "untold",
        "wrong",
        "nothing",
        "certain",
        "first",
        "among 3"
    );
    text += &format!("{:91} {:>8}\n", "", "& wrong");
    for (name, [cases, first, third, later, untold, wrong, nothing, lies]) in rows {
        let percent = |part: usize| 100.0 * part as f64 / cases as f64;
        text += &format!(
            "{:30} {cases:5} {first:6} {third:7} {later:6} {untold:6} {wrong:6} {nothing:8} {lies:8} {:7.1}% {:7.1}%\n",
            name,
            percent(first),
            percent(first + third),
        );
    }
    text + "first, among3, later: the cause that was brought about is named there. untold: what comes\n\
           first says that the evidence cannot tell, or is a cause that looks the same. wrong: another\n\
           cause. nothing: no finding where something was wrong.\n"
}

/// Prints every miss with its reason; returns how many have none, or are certain and wrong.
fn tell(
    cases: &[Case],
    verdicts: &[Verdict],
    reasons: &Reasons,
    every: bool,
    whole: bool,
) -> usize {
    let mut complaints = 0;
    let mut by_reason: BTreeMap<(Evidence, &str), Vec<String>> = BTreeMap::new();
    for (case, verdict) in cases.iter().zip(verdicts) {
        if verdict.lies {
            complaints += 1;
            println!(
                "certain and wrong  {}  {}: {}",
                case.evidence.name(),
                case.name,
                verdict.said
            );
        }
        if verdict.place == Place::First {
            if every {
                println!("right    {}  {}: {}", case.evidence.name(), case.name, verdict.said);
            }
            continue;
        }
        let reason = reasons.of_miss(case, verdict);
        complaints += usize::from(reason.is_none());
        by_reason
            .entry((case.evidence, reason.unwrap_or("NO REASON GIVEN")))
            .or_default()
            .push(format!("{}  {}: {}", verdict.place.name(), case.name, verdict.said));
    }
    for ((evidence, reason), misses) in by_reason {
        println!("\n{}: {reason} ({})", evidence.name(), misses.len());
        for miss in misses {
            println!("  {miss}");
        }
    }
    if whole {
        for stale in reasons.unused() {
            complaints += 1;
            println!("misses.md: no such miss any more: {stale}");
        }
    }
    complaints
}

//! `cargo xtask bench`: ours beside its peers on the same files, in the same run.
//!
//! What counts is processor time (user and system): wall time says more about what else the
//! machine does. All programs run in turn, several rounds; medians are shown, and ratios pair by
//! pair. `cat` is the floor: what it costs to look at every byte once. Whether they found the same
//! is looked at beside the speed, and the goals stand at the end.

mod agreement;
mod compare;
mod goals;
mod growth;
mod hostile;
mod input;
pub(crate) mod measure;
mod peers;
mod table;
mod witness;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use goals::Goals;
use input::Input;
use input::capture::Plan;
use input::stock::Stock;
use peers::Peers;

use crate::repo;

/// What all comparisons share.
struct Bench {
    /// Our program as it is released.
    ours: String,
    peers: Peers,
    /// The recorded connections to make captures from.
    stock: Stock,
    /// Where the inputs are.
    folder: PathBuf,
    /// Small inputs: whether it runs, not how fast.
    quick: bool,
    /// How often each program is measured.
    rounds: usize,
}

/// One thing that is compared: it prints what it found and adds its goals.
type Compare = fn(&Bench, &mut Goals) -> Result<()>;

/// By the name that `--only` takes, in the order in which they run.
const COMPARED: &[(&str, Compare)] = &[
    ("bulk", compare::capture::bulk),
    ("handshakes", compare::capture::handshakes),
    ("quic", compare::capture::quic),
    ("loss", compare::loss::compare),
    ("log", compare::log::compare),
    ("evtx", compare::evtx::compare),
    ("eight", compare::eight::compare),
    ("start", compare::start::compare),
    ("instructions", compare::instructions::compare),
];

/// `--quick` makes small inputs and one round; `--rounds N` says how many; `--keep DIR` says where
/// the inputs stay; `--only NAME` measures one of [`COMPARED`]; `--with PROGRAM` takes that for
/// ours, such as a build from before a change. `growth` and `hostile` are benches of their own.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    if let ["growth", rest @ ..] = words {
        return growth::run(rest);
    }
    if let ["hostile", rest @ ..] = words {
        return hostile::run(rest);
    }
    let (mut quick, mut rounds, mut only, mut with) = (false, None, None, None);
    let mut folder = std::env::temp_dir().join("tlswhy-bench");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().with_context(|| format!("{word} needs a value"));
        match *word {
            "--quick" => quick = true,
            "--rounds" => rounds = Some(value()?.parse().context("--rounds needs a number")?),
            "--keep" => folder = PathBuf::from(value()?),
            "--only" => only = Some(value()?),
            "--with" => with = Some(value()?),
            other => bail!("bench does not take {other}: see bench/README.md"),
        }
    }
    let wanted = |name: &str| only.is_none_or(|only| name.starts_with(only));
    ensure!(COMPARED.iter().any(|(name, _)| wanted(name)), "nothing to compare has this name");
    let rounds = rounds.unwrap_or(if quick { 1 } else { 3 }).max(1);
    let bench = Bench {
        ours: with.map_or_else(ours, |program| Ok(program.to_owned()))?,
        peers: Peers::look(),
        stock: Stock::read(&repo::root().join("corpus"))?,
        folder: folder.join(if quick { "quick" } else { "full" }),
        quick,
        rounds,
    };
    println!("# Bench\n\n- {}\n- {}", machine(), version(&bench.ours)?);
    print!("{}", bench.peers);
    println!("- rounds: {rounds}, interleaved; medians; processor time is user and system\n");
    let mut goals = Goals::default();
    for (_, compare) in COMPARED.iter().filter(|(name, _)| wanted(name)) {
        compare(&bench, &mut goals)?;
    }
    println!("## Goals\n\n{goals}");
    Ok(())
}

/// The program as it is released, built first.
pub(crate) fn ours() -> Result<String> {
    let built = repo::cargo()
        .args(["build", "--release", "--locked", "--package", "tlswhy", "--bin", "tlswhy"])
        .status()?;
    ensure!(built.success(), "the release build failed");
    Ok(repo::target().join("release").join("tlswhy").to_string_lossy().into_owned())
}

impl Bench {
    /// The place of an input.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A capture made from the corpus.
    fn capture(&self, name: &str, plan: Plan) -> Result<Input> {
        self.stock.capture(plan, self.path(name))
    }
}

/// What ours says of its version.
fn version(ours: &str) -> Result<String> {
    let output = Command::new(ours).arg("--version").output()?.stdout;
    Ok(format!("ours: {}", String::from_utf8_lossy(&output).trim()))
}

/// The processor and how many of its cores there are.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("machine: {model}, {cores} cores")
}

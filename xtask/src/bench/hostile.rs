//! `cargo xtask bench hostile`: inputs that somebody made to do harm, and what they cost.
//!
//! Floods, lies, bombs, and what can be done to a command line. Each is made by a generator and goes
//! through a pipe, so that nothing big ever lies on a disk. A bound is stated for each: so much memory,
//! and so many times what an ordinary input of the same kind costs per byte or packet, measured in
//! the same run. The exit code is part of the bound, and what must be told in spite of it all: where
//! it can be, one real failure stands in front of the flood or behind it.

mod captures;
mod certificates;
mod datagrams;
mod door;
mod floods;
mod frames;
mod measured;
mod ordinary;
mod out;
mod packing;
mod streams;
mod text;
mod tls;
mod windows;

use std::collections::HashMap;
use std::io;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::measure::Ending;
use measured::Measured;
use out::Out;

/// One hostile input, and what is asked of the answer.
#[derive(Clone, Copy)]
struct Hostile {
    /// A word for the command line.
    name: &'static str,
    /// What it is, in words.
    what: &'static str,
    /// What it is measured by.
    kind: Kind,
    input: Input,
    /// Peak memory in MB.
    memory: u64,
    /// How many times the processor time of an ordinary input per byte or unit, whichever is more.
    times: f64,
    /// The exit code.
    code: i32,
    /// What the answer must say.
    says: &'static [&'static str],
}

/// Which ordinary input it is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Handshakes, some of which fail; counted in packets.
    Capture,
    /// A log; counted in lines.
    Text,
    /// A log of nothing but failures; counted in lines.
    Failures,
    /// An event log; counted in chunks.
    Events,
    /// What `reg export` writes; counted in lines.
    Registry,
    /// A hive; counted in cells.
    Hive,
    /// The same capture, packed; counted in unpacked bytes.
    Gzip,
    Zstd,
    Xz,
    /// A key log; counted in lines.
    KeyLog,
    /// A folder; counted in files.
    Files,
}

/// How an input reaches the program.
#[derive(Clone, Copy)]
enum Input {
    /// Through a pipe.
    Pipe(Make),
    /// Made in a folder; the words that it is given by. What has to go on meanwhile goes on in a
    /// thread, until the folder is gone.
    Folder(fn(&Path, &mut Out<'_>) -> Result<Vec<String>>),
}

/// Writes an input.
type Make = fn(&mut Out<'_>) -> io::Result<()>;

/// What the start of the program and the first pages of its memory cost, in seconds: below this
/// nothing is said about the cost of an input.
const FLOOR: f64 = 0.1;

/// `--only WORD` runs those whose name begins with it; `--bytes NAME` writes one out; `--list` lists
/// them; `--all` makes what is cut short for daily use at its full size.
pub(super) fn run(words: &[&str]) -> Result<()> {
    let set: Vec<Hostile> = set();
    let (mut only, mut all, mut with) = (None, false, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut next = || words.next().copied().with_context(|| format!("{word} needs a word"));
        match *word {
            "--all" => all = true,
            "--only" => only = Some(next()?),
            "--with" => with = Some(next()?.to_owned()),
            "--bytes" => return bytes(find(&set, next()?)?, all),
            "--list" => {
                set.iter().for_each(|one| println!("{:24} {}", one.name, one.what));
                return Ok(());
            }
            other => bail!(
                "bench hostile takes --all, --only WORD, --bytes NAME, --list and --with PROGRAM, \
                 not {other}"
            ),
        }
    }
    let program = match with {
        Some(program) => program,
        None => super::ours()?,
    };
    let wanted = |one: &&Hostile| only.is_none_or(|only| one.name.starts_with(only));
    compare(&program, set.iter().filter(wanted), all)
}

/// All of them.
fn set() -> Vec<Hostile> {
    let parts = [
        floods::SET,
        streams::SET,
        certificates::SET,
        datagrams::SET,
        captures::SET,
        packing::SET,
        text::SET,
        windows::SET,
        door::SET,
    ];
    parts.concat()
}

fn find<'a>(set: &'a [Hostile], name: &str) -> Result<&'a Hostile> {
    set.iter().find(|one| one.name == name).with_context(|| format!("no hostile input {name}"))
}

/// Writes an input to standard output, for a closer look.
fn bytes(one: &Hostile, all: bool) -> Result<()> {
    let Input::Pipe(make) = one.input else {
        bail!("{} is made in a folder", one.name);
    };
    let mut stdout = io::stdout().lock();
    let mut out = Out::new(&mut stdout, all);
    match make(&mut out).and_then(|()| out.push()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Measures them all, prints the table, and fails where one is out of bounds.
fn compare<'a>(program: &str, set: impl Iterator<Item = &'a Hostile>, all: bool) -> Result<()> {
    println!("| input | in | units | CPU s | may | peak MB | may | exit | answer | verdict |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---|---|");
    let mut ordinary = HashMap::new();
    let (mut count, mut wrong, mut cpu) = (0, Vec::new(), 0.0);
    for one in set {
        let price = match ordinary.get(&one.kind) {
            Some(price) => *price,
            None => {
                let price = Price::of(&Measured::ordinary(program, one.kind)?);
                ordinary.insert(one.kind, price);
                price
            }
        };
        let measured = Measured::of(program, one, all)?;
        let may = FLOOR + one.times * price.of_input(measured.bytes, measured.units);
        let problems = one.problems(&measured, may);
        println!(
            "| {} | {} | {} | {:.2} | {may:.2} | {} | {} | {} | {} | {} |",
            one.what,
            short(measured.bytes),
            short(measured.units),
            measured.cost.cpu,
            measured.cost.peak >> 10,
            one.memory,
            ended(measured.cost.ending),
            measured.first_line(),
            if problems.is_empty() { "holds".to_owned() } else { problems.join("; ") },
        );
        count += 1;
        cpu += measured.cost.cpu;
        if !problems.is_empty() {
            wrong.push(one.name);
        }
    }
    println!("\n- {count} inputs, {cpu:.0} s of processor time");
    ensure!(wrong.is_empty(), "out of bounds: {}", wrong.join(", "));
    Ok(())
}

/// What an ordinary input costs, in seconds.
#[derive(Clone, Copy)]
struct Price {
    byte: f64,
    unit: f64,
}

impl Price {
    fn of(measured: &Measured) -> Self {
        let of = |count: u64| measured.cost.cpu / count.max(1) as f64;
        Self { byte: of(measured.bytes), unit: of(measured.units) }
    }

    fn of_input(self, bytes: u64, units: u64) -> f64 {
        (self.byte * bytes as f64).max(self.unit * units as f64)
    }
}

impl Hostile {
    /// What is wrong with an answer, in words.
    fn problems(&self, measured: &Measured, may: f64) -> Vec<String> {
        let mut problems = Vec::new();
        if measured.cost.ending != Ending::Code(self.code) {
            problems.push(format!("MUST END WITH {}", self.code));
        }
        if measured.cost.cpu > may {
            problems.push(format!("{:.1} TIMES TOO LONG", measured.cost.cpu / may));
        }
        if measured.cost.peak >> 10 > self.memory {
            problems.push("TOO MUCH MEMORY".to_owned());
        }
        let silent = self.says.iter().filter(|words| !measured.output.contains(**words));
        problems.extend(silent.map(|words| format!("SAYS NOTHING OF {words}")));
        problems
    }
}

/// How a program ended, in a word.
fn ended(ending: Ending) -> String {
    match ending {
        Ending::Code(code) => code.to_string(),
        Ending::Signal(signal) => format!("CRASHED ({signal})"),
        Ending::Late => "HUNG".to_owned(),
    }
}

/// A number for people.
fn short(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{} k", number / 1_000),
        10_000_000..10_000_000_000 => format!("{} M", number / 1_000_000),
        _ => format!("{} G", number / 1_000_000_000),
    }
}

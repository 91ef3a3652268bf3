//! `cargo xtask differ`: ours and tshark on captures that were damaged on purpose.
//!
//! Recorded conversations are taken, their packets damaged, lost, doubled, cut and put out of order,
//! and many of them written into one file, each under addresses of its own. Ours must neither crash
//! nor hang, and **must not invent an alert**: each one that it tells has to stand in the bytes that
//! its side sent, whether tshark sees it or not. That is looked up here, by a reader which shares
//! nothing with the product's. What tshark alone sees is counted and shown, to be looked at.

mod capture;
mod mutation;
mod numbers;
mod peers;
mod stream;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::repo::{self, cargo};
use capture::Frame;
use mutation::{Damage, mutated};
use numbers::Numbers;
use peers::Alert;
use stream::{Stands, Streams};

/// What was asked for.
struct Plan {
    /// Conversations to damage.
    count: usize,
    /// Where the sequence of damages begins.
    seed: u64,
    /// The folder with captures.
    captures: PathBuf,
    /// Where files of which something does not hold are kept.
    keep: PathBuf,
}

/// Damaged conversations in one file: tshark needs a third of a second to start.
const IN_A_FILE: usize = 60;
/// Packets of one conversation: longer ones are left out.
const MOST_PACKETS: usize = 200;
/// Differences that are shown of each kind.
const SHOWN: usize = 12;
/// What the short run of the checks damages.
const IN_A_CHECK: usize = 240;

/// `--count N`, `--seed S`, `--captures DIR`, `--keep DIR`.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let mut plan = Plan {
        count: 1200,
        seed: 1,
        captures: repo::root().join("corpus"),
        keep: std::env::temp_dir().join("tlswhy-differ"),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match *word {
            "--count" => plan.count = value()?.parse()?,
            "--seed" => plan.seed = value()?.parse()?,
            "--captures" => plan.captures = PathBuf::from(value()?),
            "--keep" => plan.keep = PathBuf::from(value()?),
            other => bail!("differ takes --count, --seed, --captures and --keep, not {other}"),
        }
    }
    ensure!(is_possible(), "tshark is not installed (Debian: `apt-get install tshark`)");
    plan.differ()
}

/// Whether the other one is here.
pub(crate) fn is_possible() -> bool {
    peers::has_tshark()
}

/// The part of a check.
pub(crate) fn short() -> Result<()> {
    run(&["--count", &IN_A_CHECK.to_string()])
}

/// What came of all files.
#[derive(Default)]
struct Tally {
    files: usize,
    conversations: usize,
    damages: BTreeMap<&'static str, usize>,
    both: usize,
    only_ours: BTreeMap<Stands, usize>,
    only_theirs: BTreeMap<&'static str, usize>,
    invented: Vec<String>,
    shown: Vec<String>,
}

impl Plan {
    fn differ(&self) -> Result<()> {
        let built =
            cargo().args(["build", "--locked", "--quiet", "--package", "tlswhy"]).status()?;
        ensure!(built.success(), "the build failed");
        let program = repo::target().join("debug").join("tlswhy");
        fs::create_dir_all(&self.keep)?;
        let stock = stock(&self.captures)?;
        ensure!(!stock.is_empty(), "no capture in {}", self.captures.display());
        println!("{} conversations to damage, in {}", stock.len(), self.captures.display());
        let mut numbers = Numbers::new(self.seed);
        let mut tally = Tally::default();
        while tally.conversations < self.count {
            let chosen: Vec<&Vec<Frame>> = (0..IN_A_FILE.min(self.count - tally.conversations))
                .filter_map(|_| stock.get(numbers.below(stock.len())))
                .collect();
            self.file(&program, &chosen, &mut numbers, &mut tally)?;
        }
        tally.told();
        ensure!(
            tally.invented.is_empty(),
            "{} alerts that nobody has sent; the files are in {}",
            tally.invented.len(),
            self.keep.display()
        );
        Ok(())
    }

    /// One file: writes it, runs both, compares.
    fn file(
        &self,
        program: &Path,
        chosen: &[&Vec<Frame>],
        numbers: &mut Numbers,
        tally: &mut Tally,
    ) -> Result<()> {
        let mut conversations = Vec::new();
        for (place, frames) in chosen.iter().enumerate() {
            let mut damages = Vec::new();
            let moved = frames.iter().map(|frame| frame.at(place)).collect();
            conversations.push(mutated(moved, numbers, &mut damages));
            for Damage(name) in damages {
                *tally.damages.entry(name).or_default() += 1;
            }
        }
        let frames = capture::in_turns(conversations);
        let is_ng = numbers.below(4) == 0;
        let mut file = if is_ng { capture::pcapng(&frames) } else { capture::pcap(&frames) };
        let is_broken = numbers.below(6) == 0;
        if is_broken {
            let name = mutation::file(&mut file, numbers);
            *tally.damages.entry(name).or_default() += 1;
        }
        tally.files += 1;
        tally.conversations += chosen.len();
        let path = self.keep.join(format!("differ-{}-{}.cap", self.seed, tally.files));
        fs::write(&path, &file)?;
        let (ours, theirs) = (peers::ours(program, &path)?, peers::tshark(&path)?);
        let before = tally.to_look_at();
        if is_broken {
            tally.compare_broken(&file, &ours, &path);
        } else {
            tally.compare(&Streams::of(&frames), &ours, &theirs, &path);
        }
        if tally.to_look_at() == before {
            fs::remove_file(&path)?;
        }
        Ok(())
    }
}

impl Tally {
    /// What both see, and what one of them sees alone.
    fn compare(&mut self, streams: &Streams, ours: &[Alert], theirs: &[Alert], path: &Path) {
        let mut left: Vec<&Alert> = theirs.iter().collect();
        let mut alone = Vec::new();
        for alert in ours {
            match left.iter().position(|it| it.is(alert)) {
                Some(at) => {
                    left.remove(at);
                    self.both += 1;
                }
                None => alone.push(alert),
            }
        }
        // Every one of them is looked up, those that both see as well.
        for alert in ours {
            let is_alone = alone.iter().any(|it| std::ptr::eq(*it, alert));
            let stands = streams.stands(alert);
            if stands == Stands::Nowhere {
                self.invented.push(format!("{alert} in {}", path.display()));
            }
            if is_alone {
                *self.only_ours.entry(stands).or_default() += 1;
                if stands != Stands::InRecord {
                    self.show(format!("ours alone, {}: {alert}", stands.name()));
                }
            }
        }
        for alert in left {
            let why = streams.why_not(alert, ours);
            *self.only_theirs.entry(why).or_default() += 1;
            if why == stream::UNEXPLAINED {
                self.show(format!("tshark alone: {alert} in {}", path.display()));
            }
        }
    }

    /// Frames have no numbers where the file itself is damaged: an alert has to stand somewhere in it.
    fn compare_broken(&mut self, file: &[u8], ours: &[Alert], path: &Path) {
        for alert in ours {
            let pair = [alert.level as u8, alert.code as u8];
            // Whole, or in a record that was cut between its two bytes.
            let whole = file.windows(2).any(|bytes| bytes == pair);
            let cut = || file.windows(6).any(|bytes| bytes[..2] == [21, 3] && bytes[5] == pair[0]);
            if whole || cut() && file.contains(&pair[1]) {
                self.both += 1;
            } else {
                self.invented.push(format!("{alert} in {}", path.display()));
            }
        }
    }

    /// Differences for which the file is kept.
    fn to_look_at(&self) -> usize {
        self.invented.len() + self.only_theirs.get(stream::UNEXPLAINED).copied().unwrap_or_default()
    }

    fn show(&mut self, line: String) {
        if self.shown.len() < SHOWN {
            self.shown.push(line);
        }
    }

    fn told(&self) {
        println!("{} conversations damaged, in {} files", self.conversations, self.files);
        let damages: Vec<String> =
            self.damages.iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!("damages: {}", damages.join(", "));
        println!(
            "alerts found by both (or, in broken files, by ours and in the file): {}",
            self.both
        );
        for (stands, count) in &self.only_ours {
            println!("by ours alone, {}: {count}", stands.name());
        }
        for (why, count) in &self.only_theirs {
            println!("by tshark alone, {why}: {count}");
        }
        for line in &self.shown {
            println!("  {line}");
        }
        for line in &self.invented {
            println!("  INVENTED: {line}");
        }
    }
}

/// The conversations of a folder's captures: over Ethernet, TCP or DTLS and no tunnel, none too long.
fn stock(folder: &Path) -> Result<Vec<Vec<Frame>>> {
    let mut stock = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = folder
            .read_dir()
            .with_context(|| folder.display().to_string())?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "pcap")
                && let Some(frames) = capture::read(&fs::read(&path)?)
                && (2..=MOST_PACKETS).contains(&frames.len())
                && frames.iter().all(Frame::is_plain)
            {
                stock.push(frames);
            }
        }
    }
    Ok(stock)
}

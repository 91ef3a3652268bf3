//! What one run of a program costs: processor time, wall time, peak memory, and how it ended.
//!
//! The kernel adds up what a process' finished children have used. To see one program alone, the
//! bench starts itself once more for each run; that second process has the program as its only
//! child, so the sums are the program's. No `unsafe`, and microseconds instead of clock ticks.
//! What is fed into the program is written by the bench, whose time is nobody's here.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// A program to measure.
#[derive(Clone)]
pub(crate) struct Run {
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// The file that takes standard output; `None` throws it away.
    pub(crate) output: Option<String>,
    /// Look at the memory that belongs to no file every few milliseconds. It costs a little time
    /// on the other core, so it is left off where time is what counts.
    pub(crate) watched: bool,
    /// The wall time after which the program is stopped; `None` waits for its end. With a limit,
    /// wall time is known to a few milliseconds only.
    pub(crate) limit: Option<Duration>,
}

/// What a run has used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cost {
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// From before the start to after the end, in seconds.
    pub(crate) wall: f64,
    /// The most memory that was resident, pages of mapped files included, in kB.
    pub(crate) peak: u64,
    /// The most resident memory that belongs to no file, in kB; 0 if it was not watched.
    pub(crate) anonymous: u64,
    /// How the program ended.
    pub(crate) ending: Ending,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself, with this exit code.
    Code(i32),
    /// By this signal: a crash.
    Signal(i32),
    /// It was stopped at its limit.
    Late,
}

impl Run {
    /// A run without limit, whose output nobody reads.
    pub(crate) fn new<Word: Into<String>>(words: impl IntoIterator<Item = Word>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { words, output: None, watched: false, limit: None }
    }

    /// Start the program in a process of its own, with an empty standard input, and wait.
    pub(crate) fn measure(&self) -> Result<Cost> {
        self.measure_fed(|_| Ok(()))
    }

    /// The same, with a file that goes through a pipe into standard input.
    pub(crate) fn measure_piped(&self, path: &str) -> Result<Cost> {
        let mut file = File::open(path).with_context(|| path.to_owned())?;
        self.measure_fed(|pipe| {
            let mut block = vec![0; 1 << 16];
            loop {
                match file.read(&mut block)? {
                    0 => return Ok(()),
                    length => pipe.write_all(block.get(..length).unwrap_or_default())?,
                }
            }
        })
    }

    /// The same, with whatever `feed` writes going through a pipe into standard input. A reader
    /// that has seen enough closes the pipe; that stops the feeding and is no failure.
    pub(crate) fn measure_fed(
        &self,
        feed: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Cost> {
        let own = std::env::current_exe().context("where am I?")?;
        let mut child = Command::new(own)
            .arg("measure")
            .arg(self.output.as_deref().unwrap_or("-"))
            .arg(if self.watched { "watched" } else { "-" })
            .arg(self.limit.map_or(0, |limit| limit.as_millis()).to_string())
            .args(&self.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .context("cannot start the measuring process")?;
        let mut pipe = child.stdin.take().context("no pipe to write to")?;
        match feed(&mut pipe) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
            _ => drop(pipe),
        }
        let output = child.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        Cost::read(&text).with_context(|| format!("cannot measure {}", self.words.join(" ")))
    }
}

impl Cost {
    /// The line that the measuring process prints.
    fn written(&self) -> String {
        let Self { cpu, wall, peak, anonymous, ending } = self;
        let ending = match ending {
            Ending::Code(code) => format!("code {code}"),
            Ending::Signal(signal) => format!("signal {signal}"),
            Ending::Late => "late 0".into(),
        };
        format!("{cpu} {wall} {peak} {anonymous} {ending}")
    }

    fn read(text: &str) -> Result<Self> {
        let words = text.split_whitespace().collect::<Vec<_>>();
        let [cpu, wall, peak, anonymous, how, number] = words.as_slice() else {
            bail!("the measuring process said: {text:?}");
        };
        let ending = match *how {
            "code" => Ending::Code(number.parse()?),
            "signal" => Ending::Signal(number.parse()?),
            _ => Ending::Late,
        };
        let (cpu, wall, peak) = (cpu.parse()?, wall.parse()?, peak.parse()?);
        Ok(Self { cpu, wall, peak, anonymous: anonymous.parse()?, ending })
    }
}

/// The measuring process: `measure OUTPUT WATCHED LIMIT PROGRAM ARGUMENTS`; prints the cost. Its
/// standard input is the program's.
pub(crate) fn child(words: &[&str]) -> Result<()> {
    let [output, watched, limit, program, arguments @ ..] = words else {
        bail!("measure is started by the bench");
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stderr(Stdio::null());
    command.stdout(if *output == "-" { Stdio::null() } else { File::create(output)?.into() });
    let limit = match limit.parse()? {
        0 => Duration::MAX,
        limit => Duration::from_millis(limit),
    };
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {program}"))?;
    let (status, anonymous) = if *watched == "watched" || limit < Duration::MAX {
        attend(&mut child, start, limit)?
    } else {
        (Some(child.wait()?), 0)
    };
    let wall = start.elapsed().as_secs_f64();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (used.user_time() + used.system_time()).num_microseconds() as f64 / 1e6;
    let ending = match status.map(|status| (status.code(), status.signal())) {
        None => Ending::Late,
        Some((Some(code), _)) => Ending::Code(code),
        Some((None, signal)) => Ending::Signal(signal.unwrap_or_default()),
    };
    let peak = u64::try_from(used.max_rss()).unwrap_or_default();
    println!("{}", Cost { cpu, wall, peak, anonymous, ending }.written());
    Ok(())
}

/// Look at the child's memory until it ends, or is stopped at its limit: then without a status.
fn attend(child: &mut Child, start: Instant, limit: Duration) -> Result<(Option<ExitStatus>, u64)> {
    let status_file = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let status = std::fs::read_to_string(&status_file).unwrap_or_default();
        most = most.max(anonymous(&status).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            return Ok((Some(status), most));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok((None, most));
        }
        std::thread::sleep(LOOK);
    }
}

/// Resident memory that belongs to no file, in kB, from the kernel's status of a process.
fn anonymous(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(4);

#[cfg(test)]
mod tests {
    use super::*;

    /// The line is found among the others and read as kB.
    #[test]
    fn anonymous_memory_is_read() {
        assert_eq!(anonymous("VmRSS:\t 9 kB\nRssAnon:\t   1234 kB\nRssFile:\t 1 kB\n"), Some(1234));
        assert_eq!(anonymous("VmRSS:\t 9 kB\n"), None);
    }

    /// What the measuring process writes is what the bench reads, however the program ended.
    #[test]
    fn costs_pass_between_the_processes() {
        for ending in [Ending::Code(1), Ending::Signal(6), Ending::Late] {
            let cost = Cost { cpu: 0.25, wall: 1.5, peak: 4096, anonymous: 12, ending };
            assert_eq!(Cost::read(&cost.written()).unwrap(), cost);
        }
        assert!(Cost::read("").is_err());
    }

    /// A program that goes on is stopped at its limit; one that ends before keeps its code.
    #[test]
    fn the_limit_stops() {
        let start = |program: &str, word: &str| Command::new(program).arg(word).spawn().unwrap();
        let (now, short) = (Instant::now(), Duration::from_millis(20));
        let (status, _) = attend(&mut start("sleep", "60"), now, short).unwrap();
        assert!(status.is_none());
        let (status, _) = attend(&mut start("false", ""), now, Duration::MAX).unwrap();
        assert_eq!(status.unwrap().code(), Some(1));
    }
}

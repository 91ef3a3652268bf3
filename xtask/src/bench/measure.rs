//! What one run of a program costs: processor time, wall time, peak memory.
//!
//! The kernel adds up what a process' finished children have used. To see one program alone, the
//! bench starts itself once more for each run; that second process has the program as its only
//! child, so the sums are the program's. No `unsafe`, and microseconds instead of clock ticks.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// A program to measure.
#[derive(Clone)]
pub(crate) struct Run {
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// A file that is fed through a pipe into standard input; `None` for no input.
    pub(crate) piped: Option<String>,
    /// The file that takes standard output; `None` throws it away.
    pub(crate) output: Option<String>,
    /// Look at the memory that belongs to no file every five milliseconds. It costs a little time
    /// on the other core, so it is left off where time is what counts.
    pub(crate) watched: bool,
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
    /// The exit code.
    pub(crate) code: i32,
}

impl Run {
    /// A run without input or output.
    pub(crate) fn new<Word: Into<String>>(words: impl IntoIterator<Item = Word>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { words, piped: None, output: None, watched: false }
    }

    /// Start the program in a process of its own and wait for its cost.
    pub(crate) fn measure(&self) -> Result<Cost> {
        let own = std::env::current_exe().context("where am I?")?;
        let output = Command::new(own)
            .arg("measure")
            .arg(self.piped.as_deref().unwrap_or("-"))
            .arg(self.output.as_deref().unwrap_or("-"))
            .arg(if self.watched { "watched" } else { "-" })
            .args(&self.words)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start the measuring process")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let cost = text.split_whitespace().collect::<Vec<_>>();
        let [cpu, wall, peak, anonymous, code] = cost.as_slice() else {
            bail!("cannot measure {}", self.words.join(" "));
        };
        Ok(Cost {
            cpu: cpu.parse()?,
            wall: wall.parse()?,
            peak: peak.parse()?,
            anonymous: anonymous.parse()?,
            code: code.parse()?,
        })
    }
}

/// The measuring process: `measure PIPED OUTPUT WATCHED PROGRAM ARGUMENTS`; prints the cost.
pub(crate) fn child(words: &[&str]) -> Result<()> {
    let [piped, output, watched, program, arguments @ ..] = words else {
        bail!("measure is started by the bench");
    };
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    command.stdin(if *piped == "-" { Stdio::null() } else { Stdio::piped() });
    command.stdout(if *output == "-" { Stdio::null() } else { File::create(output)?.into() });
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {program}"))?;
    let (status, anonymous) = attend(&mut child, piped, *watched == "watched")?;
    let wall = start.elapsed().as_secs_f64();
    ensure!(status.code().is_some(), "{program} was ended by a signal: {status}");
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (used.user_time() + used.system_time()).num_microseconds() as f64 / 1e6;
    println!("{cpu} {wall} {} {anonymous} {}", used.max_rss(), status.code().unwrap_or(-1));
    Ok(())
}

/// Feed the child and watch its memory until it ends.
fn attend(
    child: &mut Child,
    piped: &str,
    watched: bool,
) -> Result<(std::process::ExitStatus, u64)> {
    let over = AtomicBool::new(false);
    let status_file = format!("/proc/{}/status", child.id());
    thread::scope(|scope| {
        if let Some(input) = child.stdin.take() {
            scope.spawn(move || feed(piped, input));
        }
        let watch = watched.then(|| {
            scope.spawn(|| {
                let mut most = 0;
                while !over.load(Ordering::Relaxed) {
                    let status = std::fs::read_to_string(&status_file).unwrap_or_default();
                    most = most.max(anonymous(&status).unwrap_or(0));
                    thread::sleep(Duration::from_millis(5));
                }
                most
            })
        });
        let status = child.wait();
        over.store(true, Ordering::Relaxed);
        let most = watch.and_then(|watch| watch.join().ok()).unwrap_or(0);
        Ok((status?, most))
    })
}

/// Write a file into a pipe. A reader that has seen enough closes the pipe, which is no failure.
fn feed(path: &str, mut pipe: impl Write) {
    let Ok(mut file) = File::open(path) else { return };
    let mut block = vec![0; 1 << 16];
    while let Ok(length) = file.read(&mut block) {
        if length == 0 || pipe.write_all(&block[..length]).is_err() {
            return;
        }
    }
}

/// Resident memory that belongs to no file, in kB, from the kernel's status of a process.
fn anonymous(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line is found among the others and read as kB.
    #[test]
    fn anonymous_memory_is_read() {
        assert_eq!(anonymous("VmRSS:\t 9 kB\nRssAnon:\t   1234 kB\nRssFile:\t 1 kB\n"), Some(1234));
        assert_eq!(anonymous("VmRSS:\t 9 kB\n"), None);
    }
}

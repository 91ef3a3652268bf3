//! What is compared: one file for each kind of input, and what they share.

pub(super) mod capture;
pub(super) mod eight;
pub(super) mod evtx;
pub(super) mod instructions;
pub(super) mod log;
pub(super) mod loss;
pub(super) mod start;

use std::process::Command;

use anyhow::{Result, ensure};

use super::Bench;
use super::goals::Goals;
use super::measure::Run;
use super::peers::{filled, shown};
use super::table::{OURS, Table};

impl Bench {
    /// A table that begins with what it costs to look at every byte once, and has ours next. The
    /// file is read once before, so that all find it in memory.
    fn table(&self, file: &str) -> Result<Table> {
        let mut table = Table::default();
        table.add("cat", "cat F", Run::new(["cat", file]));
        table.add("wc", "wc -l F", Run::new(["wc", "-l", file]));
        table.add(OURS, "tlswhy F", Run::new([&self.ours, file]));
        Run::new(["cat", file]).measure()?;
        Ok(table)
    }

    /// A peer's row, if it is there; its output goes to the file `output`.
    fn peer(
        &self,
        table: &mut Table,
        name: &'static str,
        command: &[&str],
        words: &[(&str, &str)],
        output: Option<String>,
    ) {
        if self.peers.have(command) {
            let run = Run { output, ..Run::new(filled(command, words)) };
            table.add(name, shown(command), run);
        }
    }

    /// Peak memory, mapped files aside: watched while the file is read, and of a run in which the
    /// same bytes come through a pipe, where nothing is mapped.
    fn memory(&self, file: &str, work: &'static str, limit: u64, goals: &mut Goals) -> Result<()> {
        let watched = Run { watched: true, ..Run::new([&self.ours, file]) }.measure()?;
        let piped = Run::new([&self.ours, "-"]).measure_piped(file)?;
        let (own, piped) = (watched.anonymous / 1024, piped.peak / 1024);
        println!(
            "- memory that belongs to no file: {own} MB; read from a pipe instead: {piped} MB"
        );
        let measured = format!("{own} MB, from a pipe {piped} MB");
        goals.add(
            work,
            format!("peak memory at most {limit} MB"),
            measured,
            own.max(piped) <= limit,
        );
        Ok(())
    }

    /// What ours prints for a file, with these words before it.
    fn said(&self, words: &[&str], file: &str) -> Result<String> {
        let output = Command::new(&self.ours).args(words).arg(file).output()?;
        let well = output.status.code().is_some_and(|code| code < 2);
        ensure!(well, "`tlswhy {} F` ended with {}", words.join(" "), output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

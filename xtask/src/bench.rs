//! `cargo xtask bench`: ours beside tshark on the same files, in the same run.
//!
//! What counts is processor time (user and system): wall time says more about what else the
//! machine does. All programs run in turn, several rounds, and the median is shown. `cat` is the
//! floor: what it costs to look at every byte once. Agreement is checked before speed is claimed.

mod agreement;
mod capture;
mod evtx;
mod flow;
mod log;
pub(crate) mod measure;
mod quic;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agreement::Agreement;
use anyhow::{Context, Result, bail, ensure};
use capture::{Capture, Plan, Stock};
use measure::{Cost, Ending, Run};

use crate::repo;

/// `--quick` makes small inputs and one round; `--keep DIR` says where they stay; `--only NAME`
/// measures one of them: bulk, handshake, quic, log, evtx.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let mut quick = false;
    let mut only = None;
    let mut folder = std::env::temp_dir().join("tlswhy-bench");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--quick" => quick = true,
            "--keep" => folder = PathBuf::from(words.next().context("--keep needs a folder")?),
            "--only" => only = Some(*words.next().context("--only needs a name")?),
            other => bail!("bench takes --quick, --keep DIR and --only NAME, not {other}"),
        }
    }
    let (bytes, connections, rounds) =
        if quick { (60_000_000, 5_000, 1) } else { (520_000_000, 50_000, 3) };
    let over_quic = connections / 5;

    let ours = ours()?;
    let tshark = tshark_version();
    println!("# Bench\n");
    println!("- {}", machine());
    println!("- ours: `{}`", first_line(Command::new(&ours).arg("--version")));
    match &tshark {
        Some(version) => println!("- peer: {version}"),
        None => println!("- peer: tshark is not installed (Debian: `apt-get install tshark`)"),
    }
    println!("- {rounds} rounds, interleaved, medians; processor time is user and system\n");

    let corpus = repo::root().join("corpus");
    let stock = Stock::read(&corpus)?;
    let plans = [
        ("Bulk-heavy", Plan::Bulk { bytes }, Goal { ratio: 60.0, memory: 64, peer: TSHARK }),
        (
            "Handshake-heavy",
            Plan::Handshakes { connections },
            Goal { ratio: 40.0, memory: 150, peer: TSHARK },
        ),
        (
            "QUIC-heavy",
            Plan::Quic { connections: over_quic },
            Goal { ratio: 20.0, memory: 150, peer: TSHARK_QUIC },
        ),
    ];
    let wanted = |name: &str| only.is_none_or(|only| name.to_lowercase().starts_with(only));
    for (name, plan, goal) in plans.into_iter().filter(|(name, ..)| wanted(name)) {
        let capture = stock.capture(plan, &folder)?;
        println!("## {name}: {}\n", capture.about);
        compare(&ours, tshark.is_some(), &capture, rounds, goal)?;
    }
    if wanted("log") {
        let log = log::make(if quick { 60_000_000 } else { 1_000_000_000 }, &folder)?;
        println!("## Log: {}\n", log.about);
        compare_log(&ours, &log, rounds)?;
    }
    if wanted("evtx") {
        let log = evtx::make(if quick { 60_000_000 } else { 500_000_000 }, &folder)?;
        println!("## Event log: {}\n", log.about);
        compare_evtx(&ours, &log, rounds)?;
    }
    start_up(&ours, tshark.is_some(), &corpus)
}

/// The program as it is released, built first.
pub(crate) fn ours() -> Result<String> {
    let built = repo::cargo()
        .args(["build", "--release", "--locked", "--package", "tlswhy", "--bin", "tlswhy"])
        .status()?;
    ensure!(built.success(), "the release build failed");
    Ok(text(&repo::target().join("release").join("tlswhy")))
}

/// An event log: ours beside one that writes every record out.
fn compare_evtx(ours: &str, log: &evtx::EventLog, rounds: usize) -> Result<()> {
    let file = text(&log.path);
    let mut rows = vec![
        Row::new("cat F", Run::new(["cat", &file])),
        Row::new("tlswhy F", Run::new([ours, &file])),
    ];
    let version = first_line(Command::new("evtx_dump").arg("--version").stderr(Stdio::null()));
    let peer = version.starts_with("EVTX") || version.starts_with("evtx");
    if peer {
        println!("- peer: {version}\n");
        let shown = PEER_OF_EVTX.join(" ");
        let words = PEER_OF_EVTX.iter().map(|word| if *word == "F" { &file } else { *word });
        rows.push(Row::new(&shown, Run::new(words)));
    } else {
        println!("- peer: evtx_dump is not installed (`cargo install evtx`)\n");
    }
    measure_in_turn(&mut rows, rounds)?;
    let piped = Run::new([ours, "-"]).measure_piped(&file)?;
    print_rows(&rows);
    let peak = rows[1].costs.iter().map(|cost| cost.peak).max().unwrap_or(0);
    println!(
        "\n- peak memory: {} MB, read from a pipe: {} MB: goal 64 MB {}",
        peak / 1024,
        piped.peak / 1024,
        verdict(peak.max(piped.peak) / 1024 < 64)
    );
    let ratio = rows[1].cpu() / rows[0].cpu();
    println!("- {ratio:.2} times the processor time of cat: goal 3 {}", verdict(ratio <= 3.0));
    let output = Command::new(ours).args(["--json", &file]).output()?;
    let found = schannel_events(&String::from_utf8_lossy(&output.stdout))?;
    println!("- records of SChannel: {} made, {found} found by ours", log.schannel);
    if let Some(row) = rows.get(2) {
        let ratio = row.cpu() / rows[1].cpu();
        println!(
            "- evtx_dump needs {ratio:.1} times our processor time: goal 4 {}",
            verdict(ratio >= 4.0)
        );
        let words = PEER_OF_EVTX.iter().map(|word| if *word == "F" { &file } else { *word });
        let words: Vec<_> = words.collect();
        let mut child = Command::new(words[0]).args(&words[1..]).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().context("no output to read")?).lines();
        let named =
            |line: &str| line.contains("\"Provider\":{\"#attributes\":{\"Name\":\"Schannel\"");
        let theirs = lines.map_while(Result::ok).filter(|line| named(line)).count();
        ensure!(child.wait()?.success(), "evtx_dump failed");
        println!("- records of SChannel that evtx_dump finds: {theirs}");
    }
    println!();
    Ok(())
}

/// Runs all commands in turn, so that what else the machine does meets each of them alike.
fn measure_in_turn(rows: &mut [Row], rounds: usize) -> Result<()> {
    for _ in 0..rounds {
        for row in &mut *rows {
            row.measure()?;
        }
    }
    Ok(())
}

/// The table of what was measured; the first row is the floor.
fn print_rows(rows: &[Row]) {
    println!("| command | CPU s | x cat | wall s | peak MB |");
    println!("|---|---:|---:|---:|---:|");
    for row in rows {
        println!(
            "| `{}` | {:.3} | {:.1} | {:.3} | {} |",
            row.shown,
            row.cpu(),
            row.cpu() / rows[0].cpu(),
            median(row.costs.iter().map(|cost| cost.wall)),
            row.costs.iter().map(|cost| cost.peak).max().unwrap_or(0) / 1024,
        );
    }
}

/// The events of SChannel that a report counts.
fn schannel_events(json: &str) -> Result<u64> {
    let input: serde_json::Value = serde_json::from_str(json.lines().next().unwrap_or_default())?;
    let kinds = input["events"]["schannel"].as_array().into_iter().flatten();
    Ok(kinds.filter_map(|kind| kind["count"].as_u64()).sum())
}

/// A log: ours beside those that only look for words.
fn compare_log(ours: &str, log: &log::Log, rounds: usize) -> Result<()> {
    let file = text(&log.path);
    let words = log.path.with_extension("words");
    fs::write(&words, log::LITERALS.join("\n"))?;
    let words = text(&words);
    let mut rows = vec![
        Row::new("cat F", Run::new(["cat", &file])),
        Row::new("tlswhy F", Run::new([ours, &file])),
    ];
    let there = |program: &str| {
        let found = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        found.is_ok_and(|status| status.success())
    };
    let mut counts = Vec::new();
    for (program, shown) in [("rg", "rg -c -F -f words F"), ("grep", "grep -c -F -f words F")] {
        if there(program) {
            let search = [program, "-c", "-F", "-f", &words, &file];
            // Where nobody reads the count, grep ends with the first line that it finds.
            let output = Some(text(&log.path.with_extension(program)));
            rows.push(Row::new(shown, Run { output, ..Run::new(search) }));
            counts.push((program, first_line(Command::new(program).args(&search[1..]))));
        } else {
            println!("- {program} is not installed");
        }
    }
    measure_in_turn(&mut rows, rounds)?;
    let piped = Run::new([ours, "-"]).measure_piped(&file)?;
    print_rows(&rows);
    let memory = rows[1].costs.iter().map(|cost| cost.peak).max().unwrap_or(0).max(piped.peak);
    println!(
        "\n- peak memory: {} MB, read from a pipe: {} MB: goal 64 MB {}",
        rows[1].costs.iter().map(|cost| cost.peak).max().unwrap_or(0) / 1024,
        piped.peak / 1024,
        verdict(memory / 1024 < 64)
    );
    if let Some(peer) = rows.iter().find(|row| row.shown.starts_with("rg")) {
        let ratio = rows[1].cpu() / peer.cpu();
        println!("- {ratio:.2} times the processor time of rg: goal 1.3 {}", verdict(ratio <= 1.3));
    }
    let output = Command::new(ours).args(["-o", "ndjson", &file]).output()?;
    let output = String::from_utf8_lossy(&output.stdout);
    let found = output.lines().filter(|line| line.contains("\"kind\":\"sighting\",")).count();
    let counts: Vec<_> =
        counts.iter().map(|(program, count)| format!("{program} {count}")).collect();
    println!(
        "- failures: {} made, {found} found by ours; lines with a word: {}\n",
        log.failures,
        counts.join(", ")
    );
    Ok(())
}

/// What a kind of capture must reach.
struct Goal {
    /// How many times less processor time than tshark.
    ratio: f64,
    /// Peak memory in MB.
    memory: u64,
    /// The peer's command.
    peer: &'static [&'static str],
}

/// One row of a table.
struct Row {
    /// The command as a person would type it.
    shown: String,
    run: Run,
    costs: Vec<Cost>,
}

impl Row {
    fn new(shown: &str, run: Run) -> Self {
        Self { shown: shown.to_owned(), run, costs: Vec::new() }
    }

    /// One run more. Ours ends with 1 when it has explained a failure; 2 is "could not read".
    fn measure(&mut self) -> Result<()> {
        let cost = self.run.measure()?;
        let well = matches!(cost.ending, Ending::Code(0 | 1));
        ensure!(well, "{} ended with {:?}", self.shown, cost.ending);
        self.costs.push(cost);
        Ok(())
    }

    fn cpu(&self) -> f64 {
        median(self.costs.iter().map(|cost| cost.cpu))
    }
}

fn compare(ours: &str, peer: bool, capture: &Capture, rounds: usize, goal: Goal) -> Result<()> {
    let file = text(&capture.path);
    let theirs = text(&capture.path.with_extension("tshark"));
    let mut rows = vec![
        Row::new("cat F", Run::new(["cat", &file])),
        Row::new("tlswhy F", Run::new([ours, &file])),
        Row::new("tlswhy --json F", Run::new([ours, "--json", &file])),
    ];
    if peer {
        let words = goal.peer.iter().map(|word| if *word == "F" { &file } else { *word });
        let run = Run { output: Some(theirs.clone()), ..Run::new(words) };
        rows.push(Row::new(&goal.peer.join(" "), run));
    }
    for _ in 0..rounds {
        for row in &mut rows {
            row.measure()?;
        }
    }
    // Memory is looked at in runs of their own, because looking costs time.
    let watched = Run { watched: true, ..Run::new([ours, &file]) }.measure()?;
    let piped = Run::new([ours, "-"]).measure_piped(&file)?;

    let floor = rows[0].cpu();
    let slowest = rows.last().filter(|_| peer).map(Row::cpu);
    println!("| command | CPU s | x cat | tshark needs | wall s | peak MB |");
    println!("|---|---:|---:|---:|---:|---:|");
    for row in &rows {
        let ratio = slowest.map_or_else(|| "-".into(), |peer| format!("{:.1} x", peer / row.cpu()));
        println!(
            "| `{}` | {:.3} | {:.1} | {ratio} | {:.3} | {} |",
            row.shown,
            row.cpu(),
            row.cpu() / floor,
            median(row.costs.iter().map(|cost| cost.wall)),
            row.costs.iter().map(|cost| cost.peak).max().unwrap_or(0) / 1024,
        );
    }
    let memory = watched.anonymous.max(piped.peak) / 1024;
    println!(
        "\n- memory that belongs to no file: {} MB; read from a pipe instead: {} MB: goal {} MB {}",
        watched.anonymous / 1024,
        piped.peak / 1024,
        goal.memory,
        verdict(memory < goal.memory)
    );
    if let Some(peer) = slowest {
        let ratio = peer / rows[1].cpu();
        println!(
            "- tshark needs {ratio:.1} times our processor time: goal {} {}",
            goal.ratio,
            verdict(ratio >= goal.ratio)
        );
        println!("- {}", agreement(ours, &file, &theirs)?);
    }
    println!();
    Ok(())
}

fn agreement(ours: &str, file: &str, theirs: &str) -> Result<Agreement> {
    let output = Command::new(ours).args(["-o", "alerts", file]).output()?;
    ensure!(output.status.code().is_some_and(|code| code < 2), "`tlswhy -o alerts F` failed");
    let ours = String::from_utf8_lossy(&output.stdout);
    let mut agreement = Agreement::of(&ours, &fs::read_to_string(theirs)?)?;
    if !agreement.only_ours.is_empty() {
        agreement.confirm(&fs::read(file)?);
    }
    Ok(agreement)
}

/// From start to answer, where the work itself is next to nothing.
fn start_up(ours: &str, peer: bool, corpus: &Path) -> Result<()> {
    let small = smallest(corpus)?;
    let mut rows = vec![
        Row::new("tlswhy 48", Run::new([ours, "48"])),
        Row::new("tlswhy F", Run::new([ours, &small])),
    ];
    if peer {
        let words = TSHARK.iter().map(|word| if *word == "F" { &small } else { *word });
        rows.push(Row::new("tshark ... F", Run::new(words)));
    }
    println!(
        "## Start to answer: a code, and a capture of {} bytes\n",
        fs::metadata(&small)?.len()
    );
    println!("| command | runs | median ms | slowest ms |");
    println!("|---|---:|---:|---:|");
    for row in &mut rows {
        let runs = if row.shown.starts_with("tshark") { 5 } else { 20 };
        for _ in 0..runs {
            row.costs.push(row.run.measure()?);
        }
        let walls = || row.costs.iter().map(|cost| cost.wall * 1000.0);
        println!(
            "| `{}` | {runs} | {:.1} | {:.1} |",
            row.shown,
            median(walls()),
            walls().fold(0.0, f64::max)
        );
    }
    let slow = rows.iter().take(2).any(|row| median(row.costs.iter().map(|c| c.wall)) >= 0.010);
    println!("\n- goal 10 ms {}", verdict(!slow));
    Ok(())
}

/// The smallest capture in the corpus.
fn smallest(corpus: &Path) -> Result<String> {
    let files = repo::files()?;
    files
        .iter()
        .filter(|name| name.starts_with("corpus/") && name.ends_with(".pcap"))
        .map(|name| repo::root().join(name))
        .min_by_key(|path| fs::metadata(path).map_or(u64::MAX, |file| file.len()))
        .map(|path| text(&path))
        .with_context(|| format!("no capture in {}", corpus.display()))
}

fn tshark_version() -> Option<String> {
    let found = Command::new("tshark").arg("--version").stderr(Stdio::null()).output().ok()?;
    let line = String::from_utf8_lossy(&found.stdout).lines().next()?.to_owned();
    found.status.success().then_some(line)
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("unknown version").to_owned()
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

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "MISSED" }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The peer's command for an event log: every record as a line of JSON.
const PEER_OF_EVTX: &[&str] = &["evtx_dump", "-t", "1", "-o", "jsonl", "F"];

/// The peer's command: one row for each frame that holds a cleartext alert. `F` is the file.
const TSHARK: &[&str] = &[
    "tshark",
    "-n",
    "-r",
    "F",
    "-Y",
    "tls.alert_message.desc",
    "-T",
    "fields",
    "-e",
    "frame.number",
    "-e",
    "tls.alert_message.level",
    "-e",
    "tls.alert_message.desc",
];

/// The same for QUIC: one row for each frame that closes a connection and can be read, with the code
/// of the alert that the error stands for.
const TSHARK_QUIC: &[&str] = &[
    "tshark",
    "-n",
    "-r",
    "F",
    "-Y",
    "quic.cc.error_code",
    "-T",
    "fields",
    "-e",
    "frame.number",
    "-e",
    "quic.cc.error_code.tls_alert",
];

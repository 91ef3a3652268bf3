//! From what was typed to what is printed and what is exited with.

use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use report::{
    Detail, Explanation, Input, Intake, Options, Report, Sighted, alert_lines, causes, explain,
    json_lines, message_screen, phrase, question, screen,
};

use crate::anchors::Asked;
use crate::args::{self, Format, Job, Request, Source};
use crate::help::{HELP, WELCOME};
use crate::input::{Harvest, Jobs, Opened, Opening, Reading, Told};
use crate::key_logs;
use crate::look::look;
use crate::sandbox;
use crate::signals::{INTERRUPTED, Stop};

/// Answers for the arguments, and says what to exit with: 0, 1 when something failed, 2 when
/// something could not be understood or read, 130 after Ctrl-C.
pub(crate) fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let result = match args::parse(words, !io::stdin().is_terminal()) {
        Ok(Request::Nothing) => print(WELCOME).map(|()| 0),
        Ok(Request::Help) => print(HELP).map(|()| 0),
        Ok(Request::Version) => print(VERSION).map(|()| 0),
        Ok(Request::Causes(drawing)) => print(&causes(&look(&drawing))).map(|()| 0),
        Ok(Request::Answer(job)) => answer(&job),
        Err(wrong) => {
            complain(&wrong);
            Ok(TROUBLE)
        }
    };
    result.unwrap_or_else(|error| {
        complain(&error.to_string());
        TROUBLE
    })
}

fn answer(job: &Job) -> io::Result<u8> {
    let mut opening = Opening::new();
    let ready = match job.sources.as_slice() {
        [] => None,
        _ => Some(Ready::for_job(job, &mut opening)?),
    };
    confine(job, &opening);
    let mut exit = 0;
    let words = phrase(&job.words).map_or_else(|| job.words.clone(), |one| vec![one]);
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            print("\n")?;
        }
        exit = exit.max(word_explained(word, job)?);
    }
    if let Some(ready) = ready {
        if !job.words.is_empty() {
            print("\n")?;
        }
        exit = exit.max(captures(job, ready)?);
    }
    Ok(exit)
}

/// All that is asked of the system before the first byte is read.
struct Ready {
    started: Instant,
    stop: Stop,
    anchors: Asked,
    key_logs: Vec<Opened>,
    jobs: Jobs,
    /// Whether there may be several inputs, which are then joined.
    join: bool,
    threads: NonZeroUsize,
}

impl Ready {
    fn for_job(job: &Job, opening: &mut Opening) -> io::Result<Self> {
        let started = Instant::now();
        let stop = Stop::listen()?;
        let anchors = Asked::open(&job.anchors, opening);
        let key_logs = job.key_logs.iter().map(|path| opening.open(path.clone())).collect();
        let jobs = Jobs::open(&job.sources, opening);
        let join = job.sources.len() > 1 || job.sources.iter().any(Source::is_folder);
        let threads = job.threads.or_else(|| thread::available_parallelism().ok());
        let threads = threads.unwrap_or(NonZeroUsize::MIN).min(opening.at_once());
        Ok(Self { started, stop, anchors, key_logs, jobs, join, threads })
    }
}

/// Gives up what is not needed any more, and tells about it whoever asks for facts.
fn confine(job: &Job, opening: &Opening) {
    let sandbox = match job.unconfined {
        true => "none; --no-sandbox was given".to_owned(),
        false => sandbox::enter(opening.later()),
    };
    if job.facts {
        let (held, later) = (opening.held(), opening.later().len());
        let version = VERSION.trim_end();
        complain(&format!("{version}, {OS} {ARCH}; files open: {held}, places of more: {later}"));
        complain(&format!("sandbox: {sandbox}"));
    }
}

fn word_explained(word: &str, job: &Job) -> io::Result<u8> {
    let explanation = explain(word, &look(&job.drawing));
    let exit = explanation.exit();
    let Explanation { text, known, is_name } = explanation;
    if known {
        print(&text)?;
        return Ok(exit);
    }
    if is_name {
        complain(text.trim_end());
        return Ok(exit);
    }
    // What is neither a code nor a name may be what a program wrote.
    let options = Options { failures: true, ..Options::default() };
    let mut watch = |_| ControlFlow::Continue(());
    let mut found = Intake::new("message", options).whole(word.as_bytes(), &mut watch).sightings;
    if found.is_empty() {
        found.extend(Sighted::of_reason(word));
    }
    let answer = || question(word, &look(&job.drawing));
    // The text of an event is a question too, and its answer says more.
    if found.iter().all(Sighted::is_event_text)
        && let Some(answer) = answer()
    {
        print(&answer.text)?;
        return Ok(answer.exit());
    }
    if !found.is_empty() {
        let detail = Detail { ladder: job.ladder, ..Detail::default() };
        print(&message_screen(&found, &detail, &look(&job.drawing)))?;
        return Ok(0);
    }
    if word.contains(' ') {
        complain(NO_FAILURE);
    } else {
        complain(text.trim_end());
    }
    Ok(exit)
}

fn captures(job: &Job, ready: Ready) -> io::Result<u8> {
    let Ready { started, stop, anchors, key_logs, jobs, join, threads } = ready;
    let named = match anchors.read() {
        Ok(named) => named,
        Err(wrong) => {
            complain(&wrong);
            return Ok(TROUBLE);
        }
    };
    let own_store = named.as_ref().and_then(|named| named.own_store);
    let anchors = named.map(|named| Arc::new(named.anchors));
    let (keys, mut key_trouble) = key_logs::read(&key_logs);
    let reading = Reading {
        options: Options {
            alerts: job.format == Format::Alerts,
            failures: job.each || matches!(job.format, Format::Json | Format::Ndjson),
            join,
            first: job.first,
        },
        filter: job.filter.clone(),
        keys,
        anchors,
        own_store,
        now: job.now,
        threads,
        ascii: job.drawing.ascii,
        stop: stop.clone(),
        tell: match job.format {
            Format::Text => Some(Told::Text(look(&job.drawing))),
            Format::Ndjson => Some(Told::Json),
            Format::Json | Format::Alerts => None,
        },
    };
    let Harvest { inputs, trouble, notes } = reading.read(jobs);
    key_trouble.extend(trouble);
    let trouble = key_trouble;
    let report = Report::new(inputs);
    let groups = report.groups.len() + report.log_groups.len();
    let mut exit = if trouble.is_empty() { report.exit() } else { TROUBLE };
    // For people, nothing is said about inputs of which nothing could be read but why.
    let read = |input: &Input| {
        let settings = input.registry.as_ref().is_some_and(|registry| !registry.is_empty());
        let read = input.packets + input.log.lines + input.events.records > 0;
        read || settings || !input.is_damaged()
    };
    if let Some(group) = job.group.filter(|group| *group > groups) {
        complain(&match groups {
            0 => format!("g={group}: there is no group"),
            1 => format!("g={group}: there is one group, g=1"),
            last => format!("g={group}: the last group is g={last}"),
        });
        exit = TROUBLE;
    } else if report.inputs.iter().any(read) || job.format != Format::Text {
        show(&report, job, started)?;
    }
    for input in &report.inputs {
        let complaints: Vec<String> = input.complaints().collect();
        complaints.iter().take(MOST_COMPLAINTS).for_each(|what| complain(what));
        if complaints.len() > MOST_COMPLAINTS {
            complain(&format!("{}: and more places like these", input.name));
        }
    }
    trouble.iter().chain(&notes).for_each(|what| complain(what));
    // The command is about to end: the system takes the memory back faster than piece by piece.
    std::mem::forget(report);
    if stop.is_asked() {
        complain("interrupted: this is what was found until then");
        return Ok(INTERRUPTED);
    }
    Ok(if job.exit_zero && exit == FAILURES { 0 } else { exit })
}

fn show(report: &Report, job: &Job, started: Instant) -> io::Result<()> {
    match job.format {
        Format::Text => {
            let detail = Detail {
                quiet: job.quiet,
                each: job.each,
                ladder: job.ladder,
                group: job.group,
                again: job.again.clone(),
                // Where the output is kept, the same bytes give the same text.
                elapsed: io::stdout().is_terminal().then(|| started.elapsed()),
            };
            print(&screen(report, &detail, &look(&job.drawing)))
        }
        Format::Json => {
            let lines: Vec<String> = json_lines(report).collect();
            print(&format!("[\n{}\n]\n", lines.join(",\n")))
        }
        Format::Ndjson => lines(json_lines(report)),
        Format::Alerts => lines(alert_lines(report)),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}"));
    quietly(written.and_then(|()| out.flush()))
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    quietly(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// A reader that has seen enough (`| head`) is no error.
fn quietly(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// One sentence on standard error. It may hold names of files, so nothing in it reaches the
/// terminal as a command.
fn complain(what: &str) {
    let what: String = what
        .chars()
        .flat_map(|letter| {
            let plain = !letter.is_control() || letter == '\n';
            let escaped = (!plain).then(|| letter.escape_default());
            plain.then_some(letter).into_iter().chain(escaped.into_iter().flatten())
        })
        .collect();
    // Where nobody listens, the exit code still tells.
    let _ = writeln!(io::stderr(), "tlswhy: {what}");
}

/// What is said of a message in which nothing is known.
const NO_FAILURE: &str = "no failure of TLS is known by these words: give the whole line, or the \
                          file it stands in";
/// What `--version` prints.
const VERSION: &str = concat!("tlswhy ", env!("CARGO_PKG_VERSION"), "\n");
/// Exit code when something failed.
const FAILURES: u8 = 1;
/// Exit code when something could not be understood or read.
const TROUBLE: u8 = 2;
/// Places in one input that are told; a file damaged more often is damaged.
const MOST_COMPLAINTS: usize = 5;

//! What was typed, and what it asks for.
//!
//! There is no verb for the common case: what a person has is the command. What a word is shows by
//! looking, in this order: `-`, something that exists, `key=value`, and then a code or a name.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use lexopt::{Arg, Parser, ValueExt};
use report::{Filter, Time, is_known, nearest, stacks};

use crate::moment;

/// What the command is asked to do.
#[derive(Debug)]
pub(crate) enum Request {
    /// `tlswhy` alone.
    Nothing,
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `help causes`.
    Causes(Drawing),
    /// The answer for some things.
    Answer(Box<Job>),
}

/// Things, and how to answer for them.
#[derive(Debug, Default)]
pub(crate) struct Job {
    /// Codes, names and causes.
    pub(crate) words: Vec<String>,
    /// Why one of them is neither, where its kind is known.
    wrong: Option<String>,
    /// What holds bytes.
    pub(crate) sources: Vec<Source>,
    /// Which failures are wanted.
    pub(crate) filter: Filter,
    /// What chose or opened the failures, as it was typed, for a command to type next.
    pub(crate) again: Vec<String>,
    /// Which group is wanted, from 1.
    pub(crate) group: Option<usize>,
    /// The first failure only.
    pub(crate) first: bool,
    /// The ladder under each group.
    pub(crate) ladder: bool,
    /// What the process is and may do, for a bug report.
    pub(crate) facts: bool,
    /// Whether the process keeps what it could give up.
    pub(crate) unconfined: bool,
    /// One line per group.
    pub(crate) quiet: bool,
    /// One line per failure.
    pub(crate) each: bool,
    /// What to print.
    pub(crate) format: Format,
    /// How to draw text.
    pub(crate) drawing: Drawing,
    /// Key logs to open conversations with.
    pub(crate) key_logs: Vec<PathBuf>,
    /// Files, folders and stores of what those trust who refuse certificates.
    pub(crate) anchors: Vec<PathBuf>,
    /// When they looked at the dates; `None` for the time of the capture.
    pub(crate) now: Option<Time>,
    /// Files read at once; `None` for as many as there are cores.
    pub(crate) threads: Option<NonZeroUsize>,
    /// Whether failures are no reason to exit with 1.
    pub(crate) exit_zero: bool,
}

/// Something that holds bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard input.
    Stdin,
    /// A file or a folder.
    Path(PathBuf),
}

impl Source {
    /// Whether it is a folder, which may hold several inputs.
    pub(crate) fn is_folder(&self) -> bool {
        matches!(self, Self::Path(path) if path.is_dir())
    }
}

/// What to print for captures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// Screens for people.
    #[default]
    Text,
    /// One JSON array.
    Json,
    /// One JSON object per line.
    Ndjson,
    /// Every alert that can be read, one JSON object per line.
    Alerts,
}

/// How to draw text, as far as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Colours: always, never, or as the terminal and the environment have it.
    pub(crate) colour: Option<bool>,
    /// ASCII only.
    pub(crate) ascii: bool,
    /// Columns.
    pub(crate) width: Option<usize>,
    /// The software to show remedies for.
    pub(crate) stack: Option<String>,
}

/// Reads the arguments behind the program's name; `piped` says that standard input is no terminal.
///
/// # Errors
/// One sentence for the person who typed them.
pub(crate) fn parse(
    words: impl IntoIterator<Item = OsString>,
    piped: bool,
) -> Result<Request, String> {
    let mut job = Job::default();
    let mut topics: Option<Vec<String>> = None;
    let mut bare = true;
    let mut parser = Parser::from_args(words);
    loop {
        let code = negative(&mut parser).map(Arg::Value);
        let Some(arg) = (match code {
            Some(code) => Some(code),
            None => parser.next().map_err(said)?,
        }) else {
            break;
        };
        bare = false;
        match arg {
            Arg::Value(word) => match &mut topics {
                Some(topics) => topics.push(text(word)?),
                None if word == "help" && job.is_empty() => topics = Some(Vec::new()),
                None => job.thing(word)?,
            },
            Arg::Short('h') | Arg::Long("help") => return Ok(Request::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Request::Version),
            arg => job.option(&Name::of(&arg), &mut parser)?,
        }
    }
    match topics.as_deref() {
        None => {}
        Some([]) => return Ok(Request::Help),
        Some([topic]) if topic == "causes" => return Ok(Request::Causes(job.drawing)),
        Some([topic]) => job.words.push(topic.clone()),
        Some(_) => return Err("help takes one word: causes, or the name of a cause".to_owned()),
    }
    job.put_together()?;
    if bare && !piped {
        return Ok(Request::Nothing);
    }
    if job.is_empty() {
        if !piped {
            return Err("nothing to read: name a capture, a log, a folder or a code".to_owned());
        }
        job.sources.push(Source::Stdin);
    }
    if job.group.is_some() && job.format != Format::Text {
        return Err("g=N chooses from the text; in JSON, each object names its group".to_owned());
    }
    if job.sources.is_empty() && (job.group.is_some() || !job.filter.is_empty()) {
        return Err(
            "key=value chooses among failures: name a capture, a log or a folder too".to_owned()
        );
    }
    if job.sources.is_empty() && !job.key_logs.is_empty() {
        return Err("--keylog opens what captures hold: name a capture or a folder too".to_owned());
    }
    if job.sources.is_empty() && (!job.anchors.is_empty() || job.now.is_some()) {
        return Err("--ca and --now judge certificates: name a capture or a folder too".to_owned());
    }
    if job.sources.is_empty() && job.format != Format::Text {
        return Err("codes, names and causes are explained as text only".to_owned());
    }
    Ok(Request::Answer(Box::new(job)))
}

/// The next word, if it is a negative number: many libraries number their errors downwards, and
/// none of our options is a number of two digits.
fn negative(parser: &mut Parser) -> Option<OsString> {
    let mut rest = parser.try_raw_args()?;
    let word = rest.peek()?.to_str()?;
    let number = word.strip_prefix('-').is_some_and(|number| number.len() > 1 && is_number(number));
    number.then(|| rest.next()).flatten()
}

/// The name of an option, with its dashes.
struct Name(String);

impl Name {
    fn of(arg: &Arg<'_>) -> Self {
        Self(match arg {
            Arg::Short(letter) => format!("-{letter}"),
            Arg::Long(name) => format!("--{name}"),
            Arg::Value(_) => String::new(),
        })
    }
}

impl Job {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.sources.is_empty()
    }

    fn option(&mut self, name: &Name, parser: &mut Parser) -> Result<(), String> {
        if let "--keylog" | "--ca" = name.0.as_str() {
            // A path, and no text.
            let path: PathBuf = parser.value().map_err(said)?.into();
            self.again.extend([name.0.clone(), path.display().to_string()]);
            let paths = if name.0 == "--ca" { &mut self.anchors } else { &mut self.key_logs };
            paths.push(path);
            return Ok(());
        }
        let mut value = || text(parser.value().map_err(said)?);
        match name.0.as_str() {
            "-v" => {
                self.facts = self.ladder;
                self.ladder = true;
            }
            "-q" => self.quiet = true,
            "-1" => self.first = true,
            "--by" => self.each = by(&value()?)?,
            "-o" => self.format = format(&value()?)?,
            "--json" => self.format = Format::Ndjson,
            "--for" => self.drawing.stack = Some(stack(&value()?)?),
            "--color" | "--colour" => self.drawing.colour = colour(&value()?)?,
            "--ascii" => self.drawing.ascii = true,
            "--width" => self.drawing.width = Some(positive(&value()?)?.get()),
            "--now" => {
                let typed = value()?;
                let now = moment::read(&typed);
                self.now = Some(now.ok_or_else(|| format!("--now {typed}: {MOMENT}"))?);
                self.again.extend(["--now".to_owned(), typed]);
            }
            "-j" => self.threads = Some(positive(&value()?)?),
            "--exit-zero" => self.exit_zero = true,
            "--no-sandbox" => self.unconfined = true,
            unknown => return Err(no_such_option(unknown)),
        }
        Ok(())
    }

    fn thing(&mut self, word: OsString) -> Result<(), String> {
        if word == "-" {
            if self.sources.contains(&Source::Stdin) {
                return Err("- was given twice, and can be read only once".to_owned());
            }
            self.sources.push(Source::Stdin);
            return Ok(());
        }
        // What exists is meant, except by a number: the grammar promises that to the codes, so that
        // `tlswhy 48` means the same in every folder.
        let kept = is_code(&word) || RESERVED.iter().any(|(reserved, _)| word == *reserved);
        if !kept && Path::new(&word).symlink_metadata().is_ok() {
            self.sources.push(Source::Path(word.into()));
            return Ok(());
        }
        let word = text(word)?;
        if let Some((key, values)) = condition(&word) {
            return self.condition(key, values);
        }
        if let Some((_, why)) = RESERVED.iter().find(|(reserved, _)| *reserved == word) {
            return Err(format!("{word}: {why}"));
        }
        // It may be a word of a sentence: what comes behind it tells.
        self.wrong = self.wrong.take().or_else(|| not_yet(&word));
        self.words.push(word);
        Ok(())
    }

    /// Puts the words of a sentence together that somebody pasted without quotation marks; a word
    /// that is neither a thing nor part of one is told.
    fn put_together(&mut self) -> Result<(), String> {
        let plain = |word: &&String| !is_known(word) && not_yet(word).is_none();
        let plain = self.words.iter().filter(plain).count();
        if self.sources.is_empty() && plain >= SENTENCE {
            self.words = vec![self.words.join(" ")];
            return Ok(());
        }
        self.wrong.take().map_or(Ok(()), Err)
    }

    fn condition(&mut self, key: &str, values: &str) -> Result<(), String> {
        if key == "g" {
            self.group = Some(positive(values)?.get());
        } else {
            self.filter = std::mem::take(&mut self.filter).with(key, values)?;
            self.again.push(format!("{key}={values}"));
        }
        Ok(())
    }
}

/// `key=value`, where the key looks like one.
fn condition(word: &str) -> Option<(&str, &str)> {
    let (key, values) = word.split_once('=')?;
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
    plain.then_some((key, values))
}

/// A number, in decimal or hexadecimal: always a code, as the grammar promises.
fn is_code(word: &OsString) -> bool {
    word.to_str().is_some_and(|word| is_number(word.strip_prefix('-').unwrap_or(word)))
}

fn is_number(word: &str) -> bool {
    let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let decimal = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    decimal || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Words of what is a sentence, and not the name of a file with spaces in it.
const SENTENCE: usize = 3;

/// Why a word that is no code and no name cannot be answered, if its kind is known.
fn not_yet(word: &str) -> Option<String> {
    // Codes of libraries may look like hosts and paths: error:14094418, ERR_SSL_SSL/TLS_ALERT_...
    // A sentence is a message, whatever stands in it: lines of logs hold addresses and slashes.
    if is_known(word) || word.split_whitespace().count() >= SENTENCE {
        return None;
    }
    let host = word.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    if word.contains("://") || host {
        Some(format!("{word}: this version connects to nothing; give it a capture of the attempt"))
    } else if word.contains(['/', '\\']) || FILES.iter().any(|end| word.ends_with(end)) {
        Some(format!("{word}: no such file or folder"))
    } else if word.contains('.') && !word.contains(' ') {
        Some(format!("{word}: no such file, and this version connects to no host"))
    } else {
        None
    }
}

fn by(value: &str) -> Result<bool, String> {
    match value {
        "none" => Ok(true),
        "cause,server" => Ok(false),
        _ => Err(format!("--by {value}: this version knows cause,server and none")),
    }
}

fn format(value: &str) -> Result<Format, String> {
    match value {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "ndjson" => Ok(Format::Ndjson),
        "alerts" => Ok(Format::Alerts),
        _ => Err(format!("-o {value}: it is one of text json ndjson alerts")),
    }
}

fn colour(value: &str) -> Result<Option<bool>, String> {
    match value {
        "auto" => Ok(None),
        "always" => Ok(Some(true)),
        "never" => Ok(Some(false)),
        _ => Err(format!("--color {value}: it is one of auto always never")),
    }
}

fn stack(value: &str) -> Result<String, String> {
    if let Some(known) = report::stack(value) {
        return Ok(known.to_owned());
    }
    let known: Vec<&str> = stacks().into_iter().collect();
    Err(format!("--for {value}: no remedies for that; it is one of {}", known.join(" ")))
}

fn positive(value: &str) -> Result<NonZeroUsize, String> {
    value.parse().map_err(|_| format!("{value}: a number from 1 is wanted"))
}

fn no_such_option(name: &str) -> String {
    let near = nearest(name, OPTIONS.iter().copied());
    let near = if near.is_empty() {
        "tlswhy --help lists them".to_owned()
    } else {
        format!("nearest: {}", near.join(", "))
    };
    format!("no such option: {name}; {near}")
}

fn text(word: OsString) -> Result<String, String> {
    word.string().map_err(|error| format!("{error}: not text, and no such file"))
}

fn said(error: lexopt::Error) -> String {
    error.to_string()
}

/// What is said of a moment that cannot be read.
const MOMENT: &str = "no moment: it looks like 2026-11-26 or 2026-11-26T10:00:00Z";

/// Words that are kept for what is to come.
const RESERVED: &[(&str, &str)] = &[
    ("watch", "not in this version; pipe it: tcpdump -w - port 443 | tlswhy"),
    ("serve", "not in this version; --json gives what a page would show"),
];

/// Endings by which a word that does not exist was meant as a file.
const FILES: &[&str] =
    &[".pcap", ".pcapng", ".cap", ".dmp", ".gz", ".zst", ".log", ".evtx", ".json", ".pem", ".txt"];

/// All options that there are, for did-you-mean.
const OPTIONS: &[&str] = &[
    "-v",
    "-q",
    "-1",
    "--by",
    "-o",
    "--json",
    "--keylog",
    "--ca",
    "--now",
    "--for",
    "--color",
    "--ascii",
    "-j",
    "--exit-zero",
    "--no-sandbox",
    "-h",
    "--help",
    "-V",
    "--version",
];

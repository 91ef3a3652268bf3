//! From things that hold bytes to inputs that are read.
//!
//! There are two halves. [`Jobs::open`] asks the system for everything that will be read and looks
//! into none of it: folders become files, and files are opened. [`Reading::read`] reads what is open,
//! and is the first to meet bytes of strangers: files that are one capture are put together, the
//! others are shared among threads, and what comes out stands in the order in which it was given,
//! whichever thread was faster.

mod ahead;
mod file;
mod folder;
mod names;
mod opening;
mod set;
mod stdin;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use report::{
    Anchors, Filter, Input, Intake, KeyLog, Look, News, Options, Pause, Tell, Time,
    early_failure_line, early_line, sighted_line, sighting_line,
};

use crate::args::Source;
use crate::progress::Progress;
use crate::signals::Stop;

pub(crate) use opening::{Opened, Opening};
use set::Set;

/// How to read.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What to keep.
    pub(crate) options: Options,
    /// Which failures are wanted.
    pub(crate) filter: Filter,
    /// What to open conversations with.
    pub(crate) keys: KeyLog,
    /// What those trust who refuse certificates, where it was named.
    pub(crate) anchors: Option<Arc<Anchors>>,
    /// How many of them are in the store of this machine, if that is meant.
    pub(crate) own_store: Option<usize>,
    /// When they looked at the dates, where it was named.
    pub(crate) now: Option<Time>,
    /// Files read at once.
    pub(crate) threads: NonZeroUsize,
    /// Whether the progress line stays within ASCII.
    pub(crate) ascii: bool,
    /// Whether somebody asked to stop.
    pub(crate) stop: Stop,
    /// How the failures that come through a pipe are told as they come.
    pub(crate) tell: Option<Told>,
}

/// A form in which one failure is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// One line for people.
    Text(Look),
    /// One JSON object.
    Json,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// The inputs, in the order of the arguments and then of the names.
    pub(crate) inputs: Vec<Input>,
    /// What went wrong outside of any input.
    pub(crate) trouble: Vec<String>,
    /// What is worth a line, and is nothing wrong.
    pub(crate) notes: Vec<String>,
}

/// One thing to read.
#[derive(Debug)]
enum Job {
    Stdin,
    /// A file that somebody named: what it is not, is said.
    File(Opened),
    /// A file found in the folder of this number: what is neither capture nor log is passed over.
    Found(Opened, usize),
    /// Files that are one capture, and their folder if they were found in one.
    Set(Set, Option<usize>),
}

/// What was read of a job: nothing, if it is neither capture nor log.
#[derive(Debug, Default)]
struct Done {
    inputs: Vec<Input>,
    notes: Vec<String>,
}

impl Job {
    /// The one file, and the folder that it was found in.
    fn file(&self) -> Option<(&Opened, Option<usize>)> {
        match self {
            Self::File(file) => Some((file, None)),
            Self::Found(file, folder) => Some((file, Some(*folder))),
            Self::Stdin | Self::Set(..) => None,
        }
    }

    fn into_file(self) -> Option<Opened> {
        match self {
            Self::File(file) | Self::Found(file, _) => Some(file),
            Self::Stdin | Self::Set(..) => None,
        }
    }

    fn folder(&self) -> Option<usize> {
        match self {
            Self::Found(_, folder) => Some(*folder),
            Self::Set(_, folder) => *folder,
            Self::Stdin | Self::File(_) => None,
        }
    }
}

/// All that is to be read, opened as far as it can be.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: Vec<Job>,
    folders: Vec<Folder>,
    /// What went wrong on the way.
    trouble: Vec<String>,
}

impl Jobs {
    /// Walks through folders and opens files. What cannot be opened is told when its turn comes.
    pub(crate) fn open(sources: &[Source], opening: &mut Opening) -> Self {
        let mut all = Self::default();
        for source in sources {
            match source {
                Source::Stdin => all.jobs.push(Job::Stdin),
                Source::Path(path) if path.is_dir() => {
                    let found = folder::walk(path);
                    // Of a folder that could not be looked into, nothing is known.
                    let nothing = found.files.is_empty() && found.others == 0;
                    let unread = u64::from(nothing && !found.trouble.is_empty());
                    all.trouble.extend(found.trouble);
                    let files = found.files.into_iter();
                    let place = all.folders.len();
                    all.jobs.extend(files.map(|file| Job::Found(opening.open(file), place)));
                    let (path, others) = (path.clone(), found.others);
                    all.folders.push(Folder { path, inputs: 0, others, unread });
                }
                Source::Path(path) => all.jobs.push(Job::File(opening.open(path.clone()))),
            }
        }
        all
    }
}

impl Reading {
    /// Reads all of it.
    pub(crate) fn read(&self, jobs: Jobs) -> Harvest {
        let Jobs { jobs, mut folders, trouble } = jobs;
        let (jobs, notes) = set::together(jobs);
        let mut harvest = Harvest { trouble, notes, ..Harvest::default() };
        for (job, result) in jobs.iter().zip(self.all(&jobs)) {
            if let Some(folder) = job.folder().and_then(|folder| folders.get_mut(folder)) {
                match &result {
                    Some(done) if done.inputs.is_empty() => folder.others += 1,
                    Some(done) => folder.inputs += done.inputs.len() as u64,
                    None => folder.unread += 1,
                }
            }
            let Done { inputs, notes } = result.unwrap_or_default();
            harvest.inputs.extend(inputs);
            harvest.notes.extend(notes);
        }
        for folder in folders {
            folder.sum_up(&mut harvest);
        }
        harvest
    }

    /// Reads the jobs in as many threads as are wanted; `None` stands for what nobody came to read.
    fn all(&self, jobs: &[Job]) -> Vec<Option<Done>> {
        let progress = Progress::new(name(jobs), total(jobs), self.ascii);
        let results: Vec<OnceLock<Done>> = jobs.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        // The first failure is the first in the order of the arguments: one file after the other.
        let threads = if self.options.first { 1 } else { self.threads.get().min(jobs.len()) };
        // Cores are for inputs first.
        let is_ahead = self.threads.get() > threads;
        let work = || {
            while let Some((job, result)) = take(&next, jobs, &results) {
                let done = self.one(job, is_ahead, &progress);
                let failed = done.inputs.iter().any(|input| input.counts.failed > 0);
                // A job is taken once, so that its place is free.
                let _ = result.set(done);
                if self.stop.is_asked() || (self.options.first && failed) {
                    // Nobody takes another job.
                    next.store(jobs.len(), Ordering::Relaxed);
                }
            }
        };
        if threads <= 1 {
            work();
        } else {
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(work);
                }
            });
        }
        progress.clear();
        results.into_iter().map(OnceLock::into_inner).collect()
    }

    fn one(&self, job: &Job, is_ahead: bool, progress: &Progress) -> Done {
        let ahead = is_ahead.then_some(&self.stop);
        let mut before = report::Progress { bytes: 0, packets: 0, failing: 0 };
        let pause = Rc::new(Pause::default());
        let mut watch = |now| {
            progress.advance(&mut before, now);
            if progress.is_curious() {
                pause.ask();
            }
            if self.stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let intake = |name: String| {
            let intake = Intake::new(name, self.options).only(self.filter.clone());
            let intake = intake.with_keys(self.keys.clone());
            let intake = intake.trusting(self.anchors.clone(), self.now);
            let intake = intake.with_own_store(self.own_store);
            // What is told of a log is not kept, so that nobody may be told who does not listen.
            let is_told = self.tell.is_some() || !matches!(job, Job::Stdin);
            let tell = |news: &News<'_>| self.tell(progress, news);
            intake.telling(Rc::clone(&pause), is_told.then_some(Box::new(tell) as Tell<'_>))
        };
        let mut notes = Vec::new();
        let mut inputs = match job {
            Job::Stdin => {
                let intake = intake(Input::STDIN.to_owned()).written(now());
                vec![stdin::read(intake, Rc::clone(&pause), &self.stop, is_ahead, &mut watch)]
            }
            Job::File(opened) => vec![file::read(opened, intake, ahead, &mut watch)],
            Job::Found(opened, _) => match file::is_wanted(opened) {
                Ok(true) => vec![file::read(opened, intake, ahead, &mut watch)],
                Ok(false) => return Done::default(),
                Err(error) => vec![file::unreadable(opened, &error)],
            },
            Job::Set(set, _) => {
                let (inputs, torn) = set.read(intake, ahead, &mut watch, self.options.first);
                notes = torn;
                inputs
            }
        };
        // A pipe that stays silent is let go without its end being seen.
        if let Some(last) = inputs.last_mut() {
            last.stopped |= self.stop.is_asked();
        }
        Done { inputs, notes }
    }
}

impl Reading {
    /// Tells something before all has been read. Where nobody listens any more, the end of the reading
    /// will tell.
    fn tell(&self, progress: &Progress, news: &News<'_>) {
        if let News::First(input, failure) = news {
            // The terminal's colours are those of standard output.
            let look = Look { width: NARROW, ascii: self.ascii, ..Look::default() };
            return progress.name(early_line(input, failure, &look));
        }
        let line = match (&self.tell, news) {
            (Some(Told::Text(look)), News::Sighted(found)) => sighted_line(found, look),
            (Some(Told::Text(look)), News::Failed(input, failure)) => {
                early_line(input, failure, look)
            }
            (Some(Told::Text(_)), News::More(count)) => {
                format!(
                    "  {} more: the report at the end tells of them\n",
                    many(*count, "conversation")
                )
            }
            (Some(Told::Json), News::Sighted(found)) => sighting_line(Input::STDIN, found) + "\n",
            (Some(Told::Json), News::Failed(input, failure)) => {
                early_failure_line(input, failure) + "\n"
            }
            (None, _) | (_, News::First(..) | News::More(_)) => return,
        };
        progress.clear();
        let mut out = io::stdout().lock();
        let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    }
}

/// Columns of the line about the first failure: a terminal of 80 keeps it in one.
const NARROW: usize = 79;

/// The clock, for a log that is written while it is read.
fn now() -> report::Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    report::Time(i64::try_from(since.as_nanos()).unwrap_or_default())
}

/// A folder that somebody named.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    inputs: u64,
    others: u64,
    unread: u64,
}

impl Folder {
    fn sum_up(self, harvest: &mut Harvest) {
        let Self { inputs, others, unread, .. } = self;
        let path = self.path.display();
        if unread > 0 {
            // Stopped on the way: nothing is known about the whole.
            return;
        }
        if inputs == 0 {
            let held = match others {
                0 => "it is empty".to_owned(),
                others => {
                    format!("it holds {}, none of them a capture or a log", many(others, "file"))
                }
            };
            harvest.trouble.push(format!("{path}: a folder without captures or logs: {held}"));
        } else if others > 0 {
            let (inputs, others) = (many(inputs, "input"), many(others, "other file"));
            harvest.notes.push(format!("{path}: {inputs}; {others} left out"));
        }
    }
}

fn many(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The next job that nobody has taken, with the place for its result.
fn take<'a>(
    next: &AtomicUsize,
    jobs: &'a [Job],
    results: &'a [OnceLock<Done>],
) -> Option<(&'a Job, &'a OnceLock<Done>)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((jobs.get(place)?, results.get(place)?))
}

fn name(jobs: &[Job]) -> String {
    match jobs {
        [Job::Stdin] => "stdin".to_owned(),
        [Job::File(file) | Job::Found(file, _)] => {
            file.path.file_name().unwrap_or_default().to_string_lossy().escape_debug().to_string()
        }
        many => format!("{} files", many.iter().map(files).sum::<usize>()),
    }
}

fn files(job: &Job) -> usize {
    if let Job::Set(set, _) = job { set.count() } else { 1 }
}

/// Bytes of all files; 0 when one of them has no size to know.
fn total(jobs: &[Job]) -> u64 {
    let size = |job: &Job| match job {
        Job::Stdin => None,
        Job::File(file) | Job::Found(file, _) => file.size,
        Job::Set(set, _) => set.size(),
    };
    jobs.iter().map(size).sum::<Option<u64>>().unwrap_or(0)
}

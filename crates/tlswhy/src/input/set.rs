//! Which files are one capture that was written into several, and how they are read.
//!
//! `tcpdump -C` adds a number to the name, `-G` a time, dumpcap's ring and Wireshark's file sets both:
//! their names differ in numbers alone. So do the names of captures from several places; the times
//! tell them apart, since each file of a set begins where the one before it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use report::{Glance, Input, Intake, Time, Watch};

use super::file::why;
use super::names::{key, natural, numbers, pattern, tells_time};
use super::{Job, Opened, ahead};
use crate::signals::Stop;

/// Files that are one capture, in the order of their times.
#[derive(Debug)]
pub(super) struct Set {
    /// Their names in one.
    name: String,
    files: Vec<(Opened, Glance)>,
}

/// A file that may belong to a set.
#[derive(Debug)]
struct Member {
    /// Its position among the jobs.
    place: usize,
    path: PathBuf,
    numbers: Vec<String>,
    glance: Glance,
}

/// Files of which each goes on where the one before it ends.
type Story<'a> = Vec<&'a Member>;

/// How far a set has come.
#[derive(Clone, Copy, Debug)]
struct Until {
    /// When its last file begins.
    first: Time,
    /// Its latest time that is known.
    last: Time,
    /// Whether that is the time of its last packet.
    is_end: bool,
}

/// How a file stands to the files in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It goes on where they end.
    Behind,
    /// It begins before they end.
    Beside,
    /// It is of another time, or another kind of capture.
    Apart,
}

/// Puts the files together that are one capture, each set in the place of its first file, and says
/// where a set is torn. The files of one folder may be a set, and so may those that were named.
pub(super) fn together(jobs: Vec<Job>) -> (Vec<Job>, Vec<String>) {
    let mut alike: BTreeMap<(Option<usize>, PathBuf), Vec<usize>> = BTreeMap::new();
    for (place, job) in jobs.iter().enumerate() {
        // A pipe has no size, and gives its bytes only once.
        if let Some((file, folder)) = job.file().filter(|it| it.0.size.is_some_and(|it| it > 0)) {
            alike.entry((folder, key(&file.path))).or_default().push(place);
        }
    }
    let mut jobs: Vec<Option<Job>> = jobs.into_iter().map(Some).collect();
    let mut notes = Vec::new();
    for ((folder, _), places) in alike.into_iter().filter(|(_, places)| places.len() > 1) {
        let member = |place: usize| Member::of(place, jobs.get(place)?.as_ref()?);
        let mut members: Vec<Member> = places.into_iter().filter_map(member).collect();
        sort(&mut members);
        let (stories, torn) = plan(&members);
        notes.extend(torn);
        for story in stories.into_iter().filter(|story| story.len() > 1) {
            let mut take = |member: &&Member| {
                let file = jobs.get_mut(member.place).and_then(Option::take)?.into_file()?;
                Some((file, member.glance))
            };
            let files: Vec<_> = story.iter().filter_map(&mut take).collect();
            let place = story.iter().map(|member| member.place).min().unwrap_or_default();
            if let Some(job) = jobs.get_mut(place) {
                *job = Some(Job::Set(Set { name: pattern(&paths(&files)), files }, folder));
            }
        }
    }
    let mut jobs: Vec<Job> = jobs.into_iter().flatten().collect();
    tell_apart(&mut jobs);
    (jobs, notes)
}

/// Gives sets of one name, of which one is torn in two, the names of their first and last files.
fn tell_apart(jobs: &mut [Job]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for job in jobs.iter() {
        if let Job::Set(set, _) = job {
            *times.entry(set.name.clone()).or_default() += 1;
        }
    }
    for job in jobs {
        if let Job::Set(set, _) = job
            && times.get(&set.name).is_some_and(|times| *times > 1)
            && let [(first, _), .., (last, _)] = &set.files[..]
        {
            set.name = from_to(&first.path.display().to_string(), &last.path);
        }
    }
}

/// The name of files that have no other in common.
fn from_to(first: &str, last: &Path) -> String {
    format!("{first} … {}", last.file_name().unwrap_or_default().display())
}

fn paths(files: &[(Opened, Glance)]) -> Vec<&Path> {
    files.iter().map(|(file, _)| file.path.as_path()).collect()
}

impl Member {
    /// A capture; nothing of what is none or cannot be read, which is told by whoever reads it.
    fn of(place: usize, job: &Job) -> Option<Self> {
        let (file, _) = job.file()?;
        let glance = Glance::of(&mut file.bytes().ok()?).ok()??;
        Some(Self { place, path: file.path.clone(), numbers: numbers(&file.path), glance })
    }
}

/// How long nothing may have been captured before this file of a set. A name that tells the time tells
/// that its files were written one after the other; a mere number may as well be that of a ticket.
fn silence(path: &Path) -> i64 {
    if tells_time(path) { LONGEST_SILENCE } else { SHORT_SILENCE }
}

/// Sorts by time. A file without packets stays where its name puts it.
fn sort(members: &mut [Member]) {
    members.sort_by_cached_key(|member| natural(&member.path));
    let mut before = members.iter().find_map(|member| member.glance.first);
    let mut times = members.iter().map(|member| {
        before = member.glance.first.or(before);
        (member.place, before)
    });
    let times: BTreeMap<usize, Option<Time>> = times.by_ref().collect();
    members.sort_by_key(|member| times.get(&member.place).copied().flatten());
}

/// Puts members in the order of their times into stories, as few as possible, and says where one is
/// torn: a number in the names may tell places apart while the others count.
fn plan(members: &[Member]) -> (Vec<Story<'_>>, Option<String>) {
    let most = members.iter().map(|member| member.numbers.len()).max().unwrap_or_default();
    let places = (0..most.min(MOST_NUMBERS)).map(Some);
    let readings = [None].into_iter().chain(places).map(|number: Option<usize>| {
        let mut at: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
        for member in members {
            let place = number.and_then(|number| member.numbers.get(number));
            at.entry(place.map_or("", String::as_str)).or_default().push(member);
        }
        let (mut stories, mut torn) = (Vec::new(), Vec::new());
        for files in at.into_values() {
            let (parts, overlaps) = split(&files);
            // A clock that was set back is one border of many; captures of several places overlap
            // at every other one.
            if overlaps.len() * FEWEST_BORDERS > files.len() - 1 {
                stories.extend(files.into_iter().map(|file| vec![file]));
            } else {
                stories.extend(parts);
                torn.extend(overlaps);
            }
        }
        (stories, torn)
    });
    let fewest = readings.min_by_key(|(stories, _)| stories.len());
    let (stories, torn) = fewest.unwrap_or_default();
    let note = torn.first().map(|(before, behind)| {
        let more = match torn.len() - 1 {
            0 => String::new(),
            more => format!("; so do {more} more"),
        };
        begins_early(&before.path, &behind.path) + &more
    });
    (stories, note)
}

/// Cuts files wherever one does not stand behind those in front of it, and lists the pairs that
/// overlap.
fn split<'a>(files: &[&'a Member]) -> (Vec<Story<'a>>, Vec<(&'a Member, &'a Member)>) {
    let (mut stories, mut overlaps): (Vec<Story<'a>>, _) = (Vec::new(), Vec::new());
    let mut until: Option<Until> = None;
    for &file in files {
        let before = stories.last_mut().and_then(|story| Some((*story.last()?, story)));
        let stands = |before: &Member| match until {
            _ if !before.glance.is_like(&file.glance) => Stands::Apart,
            Some(until) => until.stands(&file.glance, silence(&file.path)),
            None => Stands::Behind,
        };
        match before.map(|(last, story)| (stands(last), last, story)) {
            Some((Stands::Behind, _, story)) => {
                story.push(file);
                until = Until::with(until, &file.glance);
                continue;
            }
            Some((Stands::Beside, last, _)) => overlaps.push((last, file)),
            _ => {}
        }
        stories.push(vec![file]);
        until = Until::with(None, &file.glance);
    }
    (stories, overlaps)
}

fn begins_early(before: &Path, behind: &Path) -> String {
    let before = before.file_name().unwrap_or_default().display();
    let behind = behind.display();
    format!(
        "{behind} begins before {before} ends: no conversation is followed from one to the other"
    )
}

impl Until {
    /// How far a set has come with one more file.
    fn with(before: Option<Self>, next: &Glance) -> Option<Self> {
        let Some(first) = next.first else { return before };
        let end = next.last.unwrap_or(first).max(first);
        let last = before.map_or(end, |before| before.last.max(end));
        Some(Self { first, last, is_end: next.last.is_some() })
    }

    /// How a file stands to those in front of it.
    fn stands(self, next: &Glance, silence: i64) -> Stands {
        let Some(first) = next.first else { return Stands::Behind };
        let overlap = self.last.since(first);
        if -overlap > silence {
            return Stands::Apart;
        }
        // Of files that last a moment, the order of their packets is as much off as they last.
        let own = next.last.map(|last| last.since(first));
        let before = self.is_end.then(|| self.last.since(self.first));
        let shortest = own.into_iter().chain(before).min();
        let most = shortest.map_or(0, |shortest| (shortest / 10).clamp(0, DISORDER));
        // Where nothing but beginnings is known, copies begin together.
        let is_copy = shortest.is_none() && overlap == 0;
        if overlap <= most && !is_copy { Stands::Behind } else { Stands::Beside }
    }
}

impl Set {
    /// How many files it has.
    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    /// Their bytes, if they are known of all.
    pub(super) fn size(&self) -> Option<u64> {
        self.files.iter().map(|(file, _)| file.size).sum()
    }

    /// Reads the files as one capture; `ahead` is there where a core is free to unpack them. Where
    /// one begins before those in front of it end, which is known for sure only now, another one
    /// begins.
    pub(super) fn read<'a>(
        &self,
        begin: impl Fn(String) -> Intake<'a>,
        ahead: Option<&Stop>,
        watch: Watch<'_>,
        first_only: bool,
    ) -> (Vec<Input>, Vec<String>) {
        let (mut inputs, mut notes) = (Vec::new(), Vec::new());
        let mut intake = begin(self.name.clone());
        let mut before: Option<(&Path, Time)> = None;
        for (file, glance) in &self.files {
            if let (Some((path, first)), Some(last)) = (before, intake.until())
                && let stands =
                    (Until { first, last, is_end: true }).stands(glance, silence(&file.path))
                && stands != Stands::Behind
            {
                if stands == Stands::Beside {
                    notes.push(begins_early(path, &file.path));
                }
                inputs.push(std::mem::replace(&mut intake, begin(self.name.clone())).end());
                if first_only && inputs.iter().any(|input| input.counts.failed > 0) {
                    return (inputs, notes);
                }
            }
            before = glance.first.map(|first| (file.path.as_path(), first)).or(before);
            let name = file.path.display().to_string();
            match file.bytes() {
                Ok(bytes) => {
                    if intake.part(name, ahead::open(bytes, ahead), watch).is_break() {
                        break;
                    }
                }
                Err(error) => intake.lost(name, why(&error)),
            }
        }
        inputs.push(intake.end());
        if inputs.len() > 1 {
            inputs.iter_mut().for_each(rename);
        }
        (inputs, notes)
    }
}

/// Gives a piece of a set the names of its first and last files; one file is itself.
fn rename(piece: &mut Input) {
    match &piece.parts[..] {
        [only] => {
            piece.name.clone_from(&only.name);
            piece.parts.clear();
        }
        [first, .., last] => piece.name = from_to(&first.name, Path::new(&last.name)),
        [] => {}
    }
}

/// How much earlier a file may begin than the one in front of it ends, in nanoseconds: libpcap hands
/// over what one interface has seen for as long as a second, so that packets of several interfaces
/// are out of order by as much.
const DISORDER: i64 = 1_000_000_000;
/// How long nothing may be captured between two files that are merely numbered, in nanoseconds: ten
/// minutes. Where files are written by their size the next begins with the next packet.
const SHORT_SILENCE: i64 = 600 * 1_000_000_000;
/// How long nothing may be captured between two files whose names tell when: eight days. Who
/// begins a file each week has a packet in it within a day; and no connection is still known to
/// anybody after such a silence.
const LONGEST_SILENCE: i64 = 8 * 24 * 3_600 * 1_000_000_000;
/// Of so many borders between files in a row one may overlap.
const FEWEST_BORDERS: usize = 8;
/// Numbers of a name that may stand for a place. A counter and a time of day have seven.
const MOST_NUMBERS: usize = 8;

//! Any bytes as an event log, and as the tokens of records in a chunk: read whole and in windows of
//! any size with the same result, and with a glance at each record nothing is passed over.
//!
//! Seeds are the files of `corpus/events`, behind a byte below 128 and two of any value.
use crate::Corpus;
use logs::More;
use windows::{Evtx, Problem, Record};

/// Where the records of a chunk begin.
const HEAD: usize = 512;

/// Runs the target.
pub(crate) fn run(input: &[u8]) {
    let [form, low, high, bytes @ ..] = input else { return };
    let step = usize::from(u16::from_le_bytes([*low, *high])) + 1;
    let built;
    let log = if *form < 0x80 {
        bytes
    } else {
        built = chunk(bytes, step);
        &built[..]
    };
    let (records, problems) = read(Evtx::new(), log, log.len());
    assert_eq!(read(Evtx::new(), log, step), (records.clone(), problems));

    let (all, problems) = read(Evtx::new().everything(), log, log.len());
    // Where templates blow up, reading stops earlier if more is read.
    let stopped =
        |problem: &Problem| ["blow up", "more fields"].iter().any(|it| problem.what.contains(it));
    if !problems.iter().any(stopped) {
        let schannel = |record: &&Record| record.provider.eq_ignore_ascii_case("Schannel");
        let glanced: Vec<_> = records.iter().filter(schannel).collect();
        assert_eq!(glanced, all.iter().filter(schannel).collect::<Vec<_>>());
    }
}

/// Recorded event logs, read in windows of a KiB.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let files = corpus.files(&[".evtx"]).into_iter();
    let whole = files.map(|file| [&[0, 0, 4][..], &file].concat());
    // The tokens of records, as the second form has them.
    let mut tokens = Vec::new();
    for file in corpus.files(&["System.evtx", "good.evtx"]) {
        let marks = file.windows(4).enumerate().filter(|(_, mark)| *mark == b"**\0\0");
        let parts = marks.filter_map(|(at, _)| file.get(at + 24..at + 1024)).take(40);
        tokens.extend(parts.map(<[u8]>::to_vec));
    }
    let tokens = tokens.iter().map(|tokens| [&[0x80, 0, 1][..], tokens].concat());
    whole.chain(tokens).collect()
}

/// A chunk whose records have these tokens: two of them, cut where it is said.
fn chunk(tokens: &[u8], cut: usize) -> Vec<u8> {
    let mut chunk = b"ElfChnk\0".to_vec();
    chunk.resize(HEAD, 0);
    let (one, two) = tokens.split_at(cut.min(tokens.len()));
    for (number, tokens) in [(1_u64, one), (2, two)] {
        let length = u32::try_from(tokens.len() + 28).unwrap_or(u32::MAX).to_le_bytes();
        chunk.extend(b"**\0\0");
        chunk.extend(length);
        chunk.extend(number.to_le_bytes());
        chunk.extend(number.to_le_bytes());
        chunk.extend(tokens);
        chunk.extend(length);
    }
    chunk
}

/// Reads a log through windows to which a read adds as many bytes.
fn read(mut evtx: Evtx, log: &[u8], step: usize) -> (Vec<Record>, Vec<Problem>) {
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let (mut start, mut end) = (0, 0);
    loop {
        end = (end + step).min(log.len());
        let more = if end == log.len() { More::Over } else { More::Coming };
        loop {
            let done = evtx.window(&log[start..end], more);
            records.extend(std::iter::from_fn(|| evtx.record()));
            problems.extend(std::iter::from_fn(|| evtx.problem()));
            start += done;
            if done == 0 {
                break;
            }
        }
        if more == More::Over {
            assert_eq!(start, end);
            return (records, problems);
        }
    }
}

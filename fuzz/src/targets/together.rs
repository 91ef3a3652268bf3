//! Two inputs read together, as a capture and the log of one of its ends: what is told of both is
//! clean, the order of evidence holds, and each alone tells of the same number of failures.

use std::ops::ControlFlow;

use report::{Intake, Report};

use crate::steps::{Steps, step};
use crate::{Corpus, holds};

/// Runs the target: the inputs, one behind the other.
pub(crate) fn run(bytes: &[u8]) {
    let parts: Vec<(u8, &[u8])> = Steps::new(bytes).take(3).collect();
    let inputs = || {
        (0..).zip(&parts).map(|(number, (_, part))| {
            let intake = Intake::new(format!("input-{number}"), holds::all());
            intake.whole(part, &mut |_| ControlFlow::Continue(()))
        })
    };
    let both = Report::new(inputs().collect());
    let told = holds::report(&both);
    assert_eq!(told, holds::report(&Report::new(inputs().collect())), "told twice");
    let alone: Vec<Report> = inputs().map(|input| Report::new(vec![input])).collect();
    let failed = |report: &Report| report.counts().failed;
    assert_eq!(failed(&both), alone.iter().map(failed).sum::<u64>());
    assert_eq!(both.exit(), alone.iter().map(Report::exit).max().unwrap_or(0));
}

/// Captures with logs of all kinds.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let written = corpus.files(&[".log", ".evtx", "viewer.xml", ".reg", "get-winevent.txt"]);
    let captures = corpus.files(&[".pcap"]);
    let pairs = captures.iter().zip(written.iter().cycle());
    pairs.map(|(one, two)| [step(0, one), step(0, two)].concat()).collect()
}

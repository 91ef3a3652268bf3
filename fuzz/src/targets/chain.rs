//! Any bytes as a list of certificates: judged with and without anchors, for any host, and a stapled
//! answer beside them. Whoever has signed is looked for among all of them.

use chain::{Anchors, Exchange, Notary, Purpose, Question, judge};
use wire::{Certificate, OcspResponse, Time};

use crate::Corpus;
use crate::steps::{Steps, step};

/// Certificates that are read of one input: as many as a long chain has, and a few more.
const MOST: usize = 12;

/// Runs the target: what the leaf is for, the moment in seconds, the host, then the certificates.
pub(crate) fn run(bytes: &[u8]) {
    let mut steps = Steps::new(bytes);
    let purpose = if steps.byte() & 1 == 0 { Purpose::Server } else { Purpose::Client };
    let moment = u32::from_be_bytes([(); 4].map(|()| steps.byte()));
    let host = steps.next().map_or(&[][..], |(_, host)| host);
    let host = std::str::from_utf8(host).ok().filter(|host| !host.is_empty());
    let list: Vec<&[u8]> = steps.map(|(_, der)| der).take(MOST).collect();
    let read: Vec<Certificate<'_>> =
        list.iter().filter_map(|der| Certificate::read(der).ok()).collect();
    let mut anchors = Anchors::new();
    for der in &list {
        let _ = anchors.read(der);
        let _ = OcspResponse::read(der).map(|response| response.answers.len());
        let _ = OcspResponse::read_status(der);
    }
    let notary = Notary::default();
    for anchors in [None, Some(&anchors)] {
        let exchange = if moment & 1 == 0 { Exchange::Decrypts } else { Exchange::Signs };
        let moment = Time(i64::from(moment) * 1_000_000_000);
        let question = Question { host, moment, purpose, exchange, anchors };
        let Some(judgement) = judge(&read, &question, &notary) else {
            assert!(read.is_empty());
            continue;
        };
        assert_eq!(judgement.signatures.len() + 1, judgement.path.len());
        for objection in &judgement.objections {
            assert!(!objection.flaw.to_string().is_empty() && !objection.flaw.field().is_empty());
        }
        // A judge who is asked again says the same, and what he remembers changes nothing.
        let again = judge(&read, &question, &Notary::default());
        assert_eq!(format!("{again:?}"), format!("{:?}", Some(judgement)));
    }
}

/// Chains that sides have shown, judged in 2026.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let head = [&[0, 0x6a, 0, 0, 1][..], &step(0, b"www.example.test")].concat();
    let chains = corpus.chains().into_iter();
    chains
        .map(|chain| {
            let list = chain.iter().flat_map(|der| step(0, der));
            head.iter().copied().chain(list).collect()
        })
        .collect()
}

//! Any bytes as a list of certificates: judged with and without anchors, for any host, and a stapled
//! answer beside them. Whoever has signed is looked for among all of them.
#![no_main]

use chain::{Anchors, Exchange, Notary, Purpose, Question, judge};
use libfuzzer_sys::fuzz_target;
use wire::{Certificate, OcspResponse, Time};

fuzz_target!(|input: (i64, bool, &str, Vec<&[u8]>)| {
    let (now, server, host, list) = input;
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
        let question = Question {
            host: Some(host).filter(|host| !host.is_empty()),
            moment: Time(now),
            purpose: if server { Purpose::Server } else { Purpose::Client },
            exchange: if server { Exchange::Decrypts } else { Exchange::Signs },
            anchors,
        };
        let Some(judgement) = judge(&read, &question, &notary) else {
            assert!(read.is_empty());
            continue;
        };
        assert_eq!(judgement.signatures.len() + 1, judgement.path.len());
        for objection in &judgement.objections {
            assert!(!objection.flaw.to_string().is_empty() && !objection.flaw.field().is_empty());
        }
    }
});

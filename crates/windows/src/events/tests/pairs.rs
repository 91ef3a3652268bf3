//! Which records are one failure: reasons and alerts, the newest first and last, with threads and
//! without.

use super::*;

/// Each reason, and the alert that belongs to it, in one thread of one second: one failure, whichever
/// of them stands first in the file.
#[test]
fn every_pair() {
    let alert = |code| ("AlertDesc", code);
    let of_server = [("Type", "server"), ("ErrorCode", "0x8009030d"), ("ErrorStatus", "10001")];
    let named = [("Name", "mail.example.test")];
    let error = [("ErrorCode", "0x800b0109")];
    type Event<'a> = (u32, &'a [(&'a str, &'a str)]);
    let pairs: &[(Event<'_>, Event<'_>)] = &[
        ((36874, &[("Protocol", "TLS 1.0")]), (36888, &[alert("70"), ("ErrorState", "1201")])),
        ((36874, &[("Protocol", "TLS 1.2")]), (36888, &[alert("40"), ("ErrorState", "1205")])),
        ((36882, &[]), (36888, &[alert("48"), ("ErrorState", "552")])),
        ((36881, &[]), (36888, &[alert("45"), ("ErrorState", "552")])),
        ((36883, &[]), (36888, &[alert("44"), ("ErrorState", "552")])),
        ((36884, &named), (36888, &[alert("46"), ("ErrorState", "553")])),
        ((36876, &error), (36888, &[alert("48"), ("ErrorState", "552")])),
        ((36877, &error), (36888, &[alert("48"), ("ErrorState", "0")])),
        ((36870, &of_server), (36888, &[alert("80"), ("ErrorState", "10001")])),
        ((36870, &of_server), (36871, &[("Type", "server"), ("ErrorState", "10001")])),
        ((36875, &[]), (36887, &[alert("40")])),
        ((36875, &[]), (36887, &[alert("42")])),
        ((36875, &[]), (36887, &[alert("116")])),
    ];
    for ((reason, of_reason), (result, of_result)) in pairs {
        let log = [record(1, *reason, 7, 0, of_reason), record(2, *result, 7, 3, of_result)];
        let back: Vec<Record> = log.iter().rev().cloned().collect();
        for log in [&log[..], &back] {
            let found = failures(log);
            let [sighting] = &found[..] else { panic!("{reason}, {result}: {found:?}") };
            let first = if *result == 36871 { *reason } else { *result };
            assert_eq!(sighting.event.as_ref().unwrap().id, first);
            assert_eq!(sighting.lines, 2);
        }
    }
}

/// What cannot be of one failure is told apart: two alerts, a reason that does not fit, a reason
/// behind its alert, other threads, another second, another machine, another side.
#[test]
fn what_does_not_belong_together() {
    let suites = [("Protocol", "TLS 1.2")];
    let alert = [("AlertDesc", "40"), ("ErrorState", "1205")];
    let plain = [("AlertDesc", "10"), ("ErrorState", "1203")];
    let of_client = [("AlertDesc", "40"), ("ErrorState", "808")];
    let reason = || record(1, 36874, 7, 0, &suites);
    let mut elsewhere = record(2, 36888, 7, 1, &alert);
    elsewhere.computer = Some("web1.example.test".to_owned());
    for (one, other) in [
        (record(1, 36888, 7, 0, &alert), record(2, 36888, 7, 1, &alert)),
        (record(1, 36887, 7, 0, &alert[..1]), record(2, 36888, 7, 1, &alert)),
        (reason(), record(2, 36888, 7, 1, &plain)),
        (reason(), record(2, 36888, 7, 1, &of_client)),
        (record(1, 36888, 7, 0, &alert), record(2, 36874, 7, 1, &suites)),
        (reason(), record(2, 36888, 8, 1, &alert)),
        (reason(), record(2, 36888, 7, 2_000, &alert)),
        (reason(), elsewhere),
    ] {
        for log in [[one.clone(), other.clone()], [other, one]] {
            assert_eq!(failures(&log).len(), 2, "{log:?}");
        }
    }
}

/// A record of a form that has neither threads nor numbers, and seconds alone.
fn bare(mut record: Record) -> Record {
    record.thread = None;
    record.process = None;
    record.number = None;
    let seconds = |time: Stamp| time.nanoseconds.div_euclid(1_000_000_000) * 1_000_000_000;
    record.time = record.time.map(|time| Stamp { nanoseconds: seconds(time), ..time });
    record
}

/// Without threads, neighbours of one second are one failure, the newest first or last; where two
/// could be meant that say different things, or there is no time, they are left apart.
#[test]
fn without_threads() {
    let tls12 = [("Protocol", "TLS 1.2")];
    let tls10 = [("Protocol", "TLS 1.0")];
    let alert = [("AlertDesc", "40"), ("ErrorState", "1205")];
    let log = |second: &[(&str, &str)]| {
        vec![
            bare(record(1, 36887, 1, 0, &[("AlertDesc", "48")])),
            bare(record(2, 36874, 7, 9_000, &tls12)),
            bare(record(3, 36874, 8, 9_001, second)),
            bare(record(4, 36888, 7, 9_002, &alert)),
            bare(record(5, 36888, 8, 9_003, &alert)),
            bare(record(6, 36887, 1, 19_000, &[("AlertDesc", "48")])),
        ]
    };
    let both_ways = |log: Vec<Record>| {
        let back: Vec<Record> = log.iter().rev().cloned().collect();
        let count = |log: &[Record]| {
            let mut all = ids(&failures(log));
            all.sort();
            all
        };
        assert_eq!(count(&log), count(&back));
        count(&log)
    };
    let pair = vec![36888, 36874];
    let heard = vec![36887];
    assert_eq!(both_ways(log(&tls12)), [&heard, &heard, &pair, &pair].map(Vec::clone));
    assert_eq!(both_ways(log(&tls10)).len(), 6);
    let timeless: Vec<Record> =
        log(&tls12).into_iter().map(|record| Record { time: None, ..record }).collect();
    assert_eq!(both_ways(timeless).len(), 6);
}

/// Whatever a record holds, something is told of each of SChannel's, none is told twice, and what
/// waits is bounded.
#[test]
fn records_of_any_kind() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let names = ["AlertDesc", "ErrorState", "ErrorCode", "Type", "Name", "certificateContext"];
    let texts =
        ["40", "48", "1205", "960", "0x8009030d", "-1", "server", "", "99999999999", "30820"];
    let mut log = Vec::new();
    for number in 0..20_000 {
        let id = 36_864 + u32::try_from(next(70)).unwrap();
        let mut record = record(number, id, u32::try_from(next(5)).unwrap(), 0, &[]);
        for _ in 0..next(5) {
            let name = names[usize::try_from(next(6)).unwrap()].to_owned();
            let value = match next(3) {
                0 => Value::Binary((0..next(60)).map(|_| next(256).to_le_bytes()[0]).collect()),
                _ => Value::Text(texts[usize::try_from(next(10)).unwrap()].to_owned()),
            };
            record.fields.push(Field { name: (next(9) > 0).then_some(name), value });
        }
        let nanoseconds = match next(50) {
            0 => i64::MIN + i64::try_from(next(1_000)).unwrap(),
            1 => i64::MAX,
            _ => BEGIN + i64::try_from(number * 100_000_000 + next(3_000_000_000)).unwrap(),
        };
        record.time = (next(20) > 0).then_some(Stamp { nanoseconds, zone: next(2) == 0 });
        record.number = (next(9) > 0).then_some(number);
        log.push(record);
    }
    let found = failures(&log);
    let mut events = Events::new();
    let mut others = 0;
    let mut waiting = 0;
    for record in &log {
        events.record(record);
        waiting += 1;
        while let Some(told) = events.told(More::Coming) {
            match told {
                Told::Failure(sighting) => waiting -= i64::from(sighting.lines),
                _ => {
                    waiting -= 1;
                    others += 1;
                }
            }
        }
        // Those beyond 36928 are nobody's.
        waiting -= i64::from(record.id > 36_928);
        assert!(waiting <= 200, "{waiting}");
    }
    let of_failures: u32 = found.iter().map(|sighting| sighting.lines).sum();
    let counted: u64 = events.counts().values().sum();
    assert_eq!(u64::from(of_failures) + others, counted);
    assert!(found.len() < usize::try_from(of_failures).unwrap());
}

/// A client that had no certificate to show, and the server's answer, which comes to another thread:
/// together they are one failure of a client, unless two programs waited for an answer.
#[test]
fn an_answer_to_a_missing_certificate() {
    let wanted =
        |number: u64, process: &str| record(number, 36875, 7, 0, &[("CallerProcessId", process)]);
    let answer = record(3, 36887, 9, 1_300, &[("AlertDesc", "42")]);
    let found = failures(&[wanted(1, "4"), answer.clone()]);
    let [sighting] = &found[..] else { panic!("{found:?}") };
    assert_eq!((sighting.voice, sighting.role), (Voice::Heard, Some(Side::Client)));
    assert_eq!(sighting.refused_by(), Some(Side::Server));
    assert_eq!(sighting.suspects[0].cause, "client-cert-not-selected");
    assert_eq!(failures(&[wanted(1, "4"), wanted(2, "5"), answer.clone()]).len(), 3);
    let late = record(3, 36887, 9, 2_300, &[("AlertDesc", "42")]);
    assert_eq!(failures(&[wanted(1, "4"), late]).len(), 2);
    let before = record(1, 36887, 9, 0, &[("AlertDesc", "42")]);
    assert_eq!(failures(&[before, record(2, 36875, 7, 300, &[])]).len(), 2);
}

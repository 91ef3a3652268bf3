//! Records of any kind and in any order: each of SChannel is told once, in a failure or by itself,
//! and no failure has an event twice.
use crate::Corpus;
use logs::{More, Stamp};
use windows::{Events, Field, Record, Told, Value};

/// Fields that events have, and one that none has.
const NAMES: [&str; 12] = [
    "AlertDesc",
    "ErrorState",
    "ErrorCode",
    "ErrorStatus",
    "Type",
    "Protocol",
    "Name",
    "CallerProcessId",
    "certificateContext",
    "pCertificateContext",
    "binaryData",
    "Other",
];

/// Runs the target.
pub(crate) fn run(input: &[u8]) {
    let mut events = Events::new();
    let mut told = Vec::new();
    let mut rest = input;
    let mut time = 1_795_000_000_000_000_000_i64;
    while let Some(record) = record(&mut rest, &mut time) {
        events.record(&record);
        told.extend(std::iter::from_fn(|| events.told(More::Coming)));
    }
    told.extend(std::iter::from_fn(|| events.told(More::Over)));
    let records = told.iter().map(|told| match told {
        Told::Failure(sighting) => {
            let event = sighting.event.as_ref().unwrap();
            let mut ids = event.ids.clone();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), event.ids.len());
            assert_eq!(u32::try_from(ids.len()), Ok(sighting.lines));
            u64::from(sighting.lines)
        }
        _ => 1,
    });
    assert_eq!(records.sum::<u64>(), events.counts().values().sum::<u64>());
}

/// Events one behind the other, with fields and without.
pub(crate) fn seeds(_: &Corpus) -> Vec<Vec<u8>> {
    let field = |name: u8, text: &[u8]| [&[name, text.len() as u8][..], text].concat();
    let event = |id: u8, fields: &[Vec<u8>]| {
        [&[id, 1, 1, 0x3f, fields.len() as u8][..], &fields.concat()].concat()
    };
    let received = event(23, &[field(0, b"48")]);
    let sent = event(24, &[field(0, b"40"), field(1, b"1205")]);
    let more = event(10, &[field(4, b"server"), field(2, b"0x8009030d"), field(9, &[0x30, 0x82])]);
    let all = [received, sent, more, event(16, &[]), event(5, &[field(3, b"0x800b0109")])];
    let pairs = all.iter().flat_map(|one| all.iter().map(move |two| [&one[..], two].concat()));
    pairs.collect()
}

/// The next record: its number, thread and place in time, and its fields.
fn record(rest: &mut &[u8], time: &mut i64) -> Option<Record> {
    let [id, thread, later, has, fields] = *take(rest, 5)? else { return None };
    *time = time.saturating_add(i64::from(later.cast_signed()) * 100_000_000);
    let known = |bit: u8| has & 1 << bit != 0;
    let mut record = Record {
        provider: "Schannel".to_owned(),
        id: 36_864 + u32::from(id % 65),
        number: known(0).then_some(u64::from(later)),
        time: known(1).then_some(Stamp { nanoseconds: *time, zone: known(2) }),
        computer: known(3).then(|| "dc1.example.test".to_owned()),
        process: known(4).then_some(668),
        thread: known(5).then_some(u32::from(thread % 4)),
        ..Record::default()
    };
    for _ in 0..fields % 4 {
        let [name, length] = *take(rest, 2)? else { return None };
        let bytes = take(rest, usize::from(length))?;
        let name = NAMES.get(usize::from(name % 16)).map(|name| (*name).to_owned());
        let value = match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Binary(bytes.to_vec()),
        };
        record.fields.push(Field { name, value });
    }
    Some(record)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(taken)
}

//! Captures whose clock stands at an end of time: no sum and no difference of times leaves its range.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::Path;

use tlswhy_diagnosis::Docket;
use trace::Tracer;
use wire::{Next, Packets, Time};

/// A capture may say that it is of the year 1677 or 2262, or of both in turn: what is found is as
/// good as its times, and nothing ends the reading. Overflow is checked in tests and releases.
#[test]
fn times_at_the_ends_of_time_are_read() {
    let clocks: [fn(u64) -> i64; 3] =
        [|_| i64::MAX, |_| i64::MIN, |number| if number % 2 == 0 { i64::MAX } else { i64::MIN }];
    let mut judged = 0;
    for cause in fs::read_dir("../../corpus").unwrap().map(|it| it.unwrap().path()) {
        for case in fs::read_dir(&cause).into_iter().flatten().map(|it| it.unwrap().path()) {
            let Ok(bytes) = fs::read(case.join("input.pcap")) else { continue };
            judged += clocks.iter().map(|clock| judge(&bytes, &case, *clock)).sum::<usize>();
        }
    }
    assert!(judged > 3000, "{judged}");
}

/// How many failures are found where a clock says when each packet came.
fn judge(bytes: &[u8], case: &Path, clock: fn(u64) -> i64) -> usize {
    let (mut packets, mut tracer) = (Packets::new(), Tracer::new());
    while let Next::Packet(mut packet) = packets.next(bytes, true) {
        packet.time = Time(clock(packet.number));
        tracer.packet(&packet);
    }
    tracer.finish();
    let mut docket = Docket::default();
    while let Some(session) = tracer.ended() {
        docket.add(session);
    }
    // Where it panics, this is the name of the case.
    println!("{}", case.display());
    docket.finish();
    std::iter::from_fn(|| docket.judged()).count()
}

//! A capture without end: reels that are cast again and again into a pipe, deterministic, and
//! cheaper to write than to read, so that it does not hold up who reads it.

use std::io::{self, Write};

use crate::bench::input::capture::is_failing;
use crate::bench::input::flow::Flow;
use crate::bench::input::reel::{Reel, head};
use crate::bench::input::stock::{AT_A_TIME, Stock};

/// What a generator writes, in turn.
pub(super) struct Generator {
    reels: Vec<Reel>,
}

/// Where a generator stops: at the end of the reel that reaches it.
#[derive(Clone, Copy)]
pub(super) enum Until {
    Bytes(u64),
    Connections(u64),
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) bytes: u64,
    pub(super) packets: u64,
    pub(super) connections: u64,
}

impl Generator {
    /// Established connections with much application data; one in four fails.
    pub(super) fn bulk(stock: &Stock) -> Self {
        let groups = (0..BULK_REELS).map(|number| stock.bulk(number * (AT_A_TIME - 1)).0);
        Self { reels: groups.map(|group| Reel::of(&group)).collect() }
    }

    /// The shortest connections of the corpus: only established ones, or three in ten of them
    /// refused by an alert.
    pub(super) fn short(stock: &Stock, with_failing: bool) -> Self {
        let (good, failing) = stock.short(GOOD, FAILING);
        let (mut good, mut failing) = (good.into_iter().cycle(), failing.into_iter().cycle());
        let flows: Vec<Flow> = (0..SHORT)
            .filter_map(|number| {
                let fails = with_failing && is_failing(number);
                if fails { failing.next() } else { good.next() }.cloned()
            })
            .collect();
        Self { reels: flows.chunks(AT_A_TIME).map(Reel::of).collect() }
    }

    /// Write a capture.
    pub(super) fn write(&self, until: Until, out: &mut dyn Write) -> io::Result<Written> {
        let mut block = head();
        let mut written = Written { bytes: 0, packets: 0, connections: 0 };
        let mut clock = 0;
        for reel in self.reels.iter().cycle() {
            let first = (written.connections % CLIENTS) as u32;
            reel.cast(clock, first, || false, &mut block);
            clock += reel.length;
            written.packets += reel.packets();
            written.connections += u64::from(reel.connections);
            let bytes = written.bytes + block.len() as u64;
            let enough = match until {
                Until::Bytes(limit) => bytes >= limit,
                Until::Connections(limit) => written.connections >= limit,
            };
            if enough || block.len() >= BLOCK {
                out.write_all(&block)?;
                written.bytes = bytes;
                block.clear();
            }
            if enough {
                break;
            }
        }
        Ok(written)
    }
}

/// Reels of bulk: three established connections and a failing one each, some ten megabytes in all,
/// which stay in the processor's cache.
const BULK_REELS: usize = 12;
/// Connections of a generator of short ones before it begins again.
const SHORT: u64 = 40;
/// How many different ones of these are established, and how many refused.
const GOOD: usize = 28;
const FAILING: usize = 12;
/// Every connection is from a client of its own, as far as the network of clients reaches.
const CLIENTS: u64 = 1 << 24;
/// What is written at once.
const BLOCK: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use report::{Intake, Options};

    use super::*;
    use crate::repo;

    fn read(generator: &Generator, until: Until) -> (Written, report::Input) {
        let mut bytes = Vec::new();
        let written = generator.write(until, &mut bytes).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64);
        let options = Options { alerts: true, failures: true, join: true, first: false };
        let watch = &mut |_| ControlFlow::Continue(());
        (written, Intake::new("generated", options).whole(&bytes, watch))
    }

    /// Our own reader finds in what is generated as many packets and connections as were written,
    /// all of them whole, and as many failures as there should be.
    #[test]
    fn short_connections_are_read() {
        let stock = Stock::read(&repo::root().join("corpus")).unwrap();
        let (written, input) = read(&Generator::short(&stock, true), Until::Connections(200));
        assert_eq!(written.connections, 200);
        assert_eq!((input.packets, input.counts.conversations), (written.packets, 200));
        assert_eq!((input.tally.tcp, input.tally.malformed), (written.packets, 0));
        assert!(input.problems.is_empty(), "{:?}", input.problems);
        assert_eq!((input.counts.good + input.counts.warned, input.counts.failed), (140, 60));
        assert_eq!(input.alerts.iter().filter(|sent| sent.message.level.code() == 2).count(), 60);
        let (_, input) = read(&Generator::short(&stock, false), Until::Connections(200));
        assert_eq!((input.counts.conversations, input.counts.failed), (200, 0));
    }

    /// Bulk reaches the size asked for with the same connections whatever the size.
    #[test]
    fn bulk_is_read() {
        let stock = Stock::read(&repo::root().join("corpus")).unwrap();
        let (written, input) = read(&Generator::bulk(&stock), Until::Bytes(3_000_000));
        assert!((3_000_000..5_000_000).contains(&written.bytes), "{written:?}");
        assert_eq!(input.counts.conversations, written.connections);
        assert_eq!((input.packets, input.tally.malformed), (written.packets, 0));
    }
}

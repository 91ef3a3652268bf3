//! The captures that the bench makes for itself from the corpus: the same each time.
//!
//! Every connection in them is a recorded one under new addresses, so the handshakes, failures and
//! alerts are real. Four run at a time, as they would through a busy server.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::dice::Dice;
use super::flow::Flow;
use super::reel::{Reel, head};
use super::stock::{AT_A_TIME, Stock};
use super::{Contents, Input};

/// A kind of capture, and how much of it.
#[derive(Clone, Copy, Hash)]
pub(crate) enum Plan {
    /// Mostly application data, until the file has this many bytes; one connection in four fails.
    Bulk { bytes: u64 },
    /// This many connections that carry a handshake and little else; three in ten fail.
    Handshakes { connections: u64 },
    /// The same, of which one packet in a hundred is lost.
    Lossy { connections: u64 },
    /// The same without loss, as it is seen at one place of many at the same time: between other
    /// hosts and in another order than at the others.
    Place { number: u32, connections: u64 },
    /// This many connections over QUIC with some data each; one in four fails.
    Quic { connections: u64 },
}

impl Stock {
    /// The capture of a plan, at `path`.
    pub(crate) fn capture(&self, plan: Plan, path: PathBuf) -> Result<Input> {
        Input::made(path, (plan, self.hash, VERSION), |out| {
            let mut writer = Writer::new(out)?;
            match plan {
                Plan::Bulk { bytes } => self.write_bulk(bytes, &mut writer)?,
                Plan::Handshakes { connections } => {
                    self.write_handshakes(connections, 0, &mut writer)?;
                }
                Plan::Lossy { connections } => {
                    writer.loss = Some(Dice::new(LOSS_SEED));
                    self.write_handshakes(connections, 0, &mut writer)?;
                }
                Plan::Place { number, connections } => {
                    writer.before = number << 20;
                    self.write_handshakes(connections, number as usize * 97, &mut writer)?;
                }
                Plan::Quic { connections } => self.write_quic(connections, &mut writer)?,
            }
            Ok(writer.contents())
        })
    }

    fn write_bulk(&self, bytes: u64, writer: &mut Writer<'_>) -> Result<()> {
        let mut number = 0;
        while writer.bytes < bytes {
            let (group, application) = self.bulk(number);
            writer.application += application;
            writer.failing += 1;
            writer.group(&group)?;
            number += AT_A_TIME - 1;
        }
        Ok(())
    }

    /// The connections of the corpus in turn, from one of them on.
    fn write_handshakes(
        &self,
        connections: u64,
        from: usize,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let mut group = Vec::new();
        let mut good = self.good.iter().cycle().skip(from);
        let mut failing = self.failing.iter().cycle().skip(from);
        for number in 0..connections {
            let fails = is_failing(number);
            writer.failing += u64::from(fails);
            group.extend(if fails { failing.next() } else { good.next() }.cloned());
            if group.len() == AT_A_TIME || number + 1 == connections {
                writer.group(&group)?;
                group.clear();
            }
        }
        Ok(())
    }

    fn write_quic(&self, connections: u64, writer: &mut Writer<'_>) -> Result<()> {
        let [good, failing] = &self.quic;
        let mut group = Vec::new();
        for number in 0..connections {
            let fails = number % 4 == 3;
            let stock = if fails { failing } else { good };
            let place = number as usize / 4 % stock.len();
            let bulk = if fails { 0 } else { 12 + number as usize % 13 };
            let recorded = stock.get(place).context("no recording of QUIC")?;
            group.push(recorded.again(number, bulk, &self.noise)?);
            writer.failing += u64::from(fails);
            writer.application += bulk * 1452;
            if group.len() == AT_A_TIME || number + 1 == connections {
                writer.group(&group)?;
                group.clear();
            }
        }
        Ok(())
    }
}

/// Whether the connection of this number is one that fails: three in ten, spread.
pub(crate) fn is_failing(number: u64) -> bool {
    matches!(number % 10, 2 | 5 | 8)
}

/// Writes groups of connections as classic pcap, and counts.
struct Writer<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
    packets: u64,
    connections: u32,
    failing: u64,
    application: usize,
    /// The number of the client before the first one.
    before: u32,
    /// Microseconds since the start of the capture.
    clock: u64,
    /// Chooses the packets that are lost, and how many were.
    loss: Option<Dice>,
    lost: u64,
    block: Vec<u8>,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut dyn Write) -> Result<Self> {
        out.write_all(&head())?;
        Ok(Self {
            out,
            bytes: head().len() as u64,
            packets: 0,
            connections: 0,
            failing: 0,
            application: 0,
            before: 0,
            clock: 0,
            loss: None,
            lost: 0,
            block: Vec::new(),
        })
    }

    /// Write connections that run side by side, a little apart, each between hosts of its own.
    fn group(&mut self, flows: &[Flow]) -> Result<()> {
        let reel = Reel::of(flows);
        let first = self.before + self.connections + 1;
        let (loss, lost) = (&mut self.loss, &mut self.lost);
        let before = *lost;
        let is_lost = || {
            let is_lost = loss.as_mut().is_some_and(|dice| dice.below(ONE_OF) == 0);
            *lost += u64::from(is_lost);
            is_lost
        };
        self.block.clear();
        reel.cast(self.clock, first, is_lost, &mut self.block);
        self.out.write_all(&self.block)?;
        self.bytes += self.block.len() as u64;
        self.packets += reel.packets() - (self.lost - before);
        self.connections += reel.connections;
        self.clock += reel.length;
        Ok(())
    }

    fn contents(self) -> Contents {
        let share = 100.0 * self.application as f64 / self.bytes as f64;
        let bulk = match self.application {
            0 => String::new(),
            _ => format!(", {share:.0} % of it added application data"),
        };
        let loss = match self.lost {
            0 => String::new(),
            lost => format!(" and {lost} more that are lost"),
        };
        let about = format!(
            "{:.0} MB{bulk}, {} packets{loss}, {} connections, {} of them from failing cases",
            self.bytes as f64 / 1e6,
            self.packets,
            self.connections,
            self.failing,
        );
        Contents { about, failures: self.failing }
    }
}

/// Goes up when the same corpus and plan would give another file.
const VERSION: u32 = 3;
/// One packet of so many is lost.
const ONE_OF: u64 = 100;
const LOSS_SEED: u64 = 0x1055;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::input::bulk::Noise;
    use crate::bench::input::flow::tests::{ESTABLISHED, capture};

    fn write(connections: u64, loss: Option<Dice>) -> (Contents, u64, Vec<u8>) {
        let flow = Flow::all(&capture(ESTABLISHED)).unwrap().remove(0);
        let (good, failing) = (vec![flow.clone()], vec![flow]);
        let noise = Noise::new();
        let stock = Stock { good, failing, quic: Default::default(), noise, hash: 0 };
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes).unwrap();
        writer.loss = loss;
        stock.write_handshakes(connections, 0, &mut writer).unwrap();
        let packets = writer.packets;
        (writer.contents(), packets, bytes)
    }

    /// The same plan gives the same bytes, with as many connections as asked for.
    #[test]
    fn the_same_each_time() {
        let (contents, packets, bytes) = write(10, None);
        assert_eq!((contents.failures, packets), (3, 10 * ESTABLISHED.len() as u64));
        assert_eq!(write(10, None).2, bytes);
    }

    /// About one packet in a hundred is lost, and the count of what is left is right.
    #[test]
    fn one_packet_in_a_hundred_is_lost() {
        let (_, packets, bytes) = write(1000, Some(Dice::new(LOSS_SEED)));
        let left = crate::bench::input::reel::tests::packets(&bytes[head().len()..]).len() as u64;
        assert_eq!(packets, left);
        let lost = 1000 * ESTABLISHED.len() as u64 - left;
        assert!((40..80).contains(&lost), "{lost}");
    }
}

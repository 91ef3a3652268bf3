//! Standard input, read by a thread of its own, so that Ctrl-C is heard while nothing comes.

use std::io::{self, Read};
use std::rc::Rc;
use std::time::{Duration, Instant};

use report::{Input, Intake, Kind, NotUnpacked, Pause, Watch};

use super::ahead::{Ahead, Come};
use crate::signals::Stop;

/// Reads standard input to its end. `is_ahead` says that a core is free to unpack it.
pub(crate) fn read(
    intake: Intake<'_>,
    pause: Rc<Pause>,
    stop: &Stop,
    is_ahead: bool,
    watch: Watch<'_>,
) -> Input {
    let mut stdin = Stdin::new(Ahead::new(io::stdin(), stop.clone()), pause);
    match stdin.look() {
        Ok(kind) if kind.is_packed() && is_ahead => {
            intake.unpacked(Ahead::unpacked(kind, stdin.ahead, stop.clone()), watch)
        }
        Ok(_) => intake.stream(&mut stdin, watch),
        Err(error) => intake.unpacked(Err(NotUnpacked { kind: Kind::Empty, error }), watch),
    }
}

/// Blocks of standard input, and the pauses between them.
struct Stdin {
    ahead: Ahead,
    pause: Rc<Pause>,
    flow: Flow,
    /// The last block was a few lines, or a few packets.
    trickles: bool,
    /// When the first block came.
    began: Instant,
    paused: Instant,
}

/// What comes, as its first block shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Lines of a log.
    Lines,
    /// Packets of a capture.
    Packets,
    /// Something that may not pause: an unpacker would take a pause for the end, and so would who
    /// looks for what it is.
    Whole,
}

impl Stdin {
    fn new(ahead: Ahead, pause: Rc<Pause>) -> Self {
        let now = Instant::now();
        Self { ahead, pause, flow: Flow::Whole, trickles: false, began: now, paused: now }
    }

    /// Waits for the first block, and tells what it looks like.
    fn look(&mut self) -> io::Result<Kind> {
        loop {
            match self.ahead.next()? {
                Come::Nothing => {}
                Come::Block(length) => {
                    let kind = Kind::of(self.ahead.block());
                    self.flow = match kind {
                        _ if kind.is_log() => Flow::Lines,
                        _ if kind.is_capture() => Flow::Packets,
                        _ => Flow::Whole,
                    };
                    self.began = Instant::now();
                    self.came(length);
                    return Ok(kind);
                }
                Come::End => return Ok(Kind::Empty),
            }
        }
    }

    /// Takes note of how much came at once.
    fn came(&mut self, bytes: usize) {
        self.trickles = self.flow != Flow::Whole && bytes < FEW;
        if bytes >= MANY {
            self.pause.flood();
        }
    }

    /// Says that nothing comes for now, by a read without bytes.
    fn pause(&mut self) -> io::Result<usize> {
        self.pause.begin();
        self.trickles = false;
        self.paused = Instant::now();
        Ok(0)
    }

    /// The same for packets that keep coming: they may be captured just now.
    fn tick(&mut self) -> io::Result<usize> {
        self.pause.tick(self.began.elapsed());
        self.paused = Instant::now();
        Ok(0)
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ahead.rest(buffer);
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            // Where a line comes every moment there is never silence.
            if self.trickles && self.paused.elapsed() >= PATIENCE {
                return self.pause();
            }
            if self.flow == Flow::Packets && self.paused.elapsed() >= PATIENCE {
                return self.tick();
            }
            match self.ahead.next()? {
                Come::Block(length) => self.came(length),
                // What has come is worth telling while nothing else comes.
                Come::Nothing if self.flow != Flow::Whole => return self.pause(),
                Come::Nothing => {}
                Come::End => return Ok(0),
            }
        }
    }
}

/// A block of fewer bytes is a few lines or packets of what is written while it is read.
const FEW: usize = 4 << 10;
/// A block of as many bytes was written before.
const MANY: usize = 16 << 10;
/// How long failures wait to be told while more comes.
const PATIENCE: Duration = Duration::from_secs(1);

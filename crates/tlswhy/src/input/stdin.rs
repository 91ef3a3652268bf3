//! Standard input, read by a thread of its own, so that Ctrl-C is heard while nothing comes.

use std::io::{self, ErrorKind, Read};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use report::{Kind, Pause};

use crate::signals::Stop;

/// Reads blocks of standard input; ends early when somebody asks to stop.
pub(crate) struct Stdin<'a> {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: io::Cursor<Vec<u8>>,
    stop: &'a Stop,
    pause: Rc<Pause>,
    /// What comes are the lines of a log, so that it may pause: an unpacker would take a pause for
    /// the end, and so would who looks at the first bytes of a capture.
    lines: bool,
    /// The last block was a few lines.
    trickles: bool,
    paused: Instant,
}

impl<'a> Stdin<'a> {
    /// Starts the reading.
    pub(crate) fn open(stop: &'a Stop, pause: Rc<Pause>) -> Self {
        let (sender, blocks) = sync_channel(AHEAD);
        // The thread ends with the input, with the receiver, or with the command.
        thread::spawn(move || fetch(&sender));
        Self {
            blocks,
            block: io::Cursor::default(),
            stop,
            pause,
            lines: false,
            trickles: false,
            paused: Instant::now(),
        }
    }

    /// Says that nothing comes for now, by a read without bytes.
    fn pause(&mut self) -> io::Result<usize> {
        self.trickles = false;
        self.paused = Instant::now();
        self.pause.begin();
        Ok(0)
    }
}

impl Read for Stdin<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.block.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            // Where a line comes every moment there is never silence.
            if self.trickles && self.paused.elapsed() >= PATIENCE {
                return self.pause();
            }
            match self.blocks.recv_timeout(LISTEN) {
                Ok(block) => {
                    let block = block?;
                    if self.block.get_ref().is_empty() {
                        self.lines = Kind::of(&block).is_log();
                    }
                    self.trickles = self.lines && block.len() < FEW;
                    if block.len() >= MANY {
                        self.pause.flood();
                    }
                    self.block = io::Cursor::new(block);
                }
                // What has come is worth telling while nothing else comes.
                Err(RecvTimeoutError::Timeout) if self.lines && !self.stop.is_asked() => {
                    return self.pause();
                }
                Err(RecvTimeoutError::Timeout) if !self.stop.is_asked() => {}
                Err(_) => return Ok(0),
            }
        }
    }
}

fn fetch(sender: &SyncSender<io::Result<Vec<u8>>>) {
    let mut stdin = io::stdin().lock();
    loop {
        let mut block = vec![0; BLOCK];
        let block = match stdin.read(&mut block) {
            Ok(0) => return,
            Ok(read) => {
                block.truncate(read);
                Ok(block)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let over = block.is_err();
        if sender.send(block).is_err() || over {
            return;
        }
    }
}

/// Bytes read in one go: what a pipe holds.
const BLOCK: usize = 64 << 10;
/// Blocks read ahead.
const AHEAD: usize = 8;
/// A block of fewer bytes is a few lines of a log that is written while it is read.
const FEW: usize = 4 << 10;
/// A block of as many bytes was written before.
const MANY: usize = 16 << 10;
/// How long failures wait to be told while lines trickle in.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks for Ctrl-C, and how long nothing comes before there is a pause.
const LISTEN: Duration = Duration::from_millis(200);

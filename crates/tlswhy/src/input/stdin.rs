//! Standard input, read by a thread of its own, so that Ctrl-C is heard while nothing comes.

use std::io::{self, ErrorKind, Read};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use report::{Kind, Pause};

use crate::signals::Stop;

/// Reads blocks of standard input; ends early when somebody asks to stop.
pub(crate) struct Stdin<'a> {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: io::Cursor<Vec<u8>>,
    stop: &'a Stop,
    pause: Rc<Pause>,
    /// What comes is not packed, so that it may pause: an unpacker would take a pause for the end.
    plain: bool,
}

impl<'a> Stdin<'a> {
    /// Starts the reading.
    pub(crate) fn open(stop: &'a Stop, pause: Rc<Pause>) -> Self {
        let (sender, blocks) = sync_channel(AHEAD);
        // The thread ends with the input, with the receiver, or with the command.
        thread::spawn(move || fetch(&sender));
        Self { blocks, block: io::Cursor::default(), stop, pause, plain: false }
    }
}

impl Read for Stdin<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.block.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.blocks.recv_timeout(LISTEN) {
                Ok(block) => {
                    let block = block?;
                    if self.block.get_ref().is_empty() {
                        self.plain = !Kind::of(&block).is_packed();
                    }
                    self.block = io::Cursor::new(block);
                }
                // What has come is worth telling while nothing else comes.
                Err(RecvTimeoutError::Timeout) if self.plain && !self.stop.is_asked() => {
                    self.pause.begin();
                    return Ok(0);
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
/// Between two looks for Ctrl-C.
const LISTEN: Duration = Duration::from_millis(200);

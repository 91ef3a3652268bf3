//! A thread that reads ahead of the one that works: from a pipe, and what is packed.
//!
//! The blocks go round: the reader fills them, the worker gives them back, and nothing is allocated
//! once they are there. A plain file is read by the worker itself, which was measured to be faster.

use std::io::{self, ErrorKind, Read};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use report::{Broken, Gauge, Kind, NotUnpacked, Unpack};

use crate::signals::Stop;

/// Takes the packing off what is packed, in another thread if a core is free: then somebody may ask
/// to stop it.
///
/// # Errors
/// What cannot be unpacked, and why.
pub(crate) fn open(
    mut bytes: impl Read + Send + 'static,
    ahead: Option<&Stop>,
) -> Result<Unpack<'static>, NotUnpacked> {
    let Some(stop) = ahead else { return Unpack::new(bytes) };
    let mut head = Vec::with_capacity(Kind::LOOK);
    let looked = bytes.by_ref().take(Kind::LOOK as u64).read_to_end(&mut head);
    looked.map_err(|error| NotUnpacked { kind: Kind::Empty, error })?;
    let kind = Kind::of(&head);
    let whole = io::Cursor::new(head).chain(bytes);
    if kind.is_packed() { Ahead::unpacked(kind, whole, stop.clone()) } else { Unpack::new(whole) }
}

/// Blocks that another thread reads. They end early when somebody asks to stop.
pub(crate) struct Ahead {
    filled: Receiver<io::Result<Block>>,
    spare: SyncSender<Vec<u8>>,
    block: Block,
    /// How much of the block has been handed out.
    given: usize,
    stop: Stop,
}

/// What one read gave, and how far an unpacker had come with it.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    length: usize,
    taken: u64,
    broken: Broken,
}

/// Blocks that another thread unpacks.
struct Inside {
    ahead: Ahead,
    gauge: Rc<Gauge>,
}

/// What came while it was waited for the next block.
pub(crate) enum Come {
    /// A block of so many bytes.
    Block(usize),
    /// Nothing, for now.
    Nothing,
    /// The end.
    End,
}

impl Ahead {
    /// Starts to read.
    pub(crate) fn new(mut from: impl Read + Send + 'static, stop: Stop) -> Self {
        let (ahead, reader) = Self::pair(stop);
        // The thread ends with the input, with who listens to it, or with the command.
        thread::spawn(move || reader.read(&mut from, &Gauge::default()));
        ahead
    }

    /// Starts to read what is packed, as this kind says, and to unpack it; gives what is inside.
    ///
    /// # Errors
    /// The beginning cannot be read or unpacked, or somebody asks to stop in front of it.
    pub(crate) fn unpacked(
        kind: Kind,
        from: impl Read + Send + 'static,
        stop: Stop,
    ) -> Result<Unpack<'static>, NotUnpacked> {
        let (say, said) = sync_channel(1);
        let (ahead, reader) = Self::pair(stop);
        thread::spawn(move || {
            let (told, inside) = match Unpack::new(from) {
                Ok(inside) => (Ok((inside.kind(), inside.layers().to_vec())), Some(inside)),
                Err(error) => (Err(error), None),
            };
            if let (Ok(()), Some(mut inside)) = (say.send(told), inside) {
                let gauge = inside.gauge();
                reader.read(&mut inside, &gauge);
            }
        });
        loop {
            match said.recv_timeout(LISTEN) {
                Ok(told) => {
                    let (kind, layers): (Kind, Vec<Kind>) = told?;
                    let gauge = Rc::default();
                    let inside = Inside { ahead, gauge: Rc::clone(&gauge) };
                    return Ok(Unpack::elsewhere(inside, kind, layers, gauge));
                }
                Err(RecvTimeoutError::Timeout) if !ahead.stop.is_asked() => {}
                Err(_) => {
                    let error = io::Error::other("stopped before anything came out of it");
                    return Err(NotUnpacked { kind, error });
                }
            }
        }
    }

    fn pair(stop: Stop) -> (Self, Reader) {
        let (fill, filled) = sync_channel(BLOCKS);
        let (spare, spares) = sync_channel(BLOCKS);
        let ahead = Self { filled, spare, block: Block::default(), given: 0, stop };
        (ahead, Reader { fill, spares })
    }

    /// Hands out what is left of the block.
    pub(crate) fn rest(&mut self, buffer: &mut [u8]) -> usize {
        let left = self.block.bytes.get(self.given..self.block.length).unwrap_or_default();
        let read = left.len().min(buffer.len());
        let (left, buffer) = (left.get(..read), buffer.get_mut(..read));
        if let (Some(left), Some(buffer)) = (left, buffer) {
            buffer.copy_from_slice(left);
        }
        self.given += read;
        read
    }

    /// The next block in the place of the last one, if one comes soon.
    pub(crate) fn next(&mut self) -> io::Result<Come> {
        match self.filled.recv_timeout(LISTEN) {
            Ok(block) => {
                let last = std::mem::replace(&mut self.block, block?);
                self.given = 0;
                if last.length > 0 {
                    // Where nobody reads any more, nobody needs it.
                    let _ = self.spare.try_send(last.bytes);
                }
                Ok(if self.block.length == 0 { Come::End } else { Come::Block(self.block.length) })
            }
            Err(RecvTimeoutError::Timeout) if !self.stop.is_asked() => Ok(Come::Nothing),
            Err(_) => Ok(Come::End),
        }
    }

    /// The block at hand.
    pub(crate) fn block(&self) -> &[u8] {
        self.block.bytes.get(..self.block.length).unwrap_or_default()
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.rest(buffer);
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Come::End = self.next()? {
                return Ok(0);
            }
        }
    }
}

impl Read for Inside {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.ahead.read(buffer);
        self.gauge.taken.set(self.ahead.block.taken);
        self.gauge.broken.set(self.ahead.block.broken);
        read
    }
}

/// The thread's end of it.
struct Reader {
    fill: SyncSender<io::Result<Block>>,
    spares: Receiver<Vec<u8>>,
}

impl Reader {
    /// Reads to the end, or until nobody listens. The end is a block without bytes.
    fn read(&self, from: &mut dyn Read, gauge: &Gauge) {
        let mut made = 0;
        loop {
            let bytes = match self.spares.try_recv() {
                Ok(bytes) => bytes,
                Err(_) if made < BLOCKS => {
                    made += 1;
                    vec![0; BLOCK]
                }
                Err(_) => match self.spares.recv() {
                    Ok(bytes) => bytes,
                    Err(_) => return,
                },
            };
            let block = fill(bytes, from, gauge);
            let is_last = block.as_ref().map_or(true, |block| block.length == 0);
            if self.fill.send(block).is_err() || is_last {
                return;
            }
        }
    }
}

/// Fills a block with what one read gives.
fn fill(mut bytes: Vec<u8>, from: &mut dyn Read, gauge: &Gauge) -> io::Result<Block> {
    loop {
        match from.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => {
                let (length, taken, broken) = (read?, gauge.taken.get(), gauge.broken.get());
                return Ok(Block { bytes, length, taken, broken });
            }
        }
    }
}

/// Bytes read in one go: what a pipe holds.
const BLOCK: usize = 64 << 10;
/// Blocks that go round.
const BLOCKS: usize = 8;
/// Between two looks for Ctrl-C, and how long nothing comes before there is a pause.
const LISTEN: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Write;
    use std::sync::mpsc::Sender;
    use std::sync::{Arc, Mutex, mpsc};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// Gives bytes in pieces, or nothing but silence, and says when it is given up.
    struct Source {
        left: usize,
        buffers: Arc<Mutex<BTreeSet<usize>>>,
        silence: Option<Receiver<()>>,
        gone: Sender<()>,
    }

    impl Source {
        fn new(left: usize, silence: Option<Receiver<()>>) -> (Self, Receiver<()>) {
            let (gone, over) = mpsc::channel();
            (Self { left, buffers: Arc::default(), silence, gone }, over)
        }
    }

    impl Read for Source {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if let Some(silence) = &self.silence {
                let _ = silence.recv();
            }
            self.buffers.lock().unwrap().insert(buffer.as_ptr() as usize);
            let read = buffer.len().min(self.left).min(1 + self.left % 70_001);
            buffer[..read].fill(self.left as u8);
            self.left -= read;
            Ok(read)
        }
    }

    impl Drop for Source {
        fn drop(&mut self) {
            let _ = self.gone.send(());
        }
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    /// All bytes come, in order, through a few blocks that go round.
    #[test]
    fn blocks_go_round() {
        let (source, _over) = Source::new(4 << 20, None);
        let buffers = Arc::clone(&source.buffers);
        let mut read = Vec::new();
        Ahead::new(source, Stop::default()).read_to_end(&mut read).unwrap();
        let mut expected = Vec::new();
        Source::new(4 << 20, None).0.read_to_end(&mut expected).unwrap();
        assert!(read.len() == 4 << 20 && read.len() == expected.len());
        assert!(buffers.lock().unwrap().len() <= BLOCKS);
    }

    /// The thread gives its source up as soon as nobody reads any more, however much is left.
    #[test]
    fn the_thread_ends_with_its_reader() {
        let (source, over) = Source::new(usize::MAX, None);
        let mut ahead = Ahead::new(source, Stop::default());
        assert!(ahead.read(&mut [0; 10]).unwrap() > 0);
        drop(ahead);
        over.recv().unwrap();

        let (source, over) = Source::new(usize::MAX, None);
        let packed = io::Cursor::new(gzip(&[7; 4 << 20])).chain(source);
        let mut inside = Ahead::unpacked(Kind::Gzip, packed, Stop::default()).unwrap();
        assert!(inside.read(&mut [0; 10]).unwrap() > 0);
        drop(inside);
        over.recv().unwrap();
    }

    /// Who asks to stop is heard while nothing comes, packed or not.
    #[test]
    fn stopping_is_heard_in_silence() {
        let stop = Stop::default();
        let (_held, silence) = mpsc::channel();
        let mut ahead = Ahead::new(Source::new(1, Some(silence)).0, stop.clone());
        let (_held, silence) = mpsc::channel();
        let front = gzip(&[7; 1 << 20])[..600].to_vec();
        let packed = io::Cursor::new(front).chain(Source::new(1, Some(silence)).0);
        let mut inside = Ahead::unpacked(Kind::Gzip, packed, stop.clone()).unwrap();
        stop.ask();
        assert_eq!(ahead.read(&mut [0; 10]).unwrap(), 0);
        inside.read_to_end(&mut Vec::new()).unwrap();
        let (_held, silence) = mpsc::channel();
        assert!(Ahead::unpacked(Kind::Gzip, Source::new(1, Some(silence)).0, stop).is_err());
    }

    /// Unpacked by another thread, everything is as it is in one: the bytes, the layers, how much
    /// was taken, where UTF-16 is incomplete, and what is said of the cut.
    #[test]
    fn another_thread_changes_nothing() {
        let text = "\u{feff}größer \u{10348}\n".repeat(9_000);
        let mut units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        units.push(b'x');
        let noise: Vec<u8> =
            (0..50_000u32).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
        let pcap = [b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", &noise[..]].concat();
        for whole in [units.clone(), gzip(&units), gzip(&pcap), gzip(&gzip(&pcap)), gzip(b"")] {
            let cuts = [whole.len(), whole.len() - 1, whole.len() / 2, 300, 15, 3];
            for cut in cuts.into_iter().filter(|cut| *cut <= whole.len()) {
                let bytes = || io::Cursor::new(whole[..cut].to_vec());
                let all = |unpacked: Result<Unpack<'_>, NotUnpacked>| match unpacked {
                    Ok(mut inside) => {
                        let mut read = Vec::new();
                        let end = inside.read_to_end(&mut read).map_err(|end| end.to_string());
                        let gauge = inside.gauge();
                        let front = (inside.kind(), inside.layers().to_vec());
                        Ok((front, read, end, gauge.broken.get(), end_of(&gauge, cut)))
                    }
                    Err(error) => Err(error.to_string()),
                };
                let ahead = all(Ahead::unpacked(Kind::of(&whole), bytes(), Stop::default()));
                assert!(ahead == all(Unpack::new(bytes())), "{} bytes cut at {cut}", whole.len());
            }
        }
    }

    /// Whether all that there is was taken.
    fn end_of(gauge: &Gauge, bytes: usize) -> bool {
        gauge.taken.get() == bytes as u64
    }
}

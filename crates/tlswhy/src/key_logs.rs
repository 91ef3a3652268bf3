//! Reads the key logs that were named.

use std::io::Read;

use report::{KeyLog, Kind, key_log_trouble};

use crate::input::Opened;

/// What all of them hold, and what is wrong with them: the rest is used all the same. They often
/// come with a capture from somebody else, and are read like one: opened before, looked into after.
pub(crate) fn read(files: &[Opened]) -> (KeyLog, Vec<String>) {
    let (mut all, mut trouble) = (KeyLog::default(), Vec::new());
    let mut told = 0;
    for file in files {
        let name = file.path.display();
        let mut text = Vec::new();
        let read = file.bytes().and_then(|bytes| bytes.take(LONGEST + 1).read_to_end(&mut text));
        match read {
            Err(error) => trouble.push(format!("{name}: the key log cannot be read: {error}")),
            Ok(length) => {
                if length as u64 > LONGEST {
                    trouble
                        .push(format!("{name}: a key log of more than 64 MiB; the rest is left"));
                }
                let log = KeyLog::read(&text);
                let what = match Kind::of(&text) {
                    // Bytes that are no text have no lines to speak of.
                    Kind::Text(_) | Kind::Empty => key_log_trouble(&log),
                    kind if log.is_empty() => {
                        Some(format!("not a key log: looks like {}", kind.looks_like()))
                    }
                    _ => key_log_trouble(&log),
                };
                trouble.extend(what.map(|what| format!("{name}: {what}")));
                told += log.left_out();
                all.add(log);
            }
        }
    }
    let more = all.left_out().saturating_sub(told);
    if more > 0 {
        trouble.push(format!("the key logs together: {more} more secrets than are kept"));
    }
    (all, trouble)
}

/// The longest key log that is read: some three hundred thousand secrets. Whoever has more keeps
/// the lines of the connections that matter.
const LONGEST: u64 = 64 << 20;

//! What happens to packets on the way, in a capture, and by those who mean harm.

use super::capture::Frame;
use super::numbers::Numbers;

/// Something that was done, by its name.
pub(super) struct Damage(pub(super) &'static str);

/// Damages of one conversation, at most.
const MOST: usize = 3;

/// A conversation with one to three damages; now and then with none.
pub(super) fn mutated(
    mut frames: Vec<Frame>,
    numbers: &mut Numbers,
    done: &mut Vec<Damage>,
) -> Vec<Frame> {
    if numbers.below(12) == 0 {
        done.push(Damage("none"));
        return frames;
    }
    for _ in 0..=numbers.below(MOST) {
        done.push(Damage(damage(&mut frames, numbers)));
    }
    frames
}

/// One damage.
fn damage(frames: &mut Vec<Frame>, numbers: &mut Numbers) -> &'static str {
    if frames.is_empty() {
        return "nothing left";
    }
    let at = numbers.below(frames.len());
    let speaks: Vec<usize> =
        (0..frames.len()).filter(|at| !payload(&frames[*at]).is_empty()).collect();
    let talk = speaks.get(numbers.below(speaks.len())).copied().unwrap_or(at);
    match numbers.below(16) {
        0 => {
            let place = numbers.below(frames[at].bytes.len());
            if let Some(byte) = frames[at].bytes.get_mut(place) {
                *byte ^= 1 << numbers.below(8);
            }
            "a bit of a packet"
        }
        1 | 2 => {
            let mut bytes = payload(&frames[talk]).to_vec();
            let place = numbers.below(bytes.len());
            if let Some(byte) = bytes.get_mut(place) {
                *byte = numbers.any() as u8;
            }
            frames[talk] = frames[talk].with_payload(&bytes);
            "a byte of what is said"
        }
        3 => {
            // The header of a record: its type, version or length.
            let mut bytes = payload(&frames[talk]).to_vec();
            let values = [0, 1, 2, 3, 4, 20, 21, 22, 23, 255];
            let place = numbers.below(bytes.len().min(7));
            if let Some(byte) = bytes.get_mut(place) {
                *byte = values[numbers.below(values.len())];
            }
            frames[talk] = frames[talk].with_payload(&bytes);
            "a header of a record"
        }
        4 => {
            frames.remove(at);
            "a packet lost"
        }
        5 => {
            let end = frames.len().min(at + 1 + numbers.below(4));
            frames.drain(at..end);
            "packets lost"
        }
        6 => {
            let again = frames[at].clone();
            let later = frames.len().min(at + 1 + numbers.below(4));
            frames.insert(later, again);
            "a packet doubled"
        }
        7 => {
            let other = (at + 1 + numbers.below(3)).min(frames.len() - 1);
            frames.swap(at, other);
            "packets swapped"
        }
        8 | 9 => {
            cut(frames, talk, numbers);
            "a segment cut in two"
        }
        10 => {
            merge(frames, talk);
            "segments merged"
        }
        11 => {
            let snap = 54 + numbers.below(200);
            frames.iter_mut().for_each(|frame| frame.bytes.truncate(snap));
            "a snap length"
        }
        12 => {
            let from = source(&frames[at]);
            frames.retain(|frame| source(frame) == from);
            "one side lost"
        }
        13 => {
            if let Some(parts) = frames[at].parts()
                && let Some(byte) = frames[at].bytes.get_mut(parts.transport + 16)
            {
                *byte ^= 0x55;
            }
            "a wrong checksum"
        }
        14 => {
            // What is sent again says something else.
            let mut bytes = payload(&frames[talk]).to_vec();
            let place = numbers.below(bytes.len());
            if let Some(byte) = bytes.get_mut(place) {
                *byte = !*byte;
            }
            let again = frames[talk].with_payload(&bytes);
            frames.insert(talk + numbers.below(2), again);
            "sent twice and differently"
        }
        _ => {
            let begin = numbers.below(frames.len());
            frames.drain(..begin);
            "begun late"
        }
    }
}

fn payload(frame: &Frame) -> &[u8] {
    frame.parts().and_then(|parts| frame.bytes.get(parts.payload..parts.end)).unwrap_or_default()
}

fn source(frame: &Frame) -> Option<(Vec<u8>, u16)> {
    let parts = frame.parts()?;
    let (from, _, length) = parts.addresses;
    Some((frame.bytes.get(from..from + length)?.to_vec(), frame.u16_at(parts.transport)?))
}

/// A TCP segment in two, the second now and then before the first.
fn cut(frames: &mut Vec<Frame>, at: usize, numbers: &mut Numbers) {
    let whole = frames[at].clone();
    let bytes = payload(&whole);
    let Some(parts) = whole.parts().filter(|parts| parts.is_tcp && bytes.len() > 1) else { return };
    let (one, two) = bytes.split_at(1 + numbers.below(bytes.len() - 1));
    let mut second = whole.with_payload(two);
    let sequence = whole.u32_at(parts.transport + 4).unwrap_or_default();
    let next = sequence.wrapping_add(one.len() as u32);
    second.bytes[parts.transport + 4..parts.transport + 8].copy_from_slice(&next.to_be_bytes());
    second.sum();
    frames[at] = whole.with_payload(one);
    frames.insert(at + usize::from(numbers.below(4) != 0), second);
}

/// A TCP segment and the one behind it that goes on with it, as one.
fn merge(frames: &mut Vec<Frame>, at: usize) {
    let one = frames[at].clone();
    let (Some(parts), from) = (one.parts(), source(&one)) else { return };
    let sequence = one.u32_at(parts.transport + 4).unwrap_or_default();
    let next = sequence.wrapping_add(payload(&one).len() as u32);
    let follows = |frame: &Frame| {
        let same = frame.parts().filter(|parts| parts.is_tcp && source(frame) == from);
        same.is_some_and(|parts| frame.u32_at(parts.transport + 4) == Some(next))
            && !payload(frame).is_empty()
    };
    let Some(behind) = (at + 1..frames.len()).find(|place| follows(&frames[*place])) else {
        return;
    };
    let together = [payload(&one), payload(&frames[behind])].concat();
    if together.len() < 30_000 {
        frames[at] = one.with_payload(&together);
        frames.remove(behind);
    }
}

/// Damage of the file itself; says what it was.
pub(super) fn file(file: &mut Vec<u8>, numbers: &mut Numbers) -> &'static str {
    let at = numbers.below(file.len());
    match numbers.below(3) {
        0 => {
            file.truncate(at);
            "a file cut off"
        }
        1 => {
            for _ in 0..8 {
                let at = numbers.below(file.len());
                file[at] = numbers.any() as u8;
            }
            "bytes of a file"
        }
        _ => {
            let end = file.len().min(at + 1 + numbers.below(900));
            file.drain(at..end);
            "a hole in a file"
        }
    }
}

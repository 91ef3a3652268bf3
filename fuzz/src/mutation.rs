//! Small changes of bytes, as a file is damaged and as somebody lies: the same ones from the same
//! number on every machine.

/// A sequence of numbers that look random and are not (splitmix64).
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of this number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// One below this bound; 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.any() % (bound.max(1) as u64)).unwrap_or(0)
    }
}

/// Values at the edges of what a length or a number can be.
const EDGES: [u64; 14] =
    [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x4000, 0x4001, 0x7fff, 0x8000, 0xffff, 0x8000_0000, !0];
/// Bytes of one change.
const LONGEST_PART: usize = 64;
/// An input grows no longer than this.
pub const LONGEST: usize = 64 << 10;

/// A copy with one to eight changes; parts of the other one come into it.
pub fn mutated(bytes: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 << numbers.below(4) {
        change(&mut bytes, other, numbers);
    }
    bytes.truncate(LONGEST);
    bytes
}

/// One change.
fn change(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let at = numbers.below(bytes.len());
    let part = |bytes: &[u8], numbers: &mut Numbers| {
        let start = numbers.below(bytes.len());
        let end = bytes.len().min(start + 1 + numbers.below(LONGEST_PART));
        start.min(end)..end
    };
    match numbers.below(10) {
        0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << numbers.below(8)),
        1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = numbers.any() as u8),
        2 | 3 => {
            // A length or a number: at an edge, or a little beside what it was.
            let width = 1 << numbers.below(4);
            let Some(field) = bytes.get_mut(at..at + width) else { return };
            let value = EDGES[numbers.below(EDGES.len())].wrapping_add(numbers.any() % 3);
            let written = match numbers.below(3) {
                0 => value.to_le_bytes()[..width].to_vec(),
                1 => value.to_be_bytes()[8 - width..].to_vec(),
                _ => {
                    let last = field.len() - 1;
                    let moved = field[last].wrapping_add([1, 0xff, 2, 0xfe][numbers.below(4)]);
                    [&field[..last], &[moved]].concat()
                }
            };
            field.copy_from_slice(&written);
        }
        4 => drop(bytes.drain(part(bytes, numbers))),
        5 => {
            let copied = bytes[part(bytes, numbers)].to_vec();
            bytes.splice(at..at, copied);
        }
        6 => {
            let copied = bytes[part(bytes, numbers)].to_vec();
            bytes.iter_mut().skip(at).zip(copied).for_each(|(byte, copied)| *byte = copied);
        }
        7 => {
            let inserted = other[part(other, numbers)].to_vec();
            bytes.splice(at..at, inserted);
        }
        8 => {
            // Goes on as the other one does, from anywhere in it.
            bytes.truncate(at);
            bytes.extend(&other[numbers.below(other.len()).min(other.len())..]);
        }
        _ => bytes.truncate(at),
    }
}

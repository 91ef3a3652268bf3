//! Any bytes as a hive: as they are, behind a sound first block, and as cells of a tree that is
//! really one, so that the walk gets far.
use crate::Corpus;
use windows::{Settings, hive};

/// What stands in front of the cells.
const BASE: usize = 4096;

/// A first block whose root is this cell.
fn base(root: u32, length: usize) -> Vec<u8> {
    let mut block = vec![0; BASE];
    let mut put = |at: usize, word: u32| block[at..at + 4].copy_from_slice(&word.to_le_bytes());
    put(0, u32::from_le_bytes(*b"regf"));
    put(20, 1);
    put(24, 5);
    put(36, root);
    put(40, length as u32);
    block
}

/// A cell with this content; gives back its offset.
fn cell(bins: &mut Vec<u8>, content: &[u8]) -> u32 {
    let offset = bins.len() as u32;
    let size = (content.len() + 4).next_multiple_of(8);
    bins.extend_from_slice(&(-(size as i32)).to_le_bytes());
    bins.extend_from_slice(content);
    bins.resize(offset as usize + size, 0);
    offset
}

/// A key's cell.
fn key(bins: &mut Vec<u8>, name: &str, keys: (u32, u32), values: (u32, u32)) -> u32 {
    let mut content = vec![0; 76];
    content[..2].copy_from_slice(b"nk");
    content[2] = 0x20;
    for (at, word) in [(20, keys.0), (28, keys.1), (36, values.0), (40, values.1)] {
        content[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    content[72] = name.len() as u8;
    content.extend_from_slice(name.as_bytes());
    cell(bins, &content)
}

fn read(bytes: &[u8]) {
    let registry = hive(bytes);
    let _ = format!("{registry:?}");
    let _ = format!("{:?}", Settings::of(&registry));
}

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u8, &[u8])>(bytes) else { return };
    let (shape, bytes) = input;
    read(bytes);
    let behind = |root: u32, bins: &[u8]| [&base(root, bins.len())[..], bins].concat();
    read(&behind(u32::from(shape) * 8, bytes));

    // A list that the bytes are, and values that they are, in a key that is wanted.
    let mut bins = vec![0; 32];
    let list = cell(&mut bins, bytes);
    let count = u32::from(shape);
    let client = key(&mut bins, "Client", (count, list), (count, list));
    let mut entries = vec![b'l', b'h', 2, 0];
    for offset in [client, list] {
        entries.extend_from_slice(&offset.to_le_bytes());
        entries.extend_from_slice(&[0; 4]);
    }
    let entries = cell(&mut bins, &entries);
    let version = key(&mut bins, "TLS 1.2", (2, entries), (0, 0));
    let mut path = version;
    for name in ["Protocols", "SCHANNEL"] {
        let list = cell(&mut bins, &[b"li\x01\0", &path.to_le_bytes()[..]].concat());
        path = key(&mut bins, name, (1, list), (count, list));
    }
    read(&behind(path, &bins));
}

/// Recorded hives, and the cells of their beginnings.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let hives = corpus.files(&["SYSTEM", "SOFTWARE", ".hiv", ".dat"]);
    let whole = hives.iter().map(|hive| [&[4][..], hive].concat());
    let cells = hives.iter().filter_map(|hive| hive.get(BASE..hive.len().min(2 * BASE)));
    whole.chain(cells.map(|cells| [&[4][..], cells].concat())).collect()
}

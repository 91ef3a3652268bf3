//! Any bytes as a registry in text: under the first line of each shape, in a key that matters, and
//! in windows of any size.
use crate::Corpus;
use logs::More;
use windows::{Offer, RegistryReader, Settings};
use wire::{CipherSuite, ProtocolVersion};

/// What a text may begin with.
const HEADS: [&str; 6] = [
    "",
    "Windows Registry Editor Version 5.00\r\n\r\n",
    "REGEDIT4\n",
    "Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\\
     SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client]\n",
    "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002\n    ",
    "PSPath : X\\Registry::HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\SecurityProviders\\\
     SCHANNEL\nEnabled : ",
];

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u8, u16, &[u8])>(bytes) else { return };
    let (head, cut, bytes) = input;
    let mut text = HEADS[usize::from(head) % HEADS.len()].as_bytes().to_vec();
    text.extend_from_slice(bytes);
    let mut reader = RegistryReader::default();
    assert_eq!(reader.window(&text, More::Over), text.len());
    let whole = reader.finish();

    // The same in windows: a window is asked for more until the text ends.
    let step = usize::from(cut) % 997 + 1;
    let (mut reader, mut start, mut end) = (RegistryReader::default(), 0, 0);
    while end < text.len() {
        end = (end + step).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += reader.window(&text[start..end], more);
    }
    assert_eq!(reader.finish(), whole);

    let settings = Settings::of(&whole);
    let _ = format!("{settings:?}");
    let versions = bytes.iter().take(4).map(|byte| ProtocolVersion(0x0300 + u16::from(*byte)));
    let suites = bytes.iter().map(|byte| CipherSuite(u16::from(*byte)));
    let _ = settings.answer(&Offer { versions: versions.collect(), suites: suites.collect() });
}

/// Recorded exports of registries and what consoles have printed.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let files = corpus.files(&[".reg", "beside.txt", "input.txt"]).into_iter();
    files.map(|file| [&[0, 100, 0][..], &file].concat()).collect()
}

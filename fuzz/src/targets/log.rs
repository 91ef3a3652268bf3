//! Any bytes as a log: around words that are looked for, under headers of tables, journals and
//! monitors, in UTF-16, and in windows of any size.
use crate::Corpus;
use logs::{Decoder, Encoding, More, Reader, Sighting, Stamp, stamp};

/// What a text may begin with.
const HEADS: [&[u8]; 6] = [
    b"",
    b"time,host,message\n",
    b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795338001000000\n",
    b"#separator \\x09\n#path\tssl\n#fields\tts\tuid\tid.orig_h\testablished\tlast_alert\tssl_history\n",
    b"{\"id.orig_h\":\"192.0.2.7\",\"established\":false,\"last_alert\":\"unknown_ca\"}\n",
    b"{\"flow_id\":1,\"event_type\":\"anomaly\",\"anomaly\":{\"app_proto\":\"tls\"}}\n",
];
/// Words without which a line is not looked at.
const WORDS: [&[u8]; 3] = [
    b"",
    b"remote error: tls: bad certificate",
    b"error:0A000418:SSL routines::tlsv1 alert unknown ca",
];

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u8, u8, u16, &[u8])>(bytes) else { return };
    let (head, words, cut, bytes) = input;
    let written = (head & 0x80 == 0).then_some(1_795_341_601_000_000_000);
    if let Some((_, range)) = stamp(bytes, written) {
        assert!(bytes.get(range).is_some_and(|told| !told.is_empty()));
    }
    let _ = Stamp::of_field(bytes, written);

    let mut text = HEADS[usize::from(head) % HEADS.len()].to_vec();
    let (before, behind) = bytes.split_at(usize::from(cut).min(bytes.len()));
    for part in [before, WORDS[usize::from(words) % WORDS.len()], behind] {
        text.extend_from_slice(part);
    }
    let told: Vec<String> = Sighting::all(&text).iter().map(shown).collect();

    // The same in windows: a window is asked for more until the text ends.
    let step = usize::from(cut) % 997 + 1;
    let (mut reader, mut start, mut end) = (Reader::new(), 0, 0);
    while end < text.len() {
        end = (end + step).min(text.len());
        let more = if end == text.len() { More::Over } else { More::Coming };
        start += reader.window(&text[start..end], more);
    }
    let windows: Vec<_> = std::iter::from_fn(|| reader.sighting(More::Over)).collect();
    let windows: Vec<String> = windows.iter().map(shown).collect();
    assert!(text.is_empty() || windows == told, "{windows:?}, {told:?}");

    // UTF-16 does not depend on how it is cut.
    let encoding = match words & 0xc0 {
        0 => Encoding::of(bytes),
        0x40 => Encoding::Utf16Little,
        _ => Encoding::Utf16Big,
    };
    let decoded = |pieces: &[&[u8]]| {
        let mut decoder = Decoder::new(encoding);
        let mut text = Vec::new();
        pieces.iter().for_each(|piece| decoder.decode(piece, &mut text));
        decoder.finish(&mut text);
        (text, decoder.broken())
    };
    assert_eq!(decoded(&[bytes]), decoded(&[before, behind]));
}

/// All of a sighting but the tables of whoever wrote it, of which there are the names.
fn shown(it: &Sighting) -> String {
    let names = [it.library, it.program].map(|stack| stack.map(|stack| stack.name));
    let place = (it.line, it.offset, it.lines, &it.words, it.version);
    let said = (it.alert, it.sent, it.voice, it.role, &it.peer);
    let about = (&it.name, &it.host, it.time, &it.suspects, &it.event);
    format!("{place:?} {names:?} {said:?} {about:?}")
}

/// What programs have written.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let files = corpus.files(&[".log", ".ndjson", ".jsonl", ".csv", ".txt"]).into_iter();
    files.map(|file| [&[0, 0, 0, 0][..], &file].concat()).collect()
}

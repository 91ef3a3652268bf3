//! Any bytes around the records of every form in which people have events of Windows, in windows of
//! any size.
use crate::Corpus;
use windows::{Events, Exports, Problem, Record};

/// A record in each form, as it is around the bytes.
const FORMS: [&str; 16] = [
    "",
    "<Event xmlns='x'><System><Provider Name='Schannel'/><EventID>36888</EventID></System><EventData><Data Name='AlertDesc'>40</Data></EventData></Event>",
    "&lt;Event&gt;&lt;System&gt;&lt;Provider Name=\"Schannel\"/&gt;&lt;EventID&gt;36887&lt;/EventID&gt;&lt;/System&gt;&lt;/Event&gt;",
    "<Event><System><Provider Name=\"Microsoft-Windows-CAPI2\"/><EventID>11</EventID></System><UserData><A xmlns='y'><B c='d'>e</B></A></UserData></Event>",
    "{\"winlog\":{\"event_id\":36887,\"provider_name\":\"Schannel\",\"event_data\":{\"AlertDesc\":\"46\"}}}",
    "[\n{\n\"Id\": 36888,\n\"ProviderName\": \"Schannel\",\n\"Properties\": [{\"Value\": 40},{\"Value\": [48,130]}]\n}\n]",
    "{\"log\":\"{\\\"event_id\\\":36887,\\\"provider_name\\\":\\\"Schannel\\\"}\\n\"}",
    "Error,11/12/2026 9:00:01 AM,Schannel,36887,None,\"A fatal alert.\nThe code is 46.\"\n",
    "\"The code is \"\"46\"\".\",\"36887\",\"Schannel\",\"22.11.2026 09:00:01\"\r\n",
    "<14>Nov 22 09:00:01 web MSWinEventLog#0111#011System#0111#011Sun Nov 22 09:00:01 2026#01136887#011Schannel#011SYSTEM#011User#011Error#011web#011None#011#011The code is 46.#0117\n",
    "Log Name:      System\nSource:        Schannel\nDate:          11/12/2026 9:00:01\nEvent ID:      36887\nDescription:\nThe code is 46.\n\n",
    "\nTimeCreated  : 11/12/2026 9:00:01 AM\nProviderName : Schannel\nId           : 36887\nMessage      : The code\n               is 46.\n\n",
    "Event[0]:\n  Source: Schannel\n  Event ID: 36888\n  Description: \nThe code is 40. The state is 1205.\n\nEvent[1]:\n",
    "<11>1 2026-11-22T09:00:01Z web Schannel 624 - [NXLOG@14506 EventID=\"36887\" AlertDesc=\"46\"] Text.\n",
    "   ProviderName: Schannel\n\nTimeCreated                     Id LevelDisplayName Message\n-----------                     -- ---------------- -------\n11/22/2026 9:00:01 AM        36887 Error            The code is 46.\n",
    "Source: Schannel\nEvent ID: 36887\nThe following fatal alert was received: 46.\nEvent Xml:\n<Event><System><Provider Name=\"Schannel\"/><EventID>36887</EventID></System></Event>\n",
];

/// What a text tells, in windows of so many bytes.
fn told(text: &[u8], step: usize, written: Option<i64>) -> (Vec<Record>, Vec<Problem>) {
    let mut exports = match written {
        Some(written) => Exports::new().written(written),
        None => Exports::new(),
    };
    let (mut start, mut end, mut records) = (0, 0, Vec::new());
    while end < text.len() {
        end = (end + step).min(text.len());
        let more = if end == text.len() { logs::More::Over } else { logs::More::Coming };
        let done = exports.window(&text[start..end], more);
        assert!(done <= end - start);
        start += done;
        while let Some(record) = exports.record() {
            assert!(record.place.offset < text.len() as u64);
            assert!(exports.lines().contains(&record.place.line));
            records.push(record);
        }
    }
    (records, std::iter::from_fn(|| exports.problem()).collect())
}

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u8, u8, u16, u16, &[u8])>(bytes) else { return };
    let (first, second, cut, step, bytes) = input;
    let written = (first & 0x80 == 0).then_some(1_795_341_601_000_000_000);
    let (before, behind) = bytes.split_at(usize::from(cut).min(bytes.len()));
    let form = |number: u8| FORMS[usize::from(number & 15)].as_bytes();
    // The second form is cut where the first has its number: in the middle of anything.
    let inside = form(second);
    let half = usize::from(first >> 4) * inside.len() / 16;
    let text =
        [form(first), before, &inside[..half], behind, &inside[half..], form(first)].concat();
    let whole = told(&text, text.len().max(1), written);
    assert_eq!(told(&text, usize::from(step) % 499 + 1, written), whole);
    let mut events = Events::new();
    for record in &whole.0 {
        events.record(record);
        while let Some(told) = events.told(logs::More::Coming) {
            let _ = format!("{told:?}");
        }
    }
}

/// Recorded exports, with no form around them.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let ends = [".xml", ".csv", ".ndjson", ".jsonl", "get-winevent.txt", "copied.txt", ".json"];
    let files = corpus.files(&ends).into_iter().filter(|file| !file.is_empty());
    files.map(|file| [&[0, 0, 0, 0, 77, 0][..], &file[..file.len().min(8192)]].concat()).collect()
}

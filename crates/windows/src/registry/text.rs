//! The registry as text: what `regedit` and `reg export` write, what people write for `regedit` to
//! read, and what `reg query` and PowerShell print.
//!
//! The shapes of their lines do not overlap, so each line is read by its own shape: a paste may hold
//! several. A file of changes is read as the state that it leaves behind.

use logs::More;

use super::path::{Path, Wanted, strip};
use super::properties::Properties;
use super::{Data, Entry, MAX_DATA, Registry};
use crate::Place;

/// Reads the registry from text in UTF-8, window by window.
#[derive(Debug, Default)]
pub struct RegistryReader {
    registry: Registry,
    /// The key that the lines are about, if it is wanted.
    key: Option<Path>,
    /// A value that goes on in the next line.
    open: Option<Open>,
    /// What PowerShell has listed of a key that it has not named yet.
    properties: Properties,
    /// Whether the file says that its texts are single bytes (`REGEDIT4`).
    ansi: bool,
    /// Whether the rest of a line that is too long is passed over.
    skipping: bool,
    /// Whether a key was named at all.
    any: bool,
    place: Place,
}

/// A value that goes on in the next line.
#[derive(Debug)]
struct Open {
    name: String,
    place: Place,
    /// Whether it is quoted text, which ends with a quote; others end where no backslash follows.
    quoted: bool,
    /// What it has so far; nothing where nobody wants it.
    text: String,
}

/// A line of text that is not longer is read; the longest wanted one lists cipher suites.
const MAX_LINE: usize = 64 << 10;
/// Characters of a value over several lines: three for each byte, and the blanks between.
const MAX_VALUE: usize = 4 * MAX_DATA;

impl RegistryReader {
    /// Reads what a window holds; gives back how many of its bytes are not needed any more.
    pub fn window(&mut self, bytes: &[u8], more: More) -> usize {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let length = match end {
                Some(end) => end + 1,
                None if more == More::Over || rest.len() > MAX_LINE => rest.len(),
                None => break,
            };
            let line = rest.get(..end.unwrap_or(length)).unwrap_or_default();
            if !self.skipping {
                self.place.line += 1;
                match line.len() <= MAX_LINE {
                    true => self.line(&String::from_utf8_lossy(line)),
                    false if self.key.is_some() => self.fault("a line that is too long to be read"),
                    false => {}
                }
            }
            self.skipping = end.is_none() && more != More::Over;
            self.place.offset += length as u64;
            done += length;
        }
        done
    }

    /// What was read, when nothing more comes.
    #[must_use]
    pub fn finish(mut self) -> Registry {
        if let Some(open) = self.open.take() {
            self.registry.fault(open.place, "a value that does not end");
        }
        self.property("");
        if !self.any {
            self.registry.fault(Place { offset: 0, line: 1 }, "no key of a registry in it");
        }
        self.registry.settle();
        self.registry
    }

    /// Lines read so far.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.place.line
    }

    fn fault(&mut self, what: &'static str) {
        self.registry.fault(self.place, what);
    }

    fn line(&mut self, line: &str) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if let Some(open) = self.open.take() {
            // A text that does not end would swallow all that follows.
            if !(open.quoted && is_key(line)) {
                return self.goes_on(open, line);
            }
            self.registry.fault(open.place, "a text that does not end");
        }
        let (inside, start) = (line.trim_end(), line.trim_start());
        if let Some(path) = inside.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.enter(path);
        } else if line.starts_with('"') || line.starts_with('@') {
            self.value(line);
        } else if strip(line, "HKEY_").is_some() || strip(line, "HKLM\\").is_some() {
            self.enter(inside);
        } else if line.starts_with("    ") && start.contains("    REG_") {
            self.query(start);
        } else if strip(start, "REGEDIT4").is_some() {
            self.ansi = true;
        } else if start.is_empty() || start.starts_with(';') {
            self.property(line);
        } else if strip(start, "Windows Registry Editor").is_none() && !self.property(line) {
            let inside = self.key.is_some() && line.starts_with(|letter: char| letter != ' ');
            let spoken = [">", "ERROR:", "End of search", "PS "].iter();
            if inside && !spoken.clone().any(|word| start.starts_with(word)) {
                self.fault("a line that is neither a key nor a value");
            }
        }
    }

    /// Lines of PowerShell's lists; `false` for others.
    fn property(&mut self, line: &str) -> bool {
        let read = self.properties.line(line, self.place);
        if let Some((path, entries)) = self.properties.done() {
            self.any = true;
            if let Some(path) = Path::read(&path).filter(|path| path.wanted() == Wanted::Kept) {
                self.registry.is_there(&path);
                self.registry.open(&path, self.place);
                for entry in entries {
                    let place = entry.place;
                    if let Err(what) = self.registry.set(&path, self.place, entry) {
                        self.registry.fault(place, what);
                    }
                }
            }
        }
        read
    }

    fn enter(&mut self, path: &str) {
        self.key = None;
        self.any = true;
        let (path, deleted) = path.strip_prefix('-').map_or((path, false), |path| (path, true));
        let Some(path) = Path::read(path) else { return };
        if deleted {
            self.registry.delete(&path);
            return;
        }
        let wanted = path.wanted();
        if wanted != Wanted::No {
            self.registry.is_there(&path);
        }
        if wanted == Wanted::Kept && self.registry.open(&path, self.place).is_some() {
            self.key = Some(path);
        }
    }

    /// A line of a `.reg` file that begins a value.
    fn value(&mut self, line: &str) {
        let (name, rest) = match line.strip_prefix('@') {
            Some(rest) => (String::new(), rest),
            None => match line.strip_prefix('"').map(unquoted) {
                Some(Quoted::Ends(name, rest)) => (name, rest),
                _ => return self.broken("a name that does not end"),
            },
        };
        let Some(rest) = rest.trim_start().strip_prefix('=') else {
            return self.broken("a name without a value");
        };
        let rest = rest.trim_start();
        if let Some(text) = rest.strip_prefix('"') {
            let open = Open { name, place: self.place, quoted: true, text: String::new() };
            return self.goes_on(open, text);
        }
        if rest.trim_end() == "-" {
            if let Some(path) = &self.key {
                self.registry.unset(path, self.place, &name);
            }
            return;
        }
        // What is not text has no quotes, and goes on behind a backslash.
        let open = Open { name, place: self.place, quoted: false, text: String::new() };
        self.goes_on(open, rest);
    }

    /// Adds a line to a value, which may end there.
    fn goes_on(&mut self, mut open: Open, line: &str) {
        let kept = self.key.is_some();
        if open.text.len() + line.len() > MAX_VALUE {
            self.registry.fault(open.place, "a value that is too long to be read");
            return;
        }
        if open.quoted {
            match unquoted(line) {
                Quoted::Ends(text, _) => {
                    open.text.push_str(&text);
                    let data = Data::Text(std::mem::take(&mut open.text));
                    self.set(open, Ok(data));
                }
                Quoted::GoesOn(text) => {
                    if kept {
                        open.text.push_str(&text);
                        open.text.push('\n');
                    }
                    self.open = Some(open);
                }
            }
            return;
        }
        let line = line.split(';').next().unwrap_or_default().trim();
        if let Some(line) = line.strip_suffix('\\') {
            if kept {
                open.text.push_str(line);
            }
            self.open = Some(open);
            return;
        }
        if kept {
            open.text.push_str(line);
            let data = Data::of_export(&open.text, self.ansi);
            self.set(open, data);
        }
    }

    /// A value in the output of `reg query`.
    fn query(&mut self, line: &str) {
        let Some((name, rest)) = line.split_once("    REG_") else { return };
        let (kind, text) = rest.split_once("    ").unwrap_or((rest.trim_end(), ""));
        let name = if name == "(Default)" { "" } else { name.trim_end() };
        let open =
            Open { name: name.to_owned(), place: self.place, quoted: false, text: String::new() };
        let data = Data::of_query(&format!("REG_{kind}"), text.trim_end());
        self.set(open, data);
    }

    fn set(&mut self, open: Open, data: Result<Data, &'static str>) {
        let Some(path) = &self.key else { return };
        let Open { name, place, .. } = open;
        match data {
            Ok(data) => {
                if let Err(what) = self.registry.set(path, place, Entry { name, data, place }) {
                    self.registry.fault(place, what);
                }
            }
            Err(what) => self.registry.fault(place, what),
        }
    }

    fn broken(&mut self, what: &'static str) {
        if self.key.is_some() {
            self.fault(what);
        }
    }
}

/// What stands behind a quote.
enum Quoted<'a> {
    /// The text up to its closing quote, and what follows it.
    Ends(String, &'a str),
    /// The text, which goes on in the next line.
    GoesOn(String),
}

/// Reads text behind its opening quote: a backslash stands in front of quotes and backslashes.
fn unquoted(text: &str) -> Quoted<'_> {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Quoted::Ends(out, text.get(at + 1..).unwrap_or_default()),
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            letter => out.push(letter),
        }
    }
    Quoted::GoesOn(out)
}

/// Whether a line begins a key of a `.reg` file.
fn is_key(line: &str) -> bool {
    line.trim_end().ends_with(']') && (line.starts_with("[HKEY_") || line.starts_with("[-HKEY_"))
}

//! Lines of text with tones, kept within a width, with or without colour.
//!
//! Marks never depend on colour, and every character that the screens themselves use has one ASCII
//! character to stand in for it, so that columns stay where they are.

/// How a screen is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; no line is longer, but for commands and names of files.
    pub width: usize,
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Whether to stay within ASCII.
    pub ascii: bool,
    /// Whether lists of one line each keep their lines whole, because no terminal will wrap them.
    pub whole: bool,
    /// The stack to show remedies for, in lower case (`nginx`, `java`); by default the one that the
    /// capture suggests.
    pub stack: Option<String>,
}

/// Eighty columns, no colour.
impl Default for Look {
    fn default() -> Self {
        Self { width: NARROW, colour: false, ascii: false, whole: false, stack: None }
    }
}

/// What a piece of text is; what colour it has follows from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Verdict,
    Fail,
    Warn,
    Good,
    Wire,
    Dim,
}

/// One line in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    spans: Vec<(Tone, String)>,
    width: usize,
}

/// A screen in the making.
pub(crate) struct Page<'a> {
    look: &'a Look,
    out: String,
}

/// The width that every terminal has.
const NARROW: usize = 80;
/// Narrower than this nothing can be laid out: lines are drawn as if there were this much.
const LEAST: usize = 40;

impl Look {
    /// The width to lay out for.
    pub(crate) fn columns(&self) -> usize {
        self.width.max(LEAST)
    }
}

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A line that begins with blanks.
    pub(crate) fn indent(columns: usize) -> Self {
        Self::new().to(columns)
    }

    /// Adds text. It must hold no control characters: pass what came from the wire through
    /// [`safe`] first.
    pub(crate) fn add(mut self, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        self.width += text.chars().count();
        self.spans.push((tone, text));
        self
    }

    pub(crate) fn plain(self, text: impl Into<String>) -> Self {
        self.add(Tone::Plain, text)
    }

    pub(crate) fn dim(self, text: impl Into<String>) -> Self {
        self.add(Tone::Dim, text)
    }

    /// Adds blanks up to a column; one at least, unless the line is empty or there already.
    pub(crate) fn to(self, column: usize) -> Self {
        let blanks = match column.saturating_sub(self.width) {
            0 if self.width > column => 1,
            blanks => blanks,
        };
        self.plain(" ".repeat(blanks))
    }

    /// Adds text so that it ends at a column; two blanks in front at least.
    pub(crate) fn ending_at(self, column: usize, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        let start = column.saturating_sub(text.chars().count()).max(self.width + 2);
        self.to(start).add(tone, text)
    }

    /// Columns used so far.
    pub(crate) fn width(&self) -> usize {
        self.width
    }
}

impl<'a> Page<'a> {
    pub(crate) fn new(look: &'a Look) -> Self {
        Self { look, out: String::new() }
    }

    pub(crate) fn columns(&self) -> usize {
        self.look.columns()
    }

    pub(crate) fn look(&self) -> &'a Look {
        self.look
    }

    pub(crate) fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Adds a line, cut where it is too long and without blanks at its end.
    pub(crate) fn line(&mut self, line: Line) {
        self.draw(line, self.columns());
    }

    fn draw(&mut self, line: Line, columns: usize) {
        let cut = line.width > columns;
        let mut room = if cut { columns - 1 } else { columns };
        let mut drawn = String::new();
        for (tone, text) in line.spans {
            let text: String = text.chars().take(room).collect();
            room -= text.chars().count();
            self.span(&mut drawn, tone, &text);
        }
        if cut {
            self.span(&mut drawn, Tone::Plain, "…");
        }
        self.out.push_str(drawn.trim_end_matches(' '));
        self.out.push('\n');
    }

    /// Adds a text after a label, wrapped to the width, and at the end of its last line a place.
    pub(crate) fn wrapped(&mut self, label: Line, column: usize, tone: Tone, text: &str, at: &str) {
        let columns = self.columns();
        // The place has the right margin to itself, so that places stand under each other.
        let margin = if at.is_empty() { 0 } else { at.chars().count() + 2 };
        let room = columns.saturating_sub(column + margin).max(LEAST / 2);
        let mut lines = wrap(text, room);
        let last = lines.pop().unwrap_or_default();
        let mut line = label.to(column);
        for text in lines {
            self.line(line.add(tone, text));
            line = Line::indent(column);
        }
        line = line.add(tone, last);
        if !at.is_empty() {
            line = line.ending_at(columns, Tone::Dim, at);
        }
        self.line(line);
    }

    /// Adds a text that goes on right behind its label, however long that is, wrapped to the width
    /// with its other lines at a column.
    pub(crate) fn flowing(&mut self, label: Line, column: usize, tone: Tone, text: &str) {
        let room = self.columns().saturating_sub(column).max(LEAST / 2);
        let start = if label.width() < column { column } else { label.width() + 1 };
        // What the label takes of the first line stands in front of the text while it is wrapped.
        let taken = start - column;
        let mut lines = wrap(&format!("{}{text}", "x".repeat(taken)), room).into_iter();
        let first: String = lines.next().unwrap_or_default().chars().skip(taken).collect();
        self.line(label.to(start).add(tone, first));
        for text in lines {
            self.line(Line::indent(column).add(tone, text));
        }
    }

    /// Adds a line of a list: whole if nobody looks at it through a terminal.
    pub(crate) fn item(&mut self, line: Line) {
        let columns = if self.look.whole { usize::MAX } else { self.columns() };
        self.draw(line, columns);
    }

    /// Adds a line that must stay whole however long it is: a command to be copied.
    pub(crate) fn uncut(&mut self, line: Line) {
        self.draw(line, usize::MAX);
    }

    pub(crate) fn done(self) -> String {
        self.out
    }

    fn span(&self, out: &mut String, tone: Tone, text: &str) {
        if text.is_empty() {
            return;
        }
        let code = match tone {
            Tone::Plain => "",
            Tone::Verdict => "1",
            Tone::Fail => "31",
            Tone::Warn => "33",
            Tone::Good => "32",
            Tone::Wire => "36",
            Tone::Dim => "2",
        };
        let colour = self.look.colour && !code.is_empty();
        if colour {
            out.push_str("\x1b[");
            out.push_str(code);
            out.push('m');
        }
        let text = text.replace(KEPT, " ");
        if self.look.ascii {
            out.extend(text.chars().map(to_ascii));
        } else {
            out.push_str(&text);
        }
        if colour {
            out.push_str("\x1b[0m");
        }
    }
}

/// Puts items in a row with dots between them, so that lines break behind a dot and never inside
/// an item.
pub(crate) fn row(items: &[impl AsRef<str>]) -> String {
    let items: Vec<String> = items.iter().map(|item| item.as_ref().replace(' ', KEPT)).collect();
    items.join(&format!("{KEPT}· "))
}

/// A blank at which no line is broken; it is drawn as an ordinary one.
const KEPT: &str = "\u{a0}";

/// Cuts a text into lines of at most `room` columns, at blanks where there are any.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut width = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > room {
            lines.push(std::mem::take(&mut line));
            width = 0;
        }
        if width > 0 {
            line.push(' ');
            width += 1;
        }
        for letter in word.chars() {
            if width >= room {
                lines.push(std::mem::take(&mut line));
                width = 0;
            }
            line.push(letter);
            width += 1;
        }
    }
    lines.push(line);
    lines
}

/// Text from the wire, safe for a terminal: what is [hidden](is_hidden) is spelled out, and what is
/// longer than `most` is cut.
pub(crate) fn safe(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count >= most {
            out.push('…');
            break;
        }
        match letter {
            letter if !is_hidden(letter) => out.push(letter),
            '\u{0}'..='\u{ff}' => out.push_str(&format!("\\x{:02x}", u32::from(letter))),
            _ => out.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
        }
    }
    out
}

/// Whether a character is a command for a terminal, turns the direction of writing, breaks a line or
/// cannot be seen: one that makes a text look like another one.
pub(crate) fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// What stands in for a character where only ASCII may be shown.
fn to_ascii(letter: char) -> char {
    match letter {
        '✗' | '×' => 'x',
        '✓' => '+',
        '·' | '•' => '.',
        '→' | '►' => '>',
        '←' | '◄' => '<',
        '─' | '–' | '—' => '-',
        '…' => '~',
        '§' => 's',
        'µ' => 'u',
        '▁'..='█' => '#',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        letter if letter.is_ascii() => letter,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No line is longer than the width, whatever is put on it.
    #[test]
    fn lines_keep_the_width() {
        let look = Look { width: 40, ..Look::default() };
        let mut page = Page::new(&look);
        page.line(Line::new().add(Tone::Fail, "x".repeat(100)));
        page.line(Line::new().plain("y".repeat(39)).ending_at(40, Tone::Dim, "#123"));
        page.wrapped(Line::new().plain("label"), 8, Tone::Plain, &"long words ".repeat(9), "#1234");
        for line in page.done().lines() {
            assert!(line.chars().count() <= 40, "{line}");
        }
    }

    /// Colour changes nothing but the escapes, and ASCII nothing but the characters.
    #[test]
    fn colour_and_ascii_keep_the_columns() {
        let draw = |look: &Look| {
            let mut page = Page::new(look);
            page.line(Line::new().add(Tone::Fail, "✗ 1").to(6).plain("10.0.0.5 → a:443 …"));
            page.done()
        };
        let plain = draw(&Look::default());
        let colour = draw(&Look { colour: true, ..Look::default() });
        let ascii = draw(&Look { ascii: true, ..Look::default() });
        assert_eq!(colour.replace("\x1b[31m", "").replace("\x1b[0m", ""), plain);
        assert_eq!(ascii, "x 1   10.0.0.5 > a:443 ~\n");
        assert_eq!(ascii.chars().count(), plain.chars().count());
    }

    /// What an attacker writes cannot reach the terminal as a command.
    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(safe("a\x1b[2Jb\r\n", 80), "a\\x1b[2Jb\\x0d\\x0a");
        assert_eq!(safe("\u{202e}exe\u{9b}", 80), "\\u{202e}exe\\x9b");
        assert_eq!(safe("a\u{ad}b\u{61c}\u{e0041}", 80), "a\\xadb\\u{61c}\\u{e0041}");
        assert_eq!(safe("abcdef", 3), "abc…");
    }

    /// A text goes on behind a long label, and stands at its column behind a short one.
    #[test]
    fn text_flows_around_its_label() {
        let look = Look { width: 40, ..Look::default() };
        let mut page = Page::new(&look);
        let text = "one two three four five six seven eight";
        page.flowing(Line::new().plain("a label that is long:"), 4, Tone::Plain, text);
        page.flowing(Line::new().plain("a:"), 4, Tone::Plain, text);
        let wanted = "a label that is long: one two three four\n    five six seven eight\n\
                      a:  one two three four five six seven\n    eight\n";
        assert_eq!(page.done(), wanted);
    }

    /// Items in a row are kept whole.
    #[test]
    fn rows_break_behind_a_dot() {
        let look = Look { width: 40, ..Look::default() };
        let mut page = Page::new(&look);
        let items = ["always fatal", "TLS 1.0–1.3, DTLS", "RFC 9846 §6.2"];
        page.wrapped(Line::new(), 0, Tone::Plain, &row(&items), "");
        assert_eq!(page.done(), "always fatal · TLS 1.0–1.3, DTLS ·\nRFC 9846 §6.2\n");
    }

    /// Words are kept whole where they fit, and nothing is lost.
    #[test]
    fn wrapping_loses_nothing() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }
}

//! The text of a form: literals with holes.

use crate::anchors::ANCHOR;

/// A piece of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Hole(String),
}

/// Cuts `remote error: tls: {alert}` into its parts. `{{` and `}}` stand for the braces themselves.
pub(crate) fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                literal.push(c);
            }
            '{' => {
                let hole: String = rest.by_ref().take_while(|c| *c != '}').collect();
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                } else if matches!(parts.last(), Some(Part::Hole(_))) {
                    return Err(format!("{text:?}: two holes touch each other"));
                }
                parts.push(Part::Hole(hole));
            }
            // What stands in another line is a part of its own.
            '\n' => {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                literal.push(c);
            }
            '}' => return Err(format!("{text:?}: a brace that closes nothing; write }}}}")),
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

/// The position of the part by which the form is looked for: the longest literal of its first line.
pub(crate) fn key(parts: &[Part]) -> Option<usize> {
    let parts = first_line(parts);
    let length = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Hole(_) => 0,
    };
    let longest = parts.iter().map(length).max()?;
    parts.iter().position(|part| length(part) == longest).filter(|_| longest > 0)
}

/// The texts of a form's first line, cut where JSON or a page may write something else than the
/// program did: what is looked for in a line as it stands in the file. Where nothing else is long
/// enough, letters beyond ASCII have to do, which most programs leave as they are.
pub(crate) fn plain(parts: &[Part]) -> Vec<&str> {
    let texts: Vec<&str> = first_line(parts)
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Hole(_) => None,
        })
        .collect();
    let cut = |is_changed: fn(char) -> bool| {
        let pieces = texts.iter().flat_map(|text| text.split(is_changed));
        pieces.filter(|piece| piece.len() >= ANCHOR).collect::<Vec<_>>()
    };
    let plain = cut(|letter| !letter.is_ascii() || is_escaped(letter));
    if plain.is_empty() { cut(is_escaped) } else { plain }
}

/// Whether some program or other writes a letter differently inside JSON.
fn is_escaped(letter: char) -> bool {
    letter.is_ascii_control() || "\"\\/<>&'".contains(letter)
}

/// The parts in front of the first line break.
fn first_line(parts: &[Part]) -> &[Part] {
    let breaks = |part: &Part| matches!(part, Part::Text(text) if text.starts_with('\n'));
    parts.iter().position(breaks).map_or(parts, |end| &parts[..end])
}

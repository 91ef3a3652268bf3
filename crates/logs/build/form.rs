//! The text of a form: literals with holes.

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

/// Whether one of these anchors stands in one of the literals.
pub(crate) fn is_anchored(parts: &[Part], anchors: &[String]) -> bool {
    first_line(parts).iter().any(|part| match part {
        Part::Text(text) => anchors.iter().any(|anchor| text.contains(anchor.as_str())),
        Part::Hole(_) => false,
    })
}

/// The anchor by which a form is found, and what stands around it in the same words: how many bytes
/// in front of the anchor, and all of it. The longest such stem refuses most.
///
/// A stem ends where JSON or a page would write something else than the program did: it is looked
/// for in the line as it stands in the file.
pub(crate) fn stem<'a>(parts: &'a [Part], anchors: &[String]) -> Option<(usize, usize, &'a str)> {
    let texts = first_line(parts).iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        Part::Hole(_) => None,
    });
    let stems = texts.flat_map(|text| {
        let found = anchors.iter().enumerate().filter_map(move |(number, anchor)| {
            let at = text.find(anchor.as_str())?;
            let (before, rest) = text.split_at(at);
            let front = before.rsplit(is_changed).next().map_or(0, str::len);
            let behind = rest[anchor.len()..].find(is_changed).unwrap_or(rest.len() - anchor.len());
            Some((number, front, &text[at - front..at + anchor.len() + behind]))
        });
        found.collect::<Vec<_>>()
    });
    stems.max_by_key(|(_, _, stem)| stem.len())
}

/// Whether a letter is written in another way inside JSON, by some programs at least.
fn is_changed(letter: char) -> bool {
    !letter.is_ascii() || letter.is_ascii_control() || "\"\\/<>&'".contains(letter)
}

/// The parts in front of the first line break.
fn first_line(parts: &[Part]) -> &[Part] {
    let breaks = |part: &Part| matches!(part, Part::Text(text) if text.starts_with('\n'));
    parts.iter().position(breaks).map_or(parts, |end| &parts[..end])
}

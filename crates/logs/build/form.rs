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

/// The parts in front of the first line break.
fn first_line(parts: &[Part]) -> &[Part] {
    let breaks = |part: &Part| matches!(part, Part::Text(text) if text.starts_with('\n'));
    parts.iter().position(breaks).map_or(parts, |end| &parts[..end])
}

//! How to draw: what was typed, then the environment, then the terminal.

use std::env;
use std::io::{IsTerminal, stdout};

use report::Look;

use crate::args::Drawing;

/// The look of what goes to standard output.
pub(crate) fn look(drawing: &Drawing) -> Look {
    Look {
        width: drawing.width.unwrap_or_else(width),
        colour: drawing.colour.unwrap_or_else(colour),
        ascii: drawing.ascii,
        whole: drawing.width.is_none() && !stdout().is_terminal(),
        stack: drawing.stack.clone(),
    }
}

/// The width of the terminal. What goes to a file or a pipe has always the same width, so that
/// the same bytes give the same text.
fn width() -> usize {
    if !stdout().is_terminal() {
        return NARROW;
    }
    let asked = || env::var("COLUMNS").ok()?.parse().ok();
    terminal_size::terminal_size()
        .map(|(width, _)| usize::from(width.0))
        .or_else(asked)
        .unwrap_or(NARROW)
        .min(WIDE)
}

/// `NO_COLOR` and `CLICOLOR_FORCE` decide if they are set to anything; then it is the terminal.
fn colour() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    set("CLICOLOR_FORCE") || (stdout().is_terminal() && !dumb)
}

/// The width that every terminal has.
const NARROW: usize = 80;
/// Lines longer than this are hard to follow with the eye.
const WIDE: usize = 100;

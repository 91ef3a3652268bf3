//! Lines in which nothing failed are not read as failures, however many of the words they hold.
//!
//! The lines of `innocent.txt` are made up, in the forms of programs that people run.

use tlswhy_logs::Sighting;

const LINES: &str = include_str!("innocent.txt");

/// No line of the file is a failure: neither alone nor among the others.
#[test]
fn innocent_lines_are_no_failures() {
    let lines: Vec<&str> = LINES.lines().collect();
    let wrong: Vec<String> = Sighting::all(LINES.as_bytes())
        .iter()
        .map(|sighting| {
            let line = usize::try_from(sighting.line).ok().and_then(|line| lines.get(line - 1));
            let stacks = [sighting.library, sighting.program];
            let slugs: Vec<_> = stacks.iter().flatten().map(|stack| stack.slug).collect();
            format!("{} {slugs:?} {:?}\n   {}", sighting.line, sighting.voice, line.unwrap_or(&""))
        })
        .collect();
    assert!(wrong.is_empty(), "{} false alarms\n{}", wrong.len(), wrong.join("\n"));
}

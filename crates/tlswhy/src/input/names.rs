//! Names that differ in numbers alone.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// What names have in common that differ in numbers alone: `cap-*.pcap`, and `cap.pcap` for
/// `cap.pcap`, `cap.pcap1` and `cap.pcap2.gz`, with their folder.
pub(super) fn key(path: &Path) -> PathBuf {
    let name = name(path);
    let pieces = pieces(unpacked(&name).0);
    let texts: Vec<&str> = pieces.iter().map(|(text, _)| *text).collect();
    path.with_file_name(texts.join("*"))
}

/// The numbers of a name, as they are written.
pub(super) fn numbers(path: &Path) -> Vec<String> {
    let name = name(path);
    let pieces = pieces(unpacked(&name).0);
    pieces.into_iter().map(|(_, number)| number.to_owned()).collect()
}

/// Whether a name tells when its file was begun: by a date in one number, or seconds since 1970, or
/// by a year apart.
pub(super) fn tells_time(path: &Path) -> bool {
    let is_year = |it: &str| it.len() == 4 && (it.starts_with("19") || it.starts_with("20"));
    numbers(path).iter().any(|number| number.len() >= 8 || is_year(number))
}

/// What names are sorted by so that 10 comes behind 9, and no number before any.
pub(super) fn natural(path: &Path) -> Vec<(usize, String)> {
    let significant = |number: String| number.trim_start_matches('0').to_owned();
    let all = numbers(path).into_iter().map(significant);
    all.map(|number| (number.len(), number)).collect()
}

/// Paths that differ in numbers alone as one: with a star for each number that is not the same in
/// all of them.
pub(super) fn pattern(paths: &[&Path]) -> String {
    let Some((first, others)) = paths.split_first() else { return String::new() };
    let name = name(first);
    let (bare, packing) = unpacked(&name);
    let other_numbers: Vec<Vec<String>> = others.iter().map(|path| numbers(path)).collect();
    let mut pattern = String::new();
    for (place, (text, number)) in pieces(bare).into_iter().enumerate() {
        let own = Some(number);
        let same = other_numbers.iter().all(|all| all.get(place).map(String::as_str) == own);
        pattern.push_str(text);
        pattern.push_str(if same { number } else { "*" });
    }
    let is_packed_alike = |path: &&Path| unpacked(&self::name(path)).1 == packing;
    if others.iter().all(is_packed_alike) {
        pattern.push_str(packing);
    } else if !pattern.ends_with('*') {
        pattern.push('*');
    }
    first.with_file_name(pattern).display().to_string()
}

fn name(path: &Path) -> Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// A name without what packing adds to it, and that.
fn unpacked(name: &str) -> (&str, &str) {
    let end = [".gz", ".zst", ".xz"].into_iter().find(|end| name.ends_with(end)).unwrap_or("");
    name.split_at(name.len() - end.len())
}

/// Texts, each with the number behind it; the last number may have no digits.
fn pieces(name: &str) -> Vec<(&str, &str)> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while !rest.is_empty() || pieces.is_empty() {
        let (text, behind) =
            rest.split_at(rest.find(|it: char| it.is_ascii_digit()).unwrap_or(rest.len()));
        let end = behind.find(|it: char| !it.is_ascii_digit()).unwrap_or(behind.len());
        let (number, behind) = behind.split_at(end);
        pieces.push((text, number));
        rest = behind;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Vec<String> {
        let mut keys: Vec<_> = names.iter().map(|name| key(Path::new(name))).collect();
        keys.dedup();
        keys.into_iter().map(|key| key.display().to_string()).collect()
    }

    /// The names that each program gives to the files of one capture have one key, and one pattern
    /// that a shell takes.
    #[test]
    fn files_of_a_set_are_called_alike() {
        for (names, expected) in [
            (&["d/cap.pcap", "d/cap.pcap1", "d/cap.pcap10"][..], "d/cap.pcap*"),
            (&["cap.pcap0", "cap.pcap1"], "cap.pcap*"),
            (&["cap-20261126-115959.pcap", "cap-20261126-120000.pcap"], "cap-20261126-*.pcap"),
            (&["e_00001_20261126120000.pcapng", "e_00002_20261126120100.pcapng"], "e_*_*.pcapng"),
            (&["a-1.pcap.gz", "a-2.pcap.gz"], "a-*.pcap.gz"),
            (&["a.pcap.gz", "a.pcap1.gz", "a.pcap2"], "a.pcap*"),
            (&["1", "2"], "*"),
        ] {
            assert_eq!(of(names).len(), 1, "{names:?}");
            let paths: Vec<&Path> = names.iter().map(Path::new).collect();
            assert_eq!(pattern(&paths), expected);
        }
    }

    /// Names that differ in a letter, or in their folder, are no set.
    #[test]
    fn other_files_are_called_otherwise() {
        let names = ["north.pcap", "south.pcap", "x/cap1.pcap", "y/cap1.pcap", "cap1.pcapng"];
        assert_eq!(of(&names).len(), names.len());
    }

    /// Numbers are sorted by what they say, whatever zeros stand in front of them.
    #[test]
    fn numbers_are_in_their_order() {
        let names = ["cap.pcap", "cap.pcap2", "cap.pcap09", "cap.pcap10", "cap.pcap0100"];
        assert!(names.is_sorted_by_key(|name| natural(Path::new(name))));
    }
}

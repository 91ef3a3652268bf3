//! Did you mean: the known words nearest to one that is not known.

/// The words that a person may have meant, nearest first; at most three.
///
/// The distance counts insertions, deletions, replacements and swaps of neighbours
/// (Damerau-Levenshtein, each place edited once). A word is near when no more than a third of its
/// letters differ. Case, `_`, `-` and blanks do not count.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = letters(word);
    if word.is_empty() || word.len() > MAX_WORD {
        return Vec::new();
    }
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|candidate| {
            let letters = letters(candidate);
            let allowed = letters.len().max(word.len()) / 3;
            let distance = distance(&word, &letters);
            (distance <= allowed).then_some((distance, candidate))
        })
        .collect();
    near.sort();
    near.dedup();
    let best = near.first().map_or(0, |(distance, _)| *distance);
    // What is clearly farther than the best is noise.
    near.into_iter().filter(|(far, _)| *far <= best + 1).map(|(_, word)| word).take(3).collect()
}

/// Longer words are no slips of the finger, and comparing them costs the square of their length.
const MAX_WORD: usize = 64;

/// What counts in a word.
pub(crate) fn letters(word: &str) -> Vec<u8> {
    word.bytes()
        .filter(|byte| !matches!(byte, b'_' | b'-' | b' '))
        .map(|byte| byte.to_ascii_lowercase())
        .collect()
}

fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let at =
                |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, j) + usize::from(x != y);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One slip of each kind is one step.
    #[test]
    fn each_slip_is_one_step() {
        for (a, b) in [("unknown", "unkown"), ("unknown", "unnkown"), ("ca", "ac"), ("ca", "cb")] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), 1, "{a} {b}");
        }
        assert_eq!(distance(b"", b"abc"), 3);
    }

    /// The nearest come first, far ones not at all, and spelling habits do not count.
    #[test]
    fn near_words_are_found() {
        let known = ["certificate_expired", "certificate_unknown", "unknown_ca"];
        assert_eq!(nearest("certifcate_expired", known), ["certificate_expired"]);
        assert_eq!(nearest("UNKNOWN-CAA", known), ["unknown_ca"]);
        assert!(nearest("zebra", known).is_empty());
        assert!(nearest("", known).is_empty());
        assert!(nearest(&"x".repeat(10_000), known).is_empty());
    }
}

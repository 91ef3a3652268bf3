//! What was told before its end, in words.

use trace::Evicted;

use crate::Report;
use crate::number::grouped;

impl Report {
    /// Conversations told before their end, of all inputs.
    pub(crate) fn evicted(&self) -> Evicted {
        self.inputs.iter().fold(Evicted::default(), |sum, input| sum.plus(input.tally.evicted))
    }
}

/// Which conversations were told early, and why, behind their number.
pub(super) fn told_early(evicted: Evicted) -> String {
    let Evicted { half_open, settled, plain, unfinished } = evicted;
    let kinds = [
        (half_open, "half-open"),
        (settled, "behind their handshake"),
        (plain, "without TLS so far"),
        (unfinished, "in their handshake"),
    ];
    let kinds = kinds.into_iter().filter(|(count, _)| *count > 0);
    let kinds: Vec<_> = kinds.map(|(count, what)| format!("{} {what}", grouped(count))).collect();
    format!(" told early, because too many were open: {}", kinds.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the kinds that occur are named, the cheapest first.
    #[test]
    fn kinds_that_occur_are_named() {
        let evicted = Evicted { half_open: 1200, settled: 0, plain: 0, unfinished: 3 };
        let expected =
            " told early, because too many were open: 1 200 half-open, 3 in their handshake";
        assert_eq!(told_early(evicted), expected);
    }
}

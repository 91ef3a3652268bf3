//! What is said of trust where the anchors are those of the machine that reads.

use diagnosis::{Confidence, Finding};

/// Says whose store it was, of so many roots, in what hangs on it, and takes the certainty from it:
/// the side that refused has a store of its own.
pub(crate) fn by_own_store(findings: &mut [Finding], roots: usize) {
    for finding in findings {
        let said = finding.evidence.iter_mut().find(|evidence| evidence.label == TRUST);
        let Some(said) = said else { continue };
        said.says = match said.says.starts_with(NONE) {
            true => format!("its root is not in this machine's store ({roots} roots)"),
            false => format!("this machine's store ({roots} roots) holds its root"),
        };
        said.says.push_str("; the store of the side that refused may differ");
        if finding.confidence == Confidence::Certain {
            finding.confidence = Confidence::Likely;
            if finding.tell.is_empty() {
                finding.tell = SETTLE;
            }
        }
    }
}

/// The label of what is said of the anchors.
const TRUST: &str = "trust";
/// How it begins where none of them fits.
const NONE: &str = "none of";
/// What makes it certain.
const SETTLE: &str = "give the store of the side that refused: --ca FILE";

#[cfg(test)]
mod tests {
    use super::*;

    /// What hangs on a store that may differ is likely at most, and says whose store it was; what does
    /// not hang on it stays as it is.
    #[test]
    fn a_store_of_ones_own_proves_nothing() {
        let cause = diagnosis::cause("untrusted-root").unwrap();
        let certain = || Finding::new(cause, Confidence::Certain, None);
        let says = "none of the given anchors is at its end";
        let mut findings = [certain().fact(TRUST, says), certain().fact("control", says)];
        by_own_store(&mut findings, 140);
        let [trust, other] = findings;
        assert_eq!(trust.confidence, Confidence::Likely);
        assert!(
            trust.evidence.iter().any(|it| it.says.contains("this machine's store (140 roots)"))
        );
        assert_eq!((other.confidence, other.tell), (Confidence::Certain, ""));
    }
}

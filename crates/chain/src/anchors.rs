//! What somebody trusts.

use std::collections::HashSet;

use wire::{Certificate, DistinguishedName, Malformed};

/// A set of certificates that are trusted for themselves: the roots of a system, or one authority
/// of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// In the order in which they were added.
    all: Vec<Anchor>,
    known: HashSet<Box<[u8]>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Anchor {
    /// The certificate in DER.
    der: Box<[u8]>,
    /// Its subject in DER: all of them are looked through for each chain, and reading a certificate
    /// takes a hundred times as long as comparing a name.
    subject: Box<[u8]>,
}

/// Anchors that are kept: systems have some 150, the largest public sets some 600.
const MAX_ANCHORS: usize = 8192;

impl Anchors {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate in DER. One that is there already, or beyond 8192, is left out.
    ///
    /// # Errors
    /// When the bytes are no certificate.
    pub fn add(&mut self, der: &[u8]) -> Result<(), Malformed> {
        let certificate = Certificate::read(der)?;
        let der: Box<[u8]> = certificate.der().into();
        if self.all.len() < MAX_ANCHORS && self.known.insert(der.clone()) {
            let subject = certificate.subject().0.into();
            self.all.push(Anchor { der, subject });
        }
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The anchor at a place that a [judgement](crate::Judgement) names.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Certificate<'_>> {
        Certificate::read(&self.all.get(at)?.der).ok()
    }

    /// Whether this very certificate is one of them.
    #[must_use]
    pub fn holds(&self, certificate: &Certificate<'_>) -> bool {
        self.known.contains(certificate.der())
    }

    /// The places of those with this name.
    pub(crate) fn named(&self, name: DistinguishedName<'_>) -> impl Iterator<Item = usize> {
        let all = self.all.iter().enumerate();
        all.filter(move |(_, anchor)| name.matches(&DistinguishedName(&anchor.subject)))
            .map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root is kept once, found by its name, and what is no certificate is refused.
    #[test]
    fn roots_are_kept() {
        let root = include_bytes!("../../wire/src/testdata/root.der");
        let leaf = include_bytes!("../../wire/src/testdata/leaf.der");
        let mut anchors = Anchors::new();
        assert!(anchors.is_empty());
        anchors.add(root).unwrap();
        anchors.add(root).unwrap();
        assert!(anchors.add(b"root").is_err() && anchors.len() == 1);
        let (root, leaf) = (Certificate::read(root).unwrap(), Certificate::read(leaf).unwrap());
        assert_eq!(anchors.named(root.subject()).collect::<Vec<_>>(), [0]);
        assert!(anchors.holds(&root) && !anchors.holds(&leaf));
        assert_eq!(anchors.get(0).unwrap().serial(), root.serial());
    }
}

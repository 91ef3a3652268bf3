//! What somebody trusts.

use std::collections::{HashMap, HashSet};

use wire::{Certificate, DistinguishedName, Malformed};

use crate::pem;

/// A set of certificates that are trusted for themselves: the roots of a system, or one authority
/// of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// In the order in which they were added.
    all: Vec<Box<[u8]>>,
    known: HashSet<Box<[u8]>>,
    /// Their places, by the [key](DistinguishedName::key) of the subject: they are asked for with
    /// every issuer of every chain.
    by_name: HashMap<Box<[u8]>, Vec<usize>>,
}

/// What PEM calls a certificate; OpenSSL writes further bytes behind a trusted one.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
/// The first byte of every certificate in DER.
const DER_SEQUENCE: u8 = 0x30;
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
            let name = certificate.subject().key().into();
            self.by_name.entry(name).or_default().push(self.all.len());
            self.all.push(der);
        }
        Ok(())
    }

    /// Adds the certificates of a file: one in DER, or any number in PEM among whatever else it holds.
    /// Returns how many it had.
    ///
    /// # Errors
    /// Says what is wrong, to follow the name of the file: there is none in it, or one cannot be
    /// read; those in front of that are added.
    pub fn read(&mut self, file: &[u8]) -> Result<usize, String> {
        let mut count = 0;
        let mut other = None;
        for (label, der) in pem::blocks(file) {
            if !LABELS.contains(&label) {
                other = Some(label.to_lowercase());
                continue;
            }
            count += 1;
            let added = der.is_some_and(|der| self.add(&der).is_ok());
            if !added {
                return Err(format!("certificate {count} in it cannot be read"));
            }
        }
        match (count, other) {
            (0, Some(other)) => Err(format!("no certificate in it, but a {other}")),
            (0, None) if file.first() == Some(&DER_SEQUENCE) => {
                self.add(file).map_err(|_| "no certificate: DER of something else".to_owned())?;
                Ok(1)
            }
            (0, None) => Err("no certificate in it, neither PEM nor DER".to_owned()),
            (count, _) => Ok(count),
        }
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
        Certificate::read(self.all.get(at)?).ok()
    }

    /// Whether this very certificate is one of them.
    #[must_use]
    pub fn holds(&self, certificate: &Certificate<'_>) -> bool {
        self.known.contains(certificate.der())
    }

    /// The places of those with this name, in the order in which they were added.
    pub(crate) fn named(&self, name: DistinguishedName<'_>) -> &[usize] {
        self.by_name.get(name.key().as_slice()).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of one certificate or several are read, and others are told apart.
    #[test]
    fn files_are_read() {
        let mut anchors = Anchors::new();
        assert_eq!(anchors.read(include_bytes!("../../wire/src/testdata/root.der")), Ok(1));
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(
            anchors.read(key.as_bytes()).unwrap_err(),
            "no certificate in it, but a private key"
        );
        let error = anchors.read(format!("{key}{broken}").as_bytes()).unwrap_err();
        assert_eq!(error, "certificate 1 in it cannot be read");
        for nothing in [&b""[..], b"hello", &[0x30, 3, 2, 1, 1]] {
            assert!(anchors.read(nothing).unwrap_err().starts_with("no certificate"));
        }
        assert_eq!(anchors.len(), 1);
    }

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
        assert_eq!(anchors.named(root.subject()), [0]);
        let name = root.subject().0;
        let other = name.to_ascii_uppercase();
        assert!(other != name && anchors.named(DistinguishedName(&other)) == [0]);
        assert!(anchors.named(leaf.subject()).is_empty());
        assert!(anchors.holds(&root) && !anchors.holds(&leaf));
        assert_eq!(anchors.get(0).unwrap().serial(), root.serial());
    }
}

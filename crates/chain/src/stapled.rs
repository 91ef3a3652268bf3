//! Whether what an authority says of a certificate is about this one (RFC 6960, 4.1.1).

use wire::{Certificate, OcspAnswer};

use crate::signature::digest;

/// Whether an answer is about a certificate: by its serial number, and by its issuer, whose name
/// stands in the certificate and whose key in one of those that were `sent`. Small authorities count
/// from 1, so the number alone says little. A hash that is not known here is not held against it.
#[must_use]
pub fn is_about(
    answer: &OcspAnswer<'_>,
    certificate: &Certificate<'_>,
    sent: &[Certificate<'_>],
) -> bool {
    if answer.serial != certificate.raw_serial() {
        return false;
    }
    let Some((_, hash)) = HASHES.iter().find(|(id, _)| *id == answer.hash) else { return true };
    let is = |wanted: &[u8], bytes: &[u8]| digest(hash, bytes).is_some_and(|own| own == wanted);
    // The key decides: some write the name of the issuer in other strings than the certificate has.
    let name = certificate.issuer();
    let mut issuers = sent
        .iter()
        .take(crate::MAX_CERTIFICATES)
        .filter(|it| it.subject().matches(&name))
        .peekable();
    match issuers.peek() {
        Some(_) => issuers.any(|issuer| is(answer.issuer_key_hash, issuer.key_bytes())),
        None => is(answer.issuer_name_hash, name.0),
    }
}

/// Hashes that responders use, by the content of their object identifiers.
const HASHES: [(&[u8], &str); 4] = [
    (&[0x2b, 0x0e, 3, 2, 0x1a], "sha1"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1], "sha256"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2], "sha384"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3], "sha512"),
];

#[cfg(test)]
mod tests {
    use wire::{OcspState, Time};

    use super::*;

    /// The serial number of another issuer's certificate is another certificate.
    #[test]
    fn a_number_belongs_to_its_issuer() {
        let [leaf, root, other] = [
            &include_bytes!("../../wire/src/testdata/leaf.der")[..],
            include_bytes!("../../wire/src/testdata/root.der"),
            include_bytes!("testdata/rsa-sha256.der"),
        ]
        .map(|der| Certificate::read(der).unwrap());
        let hash = |bytes: &[u8]| digest("sha1", bytes).unwrap();
        let ask = |issuer: &Certificate<'_>, algorithm: &[u8], sent: &[Certificate<'_>]| {
            let answer = OcspAnswer {
                hash: algorithm,
                issuer_name_hash: &hash(issuer.subject().0),
                issuer_key_hash: &hash(issuer.key_bytes()),
                serial: leaf.raw_serial(),
                state: OcspState::Good,
                this_update: Time(0),
                next_update: None,
            };
            is_about(&answer, &leaf, sent)
        };
        let sha1 = HASHES[0].0;
        let (alone, both) = ([leaf.clone()], [leaf.clone(), root.clone()]);
        assert!(ask(&root, sha1, &alone) && ask(&root, sha1, &both));
        assert!(!ask(&other, sha1, &alone) && !ask(&other, sha1, &both));
        // An unknown hash proves nothing.
        assert!(ask(&other, &[0x2b], &both));
        let strange = OcspAnswer {
            hash: sha1,
            issuer_name_hash: &[],
            issuer_key_hash: &[],
            serial: &[0xff],
            state: OcspState::Good,
            this_update: Time(0),
            next_update: None,
        };
        assert!(!is_about(&strange, &leaf, &both));
    }
}

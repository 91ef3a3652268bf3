//! Any bytes as a file of anchors: DER, or PEM among whatever else, whole, cut and in pieces.

use chain::Anchors;

use crate::Corpus;

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    for bytes in [bytes, &bytes[bytes.len() / 2..]] {
        let mut anchors = Anchors::new();
        match anchors.read(bytes) {
            Ok(count) => assert!(anchors.len() <= count && !anchors.is_empty()),
            Err(said) => assert!(!said.is_empty()),
        }
        for at in 0..anchors.len() {
            let anchor = anchors.get(at).expect("what was added is read");
            assert!(anchors.holds(&anchor));
        }
        assert!(anchors.get(anchors.len()).is_none());
        let count = anchors.len();
        let _ = anchors.read(bytes);
        assert_eq!(anchors.len(), count, "the same anchors are there once");
    }
}

/// Certificates in DER, and chains in PEM.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let chains = corpus.chains();
    let files = chains.iter().map(|chain| {
        let blocks = chain.iter().map(|der| pem("CERTIFICATE", der));
        [b"# a store\n".to_vec(), blocks.collect::<Vec<_>>().concat()].concat()
    });
    let single = chains.iter().flatten().take(50).cloned();
    let other = [pem("PRIVATE KEY", b"no certificate"), pem("TRUSTED CERTIFICATE", &[0x30, 0])];
    files.chain(single).chain(other).collect()
}

/// Bytes in PEM (RFC 7468).
fn pem(label: &str, bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n").into_bytes();
    for (place, part) in bytes.chunks(3).enumerate() {
        let word = part.iter().fold(0, |word, byte| word << 8 | usize::from(*byte));
        let word = word << (8 * (3 - part.len()));
        let letters = (0..4).map(|at| match at <= part.len() {
            true => LETTERS[word >> (18 - 6 * at) & 63],
            false => b'=',
        });
        text.extend(letters);
        if place % 16 == 15 {
            text.push(b'\n');
        }
    }
    text.extend(format!("\n-----END {label}-----\n").into_bytes());
    text
}

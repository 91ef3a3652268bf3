//! Signatures that OpenSSL made with every algorithm, good and forged.

use super::*;

/// A certificate of the test data that signed itself, and what is to be said of that.
macro_rules! signed {
    ($name:literal, $is:ident) => {
        ($name, include_bytes!(concat!("../testdata/", $name, ".der")) as &[u8], Signature::$is)
    };
}

const ALL: [(&str, &[u8], Signature); 19] = [
    signed!("rsa-md5", Good),
    signed!("rsa-sha1", Good),
    signed!("rsa-sha224", Good),
    signed!("rsa-sha256", Good),
    signed!("rsa-sha512", Good),
    signed!("rsa-sha384-4096", Good),
    signed!("rsa-pss-sha256", Good),
    signed!("rsa-pss-sha384", Good),
    signed!("rsa-pss-other-mask", Unchecked),
    signed!("p256-sha1", Good),
    signed!("p256-sha512", Good),
    signed!("p384-sha1", Good),
    signed!("p384-sha256", Good),
    signed!("p521-sha256", Good),
    signed!("p521-sha512", Good),
    signed!("secp256k1", Unchecked),
    signed!("ed25519", Good),
    signed!("ed448", Unchecked),
    signed!("dsa", Unchecked),
];

/// Each algorithm verifies what OpenSSL signed, and no longer when one bit of what was signed is
/// another; what is not known here is never called bad.
#[test]
fn signatures_are_verified() {
    let notary = Notary::default();
    for (name, der, is) in ALL {
        let certificate = Certificate::read(der).unwrap();
        assert_eq!(notary.issued(&certificate, &certificate), is, "{name}");
        assert_eq!(notary.issued(&certificate, &certificate), is, "{name}, remembered");
        let mut other = der.to_vec();
        // The first letter of the issuer's name.
        let at = der.windows(name.len()).position(|it| it == name.as_bytes()).unwrap();
        other[at] ^= 1;
        let forged = Certificate::read(&other).unwrap();
        let bad = if is == Signature::Good { Signature::Bad } else { is };
        assert_eq!(notary.issued(&forged, &certificate), bad, "{name}, forged");
    }
}

/// A signature of another key is bad; one of another kind of key is too, and never a surprise.
#[test]
fn other_keys_are_no_signers() {
    let notary = Notary::default();
    for (name, der, _) in ALL {
        for (signer, other, _) in ALL {
            let (one, other) = (Certificate::read(der).unwrap(), Certificate::read(other).unwrap());
            if name != signer {
                assert_ne!(notary.issued(&one, &other), Signature::Good, "{name} by {signer}");
            }
        }
    }
}

/// Cut and wild signatures, and schemes that a key cannot sign in, are survived.
#[test]
fn odd_signatures_are_survived() {
    for (_, der, _) in ALL {
        let signer = Certificate::read(der).unwrap();
        for length in [0, 1, 32, 64, 128, 256, 300] {
            for scheme in (0..=0xffff_u16)
                .step_by(997)
                .chain(0x0201..0x0204)
                .chain(0x0401..0x0404)
                .chain(0x0804..0x080c)
            {
                let signature = vec![0xff; length];
                let found = Notary::signed(&signer, Some(SignatureScheme(scheme)), b"", &signature);
                assert_ne!(found, Signature::Good);
            }
            assert_ne!(Notary::signed(&signer, None, b"", &vec![0; length]), Signature::Good);
        }
    }
}

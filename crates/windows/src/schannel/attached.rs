//! The certificate that an event carries as bytes.
//!
//! Microsoft does not say how it is written there. Both ways that SChannel has are tried: the
//! certificate itself, and a certificate with the properties of its store, as
//! `CertSerializeCertificateStoreElement` writes it; then whatever in it reads as a certificate.

use logs::Certificate;
use wire::AlternativeName;

/// The certificate in the bytes of an event.
pub(super) fn certificate(bytes: &[u8]) -> Option<Certificate> {
    // What is as long as it says is the certificate itself.
    let whole = || read(bytes.get(..length(bytes)?)?);
    whole().or_else(|| read(serialized(bytes)?)).or_else(|| found(bytes))
}

/// The certificate among the properties of its store: each has a number, the encoding, a length and
/// data; the last is the certificate.
fn serialized(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..MOST_PROPERTIES {
        let (header, behind) = rest.split_first_chunk::<12>()?;
        let [number, encoding, length] = words(header);
        if encoding & X509_ASN_ENCODING == 0 {
            return None;
        }
        let (data, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
        if number == CERT_CERT_PROP_ID {
            return Some(data);
        }
        rest = behind;
    }
    None
}

/// The first bytes that read as a certificate: it begins with a SEQUENCE whose length has two bytes,
/// as all that are longer than 255 bytes do.
fn found(bytes: &[u8]) -> Option<Certificate> {
    let searched = bytes.get(..bytes.len().min(MOST_SEARCHED))?;
    let starts = searched.windows(2).enumerate().filter(|(_, two)| *two == [0x30, 0x82]);
    let starts = starts.filter_map(|(place, _)| {
        let rest = bytes.get(place..)?;
        rest.get(..length(rest)?)
    });
    starts.take(MOST_TRIES).find_map(read)
}

fn read(der: &[u8]) -> Option<Certificate> {
    let certificate = wire::Certificate::read(der).ok()?;
    let names = certificate.alternative_names().into_iter().filter_map(|name| match name {
        AlternativeName::Dns(name) => Some(name.to_owned()),
        AlternativeName::Ip(address) => Some(address.to_string()),
        _ => None,
    });
    Some(Certificate {
        subject: certificate.subject().text().unwrap_or_default(),
        issuer: certificate.issuer().text().unwrap_or_default(),
        serial: certificate.serial(),
        names: names.take(MOST_NAMES).collect(),
        validity: Some((certificate.not_before().seconds(), certificate.not_after().seconds())),
    })
}

/// The length of the SEQUENCE that these bytes begin with, its header included.
fn length(bytes: &[u8]) -> Option<usize> {
    let length = match *bytes {
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(length),
        _ => return None,
    };
    (length <= bytes.len()).then_some(length)
}

/// Three numbers of four bytes.
fn words(bytes: &[u8; 12]) -> [u32; 3] {
    let mut words = [0; 3];
    for (word, four) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*four);
    }
    words
}

/// The certificate among the properties (wincrypt.h, `CERT_CERT_PROP_ID`).
const CERT_CERT_PROP_ID: u32 = 32;
/// The encoding of certificates (wincrypt.h).
const X509_ASN_ENCODING: u32 = 1;
/// Properties that are stepped over: a store knows some 130 kinds.
const MOST_PROPERTIES: usize = 256;
/// Bytes that are searched: an event has room for 64 KiB.
const MOST_SEARCHED: usize = 64 << 10;
/// Places that are tried: a certificate has some ten SEQUENCEs of that length in itself.
const MOST_TRIES: usize = 16;
/// Names that are kept of a certificate: those of a large host are a hundred.
const MOST_NAMES: usize = 100;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A certificate for `CN=mail.example.test`, its own issuer, valid in the year 2026.
    pub(in super::super) fn der() -> Vec<u8> {
        include_bytes!("testdata/mail.der").to_vec()
    }

    /// The same behind two properties of a store, as SChannel holds it.
    pub(in super::super) fn context() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut property = |number: u32, data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap();
            for word in [number, 1, length] {
                bytes.extend(word.to_le_bytes());
            }
            bytes.extend(data);
        };
        property(3, &[0x11; 20]);
        property(0x20, &der());
        bytes
    }

    /// The certificate is found in each way of writing it down, and nowhere else.
    #[test]
    fn a_certificate_in_every_form() {
        let wanted = certificate(&der()).unwrap();
        assert_eq!(wanted.subject, "CN=mail.example.test");
        assert_eq!(wanted.names, ["mail.example.test", "192.0.2.25"]);
        assert_eq!(certificate(&context()), Some(wanted.clone()));
        let structure = [&[0xcc; 40][..], &der(), &[0; 8]].concat();
        assert_eq!(certificate(&structure), Some(wanted));
        assert_eq!(certificate(&der()[..200]), None);
        assert_eq!(certificate(&[0x30, 0x82].repeat(1_000)), None);
        assert_eq!(certificate(&[]), None);
    }

    /// A property whose length reaches beyond the bytes ends the search, not the program.
    #[test]
    fn lengths_that_lie() {
        let mut bytes = context();
        bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(certificate(&bytes).unwrap().subject, "CN=mail.example.test");
        assert_eq!(serialized(&bytes), None);
    }
}

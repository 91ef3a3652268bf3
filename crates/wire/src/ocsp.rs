//! What an authority says of a certificate when it is asked, and a server passes on ("stapled"):
//! OCSP (RFC 6960, 4.2.1; RFC 6066, 8).
//!
//! Its signature is not verified here: a client that reads the answer believes it or not, and what
//! it says is a fact of the handshake either way.

use crate::der::{
    self, ENUMERATED, EXPLICIT_0, GENERALIZED_TIME, INTEGER, OCTETS, OID, SEQUENCE, element, expect,
};
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::time::Time;

/// An answer about one or several certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse<'a> {
    /// Whether there is an answer at all: 0 if so, else why not (1 malformedRequest, 2
    /// internalError, 3 tryLater, 5 sigRequired, 6 unauthorized).
    pub status: u8,
    /// What is said of each certificate, at most 16 of them.
    pub answers: Vec<OcspAnswer<'a>>,
}

/// What is said of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspAnswer<'a> {
    /// The algorithm of the two hashes below: its object identifier, as DER has it.
    pub hash: &'a [u8],
    /// The hash of the name of its issuer, in DER.
    pub issuer_name_hash: &'a [u8],
    /// The hash of the key of its issuer, of the bits of subjectPublicKey alone.
    pub issuer_key_hash: &'a [u8],
    /// Its serial number, as DER has it; every issuer has numbers of its own.
    pub serial: &'a [u8],
    /// Whether it is revoked.
    pub state: OcspState,
    /// From when on this is known to be so.
    pub this_update: Time,
    /// When there will be a newer answer; `None` where there may be one at any time.
    pub next_update: Option<Time>,
}

/// Whether a certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspState {
    /// It is not.
    Good,
    /// It is, since then.
    Revoked(Time),
    /// The one who was asked does not know it.
    Unknown,
}

/// Answers of one response that are read: servers staple one.
const MAX_ANSWERS: usize = 16;

impl<'a> OcspResponse<'a> {
    /// Reads the body of a CertificateStatus message, or of the extension status_request of a
    /// certificate in TLS 1.3: a type, and an answer in DER.
    ///
    /// # Errors
    /// When the answer does not fit, or is none.
    pub fn read_status(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut body = Reader::new(body);
        body.u8("CertificateStatus status_type")?;
        let mut response = body.sub24("CertificateStatus response")?;
        let length = response.left();
        Self::read(response.take(length, "CertificateStatus response")?)
    }

    /// Reads an answer in DER.
    ///
    /// # Errors
    /// When a field is not what it should be.
    pub fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut whole = Reader::new(der);
        let mut response = Reader::new(expect(&mut whole, SEQUENCE, "OCSPResponse")?);
        let status = match expect(&mut response, ENUMERATED, "OCSPResponse responseStatus")? {
            [status] => *status,
            _ => return Err(response.malformed("OCSPResponse responseStatus", 1)),
        };
        let mut answers = Vec::new();
        if !response.is_empty() {
            let mut bytes = Reader::new(expect(&mut response, EXPLICIT_0, "responseBytes")?);
            let mut bytes = Reader::new(expect(&mut bytes, SEQUENCE, "responseBytes")?);
            expect(&mut bytes, OID, "responseType")?;
            let mut basic = Reader::new(expect(&mut bytes, OCTETS, "response")?);
            let mut basic = Reader::new(expect(&mut basic, SEQUENCE, "BasicOCSPResponse")?);
            let mut data = Reader::new(expect(&mut basic, SEQUENCE, "tbsResponseData")?);
            if data.rest().first() == Some(&EXPLICIT_0) {
                expect(&mut data, EXPLICIT_0, "ResponseData version")?;
            }
            element(&mut data, "ResponseData responderID")?;
            expect(&mut data, GENERALIZED_TIME, "ResponseData producedAt")?;
            let mut list = Reader::new(expect(&mut data, SEQUENCE, "ResponseData responses")?);
            while !list.is_empty() && answers.len() < MAX_ANSWERS {
                let one = expect(&mut list, SEQUENCE, "SingleResponse")?;
                answers.push(OcspAnswer::read(Reader::new(one))?);
            }
        }
        Ok(Self { status, answers })
    }
}

impl<'a> OcspAnswer<'a> {
    fn read(mut one: Reader<'a>) -> Result<Self, Malformed> {
        let mut id = Reader::new(expect(&mut one, SEQUENCE, "SingleResponse certID")?);
        let mut algorithm = Reader::new(expect(&mut id, SEQUENCE, "CertID hashAlgorithm")?);
        let hash = expect(&mut algorithm, OID, "CertID hashAlgorithm")?;
        let issuer_name_hash = expect(&mut id, OCTETS, "CertID issuerNameHash")?;
        let issuer_key_hash = expect(&mut id, OCTETS, "CertID issuerKeyHash")?;
        let serial = expect(&mut id, INTEGER, "CertID serialNumber")?;
        let state = match element(&mut one, "SingleResponse certStatus")? {
            (0x80, _) => OcspState::Good,
            (0xa1, revoked) => OcspState::Revoked(time(&mut Reader::new(revoked))?),
            _ => OcspState::Unknown,
        };
        let this_update = time(&mut one)?;
        let next_update = match one.rest().first() {
            Some(&EXPLICIT_0) => {
                let next = expect(&mut one, EXPLICIT_0, "SingleResponse nextUpdate")?;
                Some(time(&mut Reader::new(next))?)
            }
            _ => None,
        };
        Ok(Self {
            hash,
            issuer_name_hash,
            issuer_key_hash,
            serial,
            state,
            this_update,
            next_update,
        })
    }
}

/// A GeneralizedTime in the one form that is allowed (RFC 5280, 4.1.2.5.2).
fn time(from: &mut Reader<'_>) -> Result<Time, Malformed> {
    let what = "OCSP GeneralizedTime";
    let text = expect(from, GENERALIZED_TIME, what)?;
    der::time(GENERALIZED_TIME, text).ok_or_else(|| from.malformed(what, 15))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers that OpenSSL wrote: good with an end, revoked without one, and a refusal to answer.
    #[test]
    fn answers_are_read() {
        let good = OcspResponse::read(include_bytes!("testdata/good.ocsp")).unwrap();
        let [answer] = good.answers[..] else { panic!("{good:?}") };
        assert_eq!(
            (good.status, answer.state, answer.serial),
            (0, OcspState::Good, &[0x12, 0x34][..])
        );
        assert!(answer.next_update.unwrap() > answer.this_update);
        assert_eq!(answer.hash, [0x2b, 0x0e, 3, 2, 0x1a]);
        assert_eq!([answer.issuer_name_hash, answer.issuer_key_hash].map(<[u8]>::len), [20, 20]);
        let revoked = OcspResponse::read(include_bytes!("testdata/revoked.ocsp")).unwrap();
        let [answer] = revoked.answers[..] else { panic!("{revoked:?}") };
        let since = Time(Time::midnight(2026, 10, 1).0 + 43_200 * 1_000_000_000);
        assert_eq!((answer.state, answer.next_update), (OcspState::Revoked(since), None));
        let later = OcspResponse::read(&[0x30, 3, 0x0a, 1, 3]).unwrap();
        assert_eq!((later.status, later.answers.len()), (3, 0));
    }

    /// A message is the answer behind its type and its length; any cut of it is an error.
    #[test]
    fn cuts_are_errors() {
        let good = include_bytes!("testdata/good.ocsp");
        let length = u16::try_from(good.len()).unwrap().to_be_bytes();
        let message = [&[1, 0], &length[..], &good[..]].concat();
        assert_eq!(OcspResponse::read_status(&message), OcspResponse::read(good));
        for end in 0..message.len() {
            assert!(OcspResponse::read_status(&message[..end]).is_err());
        }
        for at in 0..good.len() {
            let mut other = good.to_vec();
            other[at] ^= 0xff;
            let _ = OcspResponse::read(&other);
        }
    }
}

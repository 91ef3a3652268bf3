//! Certificate and CertificateRequest, in the form of TLS 1.2 and earlier and in that of
//! TLS 1.3 (RFC 5246, 7.4.2 and 7.4.4; RFC 9846, 4.4.2 and 4.3.2).

use crate::distinguished_name::DistinguishedName;
use crate::extension::{ExtensionType, Extensions};
use crate::malformed::Malformed;
use crate::reader::Reader;
use crate::scheme::SignatureScheme;
use crate::vector::{list16, strings16, words};
use crate::version::ProtocolVersion;

/// A Certificate message: what a peer shows of its chain, the leaf first.
#[derive(Clone, Copy, Debug)]
pub struct CertificateMessage<'a> {
    /// Ties the answer to a request in TLS 1.3; empty for servers and before TLS 1.3.
    pub context: &'a [u8],
    /// Where the bytes ended before the list did; only the `_cut` readers set it.
    pub cut: Option<Malformed>,
    list: Reader<'a>,
    tls13: bool,
}

/// One certificate of a Certificate message.
#[derive(Clone, Copy, Debug)]
pub struct CertificateEntry<'a> {
    /// The certificate as it was sent, DER if the peer kept to the rules.
    pub der: &'a [u8],
    /// Where the DER begins: an offset in the body of the handshake message.
    pub at: usize,
    /// What TLS 1.3 adds to each certificate; empty before TLS 1.3.
    pub extensions: Extensions<'a>,
}

impl<'a> CertificateMessage<'a> {
    /// Reads the body of a Certificate message, the handshake header left away.
    ///
    /// # Errors
    /// When the list does not fit into the body.
    pub fn read(body: &'a [u8], version: ProtocolVersion) -> Result<Self, Malformed> {
        let message = Self::read_cut(body, version);
        message.cut.map_or(Ok(message), Err)
    }

    /// Reads as much as there is: the certificates that are complete are usable, and
    /// [`Self::cut`] says where the bytes ended.
    pub fn read_cut(body: &'a [u8], version: ProtocolVersion) -> Self {
        let tls13 = version.is_tls13();
        let mut message = Self { context: &[], cut: None, list: Reader::new(&[]), tls13 };
        message.cut = message.fill(Reader::new(body)).err();
        message
    }

    fn fill(&mut self, mut body: Reader<'a>) -> Result<(), Malformed> {
        if self.tls13 {
            self.context = body.vec8("Certificate certificate_request_context")?;
        }
        match body.sub24("Certificate certificate_list") {
            Ok(list) => self.list = list,
            Err(cut) => {
                let rest = body.rest().get(3..).unwrap_or_default();
                self.list = Reader::new_at(rest, body.at() + 3);
                return Err(cut);
            }
        }
        Ok(())
    }

    /// The certificates, the peer's own first, up to the first that is not complete.
    pub fn certificates(&self) -> impl Iterator<Item = CertificateEntry<'a>> + Clone + use<'a> {
        let (mut list, tls13) = (self.list, self.tls13);
        std::iter::from_fn(move || {
            let der = list.sub24("Certificate cert_data").ok()?;
            let mut extensions = Extensions::default();
            if tls13 {
                // A missing block is a cut: the certificate itself is still good.
                if let Ok(block) = list.sub16("Certificate extensions") {
                    extensions = Extensions::new(block.rest(), block.at());
                }
            }
            Some(CertificateEntry { der: der.rest(), at: der.at(), extensions })
        })
    }

    /// Whether the peer shows no certificate at all, which only a client may do.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.cut.is_none() && self.list.is_empty()
    }
}

/// A CertificateRequest: the server asks the client who it is.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRequest<'a> {
    /// The kinds of certificate the server takes (RFC 5246, 7.4.4): 1 RSA, 2 DSS, 64 ECDSA;
    /// empty in TLS 1.3.
    pub certificate_types: &'a [u8],
    /// Ties the answer to the request; empty during a handshake and before TLS 1.3.
    pub context: &'a [u8],
    /// The extensions of the TLS 1.3 form.
    pub extensions: Extensions<'a>,
    signature_algorithms: &'a [u8],
    authorities: &'a [u8],
}

impl<'a> CertificateRequest<'a> {
    /// Reads the body of a CertificateRequest as the version writes it: TLS 1.3 with
    /// extensions, TLS 1.2 with signature algorithms, older ones without. A last list that is
    /// cut is kept as far as it goes.
    ///
    /// # Errors
    /// When a list in front of the last one does not fit into the body.
    pub fn read(body: &'a [u8], version: ProtocolVersion) -> Result<Self, Malformed> {
        let mut body = Reader::new(body);
        let mut request = Self {
            certificate_types: &[],
            context: &[],
            extensions: Extensions::default(),
            signature_algorithms: &[],
            authorities: &[],
        };
        if version.is_tls13() {
            request.context = body.vec8("CertificateRequest certificate_request_context")?;
            request.extensions = Extensions::new(list16(body.rest()), body.at() + 2);
            let list = |kind| request.extensions.find(kind).map_or(&[][..], |e| list16(e.body));
            let signature_algorithms = list(ExtensionType::SIGNATURE_ALGORITHMS);
            let authorities = list(ExtensionType::CERTIFICATE_AUTHORITIES);
            return Ok(Self { signature_algorithms, authorities, ..request });
        }
        request.certificate_types = body.vec8("CertificateRequest certificate_types")?;
        if version.settled() >= ProtocolVersion::TLS_1_2 {
            request.signature_algorithms =
                body.vec16("CertificateRequest supported_signature_algorithms")?;
        }
        request.authorities = list16(body.rest());
        Ok(request)
    }

    /// The schemes in which the client may sign; none before TLS 1.2.
    pub fn signature_algorithms(&self) -> impl Iterator<Item = SignatureScheme> + Clone + use<'a> {
        words(self.signature_algorithms).map(SignatureScheme)
    }

    /// The authorities the server says it trusts. None at all means: it does not say.
    pub fn authorities(&self) -> impl Iterator<Item = DistinguishedName<'a>> + Clone + use<'a> {
        strings16(self.authorities).map(DistinguishedName)
    }
}

/// A CertificateVerify: a side proves that the key of its certificate is its own (RFC 5246, 7.4.8;
/// RFC 9846, 4.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateVerify<'a> {
    /// How it signs; `None` before TLS 1.2.
    pub scheme: Option<SignatureScheme>,
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> CertificateVerify<'a> {
    /// Reads the body of a CertificateVerify.
    ///
    /// # Errors
    /// When the signature does not fit into the body.
    pub fn read(body: &'a [u8], version: ProtocolVersion) -> Result<Self, Malformed> {
        let mut body = Reader::new(body);
        let scheme = match version.settled() >= ProtocolVersion::TLS_1_2 {
            true => Some(SignatureScheme(body.u16("CertificateVerify algorithm")?)),
            false => None,
        };
        Ok(Self { scheme, signature: body.vec16("CertificateVerify signature")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scheme stands in front of the signature from TLS 1.2 on.
    #[test]
    fn a_proof_is_read() {
        let body = [8, 4, 0, 2, 7, 9];
        let new = CertificateVerify::read(&body, ProtocolVersion::TLS_1_3).unwrap();
        assert_eq!(new.scheme, Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
        assert_eq!(new.signature, [7, 9]);
        let old = CertificateVerify::read(&body[2..], ProtocolVersion::TLS_1_1).unwrap();
        assert_eq!((old.scheme, old.signature), (None, &[7, 9][..]));
        assert!(CertificateVerify::read(&body[..5], ProtocolVersion::TLS_1_2).is_err());
    }

    /// Before TLS 1.3: a list of lists, with offsets into the message.
    #[test]
    fn the_old_form_is_read() {
        let body = [0, 0, 9, 0, 0, 2, 0xaa, 0xbb, 0, 0, 1, 0xcc];
        let message = CertificateMessage::read(&body, ProtocolVersion::TLS_1_2).unwrap();
        let found: Vec<_> = message.certificates().map(|c| (c.der.to_vec(), c.at)).collect();
        assert_eq!(found, [(vec![0xaa, 0xbb], 6), (vec![0xcc], 11)]);
        assert!(!message.is_empty());
        let none = CertificateMessage::read(&[0, 0, 0], ProtocolVersion::TLS_1_2).unwrap();
        assert!(none.is_empty());
    }

    /// TLS 1.3: a context in front and extensions behind each certificate.
    #[test]
    fn the_new_form_is_read() {
        let body = [1, 9, 0, 0, 10, 0, 0, 1, 0xaa, 0, 4, 0, 5, 0, 0];
        let message = CertificateMessage::read(&body, ProtocolVersion::TLS_1_3).unwrap();
        assert_eq!(message.context, [9]);
        let entry = message.certificates().next().unwrap();
        assert_eq!((entry.der, entry.at), (&[0xaa][..], 8));
        assert!(entry.extensions.find(ExtensionType::STATUS_REQUEST).is_some());
    }

    /// A cut message keeps its complete certificates and says that it is cut.
    #[test]
    fn a_cut_message_keeps_what_is_complete() {
        let body = [0, 0, 9, 0, 0, 2, 0xaa, 0xbb, 0, 0, 1];
        assert!(CertificateMessage::read(&body, ProtocolVersion::TLS_1_2).is_err());
        let message = CertificateMessage::read_cut(&body, ProtocolVersion::TLS_1_2);
        assert_eq!(message.certificates().count(), 1);
        assert_eq!(message.cut.unwrap().at, 3);
        assert!(!CertificateMessage::read_cut(&[0, 0], ProtocolVersion::TLS_1_2).is_empty());
    }

    /// The three forms of a request: TLS 1.1, TLS 1.2, TLS 1.3.
    #[test]
    fn requests_are_read_as_the_version_writes_them() {
        let old = [2, 1, 64, 0, 4, 0, 2, 0x30, 0];
        let request = CertificateRequest::read(&old, ProtocolVersion::TLS_1_1).unwrap();
        assert_eq!(request.certificate_types, [1, 64]);
        assert_eq!(request.authorities().count(), 1);
        assert_eq!(request.signature_algorithms().count(), 0);

        let middle = [1, 1, 0, 2, 4, 1, 0, 0];
        let request = CertificateRequest::read(&middle, ProtocolVersion::TLS_1_2).unwrap();
        assert_eq!(
            request.signature_algorithms().collect::<Vec<_>>(),
            [SignatureScheme::RSA_PKCS1_SHA256]
        );
        assert_eq!(request.authorities().count(), 0);

        let new = [0, 0, 18, 0, 13, 0, 4, 0, 2, 8, 4, 0, 47, 0, 6, 0, 4, 0, 2, 0x30, 0];
        let request = CertificateRequest::read(&new, ProtocolVersion::TLS_1_3).unwrap();
        assert_eq!(
            request.signature_algorithms().collect::<Vec<_>>(),
            [SignatureScheme::RSA_PSS_RSAE_SHA256]
        );
        assert_eq!(request.authorities().next().unwrap().0, [0x30, 0]);
    }

    /// Any part of a message, in any version, is read or refused, never worse.
    #[test]
    fn any_part_is_survived() {
        let body = [1, 9, 0, 0, 10, 0, 0, 1, 0xaa, 0, 4, 0, 5, 0, 0, 0, 2, 0x30, 0];
        for version in
            [ProtocolVersion::TLS_1_1, ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3]
        {
            for start in 0..body.len() {
                for end in start..=body.len() {
                    let part = &body[start..end];
                    let message = CertificateMessage::read_cut(part, version);
                    let _ = (message.certificates().count(), message.is_empty());
                    if let Ok(request) = CertificateRequest::read(part, version) {
                        let _ = request.authorities().filter_map(|name| name.text()).count();
                        let _ = request.signature_algorithms().count();
                    }
                }
            }
        }
    }
}

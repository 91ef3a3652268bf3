//! The extensions of hellos, certificates and certificate requests (RFC 9846, 4.2).

use std::fmt;

use crate::names::{is_grease, names, show};
use crate::vector::{list8, list16, strings8, words};

names! {
    /// Which extension it is: the IANA registry, and below it what is in use without
    /// registration.
    pub struct ExtensionType(u16);
    0 SERVER_NAME "server_name"
    1 MAX_FRAGMENT_LENGTH "max_fragment_length"
    2 CLIENT_CERTIFICATE_URL "client_certificate_url"
    3 TRUSTED_CA_KEYS "trusted_ca_keys"
    4 TRUNCATED_HMAC "truncated_hmac"
    5 STATUS_REQUEST "status_request"
    6 USER_MAPPING "user_mapping"
    7 CLIENT_AUTHZ "client_authz"
    8 SERVER_AUTHZ "server_authz"
    9 CERT_TYPE "cert_type"
    10 SUPPORTED_GROUPS "supported_groups"
    11 EC_POINT_FORMATS "ec_point_formats"
    12 SRP "srp"
    13 SIGNATURE_ALGORITHMS "signature_algorithms"
    14 USE_SRTP "use_srtp"
    15 HEARTBEAT "heartbeat"
    16 ALPN "application_layer_protocol_negotiation"
    17 STATUS_REQUEST_V2 "status_request_v2"
    18 SIGNED_CERTIFICATE_TIMESTAMP "signed_certificate_timestamp"
    19 CLIENT_CERTIFICATE_TYPE "client_certificate_type"
    20 SERVER_CERTIFICATE_TYPE "server_certificate_type"
    21 PADDING "padding"
    22 ENCRYPT_THEN_MAC "encrypt_then_mac"
    23 EXTENDED_MASTER_SECRET "extended_master_secret"
    24 TOKEN_BINDING "token_binding"
    25 CACHED_INFO "cached_info"
    26 TLS_LTS "tls_lts"
    27 COMPRESS_CERTIFICATE "compress_certificate"
    28 RECORD_SIZE_LIMIT "record_size_limit"
    29 PWD_PROTECT "pwd_protect"
    30 PWD_CLEAR "pwd_clear"
    31 PASSWORD_SALT "password_salt"
    32 TICKET_PINNING "ticket_pinning"
    33 TLS_CERT_WITH_EXTERN_PSK "tls_cert_with_extern_psk"
    34 DELEGATED_CREDENTIAL "delegated_credential"
    35 SESSION_TICKET "session_ticket"
    36 TLMSP "TLMSP"
    37 TLMSP_PROXYING "TLMSP_proxying"
    38 TLMSP_DELEGATE "TLMSP_delegate"
    39 SUPPORTED_EKT_CIPHERS "supported_ekt_ciphers"
    40 KEY_SHARE_DRAFT "key_share (draft)"
    41 PRE_SHARED_KEY "pre_shared_key"
    42 EARLY_DATA "early_data"
    43 SUPPORTED_VERSIONS "supported_versions"
    44 COOKIE "cookie"
    45 PSK_KEY_EXCHANGE_MODES "psk_key_exchange_modes"
    47 CERTIFICATE_AUTHORITIES "certificate_authorities"
    48 OID_FILTERS "oid_filters"
    49 POST_HANDSHAKE_AUTH "post_handshake_auth"
    50 SIGNATURE_ALGORITHMS_CERT "signature_algorithms_cert"
    51 KEY_SHARE "key_share"
    52 TRANSPARENCY_INFO "transparency_info"
    53 CONNECTION_ID_DEPRECATED "connection_id (deprecated)"
    54 CONNECTION_ID "connection_id"
    55 EXTERNAL_ID_HASH "external_id_hash"
    56 EXTERNAL_SESSION_ID "external_session_id"
    57 QUIC_TRANSPORT_PARAMETERS "quic_transport_parameters"
    58 TICKET_REQUEST "ticket_request"
    59 DNSSEC_CHAIN "dnssec_chain"
    60 SEQUENCE_NUMBER_ENCRYPTION_ALGORITHMS "sequence_number_encryption_algorithms"
    61 RRC "rrc"
    62 TLS_FLAGS "tls_flags"
    0x3374 NEXT_PROTOCOL_NEGOTIATION "next_protocol_negotiation"
    0x4469 APPLICATION_SETTINGS_OLD "application_settings (old)"
    0x44cd APPLICATION_SETTINGS "application_settings"
    0x7550 CHANNEL_ID "channel_id"
    0xfd00 ECH_OUTER_EXTENSIONS "ech_outer_extensions"
    0xfe0d ENCRYPTED_CLIENT_HELLO "encrypted_client_hello"
    0xff01 RENEGOTIATION_INFO "renegotiation_info"
    0xffa5 QUIC_TRANSPORT_PARAMETERS_DRAFT "quic_transport_parameters (draft)"
}

impl ExtensionType {
    /// Whether the value is one of RFC 8701's, sent to keep servers tolerant.
    #[inline]
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }
}

impl fmt::Display for ExtensionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.name(), self.0)
    }
}

/// One extension, borrowed from its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Which extension it is.
    pub kind: ExtensionType,
    /// Its content, without type and length.
    pub body: &'a [u8],
    /// Where its type field stands: an offset in the body of the handshake message.
    pub at: usize,
}

impl<'a> Extension<'a> {
    /// The 16-bit numbers of a vector with a one-byte length, as far as they go.
    #[inline]
    pub fn words8(&self) -> impl Iterator<Item = u16> + Clone + use<'a> {
        words(list8(self.body))
    }

    /// The same behind a two-byte length.
    #[inline]
    pub fn words16(&self) -> impl Iterator<Item = u16> + Clone + use<'a> {
        words(list16(self.body))
    }

    /// The strings of a vector with a two-byte length, each behind one byte of length.
    #[inline]
    pub fn strings8(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        strings8(list16(self.body))
    }
}

/// Walks a block of extensions. It stops, without a word, at the first one that the block
/// does not hold completely; [`Extensions::rest`] tells what was left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extensions<'a> {
    block: &'a [u8],
    at: usize,
}

impl<'a> Extensions<'a> {
    /// Walks `block`, whose first byte is byte `at` of the message body.
    #[inline]
    pub const fn new(block: &'a [u8], at: usize) -> Self {
        Self { block, at }
    }

    /// What has not been walked yet. Once the walk has ended, anything here is an extension
    /// whose length runs past the end of the block.
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.block
    }

    /// Where the rest begins, as an offset in the message body.
    #[inline]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The first extension of that kind.
    #[inline]
    pub fn find(mut self, kind: ExtensionType) -> Option<Extension<'a>> {
        Iterator::find(&mut self, |extension| extension.kind == kind)
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    #[inline]
    fn next(&mut self) -> Option<Extension<'a>> {
        let (&[a, b, c, d], rest) = self.block.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([c, d]));
        let (body, rest) = rest.split_at_checked(length)?;
        let kind = ExtensionType(u16::from_be_bytes([a, b]));
        let extension = Extension { kind, body, at: self.at };
        self.block = rest;
        self.at += 4 + length;
        Some(extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two extensions are walked with their offsets; the third, cut short, is left as rest.
    #[test]
    fn a_block_is_walked_to_its_last_whole_extension() {
        let block = [0, 0, 0, 1, 7, 0xff, 1, 0, 0, 0, 10, 0, 9, 1];
        let mut walk = Extensions::new(&block, 100);
        assert_eq!(
            walk.next(),
            Some(Extension { kind: ExtensionType::SERVER_NAME, body: &[7], at: 100 })
        );
        assert_eq!(
            walk.next(),
            Some(Extension { kind: ExtensionType::RENEGOTIATION_INFO, body: &[], at: 105 })
        );
        assert_eq!(walk.next(), None);
        assert_eq!((walk.rest(), walk.at()), (&block[9..], 109));
    }
}

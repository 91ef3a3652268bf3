//! What a station with Windows says when it was not let in: 802.1X over cable and radio.
//!
//! Sources: eaphosterror.h and Microsoft's pages on `ONEX_EAP_ERROR` and event 15514.

use alert::Side;
use logs::{Sure, Suspect, Voice};

use super::Access;
use crate::network::SECURITY;
use crate::{Record, capi2};

/// Who writes these events.
const RADIO: &str = "Microsoft-Windows-WLAN-AutoConfig";
const CABLE: &str = "Microsoft-Windows-Wired-AutoConfig";

/// What EAP host gives as a reason.
struct Reason {
    code: u32,
    /// Whether this station refused what it was shown, heard that it was refused, or did not begin.
    voice: Voice,
    says: &'static str,
    causes: &'static [Suspect],
}

macro_rules! reasons {
    ($($code:literal $voice:ident $says:literal $($sure:ident $cause:literal)*;)+) => {
        &[$(Reason {
            code: $code,
            voice: Voice::$voice,
            says: $says,
            causes: &[$(Suspect { cause: $cause, sure: Sure::$sure }),*],
        }),+]
    };
}

const REASONS: &[Reason] = reasons! {
    0x8042_0010 Lost "the store of certificates could not be opened"
        Possible "private-key-permission";
    0x8042_0011 Lost "the EAP method is not installed here"
        Likely "eap-method-refused";
    0x8042_0014 Heard "the server knows nobody of this name, or there is none to give"
        Possible "client-cert-not-mapped" Possible "client-cert-missing";
    0x4042_0016 Lost "station and server agree on no EAP method"
        Likely "eap-method-refused";
    0x8042_0100 Lost "no certificate of the user was found"
        Likely "client-cert-missing" Possible "client-cert-not-selected";
    0x8042_0101 Lost "the certificate of the user is not meant for this use"
        Likely "client-cert-wrong-eku";
    0x8042_0102 Lost "the certificate of the user has expired"
        Certain "client-cert-expired";
    0x8042_0103 Lost "the certificate of the user is revoked"
        Certain "revoked";
    0x8042_0104 Lost "something is wrong with the certificate of the user"
        Possible "server-does-not-trust-client-ca" Possible "client-cert-wrong-eku";
    0x8042_0105 Heard "the server rejected the certificate of the user"
        Likely "server-does-not-trust-client-ca" Possible "client-cert-not-mapped"
        Possible "client-cert-expired";
    0x4042_0110 Heard "the server ended it after the name was given"
        Possible "eap-access-denied" Possible "client-cert-not-mapped";
    0x8042_0111 Heard "the server rejected the credentials"
        Likely "eap-inner-authentication-refused" Possible "client-cert-not-mapped";
    0x8042_0112 Heard "the server rejected name or password"
        Certain "eap-inner-authentication-refused";
    0x8042_0200 Lost "the server has no certificate"
        Likely "server-has-no-usable-certificate";
    0x8042_0201 Refused "the certificate of the server is not meant for this use"
        Likely "wrong-eku-server";
    0x8042_0202 Refused "the certificate of the server has expired"
        Certain "expired-leaf";
    0x8042_0203 Refused "the certificate of the server is revoked"
        Certain "revoked";
    0x8042_0204 Refused "something is wrong with the certificate of the server"
        Possible "untrusted-root" Possible "hostname-mismatch";
    0x8042_0300 Lost "the root of the user's certificate was not found"
        Likely "server-does-not-trust-client-ca";
    0x8042_0301 Lost "the root of the user's certificate is not valid"
        Likely "server-does-not-trust-client-ca";
    0x8042_0302 Lost "the root of the user's certificate has expired"
        Likely "expired-chain-member";
    0x8042_0400 Refused "no trusted root belongs to the certificate of the server"
        Certain "untrusted-root";
    0x8042_0401 Refused "the root that the profile names is not that of the server's certificate"
        Likely "untrusted-root";
    0x8042_0406 Refused "the server's name is not one that the profile allows"
        Likely "hostname-mismatch";
};

/// `ONEX_EAP_FAILURE_RECEIVED`: the server said EAP-Failure, and nothing else is known.
const FAILURE_RECEIVED: u64 = 0x5_0005;

/// What the server may have meant by it.
const DENIED: &[Suspect] = &[
    Suspect { cause: "eap-access-denied", sure: Sure::Possible },
    Suspect { cause: "eap-inner-authentication-refused", sure: Sure::Possible },
    Suspect { cause: "server-does-not-trust-client-ca", sure: Sure::Possible },
];

/// The causes that these events point at.
pub(super) fn suspects() -> impl Iterator<Item = &'static str> {
    let of_reasons = REASONS.iter().flat_map(|reason| reason.causes);
    of_reasons.chain(DENIED).map(|suspect| suspect.cause)
}

/// What such an event tells; `None` for one that is another's, tells of success or nothing of EAP.
pub(super) fn told(record: &Record) -> Option<Access> {
    match (&record.provider[..], record.id) {
        (RADIO, 12013) | (CABLE, 15514) | (SECURITY, 5632 | 5633) => {}
        _ => return None,
    }
    let number = |name: &str| record.integer(name).filter(|number| *number != 0);
    let code = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
    let codes = || ["EAPReasonCode", "EAPErrorCode", "ErrorCode", "ReasonCode"].into_iter();
    let of_eap = codes().filter_map(code).find_map(|code| {
        let reason = REASONS.iter().find(|reason| reason.code == code)?;
        Some((code, reason.voice, reason.says, reason.causes.to_vec()))
    });
    let of_tls = || {
        codes().filter_map(code).find_map(|code| {
            let refusal = logs::spelled(&format!("0x{code:08X}"))?.refusal?;
            Some((code, Voice::Refused, refusal.says, capi2::by_result(code, Side::Server)))
        })
    };
    let of_server = || {
        let is_failure = number("ReasonCode") == Some(FAILURE_RECEIVED);
        is_failure.then(|| (0, Voice::Heard, "the server said EAP-Failure", DENIED.to_vec()))
    };
    let (code, voice, says, causes) = of_eap.or_else(of_tls).or_else(of_server)?;
    let text = |name: &str| record.text(name).filter(|text| !matches!(*text, "" | "-"));
    let facts = [
        ("Windows says", text("ReasonText")),
        ("network", text("SSID")),
        ("network adapter", text("Adapter").or_else(|| text("InterfaceDescription"))),
        ("identity", text("Identity")),
    ];
    let facts = facts.into_iter().filter_map(|(label, text)| Some((label, text?.to_owned())));
    Some(Access {
        role: Some(Side::Client),
        voice,
        says: says.into(),
        station: None,
        causes,
        error: Some(code).filter(|code| *code != 0),
        number: None,
        facts: facts.collect(),
    })
}

//! The names of an event's values, in the order in which its manifest has them.
//!
//! A few forms write values without names: there the order is all there is.

use crate::{Field, Value};

/// The names of the values of an event, for the newest build that is known; a build that has fewer
/// has those of the front.
#[must_use]
pub(crate) fn names(provider: &str, id: u32) -> &'static [&'static str] {
    let table = match provider {
        _ if provider.eq_ignore_ascii_case("Schannel") => SCHANNEL,
        "Microsoft-Windows-Security-Auditing" => AUDITING,
        _ => return &[],
    };
    table.iter().find(|(known, _)| *known == id).map_or(&[], |(_, names)| names)
}

/// Gives values the names that the manifest has for their places.
pub(crate) fn name_them(provider: &str, id: u32, values: Vec<Value>) -> Vec<Field> {
    let names = names(provider, id);
    let number = |at: usize| match values.get(at) {
        Some(Value::Text(text)) => Some(text.parse::<u64>().is_ok()),
        Some(Value::Binary(_)) => Some(false),
        None => None,
    };
    // Newer builds put the process that asked in front: a number, and a name.
    let is_text = names.first().is_some_and(|first| ["Type", "Name"].contains(first));
    let has_caller = is_text && number(0) == Some(true) && number(1) == Some(false);
    let front: &[&str] = if has_caller { &CALLER } else { &[] };
    // Some forms leave out the length of a value in bytes.
    let length = names.iter().position(|name| *name == LENGTH);
    let without = length.is_some_and(|at| number(front.len() + at) == Some(false));
    let names = names.iter().filter(|name| !(without && **name == LENGTH));
    let mut names = front.iter().chain(names);
    let named = |value| {
        let name = names.next().copied();
        let value =
            if name.is_some_and(|name| CODES.contains(&name)) { code(value) } else { value };
        Field { name: name.map(str::to_owned), value }
    };
    values.into_iter().map(named).collect()
}

/// A code as all other forms write it: PowerShell gives a decimal number, and may give a sign to it.
fn code(value: Value) -> Value {
    let number = match &value {
        Value::Text(text) => text.parse::<i64>().ok(),
        Value::Binary(_) => None,
    };
    match number.map(|number| (number, u32::try_from(number & 0xffff_ffff))) {
        Some((..0, Ok(code))) => Value::Text(format!("{code:#x}")),
        Some((number, _)) => Value::Text(format!("{number:#x}")),
        None => value,
    }
}

/// The process that asked, as newer builds write it.
pub(crate) const CALLER: [&str; 2] = ["CallerProcessId", "CallerProcessImageName"];
/// Values that are written as hexadecimal numbers.
const CODES: [&str; 6] =
    ["CertFlags", "CipherSuite", "ContextHandle", "Error", "ErrorCode", "KeyFlags"];
/// The length of the value in bytes that follows.
const LENGTH: &str = "__binLength";

/// Provider `Schannel`, builds 7600 and 18990.
const SCHANNEL: &[(u32, &[&str])] = &[
    (36865, &["ModuleName", "Error"]),
    (36867, &["Type", "__binLength", "binaryData"]),
    (
        36868,
        &[
            "Type",
            "CSPName",
            "CSPType",
            "KeyName",
            "KeyType",
            "KeyFlags",
            "__binLength",
            "EncodedCert",
        ],
    ),
    (36869, &["Type", "__binLength", "binaryData"]),
    (36870, &["Type", "ErrorCode", "ErrorStatus"]),
    (36871, &["Type", "ErrorState"]),
    (36872, &["Type", "ErrorCode", "CertFlags", "__binLength", "CredContext"]),
    (36874, &["Protocol"]),
    (36876, &["ErrorCode", "__binLength", "pCertificateContext"]),
    (36877, &["ErrorCode", "__binLength", "pCertificateContext"]),
    (36878, &["ErrorCode", "__binLength", "pCertificateContext"]),
    (36879, &["ErrorCode", "__binLength", "pCertificateContext"]),
    (
        36880,
        &[
            "Type",
            "Protocol",
            "CipherSuite",
            "ExchangeStrength",
            "ContextHandle",
            "TargetName",
            "LocalCertSubjectName",
            "RemoteCertSubjectName",
        ],
    ),
    (36881, &["__binLength", "certificateContext"]),
    (36882, &["__binLength", "certificateContext"]),
    (36883, &["__binLength", "certificateContext"]),
    (36884, &["Name", "__binLength", "certificateContext"]),
    (36887, &["AlertDesc"]),
    (36888, &["AlertDesc", "ErrorState", "TargetName"]),
    (36889, &["Type", "ErrorCode", "__binLength", "CredContext"]),
    (36912, &["Path"]),
    (
        36928,
        &[
            "FailureReason",
            "OCSPResponderURL",
            "ThisUpdate",
            "NextUpdate",
            "__binLength",
            "Certificate",
        ],
    ),
];

/// Provider `Microsoft-Windows-Security-Auditing`: a connection that was let through, and an access
/// that a policy server refused.
const AUDITING: &[(u32, &[&str])] = &[
    (
        5156,
        &[
            "ProcessID",
            "Application",
            "Direction",
            "SourceAddress",
            "SourcePort",
            "DestAddress",
            "DestPort",
            "Protocol",
            "FilterRTID",
            "LayerName",
            "LayerRTID",
            "RemoteUserID",
            "RemoteMachineID",
        ],
    ),
    (
        6273,
        &[
            "SubjectUserSid",
            "SubjectUserName",
            "SubjectDomainName",
            "FullyQualifiedSubjectUserName",
            "SubjectMachineSID",
            "SubjectMachineName",
            "FullyQualifiedSubjectMachineName",
            "MachineInventory",
            "CalledStationID",
            "CallingStationID",
            "NASIPv4Address",
            "NASIPv6Address",
            "NASIdentifier",
            "NASPortType",
            "NASPort",
            "ClientName",
            "ClientIPAddress",
            "ProxyPolicyName",
            "NetworkPolicyName",
            "AuthenticationProvider",
            "AuthenticationServer",
            "AuthenticationType",
            "EAPType",
            "AccountSessionIdentifier",
            "ReasonCode",
            "Reason",
            "LoggingResult",
        ],
    ),
];

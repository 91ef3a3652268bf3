//! The names of an event's values, in the order in which its manifest has them.
//!
//! A few forms write values without names: there the order is all there is.

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

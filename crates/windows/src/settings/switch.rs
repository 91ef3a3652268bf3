//! The switches beside protocols and suites, each with what it means.
//!
//! Sources: Microsoft, "TLS registry settings", "Transport Layer Security (TLS) best practices with
//! .NET Framework", KB3140245 (WinHTTP), KB260729 (EventLogging), KB5014754 (certificate mapping).

use super::windows::Family;
use super::{SCHANNEL, Setting};
use crate::registry::Registry;

/// One switch, set or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What it belongs to.
    pub kind: SwitchKind,
    /// What it is called: `SchUseStrongCrypto`, with what tells it from others of that name.
    pub name: String,
    /// What it is set to; none where it is not set, and the default is worth saying.
    pub setting: Option<Setting>,
    /// What that does, in a few words.
    pub does: String,
}

/// What a switch belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SwitchKind {
    /// Programs on the .NET Framework.
    DotNet,
    /// Programs that use WinHTTP.
    WinHttp,
    /// Programs that use WinINet.
    WinInet,
    /// What SChannel writes to the event log.
    Logging,
    /// How servers ask for and judge clients' certificates.
    ClientCertificates,
    /// How long messages, and how many sessions, may be.
    Limits,
    /// Anything else of SChannel.
    Other,
}

impl SwitchKind {
    /// The word for it: `.NET`, `WinHTTP`, `logging`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DotNet => ".NET",
            Self::WinHttp => "WinHTTP",
            Self::WinInet => "WinINet",
            Self::Logging => "logging",
            Self::ClientCertificates => "client certs",
            Self::Limits => "limits",
            Self::Other => "other",
        }
    }
}

/// The two views of the machine's software: of 64-bit programs and of 32-bit ones.
const VIEWS: [(&str, &str); 2] =
    [("64-bit", r"HKLM\SOFTWARE"), ("32-bit", r"HKLM\SOFTWARE\Wow6432Node")];
/// The versions of the .NET Framework with a key of their own.
pub(super) const FRAMEWORKS: [(&str, &str); 2] = [("4", "v4.0.30319"), ("2", "v2.0.50727")];
/// Where WinINet keeps its settings, below a root.
const INTERNET: &str = r"Microsoft\Windows\CurrentVersion\Internet Settings";

/// Protocols as WinHTTP and WinINet number them.
const BITS: &[(u64, &str)] = &[
    (0x08, "SSL 2.0"),
    (0x20, "SSL 3.0"),
    (0x80, "TLS 1.0"),
    (0x200, "TLS 1.1"),
    (0x800, "TLS 1.2"),
    (0x2000, "TLS 1.3"),
];

/// A value of SChannel, and what a number in it does.
type Known = (&'static str, SwitchKind, fn(u64) -> String);

/// The values of SChannel's own key, and of `Messaging` below it.
const KNOWN: &[Known] = &[
    ("EventLogging", SwitchKind::Logging, logging),
    ("SendTrustedIssuerList", SwitchKind::ClientCertificates, |number| match number {
        0 => "a server sends no list of the authorities that it trusts".into(),
        _ => "a server sends the list of the authorities that it trusts; a long one is cut".into(),
    }),
    ("ClientAuthTrustMode", SwitchKind::ClientCertificates, |number| match number {
        0 => "any trusted root will do for a client's certificate".into(),
        1 => "a client's certificate must lead to a root of the list that the server sends".into(),
        2 => "a client's certificate must lead to an authority of the list that is sent".into(),
        _ => "no known mode".into(),
    }),
    ("CertificateMappingMethods", SwitchKind::ClientCertificates, mapping),
    ("EnableOcspStaplingForSni", SwitchKind::Other, |number| match number {
        0 => "no stapled OCSP answers on bindings with SNI".into(),
        _ => "stapled OCSP answers also on bindings with SNI".into(),
    }),
    ("MaximumCacheSize", SwitchKind::Limits, |number| match number {
        0 => "no session is resumed".into(),
        number => format!("{number} sessions may be resumed"),
    }),
    ("ServerCacheTime", SwitchKind::Limits, cache_time),
    ("ClientCacheTime", SwitchKind::Limits, cache_time),
    ("IssuerCacheSize", SwitchKind::Limits, |number| format!("{number} issuers")),
    ("IssuerCacheTime", SwitchKind::Limits, cache_time),
    ("MessageLimitClient", SwitchKind::Limits, limit),
    ("MessageLimitServer", SwitchKind::Limits, limit),
    ("MessageLimitServerClientAuth", SwitchKind::Limits, limit),
    ("AllowInsecureRenegoClients", SwitchKind::Other, renegotiation),
    ("AllowInsecureRenegoServers", SwitchKind::Other, renegotiation),
    ("DisableRenegoOnClient", SwitchKind::Other, |number| match number {
        0 => "renegotiation is allowed".into(),
        _ => "no renegotiation".into(),
    }),
    ("DisableRenegoOnServer", SwitchKind::Other, |number| match number {
        0 => "renegotiation is allowed".into(),
        _ => "no renegotiation: a client certificate cannot be asked for later".into(),
    }),
    ("DisableClientExtendedMasterSecret", SwitchKind::Other, master_secret),
    ("DisableServerExtendedMasterSecret", SwitchKind::Other, master_secret),
    ("UseScsvForTls", SwitchKind::Other, |number| match number {
        0 => "secure renegotiation by extension".into(),
        _ => "secure renegotiation by a cipher suite value".into(),
    }),
];

/// All that are set, and those whose default is worth saying.
pub(super) fn all(registry: &Registry, families: &[Family]) -> Vec<Switch> {
    let mut switches = frameworks(registry);
    for (view, root) in VIEWS {
        let path = format!("{root}\\{INTERNET}\\WinHttp");
        switches.extend(protocols(
            registry,
            SwitchKind::WinHttp,
            &path,
            "DefaultSecureProtocols",
            view,
        ));
    }
    let policy = (r"Policies\Microsoft\Windows\CurrentVersion\Internet Settings", "policy");
    for (rest, whose) in [policy, (INTERNET, "")] {
        for (root, who) in [(r"HKLM\SOFTWARE", "machine"), (r"HKCU\Software", "user")] {
            let who = format!("{who} {whose}");
            let path = format!("{root}\\{rest}");
            let who = who.trim_end();
            switches.extend(protocols(
                registry,
                SwitchKind::WinInet,
                &path,
                "SecureProtocols",
                who,
            ));
        }
    }
    for (name, kind, does) in KNOWN {
        let messaging = format!("{SCHANNEL}\\Messaging");
        let found = [SCHANNEL, &messaging].into_iter().find_map(|path| registry.value(path, name));
        let Some(found) = found else { continue };
        let does = match found.1.data.integer() {
            Some(number) => does(number),
            None => "no number: it is not read".into(),
        };
        let setting = Some(Setting::of(found));
        switches.push(Switch { kind: *kind, name: (*name).into(), setting, does });
    }
    switches.extend(fips(registry));
    let is_unset =
        |name: &str| registry.is_whole(SCHANNEL) && registry.value(SCHANNEL, name).is_none();
    if is_unset("EventLogging") {
        let does = format!("not set: {}", logging(1));
        let name = "EventLogging".into();
        switches.push(Switch { kind: SwitchKind::Logging, name, setting: None, does });
    }
    if let ([family], true) = (families, is_unset("SendTrustedIssuerList")) {
        let does = match family.sends_issuers() {
            true => "not set: a server sends the list of the authorities that it trusts",
            false => "not set: a server sends no list of the authorities that it trusts",
        };
        let (kind, name) = (SwitchKind::ClientCertificates, "SendTrustedIssuerList".into());
        switches.push(Switch { kind, name, setting: None, does: does.into() });
    }
    switches.sort_by_key(|switch| switch.kind);
    switches
}

/// The switches of the .NET Framework, in the views that the input holds.
fn frameworks(registry: &Registry) -> Vec<Switch> {
    let mut switches = Vec::new();
    for (version, folder) in FRAMEWORKS {
        for (view, root) in VIEWS {
            let path = format!("{root}\\Microsoft\\.NETFramework\\{folder}");
            let Some(key) = registry.key(&path) else { continue };
            for name in ["SystemDefaultTlsVersions", "SchUseStrongCrypto"] {
                let entry = key.entry(name);
                let number = entry.and_then(|entry| entry.data.integer());
                let old = version == "2";
                let does = match (name, number) {
                    ("SystemDefaultTlsVersions", Some(1..)) => "programs use what SChannel has on",
                    ("SystemDefaultTlsVersions", Some(0)) => "programs choose versions themselves",
                    ("SystemDefaultTlsVersions", None) if old => {
                        "not set: programs choose versions themselves"
                    }
                    ("SystemDefaultTlsVersions", None) => {
                        "not set: programs built for 4.7 or newer use what SChannel has on"
                    }
                    (_, Some(1..)) => "programs offer TLS 1.0 to 1.2, and no RC4",
                    (_, None) if !old => {
                        "not set: programs built for less than 4.6 offer SSL 3.0 and TLS 1.0"
                    }
                    (_, None) => "not set: programs offer SSL 3.0 and TLS 1.0",
                    (_, Some(0)) => "programs offer SSL 3.0 and TLS 1.0",
                };
                switches.push(Switch {
                    kind: SwitchKind::DotNet,
                    name: format!("{version} {view} {name}"),
                    setting: entry.map(|entry| Setting::of((key, entry))),
                    does: does.into(),
                });
            }
        }
    }
    switches
}

/// A value that holds one bit for each protocol.
fn protocols(
    registry: &Registry,
    kind: SwitchKind,
    path: &str,
    name: &str,
    whose: &str,
) -> Option<Switch> {
    let found = registry.value(path, name)?;
    let does = match found.1.data.integer() {
        Some(number) => named(number),
        None => "no number: it is not read".into(),
    };
    let name = format!("{whose} {name}");
    let mut setting = Setting::of(found);
    if let Some(number) = found.1.data.integer() {
        // Everybody writes these bits in hexadecimal.
        setting.data = format!("{number:#x}");
    }
    Some(Switch { kind, name, setting: Some(setting), does })
}

/// Whether only algorithms of FIPS 140 are allowed.
fn fips(registry: &Registry) -> Option<Switch> {
    let lsa = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
    let policy = format!("{lsa}\\FipsAlgorithmPolicy");
    let new = registry.value(&policy, "Enabled");
    let found = new.or_else(|| registry.value(lsa, "FipsAlgorithmPolicy"))?;
    let does = match found.1.data.integer()? {
        0 => "algorithms are not restricted to those of FIPS 140",
        _ => "only algorithms of FIPS 140: no RC4, no MD5, no SSL; .NET refuses others as well",
    };
    let (kind, name) = (SwitchKind::Other, "FIPS policy".into());
    Some(Switch { kind, name, setting: Some(Setting::of(found)), does: does.into() })
}

/// The protocols of a number with one bit for each.
pub(super) fn named(number: u64) -> String {
    let names: Vec<&str> =
        BITS.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "no protocol".into() } else { names.join(", ") }
}

fn logging(number: u64) -> String {
    let bits = [(1, "errors"), (2, "warnings"), (4, "successes")];
    let names: Vec<&str> =
        bits.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| *name).collect();
    match names.as_slice() {
        [] => "nothing is logged".into(),
        ["errors"] => "errors are logged; 7 logs all, which takes a restart of Windows".into(),
        names => format!("{} are logged", names.join(", ")),
    }
}

fn mapping(number: u64) -> String {
    let bits = [
        (0x1, "subject and issuer"),
        (0x2, "issuer"),
        (0x4, "UPN"),
        (0x8, "S4U2Self"),
        (0x10, "S4U2Self, explicit"),
    ];
    let names: Vec<&str> =
        bits.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| *name).collect();
    match names.is_empty() {
        true => "no certificate is mapped to an account".into(),
        false => format!("certificates are mapped to accounts by {}", names.join("; ")),
    }
}

fn cache_time(number: u64) -> String {
    match number {
        0 => "nothing is kept, no session is resumed".into(),
        number => format!("kept for {} s", number / 1000),
    }
}

fn limit(number: u64) -> String {
    match number {
        0 => "handshake messages in several records are refused".into(),
        number => format!("handshake messages of up to {number} bytes"),
    }
}

fn renegotiation(number: u64) -> String {
    match number {
        0 => "peers without RFC 5746 may not renegotiate".into(),
        _ => "peers without RFC 5746 may renegotiate".into(),
    }
}

fn master_secret(number: u64) -> String {
    match number {
        0 => "the extended master secret (RFC 7627) is used".into(),
        _ => "no extended master secret (RFC 7627): peers that require it refuse with 40".into(),
    }
}

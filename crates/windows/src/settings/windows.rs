//! What each Windows has without being told: its protocols, and its order of cipher suites.
//!
//! Sources: Microsoft's "Protocols in TLS/SSL (Schannel SSP)", and for the orders "TLS Cipher Suites
//! in Windows 7", "... 8", "... 8.1", "... 10 v1607", "... 10 v1809" and "... Server 2022". Suites
//! that are used on request alone (NULL, pre-shared keys, SSL 2.0) are left out, as are versions of
//! Windows whose order is not known here.

use alert::Side;
use wire::ProtocolVersion;

use super::Standing;
use crate::registry::Registry;

/// The Windows that a registry is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The number of its build: 9600.
    pub build: u32,
    /// What it calls itself: `Windows Server 2012 R2 Standard`. Bytes of the input.
    pub name: String,
}

/// Windows versions with the same defaults, from the first build on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    build: u32,
    pub(super) name: &'static str,
    order: &'static [u16],
}

/// Where Windows says which it is.
const CURRENT_VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
/// From this build on Windows 10 is called 11, whatever `ProductName` says.
const WINDOWS_11: u32 = 22_000;

impl Windows {
    /// Reads which Windows it is, where the registry tells.
    pub(super) fn of(registry: &Registry) -> Option<Self> {
        let text = |name: &str| registry.value(CURRENT_VERSION, name)?.1.data.text();
        let build = text("CurrentBuildNumber").or_else(|| text("CurrentBuild"));
        let build = build?.trim().parse().ok()?;
        let name = text("ProductName").unwrap_or("Windows");
        let server = name.contains("Server");
        let name = match build >= WINDOWS_11 && !server {
            true => name.replacen("Windows 10", "Windows 11", 1),
            false => name.to_owned(),
        };
        Some(Self { build, name })
    }

    /// The versions with the same defaults.
    pub(super) fn family(&self) -> Family {
        let known = FAMILIES.iter().rev().find(|family| family.build <= self.build);
        *known.unwrap_or(&FAMILIES[0])
    }
}

impl Family {
    /// Every version that may be meant where none is named: 2008 before its Service Pack 2 is not.
    pub(super) fn all() -> &'static [Self] {
        FAMILIES.get(1..).unwrap_or_default()
    }

    /// What becomes of a protocol that no value speaks of.
    pub(super) fn standing(self, version: ProtocolVersion, side: Side) -> Standing {
        let from = |build: u32| self.build >= build;
        let on = |on: bool| if on { Standing::On } else { Standing::OffByDefault };
        let there = |there: bool, standing: Standing| match there {
            true => standing,
            false => Standing::Missing,
        };
        match version {
            ProtocolVersion::SSL_2 => {
                there(!from(14_393), on(side == Side::Server && !from(9_200)))
            }
            ProtocolVersion::SSL_3_0 => on(!from(14_393)),
            ProtocolVersion::TLS_1_0 => Standing::On,
            ProtocolVersion::TLS_1_1 | ProtocolVersion::TLS_1_2 => {
                there(from(6_002), on(from(9_200)))
            }
            ProtocolVersion::TLS_1_3 => there(from(20_348), Standing::On),
            ProtocolVersion::DTLS_1_0 => there(from(7_600), Standing::On),
            ProtocolVersion::DTLS_1_2 => there(from(14_393), Standing::On),
            _ => Standing::Missing,
        }
    }

    /// The cipher suites that it uses, the first choice first; none where that is not known here.
    pub(super) fn order(self) -> Option<&'static [u16]> {
        Some(self.order).filter(|order| !order.is_empty())
    }

    /// Whether a server sends the names of the authorities that it trusts, if nothing is set.
    pub(super) fn sends_issuers(self) -> bool {
        self.build < 9_200
    }
}

/// From the oldest to the newest.
const FAMILIES: &[Family] = &[
    Family { build: 6_000, name: "Vista / Server 2008", order: &[] },
    Family { build: 6_002, name: "Server 2008 SP2", order: &[] },
    Family { build: 7_600, name: "7 / Server 2008 R2", order: IN_8_1 },
    Family { build: 9_200, name: "8 / Server 2012", order: IN_8 },
    Family { build: 9_600, name: "8.1 / Server 2012 R2", order: IN_8_1 },
    Family { build: 10_240, name: "10 1507", order: &[] },
    Family { build: 14_393, name: "10 1607 / Server 2016", order: IN_1607 },
    Family { build: 15_063, name: "10 1703", order: &[] },
    Family { build: 17_763, name: "10 1809 / Server 2019", order: IN_1809 },
    Family { build: 20_348, name: "Server 2022", order: IN_2022 },
    Family { build: WINDOWS_11, name: "11 / Server 2025", order: &[] },
];

/// Windows 7 and 8.1, with the updates 3042058 and 2919355.
const IN_8_1: &[u16] = &[
    0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c,
    0x0035, 0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x006a, 0x0040, 0x0038, 0x0032,
    0x000a, 0x0013, 0x0005, 0x0004,
];
/// Windows 8, with the update 3042058: no DHE_RSA with CBC.
const IN_8: &[u16] = &[
    0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
    0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x006a, 0x0040, 0x0038, 0x0032, 0x000a, 0x0013,
    0x0005, 0x0004,
];
/// Windows 10 1607 and Server 2016: the first with ECDHE_RSA and GCM.
const IN_1607: &[u16] = &[
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009,
    0xc014, 0xc013, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a, 0x006a,
    0x0040, 0x0038, 0x0032, 0x0013, 0x0005, 0x0004,
];
/// Windows 10 1809 and Server 2019: no RC4 and no DSS.
const IN_1809: &[u16] = &[
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009,
    0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a,
];
/// Server 2022: TLS 1.3 in front.
const IN_2022: &[u16] = &[
    0x1302, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027,
    0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a,
];

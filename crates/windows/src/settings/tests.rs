//! Settings of machines that were set well, badly, and not at all.

use logs::More;
use wire::{CipherSuite, ProtocolVersion};

use super::*;
use crate::registry::RegistryReader;

const R2: &str = "[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n\
                  \"ProductName\"=\"Windows Server 2012 R2 Standard\"\n\"CurrentBuild\"=\"9600\"\n";
const SEVEN: &str = "[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n\
                     \"ProductName\"=\"Windows 7\"\n\"CurrentBuild\"=\"7601\"\n";

fn settings(text: &str) -> Settings {
    let mut reader = RegistryReader::default();
    reader.window(text.as_bytes(), More::Over);
    let registry = reader.finish();
    assert_eq!(registry.faults().0, []);
    Settings::of(&registry)
}

/// A key below SCHANNEL with its values.
fn key(path: &str, values: &[(&str, u32)]) -> String {
    let values: String =
        values.iter().map(|(name, value)| format!("\"{name}\"=dword:{value:x}\n")).collect();
    format!("[{SCHANNEL}\\{path}]\n{values}")
}

fn standing(settings: &Settings, version: ProtocolVersion) -> [Standing; 2] {
    let protocol = settings.protocol(version).unwrap();
    [protocol.client.standing, protocol.server.standing]
}

/// Without a value each Windows does what it does.
#[test]
fn defaults_follow_the_version() {
    use Standing::{Missing, OffByDefault, On, Unknown};
    let default = |version| standing(&settings(R2), version);
    assert_eq!(default(ProtocolVersion::SSL_2), [OffByDefault, OffByDefault]);
    assert_eq!(default(ProtocolVersion::SSL_3_0), [On, On]);
    assert_eq!(default(ProtocolVersion::TLS_1_2), [On, On]);
    assert_eq!(default(ProtocolVersion::TLS_1_3), [Missing, Missing]);
    assert_eq!(standing(&settings(SEVEN), ProtocolVersion::TLS_1_2), [OffByDefault; 2]);
    assert_eq!(standing(&settings(SEVEN), ProtocolVersion::SSL_2), [OffByDefault, On]);
    // Where the version is not known, only what all have in common is.
    let unknown = settings(&key("Protocols", &[]));
    assert_eq!(standing(&unknown, ProtocolVersion::TLS_1_0), [On, On]);
    assert_eq!(standing(&unknown, ProtocolVersion::TLS_1_2), [Unknown, Unknown]);
    assert!(unknown.is_complete && !settings(R2).is_complete);
}

/// The two values, in all combinations, with and without a Windows that has the version on.
#[test]
fn two_values_decide() {
    use Standing::{Off, OffByDefault, On};
    type Case = (&'static [(&'static str, u32)], Standing, Standing);
    let cases: &[Case] = &[
        (&[], On, OffByDefault),
        (&[("Enabled", 0)], Off, Off),
        (&[("Enabled", 0), ("DisabledByDefault", 0)], Off, Off),
        (&[("Enabled", 1)], On, OffByDefault),
        (&[("Enabled", u32::MAX), ("DisabledByDefault", 0)], On, On),
        (&[("Enabled", 1), ("DisabledByDefault", 1)], OffByDefault, OffByDefault),
        (&[("DisabledByDefault", 1)], OffByDefault, OffByDefault),
        (&[("DisabledByDefault", 0)], On, On),
    ];
    for (values, in_r2, in_seven) in cases {
        let text = key("Protocols\\TLS 1.2\\Client", values);
        let client = |windows: &str| {
            standing(&settings(&format!("{windows}{text}")), ProtocolVersion::TLS_1_2)[0]
        };
        assert_eq!([client(R2), client(SEVEN)], [*in_r2, *in_seven], "{values:?}");
    }
    let off = settings(&format!("{R2}{}", key("Protocols\\tls 1.2\\CLIENT", &[("enabled", 0)])));
    let reason = off.protocol(ProtocolVersion::TLS_1_2).unwrap().client.reason().unwrap();
    assert_eq!(reason.to_string(), r"Protocols\tls 1.2\CLIENT enabled=0");
}

/// A hardened server refuses an old client, and says because of which value.
#[test]
fn answers_have_reasons() {
    let hardened = format!(
        "{R2}{}{}",
        key("Protocols\\TLS 1.0\\Server", &[("Enabled", 0), ("DisabledByDefault", 1)]),
        key("Ciphers\\Triple DES 168", &[("Enabled", 0)])
    );
    let hardened = settings(&hardened);
    let offer = |version: u16, suites: &[u16]| Offer {
        versions: (0x0301..=version).map(ProtocolVersion).collect(),
        suites: suites.iter().copied().map(CipherSuite).collect(),
    };
    let Answer::RefusesVersions(because) = hardened.answer(&offer(0x0301, &[0x002f])) else {
        panic!("TLS 1.0 is off");
    };
    assert_eq!(because[0].to_string(), r"Protocols\TLS 1.0\Server Enabled=0");
    let taken = hardened.answer(&offer(0x0303, &[0x002f, 0x000a]));
    assert_eq!(taken, Answer::Takes(ProtocolVersion::TLS_1_2));
    // A policy might have another order, and the input does not tell.
    assert_eq!(hardened.answer(&offer(0x0303, &[0xc030])), Answer::Open);
    let policy = "[HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002]\n\
                  \"Functions\"=\"TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA_P256\"\n";
    let text = format!("{R2}{policy}{}", key("Ciphers\\Triple DES 168", &[("Enabled", 0)]));
    let narrow = settings(&text);
    assert_eq!(narrow.order.source, Source::Policy);
    assert_eq!(
        narrow.suites(ProtocolVersion::TLS_1_2).map(|suite| suite.0).collect::<Vec<_>>(),
        [0x2f]
    );
    let Answer::RefusesSuites(version, because) = narrow.answer(&offer(0x0303, &[0x000a])) else {
        panic!("3DES is off");
    };
    assert_eq!(version, ProtocolVersion::TLS_1_2);
    assert_eq!(because[0].to_string(), r"Ciphers\Triple DES 168 Enabled=0");
    assert_eq!(because.len(), 2);
}

/// A newer offer than the newest that is known, and none at all, are no riddle.
#[test]
fn odd_offers_are_answered() {
    let default = settings(R2);
    let answer = |versions: &[u16]| {
        let versions = versions.iter().copied().map(ProtocolVersion).collect();
        default.answer(&Offer { versions, suites: Vec::new() })
    };
    assert_eq!(answer(&[0x0304]), Answer::RefusesVersions(Vec::new()));
    assert_eq!(answer(&[0x0304, 0x0303]), Answer::Takes(ProtocolVersion::TLS_1_2));
    assert_eq!(answer(&[]), Answer::Open);
    assert_eq!(settings(&key("Protocols", &[])).answer(&Offer::default()), Answer::Open);
}

/// What people get wrong is said, with its place.
#[test]
fn mistakes_are_named() {
    let order =
        "[HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002]\n";
    let dot_net = "[HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319]\n\"SchUseStrongCrypto\"=dword:1\n\
                   [HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\v4.0.30319]\n";
    let cut = format!(
        "{order}\"Functions\"=\"{}TLS_RSA_\"\n",
        "TLS_RSA_WITH_AES_128_CBC_SHA,".repeat(35)
    );
    let cases: &[(String, &str)] = &[
        (key("Protocols\\TLS1.2\\Client", &[("Enabled", 1)]), "spelled \"TLS 1.2\""),
        (key("Protocols\\TLS 1.2", &[("Enabled", 1)]), "belong into its Client and Server"),
        (key("Protocols\\TLS 1.2\\Client", &[("Enable", 1)]), "\"Enable\""),
        (
            format!("[{SCHANNEL}\\Protocols\\TLS 1.2\\Client]\n\"Enabled\"=\"1\"\n"),
            "is \"1\" and no DWORD",
        ),
        (
            key("Protocols\\TLS 1.2\\Client", &[("Enabled", 1), ("DisabledByDefault", 1)]),
            "only programs that ask for it by name",
        ),
        (
            key("Protocols\\TLS 1.3\\Client", &[("Enabled", 1), ("DisabledByDefault", 0)]),
            "this Windows has none",
        ),
        (key("Protocols\\TLS 1.0\\Client", &[("Enabled", 0)]), "set as a client alone"),
        (key("Protocols\\TLS 1.1\\Client", &[("Enabled", 0)]), "off as a client between"),
        (key("Ciphers\\Triple DES 168/168", &[("Enabled", 0)]), "spelled \"Triple DES 168\""),
        (format!("{order}\"Functions\"=\"\"\n"), "is empty"),
        (
            format!("{order}\"Functions\"=\"TLS_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_AES\"\n"),
            "TLS_RSA_AES",
        ),
        (cut, "was cut at 1023 characters"),
        (dot_net.into(), "not for 32-bit ones (Wow6432Node)"),
    ];
    for (text, says) in cases {
        let mistakes = settings(&format!("{R2}{text}")).mistakes;
        assert!(mistakes.iter().any(|it| it.says.contains(says)), "{says}: {mistakes:?}");
    }
    let off: String = ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"]
        .iter()
        .map(|name| key(&format!("Protocols\\{name}\\Client"), &[("Enabled", 0)]))
        .collect();
    let mistakes = settings(&format!("{R2}{off}")).mistakes;
    assert!(mistakes[0].says.contains("36871"), "{mistakes:?}");
    assert_eq!(settings(R2).mistakes, []);
}

/// Switches say what they do, and what half of the programs they are for.
#[test]
fn switches_say_what_they_do() {
    let text = format!(
        "{R2}[{SCHANNEL}]\n\"EventLogging\"=dword:7\n\"ClientAuthTrustMode\"=dword:2\n\
         [HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp]\n\
         \"DefaultSecureProtocols\"=dword:00000a00\n"
    );
    let settings = settings(&text);
    let does = |name: &str| {
        let switch = settings.switches.iter().find(|switch| switch.name.contains(name));
        switch.map(|switch| switch.does.as_str())
    };
    assert_eq!(does("EventLogging"), Some("errors, warnings, successes are logged"));
    assert_eq!(does("64-bit DefaultSecureProtocols"), Some("TLS 1.1, TLS 1.2"));
    assert_eq!(does("SendTrustedIssuerList").map(|it| it.starts_with("not set")), Some(true));
    assert!(settings.mistakes.iter().any(|it| it.says.contains("WinHTTP")));
}

/// A machine's name and its addresses are found.
#[test]
fn machines_are_known_by_name_and_address() {
    let text = format!(
        "{R2}[HKLM\\SYSTEM\\ControlSet001\\Control\\ComputerName\\ComputerName]\n\
         \"ComputerName\"=\"WEB01\"\n\
         [HKLM\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters\\Interfaces\\{{1}}]\n\
         \"IPAddress\"=hex(7):31,00,30,00,2e,00,30,00,2e,00,30,00,2e,00,35,00,00,00,00,00\n\
         \"DhcpIPAddress\"=\"0.0.0.0\"\n"
    );
    let settings = settings(&text);
    assert_eq!(settings.computer.as_deref(), Some("WEB01"));
    assert_eq!(settings.addresses, ["10.0.0.5".parse::<IpAddr>().unwrap()]);
    let windows = settings.windows.unwrap();
    assert_eq!((windows.build, windows.name.as_str()), (9600, "Windows Server 2012 R2 Standard"));
}

//! What a machine would refuse, and how to change it, in the words of somebody who has to.

use alert::Side;
use windows::{Settings, Source, Standing, Switch, SwitchKind};
use wire::{Authentication, CipherSuite, KeyExchange, ProtocolVersion};

/// What it would refuse, one sentence each, as a server first.
pub(super) fn refusals(settings: &Settings) -> Vec<String> {
    let mut says = Vec::new();
    as_server(settings, &mut says);
    as_client(settings, &mut says);
    by_suites(settings, &mut says);
    if says.is_empty() {
        says.push(
            "what it would refuse depends on the version of Windows, which the input does not hold"
                .into(),
        );
    }
    says.push(
        "a program may ask for less than is on, or for what is off by default: then this is not \
         all"
        .into(),
    );
    says
}

fn as_server(settings: &Settings, says: &mut Vec<String>) {
    let (on, unknown) = known(settings, Side::Server);
    match (on.first(), on.last()) {
        (Some(oldest), Some(newest)) => {
            if let Some(below) = refused_below(settings, Side::Server, *oldest) {
                says.push(format!(
                    "as a server: clients whose newest version is {below} (alert 70 or 40, or a \
                     reset; event 36874 where no suite is left)"
                ));
            }
            if let Some(above) = above(*newest).filter(|_| unknown.is_empty()) {
                says.push(format!("as a server: clients that offer nothing older than {above}"));
            }
        }
        _ if unknown.is_empty() => {
            says.push("as a server: every client, because no version of TLS is on".into());
        }
        _ => {}
    }
}

fn as_client(settings: &Settings, says: &mut Vec<String>) {
    let (on, unknown) = known(settings, Side::Client);
    match (on.first(), on.last()) {
        (Some(oldest), Some(newest)) => {
            let above = above(*newest);
            if above.is_some_and(|above| unknown.contains(&above)) {
                // How much it offers is not known; that it does not offer what is off, is.
                if let Some(off) = newest_off(settings, Side::Client, *newest) {
                    says.push(format!(
                        "as a client it does not offer {off}: servers that take no other version \
                         refuse it (alert 70)"
                    ));
                }
            } else if let Some(above) = above {
                let modern = *newest < ProtocolVersion::TLS_1_2;
                let most = if modern { ", which is most of them today" } else { "" };
                let names: Vec<String> = unknown.iter().map(ToString::to_string).collect();
                let unless = match names.is_empty() {
                    true => String::new(),
                    false => format!("; unless this Windows has {} on", names.join(" or ")),
                };
                let newer = if above < ProtocolVersion::TLS_1_3 { " or newer" } else { "" };
                says.push(format!(
                    "as a client it offers {newest} at most: servers that want {above}{newer} \
                     refuse it (alert 70){most}{unless}"
                ));
            }
            if let Some(below) = refused_below(settings, Side::Client, *oldest) {
                says.push(format!("as a client: servers whose newest version is {below}"));
            }
        }
        _ if !unknown.is_empty() => {}
        _ => says.push(
            "as a client: every server, because no version of TLS is on (event 36871, state 10013)"
                .into(),
        ),
    }
}

/// The versions that are on for sure, and the newer ones that may be on.
fn known(settings: &Settings, side: Side) -> (Vec<ProtocolVersion>, Vec<ProtocolVersion>) {
    let mut unknown = settings.versions(side, Standing::Unknown);
    let on = settings.versions(side, Standing::On);
    // What is older than all that is known to be on makes the list longer, and nothing else of it.
    unknown.retain(|version| on.last() < Some(version));
    (on, unknown)
}

/// The newest version above this one that is off for sure.
fn newest_off(settings: &Settings, side: Side, above: ProtocolVersion) -> Option<ProtocolVersion> {
    let standings = [Standing::Off, Standing::OffByDefault];
    let off = standings.into_iter().flat_map(|standing| settings.versions(side, standing));
    off.filter(|version| *version > above).max()
}

/// What the suites leave out, by kinds that matter.
fn by_suites(settings: &Settings, says: &mut Vec<String>) {
    if settings.order.source == Source::Unknown {
        return;
    }
    let on = |version: ProtocolVersion| {
        settings.protocol(version).is_some_and(|protocol| {
            [Side::Client, Side::Server]
                .iter()
                .any(|side| protocol.on(*side).standing == Standing::On)
        })
    };
    if !on(ProtocolVersion::TLS_1_2) {
        return;
    }
    let has = |wanted: &dyn Fn(CipherSuite) -> bool| {
        settings.suites(ProtocolVersion::TLS_1_2).any(wanted)
    };
    let ephemeral = |suite: CipherSuite| suite.key_exchange() == Some(KeyExchange::Ecdhe);
    let rsa = |suite: CipherSuite| suite.authentication() == Some(Authentication::Rsa);
    let aead = |suite: CipherSuite| suite.is_aead();
    if !has(&|_| true) {
        says.push("with TLS 1.2: every peer, because no suite is left".into());
        return;
    }
    if !has(&|suite| ephemeral(suite) && rsa(suite) && aead(suite)) {
        says.push(
            "with TLS 1.2: peers that take nothing but ECDHE with AES-GCM or ChaCha20 and have an \
             RSA certificate, as many hardened sites do (alert 40)"
                .into(),
        );
    }
    if !has(&|suite| ephemeral(suite) && suite.authentication() == Some(Authentication::Ecdsa)) {
        says.push("with TLS 1.2: peers with an ECDSA certificate (alert 40)".into());
    }
    if !has(&|suite| suite.key_exchange() == Some(KeyExchange::Rsa)) {
        says.push("with TLS 1.2: old peers that know neither ECDHE nor DHE (alert 40)".into());
    }
    let old = [ProtocolVersion::TLS_1_0, ProtocolVersion::TLS_1_1];
    for version in old.into_iter().filter(|version| on(*version)) {
        if settings.suites(version).next().is_none() {
            says.push(format!(
                "with {version}: every peer, because no suite of the order is as old"
            ));
        }
    }
}

/// How to change what hurts most, each with its commands.
pub(super) fn changes(settings: &Settings) -> Vec<(String, Vec<String>)> {
    let mut changes = Vec::new();
    let mut versions = Vec::new();
    for version in [ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3] {
        for side in [Side::Client, Side::Server] {
            let Some(protocol) = settings.protocol(version) else { continue };
            if matches!(protocol.on(side).standing, Standing::Off | Standing::OffByDefault) {
                versions.push((version, side));
            }
        }
    }
    if !versions.is_empty() {
        let names: Vec<String> =
            versions.iter().map(|(version, side)| format!("{version} as a {side}")).collect();
        let commands = versions.iter().flat_map(|(version, side)| {
            let side = if *side == Side::Client { "Client" } else { "Server" };
            let key = format!("{PROTOCOLS}\\{version}\\{side}");
            [("Enabled", 1), ("DisabledByDefault", 0)].map(|(name, value)| {
                format!("reg add \"{key}\" /v {name} /t REG_DWORD /d {value} /f")
            })
        });
        let why = format!(
            "switch on {}, then restart the services that speak TLS, or Windows:",
            names.join(", ")
        );
        changes.push((why, commands.collect()));
    }
    let typed: Vec<String> = settings
        .mistakes
        .iter()
        .filter_map(|mistake| {
            let (name, number) = mistake.meant?;
            let key = &mistake.path;
            Some(format!("reg add \"{key}\" /v {name} /t REG_DWORD /d {number} /f"))
        })
        .collect();
    if !typed.is_empty() {
        changes.push(("write as a number what is not read as a text:".to_owned(), typed));
    }
    let commands = halves(settings);
    if !commands.is_empty() {
        let why = "let programs on .NET 4 use what SChannel has on, then restart them:";
        changes.push((why.to_owned(), commands));
    }
    changes
}

/// What programs on .NET 4 lack, 64-bit ones and 32-bit ones: each half has its own key, and both
/// values are needed. Nothing where the input holds none of it, or nothing is wrong.
fn halves(settings: &Settings) -> Vec<String> {
    let of = |view: &str, name: &str| {
        let wanted = format!("4 {view} {name}");
        let known = |switch: &&Switch| switch.kind == SwitchKind::DotNet && switch.name == wanted;
        settings.switches.iter().find(known)
    };
    let told = settings.switches.iter().any(|it| it.kind == SwitchKind::DotNet);
    let mut commands = Vec::new();
    for (view, node) in [("64-bit", ""), ("32-bit", "\\Wow6432Node")] {
        for name in ["SystemDefaultTlsVersions", "SchUseStrongCrypto"] {
            let set = of(view, name).and_then(|switch| switch.setting.as_ref());
            if told && set.is_none_or(|setting| setting.data == "0") {
                let key = format!("HKLM\\SOFTWARE{node}\\Microsoft\\.NETFramework\\v4.0.30319");
                commands.push(format!("reg add \"{key}\" /v {name} /t REG_DWORD /d 1 /f"));
            }
        }
    }
    commands
}

/// The newest version below the oldest that is on, if nobody can use it; SSL 2.0 is not worth a word.
fn refused_below(
    settings: &Settings,
    side: Side,
    oldest: ProtocolVersion,
) -> Option<ProtocolVersion> {
    let place = LADDER.iter().position(|known| *known == oldest)?;
    let below = LADDER.get(place.checked_sub(1)?).copied()?;
    let standing = settings.protocol(below)?.on(side).standing;
    (below > ProtocolVersion::SSL_2 && standing != Standing::Unknown).then_some(below)
}

/// The version right above.
fn above(version: ProtocolVersion) -> Option<ProtocolVersion> {
    let place = LADDER.iter().position(|known| *known == version)?;
    LADDER.get(place + 1).copied()
}

/// The versions of TLS, the oldest first.
const LADDER: &[ProtocolVersion] = &[
    ProtocolVersion::SSL_2,
    ProtocolVersion::SSL_3_0,
    ProtocolVersion::TLS_1_0,
    ProtocolVersion::TLS_1_1,
    ProtocolVersion::TLS_1_2,
    ProtocolVersion::TLS_1_3,
];
/// Where protocols are switched.
const PROTOCOLS: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols";

#[cfg(test)]
mod tests {
    use windows::RegistryReader;

    use super::*;

    fn says(text: &str) -> String {
        let mut reader = RegistryReader::default();
        reader.window(text.as_bytes(), logs::More::Over);
        refusals(&Settings::of(&reader.finish())).join("\n")
    }

    fn off(version: &str) -> String {
        format!("[{PROTOCOLS}\\{version}\\Client]\n\"Enabled\"=dword:0\n")
    }

    /// What the notes find is mended: the half of 32-bit programs, the other value of .NET, and a
    /// number that was written as a text.
    #[test]
    fn what_is_wrong_is_mended() {
        let text = format!(
            "[HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319]\n\
             \"SchUseStrongCrypto\"=dword:1\n\n[{PROTOCOLS}\\TLS 1.2\\Server]\n\"Enabled\"=\"1\"\n"
        );
        let mut reader = RegistryReader::default();
        reader.window(text.as_bytes(), logs::More::Over);
        let changes = changes(&Settings::of(&reader.finish()));
        let commands: Vec<String> = changes.into_iter().flat_map(|(_, it)| it).collect();
        let has = |parts: &[&str]| {
            commands.iter().any(|command| parts.iter().all(|part| command.contains(part)))
        };
        assert!(has(&["Wow6432Node", "SchUseStrongCrypto /t REG_DWORD /d 1"]), "{commands:#?}");
        assert!(has(&["Wow6432Node", "SystemDefaultTlsVersions"]), "{commands:#?}");
        assert!(has(&["TLS 1.2\\Server", "Enabled /t REG_DWORD /d 1"]), "{commands:#?}");
        assert!(!has(&["SOFTWARE\\Microsoft", "SchUseStrongCrypto"]), "{commands:#?}");
    }

    /// A registry that does not tell which Windows it is of does not say what is on by default, so
    /// that nothing is told to be the newest version that is offered; what is off is told.
    #[test]
    fn an_unknown_windows_is_not_guessed() {
        let ssl = says(&off("SSL 3.0"));
        assert!(!ssl.contains("as a client it"), "{ssl}");
        let twelve = says(&off("TLS 1.2"));
        assert!(twelve.contains("it does not offer TLS 1.2: servers"), "{twelve}");
        assert!(!twelve.contains("at most"), "{twelve}");
        let both = says(&(off("TLS 1.1") + &off("TLS 1.2")));
        assert!(both.contains("TLS 1.0 at most") && both.contains("has TLS 1.3 on"), "{both}");
        let eleven = says(&off("TLS 1.1"));
        assert!(eleven.contains("unless this Windows has TLS 1.2 or TLS 1.3 on"), "{eleven}");
    }
}

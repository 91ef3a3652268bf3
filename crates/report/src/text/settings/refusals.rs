//! What a machine would refuse, and how to change it, in the words of somebody who has to.

use alert::Side;
use windows::{Settings, Source, Standing, SwitchKind};
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
    let (on, newest_unknown) = known(settings, Side::Server);
    match (on.first(), on.last()) {
        (Some(oldest), Some(newest)) => {
            if let Some(below) = refused_below(settings, Side::Server, *oldest) {
                says.push(format!(
                    "as a server: clients whose newest version is {below} (alert 70 or 40, or a \
                     reset; event 36874 where no suite is left)"
                ));
            }
            if let Some(above) = above(*newest).filter(|_| newest_unknown.is_none()) {
                says.push(format!("as a server: clients that offer nothing older than {above}"));
            }
        }
        _ if newest_unknown.is_none() => {
            says.push("as a server: every client, because no version of TLS is on".into());
        }
        _ => {}
    }
}

fn as_client(settings: &Settings, says: &mut Vec<String>) {
    let (on, newest_unknown) = known(settings, Side::Client);
    match (on.first(), on.last()) {
        (Some(oldest), Some(newest)) => {
            if let Some(above) = above(*newest) {
                let modern = *newest < ProtocolVersion::TLS_1_2;
                let most = if modern { ", which is most of them today" } else { "" };
                let unless = newest_unknown.map_or(String::new(), |unknown| {
                    format!("; unless this Windows has {unknown} on")
                });
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
        _ if newest_unknown.is_some() => {}
        _ => says.push(
            "as a client: every server, because no version of TLS is on (event 36871, state 10013)"
                .into(),
        ),
    }
}

/// The versions that are on for sure, and the newest that may be on.
fn known(settings: &Settings, side: Side) -> (Vec<ProtocolVersion>, Option<ProtocolVersion>) {
    let unknown = settings.versions(side, Standing::Unknown);
    let on = settings.versions(side, Standing::On);
    // What is older than all that is known to be on makes the list longer, and nothing else of it.
    let newest = unknown.into_iter().rev().find(|version| on.last() < Some(version));
    (on, newest)
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
    let weak = settings.switches.iter().filter(|switch| {
        let is_zero = switch.setting.as_ref().is_none_or(|setting| setting.data == "0");
        switch.kind == SwitchKind::DotNet && switch.name.starts_with('4') && is_zero
    });
    let commands: Vec<String> = weak
        .filter_map(|switch| {
            let mut words = switch.name.split(' ').skip(1);
            let node = if words.next()? == "32-bit" { "\\Wow6432Node" } else { "" };
            let name = words.next()?;
            let key = format!("HKLM\\SOFTWARE{node}\\Microsoft\\.NETFramework\\v4.0.30319");
            Some(format!("reg add \"{key}\" /v {name} /t REG_DWORD /d 1 /f"))
        })
        .collect();
    if !commands.is_empty() {
        let why = "let programs on .NET 4 use what SChannel has on, then restart them:";
        changes.push((why.to_owned(), commands));
    }
    changes
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

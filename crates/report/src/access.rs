//! Who takes part in an authentication for network access, beside the two that speak TLS.

use trace::Access;

use crate::paint::safe;

/// The parties, each with a word in front; everything that was on the wire is escaped.
pub(crate) fn parties(access: &Access) -> Vec<String> {
    let quoted = |text: &str| format!("\"{}\"", safe(text, MOST_NAME));
    let mut facts = Vec::new();
    facts.extend(access.method.map(|method| method.to_string()));
    facts.extend(access.identity.as_deref().map(|name| format!("identity {}", quoted(name))));
    match (access.radius_client, access.nas_identifier.as_deref()) {
        (Some(client), Some(name)) => {
            facts.push(format!("RADIUS client {} {}", client.ip(), quoted(name)));
        }
        (Some(client), None) => facts.push(format!("RADIUS client {}", client.ip())),
        (None, _) => {}
    }
    facts.extend(access.nas_port.as_deref().map(|port| format!("port {}", quoted(port))));
    match (access.ssid(), access.called_station.as_deref()) {
        (Some(ssid), _) => facts.push(format!("SSID {}", quoted(ssid))),
        (None, Some(called)) => {
            facts.push(format!("at {}", safe(called.trim_end_matches(':'), MOST_NAME)));
        }
        (None, None) => {}
    }
    facts
}

/// Characters of one name that are shown.
const MOST_NAME: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody is named, and what the wire says cannot command a terminal.
    #[test]
    fn everybody_is_named() {
        let access = Access {
            method: Some(wire::EapMethod::PEAP),
            identity: Some("eve\u{1b}[2J".into()),
            radius_client: Some(([192, 0, 2, 1], 50_000).into()),
            nas_identifier: Some("switch".into()),
            called_station: Some("02-00-00-00-03-00:corp".into()),
            ..Access::default()
        };
        let all = parties(&access).join(" ");
        assert!(all.starts_with("PEAP identity \"eve"), "{all}");
        assert!(!all.contains('\u{1b}'), "{all}");
        assert!(all.contains("RADIUS client 192.0.2.1 \"switch\" SSID \"corp\""), "{all}");
    }
}

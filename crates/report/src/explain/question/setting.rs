//! Words of a question that say where it happened, and what follows from that.

use alert::Side;
use logs::{Sure, Suspect};

/// Where it happened, or what was done before.
#[derive(Debug)]
pub(super) struct Setting {
    /// What stands in front of the note.
    pub(super) name: &'static str,
    /// Words by which it is known, in lower case, each whole.
    words: &'static [&'static str],
    /// The stacks under which pages have its remedies.
    pub(super) stacks: &'static [&'static str],
    /// What this machine is there, as a rule.
    pub(super) role: Option<Side>,
    /// What it makes likely by itself.
    pub(super) causes: &'static [Suspect],
    /// What is to be known there.
    pub(super) note: &'static str,
    /// Whether it is Windows.
    pub(super) windows: bool,
}

/// A setting that adds nothing but its words.
const PLAIN: Setting =
    Setting { name: "", words: &[], stacks: &[], role: None, causes: &[], note: "", windows: true };

/// All that are known.
pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "on IIS",
        words: &["iis", "w3wp", "http.sys", "inetinfo"],
        stacks: &["iis"],
        role: Some(Side::Server),
        note: "The handshake comes before the request: of a connection that fails in it, IIS and \
               its log never see one.",
        ..PLAIN
    },
    Setting {
        name: "on Exchange",
        words: &["exchange", "outlook", "owa", "activesync"],
        stacks: &["exchange"],
        note: "Exchange is a server to Outlook, phones, load balancers and other mail servers, and \
               a client where it sends mail: the port of the connection tells which. Outlook may \
               lose connections for other reasons: compare the times and addresses.",
        ..PLAIN
    },
    Setting {
        name: "on SQL Server",
        words: &["sql", "sqlserver", "mssql", "sqlclient"],
        stacks: &["sqlserver"],
        role: Some(Side::Server),
        ..PLAIN
    },
    Setting {
        name: "in Active Directory",
        words: &["ldap", "ldaps", "domain controller", "domain controllers", "active directory"],
        stacks: &["ad"],
        role: Some(Side::Server),
        ..PLAIN
    },
    Setting {
        name: "in Remote Desktop",
        words: &["rdp", "remote desktop", "terminal server", "terminal services", "rds"],
        stacks: &["rdp"],
        role: Some(Side::Server),
        ..PLAIN
    },
    Setting {
        name: "802.1X",
        words: &[
            "802.1x",
            "ethernet",
            "wired",
            "wi-fi",
            "wifi",
            "wlan",
            "wireless",
            "eap",
            "eap-tls",
            "peap",
            "nps",
            "radius",
            "ias",
            "supplicant",
        ],
        stacks: &["nps", "802.1x"],
        note: "Cable and Wi-Fi have a profile each (services dot3svc and WlanSvc): each chooses a \
               certificate of its own, of the machine or of the user, and checks the RADIUS server \
               in its own way. Where one of the two works, compare the profiles, and which server \
               and which policy answer each.",
        ..PLAIN
    },
    Setting {
        name: "in .NET",
        words: &[".net", "dotnet", "powershell", "httpclient", "asp.net"],
        stacks: &["dotnet"],
        role: Some(Side::Client),
        ..PLAIN
    },
    Setting {
        name: "in WinHTTP",
        words: &["winhttp", "wininet", "windows update", "wsus"],
        stacks: &["winhttp"],
        role: Some(Side::Client),
        ..PLAIN
    },
    Setting {
        name: "accounts",
        words: &[
            "service account",
            "administrators",
            "administrator",
            "admin",
            "admins",
            "permission",
            "permissions",
            "privilege",
            "privileges",
            "non-admin",
            "local system",
            "network service",
        ],
        causes: &[Suspect { cause: "private-key-permission", sure: Sure::Likely }],
        note: "What depends on an account is what that account may read: the private key of its \
               certificate, and the stores of certificates, which each user has apart from the \
               machine.",
        ..PLAIN
    },
    Setting {
        name: "authorities",
        words: &[
            "ca key",
            "root key",
            "ca certificate",
            "root certificate",
            "ca cert",
            "root cert",
        ],
        note: "What counts is the authority's certificate in the store of the side that sent the \
               alert, for services in that of the machine. The authority's key plays no part in a \
               connection.",
        windows: false,
        ..PLAIN
    },
    Setting { name: "", words: &["windows", "schannel", "event viewer", "event log"], ..PLAIN },
];

/// Those whose words stand in a text in lower case.
pub(super) fn settings(text: &str) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.words.iter().any(|word| holds(text, word)))
}

/// Whether a word, or a few, stand in a text with nothing grown onto them.
fn holds(text: &str, word: &str) -> bool {
    let grown = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        let after = rest.get(found.len()..).unwrap_or_default();
        let last = before.split_whitespace().next_back();
        let is_denied = last.is_some_and(|word| DENIED.contains(&word));
        !is_denied && !grown(before.chars().next_back()) && !grown(after.chars().next())
    })
}

/// Words behind which something is not there: `a file server without IIS`.
const DENIED: &[&str] = &["no", "not", "without"];

#[cfg(test)]
mod tests {
    use super::*;

    /// Words are met whole, and each setting names causes and stacks that pages have.
    #[test]
    fn settings_are_sound() {
        assert!(holds("schannel on iis, again", "iis") && holds("a .net service", ".net"));
        assert!(!holds("missing", "iis") && !holds("analysis", "iis"));
        assert!(!holds("many 49, no iis here", "iis") && !holds("without iis", "iis"));
        let stacks = crate::stacks();
        for setting in SETTINGS {
            for stack in setting.stacks {
                assert!(stacks.contains(stack), "{stack}");
            }
            for suspect in setting.causes {
                assert!(diagnosis::cause(suspect.cause).is_some(), "{}", suspect.cause);
            }
            for word in setting.words {
                assert_eq!(*word, word.to_lowercase());
            }
        }
    }
}

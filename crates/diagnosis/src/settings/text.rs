//! The words for versions and for the value that decides them.

use windows::Setting;
use wire::ProtocolVersion;

/// Versions that are on: `TLS 1.2`, `TLS 1.0 to TLS 1.2`, `SSL 3.0, TLS 1.2`, `no version of TLS`.
pub(super) fn range(on: &[ProtocolVersion]) -> String {
    let without_hole = on.windows(2).all(|pair| match pair {
        [one, next] => {
            next.0 == one.0 + 1
                || *one == ProtocolVersion::SSL_2 && *next == ProtocolVersion::SSL_3_0
        }
        _ => true,
    });
    match on {
        [] => "no version of TLS".into(),
        [one] => format!("{one} alone"),
        [first, .., last] if without_hole => format!("{first} to {last}"),
        several => several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// The value behind its conjunction; nothing where there is none.
pub(super) fn because(setting: Option<&Setting>, cite: &dyn Fn(&Setting) -> String) -> String {
    setting.map_or(String::new(), |setting| format!(", because {}", cite(setting)))
}

//! Whether a certificate's name is the name that was asked for (RFC 9525, 6).

use std::net::IpAddr;

/// The address in `host`, with or without the brackets that URLs put around IPv6.
pub(crate) fn address(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// Whether the name in the certificate, `presented`, covers `host`. Upper and lower case are
/// the same, and so is a dot at the end of `host`. A `*` counts only as the whole left-most
/// label, and stands for exactly one label.
pub(crate) fn dns_matches(presented: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || address(host).is_some() {
        return false;
    }
    match presented.strip_prefix("*.") {
        None => !presented.contains('*') && presented.eq_ignore_ascii_case(host),
        // "*.com" would cover every site of a top-level domain; no client takes it.
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| {
            !label.is_empty() && parent.contains('.') && parent.eq_ignore_ascii_case(rest)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of RFC 9525, one line each.
    #[test]
    fn names_match_by_the_rules() {
        for (presented, host, matches) in [
            ("mail.contoso.test", "mail.contoso.test", true),
            ("Mail.Contoso.TEST", "mail.contoso.test", true),
            ("mail.contoso.test", "mail.contoso.test.", true),
            ("mail.contoso.test", "contoso.test", false),
            ("contoso.test", "mail.contoso.test", false),
            ("*.contoso.test", "mail.contoso.test", true),
            ("*.contoso.test", "a.mail.contoso.test", false),
            ("*.contoso.test", "contoso.test", false),
            ("*.contoso.test", ".contoso.test", false),
            ("m*.contoso.test", "mail.contoso.test", false),
            ("mail.*.test", "mail.contoso.test", false),
            ("*", "localhost", false),
            ("*.test", "contoso.test", false),
            ("192.0.2.7", "192.0.2.7", false),
            ("", "", false),
        ] {
            assert_eq!(dns_matches(presented, host), matches, "{presented} for {host}");
        }
    }

    /// Addresses are known in both spellings.
    #[test]
    fn addresses_are_known() {
        assert_eq!(address("192.0.2.7"), Some(IpAddr::from([192, 0, 2, 7])));
        assert_eq!(address("[2001:db8::7]"), address("2001:db8::7"));
        assert!(address("2001:db8::7").is_some());
        assert_eq!(address("mail.contoso.test"), None);
    }
}

//! How a client asks for TLS inside another protocol, and how the server's answer is put into words.

use trace::{Carrier, Denial, Seen, Session, Side, ldap_result};

use super::protocol::quote;
use crate::Finding;

/// What a client says that asks for TLS, and in which protocol.
pub(super) fn request(session: &Session) -> String {
    let asks = match session.carrier {
        Carrier::Postgres => "SSLRequest",
        Carrier::Tds => "PRELOGIN with encryption",
        Carrier::Ldap => "the extended request StartTLS",
        Carrier::Pop3 => "STLS",
        Carrier::Ftp => "AUTH TLS",
        Carrier::Xmpp => "<starttls/>",
        Carrier::HttpUpgrade => "Upgrade: TLS",
        Carrier::Vnc => "VeNCrypt",
        Carrier::Amqp => "the protocol header of TLS",
        Carrier::Diameter => "Inband-Security-Id with TLS",
        Carrier::Telnet => "the option START_TLS",
        _ => "STARTTLS",
    };
    format!("{asks} ({})", place(session))
}

/// The carrier, and what it is inside of.
pub(super) fn place(session: &Session) -> String {
    match session.through() {
        Some(outer) => format!("{} through {outer}", session.carrier),
        None => session.carrier.to_string(),
    }
}

/// The words of a server that deny TLS, or what they mean where they are no text.
pub(super) fn words(session: &Session, denial: Denial<'_>) -> String {
    let (Denial::Refused(words)
    | Denial::NotOffered(words)
    | Denial::Stripped(words)
    | Denial::Demanded(words)) = denial;
    let demanded = matches!(denial, Denial::Demanded(_));
    match session.carrier {
        Carrier::Postgres if words == b"N" => "\"N\": no TLS here".to_owned(),
        Carrier::Tds if demanded => "encryption is required".to_owned(),
        Carrier::Tds => "encryption is not supported".to_owned(),
        Carrier::Ldap => ldap(words),
        Carrier::Diameter => diameter(words),
        Carrier::Amqp => amqp(words),
        Carrier::Telnet => "no to START_TLS".to_owned(),
        Carrier::Vnc if matches!(denial, Denial::Refused(_)) => "no to the subtype".to_owned(),
        Carrier::Vnc => {
            let types: Vec<String> = words.iter().take(8).map(u8::to_string).collect();
            format!("security types {}, and not 19 (VeNCrypt)", types.join(", "))
        }
        Carrier::Mysql if matches!(denial, Denial::NotOffered(_)) => {
            format!("version {}, capabilities without CLIENT_SSL", quote(words))
        }
        _ => quote(words),
    }
}

/// Adds the server's words to a finding, with their frame where they are its first: the place of
/// others is not kept.
pub(super) fn says(
    finding: Finding,
    label: &'static str,
    session: &Session,
    denial: Denial<'_>,
) -> Finding {
    let (Denial::Refused(words)
    | Denial::NotOffered(words)
    | Denial::Stripped(words)
    | Denial::Demanded(words)) = denial;
    let text = self::words(session, denial);
    let first = |seen: &Seen<&[u8]>| seen.what.starts_with(words);
    match session.plaintext(Side::Server).filter(first) {
        Some(answer) => finding.at(label, &answer, text),
        None => finding.fact(label, text),
    }
}

/// A result of LDAP: its code, its name (RFC 4511, 4.1.9), and what else the server says.
pub(super) fn ldap(words: &[u8]) -> String {
    let Some(result) = ldap_result(words) else { return "an error".to_owned() };
    let name = match result.code {
        1 => " operationsError",
        2 => " protocolError",
        7 => " authMethodNotSupported",
        8 => " strongerAuthRequired",
        13 => " confidentialityRequired",
        50 => " insufficientAccessRights",
        51 => " busy",
        52 => " unavailable",
        53 => " unwillingToPerform",
        80 => " other",
        _ => "",
    };
    let code = format!("resultCode {}{name}", result.code);
    if result.message.is_empty() { code } else { format!("{code}: {}", quote(result.message)) }
}

/// A Result-Code (RFC 6733, 7.1), or the words of an Error-Message.
fn diameter(words: &[u8]) -> String {
    let Some(code) = words.first_chunk().filter(|_| words.len() == 4) else { return quote(words) };
    match u32::from_be_bytes(*code) {
        2001 => "Result-Code 2001 success, but no TLS".to_owned(),
        5017 => "Result-Code 5017 DIAMETER_NO_COMMON_SECURITY".to_owned(),
        code => format!("Result-Code {code}"),
    }
}

/// A protocol header other than that of TLS.
fn amqp(header: &[u8]) -> String {
    match header {
        [b'A', b'M', b'Q', b'P', 3, version @ ..] => {
            format!("the header of SASL, bytes {version:?}")
        }
        [b'A', b'M', b'Q', b'P', 0, 0, 9, 1] => "the header of AMQP 0-9-1, which has no TLS".into(),
        _ => "the header of AMQP without TLS".to_owned(),
    }
}

//! How a client asks for TLS inside another protocol, and how the server's answer is put into words.

use trace::{AmqpHeader, Answer, Carrier, Denial, Denied, LdapResult, Seen, Session, Side};

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
    match (denial.answer, session.carrier) {
        (Answer::Ldap(result), _) => ldap(result),
        (Answer::Diameter(code), _) => diameter(code),
        (Answer::Amqp(header), _) => amqp(header),
        (Answer::SecurityTypes(types), _) => {
            let types: Vec<String> = types.iter().take(8).map(u8::to_string).collect();
            format!("security types {}, and not 19 (VeNCrypt)", types.join(", "))
        }
        (Answer::Version(version), _) => {
            format!("version {}, capabilities without CLIENT_SSL", quote(version))
        }
        (Answer::No, Carrier::Postgres) => "\"N\": no TLS here".to_owned(),
        (Answer::No, Carrier::Tds) if denial.how == Denied::Demanded => {
            "encryption is required".to_owned()
        }
        (Answer::No, Carrier::Tds) => "encryption is not supported".to_owned(),
        (Answer::No, Carrier::Telnet) => "no to START_TLS".to_owned(),
        (Answer::No, Carrier::Vnc) => "no to the subtype".to_owned(),
        _ => quote(denial.words),
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
    let text = words(session, denial);
    let first = |seen: &Seen<&[u8]>| seen.what.starts_with(denial.words);
    match session.plaintext(Side::Server).filter(first) {
        Some(answer) => finding.at(label, &answer, text),
        None => finding.fact(label, text),
    }
}

/// A result of LDAP: its code, its name (RFC 4511, 4.1.9), and what else the server says.
pub(super) fn ldap(result: LdapResult<'_>) -> String {
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

/// A Result-Code (RFC 6733, 7.1).
fn diameter(code: u32) -> String {
    match code {
        2001 => "Result-Code 2001 success, but no TLS".to_owned(),
        5017 => "Result-Code 5017 DIAMETER_NO_COMMON_SECURITY".to_owned(),
        code => format!("Result-Code {code}"),
    }
}

/// A protocol header other than that of TLS.
fn amqp(header: AmqpHeader) -> String {
    match (header.protocol, header.version) {
        (3, version) => format!("the header of SASL, bytes {version:?}"),
        (0, [0, 9, 1]) => "the header of AMQP 0-9-1, which has no TLS".to_owned(),
        _ => "the header of AMQP without TLS".to_owned(),
    }
}

//! What the rendered text of an event tells, where a form has nothing else.
//!
//! The text is in the language of the machine, so its words say nothing; but the values stand in it,
//! and which they are follows from the event's number. A number that is part of a name, a version,
//! a link, or of something in brackets is no value.

use crate::{Field, Value};

/// What stands in a text.
#[derive(Debug, Default)]
struct Values<'a> {
    /// Decimal numbers.
    numbers: Vec<&'a str>,
    /// Hexadecimal numbers, with their `0x`.
    codes: Vec<&'a str>,
    /// `TLS 1.2`.
    protocol: Option<&'a str>,
    /// `client` or `server`, which no language translates: it is a value of the event.
    role: Option<&'static str>,
    /// What stands behind a colon, or looks like a name of a host.
    name: Option<&'a str>,
    /// A word in front of a number in brackets: `ldp (PID: 5148)`.
    process: Option<(&'a str, &'a str)>,
}

/// Values of one text that are kept: no event has more than four.
const MAX_VALUES: usize = 8;

/// The fields that can be told from a text, under the names that the manifest has for them.
pub(super) fn fields(provider: &str, id: u32, message: &str) -> Vec<Field> {
    match provider {
        "Schannel" => schannel(id, &Values::of(message)),
        "Microsoft-Windows-Sysmon" => labelled(message, Some),
        "Microsoft-Windows-Security-Auditing" => {
            let names = in_text(id);
            let told = labelled(message, Some).len();
            // Old systems have the version of the client's system, newer ones do not.
            let without = told < names.len();
            let mut names = names.iter().filter(|name| !(without && **name == "MachineInventory"));
            labelled(message, |_| names.next().copied())
        }
        _ => Vec::new(),
    }
}

fn schannel(id: u32, values: &Values<'_>) -> Vec<Field> {
    let number = |at: usize| values.numbers.get(at).copied();
    let code = values.codes.first().copied();
    let role = values.role;
    let told: &[(&str, Option<&str>)] = match id {
        36867..=36869 => &[("Type", role)],
        36870 => &[("Type", role), ("ErrorCode", code), ("ErrorStatus", number(0))],
        36871 => &[("Type", role), ("ErrorState", number(0))],
        36872 | 36889 => &[("Type", role), ("ErrorCode", code)],
        36874 => &[("Protocol", values.protocol)],
        36865 => &[("Error", code)],
        36876..=36879 => &[("ErrorCode", code)],
        36880 => &[
            ("Type", role),
            ("Protocol", values.protocol),
            ("CipherSuite", code),
            ("ExchangeStrength", number(0)),
        ],
        36884 => &[("Name", values.name)],
        36887 => &[("AlertDesc", number(0))],
        36888 => {
            &[("AlertDesc", number(0)), ("ErrorState", number(1)), ("TargetName", values.name)]
        }
        _ => &[],
    };
    let (image, process) = values.process.unzip();
    let caller = [("CallerProcessId", process), ("CallerProcessImageName", image)];
    let told = told.iter().chain(&caller);
    told.filter_map(|(name, text)| text.map(|text| field(name, text))).collect()
}

fn field(name: &str, text: &str) -> Field {
    Field { name: Some(name.to_owned()), value: Value::Text(text.to_owned()) }
}

/// Lines of a label and a value.
fn labelled<'a>(message: &'a str, mut name: impl FnMut(&'a str) -> Option<&'a str>) -> Vec<Field> {
    let lines = message.lines().filter_map(|line| {
        // The first colon with a blank behind it: values have colons of their own.
        let blank = line.find(": ").into_iter().chain(line.find(":\t")).min()?;
        let (label, value) = (line.get(..blank)?, line.get(blank + 1..)?);
        let value = value.trim();
        (!value.is_empty()).then(|| (label.trim(), value))
    });
    lines.filter_map(|(label, value)| name(label).map(|name| field(name, value))).collect()
}

/// The names of the labelled values of an event of the audit, in the order of its text.
fn in_text(id: u32) -> &'static [&'static str] {
    match id {
        5156 => &[
            "ProcessID",
            "Application",
            "Direction",
            "SourceAddress",
            "SourcePort",
            "DestAddress",
            "DestPort",
            "Protocol",
        ],
        6273 => &[
            "SubjectUserSid",
            "SubjectUserName",
            "SubjectDomainName",
            "FullyQualifiedSubjectUserName",
            "SubjectMachineSID",
            "SubjectMachineName",
            "FullyQualifiedSubjectMachineName",
            "MachineInventory",
            "CalledStationID",
            "CallingStationID",
            "NASIPv4Address",
            "NASIPv6Address",
            "NASIdentifier",
            "NASPortType",
            "NASPort",
            "ClientName",
            "ClientIPAddress",
            "ProxyPolicyName",
            "NetworkPolicyName",
            "AuthenticationProvider",
            "AuthenticationServer",
            "AuthenticationType",
            "EAPType",
            "AccountSessionIdentifier",
            "LoggingResult",
            "ReasonCode",
            "Reason",
        ],
        _ => &[],
    }
}

impl<'a> Values<'a> {
    fn of(message: &'a str) -> Self {
        let mut values = Self::default();
        let mut brackets = 0usize;
        let (mut before, mut in_front) = ("", "");
        for word in message.split_whitespace() {
            if word.contains("://") || word.starts_with("www.") && before.ends_with("http") {
                continue;
            }
            if word.starts_with(['(', '（']) {
                in_front = if word.contains([':', '：']) { before } else { "" };
            }
            values.role(word);
            values.protocol(message, word);
            values.name(before, word);
            for (at, sign) in word.char_indices() {
                match sign {
                    '(' | '（' => brackets += 1,
                    ')' | '）' => brackets = brackets.saturating_sub(1),
                    '0'..='9' if starts(word, at) => values.number(word, at, brackets, in_front),
                    _ => {}
                }
            }
            before = word;
        }
        values
    }

    /// Takes the number that begins here, if one does.
    fn number(&mut self, word: &'a str, at: usize, brackets: usize, in_front: &'a str) {
        let rest = word.get(at..).unwrap_or_default();
        let digits = |text: &str, is: fn(&u8) -> bool| text.bytes().take_while(is).count();
        let hexadecimal = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
        let length = match hexadecimal {
            Some(rest) => 2 + digits(rest, u8::is_ascii_hexdigit),
            None => digits(rest, u8::is_ascii_digit),
        };
        let Some((number, behind)) = rest.split_at_checked(length) else { return };
        if !ends(behind) {
            return;
        }
        if brackets > 0 {
            let image = in_front.trim_matches(|c: char| ",;:".contains(c));
            if hexadecimal.is_none() && !image.is_empty() {
                self.process = self.process.or(Some((image, number)));
            }
            return;
        }
        let list = if hexadecimal.is_some() { &mut self.codes } else { &mut self.numbers };
        if list.len() < MAX_VALUES {
            list.push(number);
        }
    }

    fn role(&mut self, word: &str) {
        let mut parts = word.split(|c: char| !c.is_ascii_alphabetic());
        let known =
            |role: &'static str, part: &str| part.eq_ignore_ascii_case(role).then_some(role);
        if self.role.is_none() {
            self.role = parts.find_map(|part| known("client", part).or(known("server", part)));
        }
    }

    /// Takes `TLS 1.2`, whose number is this word.
    fn protocol(&mut self, message: &'a str, word: &'a str) {
        let digits = word.as_bytes();
        let is_version = matches!(digits, [b'0'..=b'9', b'.', b'0'..=b'9', rest @ ..]
            if !rest.first().is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'.'));
        if !is_version || self.protocol.is_some() {
            return;
        }
        // Words are parts of the message, so their places are known.
        let Some(at) = (word.as_ptr() as usize).checked_sub(message.as_ptr() as usize) else {
            return;
        };
        for family in ["DTLS ", "TLS ", "SSL "] {
            let start = at.checked_sub(family.len());
            if let Some(start) = start
                && message.get(start..at) == Some(family)
            {
                self.protocol = message.get(start..at + 3);
                return;
            }
        }
    }

    /// Takes a name: of a host by its shape, or whatever stands behind a colon and is no number.
    fn name(&mut self, before: &str, word: &'a str) {
        let name = word.trim_matches(|c: char| ".,;:\"'()「」。".contains(c));
        let signs = |byte: u8| byte.is_ascii_alphanumeric() || b".-_*:".contains(&byte);
        if self.name.is_some() || name.is_empty() || !name.bytes().all(signs) {
            return;
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        let has_letters = last.bytes().filter(u8::is_ascii_alphabetic).count() > 1;
        let is_host = name.contains('.') && has_letters;
        let is_told = before.ends_with([':', '：'])
            && !before.starts_with(['(', '（'])
            && name.bytes().any(|byte| byte.is_ascii_alphabetic())
            && word.ends_with('.');
        if is_host || is_told {
            self.name = Some(name);
        }
    }
}

/// Whether a number may begin here: not behind a letter, a sign of a name, or another digit.
fn starts(word: &str, at: usize) -> bool {
    let before = word.get(..at).and_then(|front| front.bytes().next_back());
    !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".-_/\\+%#".contains(&byte))
}

/// Whether a number may end in front of this text.
fn ends(behind: &str) -> bool {
    match behind.as_bytes() {
        [b'.' | b',', next, ..] => !next.is_ascii_alphanumeric(),
        [byte, ..] => !byte.is_ascii_alphanumeric() && !b"-_/\\".contains(byte),
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn told(id: u32, message: &str) -> String {
        let fields = fields("Schannel", id, message).into_iter().map(|field| match field.value {
            Value::Text(text) => format!("{}={text}", field.name.unwrap_or_default()),
            Value::Binary(_) => String::new(),
        });
        fields.collect::<Vec<_>>().join(" ")
    }

    /// The texts of three generations of Windows in English give their values.
    #[test]
    fn english_texts_give_their_values() {
        for (id, message, values) in [
            (36887, "The following fatal alert was received: 47.", "AlertDesc=47"),
            (
                36888,
                "The following fatal alert was generated: 40. The internal error state is 1205.",
                "AlertDesc=40 ErrorState=1205",
            ),
            (
                36888,
                "A fatal alert was generated and sent to the remote endpoint. This may result in \
                 termination of the connection. The TLS protocol defined fatal alert code is 70. \
                 Target name: www.example.test. The TLS alert registry can be found at \
                 http://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-6",
                "AlertDesc=70 TargetName=www.example.test",
            ),
            (
                36871,
                "A fatal error occurred while creating a TLS client credential. The internal error \
                 state is 10013. The SSPI client process is ldp (PID: 5148).",
                "Type=client ErrorState=10013 CallerProcessId=5148 CallerProcessImageName=ldp",
            ),
            (
                36870,
                "A fatal error occurred when attempting to access the TLS server credential private \
                 key. The error code returned from the cryptographic module is 0x8009030D. The \
                 internal error state is 10001.",
                "Type=server ErrorCode=0x8009030D ErrorStatus=10001",
            ),
            (
                36874,
                "An TLS 1.2 connection request was received from a remote client application, but \
                 none of the cipher suites supported by the client application are supported.",
                "Protocol=TLS 1.2",
            ),
            (
                36880,
                "A TLS server handshake completed successfully. The negotiated cryptographic \
                 parameters are as follows.\n\nProtocol version: TLS 1.2\nCipherSuite: 0xC030\n\
                 Exchange strength: 384 bits",
                "Type=server Protocol=TLS 1.2 CipherSuite=0xC030 ExchangeStrength=384",
            ),
            (
                36884,
                "The certificate received from the remote server does not contain the expected name. \
                 The server name we were expecting is mail.example.test. The TLS connection failed.",
                "Name=mail.example.test",
            ),
        ] {
            assert_eq!(told(id, message), values);
        }
    }

    /// The same numbers in other languages: only the numbers are looked at.
    #[test]
    fn other_languages_give_the_same() {
        for message in [
            "Es wurde eine schwerwiegende Warnung vom Remoteendpunkt empfangen. Die schwerwiegende \
             Warnung hat folgenden für das TLS-Protokoll definierten Code: 46.",
            "Une alerte irrécupérable a été reçue du point de terminaison distant. Le code est 46.",
            "リモート エンドポイントから致命的な警告を受け取りました。警告コードは 46 です。",
            "从远程终点接收到一个严重警告。TLS 协议所定义的严重警告代码为 46。",
            "从远程终点接收到一个严重警告。TLS 协议所定义的严重警告代码为46。",
        ] {
            assert_eq!(told(36887, message), "AlertDesc=46", "{message}");
        }
    }

    /// What is no value is not taken for one.
    #[test]
    fn other_numbers_are_no_values() {
        assert_eq!(told(36887, "Update 2019-10 for 1.2 (code 5): see tls-6 and x64."), "");
        assert_eq!(told(36888, "Code 40. Target name: . The registry"), "AlertDesc=40");
    }

    /// Lines with labels in any language have the order of the event.
    #[test]
    fn labels_are_counted_and_not_read() {
        let message = "Die Windows-Filterplattform hat eine Verbindung zugelassen.\n\n\
            Anwendungsinformationen:\n\tProzess-ID:\t\t1234\n\tAnwendungsname:\t\\device\\x.exe\n\n\
            Netzwerkinformationen:\n\tRichtung:\t\tEingehend\n\tQuelladresse:\t\t192.0.2.1\n\
            \tQuellport:\t\t443\n\tZieladresse:\t192.0.2.7\n\tZielport:\t\t50123\n\tProtokoll:\t\t6\n";
        let fields = fields("Microsoft-Windows-Security-Auditing", 5156, message);
        let record = crate::Record { fields, ..crate::Record::default() };
        assert_eq!(record.text("DestAddress"), Some("192.0.2.7"));
        assert_eq!(record.integer("DestPort"), Some(50123));
        assert_eq!(record.text("Application"), Some("\\device\\x.exe"));
    }

    /// The text of an answer of RADIUS, with and without the system of the client in it.
    #[test]
    fn labels_of_a_refusal() {
        let text = |inventory: &str| {
            format!(
                "Zugriff verweigert.\n\nBenutzer:\n\tID:\t\tS-1-0-0\n\tName:\tanna\n\tDomain:\tCONTOSO\n\
                 \tVoll:\tCONTOSO\\anna\n\nClient:\n\tID:\tS-1-0-0\n\tName:\t-\n\tVoll:\t-\n{inventory}\
                 \tZiel:\t02-00\n\tRuf:\t02-01\n\nNAS:\n\tv4:\t10.0.20.5\n\tv6:\t-\n\tName:\tap-7\n\
                 \tArt:\tWireless\n\tPort:\t7\n\nRADIUS:\n\tName:\tap-7\n\tIP:\t10.0.20.5\n\nDetails:\n\
                 \tP:\tA\n\tQ:\t-\n\tR:\tWindows\n\tS:\tNPS01\n\tT:\tEAP\n\tU:\tSmartcard\n\tV:\t-\n\
                 \tW:\tlog\n\tCode:\t23\n\tGrund:\tFehler: EAP.\n"
            )
        };
        for inventory in ["", "\tSystem:\t-\n"] {
            let text = text(inventory);
            let fields = fields("Microsoft-Windows-Security-Auditing", 6273, &text);
            let record = crate::Record { fields, ..crate::Record::default() };
            assert_eq!(record.integer("ReasonCode"), Some(23), "{inventory}");
            assert_eq!(record.text("CallingStationID"), Some("02-01"));
            assert_eq!(record.text("Reason"), Some("Fehler: EAP."));
        }
    }
}

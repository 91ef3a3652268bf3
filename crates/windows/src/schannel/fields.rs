//! What an event of SChannel tells, by name, whatever the form of the record holds.
//!
//! Fields are found by name. A form that has values without names has them in the order of the
//! manifest; one that has nothing but the rendered text has the numbers in it, which no language
//! changes, and their order is the manifest's too.

use std::borrow::Cow;

use crate::{Record, Value};

/// The fields of one event.
pub(super) struct Fields<'a> {
    record: &'a Record,
    /// The manifest's names of values that have none, in the order of the values.
    names: Vec<&'static str>,
    /// The numbers of the rendered text, where there is nothing else.
    numbers: Vec<u64>,
}

/// How the manifest orders what an event tells (builds 7600 and 18990).
struct Order {
    id: u32,
    /// The fields; `__binLength` stands in front of the bytes and some forms leave it out.
    names: &'static [&'static str],
    /// Those of them that are numbers in the rendered text, in its order.
    numbers: &'static [&'static str],
}

const fn order(id: u32, names: &'static [&'static str], numbers: &'static [&'static str]) -> Order {
    Order { id, names, numbers }
}

/// The number of bytes that follow, which the manifest counts among the fields.
const LENGTH: &str = "__binLength";
/// The process that speaks TLS: builds since about 2023 put it in front of the others.
const CALLER: [&str; 2] = ["CallerProcessId", "CallerProcessImageName"];
const JUDGED: &[&str] = &["ErrorCode", LENGTH, "pCertificateContext"];
const REFUSED: &[&str] = &[LENGTH, "certificateContext"];

static ORDERS: &[Order] = &[
    order(36865, &["ModuleName", "Error"], &["Error"]),
    order(36867, &["Type", LENGTH, "binaryData"], &[]),
    order(
        36868,
        &["Type", "CSPName", "CSPType", "KeyName", "KeyType", "KeyFlags", LENGTH, "EncodedCert"],
        &[],
    ),
    order(36869, &["Type", LENGTH, "binaryData"], &["CallerProcessId"]),
    order(
        36870,
        &["Type", "ErrorCode", "ErrorStatus"],
        &["ErrorCode", "ErrorStatus", "CallerProcessId"],
    ),
    order(36871, &["Type", "ErrorState"], &["ErrorState", "CallerProcessId"]),
    order(36872, &["Type", "ErrorCode", "CertFlags", LENGTH, "CredContext"], &[]),
    order(36874, &["Protocol"], &[]),
    order(36876, JUDGED, &["ErrorCode"]),
    order(36877, JUDGED, &["ErrorCode"]),
    order(36878, JUDGED, &["ErrorCode"]),
    order(36879, JUDGED, &["ErrorCode"]),
    order(
        36880,
        &[
            "Type",
            "Protocol",
            "CipherSuite",
            "ExchangeStrength",
            "ContextHandle",
            "TargetName",
            "LocalCertSubjectName",
            "RemoteCertSubjectName",
        ],
        &[],
    ),
    order(36881, REFUSED, &[]),
    order(36882, REFUSED, &[]),
    order(36883, REFUSED, &[]),
    order(36884, &["Name", LENGTH, "certificateContext"], &[]),
    order(36887, &["AlertDesc"], &["AlertDesc"]),
    order(36888, &["AlertDesc", "ErrorState", "TargetName"], &["AlertDesc", "ErrorState"]),
    order(36889, &["Type", "ErrorCode", LENGTH, "CredContext"], &[]),
    order(36912, &["Path"], &[]),
    order(
        36928,
        &["FailureReason", "OCSPResponderURL", "ThisUpdate", "NextUpdate", LENGTH, "Certificate"],
        &[],
    ),
];

impl<'a> Fields<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        let order = ORDERS.iter().find(|order| order.id == record.id);
        let unnamed = record.fields.iter().filter(|field| field.name.is_none()).count();
        let names = order.map(|order| order.named(record, unnamed)).unwrap_or_default();
        let bare = record.fields.is_empty();
        let text = record.message.as_deref().filter(|_| bare).unwrap_or_default();
        Self { record, names, numbers: numbers(text) }
    }

    /// The text in a field; `None` where it is empty or absent.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        let text = self.record.text(name).or_else(|| match self.unnamed(name)? {
            Value::Text(text) => Some(text.trim()),
            Value::Binary(_) => None,
        });
        text.filter(|text| !text.is_empty())
    }

    /// The number in a field. A negative one is a code that was written with its sign.
    pub(super) fn integer(&self, name: &str) -> Option<u32> {
        match self.text(name) {
            Some(text) => integer(text),
            None => u32::try_from(self.written(name)?).ok(),
        }
    }

    /// The bytes in a field.
    pub(super) fn bytes(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.record.bytes(name).or_else(|| match self.unnamed(name)? {
            Value::Binary(bytes) => Some(Cow::Borrowed(bytes.as_slice())),
            Value::Text(text) => crate::record::hexadecimal(text.trim()).map(Cow::Owned),
        })
    }

    /// The version that the rendered text names. Versions are names, the same in all languages.
    pub(super) fn version(&self) -> Option<&'a str> {
        let text = self.record.message.as_deref().filter(|_| self.record.fields.is_empty())?;
        let at = VERSIONS.iter().find_map(|name| text.find(name))?;
        let rest = text.get(at..)?;
        let end = rest
            .char_indices()
            .find(|(place, c)| *place >= "TLS ".len() && !c.is_ascii_digit() && *c != '.');
        let version = rest.get(..end.map_or(rest.len(), |(place, _)| place))?;
        Some(version.trim_end_matches('.'))
    }

    /// The value without a name whose place is that of this name.
    fn unnamed(&self, name: &str) -> Option<&'a Value> {
        let place = self.names.iter().position(|known| *known == name)?;
        let unnamed = self.record.fields.iter().filter(|field| field.name.is_none());
        unnamed.map(|field| &field.value).nth(place)
    }

    /// The number of the rendered text whose place is that of this name.
    fn written(&self, name: &str) -> Option<u64> {
        let order = ORDERS.iter().find(|order| order.id == self.record.id)?;
        let place = order.numbers.iter().position(|known| *known == name)?;
        self.numbers.get(place).copied()
    }
}

impl Order {
    /// The names of so many values.
    fn named(&self, record: &Record, values: usize) -> Vec<&'static str> {
        let bare = || self.names.iter().copied().filter(|name| *name != LENGTH);
        // What a record begins with is a process where a number and the name of a program do.
        let mut front = record.fields.iter().filter(|field| field.name.is_none());
        let mut is_number = || match &front.next()?.value {
            Value::Text(text) => Some(integer(text.trim()).is_some()),
            Value::Binary(_) => None,
        };
        let begins_with_caller = (is_number(), is_number()) == (Some(true), Some(false));
        let has_caller = |names: usize| begins_with_caller && values == names + CALLER.len();
        let (full, short) = (self.names.len(), bare().count());
        if full != short && has_caller(short) {
            CALLER.into_iter().chain(bare()).collect()
        } else if has_caller(full) {
            CALLER.into_iter().chain(self.names.iter().copied()).collect()
        } else if full != short && values == short {
            bare().collect()
        } else {
            self.names.to_vec()
        }
    }
}

/// What versions are called, as far as the number.
const VERSIONS: &[&str] = &["DTLS 1", "TLS 1", "SSL 3", "SSL 2"];

/// A number as a field holds it: decimal, hexadecimal, or with the sign that a code has when it is
/// taken for a signed number.
fn integer(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok();
    }
    let number: i64 = text.parse().ok()?;
    u32::try_from(number).ok().or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

/// The numbers that stand alone in a text: not in names, versions, addresses or links.
fn numbers(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| c.is_whitespace()).filter(|word| !word.contains("://"));
    words.flat_map(of_word).take(MOST_NUMBERS).collect()
}

/// The numbers in a word. Languages without spaces write them between letters of their own.
fn of_word(word: &str) -> impl Iterator<Item = u64> {
    // What a name, a version or an address is made of.
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/');
    let tokens = word.split(move |c: char| !joins(c));
    tokens.filter_map(|token| {
        let token = token.trim_matches(|c: char| matches!(c, '.' | '-' | ':' | '/'));
        match token.strip_prefix("0x").or_else(|| token.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None if token.bytes().all(|byte| byte.is_ascii_digit()) => token.parse().ok(),
            None => None,
        }
    })
}

/// Numbers kept of a text: no event has more than three.
const MOST_NUMBERS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    fn record(id: u32, values: &[&str]) -> Record {
        let value = |text: &&str| Field { name: None, value: Value::Text((*text).into()) };
        Record { id, fields: values.iter().map(value).collect(), ..Record::default() }
    }

    fn told(id: u32, message: &str) -> Record {
        Record { id, message: Some(message.into()), ..Record::default() }
    }

    /// Values without names have the manifest's order, with the process in front or without.
    #[test]
    fn values_without_names() {
        let old = record(36870, &["server", "0x8009030d", "10001"]);
        let fields = Fields::of(&old);
        assert_eq!(fields.integer("ErrorCode"), Some(0x8009_030d));
        assert_eq!(fields.integer("CallerProcessId"), None);
        let new = record(36870, &["696", "w3wp.exe", "server", "-2146893043", "10001"]);
        let fields = Fields::of(&new);
        assert_eq!(fields.text("Type"), Some("server"));
        assert_eq!(fields.integer("ErrorCode"), Some(0x8009_030d));
        assert_eq!(fields.integer("CallerProcessId"), Some(696));
        let judged = record(36876, &["0x80090325", "3", "308201"]);
        assert_eq!(Fields::of(&judged).bytes("pCertificateContext").unwrap()[..], [0x30, 0x82, 1]);
        let short = record(36876, &["0x80090325", "308201"]);
        assert_eq!(Fields::of(&short).bytes("pCertificateContext").unwrap()[..], [0x30, 0x82, 1]);
    }

    /// Of a text the numbers are taken, in any language; links, versions and names have none.
    #[test]
    fn numbers_of_a_text() {
        let german = told(
            36888,
            "Es wurde eine schwerwiegende Warnung generiert: 40. Zielname: srv10.example.test \
             10.0.0.5. Der interne Fehlerstatus lautet: 1205. http://a.test/x#tls-parameters-6",
        );
        let fields = Fields::of(&german);
        assert_eq!(fields.integer("AlertDesc"), Some(40));
        assert_eq!(fields.integer("ErrorState"), Some(1205));
        let chinese = told(36887, "TLS 1.2 协议所定义的严重警告代码是46。");
        assert_eq!(Fields::of(&chinese).integer("AlertDesc"), Some(46));
        let key = told(36870, "key 0x8009030D. The internal error state is 10001.");
        assert_eq!(Fields::of(&key).integer("ErrorCode"), Some(0x8009_030d));
        assert_eq!(Fields::of(&key).integer("ErrorStatus"), Some(10001));
        let suites = told(36874, "An TLS 1.2 connection request was received");
        assert_eq!(Fields::of(&suites).version(), Some("TLS 1.2"));
    }
}

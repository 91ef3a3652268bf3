//! One record of an event log, whatever form it came in.

use std::borrow::Cow;

use logs::Stamp;

/// One event, as a log or an export of it holds it.
///
/// Forms leave things out: what a form does not have is `None` or absent, never made up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Who wrote it, as the record names it: `Schannel`, `Microsoft-Windows-CAPI2`.
    pub provider: String,
    /// The event's number, without the qualifiers that old sources put above it.
    pub id: u32,
    /// The number of the record in its log (`EventRecordID`).
    pub number: Option<u64>,
    /// Where it stands.
    pub place: Place,
    /// When it was written.
    pub time: Option<Stamp>,
    /// The log it was written to: `System`.
    pub channel: Option<String>,
    /// The machine that wrote it.
    pub computer: Option<String>,
    /// The process that wrote it: for SChannel it is LSASS, and not the one that speaks TLS.
    pub process: Option<u32>,
    /// The thread of that process.
    pub thread: Option<u32>,
    /// What the event tells, in the order of the form: fields of `EventData` and of `UserData` alike.
    ///
    /// Every form names them by the same rule, so that what nested elements tell survives:
    ///
    /// - `EventData`, `UserData` and the one element directly inside of `UserData` are no fields.
    /// - `<Data Name="X">` is the field `X`, `<Data>` one without a name, `<Binary>` the field `Binary`.
    /// - Any other element is a field of its local name, which holds its own text and is empty where it
    ///   has none. It stands in front of what is inside of it, so that `ChainElement` begins one.
    /// - An attribute (but a namespace) is the field `Element.Attribute`, behind the element's own and
    ///   in front of those of its children.
    /// - Names are not paths, and what is repeated repeats: the order tells what belongs together.
    ///
    /// `<ErrorStatus value="20" CERT_TRUST_IS_UNTRUSTED_ROOT="true"/>` gives `ErrorStatus`,
    /// `ErrorStatus.value` and `ErrorStatus.CERT_TRUST_IS_UNTRUSTED_ROOT`. In JSON an object is an
    /// element, each item of an array is one, and a key that is marked as an attribute is one. Some
    /// shippers do not mark them: what a leaf of an object is called is then all of its name.
    pub fields: Vec<Field>,
    /// The rendered text, in the language of the machine that rendered it.
    pub message: Option<String>,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its first byte, counted from the front of the input.
    pub offset: u64,
    /// The line on which it begins, from 1; 0 in a form that has no lines.
    pub line: u64,
}

/// One thing that an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; `None` in a form that has values alone.
    pub name: Option<String>,
    /// What it holds.
    pub value: Value,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text or a number as text: `48`, `0x8009030d`.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Record {
    /// The text of the field of this name, in whatever case a form writes it: shippers change it.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text.trim()),
            Value::Binary(_) => None,
        }
    }

    /// The number in the field of this name: decimal, or hexadecimal behind `0x`.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<u64> {
        integer(self.text(name)?)
    }

    /// The bytes in the field of this name. XML and JSON write them as hexadecimal digits.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        match self.value(name)? {
            Value::Binary(bytes) => Some(Cow::Borrowed(bytes)),
            Value::Text(text) => hexadecimal(text.trim()).map(Cow::Owned),
        }
    }

    /// A record as a test needs it: fields with names, in their order.
    #[cfg(test)]
    pub(crate) fn built(provider: &str, id: u32, fields: &[(&str, &str)]) -> Self {
        let field = |(name, value): &(&str, &str)| Field {
            name: Some((*name).into()),
            value: Value::Text((*value).into()),
        };
        let fields = fields.iter().map(field).collect();
        Self { provider: provider.into(), id, fields, ..Self::default() }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let named = |field: &&Field| {
            field.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        self.fields.iter().find(named).map(|field| &field.value)
    }
}

/// A number as events write it.
fn integer(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Bytes written as pairs of hexadecimal digits; none where anything else stands among them.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(nibble(*high)? << 4 | nibble(*low)?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|bytes| rest.is_empty() && !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, value: &str) -> Record {
        Record::built("Schannel", 36887, &[(name, value)])
    }

    /// Fields are found by name, in whatever case, and numbers read in both ways of writing.
    #[test]
    fn fields_are_found_by_name() {
        assert_eq!(record("AlertDesc", "48").integer("alertdesc"), Some(48));
        assert_eq!(record("ErrorCode", "0x8009030d").integer("ErrorCode"), Some(0x8009_030d));
        assert_eq!(record("ErrorCode", "-1").integer("ErrorCode"), None);
        assert_eq!(record("Type", "server").text("Protocol"), None);
    }

    /// Bytes are pairs of digits, and nothing else is.
    #[test]
    fn bytes_are_pairs_of_digits() {
        let bytes = |text: &str| record("Cert", text).bytes("Cert").map(Cow::into_owned);
        assert_eq!(bytes("3082fF"), Some(vec![0x30, 0x82, 0xff]));
        assert_eq!(bytes("30 82"), None);
        assert_eq!(bytes("308"), None);
        assert_eq!(bytes(""), None);
    }
}

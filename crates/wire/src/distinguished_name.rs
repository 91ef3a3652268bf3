//! Distinguished names: of subjects, issuers and the authorities a server asks for
//! (RFC 5280, 4.1.2.4; RFC 4514 for the text).

use std::borrow::Cow;

use x509_parser::asn1_rs::{Oid, oid};

use crate::der;
use crate::public_key::dotted;
use crate::reader::Reader;

/// A distinguished name as its DER bytes. Two names that are equal here are the same byte for
/// byte; [`DistinguishedName::matches`] also forgives what RFC 5280 forgives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DistinguishedName<'a>(pub &'a [u8]);

impl<'a> DistinguishedName<'a> {
    /// The name as text with the most special part first: "CN=mail.contoso.test, O=Contoso".
    /// Control characters come through as they are. `None` where the bytes are no name; empty
    /// where the name has no parts.
    pub fn text(&self) -> Option<String> {
        let parts: Vec<_> = self.parts()?.collect();
        let mut text = String::new();
        for part in parts.into_iter().rev() {
            for (index, attribute) in attributes(part).enumerate() {
                match (index, text.is_empty()) {
                    (0, true) => {}
                    (0, false) => text.push_str(", "),
                    _ => text.push('+'),
                }
                text.push_str(&attribute.label());
                text.push('=');
                for letter in attribute.value().chars() {
                    // RFC 4514, 2.4 asks for more; these two are what would mislead a reader.
                    if matches!(letter, '\\' | ',') {
                        text.push('\\');
                    }
                    text.push(letter);
                }
            }
        }
        Some(text)
    }

    /// The last common name, which is the most special one.
    pub fn common_name(&self) -> Option<String> {
        let all = self.parts()?.flat_map(attributes);
        all.filter(|it| it.oid == COMMON_NAME.as_bytes()).last().map(|it| it.value())
    }

    /// Whether the name has no parts at all, as in certificates that only have alternative
    /// names.
    pub fn is_empty(&self) -> bool {
        matches!(self.0, [0x30, 0])
    }

    /// Whether both names mean the same: byte for byte, or as text where only upper and lower
    /// case, runs of spaces and the kind of string differ (RFC 5280, 7.1).
    pub fn matches(&self, other: &DistinguishedName<'_>) -> bool {
        self.0 == other.0 || same(self.0, other.0, DEEPEST)
    }

    /// Whether this name begins with all parts of `base`: it lies in its subtree (RFC 5280, 4.2.1.10).
    pub fn is_within(&self, base: &DistinguishedName<'_>) -> bool {
        let parts = |mut der| element(&mut der).map(|(_, parts)| parts);
        let (Some(mut own), Some(mut base)) = (parts(self.0), parts(base.0)) else { return false };
        while !base.is_empty() {
            let (Some((_, here)), Some((_, there))) = (element(&mut own), element(&mut base))
            else {
                return false;
            };
            if !same(here, there, DEEPEST) {
                return false;
            }
        }
        true
    }

    /// A key that is the same for all names that [match](Self::matches), to look names up by. Where
    /// the same bytes are strings of different kinds, which nobody writes, the keys differ.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.0.len());
        add_key(self.0, &mut key, DEEPEST);
        key
    }

    /// Its parts, each a set of attributes.
    fn parts(&self) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        let name = der::expect(&mut Reader::new(self.0), der::SEQUENCE, "Name").ok()?;
        let sets = der::elements(name).take_while(|(tag, _)| *tag == der::SET);
        Some(sets.map(|(_, set)| set))
    }
}

/// One attribute of a name (RFC 5280, 4.1.2.4): its type, and its value with the tag that says what
/// kind of string it is.
struct Attribute<'a> {
    oid: &'a [u8],
    tag: u8,
    value: &'a [u8],
}

/// The attributes of a set.
fn attributes(set: &[u8]) -> impl Iterator<Item = Attribute<'_>> {
    der::elements(set).map_while(|(_, pair)| {
        let mut pair = Reader::new(pair);
        let oid = der::expect(&mut pair, der::OID, "AttributeType").ok()?;
        let (tag, value) = der::element(&mut pair, "AttributeValue").ok()?;
        Some(Attribute { oid, tag, value })
    })
}

impl Attribute<'_> {
    /// The short label of its type, or its numbers where there is none.
    fn label(&self) -> Cow<'static, str> {
        match LABELS.iter().find(|(oid, _)| oid.as_bytes() == self.oid) {
            Some((_, label)) => Cow::Borrowed(label),
            None => Cow::Owned(dotted(self.oid)),
        }
    }

    /// Its value as text, whatever kind of string it is.
    fn value(&self) -> String {
        string(self.tag, self.value)
    }
}

/// The text of a string of any kind; hexadecimal digits where it is none.
fn string(tag: u8, bytes: &[u8]) -> String {
    match tag {
        12 | 18 | 19 | 22 | 26 => String::from_utf8_lossy(bytes).into_owned(),
        // T.61 was never used as specified; everybody wrote Latin-1 into it.
        20 => bytes.iter().map(|&byte| char::from(byte)).collect(),
        30 => {
            let units = bytes.as_chunks::<2>().0.iter().map(|&unit| u16::from_be_bytes(unit));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        28 => {
            let units = bytes.as_chunks::<4>().0.iter().map(|&unit| u32::from_be_bytes(unit));
            units.map(|u| char::from_u32(u).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => format!("#{}", hex(bytes)),
    }
}

/// Whether two rows of DER elements are the same but for what is forgiven in strings. Names are
/// compared far more often than they are shown, so nothing is copied here.
fn same(mut one: &[u8], mut other: &[u8], deepest: u8) -> bool {
    while !one.is_empty() && !other.is_empty() {
        let Some((tag, content)) = element(&mut one) else { return false };
        let Some((other_tag, other_content)) = element(&mut other) else { return false };
        let equal = if tag & CONSTRUCTED != 0 {
            tag == other_tag && deepest > 0 && same(content, other_content, deepest - 1)
        } else if content == other_content {
            true
        } else {
            is_string(tag) && is_string(other_tag) && {
                let plain = |tag: u8| matches!(tag, 12 | 18 | 19 | 22 | 26);
                if plain(tag) && plain(other_tag) && content.is_ascii() && other_content.is_ascii()
                {
                    folded(content).eq(folded(other_content))
                } else {
                    letters(tag, content).eq(letters(other_tag, other_content))
                }
            }
        };
        if !equal {
            return false;
        }
    }
    one.is_empty() && other.is_empty()
}

/// Whether the tag is that of a kind of string (X.680, 8.6).
fn is_string(tag: u8) -> bool {
    matches!(tag, 12 | 18..=20 | 22 | 26 | 28 | 30)
}

/// The text of a string of any kind in lower case with its runs of white space made one. It is read
/// as far as it is asked for: two long texts mostly differ in their first letters.
fn letters(tag: u8, bytes: &[u8]) -> impl Iterator<Item = char> {
    let text: Box<dyn Iterator<Item = char>> = match tag {
        20 => Box::new(bytes.iter().map(|&byte| char::from(byte))),
        30 => {
            let units = bytes.as_chunks::<2>().0.iter().map(|&unit| u16::from_be_bytes(unit));
            let letters = char::decode_utf16(units);
            Box::new(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        28 => {
            let units = bytes.as_chunks::<4>().0.iter().map(|&unit| u32::from_be_bytes(unit));
            Box::new(units.map(|u| char::from_u32(u).unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        _ => Box::new(bytes.utf8_chunks().flat_map(|chunk| {
            let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            chunk.valid().chars().chain(broken)
        })),
    };
    // A space is given out when the letter behind it comes: none stands at either end.
    let mut text = text.flat_map(char::to_lowercase).skip_while(|letter| letter.is_whitespace());
    let mut waiting = None;
    std::iter::from_fn(move || {
        if let Some(letter) = waiting.take() {
            return Some(letter);
        }
        let letter = text.next()?;
        if !letter.is_whitespace() {
            return Some(letter);
        }
        waiting = Some(text.find(|letter| !letter.is_whitespace())?);
        Some(' ')
    })
}

/// Adds a row of DER elements to a key.
fn add_key(mut row: &[u8], key: &mut Vec<u8>, deepest: u8) {
    while let Some((tag, content)) = element(&mut row) {
        if tag & CONSTRUCTED != 0 && deepest > 0 {
            key.push(tag);
            add_key(content, key, deepest - 1);
        } else if is_string(tag) {
            let mut letter = [0; 4];
            for it in letters(tag, content) {
                key.extend_from_slice(it.encode_utf8(&mut letter).as_bytes());
            }
        } else {
            key.extend_from_slice(content);
        }
        key.push(0);
    }
}

/// ASCII text in lower case with its runs of white space made one.
fn folded(text: &[u8]) -> impl Iterator<Item = u8> {
    text.trim_ascii()
        .iter()
        .map(u8::to_ascii_lowercase)
        .scan(false, |after_space, byte| {
            let space = byte.is_ascii_whitespace();
            let doubled = space && *after_space;
            *after_space = space;
            Some((!doubled).then_some(if space { b' ' } else { byte }))
        })
        .flatten()
}

/// Takes the first element off a row: its tag and content.
fn element<'a>(row: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let mut from = Reader::new(row);
    let found = der::element(&mut from, "Name").ok()?;
    *row = from.rest();
    Some(found)
}

/// The bit of a tag that says that elements stand in its content (X.690, 8.1.2.5).
const CONSTRUCTED: u8 = 0x20;
/// Name, set, attribute: what is nested deeper is no name.
const DEEPEST: u8 = 4;

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' - 10 + value });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

const COMMON_NAME: Oid<'static> = oid!(2.5.4.3);
/// The labels of RFC 4514, 3, and those that tools have agreed on.
static LABELS: [(Oid<'static>, &str); 18] = [
    (COMMON_NAME, "CN"),
    (oid!(2.5.4.4), "SN"),
    (oid!(2.5.4.5), "serialNumber"),
    (oid!(2.5.4.6), "C"),
    (oid!(2.5.4.7), "L"),
    (oid!(2.5.4.8), "ST"),
    (oid!(2.5.4.9), "street"),
    (oid!(2.5.4.10), "O"),
    (oid!(2.5.4.11), "OU"),
    (oid!(2.5.4.12), "title"),
    (oid!(2.5.4.15), "businessCategory"),
    (oid!(2.5.4.17), "postalCode"),
    (oid!(2.5.4.42), "GN"),
    (oid!(2.5.4.97), "organizationIdentifier"),
    (oid!(0.9.2342.19200300.100.1.1), "UID"),
    (oid!(0.9.2342.19200300.100.1.25), "DC"),
    (oid!(1.2.840.113549.1.9.1), "emailAddress"),
    (oid!(1.3.6.1.4.1.311.60.2.1.3), "jurisdictionC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A name lies below another that it begins with, in whatever kind of string.
    #[test]
    fn a_name_lies_in_a_subtree() {
        let country = part(&[0x55, 4, 6], 19, b"DE");
        let whole = name(&[country.clone(), part(&[0x55, 4, 10], 12, b"Contoso")]);
        let base = name(&[part(&[0x55, 4, 6], 12, b"de")]);
        let empty = name(&[]);
        let within =
            |one: &[u8], base: &[u8]| DistinguishedName(one).is_within(&DistinguishedName(base));
        assert!(within(&whole, &base) && within(&whole, &empty) && within(&whole, &whole));
        assert!(!within(&base, &whole) && !within(&whole, b"") && !within(b"\x30", &base));
        let other = name(&[part(&[0x55, 4, 10], 12, b"Contoso"), country]);
        assert!(!within(&other, &base));
    }

    /// One attribute in a set of its own: type, string tag, value.
    fn part(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        let wrap = |tag: u8, content: &[u8]| {
            [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat()
        };
        wrap(0x31, &wrap(0x30, &[wrap(6, oid), wrap(tag, value)].concat()))
    }

    fn name(parts: &[Vec<u8>]) -> Vec<u8> {
        let parts = parts.concat();
        [&[0x30, u8::try_from(parts.len()).unwrap()][..], &parts].concat()
    }

    /// The most special part stands first, commas inside a value are marked.
    #[test]
    fn a_name_is_shown() {
        let der = name(&[
            part(&[0x55, 4, 10], 12, b"Contoso, Ltd"),
            part(&[0x55, 4, 3], 19, b"mail.contoso.test"),
        ]);
        let name = DistinguishedName(&der);
        assert_eq!(name.text().unwrap(), "CN=mail.contoso.test, O=Contoso\\, Ltd");
        assert_eq!(name.common_name().unwrap(), "mail.contoso.test");
    }

    /// Latin-1, UTF-16 and unknown types are shown too.
    #[test]
    fn odd_strings_are_shown() {
        let der = name(&[
            part(&[0x55, 4, 10], 20, b"B\xfcro"),
            part(&[0x55, 4, 11], 30, &[0, b'A', 0x20, 0xac]),
            part(&[0x2a, 3], 4, &[1, 0xff]),
        ]);
        assert_eq!(DistinguishedName(&der).text().unwrap(), "1.2.3=#01ff, OU=A\u{20ac}, O=Büro");
    }

    /// Names that differ in case, spaces and kind of string match, others do not.
    #[test]
    fn names_match_as_rfc_5280_compares() {
        let one = name(&[part(&[0x55, 4, 3], 12, b"Root  CA")]);
        let two = name(&[part(&[0x55, 4, 3], 19, b"root ca")]);
        let three = name(&[part(&[0x55, 4, 3], 19, b"root cb")]);
        let four = name(&[part(&[0x55, 4, 3], 20, b"ROOT CA")]);
        let five = name(&[part(&[0x55, 4, 10], 12, b"Root CA")]);
        assert!(DistinguishedName(&one).matches(&DistinguishedName(&two)));
        assert!(!DistinguishedName(&one).matches(&DistinguishedName(&three)));
        assert!(DistinguishedName(&one).matches(&DistinguishedName(&four)));
        assert!(!DistinguishedName(&one).matches(&DistinguishedName(&five)));
        let longer = name(&[part(&[0x55, 4, 3], 12, b"Root CA"), part(&[0x55, 4, 10], 12, b"X")]);
        assert!(!DistinguishedName(&one).matches(&DistinguishedName(&longer)));
        assert!(!DistinguishedName(b"x").matches(&DistinguishedName(b"y")));
        let key = |name: &[u8]| DistinguishedName(name).key();
        assert!(key(&one) == key(&two) && key(&one) == key(&four));
        assert!([&three, &five, &longer].iter().all(|other| key(other) != key(&one)));
    }

    /// Letters beyond ASCII are compared without their case too, in any two kinds of string.
    #[test]
    fn letters_of_all_kinds_match() {
        let utf8 = name(&[part(&[0x55, 4, 10], 12, "  B\u{dc}RO   Nord ".as_bytes())]);
        let latin = name(&[part(&[0x55, 4, 10], 20, b"b\xfcro nord")]);
        let wide = name(&[part(&[0x55, 4, 10], 30, b"\0B\0\xfc\0r\0o\0 \0N\0o\0r\0d")]);
        let other = name(&[part(&[0x55, 4, 10], 20, b"b\xfcronord")]);
        let broken = name(&[part(&[0x55, 4, 10], 12, b"b\xfcro nord")]);
        let [utf8, latin, wide, other, broken] =
            [&utf8, &latin, &wide, &other, &broken].map(|name| DistinguishedName(name));
        assert!(utf8.matches(&latin) && utf8.matches(&wide) && latin.matches(&wide));
        assert!(!utf8.matches(&other) && !utf8.matches(&broken));
        assert!(utf8.key() == latin.key() && utf8.key() == wide.key());
        assert!(utf8.key() != other.key() && utf8.key() != broken.key());
    }
}

//! What values hold, as `.reg` files, `reg query` and hives write it.

use super::{Data, MAX_DATA};

/// `REG_SZ`.
const SZ: u32 = 1;
/// `REG_EXPAND_SZ`.
const EXPAND_SZ: u32 = 2;
/// `REG_BINARY`.
const BINARY: u32 = 3;
/// `REG_DWORD`.
const DWORD: u32 = 4;
/// `REG_DWORD_BIG_ENDIAN`.
const DWORD_BIG_ENDIAN: u32 = 5;
/// `REG_MULTI_SZ`.
const MULTI_SZ: u32 = 7;
/// `REG_QWORD`.
const QWORD: u32 = 11;

/// The types by the names that `reg query` gives them.
const NAMES: &[(&str, u32)] = &[
    ("REG_NONE", 0),
    ("REG_SZ", SZ),
    ("REG_EXPAND_SZ", EXPAND_SZ),
    ("REG_BINARY", BINARY),
    ("REG_DWORD", DWORD),
    ("REG_DWORD_BIG_ENDIAN", DWORD_BIG_ENDIAN),
    ("REG_LINK", 6),
    ("REG_MULTI_SZ", MULTI_SZ),
    ("REG_RESOURCE_LIST", 8),
    ("REG_FULL_RESOURCE_DESCRIPTOR", 9),
    ("REG_RESOURCE_REQUIREMENTS_LIST", 10),
    ("REG_QWORD", QWORD),
];

impl Data {
    /// What bytes hold, by the number of their type. Texts are UTF-16, or single bytes where a file
    /// in the format of Windows 98 holds them.
    pub(super) fn of(kind: u32, bytes: &[u8], ansi: bool) -> Self {
        let bytes = bytes.get(..MAX_DATA).unwrap_or(bytes);
        let text = |bytes: &[u8]| match ansi {
            true => bytes.iter().copied().map(char::from).collect(),
            false => utf16(bytes),
        };
        match (kind, bytes) {
            (DWORD, &[a, b, c, d]) => Self::Dword(u32::from_le_bytes([a, b, c, d])),
            (DWORD_BIG_ENDIAN, &[a, b, c, d]) => Self::Dword(u32::from_be_bytes([a, b, c, d])),
            (QWORD, &[a, b, c, d, e, f, g, h]) => {
                Self::Qword(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
            }
            (SZ | EXPAND_SZ, bytes) => {
                let text: String = text(bytes);
                Self::Text(text.split('\0').next().unwrap_or_default().to_owned())
            }
            (MULTI_SZ, bytes) => {
                let text: String = text(bytes);
                let parts = text.split('\0').filter(|part| !part.is_empty());
                Self::Texts(parts.map(str::to_owned).collect())
            }
            (kind, bytes) => Self::Binary(kind, bytes.to_vec()),
        }
    }

    /// Reads what stands behind the `=` of a `.reg` file, quoted text excepted.
    pub(super) fn of_export(text: &str, ansi: bool) -> Result<Self, &'static str> {
        let text = text.trim();
        let (kind, digits) = text.split_once(':').ok_or("a value without a type")?;
        let kind = kind.trim();
        if kind.eq_ignore_ascii_case("dword") {
            let number = u32::from_str_radix(digits.trim(), 16);
            return number.map(Self::Dword).map_err(|_| "a dword that is no hexadecimal number");
        }
        let number = match kind.get(..3).filter(|start| start.eq_ignore_ascii_case("hex")) {
            Some(_) if kind.len() == 3 => BINARY,
            Some(_) => {
                let inside =
                    kind.get(3..).and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
                let number = inside.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                number.ok_or("a value of no known type")?
            }
            None => return Err("a value of no known type"),
        };
        let bytes: Option<Vec<u8>> = digits
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
            .map(|pair| u8::from_str_radix(pair, 16).ok())
            .collect();
        let bytes = bytes.ok_or("bytes that are no hexadecimal digits")?;
        Ok(Self::of(number, &bytes, ansi))
    }

    /// Reads what stands behind the type in the output of `reg query`.
    pub(super) fn of_query(kind: &str, text: &str) -> Result<Self, &'static str> {
        let known = NAMES.iter().find(|(name, _)| *name == kind);
        let (_, kind) = *known.ok_or("a value of no known type")?;
        let hexadecimal = |text: &str| {
            let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
            u64::from_str_radix(digits, 16).ok()
        };
        match kind {
            DWORD | DWORD_BIG_ENDIAN => hexadecimal(text)
                .and_then(|number| u32::try_from(number).ok())
                .map(Self::Dword)
                .ok_or("a number that is no number"),
            QWORD => hexadecimal(text).map(Self::Qword).ok_or("a number that is no number"),
            SZ | EXPAND_SZ => Ok(Self::Text(text.to_owned())),
            MULTI_SZ => {
                let parts = text.split("\\0").filter(|part| !part.is_empty());
                Ok(Self::Texts(parts.map(str::to_owned).collect()))
            }
            kind => Ok(Self::Binary(kind, text.bytes().take(MAX_DATA).collect())),
        }
    }
}

/// Text in UTF-16, the low byte first; what is no character is replaced.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(u16::from_le_bytes);
    char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect()
}

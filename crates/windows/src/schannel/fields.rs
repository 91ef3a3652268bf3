//! The fields of one event of SChannel, by name.

use std::borrow::Cow;

use crate::Record;

/// The fields of one event.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Record);

impl<'a> Fields<'a> {
    /// The text in a field; `None` where it is empty or absent.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.0.text(name).filter(|text| !text.is_empty())
    }

    /// The number in a field: decimal, hexadecimal, or with the sign that a code has where it was
    /// taken for a signed number.
    pub(super) fn integer(self, name: &str) -> Option<u32> {
        let signed = || i32::try_from(self.text(name)?.parse::<i64>().ok()?).ok();
        let number = self.0.integer(name).and_then(|number| u32::try_from(number).ok());
        number.or_else(|| signed().map(i32::cast_unsigned))
    }

    /// The bytes in a field; a form without a manifest has them in an element of their own.
    pub(super) fn bytes(self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.0.bytes(name).or_else(|| self.0.bytes("Binary")).filter(|bytes| !bytes.is_empty())
    }
}

//! Diameter: peers that exchange capabilities agree on TLS with Inband-Security-Id (RFC 3588, 5.3
//! and 13.1; RFC 6733, 13.1 keeps it for old peers).

use super::{Answer, Denial, Denied};

/// Whether a client begins with a Capabilities-Exchange-Request.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    matches!(client, [1, 0, _, _, flags, 0, 1, 1, 0, 0, 0, 0, ..] if flags & REQUEST != 0)
}

/// Whether this is one exchange of capabilities with TLS in it.
pub(super) fn ends(own: &[u8]) -> bool {
    Message::read(own).is_some_and(|message| message.rest.is_empty() && message.offers_tls())
}

/// An answer without TLS, or with an error, to a client that asked for nothing else.
pub(super) fn denial<'a>(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>> {
    let (asks, answer) = (Message::read(client)?, Message::read(server)?);
    if !asks.rest.is_empty() || !asks.offers_tls() || answer.offers_tls() {
        return None;
    }
    if let Some(message) = answer.avp(ERROR_MESSAGE) {
        return Some(Denial::text(Denied::Refused, message));
    }
    let words = answer.avp(RESULT_CODE)?;
    let answer = match words.try_into() {
        Ok(code) => Answer::Diameter(u32::from_be_bytes(code)),
        // Any other length is against RFC 6733, 7.1.
        Err(_) => Answer::Text(words),
    };
    Some(Denial { how: Denied::Refused, words, answer })
}

/// The first message of a side, if it is there to its end.
struct Message<'a> {
    avps: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Message<'a> {
    /// A version, a length in three bytes, flags, the command in three bytes, three numbers.
    fn read(own: &'a [u8]) -> Option<Self> {
        let [1, high, middle, low, _, 0, 1, 1, ..] = own else { return None };
        let length = u32::from_be_bytes([0, *high, *middle, *low]);
        let (message, rest) = own.split_at_checked(usize::try_from(length).ok()?)?;
        Some(Self { avps: message.get(HEADER..)?, rest })
    }

    fn offers_tls(&self) -> bool {
        self.all(INBAND_SECURITY).any(|value| value == [0, 0, 0, TLS])
    }

    fn avp(&self, code: u32) -> Option<&'a [u8]> {
        self.all(code).next()
    }

    /// The values of this code: each has a code, flags, a length, perhaps a vendor, and is padded
    /// to four bytes (RFC 6733, 4.1).
    fn all(&self, code: u32) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.avps;
        let avps = std::iter::from_fn(move || {
            let [a, b, c, d, flags, high, middle, low, ..] = rest else { return None };
            let length = usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).ok()?;
            let start = if flags & VENDOR == 0 { 8 } else { 12 };
            let value = rest.get(start..length)?;
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((u32::from_be_bytes([*a, *b, *c, *d]), value))
        });
        avps.filter(move |(this, _)| *this == code).map(|(_, value)| value)
    }
}

const HEADER: usize = 20;
const REQUEST: u8 = 0x80;
const VENDOR: u8 = 0x80;
const RESULT_CODE: u32 = 268;
const ERROR_MESSAGE: u32 = 281;
const INBAND_SECURITY: u32 = 299;
const TLS: u8 = 1;

//! The header of the PROXY protocol, version 1 in text and version 2 in binary.

/// Whether a client begins with one.
pub(super) fn speaks(client: &[u8], _: &[u8]) -> bool {
    client.starts_with(VERSION_1) || client.starts_with(VERSION_2)
}

/// What follows the header, once it is there to its end.
pub(super) fn behind(own: &[u8]) -> Option<&[u8]> {
    if own.starts_with(VERSION_1) {
        let end = own.iter().take(LONGEST_1).position(|byte| *byte == b'\n')?;
        return own.get(end + 1..);
    }
    let [_, _, high, low, rest @ ..] = own.strip_prefix(VERSION_2)? else { return None };
    rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)
}

const VERSION_1: &[u8] = b"PROXY ";
/// The longest header of version 1, as its specification counts it (2.1).
const LONGEST_1: usize = 107;
const VERSION_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

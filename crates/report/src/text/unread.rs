//! Packets that were not read and may hide TLS, in words.

use std::cmp::Reverse;

use trace::LeftOut;
use wire::Unread;

use crate::Report;
use crate::number::{grouped, plural};

/// A phrase for each reason, that of most packets first. What is known to carry no TLS is not told.
pub(super) fn unread(report: &Report) -> Vec<String> {
    let mut all = LeftOut::default();
    for input in &report.inputs {
        all.merge(&input.left_out);
    }
    let mut told: Vec<_> = all.reasons().filter(|(unread, _)| unread.may_hide_tls()).collect();
    told.sort_by_key(|(_, packets)| Reverse(*packets));
    let rest = told.split_off(told.len().min(MOST_REASONS));
    let rest: u64 = rest.iter().map(|(_, packets)| packets).sum::<u64>() + all.further();
    let mut phrases: Vec<String> = told.into_iter().map(phrase).collect();
    if rest > 0 {
        phrases.push(format!("{} of further protocols (--json has them)", plural(rest, "packet")));
    }
    phrases
}

/// "12 packets in ESP (IPsec), which is encrypted", "3 packets of link type 147 (USER0), not read".
fn phrase((unread, packets): (Unread, u64)) -> String {
    let known = unread.name().map(|name| format!(" ({name})")).unwrap_or_default();
    let what = match unread {
        Unread::Encrypted(encryption) => match packets {
            1 => format!("in {}: what is in it cannot be seen", encryption.name()),
            _ => format!("in {}: what is in them cannot be seen", encryption.name()),
        },
        Unread::Link(number) => format!("of link type {number}{known}, not read"),
        Unread::EtherType(number) => format!("of EtherType {number:#06x}{known}, not read"),
        Unread::Ppp(number) => format!("of PPP protocol {number:#06x}{known}, not read"),
        Unread::Llc(number) => format!("of IEEE 802.2 number {number:#04x}{known}, not read"),
        Unread::Family(number) => format!("of address family {number}, not read"),
        Unread::IpProtocol(number) => format!("of IP protocol {number}{known}, not read"),
        Unread::Management => "that manage a link".to_owned(),
        Unread::WifiPart => "in parts of Wi-Fi frames, not read".to_owned(),
        Unread::TooDeep => "in more layers than are followed".to_owned(),
    };
    let packet = if packets == 1 { "packet" } else { "packets" };
    format!("{} {packet} {what}", grouped(packets))
}

/// Reasons on the screen; the JSON form holds more.
const MOST_REASONS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Encryption;

    /// Each reason is a phrase behind its number of packets.
    #[test]
    fn reasons_are_phrases() {
        for (unread, packets, says) in [
            (
                Unread::Encrypted(Encryption::Esp),
                12,
                "12 packets in ESP (IPsec): what is in them cannot be seen",
            ),
            (Unread::Link(147), 3, "3 packets of link type 147 (USER0), not read"),
            (Unread::Link(999), 1, "1 packet of link type 999, not read"),
            (Unread::EtherType(0x4305), 1, "1 packet of EtherType 0x4305, not read"),
            (Unread::IpProtocol(132), 2_000, "2 000 packets of IP protocol 132 (SCTP), not read"),
            (Unread::TooDeep, 2, "2 packets in more layers than are followed"),
        ] {
            assert_eq!(phrase((unread, packets)), says);
        }
    }
}

//! What is believed of packets that anybody can have written.

use super::*;

const MARK: Mark = Mark { frame: 7, time: Time(0), ttl: 64, id: None, window: 0 };

/// A conversation whose hellos were opened, and one frame of one side at one level.
fn told(quic: &mut Quic, side: Side, level: Encryption, content: &[u8]) -> Story {
    let mut story = Story::new(crate::session::Roles::Guess);
    let opened = OpenedPacket { number: 1, content: content.to_vec() };
    quic.frames(side, level, &opened, MARK, &mut story, &mut News::default());
    story
}

/// HANDSHAKE_DONE is the server's and stands in 1-RTT packets (RFC 9000, 19.20): elsewhere it
/// confirms nothing.
#[test]
fn only_the_server_confirms() {
    for (side, level, confirms) in [
        (Side::Server, Encryption::OneRtt, true),
        (Side::Client, Encryption::OneRtt, false),
        (Side::Server, Encryption::Initial, false),
        (Side::Server, Encryption::Handshake, false),
    ] {
        let mut quic = Quic::default();
        let story = told(&mut quic, side, level, &[0x1e]);
        assert_eq!(quic.is_confirmed(), confirms, "{side:?} {level:?}");
        assert_eq!(story.oddities.len(), usize::from(!confirms));
    }
}

/// Once the handshake is over, a close in an Initial packet is somebody else's.
#[test]
fn a_late_initial_closes_nothing() {
    let close = [0x1c, 0x41, 0x28, 6, 0];
    let mut quic = Quic::default();
    assert_eq!(told(&mut quic, Side::Server, Encryption::Initial, &close).events.len(), 2);
    let mut quic = Quic { confirmed: true, ..Quic::default() };
    let story = told(&mut quic, Side::Server, Encryption::Initial, &close);
    assert_eq!((story.events.len(), story.oddities.len()), (0, 1));
    assert_eq!(told(&mut quic, Side::Server, Encryption::OneRtt, &close).events.len(), 2);
}

/// A Version Negotiation packet that is for somebody else, and one of the client, refuse nothing.
#[test]
fn versions_are_negotiated_with_the_client() {
    let hello = [0xc0, 0, 0, 0, 1, 1, 9, 2, 5, 6, 0, 0];
    for (side, id, counts) in
        [(Side::Server, 6, true), (Side::Server, 7, false), (Side::Client, 6, false)]
    {
        let mut quic = Quic::default();
        quic.ids.meet(Side::Client, &QuicPacket::read(&hello).unwrap());
        let list = [0x80, 0, 0, 0, 0, 2, 5, id, 1, 9, 0x6b, 0x33, 0x43, 0xcf];
        let mut story = Story::new(crate::session::Roles::Guess);
        quic.datagram(side, &list, MARK, &KeyLog::default(), &mut story);
        assert_eq!(story.events.len(), usize::from(counts), "{side:?} {id}");
        assert_eq!(story.oddities.is_empty(), counts);
    }
}

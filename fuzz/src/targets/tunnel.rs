//! Tunnels and layers in one another, built from a recipe and then damaged: what is whole is found,
//! what is damaged is read without a panic, and what is inside is never longer than what is around it.
use crate::Corpus;
use wire::Link;

/// What to build, the link type, places and values of damage, and the segment inside.
type Input<'a> = (&'a [u8], u16, Vec<(u16, u8)>, &'a [u8]);

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<Input<'_>>(bytes) else { return };
    let (recipe, kind, damage, segment) = input;
    let segment = &segment[..segment.len().min(64)];
    let mut packet = ip4(6, segment);
    for step in recipe.iter().take(MOST_STEPS) {
        packet = around(*step, &packet);
    }
    if recipe.len() <= MOST_STEPS && segment.len() >= 4 {
        let found = wire::datagram(Link::Raw, &packet).expect("what was built is read");
        assert_eq!((found.protocol, found.payload), (6, segment));
    }
    for (at, byte) in damage {
        let at = usize::from(at) % packet.len();
        packet[at] = byte;
    }
    for link in [Link::Raw, Link::Wifi, Link::from(kind)] {
        if let Ok(found) = wire::datagram(link, &packet) {
            assert!(found.payload.len() <= packet.len() && found.payload.len() <= found.length);
            let _ = format!("{:?} {found:?}", wire::unread(&found));
        }
        for found in wire::aggregated(link, &packet).flatten() {
            assert!(found.payload.len() <= packet.len());
        }
    }
}

/// Each tunnel a few times in itself: a list of steps is as long as its end says.
pub(crate) fn seeds(_: &Corpus) -> Vec<Vec<u8>> {
    let of = |step, length: u8| [vec![step; 64], vec![1, 0, 4, length]].concat();
    (0..12).flat_map(|step| [1, 2, 8].map(|length| of(step, length))).collect()
}

/// As many tunnels as are followed.
const MOST_STEPS: usize = 8;

/// One more tunnel around an IPv4 packet.
fn around(step: u8, inner: &[u8]) -> Vec<u8> {
    let frame = [&[2; 12][..], &[8, 0], inner].concat();
    let tagged = [&[2; 12][..], &[0x81, 0, 0, 5, 8, 0], inner].concat();
    let udp = |port: u16, header: &[u8], inner: &[u8]| {
        let length = (8 + header.len() + inner.len()) as u16;
        let head = [&[0xc0, 0][..], &port.to_be_bytes(), &length.to_be_bytes(), &[0, 0]].concat();
        ip4(17, &[&head, header, inner].concat())
    };
    match step % 12 {
        0 => ip4(4, inner),
        1 => ip4(47, &[&[0, 0, 8, 0], inner].concat()),
        2 => ip4(47, &[&[0, 0, 0x88, 0xbe], &tagged[..]].concat()),
        3 => ip4(97, &[&[0x30, 0], &frame[..]].concat()),
        4 => ip4(115, &[&[0, 0, 0, 9], &frame[..]].concat()),
        5 => udp(4789, &[8, 0, 0, 0, 0, 0, 5, 0], &tagged),
        6 => udp(6081, &[0, 0, 0x65, 0x58, 0, 0, 5, 0], &frame),
        7 => udp(5247, &[0, 0x10, 2, 0, 0, 0, 0, 0], &frame),
        8 => udp(1701, &[0, 2, 0, 1, 0, 2, 0, 0x21], inner),
        9 => udp(6080, &[0, 4, 0, 0], inner),
        10 => udp(4790, &[0x0c, 0, 0, 1, 0, 0, 5, 0], inner),
        _ => udp(37_008, &[1, 0, 0, 1, 1], &frame),
    }
}

fn ip4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = ((20 + payload.len()) as u16).to_be_bytes();
    let rest = [0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    [&[0x45, 0][..], &length, &rest, payload].concat()
}

//! Sets of fragments: a datagram cut anywhere and sent in any order is put together byte for byte,
//! among fragments of others that overlap, contradict each other and never end.
use crate::Corpus;
use wire::{Datagram, Fragment, Fragmented, Fragments, Time};

/// A datagram, what stays of others, and fragments.
type Input<'a> = (&'a [u8], Vec<u8>, Vec<(u8, u16, u8, bool)>);

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<Input<'_>>(bytes) else { return };
    let (payload, order, noise) = input;
    let mut noise = noise.into_iter();
    let mut fragments = Fragments::default();
    let mut time = 0;
    let mut disturb = |fragments: &mut Fragments, time: i64| {
        let Some((of, offset, length, more)) = noise.next() else { return };
        let of = match of % 3 {
            0 => Fragmented::Ip,
            1 => Fragmented::CapwapEthernet,
            _ => Fragmented::CapwapWifi,
        };
        let bytes = vec![of as u8; usize::from(length)];
        let fragment = Fragment { id: 2, offset: usize::from(offset), more, of };
        let whole = fragments.add(&part(&bytes, fragment), Time(time));
        if let Some(Ok(found)) = whole.as_ref().map(|whole| whole.datagram()) {
            assert!(found.payload.len() <= found.length);
        }
    };
    let mut pieces: Vec<(usize, &[u8])> = payload.chunks(8).enumerate().collect();
    let count = pieces.len();
    if count < 2 {
        return;
    }
    let mut order = order.into_iter();
    while !pieces.is_empty() {
        let chosen = usize::from(order.next().unwrap_or(0)) % pieces.len();
        let (place, bytes) = pieces.swap_remove(chosen);
        disturb(&mut fragments, time);
        time += 1;
        let more = place + 1 < count;
        let fragment = Fragment { id: 1, offset: place * 8, more, of: Fragmented::Ip };
        match fragments.add(&part(bytes, fragment), Time(time)) {
            Some(whole) => {
                assert!(pieces.is_empty(), "whole before its last part came");
                assert_eq!(whole.datagram().expect("it is read").payload, payload);
            }
            // More holes than an honest sender leaves: given up on purpose.
            None => assert!(!pieces.is_empty() || count > 64),
        }
    }
}

/// Datagrams of a few lengths in an order of their own.
pub(crate) fn seeds(_: &Corpus) -> Vec<Vec<u8>> {
    let of = |length: u8| (0..=length).map(|place| place.wrapping_mul(37)).collect();
    (1..16).map(|length| of(length * 16)).collect()
}

/// A fragment of a protocol for experiments (RFC 3692), in which no tunnel is looked for.
fn part<'a>(payload: &'a [u8], fragment: Fragment) -> Datagram<'a> {
    Datagram {
        source: [10, 0, 0, 1].into(),
        destination: [10, 0, 0, 2].into(),
        protocol: 253,
        ttl: 64,
        id: None,
        payload,
        length: payload.len(),
        fragment: Some(fragment),
    }
}

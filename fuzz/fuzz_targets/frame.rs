//! Any bytes as a frame of any link type, down to the TCP options, and printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Link;

fuzz_target!(|input: (u16, &[u8])| {
    let (kind, bytes) = input;
    for link in [Link::from(kind), Link::Ethernet, Link::LinuxSll, Link::Null, Link::Raw] {
        let datagram = match wire::datagram(link, bytes) {
            Ok(datagram) => datagram,
            Err(skipped) => {
                let _ = format!("{skipped:?}");
                continue;
            }
        };
        assert!(datagram.payload.len() <= bytes.len());
        if let Ok(segment) = wire::segment(&datagram) {
            assert!(segment.length >= segment.payload.len());
            let _ = format!("{segment:?} {:?}", segment.mss());
            for option in segment.options() {
                let _ = format!("{option:?}");
            }
        }
    }
});

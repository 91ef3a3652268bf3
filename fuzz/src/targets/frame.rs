//! Any bytes as a frame of any link type, down to the TCP options, and printed.
use crate::Corpus;
use wire::Link;

/// Runs the target.
pub(crate) fn run(bytes: &[u8]) {
    let Some(input) = crate::typed::<(u16, &[u8])>(bytes) else { return };
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
}

/// Recorded frames behind their link type.
pub(crate) fn seeds(corpus: &Corpus) -> Vec<Vec<u8>> {
    let frames = corpus.frames().into_iter();
    frames.map(|(link, frame)| [&link.to_le_bytes()[..], &frame].concat()).collect()
}

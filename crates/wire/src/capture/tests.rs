//! Every sample is built here, byte by byte, in each byte order.

use super::*;

/// One packet as it went into a sample: time, wire length, bytes.
type Put = (Time, u32, Vec<u8>);

/// Numbers in the byte order of a sample.
#[derive(Clone, Copy, Debug)]
struct Writer {
    big: bool,
}

impl Writer {
    fn u16(self, number: u16) -> Vec<u8> {
        if self.big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn u32(self, number: u32) -> Vec<u8> {
        if self.big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn words(self, numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| self.u32(*number)).collect()
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        let total = u32::try_from(body.len() + padding.len() + 12).unwrap();
        [&self.words(&[kind, total]), body, &padding, &self.u32(total)].concat()
    }

    fn section(self) -> Vec<u8> {
        let version = [self.u16(1), self.u16(0)].concat();
        self.block(0x0a0d_0d0a, &[self.u32(0x1a2b_3c4d), version, vec![0xff; 8]].concat())
    }

    fn interface(self, link: u16, snap_length: u32, options: &[u8]) -> Vec<u8> {
        let fixed = [self.u16(link), self.u16(0), self.u32(snap_length)].concat();
        self.block(1, &[&fixed, options].concat())
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap();
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        [&self.u16(code), &self.u16(length), value, &padding].concat()
    }

    fn enhanced(self, interface: u32, stamp: u64, length: u32, bytes: &[u8]) -> Vec<u8> {
        let (high, low) = ((stamp >> 32) as u32, stamp as u32);
        let kept = u32::try_from(bytes.len()).unwrap();
        let padding = vec![0; bytes.len().next_multiple_of(4) - bytes.len()];
        let comment = [self.option(1, b"a comment"), self.option(0, b"")].concat();
        let fixed = self.words(&[interface, high, low, kept, length]);
        self.block(6, &[&fixed, bytes, &padding, &comment].concat())
    }
}

const LITTLE: Writer = Writer { big: false };
const BIG: Writer = Writer { big: true };
const SECOND: i64 = 1_000_000_000;

/// A pcap file with a few packets of different lengths, one of them cut by the snap length.
fn pcap(w: Writer, magic: u32, count: u32) -> (Vec<u8>, Vec<Put>) {
    let version = [w.u16(2), w.u16(4)].concat();
    let mut file = [w.u32(magic), version, w.words(&[0, 0, 96, 0x5000_0001])].concat();
    let mut put = Vec::new();
    let unit = if magic == 0xa1b2_3c4d { 1 } else { 1_000 };
    for n in 0..count {
        let bytes = vec![n as u8 + 1; n as usize * 7 % 60 + 1];
        let (kept, length) = (bytes.len() as u32, bytes.len() as u32 + n % 3);
        file.extend(w.words(&[1_700_000_000 + n, 999_000 + n, kept, length]));
        if magic == 0xa1b2_cd34 {
            file.extend([0, 0, 0, 3, 0, 8, 0, 0]);
        }
        file.extend(&bytes);
        let time = i64::from(1_700_000_000 + n) * SECOND + i64::from(999_000 + n) * unit;
        put.push((Time(time), length, bytes));
    }
    (file, put)
}

/// A pcapng file with two sections of different byte orders, every packet block, two interfaces
/// with their own clocks, and blocks that are not ours.
fn pcapng() -> (Vec<u8>, Vec<Put>) {
    let w = LITTLE;
    let ns = [w.option(9, &[9]), w.option(14, &10_i64.to_le_bytes()), w.option(0, b"")].concat();
    let obsolete = [w.u16(1), w.u16(7), w.words(&[0, 5, 3, 9]), b"old-".to_vec()].concat();
    let mut file = w.section();
    file.extend(w.interface(1, 5, &w.option(3, b"a filter")));
    file.extend(w.interface(101, 0, &ns));
    file.extend(w.block(4, b"names"));
    file.extend(w.enhanced(0, 1_700_000_000_000_001, 6, b"first"));
    file.extend(w.enhanced(1, 1_700_000_000_000_000_002, 7, b"second."));
    file.extend(w.block(10, b"secrets"));
    file.extend(w.block(0x8000_1234, b"of a vendor"));
    file.extend(w.block(2, &obsolete));
    file.extend(w.block(3, &[w.u32(60), b"simpl".to_vec()].concat()));
    file.extend(w.block(5, b"statistics"));
    let w = BIG;
    file.extend(w.section());
    file.extend(w.interface(113, 0, &w.option(9, &[0x80 | 10])));
    file.extend(w.enhanced(0, 3 * 1024 + 512, 2, b"la"));
    file.extend(w.block(3, &[w.u32(3), b"st!".to_vec()].concat()));
    let put = [
        (1_700_000_000 * SECOND + 1_000, 6, "first"),
        (1_700_000_010 * SECOND + 2, 7, "second."),
        (10 * SECOND + 5, 9, "old"),
        (10 * SECOND + 5, 60, "simpl"),
        (3 * SECOND + SECOND / 2, 2, "la"),
        (3 * SECOND + SECOND / 2, 3, "st!"),
    ];
    let put = put.map(|(time, length, bytes)| (Time(time), length, bytes.as_bytes().to_vec()));
    (file, put.to_vec())
}

/// Every format that there is.
fn samples() -> Vec<(Vec<u8>, Vec<Put>)> {
    let mut samples = vec![pcapng()];
    for magic in [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34] {
        samples.extend([LITTLE, BIG].map(|w| pcap(w, magic, 9)));
    }
    samples
}

/// What came out of a file, with the places and numbers checked on the way.
fn read(file: &[u8]) -> (Vec<Put>, Vec<Damage>) {
    let (mut packets, mut put, mut damages) = (Packets::new(), Vec::new(), Vec::new());
    loop {
        match packets.next(file, true) {
            Next::Packet(packet) => {
                let start = usize::try_from(packet.offset).unwrap();
                assert_eq!(&file[start..start + packet.bytes.len()], packet.bytes);
                assert!(packet.length as usize >= packet.bytes.len());
                put.push((packet.time, packet.length, packet.bytes.to_vec()));
            }
            Next::Secrets(_) => {}
            Next::Damaged(damage) => damages.push(damage),
            Next::End => return (put, damages),
            Next::NeedMore => panic!("nothing more can come behind the end"),
        }
    }
}

/// As `read`, with a window that grows by `step` bytes at a time.
fn stream(file: &[u8], step: usize) -> (Vec<Put>, Vec<Damage>) {
    let (mut packets, mut put, mut damages) = (Packets::new(), Vec::new(), Vec::new());
    let (mut window, mut fed) = (Vec::new(), 0);
    loop {
        match packets.next(&window, fed == file.len()) {
            Next::Packet(packet) => put.push((packet.time, packet.length, packet.bytes.to_vec())),
            Next::Secrets(_) => {}
            Next::Damaged(damage) => damages.push(damage),
            Next::End => return (put, damages),
            Next::NeedMore => {
                window.drain(..packets.drain());
                let more = step.min(file.len() - fed);
                assert!(more > 0, "it asks for more than there is");
                window.extend_from_slice(&file[fed..fed + more]);
                fed += more;
            }
        }
    }
}

/// Every format gives back what was put in, without a complaint.
#[test]
fn every_format_gives_back_what_was_put_in() {
    for (file, put) in samples() {
        assert_eq!(read(&file), (put, vec![]));
    }
}

/// Frames are numbered from 1 over all sections, and each has the link of its interface.
#[test]
fn frames_are_numbered_over_sections_and_have_their_link() {
    let (file, _) = pcapng();
    let mut packets = Packets::new();
    let seen: Vec<_> = std::iter::from_fn(|| match packets.next(&file, true) {
        Next::Packet(packet) => Some((packet.number, packet.link)),
        _ => None,
    })
    .collect();
    let links =
        [Link::Ethernet, Link::Raw, Link::Raw, Link::Ethernet, Link::LinuxSll, Link::LinuxSll];
    assert_eq!(seen, (1..).zip(links).collect::<Vec<_>>());
}

/// A time before its own second, as some tools write it, is that time.
#[test]
fn a_negative_fraction_counts_back() {
    let (mut file, put) = pcap(LITTLE, 0xa1b2_c3d4, 1);
    file[28..32].copy_from_slice(&(-1_000_i32).to_le_bytes());
    assert_eq!(put[0].0.since(read(&file).0[0].0), SECOND);
}

/// However a file is cut into windows, the same packets and the same damage come out.
#[test]
fn any_windows_give_the_same_packets() {
    for (mut file, _) in samples() {
        for damaged in [false, true] {
            if damaged {
                let middle = file.len() / 2;
                file[middle - 20..middle + 20].fill(0xee);
            }
            let whole = read(&file);
            for step in [1, 2, 3, 7, 16, 61, 100, file.len()] {
                assert_eq!(stream(&file, step), whole, "{step} bytes at a time");
            }
        }
    }
}

/// A file cut anywhere gives every whole packet in front of the cut, what is left of the packet
/// under it, and says so, unless it was cut between packets.
#[test]
fn a_file_cut_anywhere_gives_what_is_left() {
    for (file, put) in samples() {
        for end in 0..file.len() {
            let (found, damages) = read(&file[..end]);
            assert!(found.len() <= put.len());
            for (n, (found, put)) in found.iter().zip(&put).enumerate() {
                assert_eq!(found.0, put.0, "packet {n} of a file cut at {end}");
                assert!(put.2.starts_with(&found.2));
            }
            assert!(damages.len() <= 1 && damages.iter().all(|damage| damage.fatal));
            let partial = found.iter().zip(&put).any(|(found, put)| found.2 != put.2);
            assert!(!partial || !damages.is_empty(), "a cut at {end} is not mentioned");
        }
    }
}

/// Nothing, noise, and less than a header are named and end at once; a header alone is fine.
#[test]
fn what_is_no_capture_is_named() {
    let what = |file: &[u8]| {
        let (put, damages) = read(file);
        assert!(put.is_empty() && damages.len() <= 1);
        damages.first().map(|damage| (damage.offset, damage.what, damage.fatal))
    };
    assert_eq!(what(b""), Some((0, "the file is empty", true)));
    assert_eq!(
        what(b"\x1f\x8b\x08 and more"),
        Some((0, "this is no capture of a known format", true))
    );
    assert_eq!(what(&[0xd4, 0xc3]), Some((0, "this is no capture of a known format", true)));
    let (file, _) = pcap(LITTLE, 0xa1b2_c3d4, 1);
    assert_eq!(what(&file[..23]), Some((0, "the file ends inside its header", true)));
    assert_eq!(what(&file[..24]), None);
}

/// The first four bytes tell the format, in every byte order.
#[test]
fn four_bytes_tell_the_format() {
    for (file, _) in samples() {
        let expected = if file.starts_with(&[0x0a]) { Format::Pcapng } else { Format::Pcap };
        assert_eq!(Packets::sniff(&file[..4]), Some(expected));
        assert_eq!(Packets::sniff(&file[..3]), None);
    }
    assert_eq!(Packets::sniff(b"GET / HTTP/1.1"), None);
}

/// A length of 4 GiB in a pcap costs the packets it damages and no others.
#[test]
fn pcap_goes_on_behind_an_impossible_length() {
    let (mut file, put) = pcap(BIG, 0xa1b2_c3d4, 12);
    // Header, first packet of 1 byte, then the third field of the second packet's header.
    let second = 24 + 16 + 1;
    file[second + 8..second + 12].fill(0xff);
    let (found, damages) = read(&file);
    assert_eq!(found, [&put[..1], &put[2..]].concat());
    let offset = second as u64;
    assert_eq!(damages, [Damage { offset, what: TOO_MUCH, fatal: false }]);
}

const TOO_MUCH: &str = "a packet claims more than 256 KiB";

/// A length that is believed but reaches behind the end does not take the rest with it.
#[test]
fn pcap_goes_on_behind_a_length_past_the_end() {
    let (mut file, put) = pcap(LITTLE, 0xa1b2_c3d4, 12);
    file[24 + 16 + 1 + 8..][..4].copy_from_slice(&200_000_u32.to_le_bytes());
    let (found, damages) = read(&file);
    assert_eq!(found[0], put[0]);
    assert!(found[1].2.starts_with(&put[1].2));
    assert_eq!(found[2..], put[2..]);
    assert_eq!(damages, [Damage { offset: 24 + 16 + 1 + 16 + 8, what: TOO_FAR, fatal: false }]);
}

/// When nothing sound follows the damage, that is the last word.
#[test]
fn pcap_says_when_nothing_follows() {
    let (mut file, put) = pcap(LITTLE, 0xa1b2_c3d4, 1);
    file.extend([0xff; 5_000]);
    let (found, damages) = read(&file);
    assert_eq!(found, put);
    let said: Vec<_> = damages.iter().map(|damage| (damage.what, damage.fatal)).collect();
    assert_eq!(said, [(TOO_MUCH, false), (LOST, true)]);
}

/// Two lengths that differ: the first one counts when a sound block follows, otherwise the next
/// sound block is looked for.
#[test]
fn pcapng_goes_on_when_lengths_differ() {
    let w = LITTLE;
    let head = [w.section(), w.interface(1, 0, b"")].concat();
    let [one, two, three] = [1, 2, 3].map(|n| w.enhanced(0, n, 4, b"1234"));
    let mut file = [&head[..], &one, &two, &three].concat();
    let second = head.len() + one.len();
    let offset = second as u64;
    let differ = Damage { offset, what: "the two lengths of a block differ", fatal: false };

    file[second + two.len() - 4] ^= 0x40;
    let (found, damages) = read(&file);
    assert_eq!((found.len(), damages), (3, vec![differ]));

    file[second + two.len() - 4] ^= 0x40;
    file[second + 4] ^= 4;
    let (found, damages) = read(&file);
    assert_eq!((found.len(), damages), (2, vec![differ]));

    file[second + 4..second + 8].fill(0xff);
    let (found, damages) = read(&file);
    let what = "a block claims too many bytes";
    assert_eq!((found.len(), damages), (2, vec![Damage { offset, what, fatal: false }]));
}

/// A packet of an interface that nobody described, and one that is longer than its block, are
/// damage, and have a number all the same.
#[test]
fn pcapng_names_packets_that_cannot_be_read() {
    let w = BIG;
    let mut long = w.enhanced(0, 1, 4, b"1234");
    long[20..24].copy_from_slice(&200_u32.to_be_bytes());
    let file = [w.section(), w.interface(1, 0, b""), w.enhanced(1, 1, 4, b"1234"), long].concat();
    let file = [file, w.enhanced(0, 1, 4, b"1234")].concat();
    let (found, damages) = read(&file);
    assert_eq!((found.len(), damages.len()), (1, 2));
    let mut packets = Packets::new();
    let last = loop {
        match packets.next(&file, true) {
            Next::Packet(packet) => break packet.number,
            Next::Damaged(damage) => assert!(!damage.fatal),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(last, 3);
}

/// The key log in a block is given out as it stands, in either byte order; secrets of other
/// protocols are not, and a length beyond the block is cut.
#[test]
fn pcapng_gives_out_key_logs() {
    for w in [LITTLE, BIG] {
        let secrets = |kind: u32, length: u32| {
            w.block(10, &[w.words(&[kind, length]), b"CLIENT_RANDOM".to_vec()].concat())
        };
        let (ours, theirs) = (secrets(0x544c_534b, 13), secrets(0x5353_484b, 13));
        let file = [w.section(), theirs, ours, secrets(0x544c_534b, 99)].concat();
        let mut packets = Packets::new();
        assert_eq!(packets.next(&file, true), Next::Secrets(b"CLIENT_RANDOM"));
        // The block is padded to whole words.
        assert_eq!(packets.next(&file, true), Next::Secrets(b"CLIENT_RANDOM\0\0\0"));
        assert_eq!(packets.next(&file, true), Next::End);
    }
}

/// Blocks larger than any window are stepped over when they are known to hold no packets; where
/// they hold secrets, that is said.
#[test]
fn pcapng_steps_over_large_blocks() {
    let w = LITTLE;
    let secrets = w.block(10, &vec![b'x'; 3 << 20]);
    assert_eq!(read(&[w.section(), secrets].concat()).1.len(), 1);
    let large = w.block(4, &vec![b'x'; 3 << 20]);
    let file = [w.section(), w.interface(1, 0, b""), large, w.enhanced(0, 1, 4, b"1234")].concat();
    assert_eq!(read(&file).0.len(), 1);
    let (mut packets, mut window, mut fed, mut found) = (Packets::new(), Vec::new(), 0, 0);
    loop {
        match packets.next(&window, fed == file.len()) {
            Next::NeedMore => {
                window.drain(..packets.drain());
                let more = (file.len() - fed).min(65_536);
                window.extend_from_slice(&file[fed..fed + more]);
                fed += more;
                assert!(window.len() <= 2 * 65_536, "the window grows");
            }
            Next::Packet(_) => found += 1,
            Next::Secrets(_) => panic!("there are none"),
            Next::Damaged(damage) => panic!("{damage:?}"),
            Next::End => break,
        }
    }
    assert_eq!(found, 1);
}

/// Every resolution of a clock counts right, and none of them can overflow.
#[test]
fn pcapng_clocks_count_in_any_resolution() {
    let w = LITTLE;
    let at = |exponent: u8, stamp: u64| {
        let interface = w.interface(1, 0, &w.option(9, &[exponent]));
        let file = [w.section(), interface, w.enhanced(0, stamp, 1, b"x")].concat();
        read(&file).0[0].0
    };
    assert_eq!(at(0, 2), Time(2 * SECOND));
    assert_eq!(at(3, 2_001), Time(2 * SECOND + 1_000_000));
    assert_eq!(at(9, 7), Time(7));
    assert_eq!(at(12, 7_999), Time(7));
    assert_eq!(at(127, 1 << 63), Time(0));
    assert_eq!(at(0x80, 5), Time(5 * SECOND));
    assert_eq!(at(0x80 | 32, 3 << 31), Time(SECOND + SECOND / 2));
    assert_eq!(at(0xff, u64::MAX), Time(0));
    assert_eq!(at(0, u64::MAX), Time(i64::MAX));
    assert_eq!(at(0x80, u64::MAX), Time(i64::MAX));
}

/// A bit flipped anywhere makes no panic, no endless loop and no packet out of nothing.
#[test]
fn a_bit_flipped_anywhere_does_no_harm() {
    for (mut file, put) in samples() {
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&file).0.len() <= put.len() + 1);
            file[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

//! Floods over UDP, fragments, and tunnels in tunnels.

use std::io;

use super::frames::{BOTH, End, Frames, SERVER, TCP, UDP, attacker, ip_header, user_header};
use super::out::{Out, mixed};
use super::{Hostile, Input, Kind, tls};
use crate::bench::input::quic::Keys;

pub(super) const SET: &[Hostile] = &[
    flood("quic-initials", "100 000 QUIC Initials that open to nothing", 12.0, quic_initials),
    flood("quic-sealed", "30 000 QUIC connections that begin and never go on", 12.0, quic_sealed),
    flood(
        "quic-versions",
        "a million QUIC packets of versions that nobody knows",
        4.0,
        quic_versions,
    ),
    flood("quic-coalesced", "20 000 datagrams of 30 QUIC Initials each", 40.0, quic_coalesced),
    flood("quic-gaps", "30 000 CRYPTO frames with gaps between", 12.0, quic_gaps),
    flood("quic-ids", "one pair of ports, 100 000 connection ids", 12.0, quic_ids),
    flood("dtls-hellos", "300 000 DTLS clients that never go on", ALONE, dtls_hellos),
    flood("dtls-lies", "a million DTLS fragments that contradict each other", 4.0, dtls_lies),
    flood("dtls-records", "100 000 datagrams of 90 empty DTLS records", 4.0, dtls_records),
    flood("radius", "300 000 stations that begin an EAP authentication", ALONE, radius),
    flood("eap-endless", "EAP-TLS fragments without end, 300 000", 4.0, eap_endless),
    flood("fragments-new", "a million IP fragments, each of another datagram", 4.0, fragments_new),
    flood("fragments-one", "a million IP fragments of one datagram", 4.0, fragments_one),
    flood("fragments-overlap", "a million IP fragments that overlap", 4.0, fragments_overlap),
    flood("fragments-tiny", "datagrams of 64 kB in fragments of 8 bytes", 4.0, fragments_tiny),
    flood("ip-in-ip", "IP in IP, 3000 deep, 3000 times", 4.0, ip_in_ip),
    flood("gre", "IP in GRE in IP, 2000 deep, 3000 times", 4.0, gre),
    flood("vxlan", "VXLAN in VXLAN, 1000 deep, 3000 times", 4.0, vxlan),
    flood("tags", "frames of nothing but VLAN tags", 4.0, tags),
    flood("capwap", "a million CAPWAP fragments", 4.0, capwap),
    flood("openvpn", "300 000 OpenVPN sessions that never go on", ALONE, openvpn),
    flood("icmp", "a million messages that a packet was too big", 4.0, icmp),
];

/// Where each packet is a conversation of its own: an ordinary one has some fifteen.
const ALONE: f64 = 10.0;

const fn flood(name: &'static str, what: &'static str, times: f64, make: super::Make) -> Hostile {
    let input = Input::Pipe(make);
    Hostile { name, what, kind: Kind::Capture, input, memory: 256, times, code: 1, says: &[BOTH] }
}

/// A recorded failure, the flood, and the failure again.
fn between(
    out: &mut Out<'_>,
    flood: impl FnOnce(&mut Frames<'_, '_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut frames = Frames::new(out)?;
    frames.witness(1)?;
    flood(&mut frames)?;
    frames.witness(2)
}

/// The header of a QUIC Initial of version 1, up to its length field, for a payload of so many bytes
/// behind a packet number of two.
fn initial(id: u64, payload: usize) -> Vec<u8> {
    let mut header = vec![0xc1, 0, 0, 0, 1, 8];
    header.extend(id.to_be_bytes());
    header.extend([8]);
    header.extend((!id).to_be_bytes());
    header.push(0);
    header.extend((0x4000 | (payload + 2) as u16).to_be_bytes());
    header
}

/// An Initial that is sealed as it should be.
fn sealed(id: u64, number: u16, frames: &[u8]) -> io::Result<Vec<u8>> {
    let mut frames = frames.to_vec();
    frames.resize(frames.len().max(1_150), 0);
    let mut header = initial(id, frames.len() + 16);
    let at = header.len();
    header.extend(number.to_be_bytes());
    let [client, _] = Keys::of(&id.to_be_bytes()).map_err(io::Error::other)?;
    client.seal(header, at, &frames).map_err(io::Error::other)
}

/// A CRYPTO frame.
fn crypto(offset: u32, data: &[u8]) -> Vec<u8> {
    let offset = (0x8000_0000 | offset).to_be_bytes();
    let length = (0x4000 | data.len() as u16).to_be_bytes();
    [&[6][..], &offset, &length, data].concat()
}

fn quic_initials(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..100_000).try_for_each(|number| {
            let mut packet = initial(mixed(number), 1_150);
            packet.resize(packet.len() + 1_152, number as u8);
            frames.udp((attacker(number), SERVER), &packet)
        })
    })
}

fn quic_sealed(out: &mut Out<'_>) -> io::Result<()> {
    let count = if out.all { 30_000 } else { 10_000 };
    between(out, |frames| {
        (0..count).try_for_each(|number| {
            let hello = tls::client_hello("victim.example", number);
            let packet = sealed(mixed(number), 0, &crypto(0, &hello[..hello.len() / 2]))?;
            frames.udp((attacker(number), SERVER), &packet)
        })
    })
}

fn quic_versions(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000).try_for_each(|number| {
            let mut packet = initial(mixed(number), 60);
            packet[1..5].copy_from_slice(&(mixed(number) as u32).to_be_bytes());
            packet.resize(packet.len() + 60, 7);
            frames.udp((attacker(number), SERVER), &packet)
        })
    })
}

fn quic_coalesced(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..20_000).try_for_each(|number| {
            let packets: Vec<u8> = (0..30)
                .flat_map(|part| {
                    let mut packet = initial(mixed(number * 30 + part), 20);
                    packet.resize(packet.len() + 22, 9);
                    packet
                })
                .collect();
            frames.udp((attacker(number), SERVER), &packets)
        })
    })
}

fn quic_gaps(out: &mut Out<'_>) -> io::Result<()> {
    let count = if out.all { 30_000 } else { 8_000 };
    between(out, |frames| {
        (0..count).try_for_each(|number| {
            let pieces: Vec<u8> = (0..100)
                .flat_map(|part| crypto((number * 100 + part) * 3 % 60_000, &[1]))
                .collect();
            let packet = sealed(77, number as u16, &pieces)?;
            frames.udp((attacker(1), SERVER), &packet)
        })
    })
}

fn quic_ids(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..100_000).try_for_each(|number| {
            let mut packet = initial(mixed(number), 1_150);
            packet.resize(packet.len() + 1_152, number as u8);
            frames.udp((attacker(1), SERVER), &packet)
        })
    })
}

/// A record of DTLS 1.2 in the clear.
fn dtls_record(kind: u8, number: u64, payload: &[u8]) -> Vec<u8> {
    let number = number.to_be_bytes();
    let length = (payload.len() as u16).to_be_bytes();
    [&[kind, 0xfe, 0xfd, 0, 0][..], &number[2..], &length, payload].concat()
}

/// A fragment of a handshake message.
fn dtls_fragment(kind: u8, length: u32, sequence: u16, offset: u32, data: &[u8]) -> Vec<u8> {
    let size = (data.len() as u32).to_be_bytes();
    let (length, offset) = (length.to_be_bytes(), offset.to_be_bytes());
    [&[kind][..], &length[1..], &sequence.to_be_bytes(), &offset[1..], &size[1..], data].concat()
}

fn dtls_hello(number: u64) -> Vec<u8> {
    let mut body = vec![0xfe, 0xfd];
    body.extend([number as u8; 32]);
    body.extend([0, 0, 0, 2, 0xc0, 0x2f, 1, 0]);
    dtls_fragment(1, body.len() as u32, 0, 0, &body)
}

fn dtls_hellos(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            frames.udp((attacker(number), SERVER), &dtls_record(22, 0, &dtls_hello(number)))
        })
    })
}

fn dtls_lies(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        let first = dtls_record(22, 0, &dtls_hello(1));
        frames.udp((attacker(1), SERVER), &first)?;
        (1..1_000_000).try_for_each(|number| {
            let dice = mixed(number);
            let fragment = dtls_fragment(
                dice as u8 % 21,
                dice as u32 >> 8,
                (dice >> 32) as u16 % 9,
                (dice >> 40) as u32,
                &[number as u8; 40],
            );
            let ends = (attacker(1), SERVER);
            let ends = if number % 2 == 0 { ends } else { (ends.1, ends.0) };
            frames.udp(ends, &dtls_record(22, number, &fragment))
        })
    })
}

fn dtls_records(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        frames.udp((attacker(1), SERVER), &dtls_record(22, 0, &dtls_hello(1)))?;
        (0..100_000).try_for_each(|number| {
            let many: Vec<u8> = (0..90)
                .flat_map(|part| {
                    dtls_record([22, 21, 20, 23][part % 4], number, &[1, 90][..part % 3])
                })
                .collect();
            frames.udp((attacker(1), SERVER), &many)
        })
    })
}

fn radius_packet(code: u8, number: u64, attributes: &[u8]) -> Vec<u8> {
    let length = (20 + attributes.len() as u16).to_be_bytes();
    let (a, b) = (mixed(number).to_be_bytes(), number.to_be_bytes());
    [&[code, number as u8], &length[..], &a, &b, attributes].concat()
}

fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
    [&[kind, 2 + value.len() as u8], value].concat()
}

fn radius(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            let eap = [&[2, 1, 0, 9, 1][..], b"user"].concat();
            let station = format!(
                "02-00-00-{:02X}-{:02X}-{:02X}",
                number >> 16,
                number >> 8 & 255,
                number & 255
            );
            let attributes =
                [attribute(1, b"user"), attribute(31, station.as_bytes()), attribute(79, &eap)]
                    .concat();
            let ends = (attacker(number), End(SERVER.0, 1812));
            frames.udp(ends, &radius_packet(1, number, &attributes))
        })
    })
}

fn eap_endless(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        let ends = (End(0x0a00_0001, 40_000), End(SERVER.0, 1812));
        (0..150_000_u64).try_for_each(|number| {
            let mut eap = vec![2, number as u8, 0, 246, 13, 0xc0, 0xff, 0xff, 0xff, 0xff];
            eap.resize(246, 7);
            let state = number.to_be_bytes();
            let answer = [1, number as u8, 0, 6, 13, 0];
            let asked = [attribute(79, &eap), attribute(24, &state)].concat();
            let answered = [attribute(79, &answer), attribute(24, &state)].concat();
            frames.udp(ends, &radius_packet(1, number, &asked))?;
            frames.udp((ends.1, ends.0), &radius_packet(11, number, &answered))
        })
    })
}

/// More fragments follow.
const MORE: u16 = 0x2000;

fn fragments_new(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000).try_for_each(|number| {
            let ends = (attacker(number).0, SERVER.0);
            frames.ip(ends, UDP, (number as u16, MORE), &[&[7; 64]])
        })
    })
}

fn fragments_one(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000_u32).try_for_each(|number| {
            let offset = (number % 4_000) as u16 * 2;
            frames.ip((attacker(1).0, SERVER.0), UDP, (1, MORE | offset), &[&[7; 8]])
        })
    })
}

fn fragments_overlap(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000_u64).try_for_each(|number| {
            let offset = (mixed(number) % 8_000) as u16;
            let id = (number / 3_000) as u16;
            frames.ip((attacker(1).0, SERVER.0), UDP, (id, MORE | offset), &[&[number as u8; 256]])
        })
    })
}

fn fragments_tiny(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        for id in 0..100 {
            for offset in (0..8_000).rev() {
                let more = if offset == 7_999 { 0 } else { MORE };
                frames.ip((attacker(1).0, SERVER.0), UDP, (id, more | offset), &[&[7; 8]])?;
            }
        }
        Ok(())
    })
}

fn repeated(out: &mut Out<'_>, protocol: u8, packet: &[u8]) -> io::Result<()> {
    between(out, |frames| {
        (0..3_000).try_for_each(|number| {
            frames.ip((attacker(number).0, SERVER.0), protocol, (0, 0), &[packet])
        })
    })
}

/// A layer around another, as often as told.
fn nested(times: usize, layer: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    // From the outside in, because each layer says how long all within is.
    let size = layer(0).len();
    (0..times).flat_map(|at| layer((times - 1 - at) * size)).collect()
}

fn ip_in_ip(out: &mut Out<'_>) -> io::Result<()> {
    let packet = nested(3_000, |inside| ip_header((1, 2), 4, (0, 0), inside).to_vec());
    repeated(out, 4, &packet)
}

fn gre(out: &mut Out<'_>) -> io::Result<()> {
    let packet = nested(2_000, |inside| {
        [&[0, 0, 8, 0][..], &ip_header((1, 2), 47, (0, 0), inside)].concat()
    });
    repeated(out, 47, &packet)
}

fn vxlan(out: &mut Out<'_>) -> io::Result<()> {
    let packet = nested(1_000, |inside| {
        let user = user_header(4_789, 4_789, inside + 42);
        let ip = ip_header((1, 2), UDP, (0, 0), inside);
        [&user[..], &[8, 0, 0, 0, 0, 0, 1, 0], &[2; 12], &[8, 0], &ip].concat()
    });
    repeated(out, UDP, &packet)
}

fn tags(out: &mut Out<'_>) -> io::Result<()> {
    let tags = [0x81, 0, 0, 1].repeat(15_000);
    let frame = [&[2; 12][..], &tags].concat();
    between(out, |frames| (0..3_000).try_for_each(|_| frames.frame(&frame)))
}

fn capwap(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000_u32).try_for_each(|number| {
            // Header of two words, IEEE 802.11, a fragment; its id and offset.
            let word = (2_u32 << 19 | 1 << 9 | 1 << 7).to_be_bytes();
            let place = (number << 16 | (number % 8_000) << 3).to_be_bytes();
            let packet = [&word[..], &place, &[8; 60]].concat();
            frames.udp((attacker(u64::from(number % 50)), End(SERVER.0, 5_247)), &packet)
        })
    })
}

fn openvpn(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..300_000).try_for_each(|number| {
            let packet = [&[7 << 3][..], &mixed(number).to_be_bytes(), &[0; 5]].concat();
            frames.udp((attacker(number), End(SERVER.0, 1_194)), &packet)
        })
    })
}

fn icmp(out: &mut Out<'_>) -> io::Result<()> {
    between(out, |frames| {
        (0..1_000_000).try_for_each(|number| {
            let source = attacker(number);
            let inside = ip_header((SERVER.0, source.0), TCP, (0, 0), 1_480);
            let ports = [SERVER.1.to_be_bytes(), source.1.to_be_bytes()].concat();
            let packet = [&[3, 4, 0, 0, 0, 0, 5, 0][..], &inside, &ports, &[0; 4]].concat();
            frames.ip((source.0, SERVER.0), 1, (0, 0), &[&packet])
        })
    })
}

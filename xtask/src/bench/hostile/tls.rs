//! Messages of TLS with anything in them.

/// A record.
pub(super) fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    [&[kind, 3, 3, length[0], length[1]], payload].concat()
}

/// Bytes behind their length in so many bytes.
pub(super) fn counted(width: usize, bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u32).to_be_bytes();
    [&length[4 - width..], bytes].concat()
}

/// A handshake message.
pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &counted(3, body)].concat()
}

/// A message in as many records as it takes.
pub(super) fn records(message: &[u8]) -> Vec<u8> {
    message.chunks(1 << 14).flat_map(|part| record(22, part)).collect()
}

/// A ClientHello that asks for a name, with a random of its own.
pub(super) fn client_hello(name: &str, number: u64) -> Vec<u8> {
    let name = counted(2, &[&[0][..], &counted(2, name.as_bytes())].concat());
    let groups = counted(2, &counted(2, &[0, 29, 0, 23, 0, 24]));
    let schemes = counted(2, &counted(2, &[4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1]));
    let mut extensions = [&[0, 0][..], &counted(2, &name)].concat();
    extensions.extend([&[0, 10][..], &groups, &[0, 13], &schemes].concat());
    let mut body = vec![3, 3];
    body.extend(random(number));
    body.push(0);
    body.extend(counted(2, &[0xc0, 0x2f, 0xc0, 0x30, 0x00, 0x9c]));
    body.extend([1, 0]);
    body.extend(counted(2, &extensions));
    message(1, &body)
}

/// A ServerHello of TLS 1.2 that takes the first suite of [`client_hello`].
pub(super) fn server_hello(number: u64) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend(random(!number));
    body.extend([0, 0xc0, 0x2f, 0]);
    body.extend(counted(2, &[0xff, 1, 0, 1, 0]));
    message(2, &body)
}

/// A Certificate message of TLS 1.2.
pub(super) fn certificate(chain: &[Vec<u8>]) -> Vec<u8> {
    let entries: Vec<u8> = chain.iter().flat_map(|entry| counted(3, entry)).collect();
    message(11, &counted(3, &entries))
}

/// A fatal alert in the clear.
pub(super) fn fatal(code: u8) -> Vec<u8> {
    record(21, &[2, code])
}

/// 32 bytes that no other number has.
fn random(number: u64) -> Vec<u8> {
    (0..4).flat_map(|part| super::out::mixed(number.wrapping_mul(4) + part).to_be_bytes()).collect()
}

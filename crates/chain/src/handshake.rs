//! What a side of TLS signs to prove that the key of its certificate is its own.

use sha2::Digest as _;

/// The handshake messages up to a proof, with their headers.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Vec<u8>);

/// Who proves itself, which TLS 1.3 signs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Transcript {
    /// Adds a message: its type, and its body without the header.
    pub fn add(&mut self, kind: u8, body: &[u8]) {
        let [_, length @ ..] = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.0.push(kind);
        self.0.extend(length);
        self.0.extend(body);
    }

    /// Puts a hash in the place of what was said until now, which is the first ClientHello that a
    /// HelloRetryRequest answers (RFC 9846, 4.4.1). `false` where the hash is not known here.
    pub fn retry(&mut self, hash: &str) -> bool {
        let Some(digest) = digest(hash, &self.0) else { return false };
        self.0.clear();
        self.add(MESSAGE_HASH, &digest);
        true
    }

    /// What is signed before TLS 1.3: the messages themselves (RFC 5246, 7.4.8).
    #[must_use]
    pub fn messages(&self) -> &[u8] {
        &self.0
    }

    /// What is signed in TLS 1.3 with a suite of this hash (RFC 9846, 4.4.3): spaces, who signs it,
    /// and the hash of the messages. `None` where the hash is not known here.
    #[must_use]
    pub fn content(&self, who: Who, hash: &str) -> Option<Vec<u8>> {
        let mut content = vec![b' '; 64];
        content.extend_from_slice(match who {
            Who::Client => b"TLS 1.3, client CertificateVerify\0",
            Who::Server => b"TLS 1.3, server CertificateVerify\0",
        });
        content.extend(digest(hash, &self.0)?);
        Some(content)
    }
}

fn digest(hash: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match hash {
        "sha256" => Some(sha2::Sha256::digest(bytes).to_vec()),
        "sha384" => Some(sha2::Sha384::digest(bytes).to_vec()),
        _ => None,
    }
}

/// HandshakeType message_hash (RFC 9846, 4.4.1).
const MESSAGE_HASH: u8 = 254;

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers are written, a retry leaves a hash, and TLS 1.3 signs the hash of all of it.
    #[test]
    fn what_is_signed_is_as_the_rfc_has_it() {
        let mut transcript = Transcript::default();
        transcript.add(1, b"hello");
        assert_eq!(transcript.messages(), b"\x01\0\0\x05hello");
        let content = transcript.content(Who::Server, "sha256").unwrap();
        assert_eq!(content.len(), 64 + 34 + 32);
        assert_eq!(content[98..], sha2::Sha256::digest(transcript.messages())[..]);
        assert!(transcript.content(Who::Client, "sm3").is_none() && !transcript.retry("sm3"));
        assert!(transcript.retry("sha384"));
        assert_eq!(transcript.messages()[..4], [254, 0, 0, 48]);
    }
}

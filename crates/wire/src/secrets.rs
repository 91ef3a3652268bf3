//! What a key log makes readable: its secrets, the keys that follow from them, and what they open.
//!
//! [`KeyLog`] finds the secrets of a connection by the random of its ClientHello. From a traffic
//! secret of TLS 1.3, DTLS 1.3 or QUIC follow [`TrafficKeys`], from a master secret of the
//! versions before follow [`RecordKeys`]; both open what one side sent. Below them are the parts
//! of the RFCs, for who needs them alone: [`Hash`] with HKDF and the PRF, [`Aead`], and the mask
//! that hides packet and record numbers ([`Aead::mask`]).
//!
//! Only opening is here: nothing seals, nothing signs, and nothing compares in constant time,
//! because whoever has the key log knows the secrets. They are still kept out of every output: a
//! [`Secret`] cannot be shown. Without the feature `decrypt` all of this compiles and opens nothing.

mod aead;
mod block;
mod hash;
mod key_log;
mod rc4;
mod record_keys;
mod secret;
mod traffic_keys;

#[cfg(feature = "decrypt")]
mod rustcrypto;
#[cfg(feature = "decrypt")]
use rustcrypto as provider;
#[cfg(not(feature = "decrypt"))]
mod without;
#[cfg(not(feature = "decrypt"))]
use without as provider;

pub use aead::Aead;
pub use hash::{Expander, Hash};
pub use key_log::{KeyLog, KeyLogFault, SecretLabel};
pub use record_keys::{RecordKeys, SealedRecord};
pub use secret::Secret;
pub use traffic_keys::{Labels, TrafficKeys};

#[cfg(test)]
#[cfg(feature = "decrypt")]
mod tests {
    /// The bytes of hexadecimal digits, for the vectors of the RFCs.
    pub(super) fn hex(digits: &str) -> Vec<u8> {
        let digits: Vec<u8> = digits.chars().map(|c| c.to_digit(16).unwrap() as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }
}

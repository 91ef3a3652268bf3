//! Which authorities each program on each host was seen to accept.
//!
//! The trust store of a client is never visible. But a program that has accepted a certificate of an
//! authority trusts that authority: when it refuses the next one, something else is the reason.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::{FixedState, RandomState};
use trace::{Host, Session, Side};
use wire::{Certificate, ClientHello};

/// What clients accepted in one capture.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    by: HashMap<Host, Vec<Trusted>, RandomState>,
    /// How many there are of all clients.
    count: usize,
}

/// A certificate that a program accepted.
#[derive(Debug)]
pub(crate) struct Trusted {
    /// The first frame that showed it.
    pub(crate) frame: u64,
    /// The shape of the program's hello.
    shape: u64,
    /// The certificate, by a number, so that it is read once.
    leaf: u64,
    /// The name of its issuer, as it stands there.
    issuer: Box<[u8]>,
    /// The name that was asked for.
    pub(crate) name: Box<[u8]>,
}

/// Certificates remembered for each client.
const MAX_EACH: usize = 32;
/// Certificates remembered of all clients: some 300 bytes each.
const MAX_ALL: usize = 20_000;
/// A longer name is not remembered: issuers have some 100 bytes, host names 253 at most.
const MAX_NAME: usize = 512;

impl Accepted {
    /// Takes note of a handshake that was completed and not left at once.
    pub(crate) fn observe(&mut self, session: &Session) {
        let Some(list) = session.certificates(Side::Server) else { return };
        let Some(der) = list.what.certificates().next().map(|entry| entry.der) else { return };
        let Some(hello) = session.client_hello() else { return };
        let (shape, leaf) = (shape(&hello.what), FixedState::default().hash_one(der));
        let client = session.client.host();
        let known = self.by.get(&client).map_or(&[][..], Vec::as_slice);
        if known.len() >= MAX_EACH
            || self.count >= MAX_ALL
            || known.iter().any(|one| (one.shape, one.leaf) == (shape, leaf))
        {
            return;
        }
        let Ok(read) = Certificate::read(der) else { return };
        let issuer = read.issuer().0;
        let name = hello.what.server_name().unwrap_or_default();
        if issuer.len() <= MAX_NAME && name.len() <= MAX_NAME {
            self.count += 1;
            let (issuer, name) = (issuer.into(), name.into());
            let trusted = Trusted { frame: list.frame, shape, leaf, issuer, name };
            self.by.entry(client).or_default().push(trusted);
        }
    }

    /// Another certificate of this issuer that the same program, by host and hello, accepted.
    pub(crate) fn of_issuer(
        &self,
        client: Host,
        hello: &ClientHello<'_>,
        leaf: &[u8],
        issuer: &[u8],
    ) -> Option<&Trusted> {
        let (shape, leaf) = (shape(hello), FixedState::default().hash_one(leaf));
        let fits =
            |one: &&Trusted| one.shape == shape && one.leaf != leaf && &one.issuer[..] == issuer;
        self.by.get(&client)?.iter().find(fits)
    }
}

/// The shape of a hello as a number: what its program always sends in the same way.
pub(crate) fn shape(hello: &ClientHello<'_>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hello.legacy_version.0.hash(&mut hasher);
    for suite in hello.cipher_suites().filter(|suite| !suite.is_grease()) {
        suite.0.hash(&mut hasher);
    }
    let mut kinds: Vec<u16> = hello
        .extensions()
        .map(|extension| extension.kind.0)
        .filter(|kind| !VARYING.contains(kind) && kind & 0x0f0f != 0x0a0a)
        .take(MAX_EXTENSIONS)
        .collect();
    // Browsers send them in another order each time.
    kinds.sort_unstable();
    kinds.hash(&mut hasher);
    hasher.finish()
}

/// Extensions that a program sends in one hello and not in the next: padding, pre_shared_key, and
/// psk_key_exchange_modes, which goes with it in some.
const VARYING: [u16; 3] = [21, 41, 45];
/// Extensions of one hello that are looked at.
const MAX_EXTENSIONS: usize = 64;

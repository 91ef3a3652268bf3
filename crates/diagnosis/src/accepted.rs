//! Which authorities each program on each host was seen to accept.
//!
//! The trust store of a client is never visible. But a program that has accepted a certificate of an
//! authority trusts that authority: when it refuses the next one, something else is the reason.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::{FixedState, RandomState};
use trace::{Host, Side};
use wire::{Certificate, ClientHello};

use crate::field::mix;
use crate::glance::Glance;
use crate::recent::Recent;

/// What clients accepted in one capture.
#[derive(Debug)]
pub(crate) struct Accepted {
    by: HashMap<Host, Vec<Trusted>, RandomState>,
    /// How many there are of all clients.
    count: usize,
    /// What each certificate was shown as: many clients accept the same, and it is read once.
    leaves: Recent<u64, Arc<Leaf>>,
}

/// A certificate that a program accepted.
#[derive(Debug)]
pub(crate) struct Trusted {
    /// The first frame that showed it.
    pub(crate) frame: u64,
    /// The shape of the program's hello.
    shape: u64,
    leaf: Arc<Leaf>,
}

/// A certificate, and the name that was asked for when it was shown.
#[derive(Debug)]
struct Leaf {
    /// The certificate, by a number.
    number: u64,
    /// The name of its issuer, as it stands there.
    issuer: Box<[u8]>,
    /// The name that was asked for.
    name: Box<[u8]>,
}

/// Certificates remembered for each client.
const MAX_EACH: usize = 32;
/// Certificates remembered of all clients: some 50 bytes each, and 300 where no other client accepted
/// the same.
const MAX_ALL: usize = 20_000;
/// Certificates, each with a name, that are looked at for one that another client accepted.
const MAX_LEAVES: usize = 1024;
/// A longer name is not remembered: issuers have some 100 bytes, host names 253 at most.
const MAX_NAME: usize = 512;

impl Default for Accepted {
    fn default() -> Self {
        let (by, leaves) = (HashMap::default(), Recent::new(MAX_LEAVES));
        Self { by, count: 0, leaves }
    }
}

impl Trusted {
    /// The name that was asked for.
    pub(crate) fn name(&self) -> &[u8] {
        &self.leaf.name
    }
}

impl Accepted {
    /// Takes note of a handshake that was completed and not left at once.
    pub(crate) fn observe(&mut self, glance: &Glance<'_>) {
        if self.count >= MAX_ALL {
            return;
        }
        let Some(list) = glance.certificates(Side::Server) else { return };
        let Some(der) = glance.leaf(Side::Server) else { return };
        let Some(hello) = &glance.client_hello else { return };
        let client = glance.session.client.host();
        let known = self.by.get(&client).map_or(&[][..], Vec::as_slice);
        if known.len() >= MAX_EACH {
            return;
        }
        let (shape, leaf) = (shape(&hello.what), number(der));
        if known.iter().any(|one| (one.shape, one.leaf.number) == (shape, leaf)) {
            return;
        }
        let name = hello.what.server_name().unwrap_or_default();
        let number = number(name) ^ leaf.rotate_left(1);
        let shown = self.leaves.get(&number).filter(|it| it.number == leaf && *it.name == *name);
        let shown = shown.cloned().or_else(|| {
            let issuer = Certificate::read(der).ok()?.issuer().0;
            let fits = issuer.len() <= MAX_NAME && name.len() <= MAX_NAME;
            let new = || Arc::new(Leaf { number: leaf, issuer: issuer.into(), name: name.into() });
            fits.then(new)
        });
        let Some(shown) = shown else { return };
        self.leaves.insert(number, Arc::clone(&shown));
        self.count += 1;
        let trusted = Trusted { frame: list.frame, shape, leaf: shown };
        // Most clients accept one.
        self.by.entry(client).or_insert_with(|| Vec::with_capacity(1)).push(trusted);
    }

    /// Another certificate of this issuer that the same program, by host and hello, accepted.
    pub(crate) fn of_issuer(
        &self,
        client: Host,
        hello: &ClientHello<'_>,
        leaf: &[u8],
        issuer: &[u8],
    ) -> Option<&Trusted> {
        let (shape, leaf) = (shape(hello), number(leaf));
        let fits = |one: &&Trusted| {
            one.shape == shape && one.leaf.number != leaf && *one.leaf.issuer == *issuer
        };
        self.by.get(&client)?.iter().find(fits)
    }
}

/// The shape of a hello as a number: what its program always sends in the same way. Browsers send
/// their extensions in another order each time.
pub(crate) fn shape(hello: &ClientHello<'_>) -> u64 {
    let suites = hello.cipher_suites().filter(|suite| !suite.is_grease());
    let suites =
        suites.fold(u64::from(hello.legacy_version.0), |all, suite| mix(all ^ u64::from(suite.0)));
    let kinds = hello.extensions().map(|extension| extension.kind.0);
    let lasting = kinds.filter(|kind| !VARYING.contains(kind) && kind & 0x0f0f != 0x0a0a);
    lasting
        .take(MAX_EXTENSIONS)
        .fold(suites, |all, kind| all.wrapping_add(mix(u64::from(kind) + 1)))
}

/// A number for bytes.
fn number(bytes: &[u8]) -> u64 {
    FixedState::default().hash_one(bytes)
}

/// Extensions that a program sends in one hello and not in the next: padding, pre_shared_key, and
/// psk_key_exchange_modes, which goes with it in some.
const VARYING: [u16; 3] = [21, 41, 45];
/// Extensions of one hello that are looked at.
const MAX_EXTENSIONS: usize = 64;

//! The ways up from a leaf, as a verifier looks for them: whatever the order of the list, by name,
//! and where several certificates have the name, by key number and signature (RFC 4158, 3.5).

use std::cell::OnceCell;

use wire::{AlternativeName, Certificate, NameConstraints, PublicKey, Time};

use crate::{Anchors, Flaw, Notary, Place, Signature};

/// Where a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At the leaf, which vouches for itself.
    Leaf,
    /// At a root that was sent along: its position in the list.
    Root(usize),
    /// At a certificate whose issuer was not sent: its position in the list.
    Open(usize),
    /// At a certificate that is trusted.
    Anchor(Place),
}

/// Certificates of one list that are looked at: the longest chains of this world have six.
pub const MAX_CERTIFICATES: usize = 16;
/// Anchors that are looked at for one list: those that have the name of an issuer.
const MAX_TRUSTED: usize = 16;
/// Bits of keys with which signatures are verified for one list: 64 usual signatures.
const MAX_BITS: u64 = 64 * USUAL_BITS;
/// Bits of the usual RSA key; a signature with a key of a curve takes about as long.
const USUAL_BITS: u64 = 2048;
/// Ways up that are compared.
const MAX_PATHS: usize = 32;
/// Steps that are made in looking for them.
const MAX_STEPS: usize = 512;

/// A certificate that may stand in a path.
pub(crate) struct Node<'w> {
    pub(crate) place: Place,
    pub(crate) certificate: Certificate<'w>,
    /// Whether it is trusted for itself.
    pub(crate) trusted: bool,
    /// Whether it vouches for itself: by name, by key number and, unless it is trusted, by its
    /// signature.
    pub(crate) root: bool,
    /// Its names, with its subject where it has one: many paths lead through one certificate.
    names: OnceCell<Vec<AlternativeName<'w>>>,
    /// For which names it may issue.
    constraints: OnceCell<Option<NameConstraints<'w>>>,
    /// What it shows by itself, without the path.
    pub(crate) own: OnceCell<Vec<Flaw>>,
    /// The nodes that bear the name of its issuer, the likeliest first, and what its signature says
    /// of each.
    issuers: Vec<(usize, Signature)>,
}

impl<'w> Node<'w> {
    fn new(place: Place, certificate: Certificate<'w>, trusted: bool) -> Self {
        Self {
            place,
            certificate,
            trusted,
            root: false,
            names: OnceCell::new(),
            constraints: OnceCell::new(),
            own: OnceCell::new(),
            issuers: Vec::new(),
        }
    }

    /// The names that constraints of authorities bind, its subject among them.
    pub(crate) fn names(&self) -> &[AlternativeName<'w>] {
        self.names.get_or_init(|| {
            let mut names = self.certificate.alternative_names();
            let subject = self.certificate.subject();
            if !subject.is_empty() {
                names.push(AlternativeName::Directory(subject));
            }
            names
        })
    }

    /// For which names it may issue, where it says so.
    pub(crate) fn constraints(&self) -> Option<&NameConstraints<'w>> {
        self.constraints.get_or_init(|| self.certificate.name_constraints()).as_ref()
    }
}

/// One way up: positions among the nodes, from the leaf, and what each signature says of the next.
#[derive(Clone, Default)]
pub(crate) struct Path {
    pub(crate) nodes: Vec<usize>,
    pub(crate) signatures: Vec<Signature>,
}

/// All that was sent and what is trusted above it.
pub(crate) struct Graph<'w> {
    pub(crate) nodes: Vec<Node<'w>>,
}

impl<'w> Graph<'w> {
    pub(crate) fn new<'a: 'w>(
        sent: &[Certificate<'a>],
        anchors: Option<&'w Anchors>,
        notary: &Notary,
        moment: Time,
    ) -> Self {
        let mut nodes: Vec<Node<'w>> = Vec::new();
        for (at, certificate) in sent.iter().take(MAX_CERTIFICATES).enumerate() {
            let trusted = anchors.is_some_and(|anchors| anchors.holds(certificate));
            nodes.push(Node::new(Place::Sent(at), certificate.clone(), trusted));
        }
        if let Some(anchors) = anchors {
            let mut places: Vec<usize> = Vec::new();
            for certificate in sent.iter().take(MAX_CERTIFICATES) {
                places.extend(anchors.named(certificate.issuer()).iter().take(MAX_TRUSTED));
            }
            places.sort_unstable();
            places.dedup();
            for at in places.into_iter().take(MAX_TRUSTED) {
                let Some(certificate) = anchors.get(at) else { continue };
                // What was sent stands in the list already.
                if nodes.iter().all(|known| known.certificate.der() != certificate.der()) {
                    nodes.push(Node::new(Place::Trusted(at), certificate, true));
                }
            }
        }
        let mut graph = Self { nodes };
        graph.connect(notary, moment);
        graph
    }

    fn connect(&mut self, notary: &Notary, moment: Time) {
        let mut left = MAX_BITS;
        let mut verify = |below: &Certificate<'_>, above: &Certificate<'_>| {
            let Some(rest) = left.checked_sub(charge(above)) else { return Signature::Unchecked };
            left = rest;
            notary.issued(below, above)
        };
        for at in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(at) else { continue };
            let here = &node.certificate;
            let own = here.is_self_issued() && here.is_issued_by(here);
            // Nothing above what is trusted is looked at.
            if node.trusted {
                if let Some(node) = self.nodes.get_mut(at) {
                    node.root = own;
                }
                continue;
            }
            // A home-made authority may bear the very name of what it issues: then its key decides.
            let root = own && verify(here, here) != Signature::Bad;
            let mut issuers = Vec::new();
            for (other, above) in self.nodes.iter().enumerate() {
                let above = &above.certificate;
                if above.der() != here.der() && here.issuer().matches(&above.subject()) {
                    issuers.push((other, verify(here, above)));
                }
            }
            issuers.sort_by_key(|(other, signature)| {
                self.nodes.get(*other).map(|above| {
                    let dates = &above.certificate;
                    let in_date = dates.not_before() <= moment && moment <= dates.not_after();
                    let same_key = here.is_issued_by(&above.certificate);
                    (*signature == Signature::Bad, !same_key, !in_date, !above.trusted)
                })
            });
            if let Some(node) = self.nodes.get_mut(at) {
                (node.root, node.issuers) = (root, issuers);
            }
        }
    }

    /// The ways up from the leaf, the likeliest first; none where nothing was sent.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let (mut found, mut steps) = (Vec::new(), 0);
        if !self.nodes.is_empty() {
            let path = Path { nodes: vec![0], signatures: Vec::new() };
            self.climb(path, &mut found, &mut steps);
        }
        found
    }

    fn climb(&self, path: Path, found: &mut Vec<Path>, steps: &mut usize) {
        let Some(node) = path.nodes.last().and_then(|last| self.nodes.get(*last)) else { return };
        *steps += 1;
        let ends = node.trusted || node.root || path.nodes.len() > MAX_CERTIFICATES;
        let mut climbed = false;
        // A root may have been signed by another authority too, and another one may bear its name:
        // only what is trusted is a better end.
        let issuers = node.issuers.iter().filter(|(at, _)| {
            let trusted = self.nodes.get(*at).is_some_and(|above| above.trusted);
            let used = path.nodes.iter().any(|used| self.is_same(*used, *at));
            !used && (!ends || (node.root && trusted))
        });
        for (at, signature) in issuers {
            if found.len() >= MAX_PATHS || *steps >= MAX_STEPS {
                return;
            }
            let mut longer = path.clone();
            longer.nodes.push(*at);
            longer.signatures.push(*signature);
            self.climb(longer, found, steps);
            climbed = true;
        }
        if ends || !climbed {
            found.push(path);
        }
    }

    /// Whether two nodes are the same certificate, sent twice.
    fn is_same(&self, one: usize, other: usize) -> bool {
        let der = |at: usize| self.nodes.get(at).map(|node| node.certificate.der());
        one == other || der(one) == der(other)
    }

    /// Where a path ends.
    pub(crate) fn end(&self, path: &Path) -> Option<End> {
        let node = self.nodes.get(*path.nodes.last()?)?;
        if node.trusted { Some(End::Anchor(node.place)) } else { self.top(path) }
    }

    /// Where a path ends among what was sent, whatever is trusted.
    pub(crate) fn top(&self, path: &Path) -> Option<End> {
        path.nodes.iter().rev().filter_map(|at| self.nodes.get(*at)).find_map(|node| {
            let Place::Sent(at) = node.place else { return None };
            Some(match at {
                0 if node.root => End::Leaf,
                at if node.root => End::Root(at),
                at => End::Open(at),
            })
        })
    }
}

/// What verifying a signature of this authority costs, in bits of a key: the time grows with their
/// square.
fn charge(authority: &Certificate<'_>) -> u64 {
    match authority.public_key() {
        PublicKey::Rsa(bits) | PublicKey::RsaPss(bits) => {
            let bits = u64::from(bits);
            (bits.saturating_mul(bits) / USUAL_BITS).max(USUAL_BITS)
        }
        _ => USUAL_BITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of twice the bits is charged four times; small ones cost as much as usual ones.
    #[test]
    fn long_keys_cost_more() {
        let usual = include_bytes!("testdata/rsa-sha256.der");
        let long = include_bytes!("testdata/rsa-sha384-4096.der");
        let curve = include_bytes!("testdata/p256-sha1.der");
        let [usual, long, curve] =
            [&usual[..], long, curve].map(|der| charge(&Certificate::read(der).unwrap()));
        assert_eq!((usual, long, curve), (USUAL_BITS, 4 * USUAL_BITS, USUAL_BITS));
    }
}

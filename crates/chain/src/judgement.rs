//! All that is wrong with a chain.

use wire::{Certificate, PublicKey};

use crate::constraints::{self, MAX_COMPARED};
use crate::flaw::{Flaw, Objection, Place, Weight};
use crate::path::{End, Graph, Path};
use crate::{Exchange, Notary, Purpose, Question, Signature};

/// What a verifier finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The path from the leaf up; of several, the one with the least to object to.
    pub path: Vec<Place>,
    /// What the signature of each certificate of the path says of the next: one fewer than those.
    pub signatures: Vec<Signature>,
    /// Where the path ends.
    pub end: End,
    /// All that is wrong, from the leaf up; what every verifier refuses and what nobody does.
    pub objections: Vec<Objection>,
}

impl Judgement {
    /// The objections of a weight.
    pub fn of_weight(&self, weight: Weight) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(move |objection| objection.flaw.weight() == weight)
    }

    /// The first objection that `wanted` accepts.
    #[must_use]
    pub fn find(&self, wanted: impl Fn(&Flaw) -> bool) -> Option<&Objection> {
        self.objections.iter().find(|objection| wanted(&objection.flaw))
    }

    /// Whether every signature of the path was verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.signatures.iter().all(|signature| *signature == Signature::Good)
    }
}

/// Judges a chain as it was sent, the leaf first; `None` where nothing was sent.
#[must_use]
pub fn judge(
    sent: &[Certificate<'_>],
    question: &Question<'_>,
    notary: &Notary,
) -> Option<Judgement> {
    let graph = Graph::new(sent, question.anchors, notary, question.moment);
    let paths = graph.paths();
    let judged = paths.iter().filter_map(|path| {
        let judgement = Judge { graph: &graph, path, question }.judgement()?;
        Some((cost(&judgement), judgement))
    });
    // Of equal ones the first: the likeliest way up.
    let (_, mut judgement) =
        judged.reduce(|best, next| if next.0 < best.0 { next } else { best })?;
    list(sent, &mut judgement);
    Some(judgement)
}

/// How far a path is from one that nobody objects to.
fn cost(judgement: &Judgement) -> u32 {
    let open = matches!(judgement.end, End::Open(_));
    judgement.objections.iter().fold(u32::from(open), |sum, objection| {
        sum + match objection.flaw.weight() {
            Weight::Every => 1_000,
            Weight::Distrust => 600,
            Weight::Some => 10,
            Weight::Strict => 1,
            Weight::None => 0,
        }
    })
}

/// One path and what is asked of it.
struct Judge<'j, 'w> {
    graph: &'j Graph<'w>,
    path: &'j Path,
    question: &'j Question<'j>,
}

impl<'j, 'w> Judge<'j, 'w> {
    fn judgement(&self) -> Option<Judgement> {
        let end = self.graph.end(self.path)?;
        let mut objections = Vec::new();
        for (depth, (place, certificate)) in self.steps().enumerate() {
            let mut found = Vec::new();
            self.own(certificate, place, &mut found);
            if depth == 0 {
                self.leaf(certificate, &mut found);
            } else {
                self.authority(certificate, depth, &mut found);
            }
            self.link(certificate, depth, &mut found);
            objections.extend(found.into_iter().map(|flaw| Objection { at: place, flaw }));
        }
        self.names(&mut objections);
        let trust = match end {
            End::Leaf => Some((Place::Sent(0), Flaw::SelfSigned)),
            End::Open(at) => Some((Place::Sent(at), Flaw::IssuerMissing)),
            End::Root(at) if self.question.anchors.is_some() => {
                Some((Place::Sent(at), Flaw::NotTrusted))
            }
            End::Root(_) | End::Anchor(_) => None,
        };
        objections.extend(trust.map(|(at, flaw)| Objection { at, flaw }));
        let path = self.steps().map(|(place, _)| place).collect();
        Some(Judgement { path, signatures: self.path.signatures.clone(), end, objections })
    }

    /// The certificates of the path, from the leaf up.
    fn steps(&self) -> impl Iterator<Item = (Place, &'j Certificate<'w>)> {
        let nodes = self.path.nodes.iter().filter_map(|at| self.graph.nodes.get(*at));
        nodes.map(|node| (node.place, &node.certificate))
    }

    /// What a certificate shows by itself.
    fn own(&self, it: &Certificate<'_>, place: Place, found: &mut Vec<Flaw>) {
        if it.not_after() < self.question.moment {
            found.push(Flaw::Expired(it.not_after()));
        }
        if it.not_before() > self.question.moment {
            found.push(Flaw::NotYetValid(it.not_before()));
        }
        if let PublicKey::Rsa(bits) | PublicKey::RsaPss(bits) | PublicKey::Dsa(bits) =
            it.public_key()
            && (1..2048).contains(&bits)
        {
            found.push(Flaw::ShortKey(bits));
        }
        // A root is trusted for itself: nobody looks at its signature and its extensions.
        if it.is_self_issued() || matches!(place, Place::Trusted(_)) {
            return;
        }
        let algorithm = it.signature_algorithm();
        if let (true, Some(hash)) = (algorithm.is_weak(), algorithm.hash) {
            found.push(Flaw::WeakHash(hash));
        }
        if !it.has_one_algorithm() {
            found.push(Flaw::AlgorithmsDiffer);
        }
        if it.version() != 3 {
            found.push(Flaw::Version(it.version()));
        }
        found.extend(
            it.unknown_critical().into_iter().take(MAX_CRITICAL).map(Flaw::UnknownCritical),
        );
        if it.authority_key_id().is_none() {
            found.push(Flaw::NoAuthorityKeyIdentifier);
        }
    }

    /// What is asked of a leaf alone.
    fn leaf(&self, it: &Certificate<'_>, found: &mut Vec<Flaw>) {
        let server = self.question.purpose == Purpose::Server;
        if it.extended_key_usage().is_some_and(|usage| {
            !usage.any && !(if server { usage.server_auth } else { usage.client_auth })
        }) {
            found.push(Flaw::WrongPurpose);
        }
        if let Some(usage) = it.key_usage() {
            match self.question.exchange {
                Exchange::Signs if !usage.digital_signature => found.push(Flaw::NoDigitalSignature),
                Exchange::Decrypts if !usage.key_encipherment => {
                    found.push(Flaw::NoKeyEncipherment);
                }
                _ => {}
            }
        }
        if server && it.alternative_names().is_empty() {
            found.push(Flaw::NoAlternativeName);
        }
        if let Some(host) = self.question.host {
            let nameless = it.alternative_names().is_empty() && it.common_name_matches_host(host);
            if !it.matches_host(host) && !nameless {
                found.push(Flaw::WrongName(host.to_owned()));
            }
        }
        if it.basic_constraints().is_some_and(|constraints| constraints.ca) {
            found.push(Flaw::AuthorityAsLeaf);
        }
        let days = it.not_after().seconds().saturating_sub(it.not_before().seconds()) / A_DAY;
        if server && days > LONGEST_LIFE {
            found.push(Flaw::LongLife(days));
        }
    }

    /// What is asked of a certificate that issued another.
    fn authority(&self, it: &Certificate<'_>, depth: usize, found: &mut Vec<Flaw>) {
        let root = it.is_self_issued();
        match it.basic_constraints() {
            Some(constraints) if constraints.ca => {
                // Certificates that an authority issues to itself do not count (RFC 5280, 6.1.4).
                let between = self.steps().take(depth).skip(1);
                let has = between.filter(|(_, below)| !below.is_self_issued()).count();
                if let Some(most) = constraints.path_length.filter(|most| (*most as usize) < has) {
                    found.push(Flaw::PathTooLong { most, has });
                }
                if !constraints.critical && !root {
                    found.push(Flaw::ConstraintsNotCritical);
                }
            }
            // Old roots have no extensions at all.
            None if root && it.version() < 3 => {}
            _ => found.push(Flaw::NotAnAuthority),
        }
        match it.key_usage() {
            Some(usage) if !usage.cert_sign => found.push(Flaw::MayNotSign),
            None if !root => found.push(Flaw::NoKeyUsage),
            _ => {}
        }
        if it.subject_key_id().is_none() && !root {
            found.push(Flaw::NoSubjectKeyIdentifier);
        }
        let server = self.question.purpose == Purpose::Server;
        if !root
            && it.extended_key_usage().is_some_and(|usage| {
                !usage.any && !(if server { usage.server_auth } else { usage.client_auth })
            })
        {
            found.push(Flaw::OtherAuthority);
        }
    }

    /// What is asked of a certificate and the next one.
    fn link(&self, it: &Certificate<'_>, depth: usize, found: &mut Vec<Flaw>) {
        match self.path.signatures.get(depth) {
            Some(Signature::Bad) => found.push(Flaw::BadSignature),
            Some(Signature::Unchecked) => found.push(Flaw::UncheckedSignature),
            Some(Signature::Good) | None => {}
        }
        if let Some((_, above)) = self.steps().nth(depth + 1)
            && !it.is_issued_by(above)
        {
            found.push(Flaw::OtherKeyNumber);
        }
    }

    /// Names against the constraints of all authorities above.
    fn names(&self, objections: &mut Vec<Objection>) {
        let mut left = MAX_COMPARED;
        for (depth, (by, authority)) in self.steps().enumerate().skip(1) {
            let Some(constraints) = authority.name_constraints() else { continue };
            for (below, step) in self.steps().take(depth).enumerate() {
                // Constraints do not bind what an authority issues to itself, but for the leaf.
                if below > 0 && step.1.is_self_issued() {
                    continue;
                }
                objections.extend(constraints::broken(step, (by, &constraints), &mut left));
            }
        }
    }
}

/// What is odd about the list as a whole.
fn list(sent: &[Certificate<'_>], judgement: &mut Judgement) {
    let on_path: Vec<usize> = judgement
        .path
        .iter()
        .filter_map(|place| match place {
            Place::Sent(at) => Some(*at),
            Place::Trusted(_) => None,
        })
        .collect();
    let disordered = on_path.windows(2).find_map(|pair| match pair {
        [below, above] if above < below => Some(*above),
        _ => None,
    });
    let mut add = |at, flaw| judgement.objections.push(Objection { at: Place::Sent(at), flaw });
    if let Some(at) = disordered {
        add(at, Flaw::OutOfOrder);
    }
    for at in 0..sent.len().min(crate::MAX_CERTIFICATES) {
        if !on_path.contains(&at) {
            add(at, Flaw::Unneeded);
        }
    }
}

/// Unknown critical extensions of one certificate that are named.
const MAX_CRITICAL: usize = 4;
/// Days that a server's certificate may be valid for at Apple's clients, whoever issued it.
const LONGEST_LIFE: i64 = 825;
const A_DAY: i64 = 86_400;

//! All that is wrong with a chain.

use std::collections::HashMap;

use wire::{Certificate, PublicKey, Time};

use crate::constraints::{self, MAX_COMPARED, Purse};
use crate::flaw::{Flaw, Objection, Place, Weight, cut};
use crate::path::{End, Graph, Node, Path};
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
    /// Where it ends among what was sent, whatever is trusted: never [`End::Anchor`].
    pub top: End,
    /// All that is wrong, from the leaf up; what every verifier refuses and what nobody does.
    pub objections: Vec<Objection>,
    /// The first and the last moment at which the same is found: between them no certificate begins
    /// or ends.
    pub holds: (Time, Time),
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
    judge_for(sent, question, notary, &mut Names::new(MAX_COMPARED))
}

fn judge_for(
    sent: &[Certificate<'_>],
    question: &Question<'_>,
    notary: &Notary,
    names: &mut Names,
) -> Option<Judgement> {
    let graph = Graph::new(sent, question.anchors, notary, question.moment);
    let paths = graph.paths();
    let judged = paths.iter().filter_map(|path| {
        let judgement = Judge { graph: &graph, path, question }.judgement(names)?;
        Some((cost(&judgement), judgement))
    });
    // Of equal ones the first: the likeliest way up.
    let (_, mut judgement) =
        judged.reduce(|best, next| if next.0 < best.0 { next } else { best })?;
    list(sent, &mut judgement);
    judgement.holds = holds(&graph, question.moment);
    Some(judgement)
}

/// From when to when a moment is as good as this one: of all certificates that may be in a path, none
/// begins or ends in between.
fn holds(graph: &Graph<'_>, moment: Time) -> (Time, Time) {
    let (mut first, mut last) = (Time(i64::MIN), Time(i64::MAX));
    for node in &graph.nodes {
        let ended = Time(node.certificate.not_after().0.saturating_add(1));
        for change in [node.certificate.not_before(), ended] {
            if change <= moment {
                first = first.max(change);
            } else {
                last = last.min(Time(change.0.saturating_sub(1)));
            }
        }
    }
    (first, last)
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

/// Names held against constraints, for all paths together: many of them lead through the same
/// certificates.
struct Names {
    purse: Purse,
    /// By the positions of the authority and of what stands below it.
    known: HashMap<(usize, usize), Option<Objection>>,
}

impl Names {
    fn new(bytes: usize) -> Self {
        Self { purse: Purse(bytes), known: HashMap::new() }
    }
}

/// One path and what is asked of it.
struct Judge<'j, 'w> {
    graph: &'j Graph<'w>,
    path: &'j Path,
    question: &'j Question<'j>,
}

impl<'j, 'w> Judge<'j, 'w> {
    fn judgement(&self, names: &mut Names) -> Option<Judgement> {
        let (end, top) = (self.graph.end(self.path)?, self.graph.top(self.path)?);
        let mut objections = Vec::new();
        for (depth, node) in self.nodes().enumerate() {
            let certificate = &node.certificate;
            let own = node.own.get_or_init(|| {
                let mut found = Vec::new();
                self.own(node, &mut found);
                // The leaf is the first node, and stands nowhere else.
                if depth == 0 {
                    self.leaf(certificate, &mut found);
                }
                found
            });
            let mut found = own.clone();
            if depth > 0 {
                self.authority(certificate, depth, &mut found);
            }
            self.link(certificate, depth, &mut found);
            objections.extend(found.into_iter().map(|flaw| Objection { at: node.place, flaw }));
        }
        self.names(names, &mut objections);
        let trust = match end {
            End::Leaf => Some((Place::Sent(0), Flaw::SelfSigned)),
            End::Open(at) => Some((Place::Sent(at), Flaw::IssuerMissing)),
            End::Root(at) if self.question.anchors.is_some() => {
                Some((Place::Sent(at), Flaw::NotTrusted))
            }
            End::Root(_) | End::Anchor(_) => None,
        };
        objections.extend(trust.map(|(at, flaw)| Objection { at, flaw }));
        let path = self.nodes().map(|node| node.place).collect();
        let signatures = self.path.signatures.clone();
        let holds = (self.question.moment, self.question.moment);
        Some(Judgement { path, signatures, end, top, objections, holds })
    }

    /// The certificates of the path, from the leaf up.
    fn nodes(&self) -> impl Iterator<Item = &'j Node<'w>> {
        self.path.nodes.iter().filter_map(|at| self.graph.nodes.get(*at))
    }

    /// What a certificate shows by itself.
    fn own(&self, node: &Node<'_>, found: &mut Vec<Flaw>) {
        let it = &node.certificate;
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
        if node.root || matches!(node.place, Place::Trusted(_)) {
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
            it.unknown_critical()
                .iter()
                .take(MAX_CRITICAL)
                .map(|oid| Flaw::UnknownCritical(cut(oid))),
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
                found.push(Flaw::WrongName(cut(host)));
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
                let between = self.nodes().take(depth).skip(1);
                let has = between.filter(|below| !below.certificate.is_self_issued()).count();
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
        if let Some(above) = self.nodes().nth(depth + 1)
            && !it.is_issued_by(&above.certificate)
        {
            found.push(Flaw::OtherKeyNumber);
        }
    }

    /// Names against the constraints of all authorities above.
    fn names(&self, names: &mut Names, objections: &mut Vec<Objection>) {
        let Names { purse, known } = names;
        for (depth, above) in self.path.nodes.iter().enumerate().skip(1) {
            let Some(authority) = self.graph.nodes.get(*above) else { continue };
            let Some(constraints) = authority.constraints() else { continue };
            for (step, at) in self.path.nodes.iter().take(depth).enumerate() {
                let Some(below) = self.graph.nodes.get(*at) else { continue };
                // Constraints do not bind what an authority issues to itself, but for the leaf.
                if step > 0 && below.certificate.is_self_issued() {
                    continue;
                }
                let found = known.entry((*above, *at)).or_insert_with(|| {
                    constraints::broken(below, (authority.place, constraints), purse)
                });
                objections.extend(found.clone());
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

#[cfg(test)]
mod tests;

//! Names held against the constraints of the authorities above them (RFC 5280, 4.2.1.10 and 6.1.4).

use wire::{AlternativeName, NameConstraints, Subtree};

use crate::flaw::{Flaw, Objection, Place, cut};
use crate::path::Node;

/// Bytes of names and constraints that are held against each other for one list. A certificate may
/// hold thousands of either, each as long as a message allows, and their product is what an attacker
/// would make large. A hundred host names below a hundred constraints take half of it.
pub(crate) const MAX_COMPARED: usize = 1 << 20;

/// What may still be compared.
pub(crate) struct Purse(pub(crate) usize);

impl Purse {
    /// Pays for holding a name against constraints; `false` where that is more than there is, and
    /// from then on for all others.
    fn pay(&mut self, name: &AlternativeName<'_>, constraints: &NameConstraints<'_>) -> bool {
        let sets = || constraints.permitted.iter().chain(&constraints.excluded);
        // Looking at the kind of a set is not free either.
        let cost = sets().fold(0_usize, |sum, set| {
            let bytes = if set.is_about(name) { name.size() + set.size() } else { 0 };
            sum.saturating_add(bytes + A_LOOK)
        });
        let rest = self.0.checked_sub(cost);
        self.0 = rest.unwrap_or(0);
        rest.is_some()
    }
}

/// What a comparison costs beside its bytes, in bytes.
const A_LOOK: usize = 8;

/// Whether a certificate below an authority bears a name that the authority may not issue for: the
/// first such name.
pub(crate) fn broken(
    below: &Node<'_>,
    (by, constraints): (Place, &NameConstraints<'_>),
    purse: &mut Purse,
) -> Option<Objection> {
    let place = below.place;
    for name in below.names() {
        if !purse.pay(name, constraints) {
            return Some(Objection { at: place, flaw: Flaw::UncheckedNames });
        }
        if let Some(within) = constraints.excluded.iter().find(|it| it.holds(name)) {
            let flaw = Flaw::Excluded { by, name: shown(name), within: cut(&within.to_string()) };
            return Some(Objection { at: place, flaw });
        }
        let mut about = constraints.permitted.iter().filter(|it| it.is_about(name)).peekable();
        if let Some(first) = about.peek().copied()
            && !about.any(|it| it.holds(name))
        {
            let only = only(first, constraints);
            return Some(Objection {
                at: place,
                flaw: Flaw::NotPermitted { by, name: shown(name), only },
            });
        }
    }
    None
}

/// What is permitted of a kind: the first, and how many more there are.
fn only(first: &Subtree<'_>, constraints: &NameConstraints<'_>) -> String {
    let kind = std::mem::discriminant(first);
    let all = constraints.permitted.iter().filter(|it| std::mem::discriminant(*it) == kind).count();
    let first = cut(&first.to_string());
    match all {
        0 | 1 => first,
        more => format!("{first} and {} more", more - 1),
    }
}

fn shown(name: &AlternativeName<'_>) -> String {
    match name {
        AlternativeName::Dns(name) | AlternativeName::Email(name) | AlternativeName::Uri(name) => {
            cut(name)
        }
        AlternativeName::Ip(address) => address.to_string(),
        AlternativeName::Directory(name) => cut(&name.text().unwrap_or_default()),
        AlternativeName::Other => "another kind of name".to_owned(),
    }
}

//! Names held against the constraints of the authorities above them (RFC 5280, 4.2.1.10 and 6.1.4).

use wire::{AlternativeName, Certificate, NameConstraints, Subtree};

use crate::flaw::{Flaw, Objection, Place};

/// Comparisons of a name with a constraint that are made for one path. A certificate may hold
/// thousands of either, and their product is what an attacker would make large.
pub(crate) const MAX_COMPARED: usize = 50_000;

/// Whether a certificate below an authority bears a name that the authority may not issue for: the
/// first such name. `left` is what remains of the comparisons.
pub(crate) fn broken(
    (place, certificate): (Place, &Certificate<'_>),
    (by, constraints): (Place, &NameConstraints<'_>),
    left: &mut usize,
) -> Option<Objection> {
    let mut names = certificate.alternative_names();
    let subject = certificate.subject();
    if !subject.is_empty() {
        names.push(AlternativeName::Directory(subject));
    }
    for name in &names {
        let cost = constraints.permitted.len() + constraints.excluded.len();
        let Some(rest) = left.checked_sub(cost) else {
            *left = 0;
            return Some(Objection { at: place, flaw: Flaw::UncheckedNames });
        };
        *left = rest;
        if let Some(within) = constraints.excluded.iter().find(|it| it.holds(name)) {
            let flaw = Flaw::Excluded { by, name: shown(name), within: within.to_string() };
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
    match all {
        0 | 1 => first.to_string(),
        more => format!("{first} and {} more", more - 1),
    }
}

fn shown(name: &AlternativeName<'_>) -> String {
    match name {
        AlternativeName::Dns(name) | AlternativeName::Email(name) | AlternativeName::Uri(name) => {
            (*name).to_owned()
        }
        AlternativeName::Ip(address) => address.to_string(),
        AlternativeName::Directory(name) => name.text().unwrap_or_default(),
        AlternativeName::Other => "another kind of name".to_owned(),
    }
}

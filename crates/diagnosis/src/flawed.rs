//! What is wrong with the certificates of a failure, all of it, as a list: what explains the failure
//! is a finding, and the rest may explain the next one.

use chain::{Place, Weight};
use trace::Side;

use crate::Case;
use crate::rules::short;

/// Something that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flawed {
    /// The side that showed it.
    pub side: Side,
    /// Its position in the list, the leaf is 0; `None` for one of the given anchors.
    pub position: Option<usize>,
    /// Whom it speaks of, in a few words.
    pub subject: String,
    /// The field of RFC 5280.
    pub field: &'static str,
    /// What is wrong, to follow the subject.
    pub what: String,
    /// Who refuses for it: `every`, `distrust`, `some`, `strict`, or `none`.
    pub who: &'static str,
}

/// Flaws of one failure that are listed.
const MAX_FLAWS: usize = 16;

/// The flaws of both sides' chains, as far as a rule asked about them.
pub(crate) fn flawed(case: &Case<'_>) -> Vec<Flawed> {
    let sides = [Side::Server, Side::Client].into_iter();
    let judged = sides.filter_map(|side| Some((side, case.judged(side)?)));
    let all = judged.flat_map(|(side, judged)| {
        judged.judgement.objections.iter().map(move |objection| (side, objection))
    });
    all.take(MAX_FLAWS)
        .map(|(side, objection)| {
            let position = match objection.at {
                Place::Sent(at) => Some(at),
                Place::Trusted(_) => None,
            };
            let shown =
                if side == Side::Server { case.server_chain() } else { case.client_chain() };
            let certificate = position.and_then(|at| shown.get(at));
            Flawed {
                side,
                position,
                subject: certificate.map_or_else(String::new, |it| short(&it.subject())),
                field: objection.flaw.field(),
                what: objection.flaw.to_string(),
                who: match objection.flaw.weight() {
                    Weight::Every => "every",
                    Weight::Distrust => "distrust",
                    Weight::Some => "some",
                    Weight::Strict => "strict",
                    Weight::None => "none",
                },
            }
        })
        .collect()
}

//! A case becomes causes, evidence and remedies.
//!
//! A [`Docket`] takes the sessions of a capture as they end, remembers what each server was seen to
//! accept ([`Contrast`]), keeps those that failed, and judges them when all has been heard.
//! Every rule looks at one [`Case`] and answers with a [`Finding`] or not at all; findings are
//! ranked certain, likely, possible. A finding without evidence does not exist, and each piece of
//! evidence names the frame in which it was seen.
//!
//! A cause is one file in `rules/` with one page beside it: the page is what `tlswhy CAUSE` prints
//! and where the remedies stand.
#![forbid(unsafe_code)]

mod accepted;
mod case;
mod cause;
mod contrast;
mod dialect;
mod difference;
mod docket;
mod field;
mod finding;
mod flawed;
mod glance;
pub mod join;
mod judgements;
mod offer;
mod probes;
mod recent;
mod recovery;
mod rules;
mod settings;
mod sightings;
mod sources;
mod success;
mod trust;

pub use case::Case;
pub use cause::{Cause, Fix};
pub use contrast::{Contrast, Server};
pub use dialect::{Defect, Guess, Stack};
pub use difference::{CONTROL, Difference};
pub use docket::{Docket, Judged};
pub use field::Field;
pub use finding::{Confidence, Evidence, Finding};
pub use flawed::Flawed;
pub use offer::Offer;
pub use recovery::{Recovery, Relief};
pub use rules::{CAUSES, cause, judge};
pub use settings::{Host, LABEL as SETTINGS};
pub use sightings::{dialect_of, is_of_certificate, pointed_at, sighted};
pub use sources::{Source, sources};
pub use trust::Trust;

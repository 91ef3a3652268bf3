//! What a verifier objects to in a chain of certificates.
//!
//! A verifier that refuses says one thing, and often the vaguest. [`judge`] walks the same way as
//! it does, from the leaf up by name, key number and signature, and collects *all* that is wrong,
//! each [`Objection`] with the certificate and the field of RFC 5280 that it is about. Who objects
//! to what is the [`Weight`] of the flaw: some are refused by every verifier, some by a few.
//!
//! Which roots somebody trusts is not written on the wire. Without [`Anchors`] a chain ends at a
//! root or is [open](End::Open), and nothing is said of trust.
//!
//! Signatures are verified as far as the algorithms are known here; what cannot be verified is said
//! to be [unchecked](Signature::Unchecked), never wrong. A list of certificates comes from a
//! stranger, so there are limits to how many of them are looked at and how many signatures are
//! verified; the constants stand where they are used.
#![forbid(unsafe_code)]

mod anchors;
mod constraints;
mod flaw;
mod handshake;
mod judgement;
mod path;
mod pem;
mod question;
mod signature;
mod stapled;

pub use anchors::Anchors;
pub use flaw::{Flaw, Objection, Place, Weight};
pub use handshake::{Transcript, Who};
pub use judgement::{Judgement, judge};
pub use path::{End, MAX_CERTIFICATES};
pub use question::{Exchange, Purpose, Question};
pub use signature::{Notary, Signature};
pub use stapled::is_about;

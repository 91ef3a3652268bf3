//! Several witnesses of one failure, and one account of it.
//!
//! A Windows event log says that an alert came, and not from whom; a capture shows both ends, and
//! knows nothing of processes; a program's log names the peer, and perhaps no alert. Each has a
//! clock of its own. What each input knows is kept as a [`Testimony`], as compact as it takes to
//! find the same failure elsewhere; [`join`] puts them together:
//!
//! 1. `scene` brings all to one point of view: what was received and what was sent, as seen from
//!    each address in a capture, or from either end of the connections of a log.
//!    What two inputs of one machine tell both, as an export and its log do, is told once (`twice`).
//! 2. `clock` finds how far two clocks are apart, and from which address a capture looks the way
//!    the machine tells it, by votes; chance is ruled out by a rule that it states.
//! 3. `matching` looks for each failure with that difference. One party fits: found. Several
//!    fit: all are named and none is chosen. None fits: it says why.
//! 4. `single` takes one line without a time for the one failure of a capture.
//! 5. `nearby` asks the other logs of the same machine which process and which certificate it was.
//!
//! All of it is a function of what was told: no order of inputs changes an answer. It takes a time
//! that grows with the failures and their logarithm, whatever they are.

mod alone;
mod answer;
mod clock;
mod joined;
mod lanes;
mod matching;
mod nearby;
mod party;
mod scene;
mod single;
mod testimony;
#[cfg(test)]
mod tests;
mod twice;
mod votes;

pub use answer::{
    Answer, Company, Contact, Found, JudgedCertificate, Means, Missing, Nearby, Share, Sight,
    Verdict,
};

pub use joined::{Comparison, Echo, Joined, Offset, join};
pub use party::Party;
pub use testimony::{Testimony, Witness};
pub use twice::Repeat;

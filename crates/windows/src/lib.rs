//! What Windows itself writes down about TLS.
//!
//! An administrator of Windows has the event log: as a file, or as one of the many forms into which
//! people export it. Every form becomes the same [`Record`]: a provider, a number, and fields with
//! names; texts in the language of the machine, and the order of fields, are no ground to stand on.
#![forbid(unsafe_code)]

mod capi2;
mod events;
mod evtx;
mod network;
mod record;
mod schannel;
mod told;

pub use events::Events;
pub use evtx::{Counts, Evtx, Problem};
pub use record::{Field, Place, Record, Value};
pub use schannel::suspects;
pub use told::{Chain, Connection, Credential, Handshake, Told};

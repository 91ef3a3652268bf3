//! A line of a log becomes a sighting of a TLS failure.
//!
//! Most people have no capture, they have a line. This crate knows what TLS libraries, and the
//! programs around them, write when a connection fails, and says what a line tells: which alert,
//! who sent it, who the other side was, and when.
#![forbid(unsafe_code)]

mod anchors;
mod beside;
mod container;
mod decode;
mod event;
mod form;
mod hole;
mod line;
mod matcher;
mod open;
mod packed;
mod peer;
mod reader;
mod sighting;
mod spelling;
mod stack;
mod stamp;

pub use container::json;
pub use decode::{Decoder, Encoding};
pub use event::iis_refusal;
pub use peer::Peer;
pub use reader::{More, Reader, is_timed};
pub use sighting::{Certificate, Event, FAULTS, Process, Sighting, Sure, Suspect, Voice};
pub use spelling::{
    AlertSet, Dialect, Refusal, Spelled, constants, meanings, schannel_event, schannel_state,
    spelled, spellings,
};
pub use stack::Stack;
pub use stamp::{Stamp, stamp};

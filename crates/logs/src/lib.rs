//! A line of a log becomes a sighting of a TLS failure.
//!
//! Most people have no capture, they have a line. This crate knows what TLS libraries, and the
//! programs around them, write when a connection fails, and says what a line tells: which alert,
//! who sent it, who the other side was, and when.
#![forbid(unsafe_code)]

mod sighting;
mod stamp;

pub use sighting::{Sure, Suspect, Voice};
pub use stamp::{Stamp, stamp};

//! The TLS alert protocol, complete: every code with its rules by version, the two bytes on the
//! wire, and the end of a connection.
//!
//! An alert is what one side of a TLS connection says about the other before it leaves. This crate
//! knows what each of the 37 registered codes means, in which versions it exists, at which level it
//! must be sent, by whom and when; it takes alerts out of records ([`Decoder`]); and it tells a
//! connection that was closed from one that was cut off ([`Closure`]). It needs neither `std` nor
//! an allocator nor another crate, and no input makes it panic.
//!
//! ```
//! use tls_alert::{Alert, Level, LevelVerdict, Message, Status, Version};
//!
//! let message = Message::decode(&[2, 48])?;
//! assert_eq!(message.to_string(), "fatal 48 unknown_ca");
//! assert_eq!(message.alert, Alert::UNKNOWN_CA);
//! assert_eq!(
//!     format!("The client {}.", message.alert.says()),
//!     "The client found no trusted authority behind the certificate."
//! );
//!
//! assert_eq!(Alert::UNKNOWN_CA.status(Version::Ssl30), Status::Undefined);
//! assert_eq!(
//!     Alert::UNKNOWN_CA.level_verdict(Level::Warning, Version::Tls12),
//!     LevelVerdict::Forbidden
//! );
//!
//! assert_eq!(Alert::from_name("Unknown CA"), Some(Alert::UNKNOWN_CA));
//! assert_eq!(Alert(99).to_string(), "99 (unassigned)");
//! # Ok::<(), tls_alert::Misframed>(())
//! ```
//!
//! Adding an alert is one entry in `src/alert.rs`; the tests hold it against the committed copy of
//! the registry.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod alert;
mod closure;
mod level;
mod message;
mod side;
mod stage;
mod unregistered;
mod version;

pub use alert::{Alert, Assignment, Reference, Status};
pub use closure::{Closure, Verdict, Violation};
pub use level::{Level, LevelRule, LevelVerdict};
pub use message::{Decoder, Message, Messages, Misframed};
pub use side::{Senders, Side};
pub use stage::Stage;
pub use version::Version;

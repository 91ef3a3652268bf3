//! What Windows itself writes down about TLS.
//!
//! An administrator of Windows has the event log: as a file, or as one of the many forms into which
//! people export it. Every form becomes the same [`Record`]: a provider, a number, and fields with
//! names; texts in the language of the machine, and the order of fields, are no ground to stand on.
#![forbid(unsafe_code)]

mod access;
mod capi2;
mod events;
mod evtx;
mod export;
mod http;
mod manifest;
mod neighbour;
mod network;
mod record;
mod registry;
mod schannel;
mod settings;
mod told;

pub use capi2::PROVIDER as CAPI2;
pub use events::{Events, suspects};
pub use evtx::{Counts, Evtx, Problem};
pub use export::{Exports, Form, quoted};
pub use neighbour::{Neighbour, neighbour, nps_reason};
pub use record::{Field, Place, Record, Value};
pub use registry::{Data, Entry, Fault, Key, Registry, RegistryReader, hive};
pub use settings::{
    Algorithm, AlgorithmKind, Answer, Mistake, Offer, Order, Protocol, Setting, Settings, Source,
    Standing, State, Suite, Switch, SwitchKind, Windows,
};
pub use told::{Chain, Connection, Credential, Handshake, Told};

//! Any bytes in, an answer out.
//!
//! [`Intake`] reads one input, which may be several files, and gives back an [`Input`]; a [`Report`] puts inputs together, groups
//! what failed by cause, server and refusing side, and is shown as [text](screen), as
//! [JSON](json_lines) or as bare [alerts](alert_lines). [`explain`] answers for a code, a name or a
//! cause without any input.
//!
//! ```no_run
//! # let file: &[u8] = &[];
//! use std::ops::ControlFlow;
//! use tlswhy_report::{Detail, Intake, Look, Options, Report, screen};
//!
//! let mut watch = |_progress| ControlFlow::Continue(());
//! let input = Intake::new("edge.pcapng", Options::default()).whole(file, &mut watch);
//! let report = Report::new(vec![input]);
//! let text = screen(&report, &Detail::default(), &Look::default());
//! let exit = report.exit();
//! # let _ = (text, exit);
//! ```
#![forbid(unsafe_code)]

mod access;
mod causes;
mod early;
mod events;
mod explain;
mod failure;
mod filter;
mod glance;
mod group;
mod hours;
mod input;
mod intake;
mod joined;
mod json;
mod keys;
mod ladder;
mod log;
mod near;
mod number;
mod paint;
mod parts;
mod report;
mod sentence;
mod settings;
mod sniff;
mod text;
mod timeline;
mod trust;
mod unpack;
mod wanted;
mod window;

pub use causes::{causes, stack, stacks};
pub use chain::Anchors;
pub use early::{News, Pause, Tell};
pub use events::EventLog;
pub use explain::{Explanation, explain, is_known, phrase, question};
pub use failure::{Ending, Failure, Severity};
pub use filter::Filter;
pub use glance::Glance;
pub use group::{Group, Peers, Place, Sample};
pub use hours::Hours;
pub use input::{Counts, Input, Problem, Sent};
pub use intake::{Intake, Options, Progress, Watch};
pub use joined::Clocks;
pub use json::{alert_lines, early_failure_line, json_lines, sighting_line};
pub use keys::{Keys, key_log_trouble};
pub use log::{Log, LogGroup, Recorded, Sighted, looks_like_log};
pub use near::nearest;
pub use paint::Look;
pub use parts::Part;
pub use report::Report;
pub use sentence::{sentence, sighted_sentence};
pub use settings::Machine;
pub use sniff::Kind;
pub use text::{Detail, early_line, message_screen, screen, sighted_line};
pub use timeline::Timeline;
pub use unpack::{Broken, Gauge, NotUnpacked, Unpack};
pub use wire::{KeyLog, Time};

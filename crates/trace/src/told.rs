//! Where conversations go once they are told.

use std::collections::VecDeque;

use wire::{KeyLog, Time};

use crate::session::Session;
use crate::tally::Tally;

/// The place for sessions, what is counted of them, and what is known to all.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    /// The latest time of the capture so far.
    pub(crate) now: Time,
    /// The secrets at hand.
    pub(crate) keys: &'a KeyLog,
    /// How often secrets were added.
    pub(crate) keys_added: u32,
    /// What is counted.
    pub(crate) tally: &'a mut Tally,
    /// The sessions.
    pub(crate) done: &'a mut VecDeque<Box<Session>>,
}

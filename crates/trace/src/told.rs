//! Where conversations go that are not over TCP, once they are told.

use std::collections::VecDeque;

use wire::{KeyLog, Time};

use crate::session::Session;

/// The place for sessions, what is counted of them, and what is known to all.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    /// The latest time of the capture so far.
    pub(crate) now: Time,
    /// The secrets at hand.
    pub(crate) keys: &'a KeyLog,
    /// Conversations that were begun.
    pub(crate) begun: &'a mut u64,
    /// Conversations told before their end, because too many were open.
    pub(crate) evicted: &'a mut u64,
    /// The sessions.
    pub(crate) done: &'a mut VecDeque<Box<Session>>,
}

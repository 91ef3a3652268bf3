//! A capture that was written into several files, one after the other: `tcpdump -C` and `-G`,
//! dumpcap's ring, Wireshark's file sets.
//!
//! All of them go through one tracer, so that a conversation which begins in one file and fails in
//! the next is one conversation. Frames are numbered on from file to file while they are read;
//! whoever shows one asks [`Input::locate`] for the file and for the number that it has there.

use std::ops::ControlFlow;

use wire::{Packets, Time};

use crate::input::Input;
use crate::intake::{Intake, Watch};
use crate::{NotUnpacked, Unpack};

/// One of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name it was given by.
    pub name: String,
    /// Frames of the files in front of it.
    pub frames: u64,
}

impl Input {
    /// The file that holds a frame, where there are several, and the frame's number in its file.
    #[must_use]
    pub fn locate(&self, frame: u64) -> (Option<&str>, u64) {
        let behind = self.parts.partition_point(|part| part.frames < frame);
        match behind.checked_sub(1).and_then(|last| self.parts.get(last)) {
            Some(part) => (Some(&part.name), frame - part.frames),
            None => (None, frame),
        }
    }
}

impl Intake<'_> {
    /// Reads the next file of a capture that was written into several, from which somebody has taken
    /// the packing off. What cannot be read of it is told, and the next one may follow. `Break` when
    /// nothing more is to be read.
    pub fn part(
        &mut self,
        name: impl Into<String>,
        inside: Result<Unpack<'_>, NotUnpacked>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        self.begin(name.into());
        let (kind, packed) = (self.input.kind, self.input.packed.clone());
        self.opened(inside, |intake, unpacked, taken| {
            if intake.wanted() {
                intake.windows(unpacked, taken, watch);
            }
            intake.before.taken += taken.get();
        });
        // The first file stands for all.
        if kind.is_capture() {
            self.input.kind = kind;
            self.input.packed = packed;
        }
        if self.input.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Takes note of a file of the capture that could not even be opened: `what` says why.
    pub fn lost(&mut self, name: impl Into<String>, what: impl Into<String>) {
        self.begin(name.into());
        self.input.problem(0, what.into(), true);
    }

    /// The latest time of a packet so far.
    #[must_use]
    pub fn until(&self) -> Option<Time> {
        self.input.last
    }

    /// Says that the last file has been read.
    #[must_use]
    pub fn end(self) -> Input {
        self.finish()
    }

    /// Begins a file: its interfaces and its numbers are its own.
    fn begin(&mut self, name: String) {
        self.packets = Packets::new();
        self.before.frames = self.frame;
        self.before.size = self.input.size;
        self.input.parts.push(Part { name, frames: self.frame });
    }
}

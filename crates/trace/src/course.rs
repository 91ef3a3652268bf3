//! Where a story becomes a session.

use crate::carrier::Carrier;
use crate::endpoint::Endpoint;
use crate::outcome::Outcome;
use crate::session::{Session, Transport};
use crate::story::Story;
use crate::stream::{Mark, Stream};

/// What a session has beside its story: who spoke, from when to when, and how the bytes travelled.
#[derive(Debug)]
pub(crate) struct Course {
    /// Position among the conversations of the capture.
    pub(crate) number: u64,
    /// Both ends, the one taken for the client first.
    pub(crate) ends: [Endpoint; 2],
    /// What each of them sent.
    pub(crate) streams: [Stream; 2],
    /// The first frame.
    pub(crate) started: Mark,
    /// The last frame.
    pub(crate) last: Mark,
    /// How the bytes travelled.
    pub(crate) transport: Transport,
}

impl Course {
    /// Puts the story in. What carries the TLS and how it ended is read from the session afterwards.
    pub(crate) fn session(mut self, mut story: Story) -> Box<Session> {
        story.finish();
        for (stream, records) in self.streams.iter_mut().zip(story.application) {
            stream.application_records = records;
        }
        if story.swapped {
            story.swap();
            self.streams.reverse();
            self.ends.reverse();
        }
        let ([client, server], [from_client, from_server]) = (self.ends, self.streams);
        Box::new(Session {
            number: self.number,
            client,
            server,
            roles: story.roles,
            started: self.started.time,
            ended: self.last.time,
            first_frame: self.started.frame,
            last_frame: self.last.frame,
            transport: self.transport,
            carrier: Carrier::Bare,
            access: None,
            opened: story.opened(),
            events: story.events,
            outcome: Outcome::Truncated,
            from_client,
            from_server,
            oddities: story.oddities,
            dropped: story.dropped,
        })
    }
}

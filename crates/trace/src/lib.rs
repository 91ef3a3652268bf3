//! Packets become the story of one TLS handshake.
//!
//! A [`Tracer`] takes packets in the order of the capture and gives back a [`Session`] for every
//! conversation that has ended, over TCP or in DTLS: who spoke, what each side said and in which frame, and how it
//! ended. It never fails: what cannot be read is an [`Oddity`] in the story, and what the capture
//! lost is a named gap. Application data inside a known record is stepped over by arithmetic and
//! never touched, so a capture costs what its handshakes cost.
//!
//! Inside, data flows one way: `connections` finds the conversation, `reassembly` puts each direction
//! in order, `carrier` says whether the bytes are TLS, `records` cuts them, `story` remembers;
//! `datagrams` finds the conversations over UDP, which `dtls` reads.
#![forbid(unsafe_code)]

mod access;
mod authentications;
mod carrier;
mod chains;
mod close;
mod connections;
mod course;
mod datagrams;
mod dtls;
mod eap;
mod ending;
mod endpoint;
mod flow;
mod half_open;
mod hidden;
mod key;
mod left_out;
mod lines;
mod oddity;
mod opening;
mod openvpn;
mod outcome;
mod quic;
mod reassembly;
mod records;
mod session;
mod step;
mod story;
mod stream;
mod table;
mod tally;
mod told;
mod tracer;

pub use access::{Access, Nak, Unanswered, Verdict};
pub use alert::Side;
pub use carrier::{
    AmqpHeader, Answer, Carrier, Denial, Denied, LdapResult, Request, SocksReply, SocksRequest,
    SocksTarget,
};
pub use close::{Close, VersionNegotiation};
pub use endpoint::{Endpoint, Host, Mac};
pub use hidden::Sizes;
pub use left_out::LeftOut;
pub use oddity::Oddity;
pub use outcome::Outcome;
pub use session::{Event, Message, Roles, Seen, Session, Transport};
pub use step::Step;
pub use stream::{Mark, Refused, Stream, Teardown};
pub use tally::{Evicted, Tally};
pub use tracer::Tracer;

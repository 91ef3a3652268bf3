//! The table of all targets: each in a file of its own, with what it asserts and its seeds.

use crate::Target;

mod anchors;
mod capture;
mod carrier;
mod certificate;
mod chain;
mod connection;
mod dtls;
mod eap;
mod events;
mod evtx;
mod exports;
mod filter;
mod fragments;
mod frame;
mod handshake;
mod hive;
mod keylog;
mod line;
mod log;
mod packed;
mod question;
mod quic;
mod record;
mod reg;
mod report;
mod together;
mod tunnel;

/// A target with its rounds in the short run.
macro_rules! target {
    ($name:ident, $rounds:expr) => {
        Target { name: stringify!($name), run: $name::run, seeds: $name::seeds, rounds: $rounds }
    };
}

/// Every target, from the wire to the screen.
pub const TARGETS: &[Target] = &[
    target!(frame, 1000),
    target!(tunnel, 1000),
    target!(fragments, 1000),
    target!(record, 1000),
    target!(handshake, 1000),
    target!(certificate, 1000),
    target!(chain, 1000),
    target!(anchors, 1000),
    target!(carrier, 1000),
    target!(quic, 1000),
    target!(dtls, 1000),
    target!(eap, 1000),
    target!(keylog, 1000),
    target!(connection, 1000),
    target!(capture, 1000),
    target!(line, 1000),
    target!(log, 1000),
    target!(packed, 1000),
    target!(evtx, 1000),
    target!(events, 1000),
    target!(exports, 1000),
    target!(hive, 1000),
    target!(reg, 1000),
    target!(question, 1000),
    target!(filter, 1000),
    target!(report, 1000),
    target!(together, 1000),
];

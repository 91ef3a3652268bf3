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
    target!(frame, 50_000),
    target!(tunnel, 50_000),
    target!(fragments, 50_000),
    target!(record, 30_000),
    target!(handshake, 30_000),
    target!(certificate, 50_000),
    target!(chain, 20_000),
    target!(anchors, 30_000),
    target!(carrier, 30_000),
    target!(quic, 20_000),
    target!(dtls, 15_000),
    target!(eap, 20_000),
    target!(keylog, 20_000),
    target!(connection, 2000),
    target!(capture, 20_000),
    target!(line, 5000),
    target!(log, 2000),
    target!(packed, 8000),
    target!(evtx, 15_000),
    target!(events, 50_000),
    target!(exports, 20_000),
    target!(hive, 15_000),
    target!(reg, 30_000),
    target!(question, 500),
    target!(filter, 3000),
    target!(report, 1500),
    target!(together, 700),
];

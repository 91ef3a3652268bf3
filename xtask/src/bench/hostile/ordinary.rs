//! What a hostile input is measured by: an ordinary one of its kind.

use std::io::{self, Write};

use anyhow::Result;

use super::frames::{Frames, recorded};
use super::out::Out;
use super::packing::{gzip, xz, zstd};
use super::{Hostile, Input, Kind, windows};
use crate::bench::input::{evtx, log};

/// The ordinary input of a kind.
pub(super) fn of(kind: Kind) -> Hostile {
    let input = match kind {
        Kind::Capture => Input::Pipe(capture),
        Kind::Text => Input::Pipe(text),
        Kind::Failures => Input::Pipe(super::text::ordinary_failures),
        Kind::Events => Input::Pipe(events),
        Kind::Registry => Input::Pipe(windows::ordinary_registry),
        Kind::Hive => Input::Pipe(windows::ordinary_hive),
        Kind::Gzip => Input::Pipe(gzipped),
        Kind::Zstd => Input::Pipe(zstd_packed),
        Kind::Xz => Input::Pipe(xz_packed),
        Kind::KeyLog => Input::Folder(super::captures::ordinary_key_log),
        Kind::Files => Input::Folder(super::door::ordinary_folder),
    };
    Hostile {
        name: "ordinary",
        what: "an ordinary input",
        kind,
        input,
        memory: u64::MAX,
        times: f64::MAX,
        code: 0,
        says: &[],
    }
}

/// Ten thousand connections, one of three failing, each between hosts of its own.
fn capture(out: &mut Out<'_>) -> io::Result<()> {
    connections(out, 10_000)
}

fn connections(out: &mut Out<'_>, count: u32) -> io::Result<()> {
    let flows: Result<Vec<_>> = CASES.iter().map(|case| recorded(case)).collect();
    let flows = flows.map_err(io::Error::other)?;
    let mut frames = Frames::new(out)?;
    for (number, flow) in (1..=count).zip(flows.iter().cycle()) {
        frames.recorded(&flow.legs, number)?;
    }
    Ok(())
}

/// Handshakes that went well and such that failed.
const CASES: &[&str] = &[
    "established/openssl-tls12-nginx",
    "established/curl-tls13-apache",
    "untrusted-root/openssl-tls12-openssl",
];

fn text(out: &mut Out<'_>) -> io::Result<()> {
    let place = std::env::temp_dir().join("tlswhy-bench").join("ordinary.log");
    let log = log::make(40_000_000, place).map_err(io::Error::other)?;
    let bytes = std::fs::read(log.path)?;
    out.units = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    out.write_all(&bytes)
}

fn events(out: &mut Out<'_>) -> io::Result<()> {
    let place = std::env::temp_dir().join("tlswhy-bench").join("ordinary.evtx");
    let log = evtx::make(60_000_000, place).map_err(io::Error::other)?;
    let bytes = std::fs::read(log.path)?;
    out.units = bytes.len() as u64 >> 16;
    out.write_all(&bytes)
}

/// The bytes of a smaller capture.
fn small() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut out = Out::new(&mut bytes, false);
    connections(&mut out, 3_000)?;
    out.push()?;
    Ok(bytes)
}

fn gzipped(out: &mut Out<'_>) -> io::Result<()> {
    let bytes = small()?;
    out.units = bytes.len() as u64;
    out.write_all(&gzip(&bytes)?)
}

fn zstd_packed(out: &mut Out<'_>) -> io::Result<()> {
    let bytes = small()?;
    out.units = bytes.len() as u64;
    out.write_all(&zstd(&bytes))
}

fn xz_packed(out: &mut Out<'_>) -> io::Result<()> {
    let bytes = small()?;
    out.units = bytes.len() as u64;
    out.write_all(&xz(&bytes)?)
}

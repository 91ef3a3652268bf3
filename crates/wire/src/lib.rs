//! Under construction.
#![forbid(unsafe_code)]

mod malformed;
mod reader;

pub use malformed::Malformed;
pub use reader::Reader;

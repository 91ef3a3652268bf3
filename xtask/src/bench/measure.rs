//! placeholder
use anyhow::Result;
pub(crate) fn child(_: &[&str]) -> Result<()> {
    Ok(())
}

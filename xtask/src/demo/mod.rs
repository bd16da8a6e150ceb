//! `cargo xtask demo`: a believable e-commerce platform in a running portal.

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub(crate) struct Options {}

/// # Errors
/// Always, until the generator is there.
pub(crate) fn run(_options: &Options) -> Result<()> {
    bail!("there is no demo yet")
}

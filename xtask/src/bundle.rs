//! `cargo xtask bundle`: the part of the portal that runs in the browser.

use anyhow::{Result, bail};

#[derive(Default, clap::Args)]
pub(crate) struct Options {}

/// # Errors
/// Always, until the frontend has islands to build.
pub(crate) fn run(_options: &Options) -> Result<()> {
    bail!("there is no browser bundle yet")
}

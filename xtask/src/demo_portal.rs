//! `cargo xtask demo`: a believable e-commerce platform in a running portal.

use crate::generate;
use anyhow::Result;
use std::path::PathBuf;
use xtask::demo::Scale;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    data: PathBuf,
}

/// # Errors
/// The data folder cannot be filled.
pub(crate) fn run(options: &Options) -> Result<()> {
    let file = options.data.join("metastore.db");
    let written = generate::write(&file, Scale::default())?;
    println!("{}: {} tables, {} partitions", file.display(), written.tables, written.partitions);
    Ok(())
}

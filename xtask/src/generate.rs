//! `cargo xtask generate-metastore`: the demo's company at any size, for benches and experiments.

use anyhow::{Context, Result};
use reeve_demo::{self as demo, Scale};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Tables and views
    #[arg(long, default_value_t = Scale::default().tables)]
    tables: u64,
    /// Columns of each table; without it as many as a table of its sort has
    #[arg(long)]
    columns: Option<usize>,
    /// Partitions of all tables together
    #[arg(long, default_value_t = Scale::default().partitions)]
    partitions: u64,
    /// Another seed makes another company of the same size
    #[arg(long, default_value_t = Scale::default().seed)]
    seed: u64,
    /// The SQLite file to write
    #[arg(long, value_name = "FILE", default_value = "target/metastore.db")]
    out: PathBuf,
}

/// # Errors
/// The file cannot be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Options { seed, tables, columns, partitions, .. } = *options;
    let scale = Scale { seed, tables, columns, partitions, ..Scale::default() };
    let written = write(&options.out, scale)?;
    println!(
        "{}: {} databases, {} tables and views, {} columns, {} partitions",
        options.out.display(),
        written.databases,
        written.tables,
        written.columns,
        written.partitions
    );
    Ok(())
}

/// Writes a metastore and says how far it is every hundred thousand tables.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(file: &std::path::Path, scale: Scale) -> Result<demo::Written> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("cannot start the async runtime")?;
    runtime.block_on(demo::write(file, scale, |written| {
        if written.tables.is_multiple_of(100_000) {
            println!("{} tables, {} partitions", written.tables, written.partitions);
        }
    }))
}

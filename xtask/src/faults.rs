//! `cargo xtask faults`: the long form of the test that disturbs crawl after crawl.

use crate::shell::{self, cargo, step};
use crate::{packages, peers};
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Crawls that something goes wrong in, on each database
    #[arg(long, default_value_t = 200)]
    crawls: u32,
    /// The same seed makes the same faults
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// # Errors
/// When a crawl took something for deleted that was there, or called itself complete without it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let _clear_away = shell::ClearAway::at_the_end()?;
    let postgres = match std::env::var(peers::POSTGRES) {
        Ok(url) => url,
        Err(_) => {
            packages::install_for_tests()?;
            step("PostgreSQL", peers::postgres)?
        }
    };
    let mut test = cargo("test");
    // All of the workspace, so that nothing is built another time than by `cargo xtask test`.
    test.args(["--workspace", "--test", "it", "faults::", "--", "--nocapture"]).env(peers::POSTGRES, postgres);
    test.env("REEVE_FAULTS_CRAWLS", options.crawls.to_string()).env("REEVE_FAULTS_SEED", options.seed.to_string());
    step(&format!("{} disturbed crawls on each database", options.crawls), || shell::run(&mut test))
}

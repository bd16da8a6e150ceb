use crate::app::App;
use crate::config::Config;
use clap::{Args, Subcommand};
use indicatif::HumanCount;
use std::process::ExitCode;
use std::time::Instant;

/// Look after the search index
#[derive(Debug, Args)]
pub(super) struct Index {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the index anew from the database, beside the live one, and swap it in
    Rebuild,
    /// Say how large the index is and how far behind the database
    Status,
}

impl Index {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let app = App::open(config).await?;
        match self.command {
            Command::Rebuild => {
                let begun = Instant::now();
                let documents = crate::indexer::rebuild(&app).await?;
                let seconds = begun.elapsed().as_secs_f64();
                say!(
                    "{} assets indexed in {seconds:.1} s ({} a second)",
                    HumanCount(documents),
                    HumanCount(
                        (f64::from(u32::try_from(documents).unwrap_or(u32::MAX)) / seconds.max(0.001)).round() as u64
                    ),
                );
            }
            Command::Status => {
                let mut tx = app.db.read().await?;
                let newest = crate::catalog::changes::last_seq(&mut tx).await?;
                match app.index.ready() {
                    None => say!("no index: run `reeve index rebuild`"),
                    Some(index) => {
                        let behind = newest - index.last_seq();
                        say!(
                            "{} assets, {} changes behind",
                            HumanCount(index.documents()),
                            HumanCount(behind.unsigned_abs())
                        );
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

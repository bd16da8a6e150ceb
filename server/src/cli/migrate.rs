use crate::config::Config;
use crate::db;
use clap::Args;
use std::process::ExitCode;

/// Bring the database to this version's tables
///
/// Makes the database where there is none, and does nothing where it is up to date.
#[derive(Debug, Args)]
pub(super) struct Migrate {}

impl Migrate {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let db = db::open(&config).await?;
        let pending = db::pending_migrations(&db).await?;
        db::run_migrations(&db).await?;
        match pending {
            0 => say!("{} database: up to date", db.kind()),
            n => say!("{} database: {n} migration{} applied", db.kind(), if n == 1 { "" } else { "s" }),
        }
        db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

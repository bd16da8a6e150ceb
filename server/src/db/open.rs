use super::Db;
use crate::config::{Config, Secret};
use anyhow::{Context, bail};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

/// How many readers SQLite serves at once, and how many connections PostgreSQL is asked for.
const CONNECTIONS: u32 = 8;

/// Rows that may wait between SQLite's thread and the reader: with few, the two wake each other at every row.
const ROWS_WAITING: usize = 1_024;

/// Opens the configured database without changing it; see [`super::run_migrations`].
///
/// # Errors
/// When the folder or file cannot be made, or the server cannot be reached: with its address, without its password.
pub async fn open(config: &Config) -> anyhow::Result<Db> {
    match &config.database.url {
        None => sqlite(&config.data_dir().join("reeve.db")).await,
        Some(url) if url.starts_with("sqlite:") => {
            sqlite(Path::new(url.trim_start_matches("sqlite:").trim_start_matches("//"))).await
        }
        Some(url) if url.starts_with("postgres:") || url.starts_with("postgresql:") => {
            postgres(url, config.database.password()?).await
        }
        Some(url) => {
            bail!("[database] url: {} is neither postgres://user@host/name nor sqlite:///path", Secret::mask_url(url))
        }
    }
}

async fn sqlite(path: &Path) -> anyhow::Result<Db> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What the user was told is saved is on disk: fsync at every commit.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        // 16 MiB a connection; the operating system's cache does the rest.
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "MEMORY")
        .row_buffer_size(ROWS_WAITING);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .connect_with(options.clone())
        .await
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    let read = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options.create_if_missing(false).read_only(true))
        .await
        .with_context(|| format!("cannot open the database {} for reading", path.display()))?;
    Ok(Db::Sqlite { read, write })
}

async fn postgres(url: &str, password: Option<Secret>) -> anyhow::Result<Db> {
    let mut options: PgConnectOptions =
        url.parse().with_context(|| format!("[database] url: cannot read {}", Secret::mask_url(url)))?;
    if let Some(password) = password {
        options = options.password(password.expose());
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options)
        .await
        .with_context(|| format!("cannot connect to {}", Secret::mask_url(url)))?;
    Ok(Db::Postgres(pool))
}

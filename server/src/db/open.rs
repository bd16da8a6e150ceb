use super::Db;
use crate::config::{Config, Secret};
use anyhow::{Context, anyhow, bail};
use reeve_model::SecretUrl;
use sqlx::Connection;
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
    let Some(url) = &config.database.url else { return sqlite(&config.data_dir().join("reeve.db")).await };
    match url.expose() {
        text if text.starts_with("sqlite:") => {
            sqlite(Path::new(text.trim_start_matches("sqlite:").trim_start_matches("//"))).await
        }
        text if text.starts_with("postgres:") || text.starts_with("postgresql:") => {
            postgres(url, config.database.password()?).await
        }
        _ => bail!("[database] url: {url} is neither postgres://user@host/name nor sqlite:///path"),
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
        // On a full disk SQLite ends a transaction by itself; the connection does not know, and would begin no other.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
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

/// What sqlx understands behind the `?`; it logs the value of anything else, which may be a password.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

async fn postgres(url: &SecretUrl, password: Option<Secret>) -> anyhow::Result<Db> {
    let query = url.expose().split_once('?').map(|(_, query)| query).unwrap_or_default();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if !(PARAMETERS.contains(&name.as_ref()) || name.starts_with("options[")) {
            let known = PARAMETERS.join(", ");
            bail!("[database] url: {url}: unknown parameter `{}`; known are {known}", url.clean(&name));
        }
    }
    // The errors of others may repeat what they could not read.
    let wrong = |what: &str, error: sqlx::Error| anyhow!("{what} {url}: {}", url.clean(&error.to_string()));
    let mut options: PgConnectOptions =
        url.expose().parse().map_err(|error| wrong("[database] url: cannot read", error))?;
    // A process that was cut off in the middle of a transaction must not keep its locks until TCP gives up, hours later.
    options = options.options([("idle_in_transaction_session_timeout", "60s")]);
    if let Some(password) = password {
        options = options.password(password.expose());
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options)
        .await
        .map_err(|error| wrong("cannot connect to", error))?;
    Ok(Db::Postgres(pool))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::on;

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_costs_the_next_one_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = sqlite(&folder.path().join("reeve.db")).await.expect("a database");
        let mut tx = db.write().await.expect("a transaction");
        // As SQLite does when the disk is full.
        let ended = on!(&mut tx, c => sqlx::raw_sql("ROLLBACK").execute(c).await.map(drop));
        ended.expect("there is one to end");
        drop(tx);
        let next = db.write().await.expect("another transaction");
        next.commit().await.expect("it ends well");
    }
}

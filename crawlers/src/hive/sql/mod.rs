//! Direct SQL on the metastore's own database, read-only: here SQLite with Hive's own schema.
//!
//! One connection reads everything in one transaction, so that all of it is from one moment.

#[macro_use]
mod words;

mod crawl;
mod identity;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod value;

use crate::{Crawler, Health, Identity, Landmark, Missing, Run, SourceError};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;

/// Hive's own schema for SQLite, as far as it is read here: creates an empty metastore database.
pub const SQLITE_SCHEMA: &str = include_str!("schema.sqlite.sql");

/// Rows that may wait between SQLite's thread and the crawl. Each is a whole table, and may be a large one.
const ROWS_WAITING: usize = 16;

/// A metastore's own database.
pub(super) struct SqlMetastore {
    options: SqliteConnectOptions,
    address: String,
    timeout: Duration,
}

impl SqlMetastore {
    /// # Errors
    /// Says what is wrong with the URL.
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, String> {
        let address = super::without_password(url);
        if !url.starts_with("sqlite:") {
            return Err(format!("database: {address}: only SQLite can be read so far, as sqlite:///path/metastore.db"));
        }
        let options = SqliteConnectOptions::from_str(url).map_err(|error| format!("database: {address}: {error}"))?;
        let options = options.read_only(true).busy_timeout(timeout).row_buffer_size(ROWS_WAITING);
        Ok(Self { options, address, timeout })
    }

    async fn connect(&self) -> Result<SqliteConnection, SourceError> {
        let unreachable = |reason: String| SourceError::Unreachable { address: self.address.clone(), reason };
        match tokio::time::timeout(self.timeout, self.options.connect()).await {
            Ok(connected) => connected.map_err(|error| unreachable(error.to_string())),
            Err(_) => Err(unreachable(format!("no connection within {} s", self.timeout.as_secs()))),
        }
    }

    /// Turns what a query answered into what the crawl reports.
    fn read<T>(&self, what: &str, result: sqlx::Result<T>) -> Result<T, SourceError> {
        result.map_err(|error| {
            let (address, call) = (self.address.clone(), what.to_owned());
            match error {
                sqlx::Error::Database(error) => SourceError::Refused { address, call, reason: error.to_string() },
                other => SourceError::Unreadable { address, call, reason: other.to_string() },
            }
        })
    }
}

#[async_trait::async_trait]
impl Crawler for SqlMetastore {
    async fn check(&self) -> Result<Health, SourceError> {
        let mut connection = self.connect().await?;
        let version = self.read("VERSION", read::version(&mut connection).await)?;
        let databases = self.read("DBS", read::databases(&mut connection).await)?;
        let summary = match databases.len() {
            1 => "1 database".to_owned(),
            count => format!("{count} databases"),
        };
        Ok(Health { version: version.and_then(|(version, _)| version), summary, clock_skew_ms: None })
    }

    async fn identify(&self, known: &[Landmark]) -> Result<Identity, SourceError> {
        let mut connection = self.connect().await?;
        self.read("who the metastore is", identity::identity(&mut connection, known).await)
    }

    async fn crawl(&self, run: &Run) -> Result<(), SourceError> {
        crawl::crawl(self, run).await
    }

    async fn still_there(&self, missing: &Missing) -> Result<Vec<String>, SourceError> {
        let mut connection = self.connect().await?;
        let found = identity::still_there(&mut connection, missing).await;
        self.read("looking up what is missing", found)
    }
}

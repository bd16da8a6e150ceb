//! What Reeve knows: sources, databases, tables, partitions and their history.
//!
//! All of it reads; `ingest` is the only way in.

pub mod changes;
pub mod crawls;
pub mod databases;
pub(crate) mod hidden;
pub mod history;
pub mod overview;
pub mod partitions;
pub mod removals;
pub mod sources;
pub mod tables;

use crate::lease::LeaseError;
use chrono::{DateTime, Utc};

/// Why the catalog could not answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// A row that this version cannot read; names the place.
    #[error("{table} {id}: column {column}: {reason}")]
    BadRow { table: &'static str, column: &'static str, id: i64, reason: String },
    #[error("the cursor `{0}` is not one this list gave out: ask for the first page again")]
    BadCursor(String),
    /// Another worker has the job by now.
    #[error(transparent)]
    Lease(#[from] LeaseError),
}

pub type Result<T> = std::result::Result<T, CatalogError>;

/// Reads a JSON column, naming table, column and id where it is broken.
pub(crate) fn json<'a, T: serde::Deserialize<'a>>(
    table: &'static str,
    column: &'static str,
    id: i64,
    text: &'a str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|error| CatalogError::BadRow { table, column, id, reason: error.to_string() })
}

/// A word of ours that this version does not know.
pub(crate) fn bad_word(table: &'static str, column: &'static str, id: i64, word: &str) -> CatalogError {
    CatalogError::BadRow { table, column, id, reason: format!("`{word}` is not known") }
}

/// Writes a JSON column. Serialising our own plain structs cannot fail.
pub(crate) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("plain data serialises: {error}"))
}

pub(crate) fn seconds(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

fn from_seconds(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    seconds.and_then(|s| DateTime::from_timestamp(s, 0))
}

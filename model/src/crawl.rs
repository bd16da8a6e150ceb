//! Crawls and what they found, counted so that "41,032 of 41,032" can be shown and believed.

use crate::CrawlId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use strum::{EnumString, IntoStaticStr, VariantArray};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CrawlState {
    Queued,
    Running,
    /// Everything the source listed was harvested.
    Complete,
    /// It ended, but some listing or object failed: nothing absent there was taken for deleted.
    Partial,
    /// The source could not be read at all.
    Failed,
    /// The process that ran it went away.
    Interrupted,
    Cancelled,
}

impl CrawlState {
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Objects counted during a crawl. Databases, tables and views are objects; partitions are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// How many tables and views the source said there are.
    pub listed: i64,
    /// How many of those were read.
    pub harvested: i64,
    pub added: i64,
    pub changed: i64,
    pub failed: i64,
    /// Listed, and dropped before they could be read.
    #[serde(default)]
    pub gone: i64,
    /// In the catalog, with something that could not be taken as it came.
    #[serde(default)]
    pub remarked: i64,
    /// Confirmed gone and tombstoned.
    pub deleted: i64,
    /// Missing from the listing but kept, because a guard held them back.
    pub held_back: i64,
    pub partitions_listed: i64,
    pub partitions_harvested: i64,
    pub partitions_changed: i64,
    pub partitions_deleted: i64,
}

/// One run over one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Crawl {
    pub id: CrawlId,
    pub source: String,
    /// `hive` or `people`; of a source of people its records are counted as tables are.
    pub source_kind: String,
    pub state: CrawlState,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub elapsed_ms: i64,
    #[serde(flatten)]
    pub counts: Counts,
    pub databases_listed: i64,
    pub databases_done: i64,
    /// Why it failed or was held back; empty when there is nothing to say.
    pub notes: Vec<Note>,
}

/// What one crawl found in one database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CrawlDatabase {
    pub name: String,
    /// The source's listing of this database arrived whole.
    pub complete: bool,
    pub elapsed_ms: i64,
    #[serde(flatten)]
    pub counts: Counts,
}

/// What could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailedPart {
    /// The names of a database's tables, or of all databases.
    Listing,
    /// A table or view.
    Object,
    /// The partitions of a table.
    Partitions,
}

/// One object that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CrawlFailure {
    /// `None` where the listing of databases itself failed.
    pub database: Option<String>,
    /// The table, `None` where the database's own listing failed.
    pub object: Option<String>,
    pub part: FailedPart,
    /// In the words of the source, or of what read it.
    pub reason: String,
}

/// What a crawl says of how it ended. Pages have words of their own for it; those of `Display` are for logs, the
/// command line and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    #[error("{address}: cannot connect: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{address}: no answer to {call} within {seconds} s")]
    Timeout { address: String, call: String, seconds: u64 },
    /// The source answered with an error of its own.
    #[error("{address}: {call}: {reason}")]
    Refused { address: String, call: String, reason: String },
    /// The answer broke the protocol.
    #[error("{address}: {call}: unreadable answer: {reason}")]
    Unreadable { address: String, call: String, reason: String },
    /// Missing from the listing, and there when asked for.
    #[error("{}: {count} missing from the listing are there when asked for ({}); kept", listing(*of, place), names.join(", "))]
    StillThere { of: Listing, place: String, count: u64, names: Vec<String> },
    /// More objects are missing than may go without somebody having looked, so all of them were kept until he does.
    #[error(
        "{}{missing} of {total} objects are missing, and {allowed} may go without asking: all kept until an operator decides",
        prefix(place)
    )]
    HeldBack { cause: RemovalCause, place: String, missing: i64, total: i64, allowed: i64 },
    /// Another source answers at this address than before: nothing was taken from it.
    #[error("another source answers at this address ({detail}): nothing was changed until an operator decides")]
    AnotherSource { detail: String },
    #[error("{}: cannot confirm that {count} are gone: {reason}; kept", listing(*of, place))]
    Unconfirmed { of: Listing, place: String, count: u64, reason: String },
    /// The process that ran the crawl ended before it.
    #[error("worker {worker} went away")]
    WorkerGone { worker: String },
    /// More was noted than is kept one by one.
    #[error("and {count} more notes")]
    More { count: u64 },
    /// Reeve itself could not go on.
    #[error("{reason}")]
    Broken { reason: String },
}

impl Note {
    /// With what a source said cut to a length that can be kept and shown.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        match &mut self {
            Self::Unreachable { reason, .. }
            | Self::Refused { reason, .. }
            | Self::Unreadable { reason, .. }
            | Self::Unconfirmed { reason, .. }
            | Self::Broken { reason } => {
                if let Cow::Owned(cut) = shortened(reason) {
                    *reason = cut;
                }
            }
            Self::Timeout { .. }
            | Self::StillThere { .. }
            | Self::HeldBack { .. }
            | Self::AnotherSource { .. }
            | Self::WorkerGone { .. }
            | Self::More { .. } => {}
        }
        self
    }
}

/// The first 2,000 letters of an error: a source's can be a stack trace of megabytes.
pub fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(2_000) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

fn prefix(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

/// Why something is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RemovalCause {
    /// Too large a share of a database's objects, or of the source's.
    TooManyMissing,
    /// A whole database, with more in it than goes unnoticed: it was dropped, or the right to see it was.
    DatabaseMissing,
    /// Nearly all partitions of a table.
    PartitionsMissing,
    /// Another source than before answers at the address, or it is asked something else.
    AnotherSource,
    /// Too large a share of a source's people: nothing of the listing was taken in.
    PeopleMissing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RemovalState {
    Pending,
    /// It really went: the next crawl looks each up once more and tombstones it.
    Accepted,
    /// It is kept.
    Refused,
    /// It came back before anybody decided.
    Moot,
}

/// What a crawl held back, for an operator to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Removal {
    pub id: i64,
    pub source: String,
    /// The crawl that last asked.
    pub crawl_id: CrawlId,
    pub cause: RemovalCause,
    /// A database or `db.table`; empty for the source as a whole.
    pub place: String,
    /// Objects (tables, views, databases and partitions) missing, of how many, and how many might have gone unasked.
    pub missing: i64,
    pub total: i64,
    pub allowed: i64,
    /// How another source differs.
    pub detail: Option<String>,
    /// The first hundred of what is missing: `db`, `db.table` or `db.table/partition`.
    pub names: Vec<String>,
    pub state: RemovalState,
    pub asked_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    /// What the operator said of it.
    pub reason: Option<String>,
}

/// What a listing names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Of the source.
    Databases,
    /// Of a database.
    Tables,
    /// Of a table.
    Partitions,
}

fn listing(of: Listing, place: &str) -> String {
    match of {
        Listing::Databases => "databases".to_owned(),
        Listing::Tables => format!("{place}: tables"),
        Listing::Partitions => format!("{place}: partitions"),
    }
}

/// A crawl with its databases and failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CrawlDetail {
    #[serde(flatten)]
    pub crawl: Crawl,
    pub databases: Vec<CrawlDatabase>,
    pub failures: Vec<CrawlFailure>,
}

/// A source as configured, with its last crawls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceStatus {
    pub name: String,
    /// `hive` or `people`
    pub kind: String,
    /// Where it is read from, without secrets: `thrift://127.0.0.1:9083`.
    pub address: String,
    /// Seconds between scheduled crawls; `None` when it runs only on request.
    pub every_seconds: Option<i64>,
    pub next_run_at: Option<DateTime<Utc>>,
    /// The crawl that is under way, or else the newest.
    pub latest: Option<Crawl>,
    /// When a crawl last ended complete: how fresh the metadata is.
    pub complete_at: Option<DateTime<Utc>>,
    pub databases: i64,
    /// Tables and views; of a source of people its records.
    pub tables: i64,
    /// Run times of the newest 20 ended crawls in milliseconds, oldest first.
    pub run_times_ms: Vec<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_reasons_are_cut_between_letters() {
        let note = Note::Broken { reason: "말".repeat(5_000) }.shortened();
        assert_eq!(note, Note::Broken { reason: format!("{}…", "말".repeat(2_000)) });
        assert_eq!(shortened("short"), "short");
    }
}

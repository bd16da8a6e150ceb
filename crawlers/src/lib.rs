//! Crawlers: one module per source. They read other systems and say what they saw; what that means for
//! the catalog is decided elsewhere. A crawler never writes to its source.

pub mod hive;
pub mod ldap;
mod observation;
pub mod people;
mod run;
mod secret;
pub mod tls;

pub use observation::*;
pub use reeve_model::crawl::FailedPart;
pub use run::*;
pub use secret::Secret;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reeve_model::crawl::Note;
use std::collections::BTreeMap;

/// A source that can be read.
#[async_trait]
pub trait Crawler: Send + Sync {
    /// Answers quickly whether the source can be reached and what it is: for `reeve doctor`.
    async fn check(&self) -> Result<Health, SourceError>;

    /// Asks the source who it is, before anything is read from it: what it says of itself, and which of the tables known
    /// from before it has, with the create time and location it has for each.
    async fn identify(&self, known: &[Landmark]) -> Result<Identity, SourceError>;

    /// Reads the whole source and emits what it sees. Objects that cannot be read are emitted as
    /// [`Observation::Failed`] and the crawl goes on; an `Err` means that it could not go on at all.
    async fn crawl(&self, run: &Run) -> Result<(), SourceError>;

    /// Of the objects that a listing did not name, those that are there all the same when asked for
    /// directly. An `Err` means that nobody knows, and then nothing may be taken for deleted.
    async fn still_there(&self, missing: &Missing) -> Result<Vec<String>, SourceError>;
}

/// Objects that a complete listing did not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    Databases { names: Vec<String> },
    Tables { database: String, names: Vec<String> },
    Partitions { database: String, table: String, names: Vec<String> },
}

/// A table that is old enough to be known by: the same name with another create time is another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landmark {
    pub database: String,
    pub table: String,
    pub created_at: Option<DateTime<Utc>>,
    pub location: Option<String>,
}

/// Who a source is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// What the metastore calls its own database (`get_metastore_db_uuid`, the `guid` in `METASTORE_DB_PROPERTIES`), from Hive 3 on.
    pub uuid: Option<String>,
    /// Settings that two installations seldom share: `hive.metastore.warehouse.dir`.
    pub settings: BTreeMap<String, String>,
    /// Of the landmarks asked for, those that are there.
    pub landmarks: Vec<Landmark>,
}

/// What a source says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The version as the server names it: `2.3.9`.
    pub version: Option<String>,
    /// What was found, in a few words: `14 databases`.
    pub summary: String,
    /// The source's clock minus ours in milliseconds, where the source tells the time.
    pub clock_skew_ms: Option<i64>,
}

/// Why a source could not be read. The text says what was asked of which address.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
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
    #[error("cancelled")]
    Cancelled,
}

impl SourceError {
    /// What the crawl says of it; `None` where the crawl was ended on purpose.
    pub fn note(self) -> Option<Note> {
        Some(match self {
            Self::Unreachable { address, reason } => Note::Unreachable { address, reason },
            Self::Timeout { address, call, seconds } => Note::Timeout { address, call, seconds },
            Self::Refused { address, call, reason } => Note::Refused { address, call, reason },
            Self::Unreadable { address, call, reason } => Note::Unreadable { address, call, reason },
            Self::Cancelled => return None,
        })
    }
}

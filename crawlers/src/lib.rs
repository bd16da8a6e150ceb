//! Crawlers: one module per source. They read other systems and say what they saw; what that means for
//! the catalog is decided elsewhere. A crawler never writes to its source.

pub mod hive;
mod observation;
mod run;

pub use observation::*;
pub use reeve_model::crawl::FailedPart;
pub use run::*;

use async_trait::async_trait;
use reeve_model::crawl::Note;

/// A source that can be read.
#[async_trait]
pub trait Crawler: Send + Sync {
    /// Answers quickly whether the source can be reached and what it is: for `reeve doctor`.
    async fn check(&self) -> Result<Health, SourceError>;

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

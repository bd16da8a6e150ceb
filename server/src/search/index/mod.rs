//! What lies on disk and in memory: documents, fields, segments, versions, and the writers of them. It knows no queries.

pub(crate) mod doc;
pub(crate) mod facets;
mod folder;
mod live;
pub(crate) mod schema;
pub(crate) mod segment;
pub(crate) mod snapshot;
mod writer;

pub(super) use live::Live;
pub use writer::{IndexWriter, Rebuild};

use reeve_model::Word;
use reeve_model::asset::AssetKind;
use std::path::Path;
use tantivy::TantivyError;

/// Why the index could not do what was asked. None of these loses anything: the index can be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another process is writing the search index; there can be only one (a running `reeve serve` writes it)")]
    LockBusy,
    #[error("the search index was rebuilt meanwhile; open it again and repeat what came after its last sequence")]
    Superseded,
    #[error("{path}: {source}")]
    Io {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("search index: {0}; `reeve index rebuild` makes it new")]
    Index(#[from] TantivyError),
    #[error("search index: {0}; `reeve index rebuild` makes it new")]
    Damaged(String),
    /// Columns are searched within their tables.
    #[error("a {} is no document of the search index", .0.as_str())]
    NoDocument(AssetKind),
}

impl Error {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}

/// Why an index must be built before one can search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebuildReason {
    #[error("there is no search index yet")]
    Missing,
    #[error("the search index is of another version ({found}) of Reeve")]
    OldSchema { found: String },
    #[error("the search index is damaged: {0}")]
    Damaged(String),
}

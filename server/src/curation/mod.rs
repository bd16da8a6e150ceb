//! What people say of databases, tables and columns, beside what their sources say.
//!
//! It lives in tables of its own, by asset and by the column's name, and is joined when it is read: a crawl neither
//! reads nor writes it, but for the suggestions of personal data that the rules make of what it found.

pub mod bulk;
pub mod carry;
pub mod edit;
pub mod may;
pub mod personal;
pub mod proposals;
pub mod read;
pub mod suggest;
pub mod tags;

use crate::catalog::CatalogError;
use reeve_model::problem::CurationRefusal;

/// Why something could not be said.
#[derive(Debug, thiserror::Error)]
pub enum CurationError {
    #[error("refused: {0:?}")]
    Refused(CurationRefusal),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

pub type Result<T> = std::result::Result<T, CurationError>;

impl From<sqlx::Error> for CurationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

impl From<CurationRefusal> for CurationError {
    fn from(refusal: CurationRefusal) -> Self {
        Self::Refused(refusal)
    }
}

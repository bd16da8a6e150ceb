//! Requests, and what is agreed by them. Nothing but `apply.rs` writes a request's state: the rules are
//! `reeve_model::request`, and what they rest on is read in the transaction in which somebody decides.

mod apply;
mod directory;
mod effects;
mod facts;
pub mod holds;
pub mod list;
mod past;
pub mod rules;
mod store;
mod tick;
pub mod view;

pub use apply::{Decision, Made, decide, draft, happened};
pub use facts::facts;
pub use store::{find, history};
pub use tick::tick_due;

use crate::catalog::CatalogError;
use reeve_model::problem::GovernanceRefusal;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum GovernanceError {
    #[error("refused: {0:?}")]
    Refused(GovernanceRefusal),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// What an approval asked for cannot be done.
    #[error("{0}")]
    Effect(String),
}

impl From<sqlx::Error> for GovernanceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

impl From<GovernanceRefusal> for GovernanceError {
    fn from(refusal: GovernanceRefusal) -> Self {
        Self::Refused(refusal)
    }
}

pub type Result<T> = std::result::Result<T, GovernanceError>;

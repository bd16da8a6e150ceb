//! Rows of the log that are vouched for. Kept outside, one shows that everything up to it is as it was; inside, what is
//! before it may be dropped.

use crate::db::{Tx, on};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Checkpoint {
    pub seq: i64,
    pub hash: String,
    /// UTC, RFC 3339.
    pub at: String,
    /// Public Ed25519 key, hexadecimal; the first of a log is not signed.
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub signature: Option<String>,
    /// Since when nothing up to it is kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_at: Option<String>,
}

/// All that are kept in the database, in their order.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx) -> sqlx::Result<Vec<Checkpoint>> {
    on!(tx, c => sqlx::query_as(
        "SELECT seq, hash, at, key, signature, dropped_at FROM audit_checkpoint ORDER BY seq",
    ).fetch_all(c).await)
}

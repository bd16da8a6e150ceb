//! What somebody wants to hear of: an asset, or what a search finds.

use crate::catalog::Result;
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched<'a> {
    Asset(AssetId),
    /// The part of a search's address after `?`.
    Search(&'a str),
}

/// A watch as a row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Watch {
    pub id: i64,
    pub asset_id: Option<AssetId>,
    pub query: Option<String>,
    /// `db`, `db.table` or what the search looks for, as it was called then.
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// How many things one person may watch: each is looked at for his home page.
pub const MOST: i64 = 500;

/// Watches something, or does not any more.
///
/// # Errors
/// When the database does not answer.
pub async fn set(
    tx: &mut WriteTx,
    person: AssetId,
    watched: Watched<'_>,
    name: &str,
    on: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let (asset, query) = match watched {
        Watched::Asset(asset) => (Some(asset), None),
        Watched::Search(query) => (None, Some(query)),
    };
    if on {
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO watch (person_id, asset_id, query, name, created_at)
             SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM watch WHERE person_id = $1) < $6
             ON CONFLICT DO NOTHING",
        ).bind(person).bind(asset).bind(query).bind(name).bind(now).bind(MOST).execute(c).await.map(drop))?;
    } else {
        on!(&mut *tx, c => sqlx::query("DELETE FROM watch WHERE person_id = $1 AND (asset_id = $2 OR query = $3)")
            .bind(person).bind(asset).bind(query).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn is_watched(tx: &mut Tx, person: AssetId, asset: AssetId) -> Result<bool> {
    let count: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM watch WHERE person_id = $1 AND asset_id = $2")
        .bind(person).bind(asset).fetch_one(c).await)?;
    Ok(count > 0)
}

/// What a person watches, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, person: AssetId) -> Result<Vec<Watch>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, asset_id, query, name, created_at FROM watch WHERE person_id = $1 ORDER BY id DESC LIMIT $2",
    ).bind(person).bind(MOST).fetch_all(c).await)?)
}

//! Legal holds: nothing of what they are placed on may go, whatever else is agreed.

use super::Result;
use crate::audit::{Act, Object, Origin};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, NaiveDate, Utc};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};

/// A hold as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Held {
    pub id: i64,
    pub asset_id: AssetId,
    /// `db` or `db.table`.
    pub name: String,
    pub source: String,
    pub database: String,
    pub table_name: Option<String>,
    pub reason: String,
    pub placed_by: String,
    pub placed_at: DateTime<Utc>,
    pub until_day: Option<NaiveDate>,
    pub lifted_by: Option<String>,
    pub lifted_at: Option<DateTime<Utc>>,
    pub lift_reason: Option<String>,
}

/// Those in force on a table: its own and its database's. `today`: by the company's calendar.
///
/// # Errors
/// When the database does not answer.
pub async fn on_asset(tx: &mut Tx, asset: AssetId, today: NaiveDate) -> Result<Vec<i64>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM legal_hold
         WHERE lifted_at IS NULL AND (until_day IS NULL OR until_day >= $2)
             AND asset_id IN ($1, (SELECT database_id FROM catalog_table WHERE id = $1)) ORDER BY id",
    ).bind(asset).bind(today).fetch_all(c).await)?)
}

/// All of them, those in force first. `asset`: of this one and its database alone.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, asset: Option<AssetId>, limit: i64) -> Result<Vec<Held>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT h.id, h.asset_id, CASE WHEN t.id IS NULL THEN d.name ELSE d.name || '.' || t.name END AS name,
             s.name AS source, d.name AS database, t.name AS table_name, h.reason, p.login AS placed_by, h.placed_at,
             h.until_day, l.login AS lifted_by, h.lifted_at, h.lift_reason
         FROM legal_hold h LEFT JOIN catalog_table t ON t.id = h.asset_id
         JOIN catalog_database d ON d.id = coalesce(t.database_id, h.asset_id) JOIN source s ON s.id = d.source_id
         JOIN person p ON p.id = h.placed_by LEFT JOIN person l ON l.id = h.lifted_by
         WHERE $1 IS NULL OR h.asset_id IN ($1, (SELECT database_id FROM catalog_table WHERE id = $1))
         ORDER BY h.lifted_at IS NOT NULL, h.id DESC LIMIT $2",
    ).bind(asset).bind(limit).fetch_all(c).await)?)
}

/// Places one. `by`: who may is asked before.
///
/// # Errors
/// When the database does not answer.
pub async fn place(
    tx: &mut WriteTx,
    origin: &Origin,
    by: AssetId,
    (asset, name): (AssetId, &str),
    (reason, until): (&str, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<i64> {
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO legal_hold (asset_id, reason, placed_by, placed_at, until_day) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    ).bind(asset).bind(reason).bind(by).bind(now).bind(until).fetch_one(c).await)?;
    let act = Act::new(origin, now, Event::HoldPlaced, Object::new(ObjectKind::Hold, id, name));
    tx.record(
        act.change(None::<&str>, Some(until.map_or_else(|| "until lifted".to_owned(), |until| until.to_string())))
            .because(reason),
    );
    tx.touch(asset);
    Ok(id)
}

/// Lifts one that is in force. Answers whether it was.
///
/// # Errors
/// When the database does not answer.
pub async fn lift(
    tx: &mut WriteTx,
    origin: &Origin,
    by: AssetId,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row: Option<(AssetId, String)> = on!(&mut *tx, c => sqlx::query_as(
        "UPDATE legal_hold SET lifted_by = $2, lifted_at = $3, lift_reason = $4 WHERE id = $1 AND lifted_at IS NULL
         RETURNING asset_id, reason",
    ).bind(id).bind(by).bind(now).bind(reason).fetch_optional(c).await)?;
    let Some((asset, placed)) = row else { return Ok(false) };
    let act = Act::new(origin, now, Event::HoldLifted, Object::new(ObjectKind::Hold, id, asset));
    tx.record(act.change(Some(placed), None::<&str>).because(reason));
    tx.touch(asset);
    Ok(true)
}

//! Rows written in bulk: one statement takes a JSON array, so a batch costs one round trip on either database.

use super::diff::Entry;
use crate::catalog::{Result, to_json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use serde_json::{Value, json};

/// History to be written: which asset, and what happened to it.
pub(super) struct HistoryRow<'a> {
    pub(super) asset_kind: &'a str,
    pub(super) asset_id: i64,
    pub(super) entry: &'a Entry,
}

pub(super) async fn history(tx: &mut Tx, crawl_id: i64, at: DateTime<Utc>, rows: &[HistoryRow<'_>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let entry = row.entry;
            json!([row.asset_kind, row.asset_id, entry.kind.as_str(), entry.field, entry.old, entry.new])
        })
        .collect();
    let sql = format!(
        "INSERT INTO history (asset_kind, asset_id, at, crawl_id, kind, field, old_value, new_value)
         SELECT value->>0, CAST(value->>1 AS BIGINT), $1, $2, value->>2, value->>3, value->>4, value->>5 FROM {}",
        tx.json_rows(3)
    );
    let rows = to_json(&rows);
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(at).bind(crawl_id).bind(rows).execute(c).await.map(drop))?;
    Ok(())
}

/// Tells the index that these assets are to be looked at again.
pub(super) async fn changed(tx: &mut Tx, assets: &[(&str, i64)]) -> Result<()> {
    if assets.is_empty() {
        return Ok(());
    }
    if let Tx::Postgres(pg) = tx {
        // Sequence numbers must appear in the order of commits, or a reader of the log would step over a
        // number that is given out but not yet visible. SQLite has one writer anyway.
        sqlx::query("LOCK TABLE change_log IN EXCLUSIVE MODE").execute(&mut **pg).await?;
    }
    let sql = format!(
        "INSERT INTO change_log (asset_kind, asset_id) SELECT value->>0, CAST(value->>1 AS BIGINT) FROM {}",
        tx.json_rows(1)
    );
    let rows = to_json(&assets);
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(rows).execute(c).await.map(drop))?;
    Ok(())
}

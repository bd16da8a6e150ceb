//! The catalog in a few numbers.

use super::{Result, history};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::page::AssetChange;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Overview {
    pub databases: i64,
    pub tables: i64,
    pub views: i64,
    /// Bytes before replication, as far as the sources' statistics tell.
    pub size_bytes: i64,
}

/// What is in the catalog, as of the end of each database's last crawl.
pub async fn counts(tx: &mut Tx) -> Result<Overview> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT count(*) AS databases, CAST(coalesce(sum(table_count), 0) AS BIGINT) AS tables,
                CAST(coalesce(sum(view_count), 0) AS BIGINT) AS views,
                CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS size_bytes
         FROM catalog_database WHERE deleted_at IS NULL",
    ).fetch_one(c).await)?)
}

/// When a crawl last ended complete; of several sources the one that lags most. `None` before the first.
pub async fn fresh_as_of(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let newest: Vec<DateTime<Utc>> = on!(tx, c => sqlx::query_scalar(
        "SELECT max(finished_at) FROM crawl WHERE state = 'complete' GROUP BY source_id",
    ).fetch_all(c).await)?;
    Ok(newest.into_iter().min())
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    source: String,
    database: String,
    table_name: Option<String>,
    #[sqlx(flatten)]
    change: history::Row,
}

/// What happened last in the whole catalog, newest first.
pub async fn newest_changes(tx: &mut Tx, limit: i64) -> Result<Vec<AssetChange>> {
    let rows: Vec<ChangeRow> = on!(tx, c => sqlx::query_as(
        "SELECT s.name AS source, coalesce(d.name, td.name) AS database, t.name AS table_name, h.id, h.at, h.kind, h.field,
                h.old_value, h.new_value, h.crawl_id
         FROM (SELECT * FROM history ORDER BY id DESC LIMIT $1) h
         LEFT JOIN catalog_table t ON h.asset_kind = 'table' AND t.id = h.asset_id
         LEFT JOIN catalog_database td ON td.id = t.database_id
         LEFT JOIN catalog_database d ON h.asset_kind = 'database' AND d.id = h.asset_id
         JOIN source s ON s.id = coalesce(d.source_id, td.source_id)
         WHERE coalesce(d.name, td.name) IS NOT NULL ORDER BY h.id DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            Ok(AssetChange {
                source: row.source,
                ambiguous: false,
                database: row.database,
                table: row.table_name,
                change: row.change.change()?,
            })
        })
        .collect()
}

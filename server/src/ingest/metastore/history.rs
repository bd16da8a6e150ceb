//! History written in bulk: one statement takes a JSON array, so a batch costs one round trip on either database.

use super::diff::Entry;
use crate::catalog::{Result, to_json};
use crate::db::{WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::{AssetId, CrawlId, Word};
use serde::Serialize;

#[derive(Serialize)]
struct Row<'a> {
    asset: AssetId,
    kind: &'static str,
    field: Option<&'a str>,
    old: Option<&'a str>,
    new: Option<&'a str>,
}

/// Writes what happened to each asset in a crawl. Whoever changed an asset has touched it in the transaction.
pub(super) async fn write(
    tx: &mut WriteTx,
    crawl_id: CrawlId,
    at: DateTime<Utc>,
    entries: &[(AssetId, &Entry)],
) -> Result<()> {
    let rows: Vec<Row<'_>> = entries
        .iter()
        .map(|(asset, entry)| Row {
            asset: *asset,
            kind: entry.kind.as_str(),
            field: entry.field.as_deref(),
            old: entry.old.as_deref(),
            new: entry.new.as_deref(),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = to_json(&rows);
    on!(tx, c => sqlx::query(
        "INSERT INTO history (asset_id, at, crawl_id, kind, field, old_value, new_value)
         SELECT CAST(value->>'asset' AS BIGINT), $1, $2, value->>'kind', value->>'field', value->>'old', value->>'new'
         FROM json_each($3)",
    ).bind(at).bind(crawl_id).bind(rows).execute(c).await.map(drop))?;
    Ok(())
}

//! What happened to an asset, newest first.

use super::{CatalogError, Result};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::asset::{Change, ChangeKind, Paged};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    at: DateTime<Utc>,
    kind: String,
    field: Option<String>,
    old_value: Option<String>,
    new_value: Option<String>,
    crawl_id: Option<i64>,
}

/// The history of a `database` or `table`; the cursor is the id of the last entry shown.
pub async fn list(
    tx: &mut Tx,
    asset_kind: &str,
    asset_id: i64,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Paged<Change>> {
    let before = match cursor {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM history WHERE asset_kind = $1 AND asset_id = $2",
    ).bind(asset_kind).bind(asset_id).fetch_one(c).await)?;
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT id, at, kind, field, old_value, new_value, crawl_id FROM history
         WHERE asset_kind = $1 AND asset_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
    ).bind(asset_kind).bind(asset_id).bind(before).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(Row::change).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Change| last.id.to_string()))
}

impl Row {
    pub(super) fn change(self) -> Result<Change> {
        let kind = ChangeKind::parse(&self.kind).ok_or_else(|| CatalogError::BadRow {
            table: "history",
            column: "kind",
            id: self.id,
            reason: format!("`{}` is no kind of change", self.kind),
        })?;
        Ok(Change {
            id: self.id,
            at: self.at,
            kind,
            field: self.field,
            old: self.old_value,
            new: self.new_value,
            crawl_id: self.crawl_id,
        })
    }
}

//! What happened to an asset, newest first.

use super::{CatalogError, Result, bad_word};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::{Change, ChangeKind, Paged};
use reeve_model::{AssetId, CrawlId, Word};

/// The asset itself, or every table that was made in the place of another, back to the first.
macro_rules! of_story {
    () => {
        "asset_id IN (SELECT $1 UNION SELECT s.id FROM catalog_table t JOIN catalog_table s ON s.story_id = t.story_id
                      WHERE t.id = $1 AND s.id <= t.id)"
    };
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    at: DateTime<Utc>,
    kind: String,
    field: Option<String>,
    old_value: Option<String>,
    new_value: Option<String>,
    crawl_id: Option<CrawlId>,
    actor: Option<String>,
}

/// The history of an asset, with that of those it came in the place of; the cursor is the id of the last entry shown.
pub async fn list(tx: &mut Tx, asset: AssetId, cursor: Option<&str>, limit: i64) -> Result<Paged<Change>> {
    let before = match cursor {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        concat!("SELECT count(*) FROM history WHERE ", of_story!()),
    ).bind(asset).fetch_one(c).await)?;
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        concat!(
            "SELECT id, at, kind, field, old_value, new_value, crawl_id, actor FROM history WHERE id < $2 AND ",
            of_story!(),
            " ORDER BY id DESC LIMIT $3"
        ),
    ).bind(asset).bind(before).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(Row::change).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Change| last.id.to_string()))
}

impl Row {
    pub(super) fn change(self) -> Result<Change> {
        let kind = ChangeKind::parse(&self.kind).ok_or_else(|| bad_word("history", "kind", self.id, &self.kind))?;
        Ok(Change {
            id: self.id,
            at: self.at,
            kind,
            field: self.field,
            old: self.old_value,
            new: self.new_value,
            crawl_id: self.crawl_id,
            actor: self.actor,
        })
    }
}

//! The catalog in a few numbers.

use super::{Result, hidden, history, json};
use crate::config::Config;
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::asset::{AssetChange, Happening};
use reeve_model::crawl::Counts;
use reeve_model::visibility::Hidden;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Overview {
    pub databases: i64,
    pub tables: i64,
    pub views: i64,
    /// Bytes before replication, as far as the sources' statistics tell.
    pub size_bytes: i64,
}

/// What is in the catalog, as of the end of each database's last crawl.
pub async fn counts(tx: &mut Tx, hidden: &Hidden) -> Result<Overview> {
    let hidden = hidden::ids(tx, hidden).await?;
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT count(*) AS databases, CAST(coalesce(sum(table_count), 0) AS BIGINT) AS tables,
                CAST(coalesce(sum(view_count), 0) AS BIGINT) AS views,
                CAST(CASE WHEN sum(size_bytes / 1048576) < 8796093022207
                     THEN sum(size_bytes / 1048576) * 1048576 + sum(size_bytes % 1048576)
                     WHEN sum(size_bytes / 1048576) IS NULL THEN 0 ELSE 9223372036854775807 END AS BIGINT) AS size_bytes
         FROM catalog_database WHERE deleted_at IS NULL
           AND id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(hidden).fetch_one(c).await)?)
}

/// When a crawl last ended complete; of several sources the one that lags most. `None` before the first. Sources that
/// are configured no more hold nothing up.
pub async fn fresh_as_of(tx: &mut Tx, config: &Config) -> Result<Option<DateTime<Utc>>> {
    let sources: Vec<(String, Option<DateTime<Utc>>)> =
        on!(tx, c => sqlx::query_as("SELECT name, complete_at FROM source").fetch_all(c).await)?;
    Ok(sources.into_iter().filter(|(name, _)| config.source(name).is_some()).filter_map(|(_, at)| at).min())
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    source: String,
    ambiguous: bool,
    database: String,
    table_name: Option<String>,
    is_first: bool,
    counts: Option<String>,
    databases_listed: Option<i64>,
    #[sqlx(flatten)]
    change: history::Row,
}

/// Entries of history with the asset that each is of; `h` is where they are read from.
macro_rules! select_changes {
    ($h:literal, $rest:literal) => {
        concat!(
            "SELECT s.name AS source, coalesce(d.name, td.name) AS database, t.name AS table_name,
                EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(coalesce(d.name, td.name))
                        AND o.source_id <> s.id AND o.deleted_at IS NULL) AS ambiguous,
                coalesce(c.is_first, false) AS is_first, c.counts, c.databases_listed,
                h.id, h.at, h.kind, h.field, h.old_value, h.new_value, h.crawl_id, h.actor
         FROM ",
            $h,
            " h
         JOIN asset a ON a.id = h.asset_id
         JOIN source s ON s.id = a.source_id
         LEFT JOIN crawl c ON c.id = h.crawl_id
         LEFT JOIN catalog_table t ON t.id = h.asset_id
         LEFT JOIN catalog_database td ON td.id = t.database_id
         LEFT JOIN catalog_database d ON d.id = h.asset_id ",
            $rest
        )
    };
}

/// How many entries are looked through for a few lines: a first crawl has one for every table.
const LOOKED_AT: i64 = 200;

/// What happened last in the whole catalog, newest first. The first crawl of a source is one line.
pub async fn newest_changes(tx: &mut Tx, limit: usize, hidden: &Hidden) -> Result<Vec<Happening>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let rows: Vec<ChangeRow> = on!(tx, c => sqlx::query_as(
        select_changes!(
            "(SELECT * FROM history ORDER BY id DESC LIMIT $1)",
            "WHERE coalesce(d.id, td.id) NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
             ORDER BY h.id DESC"
        ),
    ).bind(LOOKED_AT).bind(hidden).fetch_all(c).await)?;
    let mut told = Vec::with_capacity(limit);
    let mut first_crawls = BTreeSet::new();
    for row in rows {
        let ChangeRow { source, ambiguous, database, table_name, is_first, counts, databases_listed, change } = row;
        let change = change.change()?;
        match (change.crawl_id, counts) {
            (Some(crawl_id), Some(counts)) if is_first => {
                if !first_crawls.insert(crawl_id) {
                    continue;
                }
                let counts: Counts = json("crawl", "counts", crawl_id.0, &counts)?;
                let (at, databases) = (change.at, databases_listed.unwrap_or_default());
                told.push(Happening::FirstCrawl { source, at, databases, tables: counts.added, crawl_id });
            }
            _ => told.push(Happening::Asset(AssetChange { source, ambiguous, database, table: table_name, change })),
        }
        if told.len() == limit {
            break;
        }
    }
    Ok(told)
}

/// What happened last to what this person watches, in databases to their tables too, newest first.
pub async fn watched_changes(tx: &mut Tx, person: AssetId, limit: i64, hidden: &Hidden) -> Result<Vec<AssetChange>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let rows: Vec<ChangeRow> = on!(tx, c => sqlx::query_as(
        select_changes!(
            "(SELECT * FROM history WHERE asset_id IN (
                  SELECT asset_id FROM watch WHERE person_id = $1 AND asset_id IS NOT NULL
                  UNION SELECT t.id FROM watch w JOIN catalog_table t ON t.database_id = w.asset_id WHERE w.person_id = $1)
              ORDER BY id DESC LIMIT $2)",
            "WHERE coalesce(d.id, td.id) NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($3))
             ORDER BY h.id DESC"
        ),
    ).bind(person).bind(limit).bind(hidden).fetch_all(c).await)?;
    let change = |row: ChangeRow| {
        let ChangeRow { source, ambiguous, database, table_name: table, change, .. } = row;
        let change = change.change()?;
        Ok(AssetChange { source, ambiguous, database, table, change })
    };
    rows.into_iter().map(change).collect()
}

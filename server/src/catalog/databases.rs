//! Databases and the tables in them.

use super::tables::{SummaryRow, described, select_summary};
use super::{CatalogError, Result, hidden, json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::asset::{DatabaseSummary, Paged, TableSummary};
use reeve_model::visibility::Hidden;

#[derive(sqlx::FromRow)]
struct DatabaseRow {
    id: AssetId,
    source: String,
    ambiguous: bool,
    name: String,
    description: Option<String>,
    own_description: Option<String>,
    revision: Option<i64>,
    location: Option<String>,
    owner: Option<String>,
    table_count: i64,
    view_count: i64,
    size_bytes: Option<i64>,
    parameters: String,
    first_seen_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

impl DatabaseRow {
    fn summary(self) -> Result<DatabaseSummary> {
        let source_description = self.description.clone().filter(|_| self.own_description.is_some());
        let (description, description_from) = described(self.own_description, self.description);
        Ok(DatabaseSummary {
            id: self.id,
            source: self.source,
            ambiguous: self.ambiguous,
            name: self.name,
            description,
            description_from,
            source_description,
            revision: self.revision.unwrap_or_default(),
            location: self.location,
            owner: self.owner,
            tables: self.table_count,
            views: self.view_count,
            size_bytes: self.size_bytes,
            parameters: json("catalog_database", "parameters", self.id.0, &self.parameters)?,
            first_seen_at: self.first_seen_at,
            deleted_at: self.deleted_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, s.name AS source, d.name, d.description, k.description AS own_description, k.revision, d.location, d.owner, d.table_count, d.view_count,
                d.size_bytes, d.parameters, d.first_seen_at, d.deleted_at,
                EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                        AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous
             FROM catalog_database d JOIN source s ON s.id = d.source_id LEFT JOIN curation k ON k.asset_id = d.id ",
            $rest
        )
    };
}

/// Databases that exist, by name, those containing `filter` only; the cursor is the last name and source shown.
pub async fn list(
    tx: &mut Tx,
    source: Option<&str>,
    filter: &str,
    cursor: Option<&str>,
    limit: i64,
    hidden: &Hidden,
) -> Result<Paged<DatabaseSummary>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let (after_name, after_source) = match cursor {
        None => (String::new(), String::new()),
        Some(text) => {
            let (name, source) = text.rsplit_once('@').ok_or_else(|| CatalogError::BadCursor(text.to_owned()))?;
            (name.to_owned(), source.to_owned())
        }
    };
    let pattern = like_pattern(filter);
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM catalog_database d JOIN source s ON s.id = d.source_id
         WHERE d.deleted_at IS NULL AND ($1 IS NULL OR s.name = $1)
         AND lower(d.name) LIKE $2 ESCAPE '!' AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($3))",
    ).bind(source).bind(&pattern).bind(&hidden).fetch_one(c).await)?;
    let rows: Vec<DatabaseRow> = on!(tx, c => sqlx::query_as(select!(
        "WHERE d.deleted_at IS NULL AND ($1 IS NULL OR s.name = $1) AND (d.name, s.name) > ($2, $3)
         AND lower(d.name) LIKE $4 ESCAPE '!' AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($6))
         ORDER BY d.name, s.name LIMIT $5"
    ))
        .bind(source).bind(after_name).bind(after_source).bind(pattern).bind(limit + 1).bind(&hidden).fetch_all(c).await)?;
    let items = rows.into_iter().map(DatabaseRow::summary).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &DatabaseSummary| format!("{}@{}", last.name, last.source)))
}

/// The database of that name, in any case; one spelled exactly so goes first. Where several sources have one, the source
/// decides, else the oldest.
pub async fn find(tx: &mut Tx, name: &str, source: Option<&str>, hidden: &Hidden) -> Result<Option<DatabaseSummary>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let row: Option<DatabaseRow> = on!(tx, c => sqlx::query_as(select!(
        "WHERE lower(d.name) = $3 AND ($2 IS NULL OR s.name = $2)
         AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($4))
         ORDER BY d.deleted_at IS NOT NULL, d.name <> $1, s.id LIMIT 1"
    )).bind(name).bind(source).bind(name.to_ascii_lowercase()).bind(hidden).fetch_optional(c).await)?;
    row.map(DatabaseRow::summary).transpose()
}

/// Databases that hold most, largest first.
pub async fn largest(tx: &mut Tx, limit: i64, hidden: &Hidden) -> Result<Vec<DatabaseSummary>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let rows: Vec<DatabaseRow> = on!(tx, c => sqlx::query_as(select!(
        "WHERE d.deleted_at IS NULL AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
         ORDER BY coalesce(d.size_bytes, 0) DESC, d.table_count DESC, d.name LIMIT $1"
    )).bind(limit).bind(hidden).fetch_all(c).await)?;
    rows.into_iter().map(DatabaseRow::summary).collect()
}

/// The live tables and views of a database by name, those containing `filter` only; the cursor is the last name shown.
pub async fn tables(
    tx: &mut Tx,
    database: &DatabaseSummary,
    filter: &str,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Paged<TableSummary>> {
    let pattern = like_pattern(filter);
    let total: i64 = if filter.is_empty() {
        database.tables + database.views
    } else {
        on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT count(*) FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'",
        ).bind(database.id).bind(&pattern).fetch_one(c).await)?
    };
    let rows: Vec<SummaryRow> = on!(tx, c => sqlx::query_as(select_summary!(
        "",
        "WHERE t.database_id = $1 AND t.deleted_at IS NULL AND lower(t.name) LIKE $2 ESCAPE '!' AND t.name > $3
         ORDER BY t.name LIMIT $4"
    ))
        .bind(database.id).bind(pattern).bind(cursor.unwrap_or_default()).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(Into::into).collect();
    Ok(Paged::from_rows(items, limit, total, |last: &TableSummary| last.name.clone()))
}

/// `%text%` with the wildcards in the text taken literally (`ESCAPE '!'`). Names in Hive are lower case.
pub(super) fn like_pattern(text: &str) -> String {
    let escaped = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

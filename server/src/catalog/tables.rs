//! Tables and views.

use super::{Result, bad_word, hidden, json};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::{AssetKind, SchemaFrom, TableDetail, TableSummary, TableType};
use reeve_model::visibility::Hidden;
use reeve_model::{AssetId, Word};

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    id: AssetId,
    source: String,
    ambiguous: bool,
    database: String,
    name: String,
    is_view: bool,
    description: Option<String>,
    owner: Option<String>,
    format: Option<String>,
    column_count: i64,
    partition_count: i64,
    partitioned: bool,
    deprecated: bool,
    size_bytes: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

/// A table as lists show it, with what else is selected and from which rows.
macro_rules! select_summary {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT t.id, s.name AS source, d.name AS database, t.name, t.is_view, t.description, t.owner, t.format,
                t.column_count, t.partition_count, t.partition_keys <> '[]' AS partitioned,
                lower(t.parameters) LIKE '%\"deprecated\":\"true\"%' AS deprecated,
                t.size_bytes, t.created_at, t.changed_at, t.deleted_at,
                EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                        AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous ",
            $more,
            " FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id JOIN source s ON s.id = d.source_id ",
            $rest
        )
    };
}
pub(super) use select_summary;

impl From<SummaryRow> for TableSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id,
            source: row.source,
            ambiguous: row.ambiguous,
            database: row.database,
            name: row.name,
            kind: if row.is_view { AssetKind::View } else { AssetKind::Table },
            description: row.description,
            owner: row.owner,
            format: row.format,
            columns: row.column_count,
            partitions: row.partition_count,
            partitioned: row.partitioned,
            size_bytes: row.size_bytes,
            created_at: row.created_at,
            changed_at: row.changed_at,
            deprecated: row.deprecated,
            deleted_at: row.deleted_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    table_type: String,
    columns: String,
    partition_keys: String,
    parameters: String,
    schema_from: String,
    remarks: String,
    location: Option<String>,
    input_format: Option<String>,
    serde: Option<String>,
    file_count: Option<i64>,
    row_count: Option<i64>,
    view_text: Option<String>,
    first_seen_at: DateTime<Utc>,
    checked_at: Option<DateTime<Utc>>,
}

/// The table or view of that name, in any case; one spelled exactly so goes first. Where several sources have one, the
/// source decides, else the one that exists, else the oldest; of those that came one after another, the newest.
pub async fn find(
    tx: &mut Tx,
    database: &str,
    table: &str,
    source: Option<&str>,
    hidden: &Hidden,
) -> Result<Option<TableDetail>> {
    let hidden = hidden::ids(tx, hidden).await?;
    let row: Option<DetailRow> = on!(tx, c => sqlx::query_as(select_summary!(
        ", t.table_type, t.columns, t.partition_keys, t.parameters, t.schema_from, t.remarks, t.location, t.input_format,
           t.serde, t.file_count, t.row_count, t.view_text, t.first_seen_at, d.checked_at",
        "WHERE lower(t.name) = $5 AND lower(d.name) = $4 AND ($3 IS NULL OR s.name = $3)
         AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($6))
         ORDER BY t.deleted_at IS NOT NULL, t.name <> $2, d.name <> $1, s.id, t.id DESC LIMIT 1"
    ))
        .bind(database).bind(table).bind(source).bind(database.to_ascii_lowercase()).bind(table.to_ascii_lowercase())
        .bind(hidden)
        .fetch_optional(c).await)?;
    row.map(DetailRow::detail).transpose()
}

/// Tables that the source last changed, newest first: for the home page.
pub async fn recently_changed(tx: &mut Tx, limit: i64, hidden: &Hidden) -> Result<Vec<TableSummary>> {
    let hidden = hidden::ids(tx, hidden).await?;
    // The newest entries by their number alone: a filter inside would have the database sort all of history.
    let rows: Vec<SummaryRow> = on!(tx, c => sqlx::query_as(select_summary!(
        "",
        "WHERE t.id IN (SELECT asset_id FROM (SELECT asset_id FROM history ORDER BY id DESC LIMIT 200) newest)
         AND t.deleted_at IS NULL AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
         ORDER BY t.changed_at IS NULL, t.changed_at DESC, t.name LIMIT $1"
    )).bind(limit).bind(hidden).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

impl DetailRow {
    fn detail(self) -> Result<TableDetail> {
        const TABLE: &str = "catalog_table";
        let id = self.summary.id.0;
        let summary = TableSummary::from(self.summary);
        Ok(TableDetail {
            qualified_name: format!("{}.{}", summary.database, summary.name),
            summary,
            table_type: TableType::from(self.table_type),
            columns_list: json(TABLE, "columns", id, &self.columns)?,
            partition_keys: json(TABLE, "partition_keys", id, &self.partition_keys)?,
            schema_from: SchemaFrom::parse(&self.schema_from)
                .ok_or_else(|| bad_word(TABLE, "schema_from", id, &self.schema_from))?,
            remarks: json(TABLE, "remarks", id, &self.remarks)?,
            location: self.location,
            input_format: self.input_format,
            serde: self.serde,
            file_count: self.file_count,
            row_count: self.row_count,
            view_text: self.view_text,
            parameters: json(TABLE, "parameters", id, &self.parameters)?,
            first_seen_at: self.first_seen_at,
            checked_at: self.checked_at,
        })
    }
}

//! Tables and views.

use super::{Result, bad_word, hidden, json};
use crate::curation::read;
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::{AssetKind, Column, ColumnDetail, SchemaFrom, TableDetail, TableSummary, TableType, tags_of};
use reeve_model::curation::{Author, Certification, Deprecation, Said};
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
    own_description: Option<String>,
    owner: Option<String>,
    format: Option<String>,
    column_count: i64,
    partition_count: i64,
    partitioned: bool,
    certified: bool,
    deprecated_at_source: bool,
    deprecated_by: Option<String>,
    deprecated_at: Option<DateTime<Utc>>,
    deprecation_note: Option<String>,
    replacement: Option<String>,
    size_bytes: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

/// A table as lists show it, with what else is selected and from which rows.
macro_rules! select_summary {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT t.id, s.name AS source, d.name AS database, t.name, t.is_view, t.description, k.description AS own_description, t.owner, t.format,
                t.column_count, t.partition_count, t.partition_keys <> '[]' AS partitioned,
                lower(t.parameters) LIKE '%\"deprecated\":\"true\"%' AS deprecated_at_source,
                k.certified_at IS NOT NULL AS certified, k.deprecated_by, k.deprecated_at, k.deprecation_note,
                (SELECT rd.name || '.' || r.name FROM catalog_table r JOIN catalog_database rd ON rd.id = r.database_id
                 WHERE r.id = k.replacement_id) AS replacement,
                t.size_bytes, t.created_at, t.changed_at, t.deleted_at,
                EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                        AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous ",
            $more,
            " FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id JOIN source s ON s.id = d.source_id
             LEFT JOIN curation k ON k.asset_id = t.id ",
            $rest
        )
    };
}
pub(super) use select_summary;

/// What is shown, of what people wrote and what the source says, and whose it is.
pub(super) fn described(own: Option<String>, source: Option<String>) -> (Option<String>, Option<Author>) {
    match own {
        Some(own) => (Some(own), Some(Author::Portal)),
        None => {
            let from = source.as_ref().map(|_| Author::Source);
            (source, from)
        }
    }
}

impl From<SummaryRow> for TableSummary {
    fn from(row: SummaryRow) -> Self {
        let (description, description_from) = described(row.own_description, row.description);
        let deprecated = (row.deprecated_at.is_some() || row.deprecated_at_source).then_some(Deprecation {
            note: row.deprecation_note.filter(|note| !note.is_empty()),
            replacement: row.replacement,
            by: row.deprecated_by,
            at: row.deprecated_at,
        });
        Self {
            id: row.id,
            source: row.source,
            ambiguous: row.ambiguous,
            database: row.database,
            name: row.name,
            kind: if row.is_view { AssetKind::View } else { AssetKind::Table },
            description,
            description_from,
            owner: row.owner,
            format: row.format,
            columns: row.column_count,
            partitions: row.partition_count,
            partitioned: row.partitioned,
            size_bytes: row.size_bytes,
            created_at: row.created_at,
            changed_at: row.changed_at,
            certified: row.certified,
            deprecated,
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
    certified_by: Option<String>,
    certified_at: Option<DateTime<Utc>>,
    revision: Option<i64>,
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
    let row: Option<DetailRow> = on!(&mut *tx, c => sqlx::query_as(select_summary!(
        ", t.table_type, t.columns, t.partition_keys, t.parameters, t.schema_from, t.remarks, t.location, t.input_format,
           t.serde, t.file_count, t.row_count, t.view_text, t.first_seen_at, d.checked_at, k.certified_by, k.certified_at, k.revision",
        "WHERE lower(t.name) = $5 AND lower(d.name) = $4 AND ($3 IS NULL OR s.name = $3)
         AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($6))
         ORDER BY t.deleted_at IS NOT NULL, t.name <> $2, d.name <> $1, s.id, t.id DESC LIMIT 1"
    ))
        .bind(database).bind(table).bind(source).bind(database.to_ascii_lowercase()).bind(table.to_ascii_lowercase())
        .bind(hidden)
        .fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let notes = read::notes(tx, row.summary.id).await?;
    let tags = read::tags(tx, row.summary.id).await?;
    row.detail(&notes, tags).map(Some)
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
    fn detail(self, notes: &read::Notes, mut tags: Vec<String>) -> Result<TableDetail> {
        const TABLE: &str = "catalog_table";
        let id = self.summary.id.0;
        let columns = |field, text: &str| -> Result<Vec<ColumnDetail>> {
            let columns = json::<Vec<Column>>(TABLE, field, id, text)?.into_iter();
            Ok(columns
                .map(|column| {
                    let note = notes.get(&column.name);
                    read::with_note(column, note)
                })
                .collect())
        };
        let (columns_list, partition_keys) =
            (columns("columns", &self.columns)?, columns("partition_keys", &self.partition_keys)?);
        let parameters = json(TABLE, "parameters", id, &self.parameters)?;
        tags.extend(tags_of(&parameters));
        tags.sort();
        tags.dedup();
        let said = Said {
            tags,
            certification: self.certified_by.zip(self.certified_at).map(|(by, at)| Certification { by, at }),
            source_description: self.summary.description.clone().filter(|_| self.summary.own_description.is_some()),
            personal_data: read::strictest(columns_list.iter().chain(&partition_keys)),
            revision: self.revision.unwrap_or_default(),
        };
        let summary = TableSummary::from(self.summary);
        Ok(TableDetail {
            qualified_name: format!("{}.{}", summary.database, summary.name),
            summary,
            said,
            table_type: TableType::from(self.table_type),
            columns_list,
            partition_keys,
            schema_from: SchemaFrom::parse(&self.schema_from)
                .ok_or_else(|| bad_word(TABLE, "schema_from", id, &self.schema_from))?,
            remarks: json(TABLE, "remarks", id, &self.remarks)?,
            location: self.location,
            input_format: self.input_format,
            serde: self.serde,
            file_count: self.file_count,
            row_count: self.row_count,
            view_text: self.view_text,
            parameters,
            first_seen_at: self.first_seen_at,
            checked_at: self.checked_at,
        })
    }
}

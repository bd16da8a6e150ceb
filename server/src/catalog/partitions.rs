//! Partitions of a table, newest name first, a page at a time whatever their number.

use super::databases::like_pattern;
use super::{Result, from_seconds, json};
use crate::db::{Tx, on};
use reeve_model::asset::{Paged, Partition, TableDetail};
use reeve_model::partition_name;
use std::collections::BTreeMap;

#[derive(sqlx::FromRow)]
struct PartitionRow {
    name: String,
    location: Option<String>,
    created_s: Option<i64>,
    changed_s: Option<i64>,
    size_bytes: Option<i64>,
    file_count: Option<i64>,
    row_count: Option<i64>,
    parameters: Option<String>,
}

/// Partitions whose name contains `filter`, by name from the last: dates sort newest first. A filter that
/// begins like a name (`dt=2026-01`) reads only the partitions that begin so. The cursor is the last name shown.
pub async fn list(
    tx: &mut Tx,
    table: &TableDetail,
    filter: &str,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Paged<Partition>> {
    let id = table.summary.id;
    let (from, to) = range(table, filter);
    let to = match cursor {
        Some(cursor) if cursor < to.as_str() => cursor.to_owned(),
        _ => to,
    };
    let pattern = like_pattern_any_case(filter);
    let total: i64 = if filter.is_empty() {
        table.summary.partitions
    } else {
        let (first, last) = range(table, filter);
        on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT count(*) FROM catalog_partition WHERE table_id = $1 AND name >= $2 AND name < $3
             AND deleted_at IS NULL AND lower(name) LIKE $4 ESCAPE '!'",
        ).bind(id).bind(first).bind(last).bind(&pattern).fetch_one(c).await)?
    };
    let rows: Vec<PartitionRow> = on!(tx, c => sqlx::query_as(
        "SELECT name, location, created_s, changed_s, size_bytes, file_count, row_count, parameters
         FROM catalog_partition WHERE table_id = $1 AND name >= $2 AND name < $3 AND deleted_at IS NULL
         AND lower(name) LIKE $4 ESCAPE '!' ORDER BY name DESC LIMIT $5",
    ).bind(id).bind(from).bind(to).bind(pattern).bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(|row| row.partition(table)).collect::<Result<_>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Partition| last.name.clone()))
}

/// The names to read for a filter: those that begin with it where it begins with the first key, else all.
fn range(table: &TableDetail, filter: &str) -> (String, String) {
    // Above every name: no text in UTF-8 sorts after the last code point.
    const END: &str = "\u{10ffff}";
    let starts = table.partition_keys.first().is_some_and(|key| filter.starts_with(&format!("{}=", key.name)));
    if starts { (filter.to_owned(), format!("{filter}{END}")) } else { (String::new(), END.to_owned()) }
}

/// Partition names hold values as Hive escapes them; people type them plain, but for the `=` and `/` between values.
fn like_pattern_any_case(filter: &str) -> String {
    like_pattern(&partition_name::escaped_but_for_separators(filter))
}

impl PartitionRow {
    fn partition(self, table: &TableDetail) -> Result<Partition> {
        let usual = || table.location.as_ref().map(|l| format!("{}/{}", l.trim_end_matches('/'), self.name));
        Ok(Partition {
            values: partition_name::values(&self.name),
            location: self.location.clone().or_else(usual),
            created_at: from_seconds(self.created_s),
            changed_at: from_seconds(self.changed_s),
            size_bytes: self.size_bytes,
            file_count: self.file_count,
            row_count: self.row_count,
            parameters: match &self.parameters {
                None => BTreeMap::new(),
                Some(text) => json("catalog_partition", "parameters", table.summary.id.0, text)?,
            },
            name: self.name,
        })
    }
}

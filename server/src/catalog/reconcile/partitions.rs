use super::{Reconciler, State};
use crate::catalog::{CatalogError, seconds, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::ObservedPartition;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

impl Reconciler<'_> {
    /// One batch of a table's partitions; the table has been seen before.
    pub(super) async fn partitions(
        &self,
        tx: &mut Tx,
        state: &mut State,
        database: &str,
        table: &str,
        mut partitions: Vec<ObservedPartition>,
    ) -> Result<(), CatalogError> {
        let Some(open) = state.databases.get_mut(database) else { return Ok(()) };
        let Some(owner) = open.tables.get_mut(table) else { return Ok(()) };
        partitions.iter_mut().for_each(clean);
        let known = if owner.new { HashMap::new() } else { known(tx, owner.id, &partitions).await? };
        let mut rows = Vec::new();
        for partition in &partitions {
            let row = row(partition, owner.location.as_deref());
            let print = fingerprint(&row);
            let was = known.get(&partition.name);
            if was.is_some_and(|(known, deleted)| *known == print && !deleted) {
                continue;
            }
            if was.is_none_or(|(_, deleted)| *deleted) {
                owner.partitions_added += 1;
            }
            if let Value::Array(mut row) = row {
                row.push(print.into());
                rows.push(Value::Array(row));
            }
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        open.counts.partitions_harvested += count(partitions.len());
        open.counts.partitions_changed += count(rows.len());
        save(tx, owner.id, &rows).await
    }
}

async fn known(
    tx: &mut Tx,
    table_id: i64,
    partitions: &[ObservedPartition],
) -> Result<HashMap<String, (i64, bool)>, CatalogError> {
    let names: Vec<&str> = partitions.iter().map(|partition| partition.name.as_str()).collect();
    let sql = format!(
        "SELECT name, fingerprint, deleted_at IS NOT NULL FROM catalog_partition WHERE table_id = $1 AND name IN {}",
        tx.json_strings(2)
    );
    let names = to_json(&names);
    let rows: Vec<(String, i64, bool)> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(table_id).bind(names).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name, print, deleted)| (name, (print, deleted))).collect())
}

async fn save(tx: &mut Tx, table_id: i64, rows: &[Value]) -> Result<(), CatalogError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO catalog_partition (table_id, name, location, created_s, changed_s, size_bytes, file_count,
             row_count, parameters, fingerprint)
         SELECT $1, value->>0, value->>1, CAST(value->>2 AS BIGINT), CAST(value->>3 AS BIGINT),
             CAST(value->>4 AS BIGINT), CAST(value->>5 AS BIGINT), CAST(value->>6 AS BIGINT), value->>7,
             CAST(value->>8 AS BIGINT)
         FROM {} WHERE true
         ON CONFLICT (table_id, name) DO UPDATE SET location = excluded.location, created_s = excluded.created_s,
             changed_s = excluded.changed_s, size_bytes = excluded.size_bytes, file_count = excluded.file_count,
             row_count = excluded.row_count, parameters = excluded.parameters, fingerprint = excluded.fingerprint,
             deleted_at = NULL",
        tx.json_rows(2)
    );
    let rows = to_json(&rows);
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(table_id).bind(rows).execute(c).await.map(drop))?;
    Ok(())
}

fn row(partition: &ObservedPartition, table_location: Option<&str>) -> Value {
    let usual = table_location.map(|location| format!("{}/{}", location.trim_end_matches('/'), partition.name));
    let location = partition.location.as_ref().filter(|location| Some(*location) != usual.as_ref());
    let parameters = (!partition.parameters.is_empty()).then(|| to_json(&partition.parameters));
    json!([
        partition.name,
        location,
        partition.created_at.map(seconds),
        partition.changed_at.map(seconds),
        partition.size_bytes,
        partition.file_count,
        partition.row_count,
        parameters,
    ])
}

fn fingerprint(row: &Value) -> i64 {
    let mut hasher = DefaultHasher::new();
    row.to_string().hash(&mut hasher);
    hasher.finish().cast_signed()
}

fn clean(partition: &mut ObservedPartition) {
    super::tables::clean_text(&mut partition.name);
    if let Some(location) = &mut partition.location {
        super::tables::clean_text(location);
    }
    partition.parameters.values_mut().for_each(super::tables::clean_text);
}

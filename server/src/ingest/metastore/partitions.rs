use super::row::{clean_parameters, clean_text, fingerprint};
use super::{Reconciler, State, count};
use crate::catalog::{CatalogError, seconds, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::ObservedPartition;
use reeve_model::AssetId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What is written of a partition; the keys are those of the statement in [`save`].
#[derive(Hash, Serialize)]
struct Row<'a> {
    name: &'a str,
    location: Option<&'a str>,
    created: Option<i64>,
    changed: Option<i64>,
    bytes: Option<i64>,
    files: Option<i64>,
    rows: Option<i64>,
    parameters: Option<&'a BTreeMap<String, String>>,
    print: i64,
}

impl Reconciler<'_> {
    /// One batch of a table's partitions; the table has been seen before. Their number is written with them, so that it
    /// is true whenever the crawl breaks off.
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
        let mut rows: BTreeMap<&str, Row<'_>> = BTreeMap::new();
        let mut added = 0;
        for partition in &partitions {
            let row = row(partition, owner.location.as_deref());
            let was = known.get(&partition.name);
            if was.is_some_and(|(known, deleted)| *known == row.print && !deleted) {
                continue;
            }
            if rows.insert(&partition.name, row).is_none() && was.is_none_or(|(_, deleted)| *deleted) {
                added += 1;
            }
        }
        owner.partitions_added += added;
        open.counts.partitions_harvested += count(partitions.len());
        open.counts.partitions_changed += count(rows.len());
        save(tx, owner.id, &rows.into_values().collect::<Vec<_>>(), added).await
    }
}

async fn known(
    tx: &mut Tx,
    table_id: AssetId,
    partitions: &[ObservedPartition],
) -> Result<HashMap<String, (i64, bool)>, CatalogError> {
    let names = to_json(&partitions.iter().map(|partition| [partition.name.as_str()]).collect::<Vec<_>>());
    let rows: Vec<(String, i64, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT name, fingerprint, deleted_at IS NOT NULL FROM catalog_partition
         WHERE table_id = $1 AND name IN (SELECT value->>0 FROM json_each($2))",
    ).bind(table_id).bind(names).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name, print, deleted)| (name, (print, deleted))).collect())
}

async fn save(tx: &mut Tx, table_id: AssetId, rows: &[Row<'_>], added: i64) -> Result<(), CatalogError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = to_json(&rows);
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO catalog_partition (table_id, name, location, created_s, changed_s, size_bytes, file_count,
             row_count, parameters, fingerprint)
         SELECT $1, value->>'name', value->>'location', CAST(value->>'created' AS BIGINT),
             CAST(value->>'changed' AS BIGINT), CAST(value->>'bytes' AS BIGINT), CAST(value->>'files' AS BIGINT),
             CAST(value->>'rows' AS BIGINT), value->>'parameters', CAST(value->>'print' AS BIGINT)
         FROM json_each($2) WHERE true
         ON CONFLICT (table_id, name) DO UPDATE SET location = excluded.location, created_s = excluded.created_s,
             changed_s = excluded.changed_s, size_bytes = excluded.size_bytes, file_count = excluded.file_count,
             row_count = excluded.row_count, parameters = excluded.parameters, fingerprint = excluded.fingerprint,
             deleted_at = NULL",
    ).bind(table_id).bind(rows).execute(c).await.map(drop))?;
    if added != 0 {
        on!(tx, c => sqlx::query("UPDATE catalog_table SET partition_count = partition_count + $2 WHERE id = $1")
            .bind(table_id).bind(added).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The location is kept where it is not the table's and the partition's name, as it nearly always is.
fn row<'a>(partition: &'a ObservedPartition, table_location: Option<&str>) -> Row<'a> {
    let is_usual = |location: &&str| {
        table_location.is_some_and(|table| {
            location.strip_prefix(table.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'))
                == Some(partition.name.as_str())
        })
    };
    let mut row = Row {
        name: &partition.name,
        location: partition.location.as_deref().filter(|location| !is_usual(location)),
        created: partition.created_at.map(seconds),
        changed: partition.changed_at.map(seconds),
        bytes: partition.size_bytes,
        files: partition.file_count,
        rows: partition.row_count,
        parameters: (!partition.parameters.is_empty()).then_some(&partition.parameters),
        print: 0,
    };
    row.print = fingerprint(&row);
    row
}

fn clean(partition: &mut ObservedPartition) {
    clean_text(&mut partition.name);
    if let Some(location) = &mut partition.location {
        clean_text(location);
    }
    clean_parameters(&mut partition.parameters);
}

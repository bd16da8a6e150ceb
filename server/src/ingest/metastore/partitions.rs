use super::pending::PartitionsOf;
use super::row::{clean_parameters, clean_text, fingerprint};
use super::{OpenTable, Reconciler, State, count};
use crate::catalog::{CatalogError, seconds, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::ObservedPartition;
use reeve_model::AssetId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What is written of a partition; the keys are those of the statement in [`save`].
#[derive(Hash, Serialize)]
struct Row<'a> {
    table: AssetId,
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

/// What is known of partitions, by table and name: the print, and whether it is gone.
type Known = HashMap<AssetId, HashMap<String, (i64, bool)>>;

impl Reconciler<'_> {
    /// Partitions of tables that have been seen before. Their numbers are written with them, so that they are true
    /// whenever the crawl breaks off.
    pub(super) async fn partitions(
        &self,
        tx: &mut Tx,
        state: &mut State,
        mut pending: Vec<PartitionsOf>,
    ) -> Result<(), CatalogError> {
        if pending.is_empty() {
            return Ok(());
        }
        pending.iter_mut().flat_map(|of| &mut of.partitions).for_each(clean);
        let known = known(tx, state, &pending).await?;
        let mut rows: BTreeMap<(AssetId, &str), Row<'_>> = BTreeMap::new();
        let mut added: BTreeMap<AssetId, i64> = BTreeMap::new();
        for PartitionsOf { database, table, partitions } in &pending {
            let Some(open) = state.databases.get_mut(database) else { continue };
            let Some(owner) = open.tables.get_mut(table) else { continue };
            let (mut changed, mut new) = (0, 0);
            for partition in partitions {
                let row = row(partition, owner);
                let was = known.get(&owner.id).and_then(|known| known.get(&partition.name));
                if was.is_some_and(|(known, deleted)| *known == row.print && !deleted) {
                    continue;
                }
                if rows.insert((owner.id, &partition.name), row).is_none() {
                    changed += 1;
                    new += i64::from(was.is_none_or(|(_, deleted)| *deleted));
                }
            }
            if new > 0 {
                *added.entry(owner.id).or_default() += new;
                owner.partitions_added += new;
            }
            open.counts.partitions_harvested += count(partitions.len());
            open.counts.partitions_changed += changed;
        }
        save(tx, &rows.into_values().collect::<Vec<_>>(), &added).await
    }
}

async fn known(tx: &mut Tx, state: &State, pending: &[PartitionsOf]) -> Result<Known, CatalogError> {
    let mut asked = Vec::new();
    for PartitionsOf { database, table, partitions } in pending {
        let owner = state.databases.get(database).and_then(|open| open.tables.get(table));
        if let Some(owner) = owner.filter(|owner| !owner.new) {
            asked.extend(partitions.iter().map(|partition| (owner.id, &*partition.name)));
        }
    }
    let mut known = Known::new();
    if asked.is_empty() {
        return Ok(known);
    }
    let asked = to_json(&asked);
    // Each name is looked up by the primary key: the join is in this order.
    let rows: Vec<(AssetId, String, i64, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT p.table_id, p.name, p.fingerprint, p.deleted_at IS NOT NULL FROM json_each($1) AS asked
         CROSS JOIN catalog_partition p
         WHERE p.table_id = CAST(asked.value->>0 AS BIGINT) AND p.name = asked.value->>1",
    ).bind(asked).fetch_all(c).await)?;
    for (table, name, print, deleted) in rows {
        known.entry(table).or_default().insert(name, (print, deleted));
    }
    Ok(known)
}

async fn save(tx: &mut Tx, rows: &[Row<'_>], added: &BTreeMap<AssetId, i64>) -> Result<(), CatalogError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = to_json(&rows);
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO catalog_partition (table_id, name, location, created_s, changed_s, size_bytes, file_count,
             row_count, parameters, fingerprint)
         SELECT CAST(value->>'table' AS BIGINT), value->>'name', value->>'location',
             CAST(value->>'created' AS BIGINT), CAST(value->>'changed' AS BIGINT), CAST(value->>'bytes' AS BIGINT),
             CAST(value->>'files' AS BIGINT), CAST(value->>'rows' AS BIGINT), value->>'parameters',
             CAST(value->>'print' AS BIGINT)
         FROM json_each($1) WHERE true
         ON CONFLICT (table_id, name) DO UPDATE SET location = excluded.location, created_s = excluded.created_s,
             changed_s = excluded.changed_s, size_bytes = excluded.size_bytes, file_count = excluded.file_count,
             row_count = excluded.row_count, parameters = excluded.parameters, fingerprint = excluded.fingerprint,
             deleted_at = NULL",
    ).bind(rows).execute(c).await.map(drop))?;
    if !added.is_empty() {
        let added = to_json(&added.iter().collect::<Vec<_>>());
        on!(tx, c => sqlx::query(
            "UPDATE catalog_table SET partition_count = partition_count + CAST(added.value->>1 AS BIGINT)
             FROM json_each($1) AS added WHERE catalog_table.id = CAST(added.value->>0 AS BIGINT)",
        ).bind(added).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The location is kept where it is not the table's and the partition's name, as it nearly always is.
fn row<'a>(partition: &'a ObservedPartition, owner: &OpenTable) -> Row<'a> {
    let is_usual = |location: &&str| {
        owner.location.as_deref().is_some_and(|table| {
            location.strip_prefix(table.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'))
                == Some(partition.name.as_str())
        })
    };
    let mut row = Row {
        table: owner.id,
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

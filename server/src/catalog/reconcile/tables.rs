use super::diff::{Definition, Entry, diff};
use super::write::{self, HistoryRow};
use super::{OpenTable, Reconciler, State};
use crate::catalog::{CatalogError, json, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::ObservedTable;
use reeve_model::asset::{AssetKind, ChangeKind, Column};
use serde_json::{Value, json as json_value};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is known of a table before the crawl.
#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    name: String,
    fingerprint: i64,
    partition_count: i64,
    deleted: bool,
}

#[derive(sqlx::FromRow)]
struct KnownDefinition {
    id: i64,
    table_type: String,
    description: Option<String>,
    owner: Option<String>,
    format: Option<String>,
    input_format: Option<String>,
    serde: Option<String>,
    location: Option<String>,
    view_text: Option<String>,
    columns: String,
    partition_keys: String,
    parameters: String,
}

impl Reconciler<'_> {
    /// Tables as observed; their databases have been listed before.
    pub(super) async fn tables(
        &self,
        tx: &mut Tx,
        state: &mut State,
        tables: Vec<ObservedTable>,
    ) -> Result<(), CatalogError> {
        let mut by_database: BTreeMap<String, Vec<ObservedTable>> = BTreeMap::new();
        for mut table in tables {
            clean(&mut table);
            by_database.entry(table.database.clone()).or_default().push(table);
        }
        for (database, tables) in by_database {
            self.tables_of(tx, state, &database, &tables).await?;
        }
        Ok(())
    }

    async fn tables_of(
        &self,
        tx: &mut Tx,
        state: &mut State,
        database: &str,
        tables: &[ObservedTable],
    ) -> Result<(), CatalogError> {
        let Some(open) = state.databases.get_mut(database) else { return Ok(()) };
        let known = known(tx, open.id, tables).await?;
        let prints: Vec<i64> = tables.iter().map(fingerprint).collect();
        let changed_ids: Vec<i64> = tables
            .iter()
            .zip(&prints)
            .filter_map(|(table, print)| known.get(&table.name).filter(|k| k.fingerprint != *print).map(|k| k.id))
            .collect();
        let before = definitions(tx, &changed_ids).await?;

        let mut rows = Vec::new();
        let mut entries: Vec<(String, Vec<Entry>)> = Vec::new();
        for (table, print) in tables.iter().zip(&prints) {
            open.counts.harvested += 1;
            let told = match known.get(&table.name) {
                None => {
                    open.counts.added += 1;
                    vec![Entry::bare(ChangeKind::Created)]
                }
                Some(known) if known.fingerprint == *print && !known.deleted => continue,
                Some(known) => {
                    let mut told = before.get(&known.id).map(|old| diff(old, &definition(table))).unwrap_or_default();
                    if known.deleted {
                        told.insert(0, Entry::bare(ChangeKind::Restored));
                    }
                    if !told.is_empty() {
                        open.counts.changed += 1;
                    }
                    told
                }
            };
            rows.push(row(table, *print));
            entries.push((table.name.clone(), told));
        }
        let written = save(tx, open.id, &rows, self.clock.now()).await?;

        for table in tables.iter().filter(|table| !table.partition_keys.is_empty()) {
            let (id, partitions_before) = match known.get(&table.name) {
                Some(known) => (known.id, known.partition_count),
                None => (written.get(&table.name).copied().unwrap_or_default(), 0),
            };
            let open_table = OpenTable {
                id,
                location: table.location.clone(),
                partitions_before,
                partitions_added: 0,
                new: !known.contains_key(&table.name),
            };
            open.tables.insert(table.name.clone(), open_table);
        }

        let rows: Vec<HistoryRow> = entries
            .iter()
            .filter_map(|(name, told)| written.get(name).map(|id| (*id, told)))
            .flat_map(|(id, told)| {
                told.iter().map(move |entry| HistoryRow { asset_kind: "table", asset_id: id, entry })
            })
            .collect();
        write::history(tx, self.crawl_id, self.clock.now(), &rows).await?;
        let ids: Vec<(&str, i64)> = written.values().map(|id| ("table", *id)).collect();
        write::changed(tx, &ids).await
    }
}

async fn known(
    tx: &mut Tx,
    database_id: i64,
    tables: &[ObservedTable],
) -> Result<HashMap<String, Known>, CatalogError> {
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let sql = format!(
        "SELECT id, name, fingerprint, partition_count, deleted_at IS NOT NULL AS deleted
         FROM catalog_table WHERE database_id = $1 AND name IN {}",
        tx.json_strings(2)
    );
    let names = to_json(&names);
    let rows: Vec<Known> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(database_id).bind(names).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.name.clone(), row)).collect())
}

async fn definitions(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Definition>, CatalogError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT id, table_type, description, owner, format, input_format, serde, location, view_text, columns,
                partition_keys, parameters
         FROM catalog_table WHERE id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {})",
        tx.json_rows(1)
    );
    let ids: Vec<[i64; 1]> = ids.iter().map(|id| [*id]).collect();
    let ids = to_json(&ids);
    let rows: Vec<KnownDefinition> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(ids).fetch_all(c).await)?;
    rows.into_iter().map(|row| Ok((row.id, row.definition()?))).collect()
}

/// Inserts or overwrites; answers the ids by name.
async fn save(
    tx: &mut Tx,
    database_id: i64,
    rows: &[Value],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<HashMap<String, i64>, CatalogError> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "INSERT INTO catalog_table (database_id, name, table_type, is_view, description, owner, format, input_format,
             serde, location, created_at, changed_at, size_bytes, file_count, row_count, column_count, columns,
             partition_keys, parameters, view_text, fingerprint, first_seen_at)
         SELECT $1, value->>0, value->>1, {is_view}, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
             {created_at}, {changed_at}, CAST(value->>11 AS BIGINT), CAST(value->>12 AS BIGINT),
             CAST(value->>13 AS BIGINT), CAST(value->>14 AS BIGINT), value->>15, value->>16, value->>17, value->>18,
             CAST(value->>19 AS BIGINT), $3
         FROM {rows} WHERE true
         ON CONFLICT (database_id, name) DO UPDATE SET table_type = excluded.table_type, is_view = excluded.is_view,
             description = excluded.description, owner = excluded.owner, format = excluded.format,
             input_format = excluded.input_format, serde = excluded.serde, location = excluded.location,
             created_at = excluded.created_at, changed_at = excluded.changed_at, size_bytes = excluded.size_bytes,
             file_count = excluded.file_count, row_count = excluded.row_count, column_count = excluded.column_count,
             columns = excluded.columns, partition_keys = excluded.partition_keys, parameters = excluded.parameters,
             view_text = excluded.view_text, fingerprint = excluded.fingerprint, deleted_at = NULL
         RETURNING name, id",
        is_view = tx.json_bool("value->>2"),
        created_at = tx.json_time("value->>9"),
        changed_at = tx.json_time("value->>10"),
        rows = tx.json_rows(2),
    );
    let rows = to_json(&rows);
    let ids: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(database_id).bind(rows).bind(now).fetch_all(c).await)?;
    Ok(ids.into_iter().collect())
}

fn row(table: &ObservedTable, fingerprint: i64) -> Value {
    json_value!([
        table.name,
        table.table_type.as_str(),
        i32::from(table.table_type.kind() == AssetKind::View),
        table.description,
        table.owner,
        table.format,
        table.input_format,
        table.serde,
        table.location,
        table.created_at.map(crate::db::text_time),
        table.changed_at.map(crate::db::text_time),
        table.size_bytes,
        table.file_count,
        table.row_count,
        table.columns.len() + table.partition_keys.len(),
        to_json(&table.columns),
        to_json(&table.partition_keys),
        to_json(&table.parameters),
        table.view_text,
        fingerprint,
    ])
}

/// Tells whether anything at all differs, without keeping it. It need not survive a new compiler:
/// a print that differs only makes Reeve compare field by field, and then find nothing.
fn fingerprint(table: &ObservedTable) -> i64 {
    let mut hasher = DefaultHasher::new();
    row(table, 0).to_string().hash(&mut hasher);
    hasher.finish().cast_signed()
}

impl KnownDefinition {
    fn definition(self) -> Result<Definition, CatalogError> {
        const TABLE: &str = "catalog_table";
        Ok(Definition {
            columns: json::<Vec<Column>>(TABLE, "columns", self.id, &self.columns)?,
            partition_keys: json::<Vec<Column>>(TABLE, "partition_keys", self.id, &self.partition_keys)?,
            parameters: json(TABLE, "parameters", self.id, &self.parameters)?,
            owner: self.owner,
            location: self.location,
            description: self.description,
            attributes: attributes(Some(self.table_type), self.format, self.input_format, self.serde, self.view_text),
        })
    }
}

fn definition(table: &ObservedTable) -> Definition {
    Definition {
        columns: table.columns.clone(),
        partition_keys: table.partition_keys.clone(),
        parameters: table.parameters.clone(),
        owner: table.owner.clone(),
        location: table.location.clone(),
        description: table.description.clone(),
        attributes: attributes(
            Some(table.table_type.as_str().to_owned()),
            table.format.clone(),
            table.input_format.clone(),
            table.serde.clone(),
            table.view_text.clone(),
        ),
    }
}

fn attributes(
    table_type: Option<String>,
    format: Option<String>,
    input_format: Option<String>,
    serde: Option<String>,
    view_text: Option<String>,
) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("type", table_type),
        ("format", format),
        ("input format", input_format),
        ("serde", serde),
        ("view text", view_text),
    ]
}

/// No database can hold NUL in a text, and Hive's can come with one.
pub(super) fn clean_text(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
}

fn clean(table: &mut ObservedTable) {
    let texts = [
        &mut table.description,
        &mut table.owner,
        &mut table.location,
        &mut table.view_text,
        &mut table.format,
        &mut table.input_format,
        &mut table.serde,
    ];
    texts.into_iter().flatten().for_each(clean_text);
    table.parameters.values_mut().for_each(clean_text);
    for column in table.columns.iter_mut().chain(&mut table.partition_keys) {
        clean_text(&mut column.name);
        clean_text(&mut column.data_type);
        if let Some(comment) = &mut column.comment {
            clean_text(comment);
        }
    }
}

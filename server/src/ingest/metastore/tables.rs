use super::diff::{Definition, Entry, diff};
use super::row::{self, KnownDefinition, TableRow, definition, fingerprint, is_view};
use super::{OpenTable, Reconciler, State, history};
use crate::catalog::{CatalogError, to_json};
use crate::curation::carry::{self, Successor};
use crate::curation::suggest::{self, Judged, Suggestion};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_crawlers::ObservedTable;
use reeve_model::asset::ChangeKind;
use reeve_model::personal_data::RULES;
use reeve_model::{AssetId, Word};
use std::collections::{BTreeMap, HashMap};

/// What is known of a table before the crawl: the newest of its name.
#[derive(sqlx::FromRow)]
struct Known {
    id: AssetId,
    story_id: AssetId,
    name: String,
    source_key: Option<String>,
    created_at: Option<DateTime<Utc>>,
    is_view: bool,
    fingerprint: i64,
    partition_count: i64,
    deleted: bool,
}

/// What a table as observed is to the catalog.
enum Standing<'a> {
    New,
    /// The same name, and another thing: it was dropped and made again.
    Recreated(&'a Known),
    Same(&'a Known),
}

/// What the rules of personal data say of its columns.
pub(super) fn judge(table: &ObservedTable) -> Vec<Suggestion> {
    suggest::judge(&table.name, table.columns.iter().chain(&table.partition_keys))
}

impl Reconciler<'_> {
    /// Tables as observed; their databases have been listed before.
    pub(super) async fn tables(
        &self,
        tx: &mut WriteTx,
        state: &mut State,
        tables: Vec<ObservedTable>,
    ) -> Result<(), CatalogError> {
        // One of a name: a source may say a thing twice, and one statement cannot write a row twice.
        let mut by_database: BTreeMap<String, BTreeMap<String, ObservedTable>> = BTreeMap::new();
        for mut table in tables {
            row::clean(&mut table);
            by_database.entry(table.database.clone()).or_default().insert(table.name.clone(), table);
        }
        for (database, tables) in by_database {
            self.tables_of(tx, state, &database, &tables.into_values().collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    async fn tables_of(
        &self,
        tx: &mut WriteTx,
        state: &mut State,
        database: &str,
        tables: &[ObservedTable],
    ) -> Result<(), CatalogError> {
        let State { databases, judged, .. } = state;
        let Some(open) = databases.get_mut(database) else { return Ok(()) };
        let now = self.clock.now();
        let known = known(tx, open.id, tables).await?;
        let seen: Vec<(&ObservedTable, i64, Standing<'_>)> = tables
            .iter()
            .map(|table| (table, fingerprint(&(RULES, table)), Standing::of(table, known.get(&table.name))))
            .collect();
        let differ: Vec<AssetId> = seen.iter().filter_map(|(_, print, standing)| standing.differs(*print)).collect();
        let before = definitions(tx, &differ).await?;
        let fresh = seen.iter().filter(|(_, _, standing)| !matches!(standing, Standing::Same(_)));
        let kinds: Vec<[&str; 1]> = fresh.map(|(table, ..)| [kind(table)]).collect();
        let mut ids = self.new_assets(tx, &kinds).await?;
        let replaced: Vec<AssetId> = seen.iter().filter_map(|(_, _, standing)| standing.replaces()).collect();
        bury_replaced(tx, &replaced, now).await?;

        let mut rows = Vec::new();
        let mut judged_now = Vec::new();
        let mut successors = Vec::new();
        let mut told: Vec<(AssetId, Vec<Entry>)> = Vec::new();
        for (table, print, standing) in &seen {
            open.counts.harvested += 1;
            open.counts.remarked += i64::from(!table.remarks.is_empty());
            let (id, story, predecessor) = match standing {
                Standing::Same(known) => (known.id, known.story_id, None),
                other => {
                    let id = ids.get_mut(kind(table)).and_then(Vec::pop).ok_or(sqlx::Error::RowNotFound)?;
                    match other {
                        Standing::Recreated(known) => (id, known.story_id, Some(known.id)),
                        _ => (id, id, None),
                    }
                }
            };
            if !table.partition_keys.is_empty() {
                let before = match standing {
                    Standing::Same(known) => known.partition_count,
                    _ => 0,
                };
                let new = !matches!(standing, Standing::Same(_));
                let location = table.location.clone();
                let owner = OpenTable { id, location, partitions_before: before, partitions_added: 0, new };
                open.tables.insert(table.name.clone(), owner);
            }
            if standing.is_unchanged(*print) {
                continue;
            }
            let entries = standing.story(table, &before);
            match standing {
                Standing::New => open.counts.added += 1,
                _ => open.counts.changed += i64::from(!entries.is_empty()),
            }
            rows.push(TableRow::new(table, *print, id, story, predecessor));
            let columns = judged.remove(&(table.database.clone(), table.name.clone()));
            judged_now.push(Judged { asset: id, columns: columns.unwrap_or_else(|| judge(table)) });
            if let Standing::Recreated(known) = standing {
                let same = before.get(&known.id).is_some_and(|before| before.has_columns_of(table));
                successors.push(Successor { old: known.id, new: id, same });
            }
            told.push((id, entries));
            tx.touch(id);
        }
        save(tx, open.id, &rows, now).await?;
        carry::over(tx, &successors).await?;
        suggest::write(tx, &judged_now).await?;
        let entries: Vec<(AssetId, &Entry)> =
            told.iter().flat_map(|(id, entries)| entries.iter().map(move |entry| (*id, entry))).collect();
        history::write(tx, self.crawl_id, now, &entries).await
    }

    /// Ids for tables that are new, by their kind.
    async fn new_assets(
        &self,
        tx: &mut Tx,
        kinds: &[[&str; 1]],
    ) -> Result<HashMap<String, Vec<AssetId>>, CatalogError> {
        let mut ids: HashMap<String, Vec<AssetId>> = HashMap::new();
        if kinds.is_empty() {
            return Ok(ids);
        }
        let kinds = to_json(kinds);
        let made: Vec<(AssetId, String)> = on!(tx, c => sqlx::query_as(
            "INSERT INTO asset (kind, source_id) SELECT value->>0, $1 FROM json_each($2) RETURNING id, kind",
        ).bind(self.source_id).bind(kinds).fetch_all(c).await)?;
        for (id, kind) in made {
            ids.entry(kind).or_default().push(id);
        }
        Ok(ids)
    }
}

/// The kind of asset that a table is.
fn kind(table: &ObservedTable) -> &'static str {
    table.table_type.kind().as_str()
}

impl<'a> Standing<'a> {
    fn of(seen: &ObservedTable, known: Option<&'a Known>) -> Self {
        match known {
            None => Self::New,
            Some(known) if known.is(seen) => Self::Same(known),
            Some(known) => Self::Recreated(known),
        }
    }

    fn is_unchanged(&self, print: i64) -> bool {
        matches!(self, Self::Same(known) if known.fingerprint == print && !known.deleted)
    }

    /// The asset whose definition the story of a change needs.
    fn differs(&self, print: i64) -> Option<AssetId> {
        match self {
            Self::Same(known) if known.fingerprint != print => Some(known.id),
            Self::Recreated(known) => Some(known.id),
            _ => None,
        }
    }

    /// The live asset in whose place this one comes.
    fn replaces(&self) -> Option<AssetId> {
        match self {
            Self::Recreated(known) if !known.deleted => Some(known.id),
            _ => None,
        }
    }

    fn story(&self, seen: &ObservedTable, before: &HashMap<AssetId, Definition>) -> Vec<Entry> {
        let changes = |known: &Known| before.get(&known.id).map(|old| diff(old, &definition(seen))).unwrap_or_default();
        match self {
            Self::New => vec![Entry::bare(ChangeKind::Created)],
            Self::Recreated(known) => {
                let mut entries = vec![Entry {
                    kind: ChangeKind::Recreated,
                    field: None,
                    old: known.created_at.map(|at| at.to_rfc3339()),
                    new: seen.created_at.map(|at| at.to_rfc3339()),
                }];
                entries.extend(changes(known));
                entries
            }
            Self::Same(known) => {
                let mut entries = changes(known);
                if known.deleted {
                    entries.insert(0, Entry::bare(ChangeKind::Restored));
                }
                entries
            }
        }
    }
}

impl Known {
    /// Whether the table of this name is still this very one. The source's own number and the create time tell; where
    /// neither is known, what was never gone is taken for the same, and what was gone is not.
    fn is(&self, seen: &ObservedTable) -> bool {
        if self.is_view != is_view(seen) {
            return false;
        }
        let key = self.source_key.as_ref().zip(seen.source_key.as_ref()).map(|(was, is)| was == is);
        let created = self.created_at.zip(seen.created_at).map(|(was, is)| was == is);
        match (key, created) {
            (Some(false), _) | (_, Some(false)) => false,
            (None, None) => !self.deleted,
            _ => true,
        }
    }
}

async fn known(
    tx: &mut Tx,
    database_id: AssetId,
    tables: &[ObservedTable],
) -> Result<HashMap<String, Known>, CatalogError> {
    let names = to_json(&tables.iter().map(|table| [table.name.as_str()]).collect::<Vec<_>>());
    let rows: Vec<Known> = on!(tx, c => sqlx::query_as(
        "SELECT id, story_id, name, source_key, created_at, is_view, fingerprint, partition_count,
                deleted_at IS NOT NULL AS deleted
         FROM catalog_table
         WHERE id IN (SELECT max(id) FROM catalog_table
                      WHERE database_id = $1 AND name IN (SELECT value->>0 FROM json_each($2)) GROUP BY name)",
    ).bind(database_id).bind(names).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.name.clone(), row)).collect())
}

async fn definitions(tx: &mut Tx, ids: &[AssetId]) -> Result<HashMap<AssetId, Definition>, CatalogError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = to_json(&ids.iter().map(|id| [id]).collect::<Vec<_>>());
    let rows: Vec<KnownDefinition> = on!(tx, c => sqlx::query_as(
        "SELECT id, table_type, description, owner, format, input_format, serde, location, view_text, columns,
                partition_keys, parameters
         FROM catalog_table WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(ids).fetch_all(c).await)?;
    rows.into_iter().map(|row| Ok((row.id, row.definition()?))).collect()
}

/// Those whose name was made anew are gone, with their partitions; their row stays for their story.
async fn bury_replaced(tx: &mut WriteTx, replaced: &[AssetId], now: DateTime<Utc>) -> Result<(), CatalogError> {
    if replaced.is_empty() {
        return Ok(());
    }
    let ids = to_json(&replaced.iter().map(|id| [id]).collect::<Vec<_>>());
    on!(&mut *tx, c => sqlx::query(
        "UPDATE catalog_table SET deleted_at = $1, partition_count = 0
         WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))",
    ).bind(now).bind(&ids).execute(c).await.map(drop))?;
    on!(&mut *tx, c => sqlx::query(
        "DELETE FROM catalog_partition WHERE table_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(&ids).execute(c).await.map(drop))?;
    for id in replaced {
        tx.touch(*id);
    }
    Ok(())
}

/// Inserts what is new and overwrites what is known.
async fn save(
    tx: &mut Tx,
    database_id: AssetId,
    rows: &[TableRow<'_>],
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = to_json(&rows);
    on!(tx, c => sqlx::query(
        "INSERT INTO catalog_table (id, database_id, name, story_id, predecessor_id, source_key, table_type, is_view,
             description, owner, format, input_format, serde, location, created_at, changed_at, size_bytes, file_count,
             row_count, column_count, columns, partition_keys, parameters, schema_from, remarks, view_text, fingerprint,
             first_seen_at)
         SELECT CAST(value->>'id' AS BIGINT), $1, value->>'name', CAST(value->>'story' AS BIGINT),
             CAST(value->>'predecessor' AS BIGINT), value->>'source_key', value->>'table_type',
             CAST(value->>'is_view' AS BOOLEAN), value->>'description', value->>'owner', value->>'format',
             value->>'input_format', value->>'serde', value->>'location', CAST(value->>'created_at' AS TIMETEXT),
             CAST(value->>'changed_at' AS TIMETEXT), CAST(value->>'size_bytes' AS BIGINT),
             CAST(value->>'file_count' AS BIGINT), CAST(value->>'row_count' AS BIGINT),
             CAST(value->>'column_count' AS BIGINT), value->>'columns', value->>'partition_keys', value->>'parameters',
             value->>'schema_from', value->>'remarks', value->>'view_text', CAST(value->>'fingerprint' AS BIGINT), $3
         FROM json_each($2) WHERE true
         ON CONFLICT (id) DO UPDATE SET source_key = excluded.source_key, table_type = excluded.table_type,
             description = excluded.description, owner = excluded.owner, format = excluded.format,
             input_format = excluded.input_format, serde = excluded.serde, location = excluded.location,
             created_at = excluded.created_at, changed_at = excluded.changed_at, size_bytes = excluded.size_bytes,
             file_count = excluded.file_count, row_count = excluded.row_count, column_count = excluded.column_count,
             columns = excluded.columns, partition_keys = excluded.partition_keys, parameters = excluded.parameters,
             schema_from = excluded.schema_from, remarks = excluded.remarks, view_text = excluded.view_text,
             fingerprint = excluded.fingerprint, deleted_at = NULL",
    ).bind(database_id).bind(rows).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

//! The change log, and assets as the index wants them.

use super::{Result, bad_word, json, to_json};
use crate::config::Comments;
use crate::curation::read::class;
use crate::db::{Tx, on};
use crate::owners;
use crate::search::{ColumnLine, ColumnLines, IndexDoc};
use chrono::{DateTime, Utc};
use reeve_frontend::markdown::plain;
use reeve_model::asset::{AssetKind, is_deprecated, tags_of};
use reeve_model::owner::{Holder, OwnerRole, Owners};
use reeve_model::personal_data::Class;
use reeve_model::{AssetId, Word};
use std::collections::{BTreeSet, HashMap};

macro_rules! select_tables {
    ($more:literal) => {
        concat!(
            "SELECT t.id, t.database_id, t.is_view, s.name AS source, d.name AS database, t.name, t.description, t.owner, t.columns,
             t.partition_keys, t.format, t.size_bytes, t.created_at, t.changed_at, t.parameters,
             k.description AS own_description, k.certified_at IS NOT NULL AS certified,
             k.deprecated_at IS NOT NULL AS deprecated
             FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id JOIN source s ON s.id = d.source_id
             LEFT JOIN curation k ON k.asset_id = t.id
             WHERE t.deleted_at IS NULL ",
            $more
        )
    };
}

macro_rules! select_databases {
    ($more:literal) => {
        concat!(
            "SELECT d.id, s.name AS source, d.name, d.description, d.owner, d.size_bytes,
             k.description AS own_description
             FROM catalog_database d JOIN source s ON s.id = d.source_id LEFT JOIN curation k ON k.asset_id = d.id WHERE d.deleted_at IS NULL ",
            $more
        )
    };
}

macro_rules! select_notes {
    ($which:literal) => {
        concat!("SELECT table_id, name, comment, class, suggested FROM column_note WHERE table_id ", $which)
    };
}

macro_rules! select_tags {
    ($which:literal) => {
        concat!("SELECT a.asset_id, t.name FROM asset_tag a JOIN tag t ON t.id = a.tag_id WHERE a.asset_id ", $which)
    };
}

/// The number of the newest change; 0 where nothing ever changed.
pub async fn last_seq(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change_log").fetch_one(c).await)?)
}

/// Whether changes after `seq` have been dropped from the log, so that only a rebuild can catch up.
pub async fn is_too_old(tx: &mut Tx, seq: i64) -> Result<bool> {
    let oldest: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT min(seq) FROM change_log").fetch_one(c).await)?;
    Ok(oldest.is_some_and(|oldest| seq < oldest - 1))
}

/// The numbers of the next changes after `seq`, at most `limit`: the last one, how many, and what changed, each once.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Option<Changes>> {
    let rows: Vec<(i64, AssetId)> = on!(tx, c => sqlx::query_as(
        "SELECT seq, asset_id FROM change_log WHERE seq > $1 ORDER BY seq LIMIT $2",
    ).bind(seq).bind(limit).fetch_all(c).await)?;
    let Some((last, _)) = rows.last() else { return Ok(None) };
    Ok(Some(Changes { last: *last, count: rows.len(), assets: rows.iter().map(|(_, asset)| *asset).collect() }))
}

/// A piece of the change log.
pub struct Changes {
    pub last: i64,
    pub count: usize,
    pub assets: BTreeSet<AssetId>,
}

/// What the index is to hold of these assets now: a document, or nothing where it is gone.
pub async fn documents(
    tx: &mut Tx,
    assets: &BTreeSet<AssetId>,
    comments: Comments,
) -> Result<Vec<(AssetId, AssetKind, Option<IndexDoc>)>> {
    let ids = to_json(&assets.iter().map(|id| [id]).collect::<Vec<_>>());
    let kinds: Vec<(AssetId, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, kind FROM asset WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(&ids).fetch_all(c).await)?;
    let tables: Vec<TableRow> = on!(&mut *tx, c => sqlx::query_as(
        select_tables!("AND t.id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))"),
    ).bind(&ids).fetch_all(c).await)?;
    let notes: Vec<NoteRow> = on!(&mut *tx, c => sqlx::query_as(
        select_notes!("IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))"),
    ).bind(&ids).fetch_all(c).await)?;
    let tags: Vec<(i64, String)> = on!(&mut *tx, c => sqlx::query_as(
        select_tags!("IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))"),
    ).bind(&ids).fetch_all(c).await)?;
    let said = Said::of(notes, tags);
    let databases: Vec<DatabaseRow> = on!(&mut *tx, c => sqlx::query_as(
        select_databases!("AND d.id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))"),
    ).bind(&ids).fetch_all(c).await)?;
    let mut found: HashMap<AssetId, IndexDoc> = HashMap::with_capacity(tables.len() + databases.len());
    let tables = table_docs(tx, tables, &said, comments).await?;
    found.extend(tables.into_iter().map(|doc| (AssetId(doc.id), doc)));
    found.extend(database_docs(tx, databases).await?.into_iter().map(|doc| (AssetId(doc.id), doc)));
    let mut all = Vec::with_capacity(kinds.len());
    for (id, kind) in kinds {
        let kind = AssetKind::parse(&kind).ok_or_else(|| bad_word("asset", "kind", id.0, &kind))?;
        all.push((id, kind, found.remove(&id)));
    }
    Ok(all)
}

#[derive(sqlx::FromRow)]
struct TableRow {
    id: i64,
    database_id: AssetId,
    is_view: bool,
    source: String,
    database: String,
    name: String,
    description: Option<String>,
    owner: Option<String>,
    columns: String,
    partition_keys: String,
    format: Option<String>,
    size_bytes: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    parameters: String,
    own_description: Option<String>,
    certified: bool,
    deprecated: bool,
}

#[derive(sqlx::FromRow)]
struct DatabaseRow {
    id: i64,
    source: String,
    name: String,
    description: Option<String>,
    owner: Option<String>,
    size_bytes: Option<i64>,
    own_description: Option<String>,
}

/// What is said of a column, as far as the index goes.
#[derive(sqlx::FromRow)]
struct NoteRow {
    table_id: i64,
    name: String,
    comment: Option<String>,
    class: Option<String>,
    suggested: Option<String>,
}

/// What people say of some tables.
#[derive(Default)]
struct Said {
    notes: HashMap<i64, Vec<NoteRow>>,
    tags: HashMap<i64, Vec<String>>,
}

impl Said {
    fn of(notes: Vec<NoteRow>, tags: Vec<(i64, String)>) -> Self {
        let mut said = Self::default();
        for note in notes {
            said.notes.entry(note.table_id).or_default().push(note);
        }
        for (asset, tag) in tags {
            said.tags.entry(asset).or_default().push(tag);
        }
        said
    }
}

/// Live tables and views with ids above `after`, in order of id, at most `limit`: the rebuild reads these.
pub async fn tables_after(tx: &mut Tx, after: i64, limit: i64, comments: Comments) -> Result<Vec<IndexDoc>> {
    let rows: Vec<TableRow> = on!(&mut *tx, c => sqlx::query_as(select_tables!("AND t.id > $1 ORDER BY t.id LIMIT $2"))
        .bind(after).bind(limit).fetch_all(c).await)?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(Vec::new()) };
    let notes: Vec<NoteRow> = on!(&mut *tx, c => sqlx::query_as(select_notes!("> $1 AND table_id <= $2"))
        .bind(after).bind(last).fetch_all(c).await)?;
    let tags: Vec<(i64, String)> = on!(&mut *tx, c => sqlx::query_as(select_tags!("> $1 AND a.asset_id <= $2"))
        .bind(after).bind(last).fetch_all(c).await)?;
    let said = Said::of(notes, tags);
    table_docs(tx, rows, &said, comments).await
}

pub async fn databases(tx: &mut Tx) -> Result<Vec<IndexDoc>> {
    let rows: Vec<DatabaseRow> = on!(&mut *tx, c => sqlx::query_as(select_databases!("")).fetch_all(c).await)?;
    database_docs(tx, rows).await
}

async fn table_docs(tx: &mut Tx, rows: Vec<TableRow>, said: &Said, comments: Comments) -> Result<Vec<IndexDoc>> {
    let assets: Vec<_> = rows.iter().map(|row| (AssetId(row.id), Some(row.database_id))).collect();
    let owners = owners::of_assets(tx, &assets).await?;
    let doc = |row: TableRow| {
        let of = owners.get(&AssetId(row.id));
        Ok(owned(row.doc(said, comments)?, of))
    };
    rows.into_iter().map(doc).collect()
}

async fn database_docs(tx: &mut Tx, rows: Vec<DatabaseRow>) -> Result<Vec<IndexDoc>> {
    let assets: Vec<_> = rows.iter().map(|row| (AssetId(row.id), None)).collect();
    let owners = owners::of_assets(tx, &assets).await?;
    let doc = |row: DatabaseRow| {
        let of = owners.get(&AssetId(row.id));
        owned(row.doc(), of)
    };
    Ok(rows.into_iter().map(doc).collect())
}

/// With its data owners, where it has any: first the one with whom it stands best.
fn owned(doc: IndexDoc, owners: Option<&Owners>) -> IndexDoc {
    let Some(owners) = owners.filter(|owners| !owners.is_nobodys()) else { return doc };
    let mut deciding: Vec<_> = owners.of_role(OwnerRole::DataOwner).map(|owner| &owner.holder).collect();
    deciding.sort_by_key(|holder| holder.state);
    let names: Vec<String> = deciding.into_iter().map(Holder::word).collect();
    IndexDoc { owner: names.first().cloned(), owners: names, owner_state: owners.owner_state, ..doc }
}

impl TableRow {
    fn doc(self, said: &Said, comments: Comments) -> Result<IndexDoc> {
        const TABLE: &str = "catalog_table";
        let notes = said.notes.get(&self.id).map(Vec::as_slice).unwrap_or_default();
        let kind = if self.is_view { AssetKind::View } else { AssetKind::Table };
        let parameters = json(TABLE, "parameters", self.id, &self.parameters)?;
        let mut columns = ColumnLines::default();
        columns.extend(json::<Vec<ColumnLine<'_>>>(TABLE, "columns", self.id, &self.columns)?);
        let keys = json::<Vec<ColumnLine<'_>>>(TABLE, "partition_keys", self.id, &self.partition_keys)?;
        let partitioned = !keys.is_empty();
        columns.extend(keys);
        let (mut personal_data, mut undecided) = (None, false);
        if !notes.is_empty() {
            let comment = |note: &NoteRow| note.comment.clone().map(|comment| (note.name.clone(), comment));
            let own: HashMap<String, String> = notes.iter().filter_map(comment).collect();
            if !own.is_empty() {
                columns = columns.with_comments(&own, comments == Comments::Reeve);
            }
            // Of a column that is gone a class may be known still.
            for note in notes.iter().filter(|note| columns.has(&note.name)) {
                let (Some(word), field) = (match (&note.class, &note.suggested) {
                    (Some(class), _) => (Some(class), "class"),
                    (None, suggested) => (suggested.as_ref(), "suggested"),
                }) else {
                    continue;
                };
                undecided |= note.class.is_none();
                let class = class(AssetId(self.id), field, word)?;
                personal_data = personal_data.max(Some(class).filter(|class| *class != Class::None));
            }
        }
        let mut tags = tags_of(&parameters);
        if let Some(own) = said.tags.get(&self.id) {
            tags.extend_from_slice(own);
            tags.sort();
            tags.dedup();
        }
        Ok(IndexDoc {
            tags,
            personal_data,
            undecided,
            certified: self.certified,
            deprecated: self.deprecated || is_deprecated(&parameters),
            columns,
            partitioned,
            description: self.own_description.as_deref().map(plain).or(self.description),
            owner: self.owner,
            format: self.format,
            size_bytes: self.size_bytes,
            created_at: self.created_at,
            changed_at: self.changed_at,
            ..IndexDoc::new(self.id, kind, &self.source, &self.database, &self.name)
        })
    }
}

impl DatabaseRow {
    fn doc(self) -> IndexDoc {
        IndexDoc {
            description: self.own_description.as_deref().map(plain).or(self.description),
            owner: self.owner,
            size_bytes: self.size_bytes,
            ..IndexDoc::new(self.id, AssetKind::Database, &self.source, &self.name, &self.name)
        }
    }
}

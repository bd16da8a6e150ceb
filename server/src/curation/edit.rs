//! Changes what is said of one asset: compared with what is said now, written, told to history, audit log and index.

use super::{Result, read};
use crate::audit::{Act, Object, Origin};
use crate::catalog::{self, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::{ChangeKind, Column, tags_of};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::curation::{
    ColumnEdit, Deprecate, Edit, LONGEST_COMMENT, LONGEST_DESCRIPTION, LONGEST_NOTE, MOST_TAGS,
};
use reeve_model::personal_data::Class;
use reeve_model::problem::CurationRefusal;
use reeve_model::query::nearest;
use reeve_model::{AssetId, Word};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who edits, and when.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'a> {
    pub login: &'a str,
    pub origin: &'a Origin,
    pub now: DateTime<Utc>,
}

/// What an edit changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub before: Edit,
    pub after: Edit,
}

/// What is said of an asset now, with what of its source an edit is compared with.
#[derive(Clone, Debug)]
pub struct Standing {
    pub asset: AssetId,
    pub is_table: bool,
    /// `db.table` or `db`.
    pub name: String,
    pub revision: i64,
    pub description: Option<String>,
    pub source_description: Option<String>,
    /// Of the governed list.
    pub tags: BTreeSet<String>,
    pub source_tags: BTreeSet<String>,
    pub certified: bool,
    pub deprecated: Option<Deprecate>,
    pub columns: BTreeSet<String>,
    pub notes: read::Notes,
}

#[derive(sqlx::FromRow)]
struct Row {
    is_table: bool,
    name: String,
    source_description: Option<String>,
    parameters: String,
    columns: String,
    partition_keys: String,
    revision: Option<i64>,
    description: Option<String>,
    certified: bool,
    deprecated: bool,
    deprecation_note: Option<String>,
    replacement: Option<String>,
}

/// What is said of an asset; `None` where there is none of this number.
pub async fn standing(tx: &mut Tx, asset: AssetId) -> Result<Option<Standing>> {
    let row: Option<Row> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT t.id IS NOT NULL AS is_table, CASE WHEN t.id IS NULL THEN d.name ELSE td.name || '.' || t.name END AS name,
             CASE WHEN t.id IS NULL THEN d.description ELSE t.description END AS source_description,
             coalesce(t.parameters, '{}') AS parameters, coalesce(t.columns, '[]') AS columns,
             coalesce(t.partition_keys, '[]') AS partition_keys, k.revision, k.description,
             k.certified_at IS NOT NULL AS certified, k.deprecated_at IS NOT NULL AS deprecated, k.deprecation_note,
             (SELECT rd.name || '.' || r.name FROM catalog_table r JOIN catalog_database rd ON rd.id = r.database_id
              WHERE r.id = k.replacement_id) AS replacement
         FROM asset a LEFT JOIN catalog_table t ON t.id = a.id LEFT JOIN catalog_database td ON td.id = t.database_id
         LEFT JOIN catalog_database d ON d.id = a.id LEFT JOIN curation k ON k.asset_id = a.id
         WHERE a.id = $1 AND (t.id IS NOT NULL OR d.id IS NOT NULL)",
    ).bind(asset).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let tags = read::tags(tx, asset).await?;
    let notes = read::notes(tx, asset).await?;
    const TABLE: &str = "catalog_table";
    let mut columns = BTreeSet::new();
    for (field, text) in [("columns", &row.columns), ("partition_keys", &row.partition_keys)] {
        columns.extend(json::<Vec<Column>>(TABLE, field, asset.0, text)?.into_iter().map(|column| column.name));
    }
    Ok(Some(Standing {
        asset,
        is_table: row.is_table,
        name: row.name,
        revision: row.revision.unwrap_or_default(),
        description: row.description,
        source_description: row.source_description,
        tags: tags.into_iter().collect(),
        source_tags: tags_of(&json(TABLE, "parameters", asset.0, &row.parameters)?).into_iter().collect(),
        certified: row.certified,
        deprecated: row
            .deprecated
            .then(|| Deprecate { note: row.deprecation_note.unwrap_or_default(), replacement: row.replacement }),
        columns,
        notes,
    }))
}

/// Holds what is said of an asset until the transaction ends, and answers its revision.
async fn hold(tx: &mut WriteTx, asset: AssetId) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "INSERT INTO curation (asset_id, revision) VALUES ($1, 0)
         ON CONFLICT (asset_id) DO UPDATE SET revision = curation.revision RETURNING revision",
    ).bind(asset).fetch_one(c).await)?)
}

/// Applies an edit; `None` where nothing of it differs from what is said already.
///
/// # Errors
/// Refused where it was made from another revision than `expected`, or cannot be taken.
pub async fn apply(
    tx: &mut WriteTx,
    by: Editor<'_>,
    asset: AssetId,
    expected: Option<i64>,
    edit: &Edit,
) -> Result<Option<Done>> {
    let revision = hold(tx, asset).await?;
    let Some(now) = standing(tx, asset).await? else {
        return Err(catalog::CatalogError::Sql(sqlx::Error::RowNotFound).into());
    };
    if expected.is_some_and(|expected| expected != revision) {
        return Err(CurationRefusal::Stale { name: now.name }.into());
    }
    let mut change = Change { tx, by, now: &now, lines: Vec::new(), before: Edit::default(), after: Edit::default() };
    if let Some(description) = &edit.description {
        change.description(description.as_deref()).await?;
    }
    if let Some(tags) = &edit.tags {
        change.tags(tags).await?;
    }
    if let Some(certified) = edit.certified {
        change.certified(certified).await?;
    }
    if let Some(deprecated) = &edit.deprecated {
        change.deprecated(deprecated.as_ref()).await?;
    }
    for (name, column) in &edit.columns {
        change.column(name, column).await?;
    }
    change.finish().await
}

/// An edit on its way: what is written, and what is told of it.
struct Change<'a, 'b> {
    tx: &'a mut WriteTx,
    by: Editor<'b>,
    now: &'a Standing,
    lines: Vec<Line>,
    before: Edit,
    after: Edit,
}

/// A line of the history.
#[derive(Serialize)]
struct Line {
    kind: &'static str,
    field: Option<String>,
    old: Option<String>,
    new: Option<String>,
    #[serde(skip)]
    event: Event,
}

impl Change<'_, '_> {
    fn tell(&mut self, kind: ChangeKind, event: Event, field: Option<&str>, old: Option<String>, new: Option<String>) {
        self.lines.push(Line { kind: kind.as_str(), field: field.map(str::to_owned), old, new, event });
    }

    async fn description(&mut self, text: Option<&str>) -> Result<()> {
        let text = text.map(written).filter(|text| !text.is_empty());
        too_long("description", text.as_deref(), LONGEST_DESCRIPTION)?;
        let was = self.now.description.clone();
        // What the source says already need not be said again.
        if text == was || (was.is_none() && text.as_deref() == self.now.source_description.as_deref().map(str::trim)) {
            return Ok(());
        }
        on!(&mut *self.tx, c => sqlx::query("UPDATE curation SET description = $2 WHERE asset_id = $1")
            .bind(self.now.asset).bind(&text).execute(c).await.map(drop))?;
        self.before.description = Some(was.clone());
        self.after.description = Some(text.clone());
        self.tell(ChangeKind::DescriptionChanged, Event::DescriptionChanged, None, was, text);
        Ok(())
    }

    async fn tags(&mut self, names: &[String]) -> Result<()> {
        let mut wanted = BTreeMap::new();
        for name in names {
            let name = tag_name(name);
            match tag_id(self.tx, &name).await? {
                Some(id) => drop(wanted.insert(name, id)),
                // Those of the source stay whatever is wanted.
                None if self.now.source_tags.contains(&name) => {}
                None => {
                    let known = tag_names(self.tx).await?;
                    let near = nearest(&name, known.iter().map(String::as_str));
                    return Err(CurationRefusal::NoSuchTag { tag: name.chars().take(100).collect(), near }.into());
                }
            }
        }
        if wanted.len() > MOST_TAGS {
            return Err(CurationRefusal::TooManyTags { most: MOST_TAGS as i64 }.into());
        }
        let is: BTreeSet<String> = wanted.keys().cloned().collect();
        if is == self.now.tags {
            return Ok(());
        }
        let ids = to_json(&wanted.values().map(|id| [id]).collect::<Vec<_>>());
        on!(&mut *self.tx, c => sqlx::query(
            "DELETE FROM asset_tag WHERE asset_id = $1
             AND tag_id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))",
        ).bind(self.now.asset).bind(&ids).execute(c).await.map(drop))?;
        on!(&mut *self.tx, c => sqlx::query(
            "INSERT INTO asset_tag (asset_id, tag_id, tagged_by, tagged_at)
             SELECT $1, CAST(value->>0 AS BIGINT), $3, $4 FROM json_each($2) WHERE true ON CONFLICT DO NOTHING",
        ).bind(self.now.asset).bind(&ids).bind(self.by.login).bind(self.by.now).execute(c).await.map(drop))?;
        let list = |tags: &BTreeSet<String>| tags.iter().cloned().collect::<Vec<_>>();
        let (was, is) = (list(&self.now.tags), list(&is));
        let text = |tags: &[String]| (!tags.is_empty()).then(|| tags.join(", "));
        self.tell(ChangeKind::TagsChanged, Event::TagsChanged, None, text(&was), text(&is));
        self.before.tags = Some(was);
        self.after.tags = Some(is);
        Ok(())
    }

    async fn certified(&mut self, certified: bool) -> Result<()> {
        if certified == self.now.certified {
            return Ok(());
        }
        let by = certified.then_some(self.by.login);
        let at = certified.then_some(self.by.now);
        on!(&mut *self.tx, c => sqlx::query("UPDATE curation SET certified_by = $2, certified_at = $3 WHERE asset_id = $1")
            .bind(self.now.asset).bind(by).bind(at).execute(c).await.map(drop))?;
        self.before.certified = Some(!certified);
        self.after.certified = Some(certified);
        let word = |yes: bool| yes.then(|| "certified".to_owned());
        self.tell(
            ChangeKind::CertificationChanged,
            Event::CertificationChanged,
            None,
            word(!certified),
            word(certified),
        );
        Ok(())
    }

    async fn deprecated(&mut self, deprecate: Option<&Deprecate>) -> Result<()> {
        let mut is = None;
        let mut replacement_id = None;
        if let Some(deprecate) = deprecate {
            let note = written(&deprecate.note);
            too_long("deprecated.note", Some(&note), LONGEST_NOTE)?;
            let name = deprecate.replacement.as_deref().map(str::trim).filter(|name| !name.is_empty());
            let mut replacement = None;
            if let Some(name) = name {
                let found = table_called(self.tx, self.now.asset, name).await?;
                let Some((id, name)) = found.filter(|(id, _)| *id != self.now.asset) else {
                    return Err(CurationRefusal::NoReplacement { name: name.chars().take(200).collect() }.into());
                };
                replacement_id = Some(id);
                replacement = Some(name);
            }
            is = Some(Deprecate { note, replacement });
        }
        if is == self.now.deprecated {
            return Ok(());
        }
        let by = is.as_ref().map(|_| self.by.login);
        let at = is.as_ref().map(|_| self.by.now);
        let note = is.as_ref().map(|is| is.note.as_str());
        on!(&mut *self.tx, c => sqlx::query(
            "UPDATE curation SET deprecated_by = $2, deprecated_at = $3, deprecation_note = $4, replacement_id = $5
             WHERE asset_id = $1",
        ).bind(self.now.asset).bind(by).bind(at).bind(note).bind(replacement_id).execute(c).await.map(drop))?;
        let text = |deprecate: &Option<Deprecate>| {
            deprecate.as_ref().map(|deprecate| match &deprecate.replacement {
                Some(replacement) => format!("{} -> {replacement}", deprecate.note).trim().to_owned(),
                None if deprecate.note.is_empty() => "deprecated".to_owned(),
                None => deprecate.note.clone(),
            })
        };
        let (old, new) = (text(&self.now.deprecated), text(&is));
        self.tell(ChangeKind::DeprecationChanged, Event::DeprecationChanged, None, old, new);
        self.before.deprecated = Some(self.now.deprecated.clone());
        self.after.deprecated = Some(is);
        Ok(())
    }

    async fn column(&mut self, name: &str, edit: &ColumnEdit) -> Result<()> {
        if !self.now.columns.contains(name) {
            return Err(CurationRefusal::NoSuchColumn { column: name.chars().take(200).collect() }.into());
        }
        let note = self.now.notes.get(name).cloned().unwrap_or_default();
        let (mut before, mut after) = (ColumnEdit::default(), ColumnEdit::default());
        if let Some(comment) = &edit.comment {
            let is = comment.as_deref().map(written).filter(|text| !text.is_empty());
            too_long("comment", is.as_deref(), LONGEST_COMMENT)?;
            if is != note.comment {
                on!(&mut *self.tx, c => sqlx::query(
                    "INSERT INTO column_note (table_id, name, comment) VALUES ($1, $2, $3)
                     ON CONFLICT (table_id, name) DO UPDATE SET comment = excluded.comment",
                ).bind(self.now.asset).bind(name).bind(&is).execute(c).await.map(drop))?;
                before.comment = Some(note.comment.clone());
                after.comment = Some(is.clone());
                self.tell(ChangeKind::CommentChanged, Event::CommentChanged, Some(name), note.comment.clone(), is);
            }
        }
        if let Some(class) = edit.personal_data {
            let was = note.personal_data.as_ref().filter(|data| data.decided).map(|data| data.class);
            if class != was {
                let word = |class: Option<Class>| class.map(|class| class.as_str().to_owned());
                on!(&mut *self.tx, c => sqlx::query(
                    "INSERT INTO column_note (table_id, name, class, class_by, class_at) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (table_id, name) DO UPDATE SET class = excluded.class, class_by = excluded.class_by,
                         class_at = excluded.class_at",
                )
                    .bind(self.now.asset).bind(name).bind(word(class)).bind(class.map(|_| self.by.login))
                    .bind(class.map(|_| self.by.now)).execute(c).await.map(drop))?;
                before.personal_data = Some(was);
                after.personal_data = Some(class);
                self.tell(ChangeKind::ClassChanged, Event::ClassChanged, Some(name), word(was), word(class));
            }
        }
        if !after.is_empty() {
            self.before.columns.insert(name.to_owned(), before);
            self.after.columns.insert(name.to_owned(), after);
        }
        Ok(())
    }

    async fn finish(self) -> Result<Option<Done>> {
        let Self { tx, by, now, lines, before, after } = self;
        if lines.is_empty() {
            return Ok(None);
        }
        on!(&mut *tx, c => sqlx::query("UPDATE curation SET revision = revision + 1 WHERE asset_id = $1")
            .bind(now.asset).execute(c).await.map(drop))?;
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO history (asset_id, at, actor, kind, field, old_value, new_value)
             SELECT $1, $2, $3, value->>'kind', value->>'field', value->>'old', value->>'new' FROM json_each($4)",
        ).bind(now.asset).bind(by.now).bind(by.login).bind(to_json(&lines)).execute(c).await.map(drop))?;
        for line in lines {
            let object = match &line.field {
                Some(column) => Object::new(
                    ObjectKind::Column,
                    format_args!("{}.{column}", now.asset),
                    format_args!("{}.{column}", now.name),
                ),
                None => now.object(),
            };
            tx.record(Act::new(by.origin, by.now, line.event, object).change(line.old, line.new));
        }
        tx.touch(now.asset);
        Ok(Some(Done { before, after }))
    }
}

impl Standing {
    /// What of an edit is not so already.
    pub fn difference(&self, edit: &Edit) -> Edit {
        let mut rest = edit.clone();
        let now = self.as_edit(edit);
        let is_source = |text: &Option<String>| {
            self.description.is_none() && text.as_deref() == self.source_description.as_deref().map(str::trim)
        };
        rest.description = rest.description.filter(|text| Some(text) != now.description.as_ref() && !is_source(text));
        let tags = rest.tags.take().map(|tags| tags.iter().map(|tag| tag_name(tag)).collect::<BTreeSet<_>>());
        rest.tags = tags.filter(|tags| *tags != self.tags).map(|tags| tags.into_iter().collect());
        rest.certified = rest.certified.filter(|_| rest.certified != now.certified);
        rest.deprecated = rest.deprecated.filter(|deprecated| Some(deprecated) != now.deprecated.as_ref());
        rest.columns.retain(|name, column| now.columns.get(name) != Some(column));
        rest
    }

    /// What is said now of that which an edit is about.
    pub fn as_edit(&self, like: &Edit) -> Edit {
        let column = |(name, edit): (&String, &ColumnEdit)| {
            let note = self.notes.get(name).cloned().unwrap_or_default();
            let decided = note.personal_data.filter(|data| data.decided).map(|data| data.class);
            let comment = edit.comment.as_ref().map(|_| note.comment.clone());
            (name.clone(), ColumnEdit { comment, personal_data: edit.personal_data.map(|_| decided) })
        };
        Edit {
            description: like.description.as_ref().map(|_| self.description.clone()),
            tags: like.tags.as_ref().map(|_| self.tags.iter().cloned().collect()),
            certified: like.certified.map(|_| self.certified),
            deprecated: like.deprecated.as_ref().map(|_| self.deprecated.clone()),
            columns: like.columns.iter().map(column).collect(),
        }
    }

    pub(crate) fn object(&self) -> Object {
        let kind = if self.is_table { ObjectKind::Table } else { ObjectKind::Database };
        Object::new(kind, self.asset, &self.name)
    }
}

/// A text as it is kept: line breaks of one sort, no zero bytes, nothing around it.
pub(crate) fn written(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\0', "\u{fffd}").trim().to_owned()
}

/// A name as the governed list has it.
pub(crate) fn tag_name(text: &str) -> String {
    text.trim().to_lowercase()
}

fn too_long(field: &str, text: Option<&str>, most: usize) -> Result<()> {
    if text.is_some_and(|text| text.chars().count() > most) {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        return Err(CurationRefusal::TooLong { field: field.to_owned(), most }.into());
    }
    Ok(())
}

pub(crate) async fn tag_id(tx: &mut Tx, name: &str) -> Result<Option<i64>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT id FROM tag WHERE name = $1").bind(name).fetch_optional(c).await)?)
}

async fn tag_names(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT name FROM tag ORDER BY name").fetch_all(c).await)?)
}

/// The live table called `db.table`, of the asset's own source before others. Names may have dots.
async fn table_called(tx: &mut Tx, beside: AssetId, name: &str) -> Result<Option<(AssetId, String)>> {
    for (at, _) in name.match_indices('.') {
        let (database, table) = (name[..at].to_lowercase(), name[at + 1..].to_lowercase());
        let found: Option<(AssetId, String)> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT t.id, d.name || '.' || t.name FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id
             JOIN asset a ON a.id = $1
             WHERE lower(t.name) = $3 AND lower(d.name) = $2 AND t.deleted_at IS NULL
             ORDER BY d.source_id <> a.source_id, d.source_id LIMIT 1",
        ).bind(beside).bind(database).bind(table).fetch_optional(c).await)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

//! One change to many tables at once, and its undoing.

use super::edit::{Editor, Standing, apply, standing, tag_id, tag_name};
use super::{Result, may};
use crate::audit::{Act, Object};
use crate::catalog::{CatalogError, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::curation::{BulkChange, ColumnEdit, Deprecate, Edit};
use reeve_model::permission::Actor;
use reeve_model::problem::CurationRefusal;
use std::collections::BTreeMap;

/// Tables that one bulk edit takes: it is one transaction.
pub const MOST: usize = 2_000;
/// Tables that a preview names.
const EXAMPLES: usize = 10;

/// A table by its place.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Place {
    pub source: String,
    pub database: String,
    pub table: String,
}

/// What a bulk edit would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Tables that it would change.
    pub changed: usize,
    /// Those that have it so already.
    pub unchanged: usize,
    /// Those that whoever asks may not change.
    pub forbidden: usize,
    /// The first that it would change.
    pub examples: Vec<String>,
}

/// A bulk edit that was made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Made {
    pub id: i64,
    pub query: String,
    pub change: String,
    pub tables: i64,
    pub made_by: String,
    pub person_id: Option<i64>,
    pub made_at: DateTime<Utc>,
    pub undone_by: Option<String>,
    pub undone_at: Option<DateTime<Utc>>,
    /// Tables that the undoing left as they are, because they have changed since.
    pub kept: Option<i64>,
}

impl Made {
    /// # Errors
    /// When this version cannot read it.
    pub fn change(&self) -> Result<BulkChange> {
        Ok(json("bulk_edit", "change", self.id, &self.change)?)
    }
}

/// The live tables at these places.
pub async fn tables_at(tx: &mut Tx, places: &[Place]) -> Result<Vec<AssetId>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT t.id FROM json_each($1) p JOIN source s ON s.name = p.value->>'source'
         JOIN catalog_database d ON d.source_id = s.id AND d.name = p.value->>'database'
         JOIN catalog_table t ON t.database_id = d.id AND t.name = p.value->>'table' AND t.deleted_at IS NULL
         ORDER BY t.id",
    ).bind(to_json(places)).fetch_all(c).await)?)
}

/// What a change is to one table.
fn edit_of(change: &BulkChange, now: &Standing) -> Edit {
    let tags = |with: bool, tag: &str| {
        let tag = tag_name(tag);
        let mut tags = now.tags.clone();
        if with {
            tags.insert(tag)
        } else {
            tags.remove(&tag)
        };
        Edit { tags: Some(tags.into_iter().collect()), ..Edit::default() }
    };
    match change {
        BulkChange::AddTag(tag) => tags(true, tag),
        BulkChange::RemoveTag(tag) => tags(false, tag),
        BulkChange::Classify { column, class } => {
            let edit = ColumnEdit { comment: None, personal_data: Some(Some(*class)) };
            let columns: BTreeMap<String, ColumnEdit> =
                now.columns.get(column).map(|name| (name.clone(), edit)).into_iter().collect();
            Edit { columns, ..Edit::default() }
        }
        BulkChange::Deprecate { note } => {
            let replacement = now.deprecated.as_ref().and_then(|now| now.replacement.clone());
            Edit { deprecated: Some(Some(Deprecate { note: note.clone(), replacement })), ..Edit::default() }
        }
        BulkChange::Undeprecate => Edit { deprecated: Some(None), ..Edit::default() },
    }
}

/// What the change would do to these tables.
///
/// # Errors
/// Refused where its tag is not on the list.
pub async fn preview(tx: &mut Tx, actor: &Actor, tables: &[AssetId], change: &BulkChange) -> Result<Preview> {
    if let BulkChange::AddTag(tag) | BulkChange::RemoveTag(tag) = change
        && tag_id(tx, &tag_name(tag)).await?.is_none()
    {
        return Err(CurationRefusal::NoSuchTag { tag: tag.clone(), near: None }.into());
    }
    let mut preview = Preview::default();
    for asset in tables {
        let Some(now) = standing(tx, *asset).await? else { continue };
        let edit = edit_of(change, &now);
        if now.as_edit(&edit) == edit {
            preview.unchanged += 1;
        } else if may::check(actor, &may::resource(tx, actor, *asset).await?, &edit).is_err() {
            preview.forbidden += 1;
        } else {
            preview.changed += 1;
            if preview.examples.len() < EXAMPLES {
                preview.examples.push(now.name);
            }
        }
    }
    Ok(preview)
}

/// Makes the change to those of the tables that the actor may change; answers its number, `None` where none changed.
///
/// # Errors
/// Refused where the change cannot be taken.
pub async fn make(
    tx: &mut WriteTx,
    by: Editor<'_>,
    actor: &Actor,
    tables: &[AssetId],
    change: &BulkChange,
    query: &str,
) -> Result<Option<i64>> {
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO bulk_edit (query, change, tables, made_by, person_id, made_at) VALUES ($1, $2, 0, $3, $4, $5)
         RETURNING id",
    ).bind(query).bind(to_json(change)).bind(by.login).bind(by.origin.person).bind(by.now).fetch_one(c).await)?;
    let mut count = 0_i64;
    for asset in tables {
        let Some(now) = standing(tx, *asset).await? else { continue };
        let edit = edit_of(change, &now);
        if now.as_edit(&edit) == edit || may::check(actor, &may::resource(tx, actor, *asset).await?, &edit).is_err() {
            continue;
        }
        let Some(done) = apply(tx, by, *asset, None, &edit).await? else { continue };
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO bulk_edit_item (bulk_edit_id, asset_id, before, after) VALUES ($1, $2, $3, $4)",
        ).bind(id).bind(asset).bind(to_json(&done.before)).bind(to_json(&done.after)).execute(c).await.map(drop))?;
        count += 1;
    }
    if count == 0 {
        on!(&mut *tx, c => sqlx::query("DELETE FROM bulk_edit WHERE id = $1").bind(id).execute(c).await.map(drop))?;
        return Ok(None);
    }
    on!(&mut *tx, c => sqlx::query("UPDATE bulk_edit SET tables = $2 WHERE id = $1")
        .bind(id).bind(count).execute(c).await.map(drop))?;
    let act = Act::new(by.origin, by.now, Event::BulkEdited, Object::new(ObjectKind::BulkEdit, id, query));
    tx.record(act.change(None::<String>, Some(format!("{count}: {}", to_json(change)))));
    Ok(Some(id))
}

/// A bulk edit by its number.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<Made>> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, query, change, tables, made_by, person_id, made_at, undone_by, undone_at, kept
         FROM bulk_edit WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// Gives back to each table what it had before; what has changed since then stays as it is. Answers how many were given
/// back, and how many were left.
///
/// # Errors
/// Refused where it was undone already.
pub async fn undo(tx: &mut WriteTx, by: Editor<'_>, actor: &Actor, id: i64) -> Result<(i64, i64)> {
    let taken: Option<i64> = on!(&mut *tx, c => sqlx::query_scalar(
        "UPDATE bulk_edit SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_at IS NULL RETURNING id",
    ).bind(id).bind(by.login).bind(by.now).fetch_optional(c).await)?;
    taken.ok_or(CurationRefusal::Undone)?;
    let items: Vec<(AssetId, String, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT asset_id, before, after FROM bulk_edit_item WHERE bulk_edit_id = $1 ORDER BY asset_id",
    ).bind(id).fetch_all(c).await)?;
    let (mut back, mut kept) = (0, 0);
    for (asset, before, after) in items {
        let read = |column, text: &str| -> std::result::Result<Edit, CatalogError> {
            json("bulk_edit_item", column, id, text)
        };
        let (before, after) = (read("before", &before)?, read("after", &after)?);
        let Some(now) = standing(tx, asset).await? else { continue };
        let may = may::check(actor, &may::resource(tx, actor, asset).await?, &before).is_ok();
        // A column or tag that is gone since is a change since, too.
        if may && now.as_edit(&after) == after && apply(tx, by, asset, None, &before).await?.is_some() {
            back += 1;
        } else {
            kept += 1;
        }
    }
    on!(&mut *tx, c => sqlx::query("UPDATE bulk_edit SET kept = $2 WHERE id = $1")
        .bind(id).bind(kept).execute(c).await.map(drop))?;
    let act = Act::new(by.origin, by.now, Event::BulkUndone, Object::new(ObjectKind::BulkEdit, id, id));
    tx.record(act.change(None::<String>, Some(format!("{back} given back, {kept} left"))));
    Ok((back, kept))
}

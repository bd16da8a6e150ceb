//! The governed list of tags.

use super::Result;
use super::edit::{Editor, tag_id, tag_name, written};
use crate::audit::{Act, Object};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::curation::Tag;
use reeve_model::problem::CurationRefusal;

/// Longest name of a tag, in characters.
pub const LONGEST_NAME: usize = 40;
/// Longest title of a tag, in characters.
pub const LONGEST_TITLE: usize = 80;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    title_ko: String,
    title_en: String,
    created_by: String,
    created_at: DateTime<Utc>,
    uses: i64,
}

/// All tags, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Tag>> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT t.id, t.name, t.title_ko, t.title_en, t.created_by, t.created_at,
                (SELECT count(*) FROM asset_tag a WHERE a.tag_id = t.id) AS uses
         FROM tag t ORDER BY t.name",
    ).fetch_all(c).await)?;
    let tag = |row: Row| Tag {
        id: row.id,
        name: row.name,
        title_ko: row.title_ko,
        title_en: row.title_en,
        created_by: row.created_by,
        created_at: row.created_at,
        uses: row.uses,
    };
    Ok(rows.into_iter().map(tag).collect())
}

/// Whether a text can be a tag's name: letters, digits, `-`, `_` and `.`, of any script.
pub fn is_name(name: &str) -> bool {
    let count = name.chars().count();
    (1..=LONGEST_NAME).contains(&count) && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// Puts a tag on the list, or gives the one that is there other titles.
///
/// # Errors
/// Refused where `fresh` and the name is taken.
pub async fn define(
    tx: &mut WriteTx,
    by: Editor<'_>,
    name: &str,
    title_ko: &str,
    title_en: &str,
    fresh: bool,
) -> Result<()> {
    let name = tag_name(name);
    let (ko, en) = (written(title_ko), written(title_en));
    let known = list(tx).await?.into_iter().find(|tag| tag.name == name);
    if fresh && known.is_some() {
        return Err(CurationRefusal::TagTaken { tag: name }.into());
    }
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO tag (name, title_ko, title_en, created_by, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET title_ko = excluded.title_ko, title_en = excluded.title_en",
    ).bind(&name).bind(&ko).bind(&en).bind(by.login).bind(by.now).execute(c).await.map(drop))?;
    let before = known.map(|tag| format!("{} / {}", tag.title_ko, tag.title_en));
    let act = Act::new(by.origin, by.now, Event::TagDefined, Object::new(ObjectKind::Tag, &name, &name));
    tx.record(act.change(before, Some(format!("{ko} / {en}"))));
    Ok(())
}

/// Takes a tag from the list, and from all that has it; answers how much that was. Nothing happens where there is none.
pub async fn remove(tx: &mut WriteTx, by: Editor<'_>, name: &str) -> Result<usize> {
    let name = tag_name(name);
    let Some(id) = tag_id(tx, &name).await? else { return Ok(0) };
    let had: Vec<AssetId> = on!(&mut *tx, c => sqlx::query_scalar(
        "DELETE FROM asset_tag WHERE tag_id = $1 RETURNING asset_id",
    ).bind(id).fetch_all(c).await)?;
    on!(&mut *tx, c => sqlx::query(
        "UPDATE curation SET revision = revision + 1
         WHERE asset_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))",
    ).bind(crate::catalog::to_json(&had.iter().map(|id| [id]).collect::<Vec<_>>())).execute(c).await.map(drop))?;
    on!(&mut *tx, c => sqlx::query("DELETE FROM tag WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    for asset in &had {
        tx.touch(*asset);
    }
    let act = Act::new(by.origin, by.now, Event::TagRemoved, Object::new(ObjectKind::Tag, &name, &name));
    tx.record(act.change(Some(had.len()), None::<usize>));
    Ok(had.len())
}

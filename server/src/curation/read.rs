//! What is said of columns and which tags an asset has.

use crate::catalog::{CatalogError, Result};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::asset::{Column, ColumnDetail};
use reeve_model::curation::{Author, PersonalData, Suggestion};
use reeve_model::personal_data::Class;
use reeve_model::{AssetId, Word};
use std::collections::HashMap;

/// What is said of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    pub comment: Option<String>,
    pub personal_data: Option<PersonalData>,
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    name: String,
    comment: Option<String>,
    class: Option<String>,
    class_by: Option<String>,
    class_at: Option<DateTime<Utc>>,
    suggested: Option<String>,
    reason_ko: Option<String>,
    reason_en: Option<String>,
    rules: Option<i64>,
}

/// By the column's name.
pub type Notes = HashMap<String, Note>;

/// What is said of the columns of a table, those that are gone among them.
pub async fn notes(tx: &mut Tx, table: AssetId) -> Result<Notes> {
    let rows: Vec<NoteRow> = on!(tx, c => sqlx::query_as(
        "SELECT name, comment, class, class_by, class_at, suggested, reason_ko, reason_en, rules
         FROM column_note WHERE table_id = $1",
    ).bind(table).fetch_all(c).await)?;
    rows.into_iter().map(|row| Ok((row.name.clone(), row.note(table)?))).collect()
}

/// The names of an asset's tags of the governed list.
pub async fn tags(tx: &mut Tx, asset: AssetId) -> Result<Vec<String>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT t.name FROM asset_tag a JOIN tag t ON t.id = a.tag_id WHERE a.asset_id = $1 ORDER BY t.name",
    ).bind(asset).fetch_all(c).await)?)
}

impl NoteRow {
    fn note(self, table: AssetId) -> Result<Note> {
        let decided = self.class.map(|word| class(table, "class", &word)).transpose()?;
        let suggestion = match self.suggested {
            Some(word) => Some(Suggestion {
                class: class(table, "suggested", &word)?,
                reason_ko: self.reason_ko.unwrap_or_default(),
                reason_en: self.reason_en.unwrap_or_default(),
                rules: self.rules.unwrap_or_default(),
            }),
            None => None,
        };
        let shown = decided.or(suggestion.as_ref().map(|suggestion| suggestion.class));
        let personal_data = shown.map(|class| PersonalData {
            class,
            decided: decided.is_some(),
            by: self.class_by,
            at: self.class_at,
            suggestion,
        });
        Ok(Note { comment: self.comment, personal_data })
    }
}

pub(crate) fn class(table: AssetId, column: &'static str, word: &str) -> Result<Class> {
    Class::parse(word).ok_or_else(|| CatalogError::BadRow {
        table: "column_note",
        column,
        id: table.0,
        reason: format!("`{word}` is not known"),
    })
}

/// A column with what is said of it; what people wrote goes before the source's comment.
pub fn with_note(column: Column, note: Option<&Note>) -> ColumnDetail {
    let mut detail = ColumnDetail::from(column);
    let Some(note) = note else { return detail };
    detail.personal_data.clone_from(&note.personal_data);
    if let Some(comment) = &note.comment {
        detail.other_comment = detail.column.comment.replace(comment.clone());
        detail.comment_from = Some(Author::Portal);
    }
    detail
}

/// The strictest class of these columns, where one is personal.
pub fn strictest<'a>(columns: impl Iterator<Item = &'a ColumnDetail>) -> Option<Class> {
    let classes = columns.filter_map(|column| column.personal_data.as_ref()).map(|data| data.class);
    classes.max().filter(|class| *class != Class::None)
}

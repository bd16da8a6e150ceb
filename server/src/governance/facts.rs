//! What of the catalog a request rests on, as it is now.

use super::Result;
use super::directory::deciding;
use crate::app::App;
use crate::catalog::bad_word;
use crate::db::{Tx, on};
use crate::owners;
use crate::retention;
use chrono::NaiveDate;
use reeve_model::personal_data::Class;
use reeve_model::request::{Content, Facts, Subject};
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

/// Reads the facts that `content` about this subject rests on.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(tx: &mut Tx, app: &App, subject: &Subject, content: &Content, today: NaiveDate) -> Result<Facts> {
    let asset = match subject.asset {
        Some(asset) => now_called(tx, asset).await?,
        None => None,
    };
    let database = subject.name.split('.').next().unwrap_or_default().to_lowercase();
    let mut facts = Facts {
        asset,
        database,
        owners: BTreeSet::new(),
        class: Class::None,
        personal_columns: BTreeSet::new(),
        bytes: Some(0),
        days: None,
        cap_days: None,
    };
    if let Some(asset) = asset {
        facts.owners = deciding(&owners::of_asset(tx, asset).await?.owners);
        for (column, class) in classes(tx, asset).await? {
            if !masked(content).is_some_and(|masked| masked.contains(&column)) {
                facts.class = facts.class.max(class);
                facts.personal_columns.insert(column);
            }
        }
    }
    match (content, asset) {
        (Content::RetentionExtension(asked), Some(asset)) => {
            let now = retention::outlook(tx, app, asset, today).await?;
            facts.days = now.days;
            facts.cap_days = now.cap_days;
            facts.bytes = now.extra_bytes(asked);
        }
        (Content::Ingestion(asked), _) => {
            facts.class = asked.class();
            let columns = asked.tables.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
            let personal = columns.filter(|(_, column)| column.class != Class::None);
            facts.personal_columns =
                personal.map(|(table, column)| format!("{}.{}", table.target, column.name)).collect();
            facts.bytes = None;
        }
        _ => {}
    }
    Ok(facts)
}

fn masked(content: &Content) -> Option<&BTreeSet<String>> {
    match content {
        Content::RetentionExtension(asked) => Some(&asked.masked_columns),
        Content::Access(asked) => Some(&asked.masked_columns),
        _ => None,
    }
}

/// The asset that stands where this one stood: itself, or a table made anew in its place. Nothing where there is none.
async fn now_called(tx: &mut Tx, asset: AssetId) -> Result<Option<AssetId>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT n.id FROM catalog_table t JOIN catalog_table n ON n.database_id = t.database_id AND n.name = t.name
         WHERE t.id = $1 AND n.deleted_at IS NULL
         UNION SELECT id FROM catalog_database WHERE id = $1 AND deleted_at IS NULL",
    ).bind(asset).fetch_optional(c).await)?)
}

/// Columns of a class that people have confirmed.
async fn classes(tx: &mut Tx, asset: AssetId) -> Result<Vec<(String, Class)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT name, class FROM column_note WHERE table_id = $1 AND class IS NOT NULL AND class <> 'none' ORDER BY name",
    ).bind(asset).fetch_all(c).await)?;
    let class = |word: &str| Class::parse(word).ok_or_else(|| bad_word("column_note", "class", asset.0, word));
    rows.into_iter().map(|(name, word)| Ok((name, class(&word)?))).collect()
}

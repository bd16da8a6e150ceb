//! What the rules of personal data make of columns that a crawl found new or changed.

use crate::catalog::{Result, to_json};
use crate::db::{WriteTx, on};
use reeve_model::asset::Column;
use reeve_model::personal_data::{Class, Finding, RULES, classify};
use reeve_model::{AssetId, Word};
use serde::Serialize;

/// A table with what the rules say of its columns.
pub struct Judged {
    pub asset: AssetId,
    pub columns: Vec<Suggestion>,
}

/// A column that holds personal data, by the rules.
#[derive(Clone, Debug)]
pub struct Suggestion {
    name: String,
    class: &'static str,
    ko: &'static str,
    en: &'static str,
}

#[derive(Serialize)]
struct Row<'a> {
    table: AssetId,
    name: &'a str,
    class: &'static str,
    ko: &'static str,
    en: &'static str,
}

/// What the rules say of a table's columns; those that hold nothing of anyone are left out. Takes some ten microseconds a
/// column: many are judged before a transaction begins, not within it.
pub fn judge<'a>(table: &str, columns: impl Iterator<Item = &'a Column>) -> Vec<Suggestion> {
    let judged = columns.map(|column| {
        let comment = column.comment.as_deref().unwrap_or_default();
        (column, classify(table, &column.name, &column.data_type, comment))
    });
    let personal = judged.filter(|(_, found)| found.class != Class::None);
    let suggestion = |(column, found): (&Column, Finding)| Suggestion {
        name: column.name.clone(),
        class: found.class.as_str(),
        ko: found.reason.ko,
        en: found.reason.en,
    };
    personal.map(suggestion).collect()
}

/// Writes the suggestions for these tables in the place of those before. What people decided stays, and wins.
///
/// # Errors
/// When the database does not answer.
pub async fn write(tx: &mut WriteTx, tables: &[Judged]) -> Result<()> {
    if tables.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for table in tables {
        rows.extend(table.columns.iter().map(|Suggestion { name, class, ko, en }| Row {
            table: table.asset,
            name,
            class,
            ko,
            en,
        }));
    }
    let ids = to_json(&tables.iter().map(|table| [table.asset]).collect::<Vec<_>>());
    on!(&mut *tx, c => sqlx::query(
        "UPDATE column_note SET suggested = NULL, reason_ko = NULL, reason_en = NULL, rules = NULL
         WHERE table_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1)) AND suggested IS NOT NULL",
    ).bind(&ids).execute(c).await.map(drop))?;
    if !rows.is_empty() {
        on!(&mut *tx, c => sqlx::query(
            "INSERT INTO column_note (table_id, name, suggested, reason_ko, reason_en, rules)
             SELECT CAST(value->>'table' AS BIGINT), value->>'name', value->>'class', value->>'ko', value->>'en', $2
             FROM json_each($1) WHERE true
             ON CONFLICT (table_id, name) DO UPDATE SET suggested = excluded.suggested, reason_ko = excluded.reason_ko,
                 reason_en = excluded.reason_en, rules = excluded.rules",
        ).bind(to_json(&rows)).bind(i64::from(RULES)).execute(c).await.map(drop))?;
    }
    on!(&mut *tx, c => sqlx::query(
        "DELETE FROM column_note WHERE table_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))
         AND suggested IS NULL AND comment IS NULL AND class IS NULL",
    ).bind(&ids).execute(c).await.map(drop))?;
    Ok(())
}

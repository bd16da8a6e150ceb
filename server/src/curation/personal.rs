//! Personal data over the whole catalog: what the rules suggest and people have decided, column by column.

use super::Result;
use super::read::class;
use crate::catalog::{hidden, json};
use crate::db::{Tx, on};
use reeve_model::asset::{Column, Paged};
use reeve_model::personal_data::Class;
use reeve_model::visibility::Hidden;
use reeve_model::{AssetId, Word};

/// Which columns are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Suggested and not decided, or decided.
    pub decided: bool,
    /// Shown, that is decided or else suggested.
    pub class: Option<Class>,
    pub database: String,
}

/// A column that holds personal data, or might.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub table: AssetId,
    pub source: String,
    pub ambiguous: bool,
    pub database: String,
    pub name: String,
    pub column: Column,
    pub class: Class,
    pub suggested: Option<Class>,
    pub reason_ko: String,
    pub reason_en: String,
    pub by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    table_id: AssetId,
    column_name: String,
    class: Option<String>,
    suggested: Option<String>,
    reason_ko: Option<String>,
    reason_en: Option<String>,
    class_by: Option<String>,
    source: String,
    ambiguous: bool,
    database: String,
    name: String,
    columns: String,
    partition_keys: String,
}

macro_rules! found {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM column_note n JOIN catalog_table t ON t.id = n.table_id JOIN catalog_database d ON d.id = t.database_id
              JOIN source s ON s.id = d.source_id
              WHERE t.deleted_at IS NULL AND ($1 = '' OR lower(d.name) = $1)
              AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
              AND ($3 = '' OR coalesce(n.class, n.suggested) = $3)
              AND ((NOT $4 AND n.class IS NULL AND n.suggested IS NOT NULL) OR ($4 AND n.class IS NOT NULL)) ",
            $rest
        )
    };
}

/// A page of the list, by table and column; the cursor is the last of the page before.
///
/// # Errors
/// When the cursor is none of this list.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    visible: &Hidden,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Paged<Found>> {
    let (after, after_name) = match cursor {
        None => (0, String::new()),
        Some(text) => {
            let bad = || crate::catalog::CatalogError::BadCursor(text.to_owned());
            let (table, name) = text.split_once(':').ok_or_else(bad)?;
            (table.parse().map_err(|_| bad())?, name.to_owned())
        }
    };
    let hidden = hidden::ids(tx, visible).await?;
    let database = filter.database.trim().to_lowercase();
    let class_word = filter.class.map_or("", Word::as_str);
    let total: i64 = on!(&mut *tx, c => sqlx::query_scalar(found!("count(*)", ""))
        .bind(&database).bind(&hidden).bind(class_word).bind(filter.decided).fetch_one(c).await)?;
    let rows: Vec<Row> = on!(&mut *tx, c => sqlx::query_as(found!(
        "n.table_id, n.name AS column_name, n.class, n.suggested, n.reason_ko, n.reason_en, n.class_by, s.name AS source,
         EXISTS (SELECT 1 FROM catalog_database o WHERE lower(o.name) = lower(d.name)
                 AND o.source_id <> d.source_id AND o.deleted_at IS NULL) AS ambiguous,
         d.name AS database, t.name, t.columns, t.partition_keys",
        "AND (n.table_id > $5 OR (n.table_id = $5 AND n.name > $6)) ORDER BY n.table_id, n.name LIMIT $7"
    ))
        .bind(&database).bind(&hidden).bind(class_word).bind(filter.decided).bind(AssetId(after)).bind(after_name)
        .bind(limit + 1).fetch_all(c).await)?;
    let items = rows.into_iter().map(Row::found).collect::<Result<Vec<_>>>()?;
    Ok(Paged::from_rows(items, limit, total, |last: &Found| format!("{}:{}", last.table, last.column.name)))
}

impl Row {
    fn found(self) -> Result<Found> {
        const TABLE: &str = "catalog_table";
        let id = self.table_id;
        let mut columns: Vec<Column> = json(TABLE, "columns", id.0, &self.columns)?;
        columns.extend(json::<Vec<Column>>(TABLE, "partition_keys", id.0, &self.partition_keys)?);
        // One that is gone is known by its name alone.
        let column = columns.into_iter().find(|column| column.name == self.column_name);
        let gone = Column { name: self.column_name, data_type: String::new(), comment: None };
        let suggested = self.suggested.map(|word| class(id, "suggested", &word)).transpose()?;
        let decided = self.class.map(|word| class(id, "class", &word)).transpose()?;
        Ok(Found {
            table: id,
            source: self.source,
            ambiguous: self.ambiguous,
            database: self.database,
            name: self.name,
            column: column.unwrap_or(gone),
            class: decided.or(suggested).unwrap_or(Class::None),
            suggested,
            reason_ko: self.reason_ko.unwrap_or_default(),
            reason_en: self.reason_en.unwrap_or_default(),
            by: self.class_by,
        })
    }
}

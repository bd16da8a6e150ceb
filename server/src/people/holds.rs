//! What a person or team answers for himself, as it was assigned to him.

use super::list::word;
use crate::catalog::{CatalogError, hidden};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::person::AnswersFor;
use reeve_model::visibility::Hidden;

const SHOWN: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    role: String,
    source: String,
    ambiguous: bool,
    database: String,
    table_name: Option<String>,
    size_bytes: Option<i64>,
    since: DateTime<Utc>,
}

/// # Errors
/// When the database does not answer.
pub(super) async fn answers_for(
    tx: &mut Tx,
    holder: AssetId,
    hidden: &Hidden,
) -> Result<Vec<AnswersFor>, CatalogError> {
    let ids = hidden::ids(tx, hidden).await?;
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT o.role, s.name AS source, d.name AS database, t.name AS table_name, o.since,
                CASE WHEN t.id IS NULL THEN d.size_bytes ELSE t.size_bytes END AS size_bytes,
                EXISTS (SELECT 1 FROM catalog_database x WHERE lower(x.name) = lower(d.name)
                        AND x.source_id <> d.source_id AND x.deleted_at IS NULL) AS ambiguous
         FROM asset_owner o LEFT JOIN catalog_table t ON t.id = o.asset_id
         JOIN catalog_database d ON d.id = coalesce(t.database_id, o.asset_id) JOIN source s ON s.id = d.source_id
         WHERE o.holder_id = $1 AND t.deleted_at IS NULL AND d.deleted_at IS NULL
           AND d.id NOT IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))
         ORDER BY t.id IS NOT NULL, 6 DESC, d.name, t.name, o.role LIMIT $3",
    ).bind(holder).bind(ids).bind(SHOWN).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            Ok(AnswersFor {
                role: word("role", holder, &row.role)?,
                source: row.source,
                ambiguous: row.ambiguous,
                database: row.database,
                table: row.table_name,
                size_bytes: row.size_bytes,
                since: row.since,
            })
        })
        .collect()
}

//! Whose the names are that own something, as the rules have it now.

use super::ROWS_AT_ONCE;
use super::compute::{Computation, Written};
use crate::catalog::to_json;
use crate::db::on;
use crate::people::principals::{self, Owning, compiled, everyone, outcome_word};
use reeve_model::AssetId;
use reeve_model::principal::resolve;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
struct Row {
    name: String,
    outcome: String,
    target_id: Option<AssetId>,
    rule: Option<i64>,
    tables: i64,
    size_bytes: i64,
}

impl Computation<'_> {
    /// Writes what differs from what was so before.
    pub(super) async fn principals(&self, generation: i64) -> Written<()> {
        let mut tx = self.db.read().await?;
        let rules = compiled(&principals::rules(&mut tx).await?.rules);
        let everyone = everyone(&mut tx).await?;
        let owning = principals::owning(&mut tx).await?;
        let known: Vec<Row> = on!(&mut tx, c => sqlx::query_as(
            "SELECT name, outcome, target_id, rule, tables, size_bytes FROM principal",
        ).fetch_all(c).await)?;
        drop(tx);
        let mut known: HashMap<String, Row> = known.into_iter().map(|row| (row.name.clone(), row)).collect();
        let mut changed = Vec::new();
        for Owning { name, tables, size_bytes } in owning {
            let found = resolve(&name, &rules, &everyone);
            let row = Row {
                outcome: outcome_word(found.outcome).to_owned(),
                target_id: found.outcome.asset(),
                rule: found.rule.and_then(|place| i64::try_from(place).ok()),
                tables,
                size_bytes,
                name,
            };
            if known.remove(&row.name).as_ref() != Some(&row) {
                changed.push(row);
            }
        }
        let gone: Vec<(String,)> = known.into_keys().map(|name| (name,)).collect();
        for rows in changed.chunks(ROWS_AT_ONCE) {
            let mut tx = match self.begin(generation).await? {
                Ok(tx) => tx,
                Err(superseded) => return Ok(Err(superseded)),
            };
            on!(&mut tx, c => sqlx::query(
                "INSERT INTO principal (name, outcome, target_id, rule, tables, size_bytes)
                 SELECT value->>'name', value->>'outcome', CAST(value->>'target_id' AS BIGINT), CAST(value->>'rule' AS BIGINT),
                        CAST(value->>'tables' AS BIGINT), CAST(value->>'size_bytes' AS BIGINT)
                 FROM json_each($1) WHERE true
                 ON CONFLICT (name) DO UPDATE SET outcome = excluded.outcome, target_id = excluded.target_id,
                     rule = excluded.rule, tables = excluded.tables, size_bytes = excluded.size_bytes",
            ).bind(to_json(rows)).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        for names in gone.chunks(ROWS_AT_ONCE) {
            let mut tx = match self.begin(generation).await? {
                Ok(tx) => tx,
                Err(superseded) => return Ok(Err(superseded)),
            };
            on!(&mut tx, c => sqlx::query("DELETE FROM principal WHERE name IN (SELECT value->>0 FROM json_each($1))")
                .bind(to_json(names)).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(Ok(()))
    }
}

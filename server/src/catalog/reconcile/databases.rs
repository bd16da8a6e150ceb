use super::diff::{Definition, Entry, diff};
use super::write::{self, HistoryRow};
use super::{OpenDatabase, Reconciler, State, add};
use crate::catalog::{CatalogError, crawls, json, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::ObservedDatabase;
use reeve_model::asset::ChangeKind;
use reeve_model::crawl::Counts;
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    description: Option<String>,
    location: Option<String>,
    owner: Option<String>,
    parameters: String,
    deleted: bool,
}

impl Reconciler<'_> {
    /// A database and the complete list of its tables.
    pub(super) async fn database_listed(
        &self,
        tx: &mut Tx,
        state: &mut State,
        mut database: ObservedDatabase,
        tables: Vec<String>,
    ) -> Result<(), CatalogError> {
        clean(&mut database);
        let id = self.save_database(tx, &database).await?;
        let listed = i64::try_from(tables.len()).unwrap_or(i64::MAX);
        let open = OpenDatabase {
            id,
            started_at: self.clock.now(),
            listed: Some(tables.into_iter().collect()),
            counts: Counts { listed, ..Counts::default() },
            tables: HashMap::new(),
        };
        state.databases.insert(database.name, open);
        Ok(())
    }

    async fn save_database(&self, tx: &mut Tx, seen: &ObservedDatabase) -> Result<i64, CatalogError> {
        let now = self.clock.now();
        let known: Option<Known> = on!(&mut *tx, c => sqlx::query_as(
            "SELECT id, description, location, owner, parameters, deleted_at IS NOT NULL AS deleted
             FROM catalog_database WHERE source_id = $1 AND name = $2",
        ).bind(self.source_id).bind(&seen.name).fetch_optional(c).await)?;
        let entries = match &known {
            None => vec![Entry::bare(ChangeKind::Created)],
            Some(known) => {
                let mut entries = diff(&known.definition()?, &definition(seen));
                if known.deleted {
                    entries.insert(0, Entry::bare(ChangeKind::Restored));
                }
                entries
            }
        };
        if let (Some(known), true) = (&known, entries.is_empty()) {
            return Ok(known.id);
        }
        let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
            "INSERT INTO catalog_database (source_id, name, description, location, owner, parameters, first_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (source_id, name) DO UPDATE SET description = excluded.description, location = excluded.location,
                 owner = excluded.owner, parameters = excluded.parameters, deleted_at = NULL
             RETURNING id",
        )
            .bind(self.source_id).bind(&seen.name).bind(&seen.description).bind(&seen.location).bind(&seen.owner)
            .bind(to_json(&seen.parameters)).bind(now).fetch_one(c).await)?;
        let rows: Vec<HistoryRow> =
            entries.iter().map(|entry| HistoryRow { asset_kind: "database", asset_id: id, entry }).collect();
        write::history(tx, self.crawl_id, now, &rows).await?;
        write::changed(tx, &[("database", id)]).await?;
        Ok(id)
    }

    /// Everything of this database has been heard: look for what is missing, and close its account.
    pub(super) async fn database_done(&self, state: &mut State, name: &str) -> Result<(), CatalogError> {
        let Some(mut open) = state.databases.remove(name) else { return Ok(()) };
        let complete = open.listed.is_some();
        if complete {
            self.vanished_tables(state, name, &mut open).await?;
        }
        let now = self.clock.now();
        let elapsed = (now - open.started_at).num_milliseconds();
        let mut tx = self.db.write().await?;
        crawls::save_database(&mut tx, self.crawl_id, name, complete, elapsed, &open.counts).await?;
        recount(&mut tx, open.id, now).await?;
        tx.commit().await?;
        add(&mut state.total, &open.counts);
        state.done.insert(name.to_owned(), open.id);
        Ok(())
    }
}

/// Brings the counts of a database up to its live tables and views.
pub(super) async fn recount(tx: &mut Tx, id: i64, now: chrono::DateTime<chrono::Utc>) -> Result<(), CatalogError> {
    on!(tx, c => sqlx::query(
        "UPDATE catalog_database SET checked_at = $2,
             table_count = (SELECT count(*) FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL AND NOT is_view),
             view_count = (SELECT count(*) FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL AND is_view),
             size_bytes = (SELECT CAST(sum(size_bytes) AS BIGINT) FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL)
         WHERE id = $1",
    ).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

impl Known {
    fn definition(&self) -> Result<Definition, CatalogError> {
        Ok(Definition {
            parameters: json("catalog_database", "parameters", self.id, &self.parameters)?,
            owner: self.owner.clone(),
            location: self.location.clone(),
            description: self.description.clone(),
            ..Definition::default()
        })
    }
}

fn definition(seen: &ObservedDatabase) -> Definition {
    Definition {
        parameters: seen.parameters.clone(),
        owner: seen.owner.clone(),
        location: seen.location.clone(),
        description: seen.description.clone(),
        ..Definition::default()
    }
}

/// No database can hold NUL in a text.
fn clean(database: &mut ObservedDatabase) {
    for text in [&mut database.description, &mut database.location, &mut database.owner].into_iter().flatten() {
        super::tables::clean_text(text);
    }
    database.parameters.values_mut().for_each(super::tables::clean_text);
}

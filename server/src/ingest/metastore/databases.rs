use super::diff::{Definition, Entry, diff};
use super::{OpenDatabase, Reconciler, State, add, count, history};
use crate::catalog::{CatalogError, crawls, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, Utc};
use reeve_crawlers::ObservedDatabase;
use reeve_model::AssetId;
use reeve_model::asset::ChangeKind;
use reeve_model::crawl::Counts;
use std::collections::{HashMap, HashSet};

#[derive(sqlx::FromRow)]
struct Known {
    id: AssetId,
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
        tx: &mut WriteTx,
        state: &mut State,
        mut database: ObservedDatabase,
        tables: Vec<String>,
    ) -> Result<(), CatalogError> {
        clean(&mut database);
        if state.done.contains_key(&database.name) || state.databases.contains_key(&database.name) {
            return Ok(());
        }
        let id = self.save_database(tx, &database).await?;
        let listed: HashSet<String> = tables.into_iter().collect();
        let open = OpenDatabase {
            id,
            started_at: self.clock.now(),
            counts: Counts { listed: count(listed.len()), ..Counts::default() },
            listed,
            tables: HashMap::new(),
        };
        state.databases.insert(database.name, open);
        Ok(())
    }

    async fn save_database(&self, tx: &mut WriteTx, seen: &ObservedDatabase) -> Result<AssetId, CatalogError> {
        let now = self.clock.now();
        let known: Option<Known> = on!(tx, c => sqlx::query_as(
            "SELECT id, description, location, owner, parameters, deleted_at IS NOT NULL AS deleted
             FROM catalog_database WHERE source_id = $1 AND name = $2",
        ).bind(self.source_id).bind(&seen.name).fetch_optional(c).await)?;
        let mut entries = match &known {
            None => vec![Entry::bare(ChangeKind::Created)],
            Some(known) => diff(&known.definition()?, &definition(seen)),
        };
        let id = match &known {
            Some(known) if entries.is_empty() && !known.deleted => return Ok(known.id),
            Some(known) => known.id,
            None => on!(tx, c => sqlx::query_scalar(
                "INSERT INTO asset (kind, source_id) VALUES ('database', $1) RETURNING id",
            ).bind(self.source_id).fetch_one(c).await)?,
        };
        if known.is_some_and(|known| known.deleted) {
            entries.insert(0, Entry::bare(ChangeKind::Restored));
        }
        on!(tx, c => sqlx::query(
            "INSERT INTO catalog_database (id, source_id, name, description, location, owner, parameters, first_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET description = excluded.description, location = excluded.location,
                 owner = excluded.owner, parameters = excluded.parameters, deleted_at = NULL",
        )
            .bind(id).bind(self.source_id).bind(&seen.name).bind(&seen.description).bind(&seen.location)
            .bind(&seen.owner).bind(to_json(&seen.parameters)).bind(now).execute(c).await.map(drop))?;
        tx.touch(id);
        let told: Vec<(AssetId, &Entry)> = entries.iter().map(|entry| (id, entry)).collect();
        history::write(tx, self.crawl_id, now, &told).await?;
        Ok(id)
    }

    /// Everything of this database has been heard: note what is missing, and close its account.
    pub(super) async fn database_done(
        &self,
        tx: &mut WriteTx,
        state: &mut State,
        name: &str,
    ) -> Result<(), CatalogError> {
        let Some(open) = state.databases.remove(name) else { return Ok(()) };
        state.missing.extend(self.missing_tables(tx, name, open.id, &open.listed).await?);
        let now = self.clock.now();
        let elapsed = (now - open.started_at).num_milliseconds();
        crawls::save_database(tx, self.crawl_id, name, true, elapsed, &open.counts).await?;
        recount(tx, open.id, now).await?;
        add(&mut state.total, &open.counts);
        state.done.insert(name.to_owned(), open.id);
        Ok(())
    }
}

/// Brings the counts of a database up to its live tables and views.
pub(super) async fn recount(tx: &mut Tx, id: AssetId, now: DateTime<Utc>) -> Result<(), CatalogError> {
    // Sums of statistics that sources made up could leave 64 bits: in MiB and the rest they do not.
    on!(tx, c => sqlx::query(
        "UPDATE catalog_database SET checked_at = $2, table_count = n.everything - n.views, view_count = n.views,
             size_bytes = CAST(CASE WHEN n.mib < 8796093022207 THEN n.mib * 1048576 + n.rest WHEN n.mib IS NULL THEN NULL ELSE 9223372036854775807 END AS BIGINT)
         FROM (SELECT count(*) AS everything, coalesce(sum(CASE WHEN is_view THEN 1 ELSE 0 END), 0) AS views,
                      sum(size_bytes / 1048576) AS mib, sum(size_bytes % 1048576) AS rest
               FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL) AS n
         WHERE id = $1",
    ).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

impl Known {
    fn definition(&self) -> Result<Definition, CatalogError> {
        Ok(Definition {
            parameters: json("catalog_database", "parameters", self.id.0, &self.parameters)?,
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
        super::row::clean_text(text);
    }
    super::row::clean_parameters(&mut database.parameters);
}

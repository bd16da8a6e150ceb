//! What a complete listing did not name: counted, held back above the threshold, looked up directly, and
//! only then tombstoned. No transaction is open while the source is asked.

use super::diff::Entry;
use super::write::{self, HistoryRow};
use super::{OpenDatabase, OpenTable, Reconciler, State, add};
use crate::catalog::{CatalogError, crawls, to_json};
use crate::db::{Tx, on};
use reeve_crawlers::Missing;
use reeve_model::asset::ChangeKind;
use reeve_model::crawl::{Counts, Listing, Note};
use std::collections::HashSet;

/// So many may go missing whatever their share: a database of three tables may lose one.
const ALWAYS_ALLOWED: usize = 10;
/// Partitions come and go with retention: a table may lose most of them, but not nearly all of many.
const PARTITIONS_PERCENT: u8 = 90;
const PARTITIONS_ALWAYS_ALLOWED: usize = 1_000;
/// How many names one direct look-up asks for.
const LOOK_UP: usize = 1_000;

/// What may be tombstoned, and what the source still has.
struct Verdict {
    gone: Vec<(i64, String)>,
    held_back: usize,
}

/// Partitions known but not listed, with their table.
pub(super) struct MissingPartitions {
    database: String,
    table: String,
    owner: OpenTable,
    /// Live partitions known in all.
    total: usize,
    missing: Vec<(i64, String)>,
}

impl Reconciler<'_> {
    pub(super) async fn vanished_tables(
        &self,
        state: &mut State,
        database: &str,
        open: &mut OpenDatabase,
    ) -> Result<(), CatalogError> {
        let Some(listed) = &open.listed else { return Ok(()) };
        let mut tx = self.db.read().await?;
        let known: Vec<(i64, String)> = on!(&mut tx, c => sqlx::query_as(
            "SELECT id, name FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL ORDER BY name",
        ).bind(open.id).fetch_all(c).await)?;
        drop(tx);
        let total = known.len();
        let missing: Vec<(i64, String)> = known.into_iter().filter(|(_, name)| !listed.contains(name)).collect();
        let ask = |names| Missing::Tables { database: database.to_owned(), names };
        let verdict = self
            .judge(state, (Listing::Tables, database), total, missing, self.max_removed_percent, ALWAYS_ALLOWED, ask)
            .await?;
        open.counts.held_back += count(verdict.held_back);
        open.counts.deleted += count(verdict.gone.len());
        self.bury("table", &verdict.gone).await
    }

    /// After everything: databases that a complete listing of databases did not name, with their tables.
    pub(super) async fn vanished_databases(&self, state: &mut State) -> Result<(), CatalogError> {
        let Some(listed) = state.listed_databases.clone() else { return Ok(()) };
        let listed: HashSet<String> = listed.into_iter().collect();
        let mut tx = self.db.read().await?;
        let known: Vec<(i64, String)> = on!(&mut tx, c => sqlx::query_as(
            "SELECT id, name FROM catalog_database WHERE source_id = $1 AND deleted_at IS NULL ORDER BY name",
        ).bind(self.source_id).fetch_all(c).await)?;
        drop(tx);
        let total = known.len();
        let missing: Vec<(i64, String)> = known.into_iter().filter(|(_, name)| !listed.contains(name)).collect();
        let ask = |names| Missing::Databases { names };
        let verdict = self
            .judge(state, (Listing::Databases, ""), total, missing, self.max_removed_percent, ALWAYS_ALLOWED, ask)
            .await?;
        for (id, name) in &verdict.gone {
            let mut tx = self.db.read().await?;
            let tables: Vec<(i64, String)> = on!(&mut tx, c => sqlx::query_as(
                "SELECT id, name FROM catalog_table WHERE database_id = $1 AND deleted_at IS NULL",
            ).bind(id).fetch_all(c).await)?;
            drop(tx);
            self.bury("table", &tables).await?;
            let counts = Counts { deleted: count(tables.len()), ..Counts::default() };
            let mut tx = self.db.write().await?;
            crawls::save_database(&mut tx, self.crawl_id, name, true, 0, &counts).await?;
            super::databases::recount(&mut tx, *id, self.clock.now()).await?;
            tx.commit().await?;
            add(&mut state.total, &counts);
        }
        self.bury("database", &verdict.gone).await
    }

    /// A complete listing of a table's partition names. Nearly always it agrees with what is known, and then the
    /// transaction goes on; otherwise answers what has to be judged outside of it.
    pub(super) async fn partitions_listed(
        &self,
        tx: &mut Tx,
        state: &mut State,
        database: &str,
        table: &str,
        names: Vec<String>,
    ) -> Result<Option<MissingPartitions>, CatalogError> {
        let Some(open) = state.databases.get_mut(database) else { return Ok(None) };
        let listed = count(names.len());
        open.counts.partitions_listed += listed;
        let Some(owner) = open.tables.remove(table) else { return Ok(None) };
        if owner.partitions_before + owner.partitions_added == listed {
            if owner.partitions_added != 0 {
                self.set_partition_count(tx, &owner, listed).await?;
            }
            return Ok(None);
        }
        let names: HashSet<String> = names.into_iter().collect();
        let known: Vec<String> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT name FROM catalog_partition WHERE table_id = $1 AND deleted_at IS NULL",
        ).bind(owner.id).fetch_all(c).await)?;
        let total = known.len();
        let missing: Vec<(i64, String)> =
            known.into_iter().filter(|name| !names.contains(name)).map(|name| (owner.id, name)).collect();
        if missing.is_empty() {
            self.set_partition_count(tx, &owner, count(total)).await?;
            return Ok(None);
        }
        Ok(Some(MissingPartitions { database: database.to_owned(), table: table.to_owned(), owner, total, missing }))
    }

    /// Judges the partitions that a listing did not name, and tombstones those that are gone.
    pub(super) async fn vanished_partitions(
        &self,
        state: &mut State,
        found: MissingPartitions,
    ) -> Result<(), CatalogError> {
        let MissingPartitions { database, table, owner, total, missing } = found;
        let ask = |names| Missing::Partitions { database: database.clone(), table: table.clone(), names };
        let place = format!("{database}.{table}");
        let (percent, allowed) = (PARTITIONS_PERCENT, PARTITIONS_ALWAYS_ALLOWED);
        let verdict = self.judge(state, (Listing::Partitions, &place), total, missing, percent, allowed, ask).await?;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let sql = format!(
            "UPDATE catalog_partition SET deleted_at = $1 WHERE table_id = $2 AND name IN {}",
            tx.json_strings(3)
        );
        let names = to_json(&verdict.gone.iter().map(|(_, name)| name).collect::<Vec<_>>());
        on!(&mut tx, c => sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(now).bind(owner.id).bind(names).execute(c).await.map(drop))?;
        self.set_partition_count(&mut tx, &owner, count(total - verdict.gone.len())).await?;
        tx.commit().await?;
        if let Some(open) = state.databases.get_mut(&database) {
            open.counts.partitions_deleted += count(verdict.gone.len());
        }
        Ok(())
    }

    /// Writes how many partitions a table has now, and tells history where it had another number before.
    async fn set_partition_count(&self, tx: &mut Tx, owner: &OpenTable, now_has: i64) -> Result<(), CatalogError> {
        on!(&mut *tx, c => sqlx::query("UPDATE catalog_table SET partition_count = $2 WHERE id = $1")
            .bind(owner.id).bind(now_has).execute(c).await.map(drop))?;
        if owner.new || owner.partitions_before == now_has {
            return Ok(());
        }
        let entry = Entry {
            kind: ChangeKind::PartitionsChanged,
            field: None,
            old: Some(owner.partitions_before.to_string()),
            new: Some(now_has.to_string()),
        };
        let row = HistoryRow { asset_kind: "table", asset_id: owner.id, entry: &entry };
        write::history(tx, self.crawl_id, self.clock.now(), &[row]).await
    }

    #[expect(clippy::too_many_arguments, reason = "the guard's numbers differ for tables and partitions")]
    async fn judge(
        &self,
        state: &mut State,
        (of, place): (Listing, &str),
        total: usize,
        missing: Vec<(i64, String)>,
        percent: u8,
        always_allowed: usize,
        ask: impl Fn(Vec<String>) -> Missing,
    ) -> Result<Verdict, CatalogError> {
        let allowed = always_allowed.max(total * usize::from(percent) / 100);
        if missing.len() > allowed && !self.accept_removals {
            state.held_back.push(Note::TooManyMissing {
                of,
                place: place.to_owned(),
                missing: missing.len() as u64,
                total: total as u64,
                allowed: allowed as u64,
            });
            return Ok(Verdict { gone: Vec::new(), held_back: missing.len() });
        }
        let mut verdict = Verdict { gone: Vec::new(), held_back: 0 };
        for chunk in missing.chunks(LOOK_UP) {
            let names: Vec<String> = chunk.iter().map(|(_, name)| name.clone()).collect();
            match self.crawler.still_there(&ask(names)).await {
                Ok(there) => {
                    let there: HashSet<String> = there.into_iter().collect();
                    if !there.is_empty() {
                        state.held_back.push(Note::StillThere {
                            of,
                            place: place.to_owned(),
                            count: there.len() as u64,
                            names: there.iter().take(3).cloned().collect(),
                        });
                        verdict.held_back += there.len();
                    }
                    verdict.gone.extend(chunk.iter().filter(|(_, name)| !there.contains(name)).cloned());
                }
                Err(error) => {
                    state.held_back.push(Note::Unconfirmed {
                        of,
                        place: place.to_owned(),
                        count: chunk.len() as u64,
                        reason: error.to_string(),
                    });
                    verdict.held_back += chunk.len();
                }
            }
        }
        Ok(verdict)
    }

    async fn bury(&self, asset_kind: &str, gone: &[(i64, String)]) -> Result<(), CatalogError> {
        if gone.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let table = if asset_kind == "table" { "catalog_table" } else { "catalog_database" };
        let sql = format!(
            "UPDATE {table} SET deleted_at = $1 WHERE id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {})",
            tx.json_rows(2)
        );
        let ids = to_json(&gone.iter().map(|(id, _)| [*id]).collect::<Vec<_>>());
        on!(&mut tx, c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).bind(ids).execute(c).await.map(drop))?;
        let entry = Entry::bare(ChangeKind::Deleted);
        let rows: Vec<HistoryRow> =
            gone.iter().map(|(id, _)| HistoryRow { asset_kind, asset_id: *id, entry: &entry }).collect();
        write::history(&mut tx, self.crawl_id, now, &rows).await?;
        let ids: Vec<(&str, i64)> = gone.iter().map(|(id, _)| (asset_kind, *id)).collect();
        write::changed(&mut tx, &ids).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

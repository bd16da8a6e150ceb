//! What a complete listing did not name: counted in objects over the whole source, held back above the threshold until an
//! operator decides, looked up directly, and only then tombstoned. No transaction is open while the source is asked.

use super::diff::Entry;
use super::pending::ListedOf;
use super::removals::Held;
use super::{OpenTable, Reconciler, State, count, databases, history};
use crate::catalog::{CatalogError, crawls, to_json};
use crate::db::{Tx, WriteTx, on};
use reeve_crawlers::{Missing, SourceError};
use reeve_model::AssetId;
use reeve_model::asset::ChangeKind;
use reeve_model::crawl::{Listing, Note, RemovalCause};
use std::collections::HashSet;

/// So many objects may go whatever their share, but never more than half of what there is.
const ALWAYS_ALLOWED: i64 = 10;
/// Partitions come and go with retention: a table may lose most of them, but not nearly all of many.
const PARTITIONS_PERCENT: i64 = 90;
const PARTITIONS_ALWAYS_ALLOWED: i64 = 1_000;
/// How many names one direct look-up asks for, and how many one transaction buries.
const LOOK_UP: usize = 500;

/// The tables of one database that its listing did not name, or all of one that is gone itself.
pub(super) struct MissingTables {
    pub(super) database: String,
    id: AssetId,
    /// The listing of databases did not name it.
    whole: bool,
    tables: Vec<MissingTable>,
    /// Objects in it: tables and their partitions.
    total: i64,
}

#[derive(sqlx::FromRow)]
struct MissingTable {
    id: AssetId,
    name: String,
    /// Itself and its partitions.
    objects: i64,
}

/// Partitions known but not listed, with their table.
pub(super) struct MissingPartitions {
    database: String,
    table: String,
    owner: OpenTable,
    /// Live partitions known in all.
    total: usize,
    missing: Vec<String>,
}

/// How many of `total` objects may go without anybody being asked: a share, and a few more where there are many.
fn allowed(total: i64, percent: i64, always: i64) -> i64 {
    (total.saturating_mul(percent) / 100).max(always.min(total / 2))
}

impl Reconciler<'_> {
    /// What the catalog has of a database and its listing has not; nothing where they agree.
    pub(super) async fn missing_tables(
        &self,
        tx: &mut Tx,
        database: &str,
        id: AssetId,
        listed: &HashSet<String>,
    ) -> Result<Option<MissingTables>, CatalogError> {
        let mut tables = live_tables(tx, id).await?;
        let total = tables.iter().map(|table| table.objects).sum();
        tables.retain(|table| !listed.contains(&table.name));
        Ok((!tables.is_empty()).then(|| MissingTables {
            database: database.to_owned(),
            id,
            whole: false,
            tables,
            total,
        }))
    }

    /// After everything: what is missing is judged as a whole, and what may go is looked up and buried.
    pub(super) async fn judge(&self, state: &mut State) -> Result<(), CatalogError> {
        let mut missing = std::mem::take(&mut state.missing);
        let mut tx = self.db.read().await?;
        if let Some(listed) = &state.listed_databases {
            let known: Vec<(AssetId, String)> = on!(&mut tx, c => sqlx::query_as(
                "SELECT id, name FROM catalog_database WHERE source_id = $1 AND deleted_at IS NULL ORDER BY name",
            ).bind(self.source_id).fetch_all(c).await)?;
            for (id, database) in known.into_iter().filter(|(_, name)| !listed.contains(name)) {
                let tables = live_tables(&mut tx, id).await?;
                let total = tables.iter().map(|table| table.objects).sum::<i64>() + 1;
                missing.push(MissingTables { database, id, whole: true, tables, total });
            }
        }
        let total: i64 = on!(&mut tx, c => sqlx::query_scalar(
            "SELECT CAST(count(*) + coalesce(sum(t.partition_count), 0) AS BIGINT) FROM catalog_table t
             JOIN catalog_database d ON d.id = t.database_id WHERE d.source_id = $1 AND t.deleted_at IS NULL",
        ).bind(self.source_id).fetch_one(c).await)?;
        let accepted = self.accepted(&mut tx).await?;
        drop(tx);

        // What an operator has accepted no longer counts; it is looked up like everything else.
        let asked = |part: &MissingTables| -> i64 {
            let open = part.tables.iter().filter(|table| !accepted.contains(&table.id)).map(|table| table.objects);
            open.sum::<i64>() + i64::from(part.whole && !accepted.contains(&part.id))
        };
        let percent = i64::from(self.max_removed_percent);
        let of_source = allowed(total, percent, ALWAYS_ALLOWED);
        let missing_in_all: i64 = missing.iter().map(asked).sum();
        let too_many = missing_in_all > of_source && !self.accept_removals;
        let mut held = Vec::new();
        if too_many {
            let open = missing.iter().filter(|part| asked(part) > 0);
            let items = open.flat_map(MissingTables::items).filter(|(id, _)| !accepted.contains(id)).collect();
            // Where all of it is in one database, the question names it.
            let places: Vec<&String> =
                missing.iter().filter(|part| asked(part) > 0).map(|part| &part.database).collect();
            let place = if let [only] = places[..] { only.clone() } else { String::new() };
            held.push(Held {
                cause: RemovalCause::TooManyMissing,
                place,
                missing: missing_in_all,
                total,
                allowed: of_source,
                items,
            });
        }
        for part in missing {
            let of_database =
                if part.whole { ALWAYS_ALLOWED.min(total / 2) } else { allowed(part.total, percent, ALWAYS_ALLOWED) };
            let count_of = asked(&part);
            if count_of == 0 || self.accept_removals || (!too_many && count_of <= of_database) {
                self.look_up_and_bury(state, part).await?;
                continue;
            }
            state.total.held_back += count(part.tables.len());
            if !too_many {
                let (place, items) = (part.database.clone(), part.items());
                held.push(Held {
                    cause: if part.whole { RemovalCause::DatabaseMissing } else { RemovalCause::TooManyMissing },
                    place,
                    missing: count_of,
                    total: part.total,
                    allowed: of_database,
                    items,
                });
            }
        }
        self.hold_back(state, held).await
    }

    /// Asks the source for what is missing and tombstones what it has not.
    async fn look_up_and_bury(&self, state: &mut State, part: MissingTables) -> Result<(), CatalogError> {
        let database = part.database.clone();
        if part.whole {
            let ask = |names| Missing::Databases { names };
            let gone = self.look_up(state, (Listing::Databases, ""), vec![database.clone()], ask).await?;
            if gone.is_empty() {
                state.total.held_back += count(part.tables.len());
                return Ok(());
            }
        }
        let names: Vec<String> = part.tables.iter().map(|table| table.name.clone()).collect();
        let gone = if part.whole {
            names
        } else {
            let ask = |names| Missing::Tables { database: database.clone(), names };
            self.look_up(state, (Listing::Tables, &database), names, ask).await?
        };
        let gone: HashSet<String> = gone.into_iter().collect();
        let buried: Vec<AssetId> =
            part.tables.iter().filter(|table| gone.contains(&table.name)).map(|table| table.id).collect();
        for chunk in buried.chunks(LOOK_UP) {
            let mut tx = self.begin().await?;
            self.bury(&mut tx, chunk, BURY_TABLES).await?;
            tx.commit().await?;
        }
        let mut tx = self.begin().await?;
        if part.whole {
            self.bury(&mut tx, &[part.id], BURY_DATABASES).await?;
        }
        databases::recount(&mut tx, part.id, self.clock.now()).await?;
        let deleted = count(buried.len());
        crawls::add_deleted(&mut tx, self.crawl_id, &database, deleted, count(part.tables.len()) - deleted).await?;
        tx.commit().await?;
        state.total.deleted += deleted;
        state.total.held_back += count(part.tables.len()) - deleted;
        Ok(())
    }

    /// Complete listings of tables' partition names. Nearly always they agree with what is known; answers what has to be
    /// judged outside of the transaction.
    pub(super) async fn partitions_listed(
        &self,
        tx: &mut WriteTx,
        state: &mut State,
        listed: Vec<ListedOf>,
    ) -> Result<Vec<MissingPartitions>, CatalogError> {
        let mut missing = Vec::new();
        for listed in listed {
            missing.extend(self.missing_partitions(tx, state, listed).await?);
        }
        Ok(missing)
    }

    async fn missing_partitions(
        &self,
        tx: &mut WriteTx,
        state: &mut State,
        ListedOf { database, table, names }: ListedOf,
    ) -> Result<Option<MissingPartitions>, CatalogError> {
        let recount = state.recount;
        let Some(open) = state.databases.get_mut(&database) else { return Ok(None) };
        let names: HashSet<String> = names.into_iter().collect();
        let listed = count(names.len());
        open.counts.partitions_listed += listed;
        let Some(owner) = open.tables.remove(&table) else { return Ok(None) };
        if !recount && owner.partitions_before + owner.partitions_added == listed {
            self.tell_partition_count(tx, &owner, listed).await?;
            return Ok(None);
        }
        let known: Vec<String> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT name FROM catalog_partition WHERE table_id = $1 AND deleted_at IS NULL",
        ).bind(owner.id).fetch_all(c).await)?;
        let total = known.len();
        let missing: Vec<String> = known.into_iter().filter(|name| !names.contains(name)).collect();
        if missing.is_empty() {
            self.set_partition_count(tx, &owner, count(total)).await?;
            return Ok(None);
        }
        Ok(Some(MissingPartitions { database, table, owner, total, missing }))
    }

    /// Judges the partitions that a listing did not name, and tombstones those that are gone.
    pub(super) async fn vanished_partitions(
        &self,
        state: &mut State,
        found: MissingPartitions,
    ) -> Result<(), CatalogError> {
        let MissingPartitions { database, table, owner, total, missing } = found;
        let place = format!("{database}.{table}");
        let mut tx = self.db.read().await?;
        let accepted = self.accepted_partitions(&mut tx, owner.id).await?;
        drop(tx);
        let asked = count(missing.iter().filter(|name| !accepted.contains(*name)).count());
        let may_go = allowed(count(total), PARTITIONS_PERCENT, PARTITIONS_ALWAYS_ALLOWED);
        if asked > may_go && !self.accept_removals {
            let held = Held {
                cause: RemovalCause::PartitionsMissing,
                place,
                missing: asked,
                total: count(total),
                allowed: may_go,
                items: missing.into_iter().map(|name| (owner.id, name)).collect(),
            };
            let mut tx = self.begin().await?;
            self.set_partition_count(&mut tx, &owner, count(total)).await?;
            tx.commit().await?;
            return self.hold_back(state, vec![held]).await;
        }
        let ask = |names| Missing::Partitions { database: database.clone(), table: table.clone(), names };
        let gone = self.look_up(state, (Listing::Partitions, &place), missing, ask).await?;
        let now = self.clock.now();
        for chunk in gone.chunks(10 * LOOK_UP) {
            let mut tx = self.begin().await?;
            let names = to_json(&chunk.iter().map(|name| [name]).collect::<Vec<_>>());
            on!(&mut tx, c => sqlx::query(
                "UPDATE catalog_partition SET deleted_at = $1
                 WHERE table_id = $2 AND name IN (SELECT value->>0 FROM json_each($3))",
            ).bind(now).bind(owner.id).bind(names).execute(c).await.map(drop))?;
            on!(&mut tx, c => sqlx::query("UPDATE catalog_table SET partition_count = partition_count - $2 WHERE id = $1")
                .bind(owner.id).bind(count(chunk.len())).execute(c).await.map(drop))?;
            tx.commit().await?;
        }
        let mut tx = self.begin().await?;
        self.set_partition_count(&mut tx, &owner, count(total - gone.len())).await?;
        tx.commit().await?;
        if let Some(open) = state.databases.get_mut(&database) {
            open.counts.partitions_deleted += count(gone.len());
        }
        Ok(())
    }

    async fn set_partition_count(&self, tx: &mut WriteTx, owner: &OpenTable, now_has: i64) -> Result<(), CatalogError> {
        on!(&mut *tx, c => sqlx::query("UPDATE catalog_table SET partition_count = $2 WHERE id = $1 AND partition_count <> $2")
            .bind(owner.id).bind(now_has).execute(c).await.map(drop))?;
        self.tell_partition_count(tx, owner, now_has).await
    }

    /// Tells history how many partitions a table has now, where it had another number before.
    async fn tell_partition_count(
        &self,
        tx: &mut WriteTx,
        owner: &OpenTable,
        now_has: i64,
    ) -> Result<(), CatalogError> {
        if owner.new || owner.partitions_before == now_has {
            return Ok(());
        }
        let entry = Entry {
            kind: ChangeKind::PartitionsChanged,
            field: None,
            old: Some(owner.partitions_before.to_string()),
            new: Some(now_has.to_string()),
        };
        history::write(tx, self.crawl_id, self.clock.now(), &[(owner.id, &entry)]).await
    }

    /// Of the names, those that the source does not have when asked for each. What it has all the same, and what it does
    /// not answer about, is noted and kept.
    async fn look_up(
        &self,
        state: &mut State,
        (of, place): (Listing, &str),
        names: Vec<String>,
        ask: impl Fn(Vec<String>) -> Missing + Sync,
    ) -> Result<Vec<String>, CatalogError> {
        let mut gone = Vec::new();
        for chunk in names.chunks(LOOK_UP) {
            match self.not_there(chunk.to_vec(), &ask).await {
                Ok(absent) => {
                    let absent: HashSet<String> = absent.into_iter().collect();
                    let there = chunk.iter().filter(|name| !absent.contains(*name));
                    let (count, names) = (there.clone().count() as u64, there.take(3).cloned().collect());
                    if count > 0 {
                        state.notes.push(Note::StillThere { of, place: place.to_owned(), count, names });
                    }
                    gone.extend(absent);
                }
                Err(error) => {
                    let (place, reason) = (place.to_owned(), error.to_string());
                    state.notes.push(Note::Unconfirmed { of, place, count: chunk.len() as u64, reason });
                }
            }
        }
        Ok(gone)
    }

    /// Of the names, those that the source denies. A source that names some of them is asked again about the others, until
    /// it names none: an answer that was cut short would take what it left out for gone.
    async fn not_there(
        &self,
        mut names: Vec<String>,
        ask: &(impl Fn(Vec<String>) -> Missing + Sync),
    ) -> Result<Vec<String>, SourceError> {
        while !names.is_empty() {
            let there: HashSet<String> = self.crawler.still_there(&ask(names.clone())).await?.into_iter().collect();
            let before = names.len();
            names.retain(|name| !there.contains(name));
            if names.len() == before {
                break;
            }
        }
        Ok(names)
    }

    async fn bury(&self, tx: &mut WriteTx, gone: &[AssetId], sql: &'static str) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let ids = to_json(&gone.iter().map(|id| [id]).collect::<Vec<_>>());
        on!(&mut *tx, c => sqlx::query(sql).bind(now).bind(ids).execute(c).await.map(drop))?;
        for id in gone {
            tx.touch(*id);
        }
        let entry = Entry::bare(ChangeKind::Deleted);
        let told: Vec<(AssetId, &Entry)> = gone.iter().map(|id| (*id, &entry)).collect();
        history::write(tx, self.crawl_id, now, &told).await
    }
}

const BURY_TABLES: &str = "UPDATE catalog_table SET deleted_at = $1
    WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))";
const BURY_DATABASES: &str = "UPDATE catalog_database SET deleted_at = $1
    WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($2))";

impl MissingTables {
    /// What an operator would decide on: the tables, and the database itself where it is gone.
    fn items(&self) -> Vec<(AssetId, String)> {
        let tables = self.tables.iter().map(|table| (table.id, String::new()));
        tables.chain(self.whole.then(|| (self.id, String::new()))).collect()
    }
}

async fn live_tables(tx: &mut Tx, database: AssetId) -> Result<Vec<MissingTable>, CatalogError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, name, partition_count + 1 AS objects FROM catalog_table
         WHERE database_id = $1 AND deleted_at IS NULL ORDER BY name",
    ).bind(database).fetch_all(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn nothing_small_goes_whole() {
        let may_go: HashMap<i64, i64> =
            [1, 2, 3, 10, 20, 100, 10_000].map(|total| (total, allowed(total, 20, ALWAYS_ALLOWED))).into();
        assert_eq!(may_go[&1], 0);
        assert_eq!(may_go[&2], 1);
        assert_eq!(may_go[&3], 1);
        assert_eq!(may_go[&10], 5);
        assert_eq!(may_go[&20], 10);
        assert_eq!(may_go[&100], 20);
        assert_eq!(may_go[&10_000], 2_000);
    }
}

//! The crawl: database by database, tables in chunks of keys, and the partitions of each chunk in pages.

use super::read::{self, Database};
use super::{SqlMetastore, names};
use crate::hive::table::{StoredPartition, StoredTable};
use crate::{Observation, ObservedPartition, Run, SourceError};
use futures::stream::StreamExt;
use reeve_model::asset::Remark;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use std::collections::{HashMap, HashSet, VecDeque};

/// Tables asked for at once. They come one by one, so that a large one costs its own size and no more.
const TABLES_AT_ONCE: usize = 500;
/// Partitions in a page: as many as make this many bytes, going by the page before, and at most so many.
const PAGE_BYTES: usize = 1 << 20;
const PARTITIONS_AT_ONCE: usize = 1_000;
const PARTITIONS_AT_FIRST: usize = 250;

pub(super) async fn crawl(metastore: &SqlMetastore, run: &Run) -> Result<(), SourceError> {
    let mut connection = metastore.connect().await?;
    let mut snapshot = metastore.read("BEGIN", connection.begin().await)?;
    let databases = metastore.read("DBS", read::databases(&mut snapshot).await)?;
    let names = databases.iter().map(|database| database.observed.name.clone()).collect();
    run.emit(Observation::Databases { names }).await?;
    let mut partitions_at_once = PARTITIONS_AT_FIRST;
    for database in databases {
        let name = database.observed.name.clone();
        let crawl = DatabaseCrawl { metastore, run, name, partitions_at_once };
        partitions_at_once = crawl.crawl(&mut snapshot, database).await?;
    }
    metastore.read("COMMIT", snapshot.commit().await)
}

struct DatabaseCrawl<'a> {
    metastore: &'a SqlMetastore,
    run: &'a Run,
    name: String,
    partitions_at_once: usize,
}

/// A table whose partitions are being read.
struct Partitioned {
    key: i64,
    name: String,
    /// Read, and not emitted yet.
    page: Vec<ObservedPartition>,
    listed: Vec<String>,
    /// The same names, each in the one spelling that all of its spellings share.
    known: HashSet<String>,
}

impl Partitioned {
    fn new(key: i64, name: String) -> Self {
        Self { key, name, page: Vec::new(), listed: Vec::new(), known: HashSet::new() }
    }

    fn add(&mut self, partition: StoredPartition) {
        if self.known.insert(names::partition_in_one_spelling(&partition.name)) {
            self.listed.push(partition.name.clone());
            self.page.push(partition.into_observed());
        }
    }
}

impl DatabaseCrawl<'_> {
    async fn crawl(mut self, connection: &mut SqliteConnection, database: Database) -> Result<usize, SourceError> {
        let Database { keys, observed } = database;
        let listed = self.metastore.read("TBLS", read::table_names(connection, &keys, None).await)?;
        let (listed, mut remarks) = names::each_once(listed);
        let tables = listed.iter().map(|(_, name)| name.clone()).collect();
        self.run.emit(Observation::DatabaseListed { database: observed, tables }).await?;
        let mut keys: Vec<i64> = listed.into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        for keys in keys.chunks(TABLES_AT_ONCE) {
            let partitioned = self.tables(connection, keys, &mut remarks).await?;
            self.partitions(connection, partitioned).await?;
        }
        self.run.emit(Observation::DatabaseDone { database: self.name.clone() }).await?;
        Ok(self.partitions_at_once)
    }

    /// Answers those whose partitions are to be read, by key.
    async fn tables(
        &self,
        connection: &mut SqliteConnection,
        keys: &[i64],
        remarks: &mut HashMap<i64, Vec<Remark>>,
    ) -> Result<VecDeque<Partitioned>, SourceError> {
        let mut partitioned = VecDeque::new();
        let mut tables = std::pin::pin!(read::tables(connection, &self.name, keys));
        while let Some(table) = tables.next().await {
            let (key, stored, mut told) = self.metastore.read("tables", table)?;
            told.extend(remarks.remove(&key).unwrap_or_default());
            if let Some(name) = self.table(key, stored, told).await? {
                partitioned.push_back(Partitioned::new(key, name));
            }
        }
        Ok(partitioned)
    }

    /// Answers the name of a table whose partitions are to be read.
    async fn table(&self, key: i64, stored: StoredTable, remarks: Vec<Remark>) -> Result<Option<String>, SourceError> {
        let (name, partitioned) = (stored.name.clone(), !stored.partition_keys.is_empty());
        let mut observed = stored.into_observed();
        observed.source_key = Some(key.to_string());
        observed.remarks.extend(remarks);
        self.run.emit(Observation::Table(Box::new(observed))).await?;
        Ok(partitioned.then_some(name))
    }

    /// The partitions of all these tables: pages go across tables, since most have few, and a table that a page ends in
    /// is read to its end alone.
    async fn partitions(
        &mut self,
        connection: &mut SqliteConnection,
        mut tables: VecDeque<Partitioned>,
    ) -> Result<(), SourceError> {
        let mut after = None;
        while !tables.is_empty() {
            let asked = if after.is_some() { 1 } else { tables.len() };
            let keys: Vec<i64> = tables.iter().take(asked).map(|table| table.key).collect();
            let limit = self.partitions_at_once;
            let page = read::partitions(connection, &keys, after.unwrap_or(i64::MIN), limit as i64).await;
            let page = self.metastore.read("PARTITIONS", page)?;
            let rows = self.metastore.read("PARTITIONS", page.rows())?;
            // A full page may have ended within a table.
            let last = rows.last().filter(|_| rows.len() == limit).map(|(_, partition, _)| *partition);
            let fitting = limit.saturating_mul(PAGE_BYTES) / page.bytes();
            self.partitions_at_once = fitting.clamp(1, PARTITIONS_AT_ONCE.min(limit * 4));
            let unasked = tables.len() - asked;
            for (table, _, partition) in rows {
                while let Some(done) = tables.pop_front_if(|open| open.key != table) {
                    self.done(done).await?;
                }
                if let (Some(open), Some(partition)) = (tables.front_mut(), partition) {
                    open.add(partition);
                }
            }
            match tables.front_mut() {
                Some(open) if last.is_some() => self.emit_page(open).await?,
                _ => {
                    for done in tables.drain(..tables.len() - unasked) {
                        self.done(done).await?;
                    }
                }
            }
            after = last;
        }
        Ok(())
    }

    async fn done(&self, mut table: Partitioned) -> Result<(), SourceError> {
        self.emit_page(&mut table).await?;
        let (database, table, names) = (self.name.clone(), table.name, table.listed);
        self.run.emit(Observation::PartitionsListed { database, table, names }).await
    }

    async fn emit_page(&self, table: &mut Partitioned) -> Result<(), SourceError> {
        if table.page.is_empty() {
            return Ok(());
        }
        let (database, name, partitions) = (self.name.clone(), table.name.clone(), std::mem::take(&mut table.page));
        self.run.emit(Observation::Partitions { database, table: name, partitions }).await
    }
}

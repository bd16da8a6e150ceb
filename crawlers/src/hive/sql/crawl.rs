//! The crawl: database by database, tables in chunks of keys, partitions in ranges of keys.

use super::{SqlMetastore, read};
use crate::hive::table::{StoredPartition, StoredTable};
use crate::{FailedPart, Observation, ObservedDatabase, Run, SourceError};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

/// Tables read at once with all their columns and parameters.
const TABLES_AT_ONCE: usize = 100;
/// Partitions read at once.
const PARTITIONS_AT_ONCE: i64 = 1000;

pub(super) async fn crawl(metastore: &SqlMetastore, run: &Run) -> Result<(), SourceError> {
    let mut connection = metastore.connect().await?;
    let mut snapshot = metastore.read("BEGIN", connection.begin().await)?;
    let databases = metastore.read("DBS", read::databases(&mut snapshot).await)?;
    let names = databases.iter().map(|(_, database)| database.name.clone()).collect();
    run.emit(Observation::Databases { names }).await?;
    for (id, database) in databases {
        let crawl = DatabaseCrawl { metastore, run, name: database.name.clone() };
        crawl.crawl(&mut snapshot, id, database).await?;
    }
    metastore.read("COMMIT", snapshot.commit().await)
}

struct DatabaseCrawl<'a> {
    metastore: &'a SqlMetastore,
    run: &'a Run,
    name: String,
}

impl DatabaseCrawl<'_> {
    async fn crawl(
        &self,
        connection: &mut SqliteConnection,
        id: i64,
        database: ObservedDatabase,
    ) -> Result<(), SourceError> {
        match tolerate(read::table_names(connection, id).await) {
            Ok(Ok(tables)) => {
                let names = tables.iter().map(|(_, name)| name.clone()).collect();
                self.run.emit(Observation::DatabaseListed { database, tables: names }).await?;
                for tables in tables.chunks(TABLES_AT_ONCE) {
                    self.tables(connection, tables).await?;
                }
            }
            Ok(Err(reason)) => self.failed(None, FailedPart::Listing, format!("TBLS: {reason}")).await?,
            Err(error) => return self.metastore.read("TBLS", Err(error)),
        }
        self.run.emit(Observation::DatabaseDone { database: self.name.clone() }).await
    }

    /// Reads tables at once, and where a row among them cannot be read, each half of them, down to the single one.
    async fn tables(&self, connection: &mut SqliteConnection, tables: &[(i64, String)]) -> Result<(), SourceError> {
        let mut left = vec![tables];
        while let Some(tables) = left.pop() {
            let ids: Vec<i64> = tables.iter().map(|(id, _)| *id).collect();
            match (tolerate(read::tables(connection, &self.name, &ids).await), tables) {
                (Ok(Ok(mut stored)), _) => {
                    stored.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
                    // All tables first: the catalog writes those that come together in one go.
                    let mut partitioned = Vec::new();
                    for (id, stored) in stored {
                        partitioned.extend(self.table(id, stored).await?);
                    }
                    for (id, name) in partitioned {
                        self.partitions(connection, id, name).await?;
                    }
                }
                (Ok(Err(reason)), [(_, name)]) => self.failed(Some(name), FailedPart::Object, reason).await?,
                (Ok(Err(_)), _) => {
                    let (first, second) = tables.split_at(tables.len() / 2);
                    left.extend([second, first]);
                }
                (Err(error), _) => return self.metastore.read("tables", Err(error)),
            }
        }
        Ok(())
    }

    /// Answers key and name of a table whose partitions are to be read.
    async fn table(&self, id: i64, stored: StoredTable) -> Result<Option<(i64, String)>, SourceError> {
        let (name, partitioned) = (stored.name.clone(), !stored.partition_keys.is_empty());
        match stored.into_observed() {
            Ok(observed) => self.run.emit(Observation::Table(Box::new(observed))).await?,
            Err(reason) => {
                self.failed(Some(&name), FailedPart::Object, reason).await?;
                return Ok(None);
            }
        }
        Ok(partitioned.then_some((id, name)))
    }

    async fn partitions(
        &self,
        connection: &mut SqliteConnection,
        table_id: i64,
        table: String,
    ) -> Result<(), SourceError> {
        let mut names = Vec::new();
        let mut after = i64::MIN;
        loop {
            let (stored, last) = match tolerate(read::partitions(connection, table_id, after, PARTITIONS_AT_ONCE).await)
            {
                Ok(Ok(page)) => page,
                Ok(Err(reason)) => {
                    let reason = format!("after {} partitions: {reason}", names.len());
                    return self.failed(Some(&table), FailedPart::Partitions, reason).await;
                }
                Err(error) => return self.metastore.read("PARTITIONS", Err(error)),
            };
            let Some(last) = last else { break };
            after = last;
            names.extend(stored.iter().map(|partition| partition.name.clone()));
            let partitions = stored.into_iter().map(StoredPartition::into_observed).collect();
            let (database, table) = (self.name.clone(), table.clone());
            self.run.emit(Observation::Partitions { database, table, partitions }).await?;
        }
        self.run.emit(Observation::PartitionsListed { database: self.name.clone(), table, names }).await
    }

    async fn failed(&self, table: Option<&str>, what: FailedPart, reason: String) -> Result<(), SourceError> {
        let (database, table) = (self.name.clone(), table.map(str::to_owned));
        self.run.emit(Observation::Failed { database, table, what, reason }).await
    }
}

/// Tells a value that cannot be read, which concerns its row alone, from a database that cannot.
fn tolerate<T>(result: sqlx::Result<T>) -> Result<Result<T, String>, sqlx::Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

//! The crawl: names first, then objects in batches, on several connections at once.

use super::client::{AskError, Client, Endpoints};
use super::connection::{CallError, Connection};
use super::queue::Queue;
use super::{PARTITIONS_PER_CALL, TABLES_PER_CALL};
use crate::hive::table::{StoredPartition, StoredTable};
use crate::{FailedPart, Observation, Run, SourceError};
use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A batch of tables whose answer took more than this many bytes makes the next ones smaller, so that tables with
/// thousands of columns do not come by the hundred.
const LARGE_ANSWER: usize = 8 * 1024 * 1024;
const FEWEST_TABLES_PER_CALL: usize = 5;

/// The server repeats all columns with every partition: no call asks for more columns than this.
const COLUMNS_PER_CALL: usize = 200_000;

/// So many calls may fail with their connection, one after the other, before the crawl gives up: enough to find a
/// single bad partition among a thousand on several connections at once.
const FAILURES_IN_A_ROW: usize = 40;

/// Reads everything; returns when every thread is done.
pub(super) fn crawl(endpoints: &Arc<Endpoints>, connections: usize, run: &Run) -> Result<(), SourceError> {
    let mut client = Client::new(Arc::clone(endpoints));
    let names =
        client.ask(Connection::database_names).map_err(|error| client.source_error("get_all_databases", error))?;
    run.emit_blocking(Observation::Databases { names: names.clone() })?;
    let shared = Shared {
        run,
        queue: Queue::new(names.into_iter().rev().map(Task::Database).collect()),
        tables_per_call: AtomicUsize::new(TABLES_PER_CALL / 2),
        failures: AtomicUsize::new(0),
    };
    std::thread::scope(|scope| {
        for _ in 1..connections {
            scope.spawn(|| Worker { shared: &shared, client: Client::new(Arc::clone(endpoints)) }.work());
        }
        Worker { shared: &shared, client }.work();
    });
    shared.queue.result()
}

struct Shared<'a> {
    run: &'a Run,
    queue: Queue<Task>,
    tables_per_call: AtomicUsize,
    /// Calls that failed with their connection since the last one that brought something.
    failures: AtomicUsize,
}

enum Task {
    Database(String),
    Tables { database: Arc<DatabaseRun>, names: Vec<String> },
    PartitionNames { table: TableRun },
    Partitions { table: Arc<ListedTable>, range: Range<usize> },
}

struct DatabaseRun {
    name: String,
    /// Tasks that are still to come for this database, the running one included.
    tasks: AtomicUsize,
}

struct TableRun {
    database: Arc<DatabaseRun>,
    name: String,
    partition_keys: Vec<String>,
    partitions_per_call: usize,
}

struct ListedTable {
    table: TableRun,
    partitions: Vec<String>,
    /// Positions in `partitions` of those that were dropped after the listing.
    gone: Mutex<Vec<usize>>,
    /// Batches that are still to come.
    batches: AtomicUsize,
}

struct Worker<'a> {
    shared: &'a Shared<'a>,
    client: Client,
}

impl Worker<'_> {
    fn work(mut self) {
        let shared = self.shared;
        shared.queue.work(|task| {
            if shared.run.cancelled() {
                return Err(SourceError::Cancelled);
            }
            match task {
                Task::Database(name) => self.database(name),
                Task::Tables { database, names } => {
                    self.tables(&database, names)?;
                    self.finish(&database)
                }
                Task::PartitionNames { table } => {
                    let database = Arc::clone(&table.database);
                    self.partition_names(table)?;
                    self.finish(&database)
                }
                Task::Partitions { table, range } => {
                    self.partitions(&table, range)?;
                    self.finish(&table.table.database)
                }
            }
        });
    }

    fn database(&mut self, name: String) -> Result<(), SourceError> {
        let listed = self.list(|connection| connection.table_names(&name))?;
        // After the listing: a database that went away answers with an empty one.
        let described = match &listed {
            Ok(_) => self.list(|connection| connection.database(&name))?,
            Err(_) => Ok(None),
        };
        let (mut names, mut database) = match (listed, described) {
            (Ok(names), Ok(Some(database))) => (names, database),
            (Err(error), _) => return self.listing_failed(name, format!("get_all_tables: {error}")),
            (_, Err(error)) => return self.listing_failed(name, format!("get_database: {error}")),
            (_, Ok(None)) => return self.listing_failed(name, "dropped while it was read".to_owned()),
        };
        database.name.clone_from(&name);
        names.sort_unstable();
        self.emit(Observation::DatabaseListed { database, tables: names.clone() })?;
        let database = Arc::new(DatabaseRun { name, tasks: AtomicUsize::new(1) });
        if !names.is_empty() {
            self.push(&database, Task::Tables { database: Arc::clone(&database), names });
        }
        self.finish(&database)
    }

    fn listing_failed(&mut self, database: String, reason: String) -> Result<(), SourceError> {
        let failed = Observation::Failed { database: database.clone(), table: None, what: FailedPart::Listing, reason };
        self.emit(failed)?;
        self.emit(Observation::DatabaseDone { database })
    }

    /// Reads the first batch and leaves the others to whoever comes first.
    fn tables(&mut self, database: &Arc<DatabaseRun>, mut names: Vec<String>) -> Result<(), SourceError> {
        let batch = self.shared.tables_per_call.load(Ordering::Relaxed);
        if names.len() > batch {
            let rest = names.split_off(batch);
            self.push(database, Task::Tables { database: Arc::clone(database), names: rest });
        }
        self.client.take_answer_bytes();
        let (tables, failed) = self.halving(&names, |connection, names| connection.tables(&database.name, names))?;
        self.adapt(tables.len());
        let mut missing: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        for (name, error) in failed {
            missing.remove(&name.to_lowercase());
            self.table_failed(database, name, error.to_string())?;
        }
        let mut partitioned = Vec::new();
        for table in tables {
            missing.remove(&table.name.to_lowercase());
            partitioned.extend(self.table(database, table)?);
        }
        for name in missing {
            self.table_failed(database, name, "listed, but not there when it was read".to_owned())?;
        }
        for table in partitioned {
            self.push(database, Task::PartitionNames { table });
        }
        Ok(())
    }

    /// Says what a table is; answers what is left to read of a partitioned one.
    fn table(&self, database: &Arc<DatabaseRun>, stored: StoredTable) -> Result<Option<TableRun>, SourceError> {
        let name = stored.name.clone();
        let stored_columns = stored.columns.len().max(1);
        let partition_keys: Vec<String> = stored.partition_keys.iter().map(|key| key.name.clone()).collect();
        match stored.into_observed() {
            Ok(mut observed) => {
                observed.database.clone_from(&database.name);
                self.emit(Observation::Table(Box::new(observed)))?;
            }
            Err(reason) => {
                self.table_failed(database, name, reason)?;
                return Ok(None);
            }
        }
        if partition_keys.is_empty() {
            return Ok(None);
        }
        Ok(Some(TableRun {
            database: Arc::clone(database),
            name,
            partition_keys,
            partitions_per_call: (COLUMNS_PER_CALL / stored_columns).clamp(20, PARTITIONS_PER_CALL),
        }))
    }

    fn table_failed(&self, database: &DatabaseRun, table: String, reason: String) -> Result<(), SourceError> {
        let (database, what) = (database.name.clone(), FailedPart::Object);
        self.emit(Observation::Failed { database, table: Some(table), what, reason })
    }

    fn partition_names(&mut self, table: TableRun) -> Result<(), SourceError> {
        let partitions = match self.list(|connection| connection.partition_names(&table.database.name, &table.name))? {
            Ok(names) => names,
            Err(error) => return self.partitions_failed(&table, format!("get_partition_names: {error}")),
        };
        let database = Arc::clone(&table.database);
        let batch = table.partitions_per_call;
        let ranges: Vec<Range<usize>> =
            (0..partitions.len()).step_by(batch).map(|start| start..(start + batch).min(partitions.len())).collect();
        let batches = AtomicUsize::new(ranges.len());
        let listed = Arc::new(ListedTable { table, partitions, gone: Mutex::new(Vec::new()), batches });
        if ranges.is_empty() {
            return self.partitions_listed(&listed);
        }
        for range in ranges.into_iter().rev() {
            self.push(&database, Task::Partitions { table: Arc::clone(&listed), range });
        }
        Ok(())
    }

    fn partitions(&mut self, listed: &ListedTable, range: Range<usize>) -> Result<(), SourceError> {
        let table = &listed.table;
        let names = &listed.partitions[range.clone()];
        let (stored, failed) = self.halving(names, |connection, names| {
            connection.partitions(&table.database.name, &table.name, &table.partition_keys, names)
        })?;
        if stored.len() + failed.len() < names.len() {
            let read: HashSet<&str> = stored.iter().map(|partition| partition.name.as_str()).collect();
            let failed: HashSet<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
            let gone = range.filter(|position| {
                let name = listed.partitions[*position].as_str();
                !read.contains(name) && !failed.contains(name)
            });
            listed.gone.lock().unwrap_or_else(PoisonError::into_inner).extend(gone);
        }
        if !stored.is_empty() {
            self.emit(Observation::Partitions {
                database: table.database.name.clone(),
                table: table.name.clone(),
                partitions: stored.into_iter().map(StoredPartition::into_observed).collect(),
            })?;
        }
        if let [(first, error), ..] = failed.as_slice() {
            let (failed, asked) = (failed.len(), names.len());
            self.partitions_failed(table, format!("{failed} of {asked} could not be read, first {first}: {error}"))?;
        }
        if listed.batches.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.partitions_listed(listed)?;
        }
        Ok(())
    }

    /// The listing without what a direct look-up did not find any more.
    fn partitions_listed(&self, listed: &ListedTable) -> Result<(), SourceError> {
        let gone: HashSet<usize> = listed.gone.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        let names = listed.partitions.iter().enumerate().filter(|(position, _)| !gone.contains(position));
        self.emit(Observation::PartitionsListed {
            database: listed.table.database.name.clone(),
            table: listed.table.name.clone(),
            names: names.map(|(_, name)| name.clone()).collect(),
        })
    }

    fn partitions_failed(&self, table: &TableRun, reason: String) -> Result<(), SourceError> {
        self.emit(Observation::Failed {
            database: table.database.name.clone(),
            table: Some(table.name.clone()),
            what: FailedPart::Partitions,
            reason,
        })
    }

    /// A call that cannot be split. The inner error is the call's own, and the crawl goes on without it.
    fn list<T>(
        &mut self,
        call: impl Fn(&mut Connection) -> Result<T, CallError>,
    ) -> Result<Result<T, CallError>, SourceError> {
        match self.client.ask(call) {
            Ok(answer) => {
                self.shared.failures.store(0, Ordering::Relaxed);
                Ok(Ok(answer))
            }
            Err(AskError::Unreachable(error)) => Err(error),
            Err(AskError::Call(error)) => {
                self.count_failure(&error)?;
                Ok(Err(error))
            }
        }
    }

    /// Asks for all of `names` at once, and where that fails for each half of them, down to the single ones that fail.
    fn halving<T>(
        &mut self,
        names: &[String],
        call: impl Fn(&mut Connection, &[String]) -> Result<Vec<T>, CallError>,
    ) -> Result<(Vec<T>, Vec<(String, CallError)>), SourceError> {
        let mut items = Vec::new();
        let mut failed = Vec::new();
        let mut left = VecDeque::from([names]);
        while let Some(names) = left.pop_front() {
            if self.shared.run.cancelled() {
                return Err(SourceError::Cancelled);
            }
            let answer = match names {
                [_] => self.client.ask(|connection| call(connection, names)),
                _ => self.client.once(|connection| call(connection, names)),
            };
            match (answer, names) {
                (Ok(answer), _) => {
                    self.shared.failures.store(0, Ordering::Relaxed);
                    items.extend(answer);
                }
                (Err(AskError::Unreachable(error)), _) => return Err(error),
                (Err(AskError::Call(error)), [only]) => {
                    self.count_failure(&error)?;
                    failed.push((only.clone(), error));
                }
                (Err(AskError::Call(error)), _) => {
                    self.count_failure(&error)?;
                    let (first, second) = names.split_at(names.len() / 2);
                    left.push_front(second);
                    left.push_front(first);
                }
            }
        }
        Ok((items, failed))
    }

    /// # Errors
    /// That the metastore does not work at all, when too many calls failed with nothing read in between.
    fn count_failure(&self, error: &CallError) -> Result<(), SourceError> {
        // What the server refuses costs it and us little, and a whole batch may be refused for a reason of its own.
        let limit = match error {
            CallError::Refused { .. } => FAILURES_IN_A_ROW * PARTITIONS_PER_CALL,
            _ => FAILURES_IN_A_ROW,
        };
        let failures = self.shared.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures < limit {
            return Ok(());
        }
        let call = format!("{failures} calls in a row failed, the last one");
        Err(self.client.source_error(&call, AskError::Call(error.clone())))
    }

    /// Asks for fewer tables at once when these were large, and for more again when they were small.
    fn adapt(&mut self, tables: usize) {
        let Some(bytes_per_table) = self.client.take_answer_bytes().checked_div(tables) else { return };
        let fitting = LARGE_ANSWER.checked_div(bytes_per_table).unwrap_or(TABLES_PER_CALL);
        self.shared.tables_per_call.store(fitting.clamp(FEWEST_TABLES_PER_CALL, TABLES_PER_CALL), Ordering::Relaxed);
    }

    fn emit(&self, observation: Observation) -> Result<(), SourceError> {
        self.shared.run.emit_blocking(observation)
    }

    fn push(&self, database: &DatabaseRun, task: Task) {
        database.tasks.fetch_add(1, Ordering::AcqRel);
        self.shared.queue.push(task);
    }

    /// To be called once for each task of a database, after whatever it pushed.
    fn finish(&self, database: &DatabaseRun) -> Result<(), SourceError> {
        if database.tasks.fetch_sub(1, Ordering::AcqRel) > 1 {
            return Ok(());
        }
        self.emit(Observation::DatabaseDone { database: database.name.clone() })
    }
}

//! The crawl: names first, then objects in batches, on several connections at once.

use super::client::{AskError, Client, Endpoints};
use super::connection::{CallError, Connection, LARGEST_BATCH};
use super::names::{self, Listed};
use super::queue::Queue;
use super::{PARTITIONS_PER_CALL, TABLES_PER_CALL};
use crate::hive::meaning::remarks::remark;
use crate::hive::table::{StoredPartition, StoredTable};
use crate::{FailedPart, Observation, Run, SourceError};
use reeve_model::asset::RemarkKind;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A batch of tables whose answer took more than this many bytes makes the next ones smaller, so that tables with
/// thousands of columns do not come by the hundred.
const LARGE_ANSWER: usize = LARGEST_BATCH / 3;

/// The server repeats all columns with every partition: no call asks for more columns than this.
const COLUMNS_PER_CALL: usize = 200_000;

/// Why an object cannot be read that is listed under a name with replacement marks.
const UNASKABLE: &str = "its name holds bytes that are no UTF-8, so that it cannot be asked for";

/// So many calls may fail with their connection, one after the other, before the crawl gives up: enough to find a
/// single bad partition among a thousand on several connections at once.
const FAILURES_IN_A_ROW: usize = 40;

/// Reads everything; returns when every thread is done.
pub(super) fn crawl(endpoints: &Arc<Endpoints>, connections: usize, run: &Run) -> Result<(), SourceError> {
    let mut client = Client::new(Arc::clone(endpoints));
    let names =
        client.ask_any(Connection::database_names).map_err(|error| client.source_error("get_all_databases", error))?;
    let databases = names::databases(names);
    let names = databases.iter().map(|listed| listed.name.clone()).collect();
    run.emit_blocking(Observation::Databases { names })?;
    let shared = Shared {
        run,
        queue: Queue::new(databases.into_iter().rev().map(Task::Database).collect()),
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
    Database(Listed),
    Tables { database: Arc<DatabaseRun>, tables: Vec<Listed> },
    PartitionNames { table: TableRun },
    Partitions { table: Arc<ListedTable>, range: Range<usize> },
}

struct DatabaseRun {
    name: String,
    /// As it is asked for.
    asked: String,
    /// Tasks that are still to come for this database, the running one included.
    tasks: AtomicUsize,
}

struct TableRun {
    database: Arc<DatabaseRun>,
    name: String,
    asked: String,
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
                Task::Database(listed) => self.database(listed),
                Task::Tables { database, tables } => {
                    self.tables(&database, tables)?;
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

    fn database(&mut self, listed: Listed) -> Result<(), SourceError> {
        let Listed { name, asked, .. } = listed;
        let names = self.list(|connection| connection.table_names(&asked))?;
        // After the listing: a database that went away answers with an empty one, or refuses it.
        let described = match &names {
            Ok(_) | Err(CallError::Refused { .. }) => self.list(|connection| connection.database(&asked))?,
            Err(_) => Ok(None),
        };
        let (names, mut database) = match (names, described) {
            (Ok(names), Ok(Some(database))) => (names, database),
            (Ok(_) | Err(CallError::Refused { .. }), Ok(None)) if name.contains(char::REPLACEMENT_CHARACTER) => {
                return self.listing_failed(name, UNASKABLE.to_owned());
            }
            // Dropped since: nothing is said of it, and that is no failure.
            (Ok(_) | Err(CallError::Refused { .. }), Ok(None)) => {
                return self.emit(Observation::DatabaseDone { database: name });
            }
            (Err(error), _) => return self.listing_failed(name, format!("get_all_tables: {error}")),
            (_, Err(error)) => return self.listing_failed(name, format!("get_database: {error}")),
        };
        database.name.clone_from(&name);
        let tables = names::tables(names);
        let names = tables.iter().map(|listed| listed.name.clone()).collect();
        self.emit(Observation::DatabaseListed { database, tables: names })?;
        let database = Arc::new(DatabaseRun { name, asked, tasks: AtomicUsize::new(1) });
        if !tables.is_empty() {
            self.push(&database, Task::Tables { database: Arc::clone(&database), tables });
        }
        self.finish(&database)
    }

    fn listing_failed(&mut self, database: String, reason: String) -> Result<(), SourceError> {
        let failed = Observation::Failed { database: database.clone(), table: None, what: FailedPart::Listing, reason };
        self.emit(failed)?;
        self.emit(Observation::DatabaseDone { database })
    }

    /// Reads the first batch and leaves the others to whoever comes first.
    fn tables(&mut self, database: &Arc<DatabaseRun>, mut tables: Vec<Listed>) -> Result<(), SourceError> {
        let batch = self.shared.tables_per_call.load(Ordering::Relaxed);
        if tables.len() > batch {
            let rest = tables.split_off(batch);
            self.push(database, Task::Tables { database: Arc::clone(database), tables: rest });
        }
        self.client.take_answer_bytes();
        let asked: Vec<String> = tables.iter().map(|listed| listed.asked.clone()).collect();
        let mut left: BTreeMap<String, Listed> =
            tables.into_iter().map(|listed| (listed.asked.clone(), listed)).collect();
        let mut partitioned = Vec::new();
        let failed = self.halving(
            &asked,
            |connection, names| connection.tables(&database.asked, names),
            |worker, stored| {
                for stored in stored {
                    if let Some(listed) = left.remove(&stored.name) {
                        partitioned.extend(worker.table(database, &listed, stored)?);
                    }
                }
                Ok(())
            },
        )?;
        self.adapt(asked.len());
        let refused = failed.iter().any(|(_, error)| matches!(error, CallError::Refused { .. }));
        // Asked for tables of a database that went away, 2.3 answers with an internal error.
        let gone = refused && matches!(self.list(|connection| connection.database(&database.asked))?, Ok(None));
        for (name, error) in failed {
            let Some(listed) = left.remove(&name) else { continue };
            if gone {
                self.gone(&database.name, &listed.name)?;
            } else {
                self.table_failed(database, listed.name, error.to_string())?;
            }
        }
        for listed in left.into_values() {
            partitioned.extend(self.missing_table(database, listed)?);
        }
        for table in partitioned {
            self.push(database, Task::PartitionNames { table });
        }
        Ok(())
    }

    /// A table that was listed and not answered: dropped since, when it cannot be had by itself either.
    fn missing_table(&mut self, database: &Arc<DatabaseRun>, listed: Listed) -> Result<Option<TableRun>, SourceError> {
        if listed.name.contains(char::REPLACEMENT_CHARACTER) {
            self.table_failed(database, listed.name, UNASKABLE.to_owned())?;
            return Ok(None);
        }
        match self.list(|connection| connection.table(&database.asked, &listed.asked))? {
            Ok(Some(stored)) => return self.table(database, &listed, stored),
            Ok(None) => self.gone(&database.name, &listed.name)?,
            Err(error) => self.table_failed(database, listed.name, error.to_string())?,
        }
        Ok(None)
    }

    fn gone(&self, database: &str, table: &str) -> Result<(), SourceError> {
        self.emit(Observation::Gone { database: database.to_owned(), table: table.to_owned() })
    }

    /// Says what a table is; answers what is left to read of a partitioned one.
    fn table(
        &self,
        database: &Arc<DatabaseRun>,
        listed: &Listed,
        mut stored: StoredTable,
    ) -> Result<Option<TableRun>, SourceError> {
        // In the spelling of the listing, whatever the object itself says.
        stored.database.clone_from(&database.name);
        stored.name.clone_from(&listed.name);
        if let Some(twice) = &listed.twice {
            stored.remarks.push(remark(RemarkKind::NamedTwice, "name", twice));
        }
        let stored_columns = stored.columns.len().max(1);
        let partition_keys: Vec<String> = stored.partition_keys.iter().map(|key| key.name.clone()).collect();
        self.emit(Observation::Table(Box::new(stored.into_observed())))?;
        if partition_keys.is_empty() {
            return Ok(None);
        }
        Ok(Some(TableRun {
            database: Arc::clone(database),
            name: listed.name.clone(),
            asked: listed.asked.clone(),
            partition_keys,
            partitions_per_call: (COLUMNS_PER_CALL / stored_columns).clamp(20, PARTITIONS_PER_CALL),
        }))
    }

    fn table_failed(&self, database: &DatabaseRun, table: String, reason: String) -> Result<(), SourceError> {
        let (database, what) = (database.name.clone(), FailedPart::Object);
        self.emit(Observation::Failed { database, table: Some(table), what, reason })
    }

    fn partition_names(&mut self, table: TableRun) -> Result<(), SourceError> {
        let (database, asked) = (&table.database.asked, &table.asked);
        let partitions = match self.list(|connection| connection.partition_names(database, asked))? {
            Ok(names) => names::partitions(names, &table.partition_keys),
            Err(error) => {
                let refused = matches!(error, CallError::Refused { .. });
                if refused && matches!(self.list(|connection| connection.table(database, asked))?, Ok(None)) {
                    return self.gone(&table.database.name, &table.name);
                }
                return self.partitions_failed(&table, format!("get_partition_names: {error}"));
            }
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
        let mut read: HashSet<String> = HashSet::with_capacity(names.len());
        let failed = self.halving(
            names,
            |connection, names| {
                connection.partitions(&table.database.asked, &table.asked, &table.partition_keys, names)
            },
            |worker, stored| {
                read.extend(stored.iter().map(|partition| partition.name.clone()));
                if stored.is_empty() {
                    return Ok(());
                }
                worker.emit(Observation::Partitions {
                    database: table.database.name.clone(),
                    table: table.name.clone(),
                    partitions: stored.into_iter().map(StoredPartition::into_observed).collect(),
                })
            },
        )?;
        if read.len() + failed.len() < names.len() {
            let failed: HashSet<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
            let is_gone = |position: &usize| {
                let name = listed.partitions[*position].as_str();
                !read.contains(name) && !failed.contains(name)
            };
            let gone: Vec<usize> = range.filter(is_gone).collect();
            let unaskable = |position: &&usize| listed.partitions[**position].contains(char::REPLACEMENT_CHARACTER);
            if let Some(position) = gone.iter().find(unaskable) {
                self.partitions_failed(table, format!("{}: {UNASKABLE}", listed.partitions[*position]))?;
            }
            listed.gone.lock().unwrap_or_else(PoisonError::into_inner).extend(gone);
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

    /// Asks for all of `names` at once, and where that fails or is too much for each half of them, down to the single
    /// ones that fail. Each answer is handed on as it comes, so that no more than one is held.
    fn halving<T>(
        &mut self,
        names: &[String],
        call: impl Fn(&mut Connection, &[String]) -> Result<Vec<T>, CallError>,
        mut each: impl FnMut(&Self, Vec<T>) -> Result<(), SourceError>,
    ) -> Result<Vec<(String, CallError)>, SourceError> {
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
                    each(self, answer)?;
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
        Ok(failed)
    }

    /// # Errors
    /// That the metastore does not work at all, when too many calls failed with nothing read in between.
    fn count_failure(&self, error: &CallError) -> Result<(), SourceError> {
        // What the server refuses costs it and us little, and a whole batch may be refused for a reason of its own.
        let limit = match error {
            CallError::Refused { .. } | CallError::TooLarge => FAILURES_IN_A_ROW * PARTITIONS_PER_CALL,
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
        self.shared.tables_per_call.store(fitting.clamp(1, TABLES_PER_CALL), Ordering::Relaxed);
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

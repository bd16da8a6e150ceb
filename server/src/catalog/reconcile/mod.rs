//! From observations to catalog changes: compare, write the change and its history, count, and decide
//! what has vanished. Every batch is one transaction and can be repeated, so a crawl that dies leaves a
//! true catalog behind and the next one goes on from there.

mod absence;
mod databases;
mod diff;
mod partitions;
mod tables;
mod write;

use super::{CatalogError, crawls};
use crate::clock::Clock;
use crate::db::{Db, Tx};
use chrono::{DateTime, Utc};
use reeve_crawlers::{Crawler, FailedPart, Observation, SourceError};
use reeve_model::crawl::{Counts, CrawlState, Note};
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio::sync::{mpsc, watch};

/// How many observations one transaction takes at most.
const BATCH: usize = 256;

/// One crawl being written into the catalog.
pub struct Reconciler<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub crawler: &'a dyn Crawler,
    pub source_id: i64,
    pub crawl_id: i64,
    /// Above this share of missing objects nothing is taken for deleted. Percent.
    pub max_removed_percent: u8,
    /// The operator has looked and says that what is missing really went.
    pub accept_removals: bool,
    /// Told after every batch: what `reeve crawl` shows.
    pub progress: watch::Sender<Progress>,
}

/// How far a crawl is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub databases_listed: i64,
    pub databases_done: i64,
    pub counts: Counts,
    /// The database last heard of.
    pub database: Option<String>,
}

/// What is known during the crawl.
#[derive(Default)]
struct State {
    /// Set by a complete listing of databases.
    listed_databases: Option<Vec<String>>,
    databases: HashMap<String, OpenDatabase>,
    done: BTreeMap<String, i64>,
    total: Counts,
    held_back: Vec<Note>,
    incomplete: bool,
}

/// A database between its listing and its end.
struct OpenDatabase {
    id: i64,
    started_at: DateTime<Utc>,
    /// Names of a complete listing; `None` where it failed.
    listed: Option<HashSet<String>>,
    counts: Counts,
    tables: HashMap<String, OpenTable>,
}

/// What partitions need to know of their table.
struct OpenTable {
    id: i64,
    location: Option<String>,
    /// Live partitions known before this crawl.
    partitions_before: i64,
    partitions_added: i64,
    /// First seen in this crawl: no partition of it can be known yet.
    new: bool,
}

impl Reconciler<'_> {
    /// Takes in everything the crawler emits, and ends the crawl's row with what became of it.
    ///
    /// `crawled` is the crawler's own outcome, awaited once its observations have ended.
    ///
    /// # Errors
    /// When our own database fails: the crawl's row then stays `running` and is found by the next start.
    pub async fn run(
        &self,
        mut observations: mpsc::Receiver<Observation>,
        crawled: impl Future<Output = Result<(), SourceError>>,
    ) -> Result<CrawlState, CatalogError> {
        let mut state = State::default();
        let mut batch = Vec::with_capacity(BATCH);
        while observations.recv_many(&mut batch, BATCH).await > 0 {
            self.take(&mut state, &mut batch).await?;
        }
        let outcome = crawled.await;
        if outcome.is_ok() {
            self.vanished_databases(&mut state).await?;
        }
        self.finish(&state, outcome).await
    }

    /// One batch: runs of like observations share a transaction; what needs the source is done between.
    async fn take(&self, state: &mut State, batch: &mut Vec<Observation>) -> Result<(), CatalogError> {
        let mut tx = self.db.write().await?;
        let mut tables = Vec::new();
        for observation in batch.drain(..) {
            if !matches!(observation, Observation::Table(_)) && !tables.is_empty() {
                self.tables(&mut tx, state, std::mem::take(&mut tables)).await?;
            }
            match observation {
                Observation::Table(table) => tables.push(*table),
                Observation::Databases { names } => {
                    state.listed_databases = Some(names);
                }
                Observation::DatabaseListed { database, tables } => {
                    self.database_listed(&mut tx, state, database, tables).await?;
                }
                Observation::Gone { database, table } => {
                    if let Some(open) = state.databases.get_mut(&database) {
                        open.counts.gone += 1;
                        open.tables.remove(&table);
                    }
                }
                Observation::Partitions { database, table, partitions } => {
                    self.partitions(&mut tx, state, &database, &table, partitions).await?;
                }
                Observation::Failed { database, table, what, reason } => {
                    self.failed(&mut tx, state, database, table, what, &reason).await?;
                }
                // Both may have to ask the source, which must not happen inside a transaction.
                Observation::PartitionsListed { database, table, names } => {
                    let found = self.partitions_listed(&mut tx, state, &database, &table, names).await?;
                    if let Some(found) = found {
                        tx.commit().await?;
                        self.vanished_partitions(state, found).await?;
                        tx = self.db.write().await?;
                    }
                }
                Observation::DatabaseDone { database } => {
                    tx.commit().await?;
                    self.database_done(state, &database).await?;
                    tx = self.db.write().await?;
                }
            }
        }
        if !tables.is_empty() {
            self.tables(&mut tx, state, tables).await?;
        }
        self.save_progress(&mut tx, state).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn failed(
        &self,
        tx: &mut Tx,
        state: &mut State,
        database: String,
        table: Option<String>,
        what: FailedPart,
        reason: &str,
    ) -> Result<(), CatalogError> {
        state.incomplete = true;
        crawls::add_failure(tx, self.crawl_id, Some(&database), table.as_deref(), what, reason).await?;
        if let Some(open) = state.databases.get_mut(&database) {
            open.counts.failed += 1;
            if let Some(table) = &table
                && matches!(what, FailedPart::Object)
            {
                // It was listed, so it exists: that we could not read it says nothing else.
                open.tables.remove(table);
            }
        } else {
            state.total.failed += 1;
        }
        Ok(())
    }

    async fn save_progress(&self, tx: &mut Tx, state: &State) -> Result<(), CatalogError> {
        let progress = state.progress();
        for (name, open) in &state.databases {
            let elapsed = (self.clock.now() - open.started_at).num_milliseconds();
            crawls::save_database(tx, self.crawl_id, name, false, elapsed, &open.counts).await?;
        }
        crawls::save_progress(tx, self.crawl_id, &progress).await?;
        self.progress.send_replace(progress);
        Ok(())
    }

    async fn finish(&self, state: &State, outcome: Result<(), SourceError>) -> Result<CrawlState, CatalogError> {
        let mut notes = state.held_back.clone();
        let end = match outcome {
            Ok(()) if state.incomplete || !notes.is_empty() => CrawlState::Partial,
            Ok(()) => CrawlState::Complete,
            Err(error) => match error.note() {
                None => CrawlState::Cancelled,
                Some(note) => {
                    notes.insert(0, note);
                    CrawlState::Failed
                }
            },
        };
        let mut tx = self.db.write().await?;
        self.save_progress(&mut tx, state).await?;
        crawls::finish(&mut tx, self.crawl_id, end, self.clock.now(), &notes).await?;
        tx.commit().await?;
        Ok(end)
    }
}

impl State {
    fn progress(&self) -> Progress {
        let mut counts = self.total;
        for open in self.databases.values() {
            add(&mut counts, &open.counts);
        }
        let listed = self.listed_databases.as_ref().map_or(self.databases.len() + self.done.len(), Vec::len);
        Progress {
            databases_listed: i64::try_from(listed).unwrap_or(i64::MAX),
            databases_done: i64::try_from(self.done.len()).unwrap_or(i64::MAX),
            counts,
            database: self.databases.keys().next().cloned(),
        }
    }
}

fn add(total: &mut Counts, part: &Counts) {
    total.listed += part.listed;
    total.harvested += part.harvested;
    total.added += part.added;
    total.changed += part.changed;
    total.failed += part.failed;
    total.gone += part.gone;
    total.remarked += part.remarked;
    total.deleted += part.deleted;
    total.held_back += part.held_back;
    total.partitions_listed += part.partitions_listed;
    total.partitions_harvested += part.partitions_harvested;
    total.partitions_changed += part.partitions_changed;
    total.partitions_deleted += part.partitions_deleted;
}

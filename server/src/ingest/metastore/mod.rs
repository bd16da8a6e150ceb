//! A metastore's observations become catalog changes: compare, write the change and its history, count, and at the end
//! judge what has vanished. Every batch is one transaction and can be repeated, so a crawl that dies leaves a
//! true catalog behind and the next one goes on from there.

mod absence;
mod databases;
mod diff;
mod history;
mod identity;
mod partitions;
mod pending;
mod removals;
mod row;
mod tables;

pub use identity::Known as KnownIdentity;

use crate::catalog::{CatalogError, crawls};
use crate::clock::Clock;
use crate::curation::suggest::Suggestion;
use crate::db::{Db, Tx, WriteTx, on};
use crate::lease::Lease;
use absence::MissingTables;
use chrono::{DateTime, Utc};
use pending::Pending;
use reeve_crawlers::{Crawler, FailedPart, Observation, Observations, SourceError};
use reeve_model::crawl::{Counts, CrawlState, Note};
use reeve_model::{AssetId, CrawlId, SourceId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How many observations are taken from the channel at once.
const BATCH: usize = 256;
/// What one statement writes, in bytes as the source had them.
const BYTES_AT_ONCE: usize = 256 * 1024;
/// How long a batch goes on in one transaction: who waits to write something waits for one batch at most.
const TIME_AT_ONCE: Duration = Duration::from_millis(25);

/// One crawl being written into the catalog.
pub struct Reconciler<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub crawler: &'a dyn Crawler,
    /// The claim of the crawl's job: whoever lost it writes no more.
    pub lease: Lease,
    pub source_id: SourceId,
    pub crawl_id: CrawlId,
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
    listed_databases: Option<HashSet<String>>,
    databases: HashMap<String, OpenDatabase>,
    done: BTreeMap<String, AssetId>,
    missing: Vec<MissingTables>,
    total: Counts,
    notes: Vec<Note>,
    incomplete: bool,
    /// The crawl before this one broke off: kept counts are not believed.
    recount: bool,
    /// Nothing is known of the source's tables: each is new, and its columns are judged before a transaction begins.
    all_new: bool,
    /// By database and table, what was judged and not written yet.
    judged: HashMap<(String, String), Vec<Suggestion>>,
}

/// A database between its listing and its end.
struct OpenDatabase {
    id: AssetId,
    started_at: DateTime<Utc>,
    /// Names of its complete listing.
    listed: HashSet<String>,
    counts: Counts,
    tables: HashMap<String, OpenTable>,
}

/// What partitions need to know of their table.
struct OpenTable {
    id: AssetId,
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
    /// `crawled` is the crawler's own outcome, awaited once its observations have ended. Where the source turns out to be
    /// another one than before, nothing is taken in: the observations are dropped, which ends the crawler.
    ///
    /// # Errors
    /// When our own database fails: the crawl's row then stays `running` and is found by the next start.
    pub async fn run(
        &self,
        mut observations: Observations,
        crawled: impl Future<Output = Result<(), SourceError>>,
    ) -> Result<CrawlState, CatalogError> {
        let (recount, all_new) = (self.broke_off_before().await?, self.knows_no_table().await?);
        let mut state = State { recount, all_new, ..State::default() };
        match self.same_source().await? {
            Ok(None) => {}
            Ok(Some(note)) => {
                state.notes.push(note);
                return self.finish(&state, CrawlState::Failed).await;
            }
            Err(error) => return self.failed_with(&mut state, error).await,
        }
        loop {
            let batch = observations.recv_many(BATCH).await;
            if batch.is_empty() {
                break;
            }
            self.take(&mut state, batch).await?;
        }
        if let Err(error) = crawled.await {
            return self.failed_with(&mut state, error).await;
        }
        self.judge(&mut state).await?;
        let end = if state.incomplete || !state.notes.is_empty() { CrawlState::Partial } else { CrawlState::Complete };
        self.finish(&state, end).await
    }

    /// Whether this is the first crawl that sees tables of the source.
    async fn knows_no_table(&self) -> Result<bool, CatalogError> {
        let mut tx = self.db.read().await?;
        let known: i64 = on!(&mut tx, c => sqlx::query_scalar(
            "SELECT count(*) FROM catalog_database WHERE source_id = $1 AND table_count + view_count > 0",
        ).bind(self.source_id).fetch_one(c).await)?;
        Ok(known == 0)
    }

    /// Every write of a crawl begins here.
    async fn begin(&self) -> Result<WriteTx, CatalogError> {
        let mut tx = self.db.write().await?;
        self.lease.hold(&mut tx).await?;
        Ok(tx)
    }

    /// What the channel held, in as many transactions as its size and the time ask for.
    async fn take(&self, state: &mut State, batch: Vec<Observation>) -> Result<(), CatalogError> {
        if state.all_new {
            for observation in &batch {
                if let Observation::Table(table) = observation {
                    state.judged.insert((table.database.clone(), table.name.clone()), tables::judge(table));
                }
            }
        }
        let mut writing = self.writing().await?;
        let mut pending = Pending::default();
        for observation in batch {
            let Some(observation) = pending.take(observation) else {
                if pending.bytes > BYTES_AT_ONCE {
                    writing = self.write(writing, state, std::mem::take(&mut pending)).await?;
                }
                continue;
            };
            writing = self.write(writing, state, std::mem::take(&mut pending)).await?;
            let tx = &mut writing.tx;
            match observation {
                Observation::Databases { names } => state.listed_databases = Some(names.into_iter().collect()),
                Observation::DatabaseListed { database, tables } => {
                    self.database_listed(tx, state, database, tables).await?;
                }
                Observation::Gone { database, table } => gone(state, &database, &table),
                Observation::Failed { database, table, what, reason } => {
                    self.failed(tx, state, &database, table.as_deref(), what, &reason).await?;
                }
                Observation::DatabaseDone { database } => self.database_done(tx, state, &database).await?,
                // These wait in `pending`.
                Observation::Table(_) | Observation::Partitions { .. } | Observation::PartitionsListed { .. } => {}
            }
        }
        writing = self.write(writing, state, pending).await?;
        state.judged.clear();
        self.save_progress(&mut writing.tx, state).await?;
        writing.tx.commit().await?;
        Ok(())
    }

    async fn writing(&self) -> Result<Writing, CatalogError> {
        Ok(Writing { tx: self.begin().await?, begun: Instant::now() })
    }

    /// Writes what waited, and goes on in another transaction where this one has lasted.
    async fn write(&self, mut writing: Writing, state: &mut State, pending: Pending) -> Result<Writing, CatalogError> {
        self.tables(&mut writing.tx, state, pending.tables).await?;
        self.partitions(&mut writing.tx, state, pending.partitions).await?;
        let vanished = self.partitions_listed(&mut writing.tx, state, pending.listed).await?;
        if vanished.is_empty() && writing.begun.elapsed() <= TIME_AT_ONCE {
            return Ok(writing);
        }
        writing.tx.commit().await?;
        // The source is asked, which must not happen inside a transaction.
        for found in vanished {
            self.vanished_partitions(state, found).await?;
        }
        self.writing().await
    }

    async fn failed(
        &self,
        tx: &mut Tx,
        state: &mut State,
        database: &str,
        table: Option<&str>,
        what: FailedPart,
        reason: &str,
    ) -> Result<(), CatalogError> {
        state.incomplete = true;
        crawls::add_failure(tx, self.crawl_id, Some(database), table, what, reason).await?;
        let Some(open) = state.databases.get_mut(database) else {
            state.total.failed += 1;
            return Ok(());
        };
        open.counts.failed += 1;
        if let (Some(table), FailedPart::Object) = (table, what) {
            // It was listed, so it exists: that we could not read it says nothing else.
            open.tables.remove(table);
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

    async fn failed_with(&self, state: &mut State, error: SourceError) -> Result<CrawlState, CatalogError> {
        match error.note() {
            None => self.finish(state, CrawlState::Cancelled).await,
            Some(note) => {
                state.notes.insert(0, note);
                self.finish(state, CrawlState::Failed).await
            }
        }
    }

    async fn finish(&self, state: &State, end: CrawlState) -> Result<CrawlState, CatalogError> {
        let mut tx = self.begin().await?;
        self.save_progress(&mut tx, state).await?;
        crawls::finish(&mut tx, self.crawl_id, end, self.clock.now(), &state.notes).await?;
        self.lease.finish(&mut tx, self.clock.now()).await?;
        tx.commit().await?;
        Ok(end)
    }
}

/// A transaction of a crawl, and since when it goes on.
struct Writing {
    tx: WriteTx,
    begun: Instant,
}

/// Dropped between listing and reading: it is not there, and no failure either.
fn gone(state: &mut State, database: &str, table: &str) {
    let Some(open) = state.databases.get_mut(database) else { return };
    open.counts.gone += 1;
    open.tables.remove(table);
    open.listed.remove(table);
}

impl State {
    fn progress(&self) -> Progress {
        let mut counts = self.total;
        for open in self.databases.values() {
            add(&mut counts, &open.counts);
        }
        let listed = self.listed_databases.as_ref().map_or(self.databases.len() + self.done.len(), HashSet::len);
        Progress {
            databases_listed: count(listed),
            databases_done: count(self.done.len()),
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

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

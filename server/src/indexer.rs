//! Keeps the search index true to the database: builds it where there is none, and follows the change log.
//!
//! One process writes the index; every other reads it. The number of the last change taken in is committed
//! with the index itself, so that nothing is lost or done twice whenever a process dies.

use crate::app::App;
use crate::catalog::changes;
use crate::config::Config;
use crate::search::{self, IndexWriter, Opened, Rebuild, SearchIndex, Synonyms};
use anyhow::Context;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the change log is looked at: with the commit itself this keeps a change searchable within a second.
const LOOK: Duration = Duration::from_millis(200);
/// How long to leave the index to another process before asking for it again.
const STEP_BACK: Duration = Duration::from_secs(2);
/// Changes taken in by one commit.
const BATCH: i64 = 5_000;
/// Tables read at once by a rebuild: as many as stay in the processor's cache until they are indexed.
const READ_AT_ONCE: i64 = 500;
/// Threads and bytes for documents not yet written while the index is built anew. Only what is not yet written takes
/// them: a hundred thousand tables stay below a third. What fits becomes one segment, and each segment costs every search.
const REBUILD_THREADS: usize = 2;
const REBUILD_MEMORY: usize = 400_000_000;

/// The index as this process has it: open, or why not.
pub struct IndexSlot {
    data_dir: PathBuf,
    state: RwLock<State>,
}

enum State {
    Ready(SearchIndex),
    Missing(String),
}

impl IndexSlot {
    pub(crate) fn open(config: &Config) -> Self {
        let slot = Self {
            data_dir: config.data_dir().to_owned(),
            state: RwLock::new(State::Missing("it was not opened yet".to_owned())),
        };
        slot.reopen();
        slot
    }

    /// The index, unless it is missing, old or damaged.
    pub fn ready(&self) -> Option<SearchIndex> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(index) => Some(index.clone()),
            State::Missing(_) => None,
        }
    }

    /// Why there is no index; empty where there is one.
    pub fn reason(&self) -> String {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(_) => String::new(),
            State::Missing(reason) => reason.clone(),
        }
    }

    fn reopen(&self) {
        let state = match self.load() {
            Ok(Opened::Ready(index)) => State::Ready(index),
            Ok(Opened::NeedsRebuild { reason }) => State::Missing(reason.to_string()),
            Err(error) => State::Missing(error.to_string()),
        };
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn load(&self) -> Result<Opened, search::Error> {
        let (synonyms, problems) = Synonyms::load(&self.data_dir)?;
        for problem in problems {
            tracing::warn!("synonyms.txt: {problem}");
        }
        SearchIndex::open(&self.data_dir, synonyms)
    }
}

/// Builds and follows until cancelled: what `reeve serve` runs.
pub async fn run(app: App, cancel: CancellationToken) {
    while !cancel.is_cancelled() {
        let pause = match follow(&app, &cancel).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!("index: {error:#}");
                // Should the index be what is wrong, opening it finds out, and the next round builds it anew.
                app.index.reopen();
                STEP_BACK
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn follow(app: &App, cancel: &CancellationToken) -> anyhow::Result<()> {
    if needs_building(app).await? {
        tracing::info!(reason = app.index.reason(), "building the search index");
        let documents = rebuild(app).await?;
        tracing::info!(documents, "search index built");
    }
    let index = app.index.ready().context("the index just built")?;
    let mut writer = IndexWriter::open(&index)?;
    while !cancel.is_cancelled() {
        let taken = take_in(app, &index, &mut writer).await?;
        if taken < BATCH {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
    Ok(())
}

/// Whether there is no index, or one further behind than the change log reaches.
async fn needs_building(app: &App) -> anyhow::Result<bool> {
    let Some(index) = app.index.ready() else { return Ok(true) };
    let mut tx = app.db.read().await?;
    Ok(changes::is_too_old(&mut tx, index.last_seq()).await?)
}

/// Takes in every change there is, once; builds the index first where there is none. Where another process
/// writes the index already there is nothing to do.
///
/// # Errors
/// When the database or the index fails.
pub async fn catch_up(app: &App) -> anyhow::Result<()> {
    if needs_building(app).await? {
        rebuild(app).await?;
    }
    let index = app.index.ready().context("the index just built")?;
    let mut writer = match IndexWriter::open(&index) {
        Err(search::Error::LockBusy) => return Ok(()),
        other => other?,
    };
    while take_in(app, &index, &mut writer).await? == BATCH {}
    Ok(())
}

/// One batch of changes, committed. Answers how many there were.
async fn take_in(app: &App, index: &SearchIndex, writer: &mut IndexWriter) -> anyhow::Result<i64> {
    let mut tx = app.db.read().await?;
    let Some(changes) = changes::after(&mut tx, index.last_seq(), BATCH).await? else { return Ok(0) };
    let documents = changes::documents(&mut tx, &changes.assets, app.config.catalog.comments).await?;
    drop(tx);
    for (id, kind, document) in documents {
        match document {
            Some(document) => writer.upsert(&document)?,
            None => writer.delete(kind, id.0)?,
        }
    }
    tokio::task::block_in_place(|| writer.commit(changes.last))?;
    Ok(i64::try_from(changes.count)?)
}

/// Builds the index anew beside the live one and swaps it in; answers how many assets are in it.
///
/// # Errors
/// When the database or the disk fails, or another process writes the index.
pub async fn rebuild(app: &App) -> anyhow::Result<u64> {
    let mut tx = app.db.read().await?;
    // Everything in this transaction is of one moment, so the newest change is the one the index will be at.
    let seq = changes::last_seq(&mut tx).await?;
    let rebuild = Rebuild::begin(&app.index.data_dir, REBUILD_THREADS, REBUILD_MEMORY)?;
    let mut documents = 0;
    for asset in changes::databases(&mut tx).await? {
        rebuild.add(&asset)?;
        documents += 1;
    }
    let mut after = 0;
    loop {
        let batch = changes::tables_after(&mut tx, after, READ_AT_ONCE, app.config.catalog.comments).await?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        documents += u64::try_from(batch.len())?;
        tokio::task::block_in_place(|| batch.iter().try_for_each(|asset| rebuild.add(asset)))?;
    }
    drop(tx);
    tokio::task::block_in_place(|| rebuild.finish(seq))?;
    app.index.reopen();
    Ok(documents)
}

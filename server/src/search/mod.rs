//! The search: what is in the index, how a query is read, how hits are ranked, counted and explained.
//!
//! The index is derived data in a folder of its own and can be thrown away at any time. tantivy keeps the postings, the
//! stored documents and the commits; how a query is evaluated over them is ours (`evaluate`), because ranking here is in
//! hard tiers with exact counts of every facet, which no scorer gives.
//!
//! What a hit is: tables, views and databases are documents; columns are searched within their table. A search narrowed
//! to `type:column` answers with one hit for each table that has a matching column: its best one, with the others
//! beside it. `total` and the facet value `column` count these.

pub(crate) mod analysis;
mod collect;
mod cursor;
mod doc;
mod evaluate;
mod filter;
mod folder;
mod fuzzy;
mod hits;
mod marks;
mod plan;
mod postings;
mod rank;
mod schema;
mod segment;
mod snapshot;
mod suggest;
mod synonyms;
mod weights;
mod writer;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_at_size;

pub use doc::{ColumnLine, ColumnLines, IndexDoc};
pub use synonyms::{SynonymProblem, Synonyms};
pub use writer::{IndexWriter, Rebuild};

/// How many hits came before the page that `cursor` asks for; `None` if no search in this order gave it out.
pub fn shown_before(cursor: &str, sort: reeve_model::search::Sort) -> Option<u64> {
    cursor::Position::decode(cursor, sort).map(|position| position.shown.into())
}

use chrono::{DateTime, Utc};
use reeve_model::search::{SearchRequest, SearchResponse, Suggestion};
use snapshot::Snapshot;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tantivy::{Index, TantivyError};

/// Why the index could not do what was asked. None of these loses anything: the index can be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another process is writing the search index; there can be only one (a running `reeve serve` writes it)")]
    LockBusy,
    #[error("the search index was rebuilt meanwhile; open it again and repeat what came after its last sequence")]
    Superseded,
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("search index: {0}; `reeve index rebuild` makes it new")]
    Index(#[from] TantivyError),
    #[error("search index: {0}; `reeve index rebuild` makes it new")]
    Damaged(String),
}

impl Error {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}

/// What [`SearchIndex::open`] found.
pub enum Opened {
    Ready(SearchIndex),
    NeedsRebuild { reason: RebuildReason },
}

/// Why an index must be built before one can search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebuildReason {
    #[error("there is no search index yet")]
    Missing,
    #[error("the search index is of another version ({found}) of Reeve")]
    OldSchema { found: String },
    #[error("the search index is damaged: {0}")]
    Damaged(String),
}

/// The live index. Cloning is cheap and all clones see the same.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    data_dir: PathBuf,
    synonyms: Synonyms,
    snapshot: RwLock<Arc<Snapshot>>,
    /// When it was last looked whether another process has written or replaced the index.
    looked: Mutex<Instant>,
    generation: AtomicU64,
    answers: moka::sync::Cache<(u64, SearchRequest), Arc<SearchResponse>>,
    suggestions: moka::sync::Cache<(u64, String, usize), Arc<Vec<Suggestion>>>,
}

/// How often a search looks for what another process has written.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Answers kept, by the hits in them, of some 1.5 kB each.
const ANSWERS_KEPT: u64 = 100_000;
const SUGGESTIONS_KEPT: u64 = 10_000;

impl SearchIndex {
    /// Opens the live version in `data_dir/index` for reading; any number of processes may.
    ///
    /// # Errors
    /// Only for what a rebuild would not mend, such as a folder that may not be read.
    pub fn open(data_dir: &Path, synonyms: Synonyms) -> Result<Opened, Error> {
        let snapshot = match open_current(data_dir)? {
            Ok(snapshot) => snapshot,
            Err(reason) => return Ok(Opened::NeedsRebuild { reason }),
        };
        let answers = moka::sync::Cache::builder()
            .weigher(|_, answer: &Arc<SearchResponse>| answer.hits.len() as u32 + 5)
            .max_capacity(ANSWERS_KEPT)
            .build();
        let shared = Shared {
            data_dir: data_dir.to_owned(),
            synonyms,
            snapshot: RwLock::new(Arc::new(snapshot)),
            looked: Mutex::new(Instant::now()),
            generation: AtomicU64::new(1),
            answers,
            suggestions: moka::sync::Cache::new(SUGGESTIONS_KEPT),
        };
        Ok(Opened::Ready(Self { shared: Arc::new(shared) }))
    }

    /// The answer to a search that was asked before, if it still holds: without work, so for any thread.
    pub fn known(&self, request: &SearchRequest) -> Option<SearchResponse> {
        let started = Instant::now();
        if self.is_time_to_look() {
            return None;
        }
        let answer = self.shared.answers.get(&(self.generation(), request.clone()))?;
        Some(SearchResponse { took_ms: milliseconds(started), ..(*answer).clone() })
    }

    /// The suggestions for what was typed before, as [`Self::known`].
    pub fn known_suggestions(&self, typed: &str, limit: usize) -> Option<Vec<Suggestion>> {
        if self.is_time_to_look() {
            return None;
        }
        self.shared.suggestions.get(&(self.generation(), typed.to_owned(), limit)).map(|known| (*known).clone())
    }

    /// Answers a search. Blocks for as long as it computes: call it from a thread that may.
    ///
    /// `now` is what relative times (`created:<30d`) count from.
    pub fn search(&self, request: &SearchRequest, now: DateTime<Utc>) -> Result<SearchResponse, Error> {
        let started = Instant::now();
        self.look();
        let generation = self.generation();
        let query = reeve_model::query::parse(&request.q);
        // An answer that depends on the clock is computed each time.
        let lasting = !filter::is_relative(&query);
        let key = (generation, request.clone());
        if lasting && let Some(answer) = self.shared.answers.get(&key) {
            let took_ms = milliseconds(started);
            return Ok(SearchResponse { took_ms, ..(*answer).clone() });
        }
        let mut answer = self.snapshot().search(request, &query, &self.shared.synonyms, now)?;
        if lasting {
            self.shared.answers.insert(key, Arc::new(answer.clone()));
        }
        answer.took_ms = milliseconds(started);
        Ok(answer)
    }

    /// What the search box offers while typing, best first: the first hits of a search for it, of databases, tables
    /// and views, and columns where nothing else is called so.
    pub fn suggest(&self, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Error> {
        self.look();
        let key = (self.generation(), typed.to_owned(), limit);
        if let Some(known) = self.shared.suggestions.get(&key) {
            return Ok((*known).clone());
        }
        let found = suggest::suggest(&self.snapshot(), typed, limit, &self.shared.synonyms)?;
        self.shared.suggestions.insert(key, Arc::new(found.clone()));
        Ok(found)
    }

    /// Rises with every change that searches see; for ETags and caches.
    pub fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }

    /// The `change_log` sequence up to which the index knows of all changes.
    pub fn last_seq(&self) -> i64 {
        self.snapshot().last_seq
    }

    /// Tables, views and databases in the index.
    pub fn documents(&self) -> u64 {
        self.snapshot().documents()
    }

    /// Reads every byte of the index and compares checksums: seconds for a large one, for `reeve doctor`.
    ///
    /// # Errors
    /// [`Error::Damaged`] names the first broken file.
    pub fn verify(&self) -> Result<(), Error> {
        let broken = self.snapshot().index.validate_checksum()?;
        match broken.iter().min() {
            None => Ok(()),
            Some(file) => Err(Error::Damaged(format!("{} does not match its checksum", file.display()))),
        }
    }

    /// Sees at once what was committed or swapped in. Searches do this by themselves every half second.
    pub fn refresh(&self) -> Result<(), Error> {
        let before = self.snapshot();
        let version = folder::current(&self.shared.data_dir);
        if version.is_none() || version.as_deref() == Some(before.version.as_str()) {
            if let Some(newer) = before.reloaded()? {
                self.replace(newer);
            }
            return Ok(());
        }
        match open_current(&self.shared.data_dir)? {
            Ok(snapshot) => self.replace(snapshot),
            Err(reason) => return Err(Error::Damaged(reason.to_string())),
        }
        Ok(())
    }

    fn is_time_to_look(&self) -> bool {
        self.shared.looked.try_lock().is_ok_and(|looked| looked.elapsed() >= LOOK_EVERY)
    }

    fn look(&self) {
        {
            let Ok(mut looked) = self.shared.looked.try_lock() else { return };
            if looked.elapsed() < LOOK_EVERY {
                return;
            }
            *looked = Instant::now();
        }
        if let Err(error) = self.refresh() {
            tracing::warn!(%error, "cannot see the newest search index; the one in memory goes on answering");
        }
    }

    fn replace(&self, snapshot: Snapshot) {
        let mut live = self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        *live = Arc::new(snapshot);
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn data_dir(&self) -> &Path {
        &self.shared.data_dir
    }

    /// The live version's name and index, for a writer.
    fn for_writing(&self) -> Result<(String, Index), Error> {
        self.refresh()?;
        let snapshot = self.snapshot();
        Ok((snapshot.version.clone(), snapshot.index.clone()))
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// Opens what `CURRENT` names. A version that vanishes while it is opened was replaced: the new one is tried.
fn open_current(data_dir: &Path) -> Result<Result<Snapshot, RebuildReason>, Error> {
    let mut tried = None;
    loop {
        let Some(version) = folder::current(data_dir) else {
            return Ok(Err(RebuildReason::Missing));
        };
        if !folder::is_this_schema(&version) {
            return Ok(Err(RebuildReason::OldSchema { found: version }));
        }
        let path = folder::root(data_dir).join(&version);
        // tantivy checks little of what it maps; reading a damaged file may panic.
        let opened = std::panic::catch_unwind(|| Snapshot::open(&path, &version));
        let reason = match opened {
            Ok(Ok(snapshot)) => return Ok(Ok(snapshot)),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a file of it cannot be read".to_owned(),
        };
        if tried.as_ref() == Some(&version) || folder::current(data_dir).as_ref() == Some(&version) {
            return Ok(Err(RebuildReason::Damaged(reason)));
        }
        tried = Some(version);
    }
}

//! The search: what is in the index, how a query is read, how hits are ranked, counted and explained.
//!
//! The index is derived data in a folder of its own and can be thrown away at any time. tantivy keeps the postings, the
//! stored documents and the commits; how a query is evaluated over them is ours (`evaluate`), because ranking here is in
//! hard tiers with exact counts of every facet, which no scorer gives.
//!
//! What a hit is: tables, views and databases are documents; columns are searched within their table. A search narrowed
//! to `type:column` answers with one hit for each table that has a matching column: its best one, with the others
//! beside it. `total` and the facet value `column` count these.
//!
//! Each room knows only those before it: `analysis` (text to words), `index` (what is kept), `rank` (what a match is
//! worth), `query` (what is asked), `answer` (what is found).

mod analysis;
mod answer;
mod index;
mod query;
mod rank;
mod weigh;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_asked;
#[cfg(test)]
mod tests_at_size;

pub use index::doc::{ColumnLine, ColumnLines, IndexDoc};
pub use index::{Error, IndexWriter, Rebuild, RebuildReason};
pub use query::synonyms::{SynonymProblem, Synonyms};

/// How many hits came before the page that `cursor` asks for; `None` if no search in this order gave it out.
pub fn shown_before(cursor: &str, sort: reeve_model::search::Sort) -> Option<u64> {
    Position::decode(cursor, sort).map(|position| position.shown.into())
}

use answer::cursor::Position;
use answer::{Answering, Deadline, suggest};
use chrono::{DateTime, Utc};
use index::Live;
use index::snapshot::Snapshot;
use query::filter;
use reeve_model::search::{SearchRequest, SearchResponse, Suggestion};
use reeve_model::visibility::Hidden;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What [`SearchIndex::open`] found.
pub enum Opened {
    Ready(SearchIndex),
    NeedsRebuild { reason: RebuildReason },
}

/// The live index. Cloning is cheap and all clones see the same.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    live: Arc<Live>,
    synonyms: Synonyms,
    answers: moka::sync::Cache<(u64, SearchRequest), Arc<SearchResponse>>,
    suggestions: moka::sync::Cache<Typed, Arc<Vec<Suggestion>>>,
}

/// What was typed, how many lines are wanted, and what the one who types may not know of.
type Typed = (u64, String, usize, Hidden);

/// Bytes of answers and of suggestions kept.
const ANSWERS_KEPT: u64 = 128_000_000;
const SUGGESTIONS_KEPT: u64 = 16_000_000;
/// Longer queries, in bytes, hardly come again: their answers are not kept.
const LONGEST_KEPT: usize = 256;
/// A query of more words than this is long.
const FEW_WORDS: usize = 6;

/// Whether a query may cost more than what people type: it should not be all that others wait for.
pub fn is_long(q: &str) -> bool {
    q.len() > LONGEST_KEPT || q.split_whitespace().nth(FEW_WORDS).is_some()
}

impl SearchIndex {
    /// Opens the live version in `data_dir/index` for reading; any number of processes may.
    ///
    /// # Errors
    /// Only for what a rebuild would not mend, such as a folder that may not be read.
    pub fn open(data_dir: &Path, synonyms: Synonyms) -> Result<Opened, Error> {
        let live = match Live::open(data_dir)? {
            Ok(live) => Arc::new(live),
            Err(reason) => return Ok(Opened::NeedsRebuild { reason }),
        };
        let answers = moka::sync::Cache::builder()
            .weigher(|(_, request): &(u64, SearchRequest), answer: &Arc<SearchResponse>| {
                weigh::request(request).saturating_add(weigh::answer(answer))
            })
            .max_capacity(ANSWERS_KEPT)
            .build();
        let suggestions = moka::sync::Cache::builder()
            .weigher(|(_, typed, ..): &Typed, found: &Arc<Vec<Suggestion>>| weigh::suggestions(typed, found))
            .max_capacity(SUGGESTIONS_KEPT)
            .build();
        let shared = Shared { live, synonyms, answers, suggestions };
        Ok(Opened::Ready(Self { shared: Arc::new(shared) }))
    }

    /// The answer to a search that was asked before, if it still holds: without work, so for any thread.
    pub fn known(&self, request: &SearchRequest) -> Option<SearchResponse> {
        let started = Instant::now();
        if self.shared.live.is_time_to_look() {
            return None;
        }
        let answer = self.shared.answers.get(&(self.generation(), request.clone()))?;
        Some(SearchResponse { took_ms: milliseconds(started), ..(*answer).clone() })
    }

    /// The suggestions for what was typed before, as [`Self::known`].
    pub fn known_suggestions(&self, typed: &str, limit: usize, hidden: &Hidden) -> Option<Vec<Suggestion>> {
        if self.shared.live.is_time_to_look() {
            return None;
        }
        self.shared
            .suggestions
            .get(&(self.generation(), typed.to_owned(), limit, hidden.clone()))
            .map(|known| (*known).clone())
    }

    /// Answers a search. Blocks for as long as it computes: call it from a thread that may.
    ///
    /// `now` is what relative times (`created:<30d`) count from.
    pub fn search(&self, request: &SearchRequest, now: DateTime<Utc>) -> Result<SearchResponse, Error> {
        let started = Instant::now();
        self.shared.live.look();
        let generation = self.generation();
        let query = reeve_model::query::parse(&request.q);
        // An answer that depends on the clock is computed each time.
        let lasting = !filter::is_relative(&query) && request.q.len() <= LONGEST_KEPT;
        let key = (generation, request.clone());
        if lasting && let Some(answer) = self.shared.answers.get(&key) {
            let took_ms = milliseconds(started);
            return Ok(SearchResponse { took_ms, ..(*answer).clone() });
        }
        let deadline = Deadline::default();
        let mut answer = self.answering(&self.shared.live.snapshot(), now, &deadline).search(request, &query)?;
        if lasting && !deadline.has_passed() {
            self.shared.answers.insert(key, Arc::new(answer.clone()));
        }
        answer.took_ms = milliseconds(started);
        Ok(answer)
    }

    fn answering<'a>(&'a self, snapshot: &'a Snapshot, now: DateTime<Utc>, deadline: &'a Deadline) -> Answering<'a> {
        Answering { snapshot, synonyms: &self.shared.synonyms, now, deadline }
    }

    /// What the search box offers while typing, best first: the first hits of a search for it, of databases, tables
    /// and views, and columns where nothing else is called so.
    pub fn suggest(&self, typed: &str, limit: usize, hidden: &Hidden) -> Result<Vec<Suggestion>, Error> {
        self.shared.live.look();
        let key = (self.generation(), typed.to_owned(), limit, hidden.clone());
        if let Some(known) = self.shared.suggestions.get(&key) {
            return Ok((*known).clone());
        }
        let (snapshot, deadline) = (self.shared.live.snapshot(), Deadline::default());
        // Relative times hardly occur half-typed; they count from the epoch, which finds nothing rather than something odd.
        let answering = self.answering(&snapshot, DateTime::UNIX_EPOCH, &deadline);
        let found = suggest::suggest(&answering, typed, limit, hidden)?;
        if typed.len() <= LONGEST_KEPT && !deadline.has_passed() {
            self.shared.suggestions.insert(key, Arc::new(found.clone()));
        }
        Ok(found)
    }

    /// Rises with every change that searches see; for ETags and caches.
    pub fn generation(&self) -> u64 {
        self.shared.live.generation()
    }

    /// The `change_log` sequence up to which the index knows of all changes.
    pub fn last_seq(&self) -> i64 {
        self.shared.live.snapshot().last_seq
    }

    /// Tables, views and databases in the index.
    pub fn documents(&self) -> u64 {
        self.shared.live.snapshot().documents()
    }

    /// Reads every byte of the index and compares checksums: seconds for a large one, for `reeve doctor`.
    ///
    /// # Errors
    /// [`Error::Damaged`] names the first broken file.
    pub fn verify(&self) -> Result<(), Error> {
        let broken = self.shared.live.snapshot().index.validate_checksum()?;
        match broken.iter().min() {
            None => Ok(()),
            Some(file) => Err(Error::Damaged(format!("{} does not match its checksum", file.display()))),
        }
    }

    /// Sees at once what was committed or swapped in. Searches do this by themselves every half second.
    pub fn refresh(&self) -> Result<(), Error> {
        self.shared.live.refresh()
    }
}

impl IndexWriter {
    /// Takes the write lock of the live version.
    ///
    /// # Errors
    /// [`Error::LockBusy`] while another process writes; [`Error::Superseded`] if the version is not the live one any more.
    pub fn open(index: &SearchIndex) -> Result<Self, Error> {
        Self::of(Arc::clone(&index.shared.live))
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

//! What a source says of people, taken in: its records as they came, what is missing from them, and then the people who
//! follow from the records of all sources.
//!
//! A listing is judged as a whole before anything of it is taken in: one that lacks too many of those known counts nothing
//! at all, whatever else it says, until an operator has looked.

mod absence;
mod compute;
mod draft;
mod principals;
mod records;
mod teams;
mod write;

pub use compute::{Computation, compute};

use super::metastore::Progress;
use crate::catalog::{CatalogError, crawls};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, WriteTx};
use crate::lease::Lease;
use reeve_crawlers::FailedPart;
use reeve_crawlers::people::{Listing, PeopleRun};
use reeve_model::crawl::{Counts, CrawlState, Note};
use reeve_model::{CrawlId, SourceId};
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// So many rows are written by one transaction.
const ROWS_AT_ONCE: usize = 1_000;

/// One crawl of a source of people being taken in.
pub struct Reconciler<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub config: &'a Config,
    /// The claim of the crawl's job: whoever lost it writes no more.
    pub lease: Lease,
    pub source_id: SourceId,
    pub crawl_id: CrawlId,
    /// Where it is read from, for what is said of it.
    pub address: String,
    /// Above this share of missing records the listing counts nothing. Percent.
    pub max_removed_percent: u8,
    /// The operator has looked and says that what is missing really went.
    pub accept_removals: bool,
    pub progress: watch::Sender<Progress>,
}

#[derive(Default)]
struct State {
    counts: Counts,
    notes: Vec<Note>,
}

impl Reconciler<'_> {
    /// Reads the source and takes in what it says; ends the crawl's row with what became of it.
    ///
    /// # Errors
    /// When our own database fails: the crawl's row then stays `running` and is found by the next start.
    pub async fn run(
        &self,
        people: &dyn reeve_crawlers::people::People,
        cancel: CancellationToken,
    ) -> Result<CrawlState, CatalogError> {
        let (run, mut told) = PeopleRun::new(self.clock.now(), cancel);
        let read = {
            let reading = people.read(&run);
            tokio::pin!(reading);
            loop {
                tokio::select! {
                    read = &mut reading => break read,
                    Ok(()) = told.changed() => {
                        let counts = Counts { harvested: i64::try_from(*told.borrow_and_update()).unwrap_or_default(), ..Counts::default() };
                        self.progress.send_replace(Progress { counts, ..Progress::default() });
                    }
                }
            }
        };
        match read {
            Ok(listing) => self.take(listing).await,
            Err(error) => match error.note() {
                None => self.finish(&State::default(), CrawlState::Cancelled).await,
                Some(note) => self.failed(State::default(), note).await,
            },
        }
    }

    async fn take(&self, listing: Listing) -> Result<CrawlState, CatalogError> {
        let mut state = State::default();
        let read = count(listing.records.len());
        let unreadable = count(listing.failures.len());
        state.counts.listed =
            listing.counted.map_or(read + unreadable, |counted| i64::try_from(counted).unwrap_or(i64::MAX));
        state.counts.harvested = read;
        state.counts.failed = unreadable;
        self.tell_failures(&listing).await?;
        if listing.records.is_empty() {
            // No company is empty: whatever this is, it says nothing of people.
            let reason = "it lists nobody, so nothing is taken from it".to_owned();
            let call = "the listing".to_owned();
            return self.failed(state, Note::Unreadable { address: self.address.clone(), call, reason }).await;
        }
        if let Some(note) = self.another_question(&listing).await? {
            return self.failed(state, note).await;
        }
        state.notes.extend(listing.incomplete.iter().cloned());
        let is_whole = listing.failures.is_empty()
            && listing.incomplete.is_empty()
            && listing.counted.is_none_or(|counted| counted == listing.records.len() as u64);
        let known = self.known().await?;
        let records: BTreeMap<_, _> = listing.records.into_iter().map(|record| (record.key.clone(), record)).collect();
        let Some(missing) = self.judge(&mut state, &known, &records, is_whole).await? else {
            return self.finish(&state, CrawlState::Partial).await;
        };
        self.save_records(&mut state, &known, &records).await?;
        self.save_departments(&listing.departments, is_whole).await?;
        if is_whole {
            self.mark_missing(&mut state, &missing).await?;
        }
        let by = Computation {
            db: self.db,
            clock: self.clock,
            config: self.config,
            lease: self.lease,
            crawl_id: Some(self.crawl_id),
        };
        compute(by).await?;
        let is_whole = is_whole && state.notes.is_empty();
        self.finish(&state, if is_whole { CrawlState::Complete } else { CrawlState::Partial }).await
    }

    async fn tell_failures(&self, listing: &Listing) -> Result<(), CatalogError> {
        for failures in listing.failures.chunks(ROWS_AT_ONCE) {
            let mut tx = self.begin().await?;
            for failure in failures {
                let place = Some(failure.place.as_str()).filter(|place| !place.is_empty());
                crawls::add_failure(&mut tx, self.crawl_id, None, place, FailedPart::Object, &failure.reason).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Every write of a crawl begins here.
    async fn begin(&self) -> Result<WriteTx, CatalogError> {
        let mut tx = self.db.write().await?;
        self.lease.hold(&mut tx).await?;
        Ok(tx)
    }

    async fn failed(&self, mut state: State, note: Note) -> Result<CrawlState, CatalogError> {
        state.notes.insert(0, note);
        self.finish(&state, CrawlState::Failed).await
    }

    async fn finish(&self, state: &State, end: CrawlState) -> Result<CrawlState, CatalogError> {
        let progress = Progress { counts: state.counts, ..Progress::default() };
        let mut tx = self.begin().await?;
        crawls::save_progress(&mut tx, self.crawl_id, &progress).await?;
        self.progress.send_replace(progress);
        crawls::finish(&mut tx, self.crawl_id, end, self.clock.now(), &state.notes).await?;
        self.lease.finish(&mut tx, self.clock.now()).await?;
        tx.commit().await?;
        Ok(end)
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

//! What every part of the server shares.

use crate::auth::Auth;
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::db::{self, Db};
use crate::http::error::{Error, Result};
use crate::indexer::IndexSlot;
use crate::jobs::{self, Worker};
use crate::notify::Post;
use crate::search;
use crate::supervise::Parts;
use anyhow::Context;
use chrono::{DateTime, Offset, TimeZone, Utc};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use reeve_crawlers::Crawler;
use reeve_model::problem::{Reason, SearchRefusal};
use reeve_model::request::calendar::{Calendar, Holidays};
use reeve_model::search::{SearchRequest, SearchResponse, Suggestion};
use reeve_model::visibility::Hidden;
use std::sync::{Arc, OnceLock};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Cheap to clone; one per process, or per test.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Clock,
    pub index: Arc<IndexSlot>,
    pub metrics: PrometheusHandle,
    /// Rung when a job was enqueued, so that it does not wait for the next look.
    pub job_bell: Arc<Notify>,
    /// Who this process is in the job table.
    pub worker: Worker,
    /// How worker, scheduler and index writer are.
    pub parts: Arc<Parts>,
    /// Makes the crawler of a source; a test has its own.
    pub crawlers: Crawlers,
    pub auth: Arc<Auth>,
    /// What is told outside the portal.
    pub post: Arc<Post>,
    searching: Arc<Turns>,
}

/// From a source's settings to what reads it.
pub type Crawlers = Arc<dyn Fn(&SourceConfig) -> anyhow::Result<Box<dyn Crawler>> + Send + Sync>;

impl App {
    /// Opens database and index; changes neither.
    ///
    /// # Errors
    /// When the database cannot be opened. A missing or damaged index is no error: it is rebuilt.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        Self::with_clock(config, Clock::System).await
    }

    /// # Errors
    /// As [`App::open`].
    pub async fn with_clock(config: Config, clock: Clock) -> anyhow::Result<Self> {
        // Leptos renders on tokio; a second start in one process finds it set already.
        let _ = any_spawner::Executor::init_tokio();
        let db = db::open(&config).await?;
        let index = IndexSlot::open(&config);
        Ok(Self {
            auth: Arc::new(Auth::new(&config)),
            post: Arc::new(Post::new(&config)),
            config: Arc::new(config),
            db,
            clock,
            index: Arc::new(index),
            metrics: metrics_handle()?,
            job_bell: Arc::new(Notify::new()),
            worker: Worker::new(),
            parts: Arc::default(),
            crawlers: Arc::new(jobs::build),
            searching: Arc::new(Turns::new()),
        })
    }

    /// When deciders are at work, and which day it is where the portal is.
    pub fn calendar(&self, now: DateTime<Utc>) -> Calendar {
        let hours = self.config.governance.hours;
        let holidays = self.post.holidays().into_iter().map(|day| (day, String::new())).collect();
        Calendar {
            // Whether clocks are set forward there now.
            offset: self.config.server.time_zone.offset_from_utc_datetime(&now.naive_utc()).fix(),
            opens: hours.opens,
            closes: hours.closes,
            holidays: Holidays(holidays),
            ..Calendar::default()
        }
    }

    /// Searches what is not hidden from whoever asks, off the async threads, unless the answer is known.
    ///
    /// # Errors
    /// Not ready while the index is being built.
    pub async fn search(&self, request: SearchRequest, hidden: &Hidden) -> Result<SearchResponse> {
        let request = SearchRequest { hidden: hidden.clone(), ..request };
        let index = self.index.ready().ok_or_else(not_ready)?;
        if let Some(answer) = index.known(&request) {
            return Ok(answer);
        }
        let now = self.clock.now();
        let _turn = self.searching.turn(&request.q).await?;
        let answer = tokio::task::spawn_blocking(move || index.search(&request, now)).await;
        answer.map_err(Error::internal)?.map_err(Error::from)
    }

    /// # Errors
    /// Not ready while the index is being built.
    pub async fn suggest(&self, q: String, limit: usize, hidden: &Hidden) -> Result<Vec<Suggestion>> {
        let index = self.index.ready().ok_or_else(not_ready)?;
        if let Some(suggestions) = index.known_suggestions(&q, limit, hidden) {
            return Ok(suggestions);
        }
        let _turn = self.searching.turn(&q).await?;
        let hidden = hidden.clone();
        let answer = tokio::task::spawn_blocking(move || index.suggest(&q, limit, &hidden)).await;
        answer.map_err(Error::internal)?.map_err(Error::from)
    }
}

/// As many searches at once as there are cores: more would only make each other slow. Long queries wait among
/// themselves for all turns but one, so that what people type never waits behind them.
struct Turns {
    any: Semaphore,
    long: Semaphore,
}

impl Turns {
    fn new() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Self { any: Semaphore::new(turns), long: Semaphore::new(turns - 1) }
    }

    async fn turn(&self, q: &str) -> Result<(Option<SemaphorePermit<'_>>, SemaphorePermit<'_>)> {
        let long = match search::is_long(q) {
            true => Some(self.long.acquire().await.map_err(Error::internal)?),
            false => None,
        };
        Ok((long, self.any.acquire().await.map_err(Error::internal)?))
    }
}

fn not_ready() -> Error {
    Reason::from(SearchRefusal::IndexBuilding).into()
}

/// There is one recorder in a process, whatever the number of apps in it.
fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        let _ = HANDLE.set(handle.clone());
        return Ok(handle);
    }
    // Another thread was quicker; its handle appears at once.
    HANDLE.get().cloned().context("a foreign metrics recorder is installed")
}

use super::lane::Lane;
use super::queue::{self, Claimed, JobError, Place};
use super::work::{Context, Work};
use crate::app::App;
use crate::catalog::{CatalogError, crawls, sources};
use crate::config::{SourceConfig, SourceKind};
use crate::db::Tx;
use crate::ingest::{metastore::Reconciler, people};
use crate::supervise::AbortOnDrop;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use reeve_crawlers::people::PeopleConfig;
use reeve_crawlers::{Crawler, Run};
use reeve_model::crawl::CrawlState;
use reeve_model::{CrawlId, Word};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use crate::ingest::metastore::Progress;

/// How much waits between the crawler and the catalog, in KiB: what a fast source can pile up.
const WAITING: u32 = 8 * 1_024;

/// What a crawl needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlWork {
    pub source: String,
    pub crawl_id: CrawlId,
    /// The operator says that what is missing really went, whatever its share.
    pub accept_removals: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

pub(super) fn place(source: &str) -> Place {
    Place { kind: "crawl", subject: source.to_owned(), lane: Lane::Crawl, only_one: Some(format!("crawl {source}")) }
}

/// Asks for a crawl; answers the crawl's id and the job's.
///
/// # Errors
/// [`JobError::AlreadyActive`] when the source is being crawled, or is about to be: nothing was written then, and the
/// transaction can go on.
pub async fn enqueue_crawl(
    tx: &mut Tx,
    source: &SourceConfig,
    accept_removals: bool,
    now: DateTime<Utc>,
) -> Result<(CrawlId, i64), EnqueueError> {
    // The place in the queue first: who finds it taken leaves no crawl behind.
    let job_id = queue::reserve(tx, &place(&source.name), now, now).await?;
    let source_id = sources::ensure(tx, source, now).await?;
    let crawl_id = crawls::create(tx, source_id, CrawlState::Queued, now).await?;
    let work = Work::Crawl(CrawlWork { source: source.name.clone(), crawl_id, accept_removals });
    queue::fill(tx, job_id, &crate::catalog::to_json(&work)).await.map_err(JobError::from)?;
    Ok((crawl_id, job_id))
}

/// Asks for a crawl and claims it at once, for a process that runs it itself; answers the crawl's id too.
///
/// # Errors
/// As [`enqueue_crawl`].
pub async fn claim_crawl(
    app: &App,
    source: &SourceConfig,
    accept_removals: bool,
) -> anyhow::Result<(CrawlId, Claimed)> {
    super::reclaim(app).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (crawl_id, job_id) = enqueue_crawl(&mut tx, source, accept_removals, now).await?;
    let claimed = queue::claim_this(&mut tx, job_id, Lane::Crawl, now, &app.worker).await?;
    tx.commit().await?;
    Ok((crawl_id, claimed.context("the job just made")?))
}

/// Reads a source into the catalog. What the source did wrong is in the crawl's row and no error here.
pub(super) async fn run(context: Context<'_>, work: &CrawlWork) -> anyhow::Result<()> {
    let app = context.app;
    let source = app
        .config
        .source(&work.source)
        .with_context(|| format!("source `{}` is no longer in reeve.toml", work.source))?;
    if let SourceKind::People(config) = &source.kind {
        return run_people(context, work, source, config).await;
    }
    let Context { app, lease, cancel, progress } = context;
    let crawler: Arc<dyn Crawler> = (app.crawlers)(source)?.into();
    let mut tx = app.db.write().await?;
    lease.hold(&mut tx).await?;
    let source_id = sources::ensure(&mut tx, source, app.clock.now()).await?;
    crawls::start(&mut tx, work.crawl_id, app.clock.now()).await?;
    tx.commit().await?;

    tracing::info!(source = source.name, crawl = work.crawl_id.0, "crawl begins");
    // Whatever ends this function ends the crawler too.
    let cancel = cancel.child_token();
    let _ended = cancel.clone().drop_guard();
    let (run, observations) = Run::new(WAITING, cancel);
    let reconciler = Reconciler {
        db: &app.db,
        clock: &app.clock,
        crawler: &*crawler,
        lease,
        source_id,
        crawl_id: work.crawl_id,
        max_removed_percent: source.max_removed_percent(),
        accept_removals: work.accept_removals,
        progress,
    };
    // Crawling and writing go on side by side; the observations end when the crawler drops its run.
    let mut crawling = AbortOnDrop::spawn({
        let crawler = Arc::clone(&crawler);
        async move { crawler.crawl(&run).await }
    });
    let ended =
        async { crawling.join().await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())) };
    let state = reconciler.run(observations, ended).await?;
    ended_as(source, work, state);
    super::owners::ask(app).await
}

fn ended_as(source: &SourceConfig, work: &CrawlWork, state: CrawlState) {
    metrics::counter!("reeve_crawls_total", "source" => source.name.clone(), "state" => state.as_str()).increment(1);
    tracing::info!(source = source.name, crawl = work.crawl_id.0, state = state.as_str(), "crawl ended");
}

/// The same for a source of people.
async fn run_people(
    context: Context<'_>,
    work: &CrawlWork,
    source: &SourceConfig,
    config: &PeopleConfig,
) -> anyhow::Result<()> {
    let Context { app, lease, cancel, progress } = context;
    let reader = config.build().map_err(|error| anyhow::anyhow!("source `{}`: {error}", source.name))?;
    let mut tx = app.db.write().await?;
    lease.hold(&mut tx).await?;
    let source_id = sources::ensure(&mut tx, source, app.clock.now()).await?;
    crawls::start(&mut tx, work.crawl_id, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(source = source.name, crawl = work.crawl_id.0, "crawl begins");
    let reconciler = people::Reconciler {
        db: &app.db,
        clock: &app.clock,
        config: &app.config,
        lease,
        source_id,
        crawl_id: work.crawl_id,
        address: config.address(),
        max_removed_percent: source.max_removed_percent(),
        accept_removals: work.accept_removals,
        progress,
    };
    let state = reconciler.run(&*reader, cancel).await?;
    ended_as(source, work, state);
    super::owners::ask(app).await
}

/// The crawler of a configured source of tables.
///
/// # Errors
/// When the source's settings make no sense together.
pub fn build(source: &SourceConfig) -> anyhow::Result<Box<dyn Crawler>> {
    match &source.kind {
        SourceKind::Hive(hive) => hive.build().map_err(|error| anyhow::anyhow!("source `{}`: {error}", source.name)),
        SourceKind::People(_) => anyhow::bail!("source `{}` is one of people, and has no tables", source.name),
    }
}

use super::queue::{self, Job, JobError};
use crate::app::App;
use crate::catalog::{crawls, sources};
use crate::config::{SourceConfig, SourceKind};
use crate::db::Tx;
use crate::ingest::metastore::{Progress, Reconciler};
use anyhow::Context;
use chrono::{DateTime, Utc};
use reeve_crawlers::{Crawler, Run};
use reeve_model::CrawlId;
use reeve_model::Word;
use reeve_model::crawl::{CrawlState, Note};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How many observations wait between the crawler and the catalog. One can hold 1,000 partitions, some
/// 300 KB, so this bounds what a fast source can pile up to some 20 MB.
const WAITING: usize = 64;

/// What a crawl job needs to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CrawlRequest {
    pub crawl_id: CrawlId,
    /// The operator says that what is missing really went, whatever its share.
    pub accept_removals: bool,
}

/// Asks for a crawl; answers the crawl's id and the job's.
///
/// # Errors
/// [`JobError::AlreadyActive`] when the source is being crawled, or is about to be.
pub async fn enqueue_crawl(
    tx: &mut Tx,
    source: &SourceConfig,
    accept_removals: bool,
    now: DateTime<Utc>,
) -> Result<(CrawlId, i64), EnqueueError> {
    let source_id = sources::ensure(tx, source, now).await?;
    let crawl_id = crawls::create(tx, source_id, CrawlState::Queued, now).await?;
    let arguments = serde_json::json!({ "crawl_id": crawl_id, "accept_removals": accept_removals }).to_string();
    let job_id = queue::enqueue(tx, "crawl", &source.name, &arguments, now).await?;
    Ok((crawl_id, job_id))
}

#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Catalog(#[from] crate::catalog::CatalogError),
}

/// Runs a claimed crawl job to its end and writes what became of it.
///
/// # Errors
/// When our own database fails; what the source did wrong is in the crawl's row.
pub async fn run_crawl(
    app: &App,
    job: &Job,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> anyhow::Result<CrawlState> {
    let beat = heart(app, job.id);
    let outcome = crawl(app, job, progress, cancel).await;
    beat.abort();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let failure = outcome.as_ref().err().map(|error| format!("{error:#}"));
    if let (Some(failure), Ok(request)) = (&failure, serde_json::from_str::<CrawlRequest>(&job.arguments)) {
        crawls::finish(&mut tx, request.crawl_id, CrawlState::Failed, now, &[Note::Broken { reason: failure.clone() }])
            .await?;
    }
    queue::finish(&mut tx, job.id, now, failure.as_deref()).await?;
    tx.commit().await?;
    outcome
}

async fn crawl(
    app: &App,
    job: &Job,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> anyhow::Result<CrawlState> {
    let request: CrawlRequest = serde_json::from_str(&job.arguments).context("the job's arguments")?;
    let source = app
        .config
        .source(&job.subject)
        .with_context(|| format!("source `{}` is no longer in reeve.toml", job.subject))?;
    let crawler: Arc<dyn Crawler> = build(source)?.into();
    let mut tx = app.db.write().await?;
    let source_id = sources::ensure(&mut tx, source, app.clock.now()).await?;
    crawls::start(&mut tx, request.crawl_id, app.clock.now()).await?;
    tx.commit().await?;

    tracing::info!(source = source.name, crawl = request.crawl_id.0, "crawl begins");
    let (run, observations) = Run::new(WAITING, cancel);
    let reconciler = Reconciler {
        db: &app.db,
        clock: &app.clock,
        crawler: &*crawler,
        source_id,
        crawl_id: request.crawl_id,
        max_removed_percent: source.max_removed_percent,
        accept_removals: request.accept_removals,
        progress,
    };
    // Crawling and writing go on side by side; the observations end when the crawler drops its run.
    let crawling = tokio::spawn({
        let crawler = Arc::clone(&crawler);
        async move { crawler.crawl(&run).await }
    });
    let ended = async { crawling.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())) };
    let state = reconciler.run(observations, ended).await?;
    metrics::counter!("reeve_crawls_total", "source" => source.name.clone(), "state" => state.as_str()).increment(1);
    tracing::info!(source = source.name, crawl = request.crawl_id.0, state = state.as_str(), "crawl ended");
    Ok(state)
}

/// The crawler of a configured source.
///
/// # Errors
/// When the source's settings make no sense together.
pub fn build(source: &SourceConfig) -> anyhow::Result<Box<dyn Crawler>> {
    match &source.kind {
        SourceKind::Hive(hive) => hive.build().map_err(|error| anyhow::anyhow!("source `{}`: {error}", source.name)),
    }
}

/// Says every ten seconds that the job's worker lives.
fn heart(app: &App, job_id: i64) -> tokio::task::JoinHandle<()> {
    let (db, clock) = (app.db.clone(), app.clock.clone());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            let beat = async {
                let mut tx = db.write().await?;
                queue::heartbeat(&mut tx, job_id, clock.now()).await?;
                tx.commit().await
            };
            if let Err(error) = beat.await {
                tracing::warn!(job = job_id, "heartbeat: {error}");
            }
        }
    })
}

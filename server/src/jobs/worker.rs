use super::prune::prune;
use super::{claim, reclaim_dead, run_crawl, worker_name};
use crate::app::App;
use crate::db::on;
use crate::ingest::metastore::Progress;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How many jobs this process runs at once.
const AT_ONCE: usize = 2;
/// How often the table is looked at when nobody rings.
const PAUSE: Duration = Duration::from_secs(2);
/// How often old rows are dropped.
const PRUNE: Duration = Duration::from_secs(3600);

/// Runs due jobs and plants those that schedules ask for, until cancelled; then ends the running ones.
pub async fn run_worker(app: App, cancel: CancellationToken) {
    let me = worker_name();
    if let Err(error) = plant_schedules(&app).await {
        tracing::error!("schedules: {error:#}");
    }
    let mut running = JoinSet::new();
    let mut pruning = tokio::time::interval(PRUNE);
    while !cancel.is_cancelled() {
        if let Err(error) = step(&app, &me, &cancel, &mut running).await {
            tracing::error!("jobs: {error:#}");
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = app.job_bell.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
            _ = pruning.tick() => {
                if let Err(error) = prune(&app).await {
                    tracing::error!("pruning: {error}");
                }
            }
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!("a job panicked: {error}");
                }
            }
        }
    }
    while running.join_next().await.is_some() {}
}

async fn step(app: &App, me: &str, cancel: &CancellationToken, running: &mut JoinSet<()>) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    reclaim_dead(&mut tx, now).await?;
    tx.commit().await?;
    enqueue_due(app).await?;
    while running.len() < AT_ONCE {
        let mut tx = app.db.write().await?;
        let job = claim(&mut tx, now, me).await?;
        tx.commit().await?;
        let Some(job) = job else { break };
        let (app, cancel) = (app.clone(), cancel.child_token());
        running.spawn(async move {
            let (progress, _) = watch::channel(Progress::default());
            if let Err(error) = run_crawl(&app, &job, progress, cancel).await {
                tracing::error!(job = job.id, subject = job.subject, "{error:#}");
            }
        });
    }
    Ok(())
}

/// Makes the schedule rows agree with the configuration.
async fn plant_schedules(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let planted: Vec<String> =
        on!(&mut tx, c => sqlx::query_scalar("SELECT subject FROM schedule WHERE kind = 'crawl'").fetch_all(c).await)?;
    for subject in planted {
        if app.config.source(&subject).is_none_or(|source| source.crawl_every.is_none()) {
            on!(&mut tx, c => sqlx::query("DELETE FROM schedule WHERE kind = 'crawl' AND subject = $1")
                .bind(&subject).execute(c).await.map(drop))?;
        }
    }
    for source in &app.config.sources {
        let Some(every) = source.crawl_every else { continue };
        on!(&mut tx, c => sqlx::query(
            "INSERT INTO schedule (kind, subject, every_seconds, next_run_at) VALUES ('crawl', $1, $2, $3)
             ON CONFLICT (kind, subject) DO UPDATE SET every_seconds = excluded.every_seconds",
        ).bind(&source.name).bind(every.seconds).bind(now).execute(c).await.map(drop))?;
    }
    tx.commit().await?;
    Ok(())
}

/// Turns due schedules into jobs. One that is still running is skipped: the next round comes anyway.
async fn enqueue_due(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let due: Vec<(String, i64)> = on!(&mut tx, c => sqlx::query_as(
        "SELECT subject, every_seconds FROM schedule WHERE kind = 'crawl' AND next_run_at <= $1",
    ).bind(now).fetch_all(c).await)?;
    drop(tx);
    for (subject, every) in due {
        let Some(source) = app.config.source(&subject) else { continue };
        let mut tx = app.db.write().await?;
        let next = now + chrono::TimeDelta::seconds(every);
        on!(&mut tx, c => sqlx::query("UPDATE schedule SET next_run_at = $2 WHERE kind = 'crawl' AND subject = $1")
            .bind(&subject).bind(next).execute(c).await.map(drop))?;
        tx.commit().await?;
        // Whatever becomes of this one, its schedule has moved on.
        let mut tx = app.db.write().await?;
        match super::enqueue_crawl(&mut tx, source, false, now).await {
            Ok(_) => tx.commit().await?,
            Err(error) => tracing::info!(source = subject, "scheduled crawl put off: {error}"),
        }
    }
    Ok(())
}

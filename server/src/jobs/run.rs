//! One claimed job, run to its end.

use super::crawl::Progress;
use super::queue::{self, Claimed, Job};
use super::work::{Context, Mishap, settle};
use crate::app::App;
use crate::lease::{Lease, LeaseError};
use crate::supervise::{AbortOnDrop, panic_message};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often a worker says that it lives.
const BEAT: Duration = Duration::from_secs(10);

/// Runs a claimed job and writes what became of it. Whatever happens, a panic included, ends the job and its heartbeat.
///
/// # Errors
/// When the work failed, or its end could not be written.
pub async fn run(
    app: &App,
    claimed: Claimed,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> anyhow::Result<()> {
    let Claimed { job, held } = claimed;
    let heart = heart(app, job.lease(), cancel.clone());
    let attempt = AssertUnwindSafe(attempt(app, &job, progress, cancel)).catch_unwind().await;
    drop(heart);
    let outcome = attempt
        .unwrap_or_else(|panic| Err(anyhow::anyhow!("Reeve itself broke (a panic): {}", panic_message(&*panic))));
    let written = end(app, &job, &outcome).await;
    // Only now: had the end not been written, the job would be found lost, and that written.
    drop(held);
    let state = if outcome.is_ok() && written.is_ok() { "done" } else { "failed" };
    metrics::counter!("reeve_jobs_total", "kind" => job.kind.clone(), "state" => state).increment(1);
    app.job_bell.notify_one();
    written.and(outcome)
}

async fn attempt(
    app: &App,
    job: &Job,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> anyhow::Result<()> {
    job.parse()?.run(Context { app, lease: job.lease(), cancel, progress }).await
}

async fn end(app: &App, job: &Job, outcome: &anyhow::Result<()>) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match outcome {
        Ok(()) if queue::is_done(&mut tx, job.lease()).await? => return Ok(()),
        Ok(()) => job.lease().finish(&mut tx, now).await?,
        Err(error) => {
            let mishap = Mishap::Failed { reason: format!("{error:#}") };
            settle(&mut tx, job, &mishap, now, fastrand::i32(0..=1000)).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Says every ten seconds that the worker lives; where nobody believes it any more, the work is told to stop.
fn heart(app: &App, lease: Lease, cancel: CancellationToken) -> AbortOnDrop<()> {
    let (db, clock) = (app.db.clone(), app.clock.clone());
    AbortOnDrop::spawn(async move {
        loop {
            tokio::time::sleep(BEAT).await;
            let beat = async {
                let mut tx = db.write().await?;
                queue::heartbeat(&mut tx, lease, clock.now()).await?;
                tx.commit().await?;
                Ok(())
            };
            match beat.await {
                Ok(()) => {}
                Err(LeaseError::Lost(_)) => {
                    tracing::warn!(job = lease.job_id, "taken for dead, so its work stops");
                    cancel.cancel();
                    return;
                }
                Err(error) => tracing::warn!(job = lease.job_id, "heartbeat: {error}"),
            }
        }
    })
}
